import { pbkdf2Sync, randomBytes } from 'node:crypto';
import argon2 from 'argon2';
import bcrypt from 'bcryptjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { holdCode, identifiersOf, type Letters, letters } from '../support/enrolment.ts';
import {
  type Answer,
  type Node,
  type SecondNode,
  sendTo,
  spread,
  startSecondNode,
} from '../support/second-node.ts';
import { newSiret } from '../support/world.ts';

let app: TestApp;
let second: SecondNode;
let nodes: readonly Node[];
beforeAll(async () => {
  app = await startApp({ trustedProxies: 1 });
  second = await startSecondNode(app);
  nodes = [app, second];
});
afterAll(async () => {
  await second.close();
  await app.close();
});

let addresses = 0;
const newAddress = (): string => `198.51.100.${++addresses}`;
const newLetters = (posted = {}) => letters(app.world(), app.clock.now(), posted);
const WRONG = '00000-00000';

type Tried = { readonly address?: string; readonly node?: Node; readonly slug?: 'grand-est' | 'nord-ouest' };

function tryWith(
  typed: Readonly<Record<string, string>>,
  { address = newAddress(), node = app, slug = 'grand-est' }: Tried = {},
): Promise<Answer> {
  const url = `${app.issuerOf(slug)}/premiere-connexion/identification`;
  return sendTo(node, url, {
    headers: { origin: new URL(url).origin, accept: 'text/html', 'x-forwarded-for': address },
    body: typed,
  });
}

const withCode = (held: Letters, code: string) => ({ ...identifiersOf(held), code });

async function queriesOf(
  act: () => Promise<Answer>,
): Promise<{ answer: Answer; queries: readonly string[] }> {
  const queries: string[] = [];
  const note = ({ sql }: { sql: string }) => void queries.push(sql);
  app.database.knex.on('query', note);
  const answer = await act();
  app.database.knex.off('query', note);
  return { answer, queries };
}

const triesOf = async (codeId: string): Promise<number> =>
  (await app.database.knex('confidential_code').first('tries').where({ id: codeId })).tries;

describe('whichever identifier is wrong', () => {
  test('the page is the same to the byte, and so are its headers and statements', async () => {
    const held = await newLetters();
    const other = await newLetters();
    const opened = await newLetters();
    await app.database.knex('confidential_code').update({ used_at: new Date() }).where({ id: opened.codeId });
    const noCode = await app.world().site();
    const cases: Readonly<Record<string, ReturnType<typeof identifiersOf>>> = {
      code: withCode(held, WRONG),
      'code of another site': withCode(held, other.code),
      identifiant: { ...identifiersOf(held), identifiant: 'INCONNU' },
      'identifiant of another': { ...identifiersOf(held), identifiant: other.identifiant },
      'siret of nobody': { ...identifiersOf(held), siret: newSiret() },
      'siret of another': { ...identifiersOf(held), siret: other.siret },
      'site that is open': identifiersOf(opened),
      'site without a letter': { identifiant: noCode.adherent.identifiant, siret: noCode.siret, code: WRONG },
    };
    await tryWith(withCode(other, WRONG));
    const all = [];
    for (const typed of Object.values(cases)) {
      const { answer, queries } = await queriesOf(() => tryWith(typed));
      const { 'x-request-id': _1, date: _2, 'content-length': _3, ...headers } = answer.headers;
      const text = answer.text.replaceAll(typed.identifiant, 'I').replaceAll(typed.siret, 'S');
      all.push({ status: answer.status, text, headers, queries });
    }
    expect(all[0]?.status).toBe(422);
    for (const one of all) expect(one).toEqual(all[0]);
    expect(all[0]?.queries.some((sql) => sql.includes('confidential_code'))).toBe(true);
  });

  test('letters of one caisse are nothing at another', async () => {
    const held = await newLetters();
    expect((await tryWith(identifiersOf(held), { slug: 'nord-ouest' })).status).toBe(422);
    expect((await tryWith(identifiersOf(held))).status).toBe(303);
  });
});

describe('guessing a code', () => {
  test('200 at once over two processes from one address: no more are looked at than the limit', async () => {
    const held = await newLetters();
    const address = newAddress();
    const answers = await spread(nodes, 200, (node) => tryWith(withCode(held, WRONG), { address, node }));
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(195);
    expect(await triesOf(held.codeId)).toBe(5);
    // The right one comes too late, from there and from anywhere.
    expect((await tryWith(identifiersOf(held), { address })).status).toBe(429);
    expect((await tryWith(identifiersOf(held))).status).toBe(422);
  });

  test('from ever other addresses meets the limit of the code, then that of the site, which a new code does not lift', async () => {
    const held = await newLetters();
    const answers = await spread(nodes, 40, (node) => tryWith(withCode(held, WRONG), { node }));
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(30);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
    expect(await triesOf(held.codeId)).toBe(5);
    const renewed = await newLetters({ site: held.site });
    expect((await tryWith(identifiersOf(renewed))).status).toBe(429);
  });

  test('whoever shows the right one has all tries again', async () => {
    const held = await newLetters();
    for (let round = 0; round < 2; round++) {
      for (let wrong = 0; wrong < 4; wrong++) await tryWith(withCode(held, WRONG));
      expect((await tryWith(identifiersOf(held))).status).toBe(303);
      expect(await triesOf(held.codeId)).toBe(0);
    }
  });

  test('with another identifiant takes no try from whom the letter was for', async () => {
    const held = await newLetters();
    for (let wrong = 0; wrong < 6; wrong++) {
      await tryWith({ ...withCode(held, WRONG), identifiant: 'INCONNU' });
    }
    expect(await triesOf(held.codeId)).toBe(0);
    expect((await tryWith(identifiersOf(held))).status).toBe(303);
  });

  test('leaves a line in the audit for each, without what was typed', async () => {
    const held = await newLetters();
    const address = newAddress();
    for (let wrong = 0; wrong < 6; wrong++) await tryWith(withCode(held, 'SECRET-1234'), { address });
    const lines = await app.database.knex('audit_event').select('kind', 'facts').where({ address });
    expect(lines.map(({ kind }) => kind).sort()).toEqual([
      ...Array(5).fill('identification_failed'),
      'identification_throttled',
    ]);
    expect(JSON.stringify(lines)).not.toContain('SECRET');
    expect(app.logged().join('')).not.toContain('SECRET-1234');
  });
});

describe('the password of a former space', () => {
  const PASSWORD = 'motdepasse 2019!';
  const salt = randomBytes(16);
  const b64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '');
  const hashes = {
    argon2id: () => argon2.hash(PASSWORD, { memoryCost: 8192, timeCost: 2 }),
    bcrypt: () => bcrypt.hash(PASSWORD, 4),
    pbkdf2: async () =>
      `$pbkdf2-sha256$i=1000$${b64(salt)}$${b64(pbkdf2Sync(PASSWORD, salt, 1000, 32, 'sha256'))}`,
  };

  test.each(Object.entries(hashes))(
    'imported as %s opens step 2 of its site, and of no other',
    async (_, hash) => {
      const world = app.world('nord-ouest');
      const [site, other] = [await world.site(), await world.site()];
      await holdCode(world, site, {
        origin: 'former_space',
        hash: await hash(),
        expiresAt: null,
        now: app.clock.now(),
      });
      const typed = { identifiant: site.adherent.identifiant, siret: site.siret, code: PASSWORD };
      expect((await tryWith({ ...typed, code: 'motdepasse 2018!' }, { slug: 'nord-ouest' })).status).toBe(
        422,
      );
      expect((await tryWith(typed, { slug: 'nord-ouest' })).status).toBe(303);
      const elsewhere = { ...typed, siret: other.siret, identifiant: other.adherent.identifiant };
      expect((await tryWith(elsewhere, { slug: 'nord-ouest' })).status).toBe(422);
    },
  );

  test('and the code of a letter open the same site, whichever comes first', async () => {
    const world = app.world('nord-ouest');
    const held = await letters(world, app.clock.now());
    const former = { origin: 'former_space' as const, expiresAt: null, now: app.clock.now() };
    // It looks like a code, and is none.
    await holdCode(world, held.site, { ...former, secret: 'motdepasse' });
    expect((await tryWith(withCode(held, 'motdepasse'), { slug: 'nord-ouest' })).status).toBe(303);
    expect((await tryWith(identifiersOf(held), { slug: 'nord-ouest' })).status).toBe(303);
  });
});
