import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { newVisitor, numberOn, openMailbox, PDF, send, WORDS, WRITER } from '../support/contact.ts';
import type { Page } from '../support/visitor.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  await openMailbox(app, 'contact@caisse.test');
});
afterAll(() => app.close());

const emptyForm = () => newVisitor().get(`${app.issuerOf('grand-est')}/contact`);

const file = (name: string) => ({ name, content: PDF });

/** How many statements wait for what somebody else holds. */
async function waiting(): Promise<number> {
  const { rows } = await app.database.knex.raw(
    `select count(*)::int as blocked from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`,
  );
  return rows[0].blocked;
}

async function blocked(count: number): Promise<void> {
  for (let tries = 0; tries < 1_000; tries++) {
    if ((await waiting()) >= count) return;
    await pause(10);
  }
  throw new Error(`nothing waits for what the other holds`);
}

/** Sends the form, and plays `meanwhile` once its files are counted but nothing is committed. */
async function whileSent(form: Page, email: string, meanwhile: () => Promise<Page>) {
  const hold = await app.database.knex.transaction();
  await hold.raw('lock table audit_event in share mode');
  const sending = send(newVisitor(), form, { ...WRITER, ...WORDS, email }, [file('envoi.pdf')]);
  await blocked(1);
  const other = meanwhile();
  await Promise.race([other, blocked(2)]);
  await hold.commit();
  return { sent: await sending, other: await other };
}

const filesOf = (email: string): Promise<string[]> =>
  app.database
    .knex('contact_file as f')
    .join('contact_message as m', 'm.form_hash', 'f.form_hash')
    .where({ 'm.email': email })
    .orderBy('f.name')
    .pluck('f.name');

test('a form that is corrected in one tab while another sends it adds nothing to what was sent', async () => {
  const form = await emptyForm();
  const email = 'corrige@essai.test';
  const { sent, other } = await whileSent(form, email, () =>
    send(newVisitor(), form, { ...WRITER, ...WORDS, email, message: '' }, [file('autre.pdf')]),
  );
  expect(numberOn(sent)).not.toBe('');
  expect(numberOn(other)).toBe(numberOn(sent));
  expect(await filesOf(email)).toEqual(['envoi.pdf']);
});

test('a file that is taken off in one tab while another sends the form stays with what was sent', async () => {
  const email = 'retire@essai.test';
  const fields = { ...WRITER, ...WORDS, email };
  const form = await send(newVisitor(), await emptyForm(), { ...fields, message: '' }, [file('gardee.pdf')]);
  const retirer = /name="retirer" value="([^"]+)"/.exec(form.text)?.[1] ?? '';
  expect(retirer).not.toBe('');
  const { sent, other } = await whileSent(form, email, () =>
    send(newVisitor(), form, { ...fields, retirer }),
  );
  expect(numberOn(other)).toBe(numberOn(sent));
  expect(await filesOf(email)).toEqual(['envoi.pdf', 'gardee.pdf']);
});
