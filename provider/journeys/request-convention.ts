/** The convention of a request for access, and the mails that bring it: attached, and behind a link that stays the same. */
import type { ConventionTold } from '../domain/access-request.ts';
import { Refusal } from '../refusal.ts';
import { type AccessRequest, findRequest } from '../store/access-requests.ts';
import type { Handle } from '../store/handle.ts';
import type { Scope } from '../tenant/scope.ts';

const contextOf = ({ caisse }: Pick<Scope, 'caisse'>, id: string) => `access request link ${caisse.id} ${id}`;

export const sealLink = (scope: Scope, id: string, token: string): Buffer =>
  scope.sealer.seal(token, contextOf(scope, id));

export const conventionOf = ({ director, delegate, number, site }: AccessRequest): ConventionTold => ({
  director,
  delegate,
  number,
  raisonSociale: site.raisonSociale,
  identifiant: site.identifiant,
  siret: site.siret,
  siteName: site.name,
});

export type ConventionMail =
  | { readonly template: 'access_request_received' }
  | { readonly template: 'access_request_incomplete'; readonly missing: string };

/** Of the request as the transaction has written it. */
export async function announceConvention(
  scope: Scope,
  inside: Handle,
  id: string,
  mail: ConventionMail,
): Promise<void> {
  const request = await findRequest(inside, id);
  if (!request) throw new Refusal('not_found');
  const token = scope.sealer.open(request.sealedLink, contextOf(scope, id));
  const { givenName, familyName, email } = request.director;
  await scope.outbox.announce(inside, {
    ...mail,
    channel: 'mail',
    to: email,
    expiresAt: null,
    givenName,
    familyName,
    convention: conventionOf(request),
    link: `${scope.caisse.issuer}/demande-d-acces/convention?jeton=${token}`,
  });
}
