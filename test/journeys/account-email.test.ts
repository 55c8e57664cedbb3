import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { atHome, confirm, elsewhere, isStillIn, mayRefresh, tokenOf } from '../support/account.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { type Page, readableText, userinfo, Visitor } from '../support/visitor.ts';
import { PASSWORD } from '../support/world.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

let app: TestApp;
let serial = 0;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const issuer = () => app.issuerOf('grand-est');
const newAddress = (): string => `nouvelle${++serial}@essai.test`;
const PATH = '/mon-compte/adresse-electronique';

const askChange = (visitor: Visitor, email: string, password = PASSWORD): Promise<Page> =>
  visitor.post(issuer() + PATH, { email, password });

/** Asks for the change; the mails of both addresses. */
async function change(visitor: Visitor, from: string, to: string, password = PASSWORD) {
  await askChange(visitor, to, password);
  await app.deliver();
  return { confirmation: app.inbox.next(to), warning: app.inbox.next(from) };
}

async function signsIn(email: string, password = PASSWORD): Promise<boolean> {
  app.clock.advance(SECOND);
  return (await elsewhere(issuer(), email, password)).signedIn;
}

describe('a change of address', () => {
  test('deactivates the account until somebody at the new address confirms', async () => {
    const { visitor, email, tokens } = await atHome(app, issuer());
    const to = newAddress();
    const { confirmation, warning } = await change(visitor, email, to);
    expect(confirmation.link.startsWith(`${issuer()}/confirmer-mon-adresse?jeton=`)).toBe(true);
    expect(warning.text).toContain(to);
    expect([await signsIn(email), await signsIn(to)]).toEqual([false, false]);
    expect(await isStillIn(issuer(), { visitor })).toBe(false);
    expect(await mayRefresh(issuer(), tokens)).toBe(false);
    expect(await userinfo(issuer(), tokens.access_token)).toMatchObject({ status: 401 });

    expect(readableText(await new Visitor().get(confirmation.link))).toContain(to);
    expect(await signsIn(to)).toBe(false);
    expect(readableText(await confirm(confirmation.link))).toContain('Votre adresse est confirmée');
    expect([await signsIn(email), await signsIn(to)]).toEqual([false, true]);
    expect(await isStillIn(issuer(), { visitor })).toBe(false);
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('Votre adresse électronique a été modifiée');
  });

  test('refuses the sign-in meanwhile in the words of any other refusal', async () => {
    const { visitor, email } = await atHome(app, issuer());
    await change(visitor, email, newAddress());
    const refused = async (address: string) =>
      readableText((await elsewhere(issuer(), address)).page).replaceAll(address, '…');
    const meanwhile = await refused(email);
    expect(meanwhile).toBe(await refused('personne@essai.test'));
    expect(meanwhile).toContain('changer d’adresse');
  });

  test('needs the password, whoever sits at the screen', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const to = newAddress();
    for (const password of ['', 'Une-Autre-2026']) {
      expect((await askChange(visitor, to, password)).status).toBe(422);
    }
    await app.deliver();
    expect(app.inbox.all().filter((mail) => mail.to === to)).toEqual([]);
    expect(await signsIn(email)).toBe(true);
  });

  test('can be undone from the old address before the confirmation, whose link is then dead', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const to = newAddress();
    const { confirmation, warning } = await change(visitor, email, to);
    expect(readableText(await new Visitor().get(warning.link))).toContain(email);
    expect(await signsIn(email)).toBe(false);
    const undone = await confirm(warning.link);
    expect(readableText(undone)).toContain('Le changement d’adresse est annulé');
    expect(await signsIn(email)).toBe(true);
    const late = await confirm(confirmation.link);
    expect([late.status, readableText(late)]).toEqual([
      410,
      expect.stringContaining('Ce lien a été remplacé'),
    ]);
    expect([await signsIn(email), await signsIn(to)]).toEqual([true, false]);
  });

  test('to a mistyped form of an address is refused with the field, and so is one’s own', async () => {
    const { visitor, email } = await atHome(app, issuer());
    for (const typed of ['', 'sans-arobase', email.toUpperCase()]) {
      const page = await askChange(visitor, typed);
      expect(page.status).toBe(422);
      expect(page.text).toContain('href="#email"');
    }
  });
});

describe('the links of a change', () => {
  test('survive what a mail scanner does', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const { confirmation, warning } = await change(visitor, email, newAddress());
    for (const link of [confirmation.link, warning.link, confirmation.link]) {
      expect((await fetch(link)).status).toBe(200);
      expect((await fetch(link, { method: 'HEAD' })).status).toBe(200);
    }
    expect((await confirm(confirmation.link)).status).toBe(200);
  });

  test('serve once, of two at once too', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const { confirmation } = await change(visitor, email, newAddress());
    const answers = await Promise.all([confirm(confirmation.link), confirm(confirmation.link)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
    expect(readableText(await new Visitor().get(confirmation.link))).toContain('Ce lien a déjà servi');
  });

  test('the confirmation lasts a day, and can be had again afterwards', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const to = newAddress();
    const { confirmation } = await change(visitor, email, to);
    app.clock.advance(DAY);
    const late = await new Visitor().get(confirmation.link);
    expect([late.status, readableText(late)]).toEqual([410, expect.stringContaining('Ce lien a expiré')]);
    expect((await confirm(confirmation.link)).status).toBe(410);
    const again = await new Visitor().post(`${issuer()}/confirmer-mon-adresse/renvoyer`, {
      jeton: tokenOf(confirmation.link),
    });
    expect(again.status).toBe(200);
    await app.deliver();
    expect((await confirm(app.inbox.next(to).link)).status).toBe(200);
    expect(await signsIn(to)).toBe(true);
  });

  test('the way back lasts a week', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const { warning } = await change(visitor, email, newAddress());
    app.clock.advance(7 * DAY - HOUR);
    expect((await new Visitor().get(warning.link)).status).toBe(200);
    app.clock.advance(HOUR);
    const late = await confirm(warning.link);
    expect([late.status, readableText(late)]).toEqual([410, expect.stringContaining('appelez votre caisse')]);
  });

  test('open nothing at another caisse, nor for another purpose', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const { confirmation, warning } = await change(visitor, email, newAddress());
    const elsewhereLink = confirmation.link.replace('/grand-est/', '/nord-ouest/');
    const swapped = [
      confirmation.link.replace('confirmer-mon-adresse', 'annuler-changement-adresse'),
      warning.link.replace('annuler-changement-adresse', 'confirmer-mon-adresse'),
      warning.link.replace('annuler-changement-adresse', 'nouveau-mot-de-passe'),
      elsewhereLink,
    ];
    for (const link of swapped) expect((await confirm(link)).status).toBe(410);
    expect((await confirm(confirmation.link)).status).toBe(200);
  });

  test('never bear another host than the caisse’s', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const to = newAddress();
    const headers = { 'X-Forwarded-Host': 'pirate.test', Forwarded: 'host=pirate.test' };
    await visitor.post(issuer() + PATH, { email: to, password: PASSWORD }, headers);
    await app.deliver();
    for (const mail of [app.inbox.next(to), app.inbox.next(email)]) {
      expect(mail.text + mail.html).not.toContain('pirate.test');
      expect(mail.link.startsWith(`${issuer()}/`)).toBe(true);
    }
  });
});

describe('a takeover', () => {
  const resetLink = async (email: string): Promise<string> => {
    await new Visitor().post(`${issuer()}/mot-de-passe-oublie/espace-ouvert`, { email });
    await app.deliver();
    return app.inbox.next(email).link;
  };
  const reset = (link: string, password: string): Promise<Page> =>
    new Visitor().post(link, { jeton: tokenOf(link), password, password_confirmation: password });

  test('fails with a reset link of before the change, while it waits and after it', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const old = await resetLink(email);
    const to = newAddress();
    const { confirmation } = await change(visitor, email, to);
    expect((await reset(old, 'Pirate-Abordage-2027')).status).toBe(410);
    await confirm(confirmation.link);
    expect((await reset(old, 'Pirate-Abordage-2027')).status).toBe(410);
    expect(await signsIn(to)).toBe(true);
  });

  test('fails by asking for a reset at the old address', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const { confirmation } = await change(visitor, email, newAddress());
    await expect(resetLink(email)).rejects.toThrow('no new mail');
    await confirm(confirmation.link);
    await app.deliver();
    expect(app.inbox.next(email).subject).toContain('a été modifiée');
    await expect(resetLink(email)).rejects.toThrow('no new mail');
  });

  test('is undone by the old address after the confirmation, with a new password at hand', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const to = newAddress();
    const { confirmation, warning } = await change(visitor, email, to);
    await confirm(confirmation.link);
    app.clock.advance(SECOND);
    const intruder = await elsewhere(issuer(), to);
    expect(intruder.signedIn).toBe(true);
    const undone = await confirm(warning.link);
    expect(undone.status).toBe(200);
    expect(await isStillIn(issuer(), intruder)).toBe(false);
    expect(await signsIn(to)).toBe(false);
    const href = /href="([^"]*nouveau-mot-de-passe[^"]*)"/.exec(undone.text)?.[1] ?? '';
    const set = await reset(new URL(href, undone.url).href, 'Maison-Retrouvee-2027');
    expect(set.status).toBe(200);
    expect([await signsIn(email), await signsIn(email, 'Maison-Retrouvee-2027')]).toEqual([false, true]);
  });

  test('does not last by a second change, whose way back is the intruder’s', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const [second, third] = [newAddress(), newAddress()];
    const first = await change(visitor, email, second);
    await confirm(first.confirmation.link);
    app.clock.advance(SECOND);
    const intruder = await elsewhere(issuer(), second);
    const other = await change(intruder.visitor, second, third);
    await confirm(other.confirmation.link);
    expect((await confirm(first.warning.link)).status).toBe(200);
    expect((await confirm(other.warning.link)).status).toBe(410);
    expect([await signsIn(email), await signsIn(second), await signsIn(third)]).toEqual([true, false, false]);
  });

  test('gains nothing from two changes at once: one wins, and its mails alone leave', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const other = await elsewhere(issuer(), email);
    const [one, two] = [newAddress(), newAddress()];
    const answers = await Promise.all([askChange(visitor, one), askChange(other.visitor, two)]);
    expect(answers.filter(({ status, url }) => status === 200 && url.endsWith(PATH))).toHaveLength(1);
    await app.deliver();
    const left = app.inbox.all().filter(({ to }) => to === one || to === two);
    expect(left).toHaveLength(1);
    expect((await confirm(left[0]?.link ?? '')).status).toBe(200);
    expect([await signsIn(one), await signsIn(two)].filter(Boolean)).toHaveLength(1);
  });

  test('of an address that is somebody’s is found out by its owner alone, and leaves all as it was', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const owner = await app.world().administrator(1);
    const free = newAddress();
    const unknown = await atHome(app, issuer());
    const told = (page: Page, address: string, own: string) =>
      readableText(page).replaceAll(address, '…').replaceAll(own, '…');
    const toTaken = told(await askChange(visitor, owner.email), owner.email, email);
    expect(told(await askChange(unknown.visitor, free), free, unknown.email)).toBe(toTaken);
    await app.deliver();
    const taken = await confirm(app.inbox.next(owner.email).link);
    expect([taken.status, readableText(taken)]).toEqual([
      409,
      expect.stringContaining('Cette adresse a déjà un espace'),
    ]);
    expect([await signsIn(email), await signsIn(owner.email)]).toEqual([true, true]);
  });

  test('cannot be undone once another account has the old address, and the caisse is the way out', async () => {
    const { visitor, email } = await atHome(app, issuer());
    const { confirmation, warning } = await change(visitor, email, newAddress());
    await confirm(confirmation.link);
    await app.world().account({ email });
    const late = await confirm(warning.link);
    expect([late.status, readableText(late)]).toEqual([409, expect.stringContaining('Appelez votre caisse')]);
  });
});
