/** One of each thing that an address of the provider can name, at a caisse, as the product itself makes them. */
import { randomUUID } from 'node:crypto';
import { ACCOUNTANT, requested } from './access-requests.ts';
import type { Slug, TestApp } from './app.ts';
import type { AtWork } from './at-work.ts';
import { written } from './contact.ts';
import { check, csv } from './imports.ts';
import { inviteTo } from './invitations.ts';
import { company, readyBatch } from './letters.ts';
import { signedInAt } from './own-screens.ts';
import { portfolio, serve } from './portfolio.ts';
import { sendFile } from './upload.ts';
import { request, Visitor } from './visitor.ts';
import { emailOf, newSiret, rightsOn } from './world.ts';

const NOTHING = '00000000-0000-4000-8000-000000000000';

/** Of nobody: as well formed as the others. */
export const nothing = (): Each => ({
  ...(Object.fromEntries(THINGS.map((thing) => [thing, NOTHING])) as Each),
  siret: newSiret(),
  identifiant: 'E-00000000',
  email: 'p00000000@essai.test',
  clientSiret: newSiret(),
  service: `service-${randomUUID()}`,
  line: '900000000000000000',
  interaction: NOTHING.replaceAll('-', '').slice(0, 21),
});

const THINGS = [
  'adherent',
  'site',
  'siret',
  'identifiant',
  'email',
  'enrolment',
  'delegation',
  'pending',
  'suspended',
  'toRenew',
  'demand',
  'invitation',
  'account',
  'staff',
  'cabinet',
  'attachment',
  'manager',
  'naming',
  'colleague',
  'membership',
  'clientSiret',
  'clientDelegation',
  'clientSuspended',
  'memberInvitation',
  'entrusting',
  'firmFile',
  'letter',
  'batch',
  'request',
  'message',
  'contactForm',
  'import',
  'service',
  'line',
  'interaction',
] as const;

export type Each = Readonly<Record<(typeof THINGS)[number], string>>;

export type Everything = {
  readonly each: Each;
  /** Addresses of whom the things belong to. */
  readonly people: { readonly administrator: string; readonly colleague: string; readonly manager: string };
};

type Place = { readonly app: TestApp; readonly slug: Slug; readonly office: AtWork };

/** `office`: a supervisor of the caisse, at work. The caisse must take requests for access. */
export async function oneOfEach(place: Place): Promise<Everything> {
  const firm = await ofFirm(place);
  const company = await ofCompany(place, firm.each.cabinet);
  const { accountId } = place.office;
  return {
    people: { ...company.people, manager: firm.email },
    each: { ...company.each, ...firm.each, ...(await ofOffice(place)), staff: accountId },
  };
}

async function ofCompany({ app, slug }: Place, cabinet: string) {
  const world = app.world(slug);
  const boss = await world.administrator(1);
  const [site] = boss.sites;
  const [enrolment = ''] = boss.delegations;
  if (!site) throw new Error('no site');
  const give = async (given: Parameters<typeof world.delegate>[3] = {}) => {
    const to = await world.account();
    const rights = rightsOn({ documents: 'consultation' });
    const id = await world.delegate(site, enrolment, { from: boss.accountId, to }, { rights, ...given });
    return { id, to };
  };
  const colleague = await give();
  const invite = (given: { readonly email?: string } = {}) =>
    inviteTo(app, world, { inviterId: boss.accountId, on: [{ site, parentId: enrolment }], ...given });
  const waiting = await invite({ email: emailOf(colleague.to) });
  const answered = await invite();
  const invitee = await world.account({ email: answered.email });
  await app.database
    .knex('delegation')
    .update({ status: 'awaiting_confirmation', grantee_account_id: invitee })
    .where({ id: answered.delegations[0] });
  return {
    people: { administrator: boss.email, colleague: emailOf(colleague.to) },
    each: {
      adherent: site.adherent.id,
      attachment: await world.attach(cabinet, site.adherent.id),
      site: site.id,
      siret: site.siret,
      identifiant: site.adherent.identifiant,
      email: boss.email,
      enrolment,
      account: colleague.to,
      delegation: colleague.id,
      suspended: (await give({ status: 'suspended' })).id,
      toRenew: (await give({ status: 'to_renew' })).id,
      pending: waiting.delegations[0] ?? '',
      demand: answered.invitationId,
      invitation: waiting.invitationId,
      interaction: await interactionAt(app.issuerOf(slug)),
    },
  };
}

/** Of a browser that has left. */
async function interactionAt(issuer: string): Promise<string> {
  const page = await new Visitor().get((await request(issuer, 'portail')).url);
  return page.url.split('/').at(-1) ?? '';
}

async function ofFirm({ app, slug }: Place) {
  const world = app.world(slug);
  const held = await portfolio(world, [{}, {}], { now: app.clock.now() });
  const [client] = held.sites;
  const clientDelegation = await serve(world, held, { place: 0, to: 'staff' });
  const clientSuspended = await serve(world, held, { place: 0, to: 'other', given: { status: 'suspended' } });
  const issuer = app.issuerOf(slug);
  const there = await signedInAt(issuer, held.manager, '/mon-cabinet/confier');
  const draft = await there.post('/mon-cabinet/confier', {
    membre: held.membershipId,
    date_effet: today(app),
  });
  const file = await sendFile(there.visitor, `${issuer}/mon-cabinet/import`, 'a;b\r\n');
  const invite = async (role: 'manager' | 'staff') => {
    const id = randomUUID();
    await app.database.knex('invitation').insert(invitationRow(app, { slug, id, role, held }));
    return id;
  };
  return {
    email: emailOf(held.manager),
    each: {
      cabinet: held.cabinetId,
      manager: held.manager,
      naming: await invite('manager'),
      memberInvitation: await invite('staff'),
      colleague: held.staff,
      membership: held.membershipId,
      clientSiret: client?.siret ?? '',
      clientDelegation,
      clientSuspended,
      entrusting: new URL(draft.url).pathname.split('/').at(-2) ?? '',
      firmFile: new URL(file.url).pathname.split('/').at(-1) ?? '',
    },
  };
}

type Member = { slug: Slug; id: string; role: string; held: { cabinetId: string; manager: string } };

const invitationRow = (app: TestApp, { slug, id, role, held }: Member) => ({
  caisse_id: slug,
  id,
  kind: 'member',
  member_role: role,
  inviter_account_id: held.manager,
  cabinet_id: held.cabinetId,
  email: `invite-${id}@essai.test`,
  email_key: `invite-${id}@essai.test`,
  token_hash: Buffer.from(id),
  needs_confirmation: false,
  created_at: new Date(app.clock.now()),
  sent_at: new Date(app.clock.now()),
  expires_at: new Date(app.clock.now() + 86_400_000),
});

const today = (app: TestApp): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Paris', dateStyle: 'short' }).format(app.clock.now());

async function ofOffice({ app, slug, office }: Place) {
  const [site] = await company(app, 1, { slug });
  const batch = await readyBatch(app, office, { origine: 'list', sirets: site?.siret ?? '' });
  const { knex } = app.database;
  const sent = await knex('letter').where({ caisse_id: slug, batch_id: batch }).first();
  const around = { store: app.world(slug).store, now: app.clock.now };
  const { id } = await check(around, 'adherents', csv('identifiant;raison sociale', 'A-1;'));
  const asked = await requested(app, { ...ACCOUNTANT }, slug);
  await knex('adherent')
    .update({ postal_address: ['12 RUE DE L’EXEMPLE', '57000 METZ'] })
    .where({ id: asked.held.site.adherent.id });
  const line = await knex('audit_event').where({ caisse_id: slug }).max('id as id').first();
  return {
    batch,
    letter: sent.id as string,
    request: asked.id,
    ...(await ofContact(app, slug)),
    import: id,
    line: String(line?.id),
    service: ownService(slug),
  };
}

async function ofContact(app: TestApp, slug: Slug) {
  const { id, page } = await written(app, { slug });
  return { message: id, contactForm: new URL(page.url).pathname.split('/').at(-1) ?? '' };
}

/** The identifier of a service that this caisse alone has. */
export const ownService = (slug: Slug): string => `propre-${slug}`;
