/** What leaves by mail when rights are given, answered, changed and taken: once, to whom it concerns, and saying what. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startApp, type TestApp } from '../support/app.ts';
import { firm } from '../support/chains.ts';
import { hiddenOn, pressOn, signedInOn } from '../support/closing.ts';
import { everyCollege, firstStep, formOf, type Giver, giverOf, rightsPage } from '../support/giving.ts';
import {
  acceptAsNew,
  acceptSignedIn,
  decide,
  demandOf,
  inviteTo,
  linkTo,
  newAddress,
} from '../support/invitations.ts';
import { signedInAt } from '../support/own-screens.ts';
import { type Page, Visitor } from '../support/visitor.ts';
import { emailOf } from '../support/world.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

type Told = { readonly to: string; readonly subject: string; readonly text: string; readonly link: string };

/** What left since it was last asked, oldest first, in plain spaces. */
async function left(): Promise<readonly Told[]> {
  await app.deliver();
  const mails = app.inbox.all().map(({ to, subject, text, link }) => ({
    to,
    link,
    subject: subject.replace(/ – .*/, ''),
    text: text.replaceAll('\u00a0', ' '),
  }));
  app.inbox.clear();
  return mails;
}

const summary = (mails: readonly Told[]) => mails.map(({ to, subject }) => [to, subject]);

/** Both at once, as an impatient finger sends them. */
const twice = (send: () => Promise<Page>) => Promise.all([send(), send()]);

/** An administrator who has given rights on two sites to an address, and the mail that left. */
async function given(rights: Record<string, string> = { droit_documents: 'consultation' }) {
  const giver = await giverOf(app, ['Siège', 'Dépôt']);
  const email = newAddress();
  const fields = {
    ...firstStep(app, giver.site, email),
    ...Object.fromEntries(giver.sites.map(({ siret }) => [`site_${siret}`, 'oui'])),
    ...everyCollege,
    ...rights,
  };
  await giver.visitor.postOnce(rightsPage(app, giver.site, '/ajouter'), fields);
  const mails = await left();
  return { giver, email, mails, invitation: mails[0]?.link ?? '' };
}

const answer = async (link: string) => {
  const visitor = new Visitor();
  return acceptAsNew(visitor, await visitor.get(link));
};

/** As `given`, accepted and confirmed; what left for that is gone. */
async function active() {
  const one = await given();
  await answer(one.invitation);
  const [toConfirm] = await left();
  const page = await one.giver.visitor.get(toConfirm?.link ?? '');
  await decide(one.giver.visitor, page, 'accepter');
  await left();
  const rows = await app.database
    .knex('delegation')
    .select('id', 'site_id')
    .whereIn('parent_id', [...one.giver.delegations]);
  const first = rows.find(({ site_id }) => site_id === one.giver.site.id);
  return { ...one, delegationId: String(first?.id) };
}

const actOf = ({ site }: Pick<Giver, 'site'>, delegationId: string, act: string): string =>
  rightsPage(app, site, `/delegations/${delegationId}/${act}`);

describe('of a gift', () => {
  test('the invitation tells who gives what, on which sites, from when', async () => {
    const { email, mails } = await given();
    expect(summary(mails)).toEqual([[email, 'Acceptez ou refusez une délégation']]);
    for (const said of ['Camille Essai', 'Sites (2)', 'Siège', 'Dépôt', 'Mes documents : consultation'])
      expect(mails[0]?.text).toContain(said);
    expect(mails[0]?.text).toContain('sans date de fin');
  });

  test('the acceptance is told to the administrator, the confirmation to the beneficiary, once each', async () => {
    const { giver, email, invitation } = await given();
    await answer(invitation);
    const accepted = await left();
    expect(summary(accepted)).toEqual([[giver.email, 'Confirmez ou refusez une délégation']]);
    expect(accepted[0]?.text).toContain(`Dominique Nouvelle (${email})`);
    const page = await giver.visitor.get(accepted[0]?.link ?? '');
    await twice(() => decide(giver.visitor, page, 'accepter'));
    const confirmed = await left();
    expect(summary(confirmed)).toEqual([[email, 'Votre délégation est ouverte']]);
    expect(confirmed[0]?.text).toContain('Mes documents : consultation');
  });

  test('an administrator who does not confirm has it told to the beneficiary', async () => {
    const { giver, email, invitation } = await given();
    await answer(invitation);
    const [toConfirm] = await left();
    const page = await giver.visitor.get(toConfirm?.link ?? '');
    await twice(() => decide(giver.visitor, page, 'refuser'));
    expect(summary(await left())).toEqual([[email, 'La délégation n’a pas été confirmée']]);
  });

  test('a refusal is told to the administrator', async () => {
    const { giver, email, invitation } = await given();
    const jeton = new URL(invitation).searchParams.get('jeton') ?? '';
    const page = `${app.issuerOf('grand-est')}/invitation/refuser`;
    await twice(() => new Visitor().post(page, { jeton }));
    const mails = await left();
    expect(summary(mails)).toEqual([[giver.email, 'Votre proposition de délégation a été refusée']]);
    expect(mails[0]?.text).toContain(email);
  });

  test('what is sent again has another link, what is withdrawn is told', async () => {
    const { giver, email, invitation } = await given();
    const row = await app.database.knex('delegation').first('id').where({ parent_id: giver.delegations[0] });
    await pressOn(giver.visitor, actOf(giver, row.id, 'renvoyer'));
    const again = await left();
    expect(summary(again)).toEqual([[email, 'Acceptez ou refusez une délégation']]);
    expect(again[0]?.link).not.toBe(invitation);
    await pressOn(giver.visitor, actOf(giver, row.id, 'retirer'));
    expect(summary(await left())).toEqual([[email, 'La délégation proposée a été retirée']]);
  });
});

describe('of an active delegation', () => {
  test.each([
    ['mettre-en-veille', 'Votre délégation est mise en veille', 'Droits en veille'],
    ['cloturer', 'Votre délégation est clôturée', 'Droits retirés'],
  ] as const)('%s is told once, with the site and the rights', async (act, subject, rights) => {
    const { giver, email, delegationId } = await active();
    const url = actOf(giver, delegationId, act);
    const vu = hiddenOn(await giver.visitor.get(url), 'vu');
    await twice(() => giver.visitor.postOnce(url, { vu }));
    const mails = await left();
    expect(summary(mails)).toEqual([[email, subject]]);
    expect(mails[0]?.text).toContain('Site : Siège');
    expect(mails[0]?.text).toContain(rights);
    expect(mails[0]?.text).toContain('Mes documents : consultation');
  });

  test('a change is told once, by what was and what is from now on', async () => {
    const { giver, email, delegationId } = await active();
    const url = actOf(giver, delegationId, 'modifier');
    const form = formOf(await giver.visitor.get(url));
    const chosen = { ...form, droit_documents: 'mise_a_jour', droit_planning: 'consultation' };
    await twice(() => giver.visitor.postOnce(url, chosen));
    const mails = await left();
    expect(summary(mails)).toEqual([[email, 'Votre délégation a été modifiée']]);
    expect(mails[0]?.text).toContain('Avant : Mes documents : consultation\n');
    expect(mails[0]?.text).toContain(
      'Désormais :\n- Mon planning : consultation\n- Mes documents : mise à jour\n',
    );
    expect(mails[0]?.text).not.toContain('Collèges');
  });

  test('what was on standby is told to be back', async () => {
    const { giver, email, delegationId } = await active();
    await pressOn(giver.visitor, actOf(giver, delegationId, 'mettre-en-veille'));
    await left();
    await pressOn(giver.visitor, actOf(giver, delegationId, 'reactiver'));
    expect(summary(await left())).toEqual([[email, 'Votre délégation est réactivée']]);
  });
});

describe('of a firm', () => {
  test('the end of what a client gave is told to its managers, and not to its staff', async () => {
    const { site, head, manager, toFirm } = await firm(app.world());
    const visitor = await signedInOn(app.issuerOf('grand-est'), emailOf(head));
    await pressOn(visitor, rightsPage(app, site, `/delegations/${toFirm}/cloturer`));
    expect(summary(await left())).toEqual([[emailOf(manager), 'Votre délégation est clôturée']]);
  });

  /** A client's invitation, accepted and confirmed; what left for the confirmation. */
  async function named(one: Awaited<ReturnType<typeof firm>>, email: string, account: string | null) {
    const { site, head, root, cabinetId, attachmentId } = one;
    const invited = await inviteTo(app, app.world(), {
      kind: 'cabinet',
      inviterId: head,
      email,
      on: [{ site, parentId: root }],
      cabinet: { id: cabinetId, attachmentId },
      to: Date.UTC(2026, 11, 31, 23),
    });
    const issuer = app.issuerOf('grand-est');
    const link = linkTo(issuer, invited);
    if (account === null) await answer(link);
    else {
      const visitor = await signedInOn(issuer, email);
      await acceptSignedIn(visitor, await visitor.get(link));
    }
    const accepted = await left();
    const visitor = await signedInOn(issuer, emailOf(head));
    const page = await visitor.get(demandOf(issuer, site, invited));
    await twice(() => decide(visitor, page, 'accepter'));
    return { accepted: summary(accepted), told: await left() };
  }

  test('its managers hear whom a client brought, for which client and until when, once it is confirmed', async () => {
    const one = await firm(app.world());
    const other = await app.world().account();
    await app.world().join(one.cabinetId, other, 'manager');
    const email = newAddress();
    const { accepted, told } = await named(one, email, null);
    expect(accepted).toEqual([[emailOf(one.head), 'Confirmez ou refusez une délégation']]);
    const [subject, managers] = ['Un client a délégué des droits à votre cabinet', [one.manager, other]];
    const expected = [
      ...managers.map((id) => [emailOf(id), subject]),
      [email, 'Votre délégation est ouverte'],
    ];
    expect(summary(told).sort()).toEqual(expected.sort());
    const mail = told.find(({ to }) => to === emailOf(one.manager));
    for (const words of [
      `Personne : Dominique Nouvelle (${email})`,
      'Entreprise : Maçonnerie du Test',
      'au 31 décembre 2026 inclus',
      'Mon planning : consultation',
      'pour ce client, et pour lui seul',
    ])
      expect(mail?.text).toContain(words);
    expect(mail?.link).toBe(`${app.issuerOf('grand-est')}/mon-cabinet/collaborateurs`);
  });

  test('whom a client named and who is of the firm already is told as such, and no manager of himself', async () => {
    const one = await firm(app.world());
    const { told } = await named(one, emailOf(one.staff), one.staff);
    expect(told.find(({ to }) => to === emailOf(one.manager))?.text).toContain(
      'fait déjà partie de votre équipe',
    );
    const own = await named(await firm(app.world()), emailOf(one.manager), one.manager);
    expect(own.told.filter(({ to }) => to === emailOf(one.manager)).map(({ subject }) => subject)).toEqual([
      'Votre délégation est ouverte',
    ]);
  });

  test('its managers hear who joined at the invitation of one of them', async () => {
    const one = await firm(app.world());
    const other = await app.world().account();
    await app.world().join(one.cabinetId, other, 'manager');
    const { post } = await signedInAt(app.issuerOf('grand-est'), one.manager, '/mon-cabinet/collaborateurs');
    const email = newAddress();
    await post('/mon-cabinet/collaborateurs/inviter', { email });
    const [invitation] = await left();
    await answer(invitation?.link ?? '');
    const told = await left();
    const subject = 'Une personne a rejoint votre cabinet';
    expect(summary(told).sort()).toEqual([one.manager, other].map((id) => [emailOf(id), subject]).sort());
    expect(told[0]?.text).toContain(email);
  });
});

describe('of a site that is handed over', () => {
  test('the successor is asked, then both are told, once each', async () => {
    const giver = await giverOf(app);
    const email = newAddress();
    const form = { email, [`site_${giver.site.siret}`]: 'oui' };
    await giver.visitor.postOnce(rightsPage(app, giver.site, '/ceder/proposer'), form);
    const [offer, ...others] = await left();
    expect([offer?.to, offer?.subject, others]).toEqual([
      email,
      'Acceptez ou refusez de succéder à un administrateur',
      [],
    ]);
    const visitor = new Visitor();
    const page = await visitor.get(offer?.link ?? '');
    await twice(() => acceptAsNew(visitor, page));
    const told = summary(await left()).sort(([, one = ''], [, other = '']) => (one < other ? -1 : 1));
    expect(told).toEqual([
      [email, 'Vous administrez désormais un nouveau site'],
      [giver.email, 'Vous avez transmis l’administration d’un site'],
    ]);
  });
});
