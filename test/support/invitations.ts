/** Invitations as giving leaves them, and the people who answer: page by page, by the link of the mail. */
import { randomBytes, randomUUID } from 'node:crypto';
import { emailKey } from '../../provider/domain/email.ts';
import type { Vector } from '../../provider/domain/rights.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { insertDelegations, type Parties } from '../../provider/store/delegations.ts';
import { type InvitationKind, insertInvitation } from '../../provider/store/invitations.ts';
import type { TestApp } from './app.ts';
import { CHOSEN_PASSWORD, valueOn } from './enrolment.ts';
import { type Page, request, signInOn, type Visitor } from './visitor.ts';
import { rightsOn, type World } from './world.ts';

const DAY = 86_400_000;

export type Invited = {
  readonly invitationId: string;
  readonly token: string;
  readonly email: string;
  /** One a site, in their order. */
  readonly delegations: readonly string[];
};

export type Inviting = {
  readonly kind?: InvitationKind;
  readonly inviterId: string;
  readonly email?: string;
  readonly on: readonly { readonly site: NewSite; readonly parentId: string }[];
  readonly rights?: Vector;
  readonly admin?: boolean;
  readonly to?: number | null;
  readonly needsConfirmation?: boolean;
  /** Of a firm, with its attachment to the client. */
  readonly cabinet?: { readonly id: string; readonly attachmentId: string };
};

const RIGHTS = rightsOn({ documents: 'mise_a_jour', planning: 'consultation' });

export const newAddress = (): string => `invite-${randomUUID().slice(0, 13)}@essai.test`;

export async function inviteTo(app: TestApp, world: World, inviting: Inviting): Promise<Invited> {
  const { kind = 'user', inviterId, email = newAddress(), on, cabinet, needsConfirmation = true } = inviting;
  const now = app.clock.now();
  const { id, token } = await insertInvitation(world.store, {
    kind,
    inviterAccountId: inviterId,
    adherentId: on[0]?.site.adherent.id ?? null,
    cabinetId: cabinet?.id ?? null,
    email,
    emailKey: emailKey(email),
    needsConfirmation,
    now,
    expiresAt: now + 30 * DAY,
    random: randomBytes,
  });
  const delegations = on.map(({ site, parentId }) => {
    const parties: Parties = cabinet
      ? {
          kind: 'cabinet',
          parentId,
          grantorAccountId: inviterId,
          granteeCabinetId: cabinet.id,
          attachmentId: cabinet.attachmentId,
        }
      : { kind: 'user', parentId, grantorAccountId: inviterId, granteeAccountId: null };
    return {
      ...parties,
      id: randomUUID(),
      adherentId: site.adherent.id,
      siteId: site.id,
      admin: inviting.admin ?? false,
      rights: inviting.rights ?? RIGHTS,
      status: 'awaiting_beneficiary' as const,
      from: now - DAY,
      to: inviting.to ?? null,
      invitationId: id,
    };
  });
  await insertDelegations(world.store, delegations, now);
  return { invitationId: id, token, email, delegations: delegations.map((one) => one.id) };
}

export const linkTo = (issuer: string, { token }: Pick<Invited, 'token'>): string =>
  `${issuer}/invitation?jeton=${token}`;

/** The form of the page, sent by somebody who has no account. */
export const acceptAsNew = (
  visitor: Visitor,
  page: Page,
  given: Readonly<Record<string, string>> = {},
): Promise<Page> =>
  visitor.post(page.url.replace(/\?.*$/, ''), {
    jeton: valueOn(page, 'jeton'),
    vu: valueOn(page, 'vu'),
    password: CHOSEN_PASSWORD,
    password_confirmation: CHOSEN_PASSWORD,
    family_name: 'Nouvelle',
    given_name: 'Dominique',
    landline_country: 'FR',
    landline: '',
    mobile_country: 'FR',
    mobile: '',
    step: 'valider',
    ...given,
  });

/** The button of the page for whoever is signed in. */
export const acceptSignedIn = (visitor: Visitor, page: Page): Promise<Page> =>
  visitor.post(page.url, { vu: valueOn(page, 'vu') });

/** Signed in at the issuer, by the gate of a service. */
export async function signedInAt(issuer: string, visitor: Visitor, email: string, password?: string) {
  const asked = await request(issuer, 'portail');
  const page = await visitor.get(asked.url);
  await signInOn(visitor, page, email, password);
  return visitor;
}

/** Where the administrator has the last word. */
export const demandOf = (issuer: string, site: NewSite, { invitationId }: Invited): string =>
  `${issuer}/droits-d-acces/${site.siret}/demandes/${invitationId}`;

export const decide = (visitor: Visitor, page: Page, decision: 'accepter' | 'refuser'): Promise<Page> =>
  visitor.post(page.url, { vu: valueOn(page, 'vu'), decision });

/** The statuses of the delegations, in their order. */
export async function statusesOf(world: World, { delegations }: Pick<Invited, 'delegations'>) {
  const rows = await world.store
    .sql('delegation')
    .select('id', 'status')
    .where({ caisse_id: world.store.caisseId })
    .whereIn('id', [...delegations]);
  return delegations.map((id) => rows.find((row) => row.id === id)?.status);
}
