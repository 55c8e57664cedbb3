import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { API, RETURN, startApp, type TestApp } from '../support/app.ts';
import { answerOn, isSignedIn, signOut, signOutPage } from '../support/sign-out.ts';
import { redeemed, silently } from '../support/tokens.ts';
import {
  claimsOf,
  introspect,
  readableText,
  redeem,
  refresh,
  request,
  returned,
  signInAndRedeem,
  signInOn,
  type Tokens,
  userinfo,
  Visitor,
} from '../support/visitor.ts';

const GOODBYE = 'http://127.0.0.1:9/au-revoir';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const SCOPE = { scope: 'openid offline_access' };

async function signedInAt(clientIds: readonly string[], count = 1) {
  const person = await app.world().administrator(count);
  const visitor = new Visitor();
  const tokens: Tokens[] = [];
  for (const clientId of clientIds) {
    const asked = await request(issuer, clientId, { ...SCOPE, siret_hint: person.sites[0]?.siret ?? '' });
    tokens.push(await signInAndRedeem(visitor, person, asked));
  }
  return { visitor, tokens, sirets: person.sites.map(({ siret }) => siret), ...person };
}

describe('the confirmation', () => {
  test('says who is signed in and asks', async () => {
    const { visitor, email } = await signedInAt(['portail']);
    const text = readableText(await signOutPage(visitor, issuer));
    expect(text).toContain('Se déconnecter ?');
    expect(text).toContain('Camille Essai');
    expect(text).toContain(email);
    expect(text).toContain('Rester connecté');
  });

  test('does nothing by itself', async () => {
    const { visitor, tokens } = await signedInAt(['portail']);
    await signOutPage(visitor, issuer, { id_token_hint: tokens[0]?.id_token });
    expect(await isSignedIn(visitor, issuer)).toBe(true);
    expect((await refresh(issuer, 'portail', tokens[0]?.refresh_token ?? '')).status).toBe(200);
  });

  test('answered with « Rester connecté » keeps the session and its tokens, and does not say goodbye', async () => {
    const { visitor, tokens } = await signedInAt(['portail', 'autre']);
    const page = await answerOn(visitor, await signOutPage(visitor, issuer), false);
    expect(readableText(page)).toContain('Vous êtes toujours connecté');
    expect(await isSignedIn(visitor, issuer)).toBe(true);
    for (const [i, clientId] of ['portail', 'autre'].entries()) {
      expect((await refresh(issuer, clientId, tokens[i]?.refresh_token ?? '')).status).toBe(200);
    }
  });

  test('answered with « Rester connecté » goes back to the service that asked', async () => {
    const { visitor, tokens } = await signedInAt(['portail', 'autre']);
    const page = await signOutPage(visitor, issuer, {
      id_token_hint: tokens[0]?.id_token,
      post_logout_redirect_uri: GOODBYE,
      state: 's-1',
    });
    expect((await answerOn(visitor, page, false)).location).toBe(`${GOODBYE}?state=s-1`);
    expect(await isSignedIn(visitor, issuer)).toBe(true);
  });

  test('after « Rester connecté », a later sign-out still ends everything', async () => {
    const { visitor, tokens } = await signedInAt(['portail']);
    const page = await signOutPage(visitor, issuer, { id_token_hint: tokens[0]?.id_token });
    await answerOn(visitor, page, false);
    await signOut(visitor, issuer);
    expect((await refresh(issuer, 'portail', tokens[0]?.refresh_token ?? '')).error).toBe('invalid_grant');
  });

  test('posted from a foreign page, or from nowhere, does nothing', async () => {
    const { visitor } = await signedInAt(['portail']);
    for (const origin of ['https://ailleurs.test', 'null', '']) {
      const page = await signOutPage(visitor, issuer);
      expect((await answerOn(visitor, page, true, { Origin: origin })).status).toBe(403);
    }
    expect(await isSignedIn(visitor, issuer)).toBe(true);
  });

  test('with another session’s secret does nothing', async () => {
    const [one, two] = [await signedInAt(['portail']), await signedInAt(['portail'])];
    const theirs = await signOutPage(two.visitor, issuer);
    await signOutPage(one.visitor, issuer);
    const page = await answerOn(one.visitor, theirs, true);
    expect(page.status).toBe(400);
    expect(await isSignedIn(one.visitor, issuer)).toBe(true);
  });
});

describe('signing out', () => {
  test('ends the session, and says so', async () => {
    const { visitor } = await signedInAt(['portail']);
    const page = await signOut(visitor, issuer);
    expect(page.status).toBe(200);
    expect(readableText(page)).toContain('Vous êtes déconnecté');
    expect(await isSignedIn(visitor, issuer)).toBe(false);
  });

  test('ends the session itself, not only its cookie', async () => {
    const { visitor } = await signedInAt(['portail']);
    const asked = await request(issuer, 'portail', { prompt: 'none' });
    const kept = visitor.cookiesFor(asked.url);
    expect(kept).toContain('caisse_session');
    await signOut(visitor, issuer);
    const answer = await fetch(asked.url, { headers: { Cookie: kept }, redirect: 'manual' });
    expect(answer.headers.get('location')).toContain('error=login_required');
  });

  test('ends the tokens of every service and of every site, those left since included', async () => {
    const { visitor, tokens, sirets } = await signedInAt(['portail', 'autre'], 2);
    const elsewhere = await redeemed(visitor, await silently(issuer, 'portail', sirets[1] ?? ''));
    await signOut(visitor, issuer);
    for (const [clientId, { refresh_token, access_token }] of [
      ['portail', tokens[0] as Tokens],
      ['autre', tokens[1] as Tokens],
      ['portail', elsewhere],
    ] as const) {
      expect((await refresh(issuer, clientId, refresh_token ?? '')).error).toBe('invalid_grant');
      expect((await userinfo(issuer, access_token)).status).toBe(401);
      expect(await introspect(issuer, 'api', refresh_token)).toEqual({ status: 200, active: false });
    }
  });

  test('ends what was issued before the password was asked again in the same session', async () => {
    const { visitor, tokens, email } = await signedInAt(['portail']);
    const again = await request(issuer, 'portail', { prompt: 'login' });
    const back = await signInOn(visitor, await visitor.get(again.url), email);
    const later = await redeem(again, returned(back).get('code') ?? '');
    await signOut(visitor, issuer);
    for (const { refresh_token } of [tokens[0] as Tokens, later]) {
      expect((await refresh(issuer, 'portail', refresh_token ?? '')).error).toBe('invalid_grant');
    }
  });

  test('makes access tokens for an API inactive', async () => {
    const { visitor, sirets } = await signedInAt(['portail']);
    const forApi = { resource: API, scope: 'openid services' };
    const { access_token } = await redeemed(
      visitor,
      await silently(issuer, 'portail', sirets[0] ?? '', forApi),
    );
    expect(await introspect(issuer, 'api', access_token)).toMatchObject({ active: true });
    await signOut(visitor, issuer);
    expect(await introspect(issuer, 'api', access_token)).toEqual({ status: 200, active: false });
  });

  test('ends a code that was not redeemed yet', async () => {
    const { visitor, sirets } = await signedInAt(['portail']);
    const asked = await silently(issuer, 'portail', sirets[0] ?? '');
    const page = await visitor.get(asked.url);
    await signOut(visitor, issuer);
    expect((await redeem(asked, returned(page).get('code') ?? '')).error).toBe('invalid_grant');
  });

  test('leaves other people, and the same person’s other browser, signed in', async () => {
    const mine = await signedInAt(['portail']);
    const theirs = await signedInAt(['portail']);
    const phone = new Visitor();
    const onPhone = await signInAndRedeem(phone, mine, await request(issuer, 'portail'));
    await signOut(mine.visitor, issuer);
    for (const { refresh_token } of [theirs.tokens[0] as Tokens, onPhone]) {
      expect((await refresh(issuer, 'portail', refresh_token ?? '')).status).toBe(200);
    }
    for (const visitor of [theirs.visitor, phone]) expect(await isSignedIn(visitor, issuer)).toBe(true);
  });

  test('leads on to the caisse’s default service from its last page', async () => {
    const { visitor } = await signedInAt(['portail']);
    const page = await signOut(visitor, issuer);
    expect(page.text).toContain(
      `http://127.0.0.1:9/connexion?iss=${encodeURIComponent(issuer)}`.replaceAll('&', '&amp;'),
    );
  });

  test('lets the next person sign in and choose in the same browser', async () => {
    const { visitor } = await signedInAt(['portail'], 2);
    await signOut(visitor, issuer);
    const next = await app.world().administrator(2);
    const asked = await request(issuer, 'portail');
    const tokens = await signInAndRedeem(visitor, { ...next, siteId: next.sites[1]?.id ?? '' }, asked);
    expect(claimsOf(tokens.id_token)).toMatchObject({ sub: next.accountId, siret: next.sites[1]?.siret });
  });
});

describe('back to the service', () => {
  test('at its registered address, with its state', async () => {
    const { visitor, tokens } = await signedInAt(['portail']);
    const id_token_hint = tokens[0]?.id_token;
    const page = await signOut(visitor, issuer, {
      id_token_hint,
      post_logout_redirect_uri: GOODBYE,
      state: 's-1',
    });
    expect(page.location).toBe(`${GOODBYE}?state=s-1`);
  });

  test('at its registered address, known by client_id alone', async () => {
    const { visitor } = await signedInAt(['portail']);
    const page = await signOut(visitor, issuer, { client_id: 'portail', post_logout_redirect_uri: GOODBYE });
    expect(page.location).toBe(GOODBYE);
  });

  test.each([`${GOODBYE}/`, `${GOODBYE}?x=1`, 'https://ailleurs.test/', RETURN])(
    'never at %s',
    async (post_logout_redirect_uri) => {
      const { visitor, tokens } = await signedInAt(['portail']);
      const id_token_hint = tokens[0]?.id_token;
      const page = await signOutPage(visitor, issuer, { id_token_hint, post_logout_redirect_uri });
      expect(page).toMatchObject({ status: 400, location: null });
      expect(await isSignedIn(visitor, issuer)).toBe(true);
    },
  );

  test('never without knowing which service asks', async () => {
    const { visitor } = await signedInAt(['portail']);
    const page = await signOut(visitor, issuer, { post_logout_redirect_uri: GOODBYE });
    expect(page.location).toBeNull();
    expect(readableText(page)).toContain('Vous êtes déconnecté');
  });

  test('never on the word of another caisse’s ID token', async () => {
    const { visitor } = await signedInAt(['portail']);
    const there = await app.world('nord-ouest').administrator(1);
    const foreign = await signInAndRedeem(
      new Visitor(),
      there,
      await request(app.issuerOf('nord-ouest'), 'portail'),
    );
    const page = await signOutPage(visitor, issuer, {
      id_token_hint: foreign.id_token,
      post_logout_redirect_uri: GOODBYE,
    });
    expect(page).toMatchObject({ status: 400, location: null });
  });
});

describe('with nobody signed in', () => {
  test('there is nothing to confirm', async () => {
    const page = await signOutPage(new Visitor(), issuer);
    expect(page.status).toBe(200);
    expect(readableText(page)).toContain('Vous êtes déconnecté');
  });

  test('the person goes straight back to the service', async () => {
    const query = { client_id: 'portail', post_logout_redirect_uri: GOODBYE, state: 's-1' };
    expect((await signOutPage(new Visitor(), issuer, query)).location).toBe(`${GOODBYE}?state=s-1`);
  });

  test('still at a registered address only', async () => {
    const query = { client_id: 'portail', post_logout_redirect_uri: 'https://ailleurs.test/' };
    expect(await signOutPage(new Visitor(), issuer, query)).toMatchObject({ status: 400, location: null });
  });
});

test('the sign-out is an audit line', async () => {
  const { visitor, accountId } = await signedInAt(['portail']);
  await signOut(visitor, issuer);
  const lines = await app.database.knex('audit_event').where({ actor_id: accountId, kind: 'signed_out' });
  expect(lines).toHaveLength(1);
});
