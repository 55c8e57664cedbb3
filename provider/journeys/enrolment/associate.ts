/** Another site for an account that exists: its holder has shown the site's code, and is signed in or typed the password. */
import { randomUUID } from 'node:crypto';
import { rootOf } from '../../domain/enrolment.ts';
import { holdAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { lockCode, useCode } from '../../store/confidential-codes.ts';
import { insertDelegations } from '../../store/delegations.ts';
import { administers } from '../../store/enrolments.ts';
import { transaction } from '../../store/handle.ts';
import type { Ticket } from '../../store/tickets.ts';
import type { Scope } from '../../tenant/scope.ts';

export type Association =
  | { readonly kind: 'associated' }
  /** The account administers this site already; the code stays for somebody else. */
  | { readonly kind: 'already' }
  | { readonly kind: 'code_gone' }
  | { readonly kind: 'account_gone' };

export function associate(scope: Scope, ticket: Ticket, accountId: string): Promise<Association> {
  const { store, outbox, address, requestId } = scope;
  const { site } = ticket;
  const now = scope.now();
  return transaction(store, async (inside) => {
    if ((await lockCode(inside, ticket.codeId)) !== 'current') return { kind: 'code_gone' };
    const account = await holdAccount(inside, accountId);
    if (account?.status !== 'active') return { kind: 'account_gone' };
    if (await administers(inside, accountId, site.id)) return { kind: 'already' };
    const place = { id: randomUUID(), adherentId: site.adherentId, siteId: site.id };
    const root = { ...place, ...rootOf(now), kind: 'enrolment' as const, granteeAccountId: accountId };
    await insertDelegations(inside, [root], now);
    await useCode(inside, ticket.codeId, now);
    const event = { at: now, actorId: accountId, siteId: site.id, address, requestId };
    await appendAudit(inside, { ...event, kind: 'site_associated' });
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'site_associated',
      to: account.email,
      expiresAt: null,
      givenName: account.givenName,
      familyName: account.familyName,
      raisonSociale: site.raisonSociale,
      siret: site.siret,
    });
    return { kind: 'associated' };
  });
}
