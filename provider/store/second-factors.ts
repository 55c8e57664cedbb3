/** Second factors and their recovery codes: one of each set per account. Sealing and hashing are the callers'. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

export type SecondFactor = {
  readonly sealedSecret: Buffer;
  /** null: shown, and not confirmed by a code. */
  readonly confirmedAt: Instant | null;
};

const FIND = named(
  'find_second_factor',
  ['caisse', 'account'],
  `select secret as "sealedSecret", confirmed_at as "confirmedAt" from second_factor
   where caisse_id = :caisse and account_id = :account`,
);

export async function findSecondFactor(
  { caisseId, sql }: Handle,
  accountId: string,
): Promise<SecondFactor | undefined> {
  return (await run<SecondFactor>(sql, FIND, [caisseId, accountId])).rows[0];
}

/** Keeps a secret that is being shown; of two at once the first stays. A confirmed one is never replaced. */
export async function proposeSecondFactor(
  { caisseId, sql }: Handle,
  proposed: { readonly accountId: string; readonly sealedSecret: Buffer; readonly now: Instant },
): Promise<void> {
  await sql('second_factor')
    .insert({
      caisse_id: caisseId,
      account_id: proposed.accountId,
      secret: proposed.sealedSecret,
      created_at: timestamp(proposed.now),
    })
    .onConflict(['caisse_id', 'account_id'])
    .ignore();
}

/** Drops what was shown before this moment and never confirmed. */
export async function forgetProposed(
  { caisseId, sql }: Handle,
  accountId: string,
  before: Instant,
): Promise<void> {
  await sql('second_factor')
    .where({ caisse_id: caisseId, account_id: accountId })
    .whereNull('confirmed_at')
    .where('created_at', '<', timestamp(before))
    .delete();
}

/** @returns false when it is confirmed already, or gone. */
export async function confirmSecondFactor(
  { caisseId, sql }: Handle,
  confirmed: { readonly accountId: string; readonly step: number; readonly now: Instant },
): Promise<boolean> {
  const changed = await sql('second_factor')
    .update({ confirmed_at: timestamp(confirmed.now), last_step: confirmed.step })
    .where({ caisse_id: caisseId, account_id: confirmed.accountId })
    .whereNull('confirmed_at');
  return changed === 1;
}

/** Uses a time step in one statement: of several at once, one caller gets true; never an older step after a newer. */
export async function spendStep(
  { caisseId, sql }: Handle,
  accountId: string,
  step: number,
): Promise<boolean> {
  const changed = await sql('second_factor')
    .update({ last_step: step })
    .where({ caisse_id: caisseId, account_id: accountId })
    .where('last_step', '<', step);
  return changed === 1;
}

/** With its recovery codes. @returns false when there was none. */
export async function deleteSecondFactor({ caisseId, sql }: Handle, accountId: string): Promise<boolean> {
  const deleted = await sql('second_factor')
    .where({ caisse_id: caisseId, account_id: accountId })
    .whereNotNull('confirmed_at')
    .delete();
  return deleted === 1;
}

export async function replaceRecoveryCodes(
  { caisseId, sql }: Handle,
  accountId: string,
  codes: readonly { readonly place: number; readonly hash: string }[],
  now: Instant,
): Promise<void> {
  await sql('recovery_code').where({ caisse_id: caisseId, account_id: accountId }).delete();
  await sql('recovery_code').insert(
    codes.map(({ place, hash }) => ({
      caisse_id: caisseId,
      account_id: accountId,
      place,
      hash,
      created_at: timestamp(now),
    })),
  );
}

/** The hash of an unused recovery code. */
export async function findRecoveryHash(
  { caisseId, sql }: Handle,
  accountId: string,
  place: number,
): Promise<string | undefined> {
  const row = await sql('recovery_code')
    .first('hash')
    .where({ caisse_id: caisseId, account_id: accountId, place })
    .whereNull('used_at');
  return row?.hash;
}

/** `hash`: the one that was checked, lest a new list be spent in its stead. @returns true for the one caller that used it. */
export async function spendRecoveryCode(
  { caisseId, sql }: Handle,
  spent: { readonly accountId: string; readonly hash: string; readonly now: Instant },
): Promise<boolean> {
  const changed = await sql('recovery_code')
    .update({ used_at: timestamp(spent.now) })
    .where({ caisse_id: caisseId, account_id: spent.accountId, hash: spent.hash })
    .whereNull('used_at');
  return changed === 1;
}

export async function countRecoveryCodes({ caisseId, sql }: Handle, accountId: string): Promise<number> {
  const [row] = await sql('recovery_code')
    .where({ caisse_id: caisseId, account_id: accountId })
    .whereNull('used_at')
    .count({ left: '*' });
  return Number(row?.left ?? 0);
}

/**
 * Whether the person holds a power over others' rights, by a link of his own that stands now. Coarser than the rights
 * themselves: a chain that is broken above still counts, and then a second factor is asked without need.
 */
export async function administers(
  { caisseId, sql }: Handle,
  accountId: string,
  now: Instant,
): Promise<boolean> {
  const at = timestamp(now);
  const { rows } = await sql.raw(
    `select exists (
       select from account where caisse_id = :caisseId and id = :accountId and staff_role is not null
     ) or exists (
       select from delegation
       where caisse_id = :caisseId and grantee_account_id = :accountId and admin and status = 'active'
         and effective_at <= :at and (ends_at is null or ends_at > :at)
     ) or exists (
       select from cabinet_member
       where caisse_id = :caisseId and account_id = :accountId and role = 'manager'
         and effective_at <= :at and (ends_at is null or ends_at > :at)
     ) as administers`,
    { caisseId, accountId, at },
  );
  return rows[0].administers;
}
