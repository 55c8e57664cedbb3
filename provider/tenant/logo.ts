/** A caisse's logo as it is kept among its settings: a drawing as its text, a picture as a data address. */

const PICTURE = 'data:image/png;base64,';

export const keptPicture = (bytes: Buffer): string => PICTURE + bytes.toString('base64');

/** What a browser is given. */
export function servedLogo(kept: string): { readonly type: string; readonly body: string | Buffer } {
  return kept.startsWith(PICTURE)
    ? { type: 'image/png', body: Buffer.from(kept.slice(PICTURE.length), 'base64') }
    : { type: 'image/svg+xml', body: kept };
}
