/**
 * Tickets: a browser has named a site and proved to hold its code, and may go on for a while. A ticket is 256 random
 * bits, stored hashed; what was typed on the way is kept with it, so that nothing is typed twice.
 */
import { createHash } from 'node:crypto';
import type { CertifiedMobile, ContactDetails, TypedDetails } from '../domain/enrolment.ts';
import type { Instant } from '../domain/instant.ts';
import { type Database, timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type IdentifiedSite = {
  readonly id: string;
  readonly adherentId: string;
  readonly siret: string;
  readonly name: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
};

export type Ticket = {
  /** Names the ticket without being it: may stand in pages and in other tables. */
  readonly reference: string;
  readonly codeId: string;
  readonly site: IdentifiedSite;
  readonly expiresAt: Instant;
  /** Whom the caisse expects. */
  readonly expected: { readonly givenName: string; readonly familyName: string };
  /** Typed last with this ticket. */
  readonly draft: TypedDetails | null;
  readonly passwordHash: string | null;
  readonly certified: CertifiedMobile | null;
  /** Saved with this code before, by this ticket or another. */
  readonly saved: ContactDetails | null;
};

const hash = (token: string): Buffer => createHash('sha256').update(token).digest();

export type NewTicket = {
  readonly token: string;
  readonly codeId: string;
  /** The ticket that this browser had before: what was typed with it goes on when it was for the same code. */
  readonly formerToken: string;
  readonly now: Instant;
  readonly expiresAt: Instant;
};

/** Of tickets past their time, what was typed is kept so long; then they go. */
const KEPT = 24 * 3_600_000;

export async function insertTicket({ caisseId, sql }: Handle, ticket: NewTicket): Promise<void> {
  await sql.raw(
    `insert into identification_ticket (caisse_id, token_hash, code_id, draft, password_hash, certified_mobile,
      mobile_certified_at, created_at, expires_at)
    select :caisse, :token, :code, f.draft, f.password_hash, f.certified_mobile, f.mobile_certified_at, :now, :end
    from (select 1) one
    left join identification_ticket f on f.caisse_id = :caisse and f.token_hash = :former and f.code_id = :code`,
    {
      caisse: caisseId,
      token: hash(ticket.token),
      code: ticket.codeId,
      former: hash(ticket.formerToken),
      now: timestamp(ticket.now),
      end: timestamp(ticket.expiresAt),
    },
  );
}

/** In every caisse: those past their time, with what was typed. @returns how many went. */
export const sweepTickets = (sql: Database, now: Instant): Promise<number> =>
  sql('identification_ticket')
    .delete()
    .where('expires_at', '<', timestamp(now - KEPT));

/** undefined when there is none, or its code was used or replaced: nothing is left to do with it. Expired ones come. */
export async function findTicket({ caisseId, sql }: Handle, token: string): Promise<Ticket | undefined> {
  const { rows } = await sql.raw(
    `select encode(t.token_hash, 'hex') as reference, t.code_id as "codeId", t.expires_at as "expiresAt",
      t.draft, t.password_hash as "passwordHash",
      t.certified_mobile as "certifiedMobile", t.mobile_certified_at as "mobileCertifiedAt",
      c.given_name as "givenName", c.family_name as "familyName",
      s.id as "siteId", s.adherent_id as "adherentId", s.siret, s.name, a.identifiant,
      a.raison_sociale as "raisonSociale",
      e.email as "savedEmail", e.given_name as "savedGivenName", e.family_name as "savedFamilyName",
      e.landline as "savedLandline", e.mobile as "savedMobile", e.mobile_certified_at as "savedMobileCertifiedAt"
    from identification_ticket t
    join confidential_code c on c.caisse_id = t.caisse_id and c.id = t.code_id
    join site s on s.caisse_id = c.caisse_id and s.id = c.site_id
    join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
    left join enrolment e on e.caisse_id = c.caisse_id and e.code_id = c.id
    where t.caisse_id = :caisse and t.token_hash = :token and c.used_at is null and c.superseded_at is null`,
    { caisse: caisseId, token: hash(token) },
  );
  return rows[0] && ticketOf(rows[0]);
}

type Row = IdentifiedSite &
  Pick<Ticket, 'reference' | 'codeId' | 'expiresAt' | 'draft' | 'passwordHash'> & {
    readonly siteId: string;
    readonly givenName: string;
    readonly familyName: string;
    readonly certifiedMobile: string | null;
    readonly mobileCertifiedAt: Instant;
    readonly savedEmail: string | null;
    readonly savedGivenName: string;
    readonly savedFamilyName: string;
    readonly savedLandline: string | null;
    readonly savedMobile: string | null;
    readonly savedMobileCertifiedAt: Instant | null;
  };

function ticketOf(row: Row): Ticket {
  const { reference, codeId, expiresAt, draft, passwordHash, givenName, familyName } = row;
  return {
    reference,
    codeId,
    expiresAt,
    draft,
    passwordHash,
    expected: { givenName, familyName },
    site: {
      id: row.siteId,
      adherentId: row.adherentId,
      siret: row.siret,
      name: row.name,
      identifiant: row.identifiant,
      raisonSociale: row.raisonSociale,
    },
    certified:
      row.certifiedMobile === null ? null : { number: row.certifiedMobile, at: row.mobileCertifiedAt },
    saved: row.savedEmail === null ? null : savedOf(row, row.savedEmail),
  };
}

const savedOf = (row: Row, email: string): ContactDetails => ({
  email,
  givenName: row.savedGivenName,
  familyName: row.savedFamilyName,
  landline: row.savedLandline,
  mobile: row.savedMobile,
  mobileCertifiedAt: row.savedMobileCertifiedAt,
});

export type TypedSoFar = {
  readonly draft: TypedDetails;
  /** null: the one that was kept stays. */
  readonly passwordHash: string | null;
  readonly expiresAt: Instant;
};

/** What was typed is kept, and the ticket lives on: whoever fills in a form is there. */
export async function keepTyped(
  { caisseId, sql }: Handle,
  reference: string,
  { draft, passwordHash, expiresAt }: TypedSoFar,
): Promise<void> {
  await sql('identification_ticket')
    .update({
      draft: JSON.stringify(draft),
      expires_at: timestamp(expiresAt),
      ...(passwordHash === null ? {} : { password_hash: passwordHash }),
    })
    .where({ caisse_id: caisseId, token_hash: Buffer.from(reference, 'hex') });
}

export async function keepCertified(
  { caisseId, sql }: Handle,
  reference: string,
  { number, at }: CertifiedMobile,
): Promise<void> {
  await sql('identification_ticket')
    .update({ certified_mobile: number, mobile_certified_at: timestamp(at) })
    .where({ caisse_id: caisseId, token_hash: Buffer.from(reference, 'hex') });
}
