/** What people still hold of before a caisse closed. Its own people keep theirs. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type StaleSession = { readonly accountId: string; readonly uid: string };

/** Sessions of a sign-in before that moment. */
export async function listSessionsBefore(
  { caisseId, sql }: Handle,
  before: Instant,
  limit: number,
): Promise<readonly StaleSession[]> {
  const { rows } = await sql.raw(
    `select a.account_id as "accountId", a.uid from oidc_artifact a
     join account p on p.caisse_id = a.caisse_id and p.id = a.account_id::uuid
     where a.caisse_id = :caisse and a.kind = 'Session' and p.staff_role is null
       and coalesce((a.payload->>'loginTs')::float8, 0) * 1000 < :before
     order by a.account_id, a.uid limit :limit`,
    { caisse: caisseId, before, limit },
  );
  return rows;
}

/** With their codes and tokens: grants of sign-ins of before, of whose session nothing was left. */
export async function endGrantsBefore({ caisseId, sql }: Handle, before: Instant): Promise<void> {
  await sql.raw(
    `with ended as (
       delete from oidc_artifact a using account p, session_note n
       where a.caisse_id = :caisse and a.kind = 'Grant'
         and p.caisse_id = a.caisse_id and p.id = a.account_id::uuid and p.staff_role is null
         and n.caisse_id = a.caisse_id and n.session_uid = a.session_uid and n.signed_in_at < :before
       returning a.payload->>'jti' as grant_id
     )
     delete from oidc_artifact a using ended where a.caisse_id = :caisse and a.grant_id = ended.grant_id`,
    { caisse: caisseId, before: timestamp(before) },
  );
}
