/** What a person allowed a third-party service to receive, so that it is asked once. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export async function findConsentedScopes(
  { caisseId, sql }: Handle,
  accountId: string,
  clientId: string,
): Promise<readonly string[]> {
  const row = await sql('consent')
    .first('scopes')
    .where({ caisse_id: caisseId, account_id: accountId, client_id: clientId });
  return (row?.scopes as string[] | undefined) ?? [];
}

/** Adds to what was allowed before: a second agreement takes nothing back. */
export async function saveConsent(
  { caisseId, sql }: Handle,
  consent: {
    readonly accountId: string;
    readonly clientId: string;
    readonly scopes: readonly string[];
    readonly at: Instant;
  },
): Promise<void> {
  await sql('consent')
    .insert({
      caisse_id: caisseId,
      account_id: consent.accountId,
      client_id: consent.clientId,
      scopes: consent.scopes,
      given_at: timestamp(consent.at),
    })
    .onConflict(['caisse_id', 'account_id', 'client_id'])
    .merge({
      scopes: sql.raw('array(select distinct unnest(consent.scopes || excluded.scopes))'),
      given_at: timestamp(consent.at),
    });
}
