import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { everythingOn, redeemed, silently } from '../support/tokens.ts';
import {
  claimsOf,
  credentialsOf,
  discover,
  introspect,
  redeem,
  refresh,
  request,
  returned,
  userinfo,
  Visitor,
} from '../support/visitor.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

// The protocol library reads the machine's clock, so here that one moves, for all of the process.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() });
});
afterEach(() => {
  vi.useRealTimers();
});
const wait = (ms: number): void => void vi.setSystemTime(Date.now() + ms);

async function held() {
  const { email, sites } = await app.world().administrator(1);
  const siret = sites[0]?.siret ?? '';
  return { ...(await everythingOn(issuer, email, siret)), siret };
}

describe('an access token', () => {
  test('lives five minutes', async () => {
    const { opaque, jwt } = await held();
    wait(5 * MINUTE - 5_000);
    expect((await userinfo(issuer, opaque.access_token)).status).toBe(200);
    expect(await introspect(issuer, 'api', jwt.access_token)).toMatchObject({ active: true });
    wait(10_000);
    expect((await userinfo(issuer, opaque.access_token)).status).toBe(401);
    for (const token of [opaque.access_token, jwt.access_token]) {
      expect(await introspect(issuer, 'api', token)).toEqual({ status: 200, active: false });
    }
  });

  test('and the ID token beside it say so', async () => {
    const { jwt } = await held();
    for (const token of [jwt.access_token, jwt.id_token]) {
      const { iat, exp } = claimsOf(token);
      expect(Number(exp) - Number(iat)).toBe(300);
    }
  });
});

describe('a refresh token', () => {
  test('lives twelve hours', async () => {
    const { opaque } = await held();
    wait(12 * HOUR - MINUTE);
    expect((await refresh(issuer, 'portail', opaque.refresh_token ?? '')).status).toBe(200);
    wait(2 * MINUTE);
    expect((await refresh(issuer, 'portail', opaque.refresh_token ?? '')).error).toBe('invalid_grant');
  });

  test('that replaces another one does not outlive the first', async () => {
    const { rotating } = await held();
    wait(8 * HOUR);
    const second = await refresh(issuer, 'essai', rotating.refresh_token ?? '');
    wait(4 * HOUR - MINUTE);
    const third = await refresh(issuer, 'essai', second.refresh_token ?? '');
    expect(third.status).toBe(200);
    wait(2 * MINUTE);
    expect((await refresh(issuer, 'essai', third.refresh_token ?? '')).error).toBe('invalid_grant');
  });

  test('of a late sign-in in the same session lives its twelve hours too', async () => {
    const { visitor, siret } = await held();
    wait(11 * HOUR);
    const late = await redeemed(visitor, await silently(issuer, 'portail', siret));
    wait(12 * HOUR - MINUTE);
    expect((await refresh(issuer, 'portail', late.refresh_token ?? '')).status).toBe(200);
  });
});

describe('a code', () => {
  test('lives a minute', async () => {
    const { visitor, siret } = await held();
    const codeAfter = async (ms: number) => {
      const asked = await silently(issuer, 'portail', siret);
      const code = returned(await visitor.get(asked.url)).get('code') ?? '';
      wait(ms);
      return redeem(asked, code);
    };
    expect((await codeAfter(55_000)).status).toBe(200);
    expect((await codeAfter(70_000)).error).toBe('invalid_grant');
  });
});

describe('a pushed request', () => {
  test('lives a minute', async () => {
    const asked = await request(issuer, 'portail');
    const { pushed_authorization_request_endpoint: endpoint } = await discover(issuer);
    const body = new URLSearchParams({
      ...Object.fromEntries(new URL(asked.url).searchParams),
      ...credentialsOf('portail'),
    });
    const response = await fetch(endpoint as string, { method: 'POST', body });
    const { request_uri, expires_in } = (await response.json()) as Record<string, string>;
    expect(expires_in).toBe(60);
    const query = new URLSearchParams({ client_id: 'portail', request_uri: request_uri ?? '' });
    wait(70_000);
    const page = await new Visitor().get(`${issuer}/auth?${query}`);
    expect(page).toMatchObject({ status: 400, location: null });
  });
});

describe('a session', () => {
  test('that nobody uses ends after twelve hours', async () => {
    const { visitor } = await held();
    wait(12 * HOUR + MINUTE);
    const silent = await visitor.get((await request(issuer, 'portail', { prompt: 'none' })).url);
    expect(returned(silent).get('error')).toBe('login_required');
  });

  test('keeps the time of its sign-in: max_age asks again once it is over', async () => {
    const { visitor } = await held();
    wait(10 * MINUTE);
    const askAged = async (seconds: number) => {
      const asked = await request(issuer, 'portail', { prompt: 'none', max_age: String(seconds) });
      return returned(await visitor.get(asked.url)).get('error');
    };
    expect(await askAged(900)).toBeNull();
    expect(await askAged(300)).toBe('login_required');
  });
});
