/** A person's authenticator application, filled from the page that shows its key, and settings that a caisse changes. */
import { randomBytes } from 'node:crypto';
import { generateSync } from 'otplib';
import { newTotpSecret } from '../../provider/domain/second-factor.ts';
import { secretContext } from '../../provider/journeys/second-factor/secret.ts';
import { handleOf } from '../../provider/store/handle.ts';
import { confirmSecondFactor, proposeSecondFactor } from '../../provider/store/second-factors.ts';
import type { Slug, TestApp } from './app.ts';
import { type Page, signInOn, Visitor } from './visitor.ts';

export const FACTOR_PAGE = '/mon-compte/double-authentification';

export const secretOn = (page: Page): string => {
  const secret = /secret=([A-Z2-7]{32})/.exec(page.text)?.[1];
  if (!secret) throw new Error(`no key on ${page.status} ${page.url}\n${page.text.slice(0, 1500)}`);
  return secret;
};

export const codesOn = (page: Page): string[] =>
  [...page.text.matchAll(/codes__item">([^<]+)</g)].map(([, code]) => code ?? '');

export type Authenticator = {
  /** What it shows at that moment of the test's clock, or `steps` steps of 30 s later. */
  readonly code: (steps?: number) => string;
  /** The next code: a step is used once. */
  readonly next: () => string;
};

export const authenticator = (app: TestApp, secret: string): Authenticator => {
  const code = (steps = 0) =>
    generateSync({ secret, epoch: Math.floor(app.clock.now() / 1000) + steps * 30 });
  return {
    code,
    next: () => {
      app.clock.advance(30_000);
      return code();
    },
  };
};

/** Adds a second factor in My account, as its person does. */
export async function addFactor(app: TestApp, email: string, slug: Slug = 'grand-est') {
  const issuer = app.issuerOf(slug);
  const visitor = new Visitor();
  const signIn = await visitor.get(`${issuer}${FACTOR_PAGE}/ajouter`);
  const page = await signInOn(visitor, signIn, email);
  const application = authenticator(app, secretOn(page));
  const confirmedBy = application.code();
  const done = await visitor.post(page.url, { code: confirmedBy });
  const codes = codesOn(done);
  if (codes.length !== 10) throw new Error(`no second factor: ${done.status}\n${done.text.slice(0, 1500)}`);
  return { visitor, application, codes, confirmedBy };
}

/** Has one already when the test begins, and no recovery code: their ten hashes cost more than most tests. */
export async function giveFactor(
  app: TestApp,
  accountId: string,
  slug: Slug = 'grand-est',
): Promise<Authenticator> {
  const store = handleOf(app.database.knex, slug);
  const secret = newTotpSecret(randomBytes);
  const now = app.clock.now();
  const sealedSecret = app.sealer.seal(secret, secretContext(slug, accountId));
  await proposeSecondFactor(store, { accountId, sealedSecret, now });
  await confirmSecondFactor(store, { accountId, step: 0, now });
  return authenticator(app, secret);
}

/** As an administrator of the caisse does; answers once the provider goes by it. */
export async function changeSettings(
  app: TestApp,
  slug: Slug,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const version = async () => {
    const page = await fetch(`${app.issuerOf(slug)}/inconnue`, { headers: { Accept: 'text/html' } });
    return /theme\.css\?v=([0-9a-f]+)/.exec(await page.text())?.[1];
  };
  const before = await version();
  const { knex } = app.database;
  await knex('caisse')
    .update({ settings: knex.raw('settings || ?::jsonb', [JSON.stringify(settings)]) })
    .where({ id: slug });
  const until = Date.now() + 10_000;
  while ((await version()) === before) {
    if (Date.now() > until) throw new Error('the settings did not arrive');
    await new Promise((resume) => setTimeout(resume, 20));
  }
}
