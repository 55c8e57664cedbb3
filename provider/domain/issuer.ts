/** First path segments that mean something else on every host. */
const TAKEN = new Set(['assets', 'dev', 'health']);

/**
 * Whether a caisse can have this issuer: a host of its own, or one path segment of a shared one, spelled as it will be
 * compared (OpenID Connect Discovery §4.3: no query, no fragment, no slash at the end).
 */
export function isIssuer(text: string): boolean {
  const url = URL.parse(text);
  if (!url || !['http:', 'https:'].includes(url.protocol)) return false;
  const segment = text.slice(url.origin.length + 1);
  if (text === url.origin) return true;
  return text === `${url.origin}/${segment}` && /^[a-z0-9][a-z0-9-]*$/.test(segment) && !TAKEN.has(segment);
}
