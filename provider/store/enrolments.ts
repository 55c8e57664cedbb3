/**
 * Enrolments: what a person gave to open an account, until the link in the mail turns it into one. Not an account, and
 * no claim on the address: of two who type the same one, whoever reads its mail wins.
 */
import { createHash } from 'node:crypto';
import { emailKey } from '../domain/email.ts';
import type { ContactDetails } from '../domain/enrolment.ts';
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type NewEnrolment = ContactDetails & {
  readonly id: string;
  readonly codeId: string;
  readonly passwordHash: string;
};

/** One per code: sent again, the form corrects what it brought before. @returns the id of the one that stands. */
export async function saveEnrolment(
  { caisseId, sql }: Handle,
  enrolment: NewEnrolment,
  now: Instant,
): Promise<string> {
  const given = {
    email: enrolment.email,
    email_key: emailKey(enrolment.email),
    password_hash: enrolment.passwordHash,
    given_name: enrolment.givenName,
    family_name: enrolment.familyName,
    landline: enrolment.landline,
    mobile: enrolment.mobile,
    mobile_certified_at: enrolment.mobileCertifiedAt === null ? null : timestamp(enrolment.mobileCertifiedAt),
    changed_at: timestamp(now),
  };
  const [row] = await sql('enrolment')
    .insert({
      ...given,
      caisse_id: caisseId,
      id: enrolment.id,
      code_id: enrolment.codeId,
      created_at: timestamp(now),
    })
    .onConflict(['caisse_id', 'code_id'])
    .merge(given)
    .returning('id');
  return row.id;
}

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

export type NewActivationLink = {
  readonly token: string;
  readonly enrolmentId: string;
  readonly email: string;
  readonly now: Instant;
  readonly expiresAt: Instant;
};

/** The link sent before, if any, no longer works: it may be in a stranger's mailbox. */
export async function createActivationLink(
  { caisseId, sql }: Handle,
  link: NewActivationLink,
): Promise<void> {
  await sql('activation_link')
    .update({ superseded_at: timestamp(link.now) })
    .where({ caisse_id: caisseId, enrolment_id: link.enrolmentId })
    .whereNull('used_at')
    .whereNull('superseded_at');
  await sql('activation_link').insert({
    caisse_id: caisseId,
    token_hash: hash(link.token),
    enrolment_id: link.enrolmentId,
    email: link.email,
    created_at: timestamp(link.now),
    expires_at: timestamp(link.expiresAt),
  });
}

export type Activation = {
  /** Why the link no longer works, or `live`. A code used or replaced in between takes its links along. */
  readonly state: 'live' | 'used' | 'expired' | 'superseded';
  readonly codeId: string;
  readonly details: ContactDetails;
  readonly passwordHash: string;
  readonly site: {
    readonly id: string;
    readonly adherentId: string;
    readonly siret: string;
    readonly raisonSociale: string;
  };
};

/** Looks without consuming: mail scanners open links. undefined for a token that never was one of this caisse. */
export async function findActivation(
  { caisseId, sql }: Handle,
  token: string,
  now: Instant,
): Promise<Activation | undefined> {
  const { rows } = await sql.raw(
    `select l.email, e.code_id as "codeId", e.password_hash as "passwordHash", e.given_name as "givenName",
      e.family_name as "familyName", e.landline, e.mobile, e.mobile_certified_at as "mobileCertifiedAt",
      s.id as "siteId", s.adherent_id as "adherentId", s.siret, a.raison_sociale as "raisonSociale",
      case
        when l.used_at is not null then 'used'
        when l.superseded_at is not null or c.used_at is not null or c.superseded_at is not null then 'superseded'
        when l.expires_at <= :now then 'expired'
        else 'live'
      end as state
    from activation_link l
    join enrolment e on e.caisse_id = l.caisse_id and e.id = l.enrolment_id
    join confidential_code c on c.caisse_id = e.caisse_id and c.id = e.code_id
    join site s on s.caisse_id = c.caisse_id and s.id = c.site_id
    join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
    where l.caisse_id = :caisse and l.token_hash = :token`,
    { caisse: caisseId, token: hash(token), now: timestamp(now) },
  );
  if (!rows[0]) return undefined;
  const { state, codeId, passwordHash, siteId, adherentId, siret, raisonSociale, ...details } = rows[0];
  return { state, codeId, passwordHash, details, site: { id: siteId, adherentId, siret, raisonSociale } };
}

/** @returns true for the one caller that consumed it. */
export async function consumeActivationLink(
  { caisseId, sql }: Handle,
  token: string,
  now: Instant,
): Promise<boolean> {
  const changed = await sql('activation_link')
    .update({ used_at: timestamp(now) })
    .where({ caisse_id: caisseId, token_hash: hash(token) })
    .where('expires_at', '>', timestamp(now))
    .whereNull('used_at')
    .whereNull('superseded_at');
  return changed === 1;
}

/** Whether the account opened this site before, and still holds it. */
export async function administers(
  { caisseId, sql }: Handle,
  accountId: string,
  siteId: string,
): Promise<boolean> {
  const row = await sql('delegation').first('id').where({
    caisse_id: caisseId,
    grantee_account_id: accountId,
    site_id: siteId,
    kind: 'enrolment',
    status: 'active',
  });
  return row !== undefined;
}

/** What was given lives on in the account, or was given up: so long after its last change it goes, links and all. */
const KEPT = 60 * 86_400_000;

/** In every caisse. @returns how many enrolments went. */
export async function sweepEnrolments(sql: Database, now: Instant): Promise<number> {
  const { rowCount } = await sql.raw(
    `with old as (
      select caisse_id, id from enrolment where changed_at < :before for update skip locked
    ), links as (
      delete from activation_link l using old where l.caisse_id = old.caisse_id and l.enrolment_id = old.id
    )
    delete from enrolment e using old where e.caisse_id = old.caisse_id and e.id = old.id`,
    { before: timestamp(now - KEPT) },
  );
  return rowCount;
}
