import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeAdapter } from '../../provider/oidc/adapter.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { RETURN, SECRET, startApp, type TestApp } from '../support/app.ts';
import { sendTo } from '../support/second-node.ts';
import {
  chooseOn,
  type Page,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  userinfo,
  Visitor,
} from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

type Line = Readonly<Record<string, unknown>>;

/** What the audit gained while something happened, without what differs from run to run. */
async function auditOf(act: () => Promise<unknown>): Promise<Line[]> {
  const table = () => app.database.knex('audit_event');
  const last = (await table().max('id as id').first())?.id ?? 0;
  await act();
  const lines = await table().where('id', '>', last).orderBy('id');
  return lines.map(({ id, at, request_id, address, register, ...told }) => {
    expect(request_id).toMatch(/^[0-9a-f]{16}$/);
    expect(address).toBe('127.0.0.1');
    expect(Math.abs(at - app.clock.now())).toBeLessThan(60_000);
    return Object.fromEntries(Object.entries(told).filter(([, value]) => value !== null));
  });
}

const open = async (clientId = 'portail', extra: Record<string, string> = {}) => {
  const visitor = new Visitor();
  const asked = await request(issuer, clientId, extra);
  return { visitor, asked, page: await visitor.get(asked.url) };
};

const common = { caisse_id: 'grand-est', client_id: 'portail', facts: {} };

describe('the audit tells', () => {
  test('a sign-in and the site chosen', async () => {
    const { accountId, email, sites } = await app.world().administrator(2);
    const { visitor, page } = await open();
    const lines = await auditOf(async () => {
      await chooseOn(visitor, await signInOn(visitor, page, email), sites[1]?.id ?? '');
    });
    expect(lines).toEqual([
      { ...common, kind: 'signed_in', actor_id: accountId },
      { ...common, kind: 'site_chosen', actor_id: accountId, site_id: sites[1]?.id },
    ]);
  });

  test('a wrong password with the account that it was for, and a stranger without', async () => {
    const { accountId, email } = await app.world().administrator(1);
    const { visitor, page } = await open();
    expect(await auditOf(() => signInOn(visitor, page, email, 'faux'))).toEqual([
      { ...common, kind: 'sign_in_failed', subject_id: accountId },
    ]);
    expect(await auditOf(() => signInOn(visitor, page, 'x@essai.test', 'faux'))).toEqual([
      { ...common, kind: 'sign_in_failed' },
    ]);
  });

  test('a try that came too soon', async () => {
    const { email } = await app.world().administrator(1);
    const { visitor, page } = await open();
    for (let wrong = 0; wrong < 5; wrong++) await signInOn(visitor, page, email, 'faux');
    expect(await auditOf(() => signInOn(visitor, page, email))).toEqual([
      { ...common, kind: 'sign_in_throttled' },
    ]);
  });

  test.each([
    ['accept', 'consent_given'],
    ['refuse', 'consent_refused'],
  ])('a consent: %s', async (decision, kind) => {
    const { accountId, email } = await app.world().administrator(1);
    const { visitor, page } = await open('essai-tiers');
    const consent = await signInOn(visitor, page, email);
    expect(await auditOf(() => visitor.post(consent.url, { decision }))).toEqual([
      { ...common, client_id: 'essai-tiers', kind, actor_id: accountId },
    ]);
  });

  test('a sign-out', async () => {
    const { visitor, accountId } = await signedIn();
    const page = await visitor.get(`${issuer}/session/end?client_id=portail`);
    expect(await auditOf(() => confirmOn(visitor, page))).toEqual([
      { ...common, kind: 'signed_out', actor_id: accountId },
    ]);
  });

  test('nothing of a screen that was only looked at, nor of a site that is not held', async () => {
    const { email } = await app.world().administrator(2);
    const elsewhere = await app.world().site();
    const { visitor, page } = await open();
    const list = await signInOn(visitor, page, email);
    expect(await auditOf(() => visitor.get(list.url))).toEqual([]);
    expect(await auditOf(() => chooseOn(visitor, list, elsewhere.id))).toEqual([]);
  });
});

async function signedIn(clientId = 'portail') {
  const person = await app.world().administrator(1);
  const visitor = new Visitor();
  const tokens = await signInAndRedeem(visitor, person, await request(issuer, clientId));
  return { ...person, visitor, tokens };
}

const xsrfOn = ({ text }: Page): string => /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';

const confirmOn = (visitor: Visitor, page: Page): Promise<Page> =>
  visitor.post(`${issuer}/session/end/confirm`, { xsrf: xsrfOn(page), logout: 'yes' });

describe('the audit tells what was used twice, whose it was, and the family is dead', () => {
  test('a code', async () => {
    const { accountId, email } = await app.world().administrator(1);
    const { visitor, asked, page } = await open();
    const code = returned(await signInOn(visitor, page, email)).get('code') ?? '';
    const tokens = await redeem(asked, code);
    expect(await auditOf(() => redeem(asked, code))).toEqual([
      { ...common, kind: 'token_replayed', subject_id: accountId, facts: { what: 'AuthorizationCode' } },
    ]);
    expect(await refresh(issuer, 'portail', tokens.refresh_token ?? '')).toMatchObject({ status: 400 });
    expect(await auditOf(() => redeem(asked, code))).toEqual([]);
  });

  test('a rotated refresh token', async () => {
    const { accountId, tokens } = await signedIn('essai');
    const stolen = tokens.refresh_token ?? '';
    const renewed = await refresh(issuer, 'essai', stolen);
    expect(renewed.refresh_token).not.toBe(stolen);
    expect(await auditOf(() => refresh(issuer, 'essai', stolen))).toEqual([
      {
        ...common,
        client_id: 'essai',
        kind: 'token_replayed',
        subject_id: accountId,
        facts: { what: 'RefreshToken' },
      },
    ]);
    expect(await refresh(issuer, 'essai', renewed.refresh_token ?? '')).toMatchObject({ status: 400 });
  });

  test('a rotated refresh token, many times at once', async () => {
    const { accountId, tokens } = await signedIn('essai');
    const once = () => refresh(issuer, 'essai', tokens.refresh_token ?? '');
    const lines = await auditOf(() => Promise.all(Array.from({ length: 10 }, once)));
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line).toMatchObject({ kind: 'token_replayed', subject_id: accountId });
  });

  test('but not a code that another service presents, nor one whose proof is wrong', async () => {
    const { email } = await app.world().administrator(1);
    const { visitor, asked, page } = await open();
    const code = returned(await signInOn(visitor, page, email)).get('code') ?? '';
    const tokens = await redeem(asked, code);
    const lines = await auditOf(async () => {
      await redeem({ ...asked, clientId: 'autre' }, code);
      await redeem({ ...asked, verifier: 'x'.repeat(43) }, code);
    });
    expect(lines).toEqual([]);
    expect(await refresh(issuer, 'portail', tokens.refresh_token ?? '')).toMatchObject({ status: 200 });
  });

  test('for whoever loses a race, too, the family ends', async () => {
    const { accountId } = await app.world().administrator(1);
    const store = handleOf(app.database.knex, 'grand-est');
    const adapterOf = makeAdapter({ store, now: app.clock.now });
    const [grants, codes] = [adapterOf('Grant'), adapterOf('AuthorizationCode')];
    await grants.upsert('g1', { jti: 'g1', accountId, clientId: 'portail' }, 60);
    await codes.upsert('c1', { jti: 'c1', accountId, clientId: 'portail', grantId: 'g1' }, 60);
    await codes.consume('c1');
    await expect(codes.consume('c1')).rejects.toThrow('invalid_grant');
    expect(await grants.find('g1')).toBeUndefined();
    expect(await codes.find('c1')).toBeUndefined();
  });
});

describe('a line of the audit', () => {
  test.each([
    ['changed', `update audit_event set kind = 'signed_out'`],
    ['removed', 'delete from audit_event'],
    ['removed with all the others', 'truncate audit_event'],
  ])('cannot be %s', async (_, statement) => {
    await signedIn();
    const refused = { code: '23514', constraint: 'audit_is_append_only' };
    await expect(app.database.knex.raw(statement)).rejects.toMatchObject(refused);
  });
});

describe('the logs, at their most talkative', () => {
  test('hold a line a request and no secret of a whole visit', async () => {
    const { email, sites } = await app.world().administrator(2);
    const { visitor, asked, page } = await open('essai', {
      login_hint: email,
      state: 'etat-secret-du-service',
    });
    const wrong = 'Mot-De-Passe-Faux-2026';
    await signInOn(visitor, page, email, wrong);
    const cookies = [visitor.cookiesFor(page.url)];
    const list = await signInOn(visitor, page, email);
    cookies.push(visitor.cookiesFor(list.url));
    await visitor.get(`${list.url}?q=recherche-tres-personnelle`);
    const back = await chooseOn(visitor, list, sites[0]?.id ?? '');
    const code = returned(back).get('code') ?? '';
    const tokens = await redeem(asked, code);
    await userinfo(issuer, tokens.access_token);
    const renewed = await refresh(issuer, 'essai', tokens.refresh_token ?? '');
    await redeem(asked, code);
    await sendTo(app, `${issuer}/token`, {
      headers: { authorization: `Basic ${Buffer.from(`portail:${SECRET}`).toString('base64')}` },
      body: { grant_type: 'authorization_code', code, redirect_uri: `${RETURN}?secret-egare` },
    });
    cookies.push(visitor.cookiesFor(`${issuer}/session/end`));
    const leaving = await visitor.get(
      `${issuer}/session/end?client_id=essai&id_token_hint=${renewed.id_token}`,
    );
    const xsrf = xsrfOn(leaving);
    await confirmOn(visitor, leaving);

    const values = cookies.flatMap((header) =>
      header.split('; ').map((pair) => pair.slice(pair.indexOf('=') + 1)),
    );
    const secrets = [
      ...[email, encodeURIComponent(email), email.split('@')[0] ?? '', PASSWORD, wrong, SECRET, code, xsrf],
      ...[tokens.access_token, tokens.refresh_token, tokens.id_token].map(String),
      ...[renewed.access_token, renewed.refresh_token, renewed.id_token].map(String),
      ...[asked.verifier, 'etat-secret-du-service', 'recherche-tres-personnelle', 'secret-egare'],
      ...values,
    ];
    expect(secrets.filter((secret) => secret.length < 8)).toEqual([]);
    expect(values.length).toBeGreaterThanOrEqual(6);
    const logs = app.logged().join('\n');
    expect(logs).toContain('"msg":"request"');
    expect(logs).toContain('"path":"/grand-est/token"');
    expect(secrets.filter((secret) => logs.includes(secret))).toEqual([]);
  });

  test('no fault was met on the way', () => {
    const lines = app.logged().map((line) => JSON.parse(line));
    expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  });
});
