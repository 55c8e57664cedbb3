/**
 * Requests that the provider sends by itself (back-channel logout, services' key sets). The library hands over a
 * dispatcher that refuses private addresses, which keeps a registered address from reaching into our network; hosts
 * of the allow-list (the configuration's) are exempt.
 */
export const makeFetch =
  (allowedHosts: ReadonlySet<string>) =>
  (url: URL | string, options: RequestInit & { dispatcher?: unknown }): Promise<Response> => {
    const { host, hostname } = new URL(url);
    if (!allowedHosts.has(host) && !allowedHosts.has(hostname)) return fetch(url, options);
    const { dispatcher, ...open } = options;
    return fetch(url, open);
  };
