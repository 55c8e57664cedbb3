/** What the portal is told at start, and the one checked form in which the rest of it reads that. */

export type CaisseSettings = {
  readonly slug: string;
  /** The caisse's issuer, exactly as its discovery document names it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** « Grand Est »; made from the slug where absent. */
  readonly name?: string;
};

export type PortalOptions = {
  readonly caisses: readonly CaisseSettings[];
  /** Where browsers reach the portal, such as `http://localhost:3001`; the Host header is never trusted. */
  readonly origin: string;
  /** The resource indicator (RFC 8707) of the API that access tokens are asked for. */
  readonly apiResource?: string;
  /** Where that API is reached; its resource indicator where absent. */
  readonly apiOrigin?: string;
  /** Keys the hashes under which sessions are kept. */
  readonly cookieKey: string;
  /** Push authorization requests (RFC 9126) wherever the issuer offers it; true by default. */
  readonly push?: boolean;
  /** Accept plain http issuers: for a developer's machine alone. */
  readonly allowInsecure?: boolean;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
};

export type Settings = Required<Omit<PortalOptions, 'caisses'>> & {
  readonly caisses: readonly Required<CaisseSettings>[];
};

/** @throws Error naming the setting that cannot work. */
export function checkSettings(options: PortalOptions): Settings {
  const origin = new URL(options.origin).origin;
  const allowInsecure = options.allowInsecure ?? false;
  if (options.cookieKey.length < 16) throw new Error('cookieKey: 16 characters at least');
  for (const { slug, issuer } of options.caisses) {
    if (!/^[a-z0-9-]+$/.test(slug)) throw new Error(`caisses: not a slug: ${slug}`);
    if (!allowInsecure && new URL(issuer).protocol !== 'https:') {
      throw new Error(`caisses: https is required: ${issuer}`);
    }
  }
  const apiResource = options.apiResource ?? 'http://localhost:3002';
  return {
    caisses: options.caisses.map((caisse) => ({ ...caisse, name: caisse.name ?? readableName(caisse.slug) })),
    origin,
    apiResource,
    apiOrigin: options.apiOrigin ?? apiResource,
    cookieKey: options.cookieKey,
    push: options.push ?? true,
    allowInsecure,
    now: options.now ?? Date.now,
  };
}

function readableName(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
