import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endOf } from '../../provider/domain/calendar.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { chainOfThree, firm } from '../support/chains.ts';
import { hiddenOn, pressOn, signedInOn } from '../support/closing.ts';
import { readableText } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

let app: TestApp;
let issuer: string;
beforeAll(async () => {
  app = await startApp();
  issuer = app.issuerOf('grand-est');
});
afterAll(() => app.close());

const row = (id: string) => app.database.knex('delegation').first().where({ id });
const DAY = 86_400_000;

/** Somebody's delegation from the former space, its giver signed in. */
async function imported(rights = rightsOn({ documents: 'mise_a_jour', planning: 'consultation' })) {
  const { head, deputy, user, site, middle, leaf } = await chainOfThree(app.world(), {
    rights,
    status: 'to_renew',
  });
  const visitor = await signedInOn(issuer, emailOf(deputy));
  const url = `${issuer}/droits-d-acces/${site.siret}/delegations/${leaf}/renouveler`;
  return { head, deputy, user, site, middle, leaf, visitor, url };
}

describe('renewing what the former space gave', () => {
  test('takes a look and a button: its rights begin now, and the beneficiary is told', async () => {
    const { leaf, user, deputy, site, visitor, url } = await imported();
    const page = await visitor.get(url);
    expect(readableText(page)).toContain('Mon planning : consultation');
    expect(readableText(page)).not.toContain('Des droits réduits');
    const asked = app.clock.now();
    const fields = { date_effet: hiddenOn(page, 'date_effet'), date_fin: '' };
    const done = await visitor.postOnce(url, { vu: hiddenOn(page, 'vu'), ...fields });
    expect(done.location).toBe(`${issuer}/droits-d-acces/${site.siret}?fait=renouvellement`);
    const renewed = await row(leaf);
    expect(renewed).toMatchObject({ status: 'active', ends_at: null });
    expect(renewed.effective_at).toBeGreaterThanOrEqual(asked);
    await app.deliver();
    expect(app.inbox.next(emailOf(user)).subject).toContain('renouvel');
    const [line] = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_renewed', site_id: site.id });
    expect(line).toMatchObject({ actor_id: deputy, subject_id: user });
    expect(line.facts.before).toMatch(/^to_renew /);
  });

  test('may bring an end, which is the last day', async () => {
    const { leaf, visitor, url } = await imported();
    const day = new Date(app.clock.now() + 30 * DAY).toISOString().slice(0, 10);
    const page = await visitor.get(url);
    await pressOn(visitor, url, { date_effet: hiddenOn(page, 'date_effet'), date_fin: day });
    expect((await row(leaf)).ends_at).toBe(endOf(day, 'Europe/Paris'));
  });

  test('with a day that has passed asks again and changes nothing', async () => {
    const { leaf, visitor, url } = await imported();
    const page = await visitor.get(url);
    const again = await pressOn(visitor, url, {
      date_effet: hiddenOn(page, 'date_effet'),
      date_fin: '2020-01-01',
    });
    expect(again.status).toBe(422);
    expect(readableText(again)).toContain('La date de fin ne peut pas être passée.');
    expect(again.text).toContain('value="2020-01-01"');
    expect((await row(leaf)).status).toBe('to_renew');
  });

  test('gives no more than its giver holds now, and says so', async () => {
    const { head, leaf, middle, url } = await imported();
    const less = rightsOn({ documents: 'consultation' }, ['etam']);
    const columns = { levels: less.levels.toString(), colleges: less.colleges };
    await app.world().change('delegation', middle, { ...columns, admin: 0 as never });
    const visitor = await signedInOn(issuer, emailOf(head));
    const page = await visitor.get(url);
    expect(readableText(page)).toContain('Des droits réduits');
    await pressOn(visitor, url, { date_effet: hiddenOn(page, 'date_effet') });
    expect(await row(leaf)).toMatchObject({ status: 'active', levels: less.levels, colleges: 2 });
  });

  test('is not his who was an administrator and is none any more', async () => {
    const { leaf, middle, visitor, url } = await imported();
    await app.world().change('delegation', middle, { admin: 0 as never });
    expect((await visitor.get(url)).status).toBe(403);
    const vu = String((await row(leaf)).changed_at);
    expect((await visitor.postOnce(url, { vu, date_effet: '2026-01-01' })).status).toBe(403);
    expect((await row(leaf)).status).toBe('to_renew');
  });

  test('is refused where the giver holds nothing of it any more, by direct request as well', async () => {
    const { head, middle, leaf, url } = await imported();
    const visitor = await signedInOn(issuer, emailOf(head));
    const vu = String((await row(leaf)).changed_at);
    await app.world().close(middle);
    expect(readableText(await visitor.get(url))).toContain('ne peut pas être renouvelée');
    expect((await visitor.postOnce(url, { vu, date_effet: '2026-01-01' })).status).toBe(422);
    const page = await visitor.get(url);
    expect(hiddenOn(page, 'vu')).toBe('');
    const day = new Date((await row(leaf)).effective_at + 2 * 3_600_000).toISOString().slice(0, 10);
    expect((await visitor.postOnce(url, { vu, date_effet: day })).status).toBe(403);
    expect((await row(leaf)).status).toBe('to_renew');
  });

  test('of a firm is told to its managers, who then hold it', async () => {
    const made = await firm(app.world(), { toFirm: { status: 'to_renew' } });
    const visitor = await signedInOn(issuer, emailOf(made.head));
    const url = `${issuer}/droits-d-acces/${made.site.siret}/delegations/${made.toFirm}/renouveler`;
    const page = await visitor.get(url);
    expect((await pressOn(visitor, url, { date_effet: hiddenOn(page, 'date_effet') })).status).toBe(303);
    await app.deliver();
    expect(app.inbox.next(emailOf(made.manager)).subject).toContain('renouvel');
  });

  test('of a firm that the caisse has detached is refused', async () => {
    const made = await firm(app.world(), { toFirm: { status: 'to_renew' } });
    await app
      .world()
      .change('cabinet_client', made.attachmentId, { ends_at: new Date(app.clock.now() - 1).toISOString() });
    const visitor = await signedInOn(issuer, emailOf(made.head));
    const url = `${issuer}/droits-d-acces/${made.site.siret}/delegations/${made.toFirm}/renouveler`;
    expect(readableText(await visitor.get(url))).toContain('ne peut pas être renouvelée');
  });

  test('twice at once is done once', async () => {
    const { visitor, url, site } = await imported();
    const page = await visitor.get(url);
    const fields = { vu: hiddenOn(page, 'vu'), date_effet: hiddenOn(page, 'date_effet') };
    const answers = await Promise.all(Array.from({ length: 4 }, () => visitor.postOnce(url, fields)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409, 409]);
    const lines = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_renewed', site_id: site.id });
    expect(lines).toHaveLength(1);
  });

  test('is nobody’s who does not stand above it', async () => {
    const { leaf, url, user } = await imported();
    const vu = String((await row(leaf)).changed_at);
    const stranger = await app.world().administrator(1);
    for (const email of [emailOf(user), stranger.email]) {
      const visitor = await signedInOn(issuer, email);
      expect([403, 404]).toContain((await visitor.postOnce(url, { vu, date_effet: '2026-11-21' })).status);
    }
    expect((await row(leaf)).status).toBe('to_renew');
  });
});
