/** The acts on a firm's managers: each says what it gives or takes before it is done. */
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import { ending } from '../../domain/impact.ts';
import { Refusal } from '../../refusal.ts';
import { findAccount, findCredentials } from '../../store/accounts.ts';
import { type CabinetMember, findCabinetMember } from '../../store/cabinet-staff.ts';
import { findCabinet } from '../../store/cabinets.ts';
import { isId } from '../../store/handle.ts';
import { findInvitation, type Invitation } from '../../store/invitations.ts';
import { isInvitedToManage, isOfFirm, listManagers } from '../../store/office-firms.ts';
import { countInvitation } from '../invite.ts';
import { tooManyTries } from '../limits.ts';
import { previewImpact } from '../preview.ts';
import { tellTaken } from '../taken.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type Acting, actRoutes, type OfficeAct, type Outcome } from './act.ts';
import { askToManage, type Firm, letGo, type Naming, raise, takeBack } from './name-manager.ts';

const PATH = '/gestion/cabinets/:id';

export const firmActRoutes: Routes = (router, web) => {
  actRoutes(router, web, naming);
  actRoutes(router, web, raising);
  actRoutes(router, web, lettingGo(web));
  actRoutes(router, web, takingBack);
};

/** @throws Refusal `not_found` for an id that this caisse does not know. */
export async function loadFirm(ctx: Context): Promise<Firm> {
  const id = String(ctx.params.id);
  const cabinet = isId(id) ? await findCabinet(scopeFor(ctx).store, id) : undefined;
  if (!cabinet) throw new Refusal('not_found');
  return cabinet;
}

const pathOf = ({ id }: Firm) => `/gestion/cabinets/${id}`;

const common = (cabinet: Firm) => ({
  section: '/gestion',
  trail: [
    { label: 'Recherche', path: '/gestion' },
    { label: cabinet.name, path: pathOf(cabinet) },
  ],
});

const namingOf = (cabinet: Firm, { office, reason }: Acting): Naming => ({
  cabinet,
  agent: office.account,
  reason,
});

const done = (cabinet: Firm, what: string): Outcome => ({ kind: 'done', path: pathOf(cabinet), done: what });

const naming: OfficeAct<Firm> = {
  path: `${PATH}/responsables/nommer`,
  load: loadFirm,
  words: (_ctx, cabinet, typed) => ({
    ...common(cabinet),
    title: 'Nommer un responsable',
    lead: [
      `Un responsable du cabinet «\u00a0${cabinet.name}\u00a0» voit tous ses clients, et tient tout ce qu’il tient.`,
      'Un collaborateur du cabinet devient responsable aussitôt, et en est prévenu. Toute autre personne reçoit une invitation.',
    ],
    fields: [
      {
        kind: 'text',
        id: 'email',
        type: 'email',
        label: 'Adresse électronique du responsable',
        hint: 'La sienne propre, vérifiée auprès du cabinet par un autre moyen.',
        value: typed('email'),
      },
    ],
    button: 'Nommer ce responsable',
  }),
  faults: (typed) => (parseEmail(typed('email')) === null ? [{ field: 'email', message: NO_ADDRESS }] : []),
  perform: name,
};

const NO_ADDRESS = 'Saisissez une adresse électronique complète, par exemple prenom.nom@cabinet.fr.';

const wrong = (message: string): Outcome => ({ kind: 'refused', errors: [{ field: 'email', message }] });

async function name(ctx: Context, cabinet: Firm, acting: Acting): Promise<Outcome> {
  const scope = scopeFor(ctx);
  const { store, now } = scope;
  const email = parseEmail(acting.typed('email'));
  if (email === null) return wrong(NO_ADDRESS);
  const known = await findCredentials(store, emailKey(email));
  const account = known && (await findAccount(store, known.id));
  if (account?.staffRole)
    return wrong('C’est l’adresse d’un gestionnaire de la caisse\u00a0: il ne peut appartenir à un cabinet.');
  const asked = { cabinetId: cabinet.id, now: now() };
  const role = account ? await isOfFirm(store, { ...asked, accountId: account.id }) : null;
  if (role === 'manager') return wrong('Cette personne est déjà responsable de ce cabinet.');
  if (account?.status === 'active' && role === 'staff') {
    await raise(scope, namingOf(cabinet, acting), account.id);
    return done(cabinet, 'nomination');
  }
  if (await isInvitedToManage(store, { ...asked, emailKey: emailKey(email) }))
    return wrong('Une invitation attend déjà une réponse à cette adresse.');
  const seconds = await countInvitation(scope, { inviterId: acting.office.account.id, email });
  if (seconds > 0) return { kind: 'refused', notice: tooManyTries(seconds) };
  await askToManage(scope, namingOf(cabinet, acting), email);
  return done(cabinet, 'invitation');
}

type Somebody = { readonly cabinet: Firm; readonly person: CabinetMember };

async function loadMember(ctx: Context, role: 'manager' | 'staff'): Promise<Somebody> {
  const { store, now } = scopeFor(ctx);
  const cabinet = await loadFirm(ctx);
  const asked = { cabinetId: cabinet.id, accountId: String(ctx.params.account), now: now() };
  const person = await findCabinetMember(store, asked);
  if (!person) throw new Refusal('not_found');
  // Sent twice, or changed by somebody else meanwhile.
  if (person.role !== role) throw new Refusal('changed_meanwhile');
  return { cabinet, person };
}

const nameOf = ({ givenName, familyName }: CabinetMember) => `${givenName} ${familyName}`;

const raising: OfficeAct<Somebody> = {
  path: `${PATH}/responsables/:account/nommer`,
  load: (ctx) => loadMember(ctx, 'staff'),
  words: (_ctx, { cabinet, person }) => ({
    ...common(cabinet),
    title: `Nommer ${nameOf(person)} responsable`,
    lead: [
      `${nameOf(person)} verra tous les clients du cabinet «\u00a0${cabinet.name}\u00a0», et tiendra tout ce qu’il tient.`,
      'C’est immédiat. Ce que le cabinet lui avait confié client par client est remplacé par ce rôle.',
    ],
    button: 'Nommer responsable',
  }),
  perform: async (ctx, { cabinet, person }, acting) => {
    await raise(scopeFor(ctx), namingOf(cabinet, acting), person.accountId);
    return done(cabinet, 'nomination');
  },
};

const lettingGo = (web: Web): OfficeAct<Somebody> => ({
  path: `${PATH}/responsables/:account/retirer`,
  load: (ctx) => loadMember(ctx, 'manager'),
  words: async (ctx, { cabinet, person }) => {
    const scope = scopeFor(ctx);
    const others = (await listManagers(scope.store, cabinet.id, scope.now())).length - 1;
    return {
      ...common(cabinet),
      title: `Retirer ${nameOf(person)} du cabinet`,
      lead: [
        `${nameOf(person)} n’est plus responsable du cabinet «\u00a0${cabinet.name}\u00a0» et le quitte\u00a0: tout ce qui lui en venait prend fin aussitôt.`,
        others === 0
          ? 'Le cabinet n’aura plus de responsable\u00a0: ses collaborateurs gardent leurs clients, mais personne ne pourra plus en confier.'
          : 'Elle en est prévenue par courriel, et les autres responsables restent en place.',
      ],
      impact: await previewImpact(scope, {
        struck: { membershipIds: person.memberships },
        turn: ending(person.memberships),
        beneficiary: { accountId: person.accountId, name: nameOf(person) },
      }),
      button: 'Retirer du cabinet',
    };
  },
  perform: async (ctx, { cabinet, person }, acting) => {
    await tellTaken(ctx, web, await letGo(scopeFor(ctx), namingOf(cabinet, acting), person.accountId));
    return done(cabinet, 'retrait');
  },
});

type Waiting = { readonly cabinet: Firm; readonly invitation: Invitation };

const takingBack: OfficeAct<Waiting> = {
  path: `${PATH}/invitations/:invitation/retirer`,
  load: async (ctx) => {
    const { store, now } = scopeFor(ctx);
    const cabinet = await loadFirm(ctx);
    const invitation = await findInvitation(store, String(ctx.params.invitation), now());
    if (invitation?.cabinetId !== cabinet.id || invitation.memberRole !== 'manager')
      throw new Refusal('not_found');
    return { cabinet, invitation };
  },
  words: (_ctx, { cabinet, invitation }) => ({
    ...common(cabinet),
    title: 'Retirer l’invitation',
    lead: [`Le lien envoyé à ${invitation.email} ne vaudra plus rien.`],
    button: 'Retirer l’invitation',
  }),
  perform: async (ctx, { cabinet, invitation }, acting) => {
    await takeBack(scopeFor(ctx), namingOf(cabinet, acting), invitation.id);
    return done(cabinet, 'reprise');
  },
};
