/** The portal as a client of the demo API: a Bearer token in the header, and patience of a few seconds. */

export type ApiAnswer = {
  readonly status: number;
  /** The WWW-Authenticate header, where the API refused. */
  readonly challenge: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
};

export type ApiCall = {
  readonly origin: string;
  readonly path: string;
  readonly accessToken: string;
  readonly method?: 'GET' | 'PUT';
  readonly body?: Readonly<Record<string, unknown>>;
};

const TIMEOUT_MS = 3_000;

/** Undefined when the API cannot be reached or does not speak JSON: the portal goes on without it. */
export async function callApi(call: ApiCall): Promise<ApiAnswer | undefined> {
  try {
    const response = await fetch(new URL(call.path, call.origin), {
      method: call.method ?? 'GET',
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${call.accessToken}`,
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: call.body === undefined ? null : JSON.stringify(call.body),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = (await response.json()) as Readonly<Record<string, unknown>>;
    return {
      status: response.status,
      challenge: response.headers.get('www-authenticate') ?? undefined,
      body,
    };
  } catch {
    return undefined;
  }
}

/** The address of a feature's note, as the API names it. */
export function notePath(place: {
  readonly slug: string;
  readonly siret: string;
  readonly feature: string;
  readonly college: string | undefined;
}): string {
  const { slug, siret, feature, college } = place;
  const path = ['', slug, 'sites', siret, 'features', feature].map(encodeURIComponent).join('/');
  return college === undefined ? path : `${path}?${new URLSearchParams({ college })}`;
}
