/** A file sent by a form, as a browser sends it: the visitor of supertest sends fields alone. */
import type { Page, Visitor } from './visitor.ts';

export async function sendFile(
  visitor: Visitor,
  url: string,
  content: string | Uint8Array<ArrayBuffer>,
  name = 'droits.csv',
): Promise<Page> {
  const body = new FormData();
  body.set('fichier', new Blob([content], { type: 'text/csv' }), name);
  const response = await fetch(url, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { Cookie: visitor.cookiesFor(url), Origin: new URL(url).origin, Accept: 'text/html' },
  });
  const location = response.headers.get('location');
  if (location !== null) return visitor.get(new URL(location, url).href);
  return {
    url,
    status: response.status,
    text: await response.text(),
    headers: Object.fromEntries(response.headers),
    location: null,
  };
}
