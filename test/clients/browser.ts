/** A browser reduced to cookies with paths, redirects and forms: enough to walk through a relying party. */

type Cookie = {
  readonly host: string;
  readonly name: string;
  readonly value: string;
  readonly path: string;
  readonly line: string;
};

export type Page = {
  readonly status: number;
  readonly url: string;
  readonly text: string;
  readonly headers: Headers;
};

export type Browser = ReturnType<typeof openBrowser>;

export function openBrowser() {
  let jar: Cookie[] = [];

  function store(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';').map((part) => part.trim());
    const at = pair.indexOf('=');
    const path = attributes.find((a) => a.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
    const cookie = { host, name: pair.slice(0, at), value: pair.slice(at + 1), path, line };
    jar = jar.filter((known) => known.host !== host || known.name !== cookie.name || known.path !== path);
    if (cookie.value !== '') jar.push(cookie);
  }

  function cookiesFor(url: URL): string {
    return (
      jar
        // By host name alone: a cookie does not know ports apart (RFC 6265 §8.5).
        .filter(({ host }) => host === url.hostname)
        .filter(({ path }) => path === '/' || url.pathname === path || url.pathname.startsWith(`${path}/`))
        .map(({ name, value }) => `${name}=${value}`)
        .join('; ')
    );
  }

  async function send(address: string, form?: Record<string, string>, headers = {}): Promise<Page> {
    const url = new URL(address);
    const response = await fetch(url, {
      method: form === undefined ? 'GET' : 'POST',
      headers: { cookie: cookiesFor(url), ...(form && { origin: url.origin }), ...headers },
      body: form === undefined ? null : new URLSearchParams(form),
      redirect: 'manual',
    });
    for (const line of response.headers.getSetCookie()) store(url.hostname, line);
    return { status: response.status, url: url.href, text: await response.text(), headers: response.headers };
  }

  /** Follows redirects to a page, as a person would. */
  async function visit(address: string, form?: Record<string, string>, headers = {}): Promise<Page> {
    let page = await send(address, form, headers);
    for (let hops = 0; page.headers.has('location') && hops < 10; hops += 1) {
      page = await send(new URL(page.headers.get('location') ?? '', page.url).href);
    }
    return page;
  }

  return { visit, send, cookies: () => jar };
}
