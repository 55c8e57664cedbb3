/** Who is written to about a delegation: its beneficiary; of a firm, its managers and whom that client named there. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type Recipient = {
  readonly accountId: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
};

const RECIPIENTS = `
  select a.id as "accountId", a.email, a.given_name as "givenName", a.family_name as "familyName"
  from account a
  where a.caisse_id = :caisse and a.status = 'active' and a.id in (
    select grantee_account_id from delegation
    where caisse_id = :caisse and id = :id
    union
    select m.account_id from delegation d
    join cabinet_member m on m.caisse_id = d.caisse_id and m.cabinet_id = d.grantee_cabinet_id
      and (m.role = 'manager' or m.adherent_id = d.adherent_id)
    where d.caisse_id = :caisse and d.id = :id
      and m.effective_at <= :now and (m.ends_at is null or m.ends_at > :now))
  order by a.email_key`;

/** Of a firm, its managers now, whose address stands. */
export async function listManagers(
  { caisseId, sql }: Handle,
  cabinetId: string,
  now: Instant,
): Promise<readonly Recipient[]> {
  const open = '(m.ends_at is null or m.ends_at > :now)';
  const { rows } = await sql.raw(
    `select a.id as "accountId", a.email, a.given_name as "givenName", a.family_name as "familyName"
     from account a
     where a.caisse_id = :caisse and a.status = 'active' and a.id in (
       select m.account_id from cabinet_member m
       where m.caisse_id = :caisse and m.cabinet_id = :cabinet and m.role = 'manager'
         and m.effective_at <= :now and ${open})
     order by a.email_key`,
    { caisse: caisseId, cabinet: cabinetId, now: timestamp(now) },
  );
  return rows as Recipient[];
}

/** Those whose address stands; nobody for a delegation that nobody holds yet. */
export async function listRecipients(
  { caisseId, sql }: Handle,
  delegationId: string,
  now: Instant,
): Promise<readonly Recipient[]> {
  const { rows } = await sql.raw(RECIPIENTS, { caisse: caisseId, id: delegationId, now: timestamp(now) });
  return rows as Recipient[];
}
