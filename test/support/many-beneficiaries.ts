/** Sites with any number of delegations of every kind of name, standing and date, and what each of them says. */
import { randomUUID } from 'node:crypto';
import { EVERYTHING, type LinkStatus } from '../../provider/domain/rights.ts';
import { timestamp } from '../../provider/store/database.ts';
import { insertDelegations, type NewDelegation } from '../../provider/store/delegations.ts';
import { rightsOn, type World } from './world.ts';

const DAY = 86_400_000;

const FAMILIES = [
  'Éclair',
  'Le Goff',
  'Lé Goff',
  'martin',
  'Martin Du Val',
  'Œillet',
  'Zola',
  'Abbé',
  "D'Arc",
  'Ça',
];
const GIVEN = ['Zoé', 'Anaïs', 'Élie', 'Jean-Luc', 'jean luc', 'Noël', 'Ursule', 'Cœur'];
const STATUSES: readonly LinkStatus[] = [
  'active',
  'active',
  'active',
  'suspended',
  'awaiting_beneficiary',
  'awaiting_confirmation',
  'to_renew',
  'refused',
  'lapsed',
  'closed',
];

/** What one delegation of the list says, as its test knows it. */
export type Told = {
  readonly id: string;
  readonly siteId: string;
  readonly familyName: string | null;
  readonly givenName: string | null;
  readonly email: string;
  readonly admin: boolean;
  readonly status: LinkStatus;
  readonly from: number;
  readonly to: number | null;
  readonly waitsUntil: number | null;
};

/** Deterministic, so that a failure comes back. */
const pick = <T>(from: readonly T[], seed: number): T => from[(seed * 7919) % from.length] as T;

function told(siteId: string, i: number, now: number): Told {
  const status = pick(STATUSES, i + Math.floor(i / 13));
  const nameless = status === 'awaiting_beneficiary' || status === 'refused' || status === 'lapsed';
  const from = now - ((i * 37) % 400) * DAY + (i % 11 === 0 ? 420 * DAY : 0);
  return {
    id: randomUUID(),
    siteId,
    familyName: nameless ? null : pick(FAMILIES, i),
    givenName: nameless ? null : `${pick(GIVEN, i + 3)} ${i % 97}`,
    email: `${i % 2 === 0 ? 'É' : 'b'}${(i * 31) % 1000}.${randomUUID().slice(0, 8)}@essai.test`,
    admin: i % 9 === 0,
    status,
    from,
    to: i % 3 === 0 ? null : from + (1 + ((i * 53) % 500)) * DAY,
    waitsUntil: status.startsWith('awaiting') ? now + (((i * 17) % 60) - 20) * DAY + 1 : null,
  };
}

/** Below that enrolment, on its site: `count` of them. */
export async function manyBeneficiaries(
  { store }: World,
  on: { readonly siteId: string; readonly adherentId: string; readonly root: string; readonly giver: string },
  { count, now }: { readonly count: number; readonly now: number },
): Promise<Told[]> {
  const all = Array.from({ length: count }, (_, i) => told(on.siteId, i, now));
  const at = { caisse_id: store.caisseId, created_at: timestamp(now - 1_000 * DAY) };
  const people = all.map((one) => ({ one, accountId: randomUUID(), invitationId: randomUUID() }));
  const waits = ({ status }: Told) =>
    ['awaiting_beneficiary', 'awaiting_confirmation', 'refused', 'lapsed'].includes(status);
  await store.sql.batchInsert(
    'account',
    people
      .filter(({ one }) => !waits(one))
      .map(({ one, accountId }) => ({
        ...at,
        id: accountId,
        email: one.email,
        email_key: one.email.toLowerCase(),
        given_name: one.givenName,
        family_name: one.familyName,
        status: 'active',
      })),
    1_000,
  );
  await store.sql.batchInsert(
    'invitation',
    people
      .filter(({ one }) => waits(one))
      .map(({ one, invitationId }) => ({
        ...at,
        id: invitationId,
        kind: 'user',
        inviter_account_id: on.giver,
        adherent_id: on.adherentId,
        email: one.email,
        email_key: one.email.toLowerCase(),
        token_hash: Buffer.from(invitationId),
        needs_confirmation: true,
        sent_at: at.created_at,
        expires_at: timestamp(one.waitsUntil ?? now),
        accepted_at: one.familyName === null ? null : at.created_at,
        given_name: one.givenName,
        family_name: one.familyName,
      })),
    1_000,
  );
  const rows = people.map(
    ({ one, accountId, invitationId }): NewDelegation => ({
      id: one.id,
      kind: 'user',
      parentId: on.root,
      grantorAccountId: on.giver,
      granteeAccountId: waits(one) ? null : accountId,
      adherentId: on.adherentId,
      siteId: on.siteId,
      admin: one.admin,
      rights: one.admin ? EVERYTHING : rightsOn({ documents: 'consultation' }),
      status: one.status,
      from: one.from,
      to: one.to,
      invitationId: waits(one) ? invitationId : null,
    }),
  );
  await insertDelegations(store, rows, now - 1_000 * DAY);
  return all;
}
