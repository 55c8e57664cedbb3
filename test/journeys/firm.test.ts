import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { effectiveRights, holdsNothing } from '../../provider/domain/rights.ts';
import { findDelegation } from '../../provider/store/delegation-acts.ts';
import { readHolding } from '../../provider/store/holdings.ts';
import {
  dayOf,
  everyCollege,
  firstStep,
  formOf,
  type Giver,
  giverBelow,
  giverOf,
  rightsPage,
  signedIn,
  startApp,
  type TestApp,
} from '../support/giving.ts';
import { type Page, readableText } from '../support/visitor.ts';
import { emailOf, rightsOn } from '../support/world.ts';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const world = () => app.world();
const newEmail = (): string => `cabinet-${randomUUID().slice(0, 8)}@essai.test`;
const reader = { ...everyCollege, droit_documents: 'consultation' };

type Client = Giver & { readonly cabinetId: string; readonly attachmentId: string };

/** An administrator, and the firm that the caisse attached to his company. */
async function clientOf(names: readonly string[] = ['Siège']): Promise<Client> {
  const giver = await giverOf(app, names);
  const cabinetId = await world().cabinet('Comptagestion');
  const attachmentId = await world().attach(cabinetId, giver.site.adherent.id);
  return { ...giver, cabinetId, attachmentId };
}

const firmPage = (site: { readonly siret: string }, path = ''): string =>
  rightsPage(app, site, `/cabinet${path}`);
const stepsOf = ({ site, cabinetId }: Client, path = ''): string =>
  firmPage(site, `/${cabinetId}/deleguer${path}`);

type Sent = { readonly email?: string; readonly more?: Record<string, string>; readonly path?: string };

const send = (client: Client, { email = newEmail(), more = reader, path = '' }: Sent = {}): Promise<Page> =>
  client.visitor.postOnce(stepsOf(client, path), { ...firstStep(app, client.site, email), ...more });

const toFirm = async (cabinetId: string) => {
  const rows = await app.database
    .knex('delegation')
    .select('id')
    .where({ grantee_cabinet_id: cabinetId })
    .orderBy('id');
  const found = await Promise.all(rows.map(({ id }) => findDelegation(world().store, id)));
  return found.filter((one) => one !== undefined);
};

const refusedAt = (page: Page): string[] =>
  [...page.text.matchAll(/<li><a href="#([^"]+)">/g)].map(([, field]) => field ?? '');

describe('the firm of a company', () => {
  test('is told by its name, with what it was given', async () => {
    const client = await clientOf();
    const page = await client.visitor.get(firmPage(client.site));
    expect(readableText(page)).toContain('Comptagestion');
    expect(readableText(page)).toContain('Vous n’avez défini aucune délégation à ce cabinet');
    expect(page.text).toContain(`/cabinet/${client.cabinetId}/deleguer`);
  });

  test('is asked of the caisse where there is none, or none any more, or not yet', async () => {
    const giver = await giverOf(app);
    const { adherent } = giver.site;
    const [former, coming] = [await world().cabinet('Ancien'), await world().cabinet('Futur')];
    await world().attach(former, adherent.id, { to: app.clock.now() - 1 });
    await world().attach(coming, adherent.id, { from: app.clock.now() + DAY });
    await world().attach(await world().cabinet('Autre'), (await world().site()).adherent.id);
    const page = await giver.visitor.get(firmPage(giver.site));
    expect(readableText(page)).toContain('Aucun cabinet comptable n’est rattaché à votre entreprise');
    expect(page.text).not.toContain('/deleguer');
    for (const name of ['Ancien', 'Futur', 'Autre']) expect(page.text).not.toContain(name);
  });
});

describe('an administrator delegates to his firm', () => {
  test('in three steps, without Administrateur, to the address that the firm gave him', async () => {
    const client = await clientOf();
    const { visitor } = client;
    const email = newEmail();
    const first = await visitor.get(stepsOf(client));
    expect(formOf(first)).toMatchObject({ email: '', date_effet: dayOf(app.clock.now()), date_fin: '' });
    const rights = await visitor.post(stepsOf(client, '/droits'), { ...formOf(first), email });
    expect(rights.status).toBe(200);
    expect(formOf(rights)).not.toHaveProperty('administrateur');
    expect(rights.text).not.toContain('name="administrateur"');
    const recap = await visitor.post(stepsOf(client, '/recapitulatif'), {
      ...formOf(rights),
      droit_documents: 'consultation',
    });
    for (const said of [
      'Comptagestion',
      email,
      'pour votre entreprise seulement',
      'Mes documents : consultation',
    ])
      expect(readableText(recap)).toContain(said);
    const done = await visitor.post(stepsOf(client), formOf(recap));
    expect(done.url).toContain('fait=invitation');
    expect(readableText(done)).toContain('L’invitation est partie');
    expect(readableText(done)).toContain('attend la réponse du bénéficiaire');

    const [one, ...others] = await toFirm(client.cabinetId);
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      kind: 'cabinet',
      status: 'awaiting_beneficiary',
      admin: false,
      parentId: client.delegations[0],
      rights: rightsOn({ documents: 'consultation' }),
      invitation: { email, needsConfirmation: true },
      to: null,
    });
    await app.deliver();
    const mail = app.inbox.next(email);
    expect(mail.text).toContain('Comptagestion');
    expect(mail.text).toContain('Maçonnerie du Test');
    const [line] = await app.database
      .knex('audit_event')
      .where({ kind: 'delegation_given', site_id: client.site.id });
    expect(line).toMatchObject({
      actor_id: client.accountId,
      facts: { giver: client.accountId, cabinet: client.cabinetId, delegation: one?.id, kind: 'cabinet' },
    });
  });

  test('on several sites by one invitation, until the end of a day there', async () => {
    const client = await clientOf(['Siège', 'Dépôt', 'Atelier']);
    const [, second] = client.sites;
    const end = dayOf(app.clock.now() + 10 * DAY);
    const done = await send(client, { more: { ...reader, date_fin: end, [`site_${second?.siret}`]: 'oui' } });
    expect(done.status).toBe(303);
    const given = await toFirm(client.cabinetId);
    expect(given.map(({ site }) => site.name).sort()).toEqual(['Dépôt', 'Siège']);
    expect(new Set(given.map(({ invitation }) => invitation?.id)).size).toBe(1);
    for (const { to } of given) expect(dayOf((to ?? 0) - 1)).toBe(end);
  });

  test('and is told what is wrong, with what he typed', async () => {
    const client = await clientOf();
    const page = await send(client, {
      email: 'contact',
      more: { ...reader, date_effet: '2020-01-01' },
      path: '/droits',
    });
    expect(page.status).toBe(422);
    expect(refusedAt(page)).toEqual(['email', 'date_effet']);
    expect(formOf(page)).toMatchObject({ email: 'contact', date_effet: '2020-01-01' });
    expect(refusedAt(await send(client, { more: everyCollege }))).toEqual(['droits']);
    expect(refusedAt(await send(client, { more: { droit_documents: 'consultation' } }))).toEqual([
      'colleges',
    ]);
    expect(await toFirm(client.cabinetId)).toEqual([]);
  });

  test('neither to himself nor to whom his rights come from', async () => {
    const head = await clientOf();
    const below = await giverBelow(app, head);
    const client = { ...head, ...below };
    for (const email of [client.email.toUpperCase(), head.email]) {
      const page = await send(client, { email });
      expect(page.status).toBe(422);
      expect(refusedAt(page)).toEqual(['email']);
    }
    expect(await toFirm(client.cabinetId)).toEqual([]);
  });

  test('hears of the delegation that stands already instead of giving a second', async () => {
    const client = await clientOf(['Siège', 'Dépôt']);
    const [site, other] = client.sites;
    expect((await send(client)).status).toBe(303);
    const page = await client.visitor.get(stepsOf(client));
    expect(page.text).not.toContain(`name="site_${site?.siret}"`);
    expect(page.text).toContain(`name="site_${other?.siret}"`);
    const refused = await send(client);
    expect(refused.status).toBe(422);
    expect(readableText(refused)).toContain('« Siège » est déjà délégué à ce cabinet');
    const others = await send(client, { more: { ...reader, tous_les_sites: 'oui' } });
    expect(others.status).toBe(303);
    expect((await toFirm(client.cabinetId)).map((one) => one.site.name).sort()).toEqual(['Dépôt', 'Siège']);
    const nothingLeft = await client.visitor.get(stepsOf(client));
    expect(nothingLeft.url).toBe(firmPage(client.site));
    const all = await send(client, { more: { ...reader, tous_les_sites: 'oui' } });
    expect(readableText(all)).toContain('déjà une délégation sur tous vos sites');
  });

  test('once, however often he presses the button, and whoever else does', async () => {
    const client = await clientOf();
    const second = await world().account();
    await world().enrol(second, client.site);
    const other = { ...client, ...(await signedIn(app, second)) };
    const email = newEmail();
    const all = await Promise.all([client, client, other, client].map((one) => send(one, { email })));
    expect(all.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await toFirm(client.cabinetId)).toHaveLength(1);
    const invitations = await app.database.knex('invitation').where({ cabinet_id: client.cabinetId });
    expect(invitations).toHaveLength(1);
  });

  test('again, once nobody answered in time', async () => {
    const client = await clientOf();
    await send(client);
    app.clock.advance(31 * DAY);
    const later = { ...client, ...(await signedIn(app, client.accountId)) };
    expect((await send(later)).status).toBe(303);
    expect(await toFirm(client.cabinetId)).toHaveLength(2);
  });
});

describe('by direct request', () => {
  const nothing = async (client: Client, page: Page, status: number) => {
    expect(page.status).toBe(status);
    expect(await toFirm(client.cabinetId)).toEqual([]);
  };

  test('no firm that the caisse has not attached, or no longer', async () => {
    const client = await clientOf();
    const stranger = { ...client, cabinetId: await world().cabinet() };
    for (const path of ['', '/destinataire', '/droits', '/recapitulatif'])
      await nothing(stranger, await send(stranger, { path }), 404);
    expect((await client.visitor.get(stepsOf(stranger))).status).toBe(404);
    const ended = new Date(app.clock.now() - 1).toISOString();
    await world().change('cabinet_client', client.attachmentId, { ends_at: ended });
    await nothing(client, await send(client), 404);
  });

  test('no firm of another caisse', async () => {
    const client = await clientOf();
    const abroad = { ...client, cabinetId: await app.world('nord-ouest').cabinet() };
    await nothing(abroad, await send(abroad), 404);
  });

  test('no site of another company, or that he does not administer', async () => {
    const client = await clientOf(['Siège', 'Dépôt']);
    const [foreign, neighbour] = [await giverOf(app), await world().site({ adherent: client.site.adherent })];
    for (const { siret } of [foreign.site, neighbour]) {
      const page = await send(client, { more: { ...reader, [`site_${siret}`]: 'oui' } });
      await nothing(client, page, 422);
      expect(refusedAt(page)).toEqual(['sites']);
    }
    const elsewhere = { ...client, site: foreign.site };
    await nothing(elsewhere, await send(elsewhere), 404);
  });

  test('not by a simple user, nor by the firm itself', async () => {
    const client = await clientOf();
    const user = await world().account();
    const people = { from: client.accountId, to: user };
    await world().delegate(client.site, client.delegations[0] ?? '', people, {
      rights: rightsOn({ documents: 'mise_a_jour' }),
    });
    const asUser = { ...client, ...(await signedIn(app, user)) };
    await nothing(asUser, await send(asUser), 403);
    expect((await asUser.visitor.get(firmPage(client.site))).status).toBe(403);
  });

  test('not once he has lost his power meanwhile', async () => {
    const head = await clientOf();
    const below = await giverBelow(app, head);
    const client = { ...head, ...below };
    await world().change('delegation', below.delegations[0] ?? '', { status: 'suspended' });
    await nothing(client, await send(client), 404);
  });

  test('never Administrateur, nor a modification afterwards', async () => {
    const client = await clientOf();
    await send(client, { more: { ...reader, administrateur: 'oui' } });
    const [one] = await toFirm(client.cabinetId);
    expect(one).toMatchObject({ admin: false, rights: rightsOn({ documents: 'consultation' }) });
    await world().change('delegation', one?.id ?? '', { status: 'active' });
    const page = await client.visitor.postOnce(
      rightsPage(app, client.site, `/delegations/${one?.id}/modifier`),
      {
        ...firstStep(app, client.site, ''),
        ...reader,
        vu: String(one?.changedAt),
        droit_planning: 'mise_a_jour',
      },
    );
    expect(page.status).toBeGreaterThanOrEqual(400);
    expect(page.status).toBeLessThan(500);
    expect((await toFirm(client.cabinetId))[0]?.rights).toEqual(one?.rights);
  });
});

describe('the deletion of a delegation to a firm', () => {
  /** A firm with a manager and two of its people on the client's site. */
  async function served() {
    const client = await clientOf();
    const parties = {
      kind: 'cabinet' as const,
      parentId: client.delegations[0] ?? '',
      grantorAccountId: client.accountId,
      granteeCabinetId: client.cabinetId,
      attachmentId: client.attachmentId,
    };
    const delegation = await world().link(client.site, parties, {
      rights: rightsOn({ documents: 'mise_a_jour' }),
    });
    const people = [await world().account(), await world().account()];
    for (const person of people) {
      const membershipId = await world().join(client.cabinetId, person, 'staff');
      await world().link(
        client.site,
        {
          kind: 'staff',
          parentId: delegation,
          grantorCabinetId: client.cabinetId,
          granteeAccountId: person,
          membershipId,
        },
        { rights: rightsOn({ documents: 'consultation' }) },
      );
    }
    const manager = await world().account();
    await world().join(client.cabinetId, manager, 'manager');
    return { client, delegation, people: [...people, manager] };
  }

  const holds = async (accountId: string, siteId: string): Promise<boolean> => {
    const holding = await readHolding(world().store, accountId, { siteId });
    return !holdsNothing(effectiveRights(holding?.chains ?? [], app.clock.now()));
  };

  test('is led to from the firm’s page, says who loses what, and takes it from everybody at once', async () => {
    const { client, delegation, people } = await served();
    const page = await client.visitor.get(firmPage(client.site));
    const link = /href="([^"]+\/cloturer[^"]*)"/.exec(page.text)?.[1] ?? '';
    expect(link).toContain(delegation);
    const view = await client.visitor.get(rightsPage(app, client.site, `/delegations/${delegation}`));
    expect(view.status).toBe(200);
    expect(readableText(view)).toContain('Comptagestion');
    expect(view.text).not.toContain('/modifier');
    const url = new URL(link, page.url).href;
    const preview = await client.visitor.get(url);
    expect(readableText(preview)).toContain('3 collaborateurs perdent 1 droit sur 1 site');
    expect(readableText(preview)).toContain('Supprimer la délégation');
    for (const person of people) expect(await holds(person, client.site.id)).toBe(true);
    const done = await client.visitor.post(url, formOf(preview));
    expect(readableText(done)).toContain('La délégation au cabinet est supprimée');
    for (const person of people) expect(await holds(person, client.site.id)).toBe(false);
    const after = await client.visitor.get(firmPage(client.site));
    expect(readableText(after)).toContain('Vous n’avez défini aucune délégation à ce cabinet');
    expect((await send(client)).status).toBe(303);
  });

  test('is not offered to whoever stands beside the giver, and refused him', async () => {
    const { client, delegation } = await served();
    const beside = await world().account();
    await world().enrol(beside, client.site);
    const { visitor } = await signedIn(app, beside);
    const page = await visitor.get(firmPage(client.site));
    expect(readableText(page)).toContain('Comptagestion');
    expect(page.text).not.toContain('/cloturer');
    const url = rightsPage(app, client.site, `/delegations/${delegation}/cloturer`);
    expect((await visitor.postOnce(url, { vu: '0' })).status).toBe(404);
  });

  test('stays possible once the caisse has detached the firm', async () => {
    const { client, people } = await served();
    const ended = new Date(app.clock.now() - 1).toISOString();
    await world().change('cabinet_client', client.attachmentId, { ends_at: ended });
    for (const person of people) expect(await holds(person, client.site.id)).toBe(false);
    const page = await client.visitor.get(firmPage(client.site));
    expect(readableText(page)).toContain('N’est plus rattaché à votre entreprise');
    expect(page.text).toContain('/cloturer');
    expect(page.text).not.toContain('/deleguer');
  });
});

test('an address that has an account here already is told to nobody', async () => {
  const client = await clientOf(['Siège', 'Dépôt']);
  const known = await world().account();
  const answers: string[] = [];
  for (const [i, email] of [emailOf(known), newEmail()].entries()) {
    const { siret } = client.sites[i] ?? client.site;
    const page = await client.visitor.postOnce(stepsOf(client), {
      email,
      date_effet: dayOf(app.clock.now()),
      date_fin: '',
      [`site_${siret}`]: 'oui',
      ...reader,
    });
    answers.push(`${page.status} ${page.location}`);
  }
  expect(new Set(answers).size).toBe(1);
});
