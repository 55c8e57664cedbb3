/** How the API says no: RFC 6750 §3 for Bearer, RFC 9449 §7.1 for DPoP, and a JSON body that says the same. */

export const DPOP_ALGORITHMS = ['ES256', 'Ed25519', 'EdDSA'] as const;

export type Scheme = 'Bearer' | 'DPoP';

export type Denial = {
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 503;
  /** Absent when the request carried no credentials at all (RFC 6750 §3.1). */
  readonly error?: string;
  /** ASCII without quotes or backslashes: it travels in a header (RFC 6750 §3). */
  readonly description: string;
  /** The scheme that the caller used; both are offered when it used none. */
  readonly scheme?: Scheme;
  /** The scope that would have been needed. */
  readonly scope?: string;
};

/** Thrown by every step of the verification, turned into an answer in one place: api.ts. */
export class Denied extends Error {
  readonly denial: Denial;

  constructor(denial: Denial, options?: ErrorOptions) {
    super(denial.description, options);
    this.name = 'Denied';
    this.denial = denial;
  }
}

export function invalidToken(scheme: Scheme, description: string, cause?: unknown): Denied {
  return new Denied({ status: 401, error: 'invalid_token', description, scheme }, { cause });
}

export function insufficientScope(scheme: Scheme, description: string, scope?: string): Denied {
  return new Denied({
    status: 403,
    error: 'insufficient_scope',
    description,
    scheme,
    ...(scope === undefined ? {} : { scope }),
  });
}

export function invalidRequest(description: string): Denied {
  return new Denied({ status: 400, error: 'invalid_request', description });
}

/** RFC 6750 §3.1: credentials sent in a way that no scheme allows. */
export function malformedCredentials(description: string): Denied {
  return new Denied({ status: 400, error: 'invalid_request', description, scheme: 'Bearer' });
}

/** One WWW-Authenticate value per scheme offered; none where authentication is not what failed. */
export function challenges(denial: Denial, realm: string): readonly string[] {
  if (denial.scheme === undefined && denial.status !== 401) return [];
  const schemes: readonly Scheme[] = denial.scheme === undefined ? ['Bearer', 'DPoP'] : [denial.scheme];
  return schemes.map((scheme) => {
    const parameters = [
      `realm="${realm}"`,
      ...(denial.error === undefined
        ? []
        : [`error="${denial.error}"`, `error_description="${denial.description}"`]),
      ...(denial.scope === undefined ? [] : [`scope="${denial.scope}"`]),
      ...(scheme === 'DPoP' ? [`algs="${DPOP_ALGORITHMS.join(' ')}"`] : []),
    ];
    return `${scheme} ${parameters.join(', ')}`;
  });
}
