/**
 * Messages of the contact form. Their words lie sealed until the caisse's mailbox has had them for as long as the caisse
 * wants; the line that there was one stays longer. Their files are contact-files'.
 */
import type { Writer } from '../domain/contact.ts';
import type { Instant } from '../domain/instant.ts';
import type { Sealer } from '../domain/seal.ts';
import { formHash } from './contact-files.ts';
import { type Database, timestamp } from './database.ts';
import { type Handle, isId } from './handle.ts';

/** What rests sealed. */
export type Words = { readonly message: string; readonly phones: readonly string[] };

export type NewContactMessage = {
  readonly id: string;
  readonly number: string;
  readonly token: string;
  readonly accountId: string | null;
  readonly siteId: string | null;
  readonly about: string;
  readonly message: string;
  readonly writer: Writer;
  readonly now: Instant;
};

const contextOf = (caisseId: string, id: string) => `contact message ${caisseId} ${id}`;

/** Of a form that is held. @returns false when it has been sent already: nothing is written. */
export async function insertMessage(
  { caisseId, sql }: Handle,
  made: NewContactMessage,
  sealer: Sealer,
): Promise<boolean> {
  const { id, writer } = made;
  const words: Words = { message: made.message, phones: writer.phones };
  const written = await sql('contact_message')
    .insert({
      caisse_id: caisseId,
      id,
      number: made.number,
      form_hash: formHash(made.token),
      account_id: made.accountId,
      site_id: made.siteId,
      given_name: writer.givenName,
      family_name: writer.familyName,
      email: writer.email,
      raison_sociale: writer.raisonSociale,
      identifiant: writer.identifiant,
      siret: writer.siret,
      subject: made.about,
      sealed: sealer.seal(JSON.stringify(words), contextOf(caisseId, id)),
      consented_at: timestamp(made.now),
      created_at: timestamp(made.now),
    })
    .onConflict(['caisse_id', 'form_hash'])
    .ignore()
    .returning('id');
  return written.length > 0;
}

export type ContactMessage = {
  readonly id: string;
  readonly number: string;
  readonly accountId: string | null;
  readonly siteId: string | null;
  readonly givenName: string;
  readonly familyName: string;
  readonly email: string;
  readonly raisonSociale: string;
  readonly identifiant: string;
  readonly siret: string;
  readonly about: string;
  /** null once its words are erased. */
  readonly sealed: Buffer | null;
  readonly createdAt: Instant;
  readonly transmittedAt: Instant | null;
  readonly handledAt: Instant | null;
  /** Name of the agent. */
  readonly handledBy: string | null;
  /** Since then nothing of it is left. */
  readonly withdrawnAt: Instant | null;
};

const messages = ({ caisseId, sql }: Handle) =>
  sql('contact_message as m')
    .leftJoin('account as a', (on) => on.on('a.caisse_id', 'm.caisse_id').andOn('a.id', 'm.handled_by'))
    .first({
      id: 'm.id',
      number: 'm.number',
      accountId: 'm.account_id',
      siteId: 'm.site_id',
      givenName: 'm.given_name',
      familyName: 'm.family_name',
      email: 'm.email',
      raisonSociale: 'm.raison_sociale',
      identifiant: 'm.identifiant',
      siret: 'm.siret',
      about: 'm.subject',
      sealed: 'm.sealed',
      createdAt: 'm.created_at',
      transmittedAt: 'm.transmitted_at',
      handledAt: 'm.handled_at',
      handledBy: sql.raw(`a.given_name || ' ' || a.family_name`),
      withdrawnAt: 'm.withdrawn_at',
    })
    .where({ 'm.caisse_id': caisseId });

export const findMessage = async (handle: Handle, id: string): Promise<ContactMessage | undefined> =>
  isId(id) ? messages(handle).where({ 'm.id': id }) : undefined;

/** Until the transaction ends nobody else acts on it. */
export const holdMessage = async (inside: Handle, id: string): Promise<ContactMessage | undefined> =>
  isId(id) ? messages(inside).where({ 'm.id': id }).forUpdate('m') : undefined;

export const findMessageOfForm = (handle: Handle, token: string): Promise<ContactMessage | undefined> =>
  messages(handle).where({ 'm.form_hash': formHash(token) });

/** null once they are erased. */
export const openWords = (
  { caisseId }: Pick<Handle, 'caisseId'>,
  { id, sealed }: Pick<ContactMessage, 'id' | 'sealed'>,
  sealer: Sealer,
): Words | null => (sealed === null ? null : JSON.parse(sealer.open(sealed, contextOf(caisseId, id))));

export type KeptName = { readonly name: string; readonly bytes: number; readonly erased: boolean };

export const listFilesOf = ({ caisseId, sql }: Handle, messageId: string): Promise<KeptName[]> =>
  sql('contact_file as f')
    .join('contact_message as m', (on) =>
      on.on('m.caisse_id', 'f.caisse_id').andOn('m.form_hash', 'f.form_hash'),
    )
    .select({ name: 'f.name', bytes: 'f.bytes', erased: sql.raw('f.sealed is null') })
    .where({ 'm.caisse_id': caisseId, 'm.id': messageId })
    .orderBy(['f.name', 'f.id']);

/** The caisse's mailbox has taken it; of several times the first counts. */
export async function markTransmitted({ caisseId, sql }: Handle, id: string, now: Instant): Promise<void> {
  await sql('contact_message')
    .update({ transmitted_at: timestamp(now) })
    .where({ caisse_id: caisseId, id })
    .whereNull('transmitted_at');
}

/** `by` null: it is to be handled after all. */
export async function turnMessage(
  { caisseId, sql }: Handle,
  id: string,
  { by, now }: { readonly by: string | null; readonly now: Instant },
): Promise<void> {
  await sql('contact_message')
    .update({ handled_at: by === null ? null : timestamp(now), handled_by: by })
    .where({ caisse_id: caisseId, id });
}

/** Nothing stays but its number and its dates; whoever did so has dealt with it. In a transaction. */
export async function eraseMessage(
  { caisseId, sql }: Handle,
  id: string,
  { by, now }: { readonly by: string; readonly now: Instant },
): Promise<void> {
  const at = timestamp(now);
  const none = { given_name: '', family_name: '', email: '', raison_sociale: '', identifiant: '', siret: '' };
  const message = { caisse_id: caisseId, id };
  await sql('contact_file')
    .delete()
    .where({ caisse_id: caisseId })
    .whereIn('form_hash', sql('contact_message').select('form_hash').where(message));
  await sql('contact_message')
    .update({
      ...none,
      subject: '',
      sealed: null,
      account_id: null,
      site_id: null,
      withdrawn_at: at,
      handled_at: at,
      handled_by: by,
    })
    .where(message);
}

/** Of a caisse that sets nothing; see tenant/settings. */
const KEPT_DAYS = 30;
const LISTED_DAYS = 365;

const setting = (name: string, usual: number) =>
  `make_interval(days => coalesce((c.settings->'contact'->>'${name}')::int, ${usual}))`;

const ERASED = `
  with gone as (
    update contact_message m set sealed = null from caisse c
    where c.id = m.caisse_id and m.sealed is not null and m.transmitted_at is not null
      and m.transmitted_at <= :now::timestamptz - ${setting('keptDays', KEPT_DAYS)}
    returning m.caisse_id, m.form_hash
  )
  update contact_file f set sealed = null from gone
  where f.caisse_id = gone.caisse_id and f.form_hash = gone.form_hash`;

const FORGOTTEN = `
  delete from contact_message m using caisse c
  where c.id = m.caisse_id and m.created_at <= :now::timestamptz - ${setting('listedDays', LISTED_DAYS)}`;

/** Of a form that nobody sent within a day, and of messages that are forgotten. */
const LEFT_BEHIND = `
  delete from contact_file f
  where f.created_at <= :now::timestamptz - interval '1 day' and not exists (
    select from contact_message m where m.caisse_id = f.caisse_id and m.form_hash = f.form_hash)`;

/** In every caisse, by its own setting. @returns how many rows went. */
export async function sweepContactMessages(sql: Database, now: Instant): Promise<number> {
  const at = { now: timestamp(now) };
  await sql.raw(ERASED, at);
  const forgotten = await sql.raw(FORGOTTEN, at);
  const left = await sql.raw(LEFT_BEHIND, at);
  return forgotten.rowCount + left.rowCount;
}
