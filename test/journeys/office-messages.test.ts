/** Messages of the contact form as the caisse's people go through them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtWork, act, atWork } from '../support/at-work.ts';
import { unclearActs } from '../support/audit.ts';
import { openMailbox, PDF, setContact, written } from '../support/contact.ts';
import { formOn } from '../support/staff.ts';
import { readableText } from '../support/visitor.ts';

const MAILBOX = 'messages@caisse.essai.test';
const LIST = '/gestion/messages';

let app: TestApp;
let agent: AtWork;
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
  agent = await atWork(app);
  await openMailbox(app, MAILBOX);
});
afterAll(() => app.close());

const pathOf = ({ id }: { readonly id: string }, what = '') =>
  `${LIST}/${id}${what === '' ? '' : `/${what}`}`;

const linesOf = (kind: string, number: string) =>
  app.database.knex('audit_event').where({ kind }).whereRaw(`facts->>'message' = ?`, [number]);

const toMailbox = () => app.inbox.all().filter(({ to }) => to === MAILBOX);

/** Once the mail of everything so far has had its turn. */
async function refusedByMailbox(): Promise<Awaited<ReturnType<typeof written>>> {
  await app.deliver();
  const message = await written(app, { files: [{ name: 'a.pdf', content: PDF }] });
  app.inbox.refuseWith(550);
  await app.deliver();
  app.inbox.refuseWith(null);
  return message;
}

describe('the list', () => {
  test('finds a message by all that is known of it, and filters by where it stands', async () => {
    const fields = {
      objet: 'Congés d’été',
      family_name: 'Étienne',
      siret: '732 829 320 00074',
      identifiant: 'GE-777',
    };
    const one = await written(app, { fields });
    const other = await written(app);
    for (const q of [
      one.number,
      one.number.replace('-', '').toLowerCase(),
      'conges ete',
      'etienne',
      one.email,
      '732 829 320 00074',
      'ge-777',
    ]) {
      const page = await agent.open(`${LIST}?q=${encodeURIComponent(q)}`);
      expect([q, page.status, page.text.includes(one.id), page.text.includes(other.id)]).toEqual([
        q,
        200,
        true,
        false,
      ]);
    }
    const has = async (statut: string) =>
      (await agent.open(`${LIST}?statut=${statut}&par_page=50`)).text.includes(one.id);
    expect([await has('recus'), await has('transmis'), await has('a-traiter')]).toEqual([true, false, true]);
    await app.deliver();
    expect([await has('recus'), await has('transmis'), await has('a-traiter')]).toEqual([false, true, true]);
    await act(agent, pathOf(one, 'traiter'));
    expect([await has('a-traiter'), await has('traites'), await has('tous')]).toEqual([false, true, true]);
    expect(readableText(await agent.open(`${LIST}?q=%25_nulle-part`))).toContain('Aucun résultat');
    for (const query of ['page=-1', 'statut=nimporte', 'q=a&q=b', 'q=%00', 'par_page=1e9'])
      expect((await agent.open(`${LIST}?${query}`)).status).toBe(200);
  });

  test('is reached from every page of the back office', async () => {
    expect((await agent.open('/gestion')).text).toContain('href="/grand-est/gestion/messages"');
  });
});

describe('a message', () => {
  test('is shown as it was typed, its files by name alone, and nothing leads to them', async () => {
    const message = '<img src=x onerror=alert(1)>\nDeuxième ligne';
    const files = [{ name: 'Bulletin.pdf', content: PDF }];
    const made = await written(app, { fields: { message }, files });
    const page = await agent.open(pathOf(made));
    expect(page.text).toContain(
      '<div class="contact-words">&lt;img src=x onerror=alert(1)&gt;\nDeuxième ligne</div>',
    );
    expect(readableText(page)).toContain('Bulletin.pdf 65 octets');
    expect(readableText(page)).toContain('d’après ses propres dires');
    expect(page.text).not.toMatch(/href="[^"]*(pieces|fichier|\.pdf)/);
    const [file] = await app.database.knex('contact_file').orderBy('created_at', 'desc').limit(1);
    for (const path of [`${pathOf(made)}/${file.id}`, `${pathOf(made)}/pieces/${file.id}`])
      expect((await agent.open(path)).status).toBe(404);
  });

  test('is marked as handled once, by whom is noted, and can be taken up again', async () => {
    const made = await written(app);
    const stale = formOn(await agent.open(pathOf(made, 'traiter')));
    const done = await act(agent, pathOf(made, 'traiter'));
    expect(readableText(done)).toContain('Le message est marqué traité.');
    const again = await agent.post(pathOf(made, 'traiter'), stale);
    expect([again.status, readableText(again).includes('Quelqu’un d’autre s’en est occupé')]).toEqual([
      409,
      true,
    ]);
    const [row] = await app.database.knex('contact_message').where({ id: made.id });
    expect(row.handled_by).toBe(agent.accountId);
    expect(await linesOf('contact_message_handled', made.number)).toMatchObject([
      { actor_id: agent.accountId, facts: { before: 'à traiter', after: 'traité' } },
    ]);
    await act(agent, pathOf(made, 'reprendre'));
    expect(readableText(await agent.open(pathOf(made)))).not.toContain('Traité le');
    expect(await linesOf('contact_message_reopened', made.number)).toHaveLength(1);
  });

  test('that the mailbox refused says so, and goes again with its files, once', async () => {
    const made = await refusedByMailbox();
    const page = await agent.open(pathOf(made));
    expect(readableText(page)).toContain('Échec d’envoi');
    expect((await agent.open(`${LIST}?statut=echecs`)).text).toContain(made.id);
    app.inbox.clear();
    expect(readableText(await act(agent, pathOf(made, 'renvoyer')))).toContain('Le message repart');
    const twice = await act(agent, pathOf(made, 'renvoyer'));
    expect([twice.status, readableText(twice).includes('déjà en route')]).toEqual([409, true]);
    await app.deliver();
    expect(toMailbox()).toMatchObject([{ replyTo: made.email, attachments: [{ filename: 'a.pdf' }] }]);
    expect(readableText(await agent.open(pathOf(made)))).toContain('Transmis');
    expect(await linesOf('contact_message_resent', made.number)).toHaveLength(1);
    const { rows } = await app.database.knex.raw(`select from pgboss.job where data->>'about' = ?`, [
      made.id,
    ]);
    expect(rows).toEqual([]);
  });

  test('of which nothing is left but its line cannot be sent again', async () => {
    const made = await written(app);
    await app.deliver();
    await app.database.knex('contact_message').update({ sealed: null }).where({ id: made.id });
    const page = await agent.open(pathOf(made));
    expect(readableText(page)).toContain('Le texte et les pièces jointes sont effacés');
    expect(page.text).not.toContain('/renvoyer');
    expect((await act(agent, pathOf(made, 'renvoyer'))).status).toBe(409);
  });
});

describe('a consent that is withdrawn', () => {
  test('leaves nothing but the number, and stops what has not left', async () => {
    await app.deliver();
    const made = await written(app, {
      fields: { objet: 'Zinguerie', family_name: 'Retirée' },
      files: [{ name: 'a.pdf', content: PDF }],
    });
    const page = await agent.open(pathOf(made, 'effacer'));
    expect(readableText(page)).toContain('il ne partira plus');
    expect((await act(agent, pathOf(made, 'effacer'), { motif: '' })).status).toBe(422);
    const done = await act(agent, pathOf(made, 'effacer'), { motif: 'Demandé par courriel' });
    expect(readableText(done)).toContain('Message effacé');
    const [row] = await app.database.knex('contact_message').where({ id: made.id });
    const left = JSON.stringify(row);
    for (const word of ['Zinguerie', 'zinguerie', 'Retirée', 'retiree', made.email])
      expect(left).not.toContain(word);
    expect(await app.database.knex('contact_file').where({ form_hash: row.form_hash })).toEqual([]);
    app.inbox.clear();
    await app.deliver();
    expect(toMailbox()).toEqual([]);
    expect(await linesOf('contact_message_erased', made.number)).toMatchObject([
      { actor_id: agent.accountId, facts: { reason: 'Demandé par courriel' } },
    ]);
    expect((await agent.open(`${LIST}?q=${made.number}`)).text).toContain('Message effacé');
    for (const what of ['traiter', 'reprendre', 'renvoyer', 'effacer'])
      expect([what, (await act(agent, pathOf(made, what))).status]).toEqual([what, 409]);
    expect((await agent.visitor.get(made.page.url)).status).toBe(404);
  });
});

describe('a caisse without a mailbox', () => {
  test('keeps its messages for its people, and sends them once it has one', async () => {
    const elsewhere = await atWork(app, 'superviseur', { slug: 'nord-ouest' });
    const made = await written(app, { slug: 'nord-ouest' });
    await app.deliver();
    expect(readableText(await elsewhere.open(LIST))).toContain('n’a pas de boîte pour ses messages');
    expect((await act(elsewhere, pathOf(made, 'renvoyer'))).status).toBe(409);
    const settings = formOn(await elsewhere.open('/gestion/reglages'));
    const wrong = await elsewhere.post('/gestion/reglages', { ...settings, boite: 'nulle-part' });
    expect([wrong.status, wrong.text.includes('<a href="#boite">')]).toEqual([422, true]);
    const saved = await elsewhere.post('/gestion/reglages', {
      ...settings,
      boite: 'boite@nord-ouest.essai.test',
      pieces_nombre: '20',
      pieces_megaoctets: '40',
      piece_png: '',
    });
    expect(readableText(saved)).toContain('Les réglages sont enregistrés.');
    await setContact(app, {}, 'nord-ouest');
    const row = await app.database.knex('caisse').first('settings').where({ id: 'nord-ouest' });
    expect(row.settings.contact).toEqual({
      mailbox: 'boite@nord-ouest.essai.test',
      files: 20,
      megabytes: 40,
      kinds: ['pdf', 'jpeg', 'docx', 'xlsx', 'odt', 'ods'],
      keptDays: 30,
      listedDays: 365,
    });
    await act(elsewhere, pathOf(made, 'renvoyer'));
    await app.deliver();
    expect(app.inbox.all().filter(({ to }) => to === 'boite@nord-ouest.essai.test')).toHaveLength(1);
  });

  test('and its messages are nothing to another', async () => {
    const made = await written(app, { slug: 'nord-ouest' });
    const unknown = { id: '00000000-0000-4000-8000-000000000000' };
    for (const what of ['', 'traiter', 'reprendre', 'renvoyer', 'effacer']) {
      for (const one of [made, unknown]) {
        expect([what, (await agent.open(pathOf(one, what))).status]).toEqual([what, 404]);
        if (what === '') continue;
        expect([what, (await agent.post(pathOf(one, what), { vu: '' })).status]).toEqual([what, 404]);
      }
    }
    expect((await agent.open(`${LIST}?q=${made.number}`)).text).not.toContain(made.id);
  });
});

test('of each act of an agent here, the log tells what was and what became of it, in words', async () => {
  expect(await unclearActs(app.database)).toEqual([]);
});
