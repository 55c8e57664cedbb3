import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { appendAudits } from '../../provider/store/audit.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { auditOn } from '../support/audit.ts';
import { AUDIT_KEY, OPERATOR, runCli, spawnCli } from '../support/cli.ts';
import { discover, request, signInAndRedeem, signInOn, Visitor } from '../support/visitor.ts';

const DAY = 86_400_000;
// Some commands are processes of their own here, as they are at a terminal.
vi.setConfig({ testTimeout: 240_000 });

let app: TestApp;
let issuer: string;
let scratch: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
  scratch = mkdtempSync(join(tmpdir(), 'admin-'));
});
afterAll(async () => {
  await app.close();
  rmSync(scratch, { recursive: true, force: true });
});

const run = (...args: string[]) => runCli(app, args);
const lastLine = (kind: string, caisse = 'grand-est') =>
  app.database.knex('audit_event').where({ kind, caisse_id: caisse }).orderBy('id', 'desc').first();

describe('create-caisse', () => {
  const options = ['--name', 'CIBTP de l’Ouest', '--short-name', 'Ouest'];

  test('makes a caisse that running processes serve at once, and says what is left to do', async () => {
    const at = `${app.origin}/ouest`;
    const settings = join(scratch, 'settings.json');
    writeFileSync(settings, JSON.stringify({ certificationMonths: 6 }));
    const where = ['--issuer', at, '--time-zone', 'America/Martinique', '--settings', settings];
    const made = await spawnCli(app, ['create-caisse', 'ouest', ...options, ...where]);
    expect(made).toMatchObject({ code: 0, errors: '' });
    expect(made.out).toContain('La caisse « ouest » (CIBTP de l’Ouest) est créée.');
    expect(made.out).toContain(`curl ${at}/.well-known/openid-configuration`);
    expect(made.out).toContain('create-agent --caisse ouest --role superviseur');
    let known: Record<string, unknown> = {};
    while (known.issuer === undefined) known = await discover(at).catch(() => ({}));
    expect(known.issuer).toBe(at);
    const row = await app.database.knex('caisse').where({ id: 'ouest' }).first();
    expect(row).toMatchObject({ time_zone: 'America/Martinique', settings: { certificationMonths: 6 } });
    expect(await lastLine('caisse_founded', 'ouest')).toMatchObject({
      facts: { operator: OPERATOR, before: null, after: 'founded' },
      register: 'office',
    });
  });

  test('refuses one that exists, or an issuer that is taken', async () => {
    const again = await run('create-caisse', 'grand-est', ...options, '--issuer', `${app.origin}/autre`);
    expect(again).toMatchObject({ code: 1, errors: 'La caisse « grand-est » existe déjà.\n' });
    const taken = await run('create-caisse', 'autre', ...options, '--issuer', issuer);
    expect(taken).toMatchObject({ code: 1, errors: 'La caisse « grand-est » a déjà cet émetteur.\n' });
  });

  test('names all that does not fit at once, and changes nothing', async () => {
    const { code, errors } = await run(
      'create-caisse',
      'Autre!',
      ...options,
      '--issuer',
      `${app.origin}/a/b/`,
      '--time-zone',
      'Lune',
      '--primary',
      'rouge',
    );
    expect(code).toBe(1);
    for (const fault of ['Autre!', '--issuer', '--time-zone', 'theme.primary'])
      expect(errors).toContain(fault);
    expect(errors).not.toContain('    at ');
    expect(
      await app.database.knex('caisse').where({ name: 'CIBTP de l’Ouest' }).whereNot({ id: 'ouest' }),
    ).toEqual([]);
  });
});

describe('create-agent', () => {
  const who = ['--given-name', 'Alix', '--family-name', 'Guichet', '--caisse', 'grand-est'];

  test('invites by a link that serves once, by which he chooses a password that nobody else saw', async () => {
    const email = 'alix@caisse.test';
    const made = await run('create-agent', ...who, '--email', email, '--role', 'superviseur');
    expect(made).toMatchObject({ code: 0, errors: '' });
    expect(made.out).not.toContain('jeton');
    const account = await app.database.knex('account').where({ email }).first();
    expect(account).toMatchObject({
      staff_role: 'superviseur',
      password_hash: null,
      email_certified_at: null,
    });
    expect(await lastLine('agent_invited')).toMatchObject({
      actor_id: null,
      subject_id: account.id,
      facts: { operator: OPERATOR, after: 'superviseur' },
    });
    await app.deliver();
    const { text } = app.inbox.next(email);
    const link = new URL(/https?:\S+jeton=\S+/.exec(text)?.[0] ?? '');
    const jeton = link.searchParams.get('jeton') ?? '';
    const chosen = 'Echafaudage-Neuf-2026';
    const visitor = new Visitor();
    const set = await visitor.post(link.href, { jeton, password: chosen, password_confirmation: chosen });
    expect(set.text).toContain('Votre mot de passe est enregistré');
    const again = await visitor.post(link.href, { jeton, password: chosen, password_confirmation: chosen });
    expect(again.status).toBe(410);
    const page = await signInOn(visitor, await visitor.get(`${issuer}/mon-compte`), email, chosen);
    expect(page.status).toBe(200);
  });

  test('lets somebody back in who was shut out, and takes nobody who acts for companies', async () => {
    const world = app.world();
    const email = 'revenante@caisse.test';
    const id = await world.account({ email, staffRole: 'superviseur', status: 'closed' });
    const back = await run('create-agent', ...who, '--email', email);
    expect(back).toMatchObject({ code: 0, errors: '' });
    expect(await app.database.knex('account').where({ id }).first()).toMatchObject({
      status: 'active',
      staff_role: 'agent',
      password_hash: null,
    });
    await world.account({ email: 'entreprise@essai.test' });
    const outsider = await run('create-agent', ...who, '--email', 'entreprise@essai.test');
    expect(outsider.code).toBe(1);
    expect(outsider.errors).toContain('un compte d’entreprise');
  });

  test('prints the link instead when asked, and sends none', async () => {
    await app.deliver();
    const made = await run('create-agent', ...who, '--email', 'imprime@caisse.test', '--print-link');
    expect(made.out).toMatch(new RegExp(`${issuer}/nouveau-mot-de-passe\\?jeton=[\\w-]{43}`));
    const { sent } = await app.deliver();
    expect(sent).toBe(0);
  });

  test.each([
    ['an address that has an account', ['--email', 'imprime@caisse.test'], 'déjà celle d’un compte'],
    ['what is no address', ['--email', 'personne'], 'n’est pas une adresse'],
    ['a role that is none', ['--email', 'x@caisse.test', '--role', 'roi'], 'roi'],
  ])('refuses %s', async (_, args, message) => {
    const { code, errors } = await run('create-agent', ...who, ...args);
    expect(code).toBe(1);
    expect(errors).toContain(message);
  });

  test('of an unknown caisse names those that there are', async () => {
    const { code, errors } = await run(
      'create-agent',
      ...who.slice(0, 4),
      '--caisse',
      'lune',
      '--email',
      'x@x.test',
    );
    expect(code).toBe(1);
    expect(errors).toContain('La caisse « lune » n’existe pas. Il y a : grand-est');
  });
});

describe('rotate-keys', () => {
  const statuses = async () =>
    (
      await app.database
        .knex('signing_key')
        .where({ caisse_id: 'nord-ouest', alg: 'ES256' })
        .orderBy('status')
    ).map(({ kid, status }) => [status, kid]);
  const rotate = (...more: string[]) =>
    run('rotate-keys', '--caisse', 'nord-ouest', '--alg', 'ES256', ...more);
  const signedBy = async () => {
    const { email } = await app.world('nord-ouest').administrator(1);
    const at = app.issuerOf('nord-ouest');
    const tokens = await signInAndRedeem(new Visitor(), { email }, await request(at, 'portail'));
    return decodeProtectedHeader(tokens.id_token ?? '').kid;
  };
  const published = async () => {
    const { jwks_uri } = await discover(app.issuerOf('nord-ouest'));
    const { keys } = (await (await fetch(String(jwks_uri))).json()) as { keys: { kid: string }[] };
    return keys.map(({ kid }) => kid);
  };
  const until = async (fits: () => Promise<boolean>) => {
    while (!(await fits())) await new Promise((resume) => setTimeout(resume, 50));
  };

  test('publishes a key, then lets it sign, then withdraws the former, and does not hurry', async () => {
    const [[, former]] = (await statuses()) as [[string, string]];
    expect(await rotate()).toMatchObject({ code: 0 });
    const next = (await statuses()).find(([status]) => status === 'next')?.[1] ?? '';
    await until(async () => (await published()).includes(next));
    expect(await signedBy()).toBe(former);

    const hurried = await rotate();
    expect(hurried.code).toBe(1);
    expect(hurried.out).toContain('trop tôt, rien n’a changé');
    expect(await signedBy()).toBe(former);

    await app.database
      .knex('signing_key')
      .update({ status_since: new Date(Date.now() - 1.1 * DAY) })
      .where({ kid: next });
    expect((await rotate()).out).toContain('la nouvelle clé signe');
    expect(await statuses()).toEqual([
      ['current', next],
      ['previous', former],
    ]);
    await until(async () => (await signedBy()) === next);
    expect(await published()).toEqual(expect.arrayContaining([next, former]));

    expect((await rotate()).code).toBe(1);
    expect((await rotate('--force')).out).toContain('l’ancienne clé est retirée');
    expect(await statuses()).toEqual([['current', next]]);
    expect(await lastLine('signing_key_rotated', 'nord-ouest')).toMatchObject({
      facts: {
        operator: OPERATOR,
        step: 'withdrawn',
        forced: true,
        alg: 'ES256',
        before: 'key_replaced',
        after: null,
      },
    });
  });
});

describe('rotate-keys of cookies', () => {
  const rotate = () => run('rotate-keys', '--caisse', 'grand-est', '--cookies');
  const signedIn = async (visitor: Visitor) => {
    const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    return new URL(silent.location ?? '').searchParams.has('code');
  };
  const signature = (visitor: Visitor) => /caisse_session\.sig=([^;]*)/.exec(visitor.cookiesFor(issuer))?.[1];

  test('keeps who is signed in, signs anew, and ends the former key at the rotation after', async () => {
    const { email } = await app.world().administrator(1);
    const [here, away] = [new Visitor(), new Visitor()];
    for (const visitor of [here, away])
      await signInAndRedeem(visitor, { email }, await request(issuer, 'portail'));
    const before = signature(here);
    expect((await rotate()).out).toContain('cookies : une nouvelle clé signe.');
    while (signature(here) === before) expect(await signedIn(here)).toBe(true);
    const hurried = await rotate();
    expect(hurried.code).toBe(1);
    expect(hurried.out).toContain('cookies : trop tôt, rien n’a changé');
    await app.database
      .knex('caisse')
      .update({ cookie_keys_since: new Date(Date.now() - DAY) })
      .where({ id: 'grand-est' });
    expect((await rotate()).code).toBe(0);
    while (await signedIn(away)) await new Promise((resume) => setTimeout(resume, 50));
    expect(await signedIn(here)).toBe(true);
    expect(await lastLine('cookie_keys_rotated')).toMatchObject({
      register: 'office',
      facts: { operator: OPERATOR, forced: false, before: 'former_key', after: 'new_key' },
    });
  });
});

describe('unlock', () => {
  test('lets in whom too many tries kept out, warns him, and keeps why', async () => {
    const { accountId, email } = await app.world().administrator(1);
    const visitor = new Visitor();
    const { url } = await request(issuer, 'portail');
    const page = await visitor.get(url);
    for (let wrong = 0; wrong < 6; wrong++) await signInOn(visitor, page, email, 'faux');
    expect((await signInOn(visitor, page, email)).status).toBe(429);
    const bare = await spawnCli(app, ['unlock', '--caisse', 'grand-est', '--email', email]);
    expect([bare.code, bare.out]).toEqual([1, '']);
    expect(bare.errors).toContain('--reason');
    const short = await run('unlock', '--caisse', 'grand-est', '--email', email, '--reason', ' x ');
    expect(short).toMatchObject({ code: 1, errors: 'Donnez le motif, en quelques mots.\n' });
    const done = await run(
      'unlock',
      '--caisse',
      'grand-est',
      '--email',
      email,
      '--reason',
      'Rappelé au standard',
    );
    expect(done).toMatchObject({ code: 0, errors: '' });
    expect((await signInOn(visitor, page, email)).location).toContain('code=');
    expect(await lastLine('account_unlocked')).toMatchObject({
      actor_id: null,
      address: null,
      subject_id: accountId,
      facts: { operator: OPERATOR, reason: 'Rappelé au standard' },
    });
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('débloqué');
  });
});

describe('the audit', () => {
  test('is sealed, anchored and verified; what was changed by hand is named, and the exit code tells', async () => {
    const audit = auditOn(app.database, app.clock.now);
    expect((await run('seal-audit')).out).toMatch(/Lignes scellées : [1-9]/);
    const file = join(scratch, 'anchor.json');
    expect(await run('export-anchor', file)).toMatchObject({ code: 0 });
    expect((await run('export-anchor', file)).errors).toContain('existe déjà');
    const clean = await run('verify-audit', '--anchor', file);
    expect(clean).toMatchObject({ code: 0, errors: '' });
    expect(clean.out).toContain('Le journal est intact.');
    const { id } = await app.database.knex('audit_event').where({ kind: 'account_unlocked' }).first();
    await audit.tamper("update audit_event set facts = '{}' where id = ?", [id]);
    const dirty = await run('verify-audit');
    expect(dirty.code).toBe(1);
    expect(dirty.out).toContain(
      `DÉFAUT  grand-est, registre office, segment 1 : la ligne ${id} a été changée`,
    );
    expect(await lastLine('audit_verified')).toMatchObject({ facts: { operator: OPERATOR, faults: 1 } });
    const forged = JSON.parse(readFileSync(file, 'utf8'));
    forged.heads[0].number += 5;
    writeFileSync(file, JSON.stringify(forged));
    expect((await run('verify-audit', '--anchor', file)).out).toContain('la fin a été coupée');
    writeFileSync(file, 'autre chose');
    expect((await run('verify-audit', '--anchor', file)).errors).toContain('n’est pas une ancre');
  });

  test('verifies with the former key beside the new one, and not without it', async () => {
    const renewed = { CAISSE_ID_AUDIT_KEY: Buffer.alloc(32, 8).toString('base64') };
    const both = { ...renewed, CAISSE_ID_PREVIOUS_AUDIT_KEYS: AUDIT_KEY.toString('base64') };
    expect((await runCli(app, ['verify-audit'], both)).out).not.toContain('autre clé');
    expect((await runCli(app, ['verify-audit'], renewed)).out).toContain(
      'scellé avec une autre clé que CAISSE_ID_AUDIT_KEY et que les précédentes',
    );
    expect((await runCli(app, ['doctor'], both)).out).not.toContain('autre clé');
  });

  test('says what retention would drop, and drops it when told', async () => {
    const at = app.clock.now() - 500 * DAY;
    await appendAudits(handleOf(app.database.knex, 'ile-de-france'), [{ kind: 'signed_in', at }]);
    await run('seal-audit');
    const told = await run('retention');
    expect(told.out).toContain(
      'ile-de-france, registre access : conservé 365 jours ; à effacer : 1 ligne, 1 segment',
    );
    const line = () =>
      app.database.knex('audit_event').where({ caisse_id: 'ile-de-france', kind: 'signed_in' }).first();
    expect(await line()).toBeDefined();
    expect((await run('retention', '--apply')).out).toContain(
      'ile-de-france : effacés, sauf leurs sceaux : 1 segment.',
    );
    expect(await line()).toBeUndefined();
    expect(await lastLine('audit_dropped', 'ile-de-france')).toMatchObject({
      facts: { operator: OPERATOR, lines: 1, before: 'kept', after: 'erased' },
    });
  });
});

describe('messages', () => {
  test('are told, and those given up wait again, as the log of their caisse says', async () => {
    const sealedByNobody = { CAISSE_ID_ENCRYPTION_KEY: Buffer.alloc(32, 2).toString('base64') };
    const invited = ['--given-name', 'Zoé', '--family-name', 'Perdue', '--email', 'zoe@caisse.test'];
    const lost = ['create-agent', '--caisse', 'nord-ouest', ...invited];
    expect(await runCli(app, lost, sealedByNobody)).toMatchObject({ code: 0 });
    await app.deliver();
    expect((await run('messages')).out).toContain(
      'nord-ouest : 0 en attente, dont 0 après un échec ; abandonnés : 1',
    );
    expect((await run('messages', '--resend')).out).toContain('nord-ouest : 1 en attente');
    expect((await lastLine('messages_resent', 'nord-ouest')).facts).toEqual({
      operator: OPERATOR,
      dead_before: 1,
      dead_after: 0,
    });
    expect(await lastLine('messages_resent', 'ile-de-france')).toBeUndefined();
  });
});

describe('doctor', () => {
  test('finds nothing wrong where all is well, and says what it looked at', async () => {
    await auditOn(app.database).empty();
    const { code, out, errors } = await run('doctor');
    expect({ code, errors, faults: out.split('\n').filter((line) => line.startsWith('DÉFAUT')) }).toEqual({
      code: 0,
      errors: '',
      faults: [],
    });
    for (const what of [
      'configuration (test)',
      'messagerie',
      'PostgreSQL',
      'horloge',
      'migrations',
      'grand-est, clés',
    ])
      expect(out).toContain(what);
  });

  test('names every thing that is wrong, and exits with 1', async () => {
    const at = Date.now() - 2 * 3_600_000;
    await appendAudits(handleOf(app.database.knex, 'grand-est'), [{ kind: 'signed_in', at }]);
    const { code, out } = await runCli(app, ['doctor'], {
      CAISSE_ID_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'),
      CAISSE_ID_SMTP_URL: 'smtp://127.0.0.1:9',
    });
    expect(code).toBe(1);
    for (const wrong of [
      'DÉFAUT  messagerie 127.0.0.1:9',
      'CAISSE_ID_ENCRYPTION_KEY n’ouvre pas : clés des cookies, clé ES256 current',
      'secret de portail',
      'DÉFAUT  grand-est, journal : 1 ligne sans sceau depuis plus d’une heure',
    ])
      expect(out).toContain(wrong);
  });

  test('tells a configuration with gaps, and a database that does not answer', async () => {
    const gaps = await spawnCli(app, ['doctor'], { PORT: 'x', CAISSE_ID_AUDIT_KEY: 'court' });
    expect(gaps.code).toBe(1);
    expect(gaps.out).toMatch(
      /DÉFAUT {2}configuration : PORT[\s\S]*DÉFAUT {2}configuration : CAISSE_ID_AUDIT_KEY/,
    );
    const away = await runCli(app, ['doctor'], { DATABASE_URL: 'postgres://caisse:secret@127.0.0.1:9/x' });
    expect(away.code).toBe(1);
    expect(away.out).toContain('DÉFAUT  base de données : La base de données 127.0.0.1:9/x ne répond pas');
    expect(away.out + away.errors).not.toContain('secret');
  });

  test('tells what the database itself has wrong: clock, settings, keys, messages, seals', async () => {
    const { knex } = app.database;
    const before = await knex('caisse').first('settings').where({ id: 'ile-de-france' });
    await knex('caisse').where({ id: 'ile-de-france' }).update({ settings: '{"shortName":""}' });
    await knex('signing_key').where({ caisse_id: 'ile-de-france', alg: 'RS256' }).del();
    await app.world().administrator(1);
    await run('seal-audit');
    await appendAudits(handleOf(knex, 'nord-ouest'), [{ kind: 'signed_in', at: Date.now() }]);
    await run('seal-audit');
    const lost = [
      '--caisse',
      'grand-est',
      '--given-name',
      'A',
      '--family-name',
      'B',
      '--email',
      'lu@caisse.test',
    ];
    const sealedByNobody = { CAISSE_ID_ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') };
    expect(await runCli(app, ['create-agent', ...lost], sealedByNobody)).toMatchObject({ code: 0 });
    await app.deliver();
    const otherKey = { CAISSE_ID_AUDIT_KEY: Buffer.alloc(32, 9).toString('base64') };
    const { code, out } = await runCli(app, ['doctor'], otherKey, () => Date.now() + 60_000);
    await knex('caisse').where({ id: 'ile-de-france' }).update(before);
    expect(code).toBe(1);
    expect(out).toMatch(/DÉFAUT {2}horloge : (59|60)\.\d s d’écart avec celle de la base/);
    for (const wrong of [
      'DÉFAUT  ile-de-france, réglages : ils ne peuvent pas être lus',
      'aucune clé RS256 ne signe',
      'DÉFAUT  grand-est, messages : abandonnés : 1 (npm run admin -- messages)',
      'DÉFAUT  nord-ouest, journal : scellé avec une autre clé que CAISSE_ID_AUDIT_KEY et que les précédentes',
    ])
      expect(out).toContain(wrong);
  });

  test('says which migrations wait, and looks no further', async () => {
    const { knex } = app.database;
    const last = await knex('knex_migrations').orderBy('id', 'desc').first();
    await knex('knex_migrations').where({ id: last.id }).del();
    const { code, out } = await run('doctor');
    const refused = await run('messages');
    await knex('knex_migrations').insert({ ...last, migration_time: new Date() });
    expect(code).toBe(1);
    expect(out).toContain(`DÉFAUT  migrations : en attente : ${last.name.replace('.ts', '')}`);
    expect(out).not.toContain('grand-est, clés');
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.errors).toContain('1 migration en attente');
  });
});
