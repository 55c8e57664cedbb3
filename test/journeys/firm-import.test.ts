import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FEATURES } from '../../policies/catalogue.ts';
import { dayOf } from '../../provider/domain/calendar.ts';
import { effectiveRights, levelOf } from '../../provider/domain/rights.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import { mayRefresh } from '../support/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type AtScreens, signedInAt } from '../support/own-screens.ts';
import { type Portfolio, portfolio, serve } from '../support/portfolio.ts';
import { named } from '../support/site-list.ts';
import { sendFile } from '../support/upload.ts';
import { type Page, readableText, request, signInAndRedeem, Visitor } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const DAY = 86_400_000;
const LABELS = FEATURES.map(({ label }) => label);
const HEADER = ['e-mail', 'SIRET', 'collèges', 'date d’effet', 'date de fin', ...LABELS, 'action'];

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const now = () => app.clock.now();
const dayIn = (days: number) => dayOf(now() + days * DAY, 'Europe/Paris');
const issuer = () => app.issuerOf('grand-est');
const at = (accountId: string): Promise<AtScreens> => signedInAt(issuer(), accountId, '/mon-cabinet/import');
const send = (there: AtScreens, content: string | Uint8Array<ArrayBuffer>): Promise<Page> =>
  sendFile(there.visitor, `${issuer()}/mon-cabinet/import`, content);
const seenOn = (page: Page): string => /name="vu" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
const apply = (there: AtScreens, page: Page): Promise<Page> =>
  there.visitor.post(page.url, { vu: seenOn(page) });

type Cells = {
  readonly email: string;
  readonly siret: string;
  readonly colleges?: string;
  readonly from?: string;
  readonly to?: string;
  readonly rights?: Readonly<Record<string, string>>;
  readonly action?: string;
};

const lineOf = ({
  email,
  siret,
  colleges = 'tous',
  from = '',
  to = '',
  rights = {},
  action = '',
}: Cells): string =>
  [email, siret, colleges, from, to, ...LABELS.map((label) => rights[label] ?? ''), action].join(';');

const fileOf = (lines: readonly Cells[]): string => [HEADER.join(';'), ...lines.map(lineOf)].join('\r\n');

const SALARIES = { 'Gérer mes salariés': 'mise à jour' };

const rowsOf = (held: Portfolio) =>
  app
    .world()
    .store.sql('delegation')
    .where({ kind: 'staff', grantor_cabinet_id: held.cabinetId })
    .orderBy('id');

async function levelOfSalaries(accountId: string, siteId: string) {
  const holding = await readHolding(app.world().store, accountId, { siteId });
  return levelOf(effectiveRights(holding?.chains ?? [], now()), 9, null);
}

async function scene(count = 3) {
  const held = await portfolio(app.world(), named(count), { now: now() });
  const there = await at(held.manager);
  const siret = (place: number) => held.sites[place]?.siret ?? '';
  return { held, there, siret, staff: emailOf(held.staff), other: emailOf(held.other) };
}

describe('a file of people, clients and rights', () => {
  test('is shown as what it would change, then applied whole', async () => {
    const { held, there, siret, staff, other } = await scene();
    const standing = {
      place: 0,
      to: 'staff',
      given: { rights: rightsOn({ salaries: 'consultation' }) },
    } as const;
    await serve(app.world(), held, standing);
    await serve(app.world(), held, { place: 1, to: 'other' });
    await serve(app.world(), held, {
      place: 2,
      to: 'other',
      given: { rights: rightsOn({ planning: 'consultation' }) },
    });
    const shown = await send(
      there,
      fileOf([
        { email: staff, siret: siret(0), rights: SALARIES },
        {
          email: staff.toUpperCase(),
          siret: siret(1).replace(/^(...)/, '$1 '),
          rights: SALARIES,
          colleges: 'ouvriers + ETAM',
        },
        { email: other, siret: siret(1), action: 'Supprimer' },
        { email: other, siret: siret(2), rights: { 'Mon planning': 'c' } },
      ]),
    );
    const text = readableText(shown);
    for (const count of ['1 nouveau', '1 modifié', '1 supprimé', '1 inchangé']) expect(text).toContain(count);
    expect(text).toContain('Gérer mes salariés : consultation → mise à jour');
    expect(await levelOfSalaries(held.staff, held.sites[1]?.id ?? '')).toBe('none');
    const done = await apply(there, shown);
    expect(readableText(done)).toContain('Le fichier est appliqué');
    expect(await levelOfSalaries(held.staff, held.sites[0]?.id ?? '')).toBe('mise_a_jour');
    expect(await levelOfSalaries(held.staff, held.sites[1]?.id ?? '')).toBe('mise_a_jour');
    expect(await levelOfSalaries(held.other, held.sites[1]?.id ?? '')).toBe('none');
    expect(await rowsOf(held)).toHaveLength(4);
  });

  test('tells each person once, and ends at once what services held for whoever has nothing left', async () => {
    const { held, there, siret, staff, other } = await scene(2);
    await serve(app.world(), held, { place: 0, to: 'other' });
    const signedIn = await signInAndRedeem(
      new Visitor(),
      { email: other },
      await request(issuer(), 'portail'),
    );
    expect(await mayRefresh(issuer(), signedIn)).toBe(true);
    const again = await signInAndRedeem(new Visitor(), { email: other }, await request(issuer(), 'portail'));
    await apply(
      there,
      await send(
        there,
        fileOf([
          { email: other, siret: siret(0) },
          { email: staff, siret: siret(0), rights: SALARIES },
          { email: staff, siret: siret(1), rights: SALARIES },
        ]),
      ),
    );
    expect(await mayRefresh(issuer(), again)).toBe(false);
    await app.deliver();
    for (const [to, words] of [
      [staff, 'Clients confiés (2)'],
      [other, 'Clients retirés'],
    ] as const) {
      const [mail, ...more] = app.inbox.all().filter((one) => one.to === to);
      expect(mail?.text).toContain(words);
      expect(more).toEqual([]);
    }
    const lines = await app
      .world()
      .store.sql('audit_event')
      .whereRaw(`facts->>'cabinet' = ?`, [held.cabinetId])
      .orderBy(['kind', 'site_id']);
    expect(lines.map(({ kind }) => kind)).toEqual([
      'delegation_closed',
      'delegation_given',
      'delegation_given',
    ]);
    expect(lines.every(({ actor_id, subject_id, facts }) => actor_id && subject_id && facts.delegation)).toBe(
      true,
    );
  });

  test('sent twice changes nothing the second time', async () => {
    const { held, there, siret, staff } = await scene();
    const in10 = dayIn(10);
    const file = fileOf(
      [0, 1, 2].map((i) => ({ email: staff, siret: siret(i), rights: SALARIES, to: in10 })),
    );
    await apply(there, await send(there, file));
    const again = await send(there, file);
    expect(readableText(again)).toContain('3 inchangés');
    expect(readableText(again)).toContain('Rien à changer');
    expect(await rowsOf(held)).toHaveLength(3);
  });

  test('downloaded and sent back says that nothing changes, whatever stands', async () => {
    const { held, there } = await scene();
    await serve(app.world(), held, { place: 0, to: 'staff' });
    await serve(app.world(), held, {
      place: 1,
      to: 'staff',
      given: { rights: rightsOn({ salaries: 'consultation' }, ['cadre']), to: now() + 40 * DAY },
    });
    await serve(app.world(), held, {
      place: 2,
      to: 'other',
      given: { status: 'suspended', from: now() + 5 * DAY },
    });
    const file = await there.get('/mon-cabinet/import/modele.csv');
    expect(file.headers['content-disposition']).toContain('attachment');
    expect(file.text.startsWith('\ufeffe-mail;SIRET;')).toBe(true);
    const shown = await send(there, file.text);
    expect(readableText(shown)).toContain('3 inchangés');
  });

  test('keeps a date d’effet to come, and asleep what sleeps', async () => {
    const { held, there, siret, staff } = await scene(2);
    await serve(app.world(), held, { place: 0, to: 'staff', given: { status: 'suspended' } });
    const from = dayIn(3).split('-').reverse().join('/');
    const shown = await send(
      there,
      fileOf([
        { email: staff, siret: siret(0), rights: SALARIES },
        { email: staff, siret: siret(1), rights: SALARIES, from },
      ]),
    );
    expect(readableText(shown)).toContain('le restera jusqu’à sa réactivation');
    await apply(there, shown);
    for (const { id } of held.sites) expect(await levelOfSalaries(held.staff, id)).toBe('none');
    app.clock.advance(4 * DAY);
    expect(await levelOfSalaries(held.staff, held.sites[1]?.id ?? '')).toBe('mise_a_jour');
    expect(await levelOfSalaries(held.staff, held.sites[0]?.id ?? '')).toBe('none');
  });

  test.each([
    ['UTF-8 with its mark', (text: string) => Buffer.from(`\ufeff${text}`)],
    ['Windows-1252', (text: string) => Buffer.from(text.replaceAll('’', "'"), 'latin1')],
  ])('is read in %s', async (_, encode) => {
    const { there, siret, staff } = await scene(1);
    const file = fileOf([
      { email: staff, siret: siret(0), rights: SALARIES, colleges: 'Ouvriers, ÉTAM et cadres' },
    ]);
    expect(readableText(await send(there, new Uint8Array(encode(file))))).toContain('1 nouveau');
  });
});

describe('faults of a file', () => {
  test('are all told with their line, and nothing can be applied', async () => {
    const { held, there, siret, staff } = await scene(2);
    const stranger = await portfolio(app.world(), [{}], { now: now() });
    const foreign = stranger.sites[0]?.siret ?? '';
    const past = dayIn(-5);
    const shown = await send(
      there,
      fileOf([
        { email: 'inconnu@essai.test', siret: siret(0), rights: SALARIES },
        { email: emailOf(stranger.staff), siret: siret(0), rights: SALARIES },
        { email: emailOf(held.manager), siret: siret(0), rights: SALARIES },
        { email: staff, siret: foreign, rights: SALARIES },
        { email: staff, siret: '12345678900000', rights: SALARIES },
        { email: staff, siret: siret(0), rights: { 'Gérer mes salariés': 'tout' } },
        { email: staff, siret: siret(0), rights: SALARIES, colleges: 'patrons' },
        { email: staff, siret: siret(0), rights: SALARIES, to: past },
        { email: staff, siret: siret(0), rights: SALARIES, from: '31/02/2027' },
        { email: staff, siret: siret(0), action: 'garder' },
        { email: staff, siret: siret(1), rights: SALARIES },
        { email: staff, siret: siret(1), rights: SALARIES },
      ]),
    );
    const text = readableText(shown);
    const expected = [
      'Ligne 2 : « inconnu@essai.test » n’est pas un collaborateur',
      'Ligne 3 : ',
      'Ligne 4 : ',
      `Ligne 5 : « ${foreign} » n’est pas un client du cabinet`,
      'Ligne 6 : « 12345678900000 » n’est pas un SIRET',
      'Ligne 7 : « tout » dans « Gérer mes salariés »',
      'Ligne 8 : « patrons »',
      'Ligne 9 : La date de fin est passée',
      'Ligne 10 : « 31/02/2027 » n’est pas une date',
      'Ligne 11 : « garder »',
      'Ligne 13 : Cette personne et ce client sont déjà à la ligne 12',
    ];
    for (const words of expected) expect(text).toContain(words);
    expect(text).toContain('11 erreurs');
    expect(seenOn(shown)).toBe('');
    const forced = await there.visitor.post(shown.url, { vu: 'nimporte' });
    expect(forced.status).toBe(409);
    expect(await rowsOf(held)).toEqual([]);
  });

  test('say which rights the firm does not hold', async () => {
    const held = await portfolio(app.world(), named(2), {
      now: now(),
      toFirm: (place) =>
        place === 0 ? { rights: rightsOn({ salaries: 'consultation' }, ['etam']) } : { status: 'to_renew' },
    });
    const there = await at(held.manager);
    const [first, second] = held.sites;
    const shown = await send(
      there,
      fileOf([
        { email: emailOf(held.staff), siret: first?.siret ?? '', rights: SALARIES },
        { email: emailOf(held.staff), siret: second?.siret ?? '', rights: SALARIES },
      ]),
    );
    const text = readableText(shown);
    expect(text).toContain(
      'Ligne 2 : Le cabinet ne détient pas autant sur ce site : Gérer mes salariés, collège Ouvriers, collège Cadres.',
    );
    expect(text).toContain('Ligne 3 : Le cabinet ne détient rien');
  });

  test.each([
    ['nothing', '', 'vide'],
    ['a workbook', 'PK\u0003\u0004\0\0', 'n’est pas un fichier CSV'],
    ['a NUL in a cell', `${HEADER.join(';')}\na\0b;c`, 'n’est pas un fichier CSV'],
  ])('refuse %s', async (_, content, words) => {
    const { there } = await scene(1);
    const page = await send(there, content);
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain(words);
  });

  test.each([
    ['commas', 'e-mail,siret\na,b', 'points-virgules'],
    ['an unknown column', `${HEADER.join(';')};pouvoirs\n`, 'La colonne « pouvoirs » n’est pas connue'],
    ['a column twice', `${HEADER.join(';')};siret\n`, 'est là deux fois'],
    [
      'a feature left out',
      HEADER.filter((name) => name !== 'Mon planning').join(';'),
      'Il manque la colonne « Mon planning »',
    ],
    ['no address', HEADER.slice(1).join(';'), 'Il manque la colonne « e-mail »'],
    ['a quote that never closes', `${HEADER.join(';')}\n"a;b`, 'Ligne 2 : Les guillemets'],
    ['a huge cell', `${HEADER.join(';')}\n"${'x'.repeat(50_000)}";b`, 'beaucoup trop longue'],
    ['a line cut short', `${HEADER.join(';')}\na@b.test;123`, 'La ligne compte 2 colonnes au lieu de 23'],
    ['too many lines', `${HEADER.join(';')}\n${'a;b\n'.repeat(10_001)}`, 'plus de 10'],
  ])('tell of %s', async (_, content, words) => {
    const { there } = await scene(1);
    const page = await send(there, content);
    expect(page.status).toBe(200);
    expect(readableText(page)).toContain(words);
    expect(seenOn(page)).toBe('');
  });

  test('refuse more than two megabytes', async () => {
    const { there } = await scene(1);
    const page = await send(there, 'x;'.repeat(1_200_000));
    expect(page.status).toBe(422);
    expect(readableText(page)).toContain('2 Mo');
  });

  test('show what was typed as text', async () => {
    const { there, siret } = await scene(1);
    const page = await send(
      there,
      fileOf([{ email: '<script>alert(1)</script>', siret: siret(0), rights: SALARIES }]),
    );
    expect(page.text).not.toContain('<script>alert');
  });
});

describe('between the dry run and the button', () => {
  test('rights that the firm has lost stop the whole file', async () => {
    const { held, there, siret, staff } = await scene();
    const shown = await send(
      there,
      fileOf([0, 1, 2].map((i) => ({ email: staff, siret: siret(i), rights: SALARIES }))),
    );
    await app.world().change('delegation', held.toFirm[1] ?? '', {
      levels: rightsOn({ salaries: 'consultation' }).levels.toString(),
    });
    const page = await apply(there, shown);
    expect(page.status).toBe(409);
    expect(readableText(page)).toContain('Ligne 3 : Le cabinet ne détient pas autant');
    expect(await rowsOf(held)).toEqual([]);
  });

  test('another manager’s change is shown again before anything is written', async () => {
    const { held, there, siret, staff } = await scene(1);
    const shown = await send(there, fileOf([{ email: staff, siret: siret(0), rights: SALARIES }]));
    await serve(app.world(), held, {
      place: 0,
      to: 'staff',
      given: { rights: rightsOn({ planning: 'consultation' }) },
    });
    const page = await apply(there, shown);
    expect(page.status).toBe(409);
    expect(readableText(page)).toContain('1 modifié');
    expect(readableText(await apply(there, page))).toContain('Le fichier est appliqué');
    expect(await rowsOf(held)).toHaveLength(1);
  });

  test('pressed many times at once, it is applied once', async () => {
    const { held, there, siret, staff } = await scene();
    const shown = await send(
      there,
      fileOf([0, 1, 2].map((i) => ({ email: staff, siret: siret(i), rights: SALARIES }))),
    );
    await Promise.all([apply(there, shown), apply(there, shown), apply(there, shown)]);
    expect(await rowsOf(held)).toHaveLength(3);
  });

  test('a file is nobody else’s to see or apply', async () => {
    const { there, siret, staff } = await scene(1);
    const shown = await send(there, fileOf([{ email: staff, siret: siret(0), rights: SALARIES }]));
    const stranger = await portfolio(app.world(), [{}], { now: now() });
    const thief = await at(stranger.manager);
    expect((await thief.visitor.get(shown.url)).status).toBe(404);
    expect((await thief.visitor.post(shown.url, { vu: seenOn(shown) })).status).toBe(404);
    expect((await at(stranger.staff)).page.status).toBe(403);
    app.clock.advance(25 * 3_600_000);
    expect((await at(stranger.manager)).page.status).toBe(200);
  });
});

describe('the file that is downloaded', () => {
  test('runs nothing in a spreadsheet', async () => {
    const hostile = '=HYPERLINK("http://mal.test";"ici")';
    const held = await portfolio(app.world(), [{ raisonSociale: hostile, name: '+1+1' }], { now: now() });
    await serve(app.world(), held, { place: 0, to: 'staff' });
    const there = await at(held.manager);
    const file = await there.get('/mon-cabinet/import/modele.csv');
    expect(file.text).toContain(`"'=HYPERLINK(""http://mal.test"";""ici"")"`);
    expect(file.text).toContain(`;'+1+1;`);
    expect(readableText(await send(there, file.text))).toContain('1 inchangé');
  });
});
