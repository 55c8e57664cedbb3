/** The firm that a company may delegate to: attached and detached by the caisse alone, from a day on. */
import type { Context } from 'koa';
import { ending } from '../../domain/impact.ts';
import { searchTerms } from '../../domain/search.ts';
import type { ActField } from '../../http/screens-office-adherent.ts';
import { Refusal } from '../../refusal.ts';
import {
  type Attached,
  attachOnce,
  endAttachment,
  findCabinetsNamed,
  findOpenAttachment,
  listConcerned,
  listStandingOn,
} from '../../store/attachments.ts';
import { findCabinet } from '../../store/cabinets.ts';
import { isId, transaction } from '../../store/handle.ts';
import { type Adherent, findAdherent } from '../../store/office-adherents.ts';
import type { Scope } from '../../tenant/scope.ts';
import { firstPeriod, readPeriod } from '../period-form.ts';
import { previewImpact } from '../preview.ts';
import { endTaken, type Taken, tellTaken } from '../taken.ts';
import { type Routes, scopeFor } from '../web.ts';
import { type Acting, type ActWords, actRoutes, type Outcome } from './act.ts';
import { noteAct, tellPerson } from './note.ts';

const SECTION = '/gestion';

export const attachmentRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: '/gestion/adherents/:id/cabinets/rattacher',
    plain: true,
    load: loadAdherent,
    words: attachWords,
    perform: attach,
  });
  actRoutes(router, web, {
    path: '/gestion/adherents/:id/cabinets/:attachment/detacher',
    load: loadAttachment,
    words: detachWords,
    perform: async (ctx, subject, acting) => {
      const taken = await detach(scopeFor(ctx), subject, acting);
      await tellTaken(ctx, web, taken);
      return { kind: 'done', path: pathOf(subject.adherent), done: 'detachement' };
    },
  });
};

const pathOf = ({ id }: Pick<Adherent, 'id'>) => `/gestion/adherents/${id}`;

export const trailOf = (adherent: Pick<Adherent, 'id' | 'raisonSociale'>) => [
  { label: 'Recherche', path: SECTION },
  { label: adherent.raisonSociale, path: pathOf(adherent) },
];

async function loadAdherent(ctx: Context): Promise<Adherent> {
  const adherent = await findAdherent(scopeFor(ctx).store, String(ctx.params.id));
  if (!adherent) throw new Refusal('not_found');
  return adherent;
}

const MOST_CHOICES = 20;

async function attachWords(
  ctx: Context,
  adherent: Adherent,
  typed: (name: string) => string,
): Promise<ActWords> {
  const { store, now, caisse } = scopeFor(ctx);
  const terms = searchTerms(typed('nom'));
  const found = terms.length === 0 ? [] : await findCabinetsNamed(store, terms, MOST_CHOICES);
  const first = firstPeriod({ now: now(), timeZone: caisse.timeZone });
  const date = (id: string, label: string, value: string, optional: boolean): ActField => ({
    kind: 'text',
    id,
    type: 'date',
    label,
    hint: optional ? 'Le dernier jour du rattachement' : null,
    value,
    optional,
  });
  return {
    section: SECTION,
    trail: trailOf(adherent),
    title: 'Rattacher un cabinet comptable',
    lead: [
      `${adherent.raisonSociale} pourra déléguer des droits à ce cabinet. Le rattachement seul n’en donne aucun.`,
    ],
    fields: [
      {
        kind: 'text',
        id: 'nom',
        type: 'text',
        label: 'Nom du cabinet',
        hint:
          found.length > 0 ? null : 'Une partie du nom suffit\u00a0; vous choisirez ensuite dans la liste.',
        value: typed('nom'),
      },
      ...(found.length === 0
        ? []
        : [
            {
              kind: 'choice' as const,
              id: 'cabinet',
              label: 'Cabinets trouvés',
              choices: found.map(({ id, name }) => ({
                value: id,
                label: name,
                hint: null,
                chosen: typed('cabinet') === id,
              })),
            },
            date('date_effet', 'Date d’effet', typed('date_effet') || first.from, false),
            date('date_fin', 'Date de fin', typed('date_fin'), true),
          ]),
    ],
    button: found.length === 0 ? 'Chercher ce cabinet' : 'Rattacher ce cabinet',
  };
}

async function attach(ctx: Context, adherent: Adherent, acting: Acting): Promise<Outcome> {
  const scope = scopeFor(ctx);
  const { store, now, caisse } = scope;
  const terms = searchTerms(acting.typed('nom'));
  const at = (name: string, message: string): Outcome => ({
    kind: 'refused',
    errors: [{ field: name, message }],
  });
  if (terms.length === 0) return at('nom', 'Saisissez une partie du nom du cabinet.');
  if ((await findCabinetsNamed(store, terms, 1)).length === 0)
    return at('nom', 'Aucun cabinet de la caisse ne porte ce nom.');
  const id = acting.typed('cabinet');
  const cabinet = isId(id) ? await findCabinet(store, id) : undefined;
  // The first step of two: the list is shown, nothing is wrong.
  if (!cabinet)
    return acting.typed('date_effet') === ''
      ? { kind: 'refused', status: 200 }
      : at('cabinet', 'Choisissez le cabinet.');
  const { period, errors } = readPeriod(ctx, { now: now(), timeZone: caisse.timeZone });
  if (!period) return { kind: 'refused', errors };
  const attached = await transaction(store, async (inside) => {
    const given = { cabinetId: cabinet.id, adherentId: adherent.id, ...period };
    if (!(await attachOnce(inside, given))) return false;
    await noteAct(scope, inside, {
      kind: 'cabinet_attached',
      actorId: acting.office.account.id,
      facts: {
        adherent: adherent.id,
        cabinet: cabinet.id,
        before: null,
        after: `${period.from}..${period.to ?? ''}`,
      },
    });
    return true;
  });
  if (!attached) return at('cabinet', 'Ce cabinet est déjà rattaché à cet adhérent sur cette période.');
  return { kind: 'done', path: pathOf(adherent), done: 'rattachement' };
}

type Detaching = { readonly adherent: Adherent; readonly attachment: Attached };

async function loadAttachment(ctx: Context): Promise<Detaching> {
  const { store, now } = scopeFor(ctx);
  const adherent = await loadAdherent(ctx);
  const attachment = await findOpenAttachment(store, {
    id: String(ctx.params.attachment),
    adherentId: adherent.id,
    now: now(),
  });
  if (!attachment) throw new Refusal('not_found');
  return { adherent, attachment };
}

async function detachWords(ctx: Context, { adherent, attachment }: Detaching): Promise<ActWords> {
  const scope = scopeFor(ctx);
  const ids = await listStandingOn(scope.store, { id: attachment.id, adherentId: adherent.id });
  return {
    section: SECTION,
    trail: trailOf(adherent),
    title: `Détacher ${attachment.name}`,
    lead: [
      `${attachment.name} n’agira plus pour ${adherent.raisonSociale}, et l’entreprise ne pourra plus rien lui déléguer. C’est immédiat.`,
      'Les délégations au cabinet sont closes\u00a0: un nouveau rattachement ne les rouvre pas. Les responsables du cabinet et les personnes qui avaient délégué en sont prévenus.',
    ],
    impact: await previewImpact(scope, {
      struck: { delegationIds: ids },
      turn: ending(ids),
      beneficiary: null,
    }),
    button: 'Détacher ce cabinet',
  };
}

const detach = (
  scope: Scope,
  { adherent, attachment }: Detaching,
  { office, reason }: Acting,
): Promise<Taken> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const asked = { id: attachment.id, adherentId: adherent.id, now };
    if (!(await findOpenAttachment(inside, asked, true))) throw new Refusal('changed_meanwhile');
    const closed = await endAttachment(inside, asked);
    const delegationIds = closed.map(({ id }) => id);
    const facts = { adherent: adherent.id, cabinet: attachment.cabinetId };
    await noteAct(scope, inside, {
      kind: 'cabinet_detached',
      actorId: office.account.id,
      facts: { ...facts, reason, before: 'attached', after: 'detached', delegations: closed.length },
    });
    for (const { id, siteId, before } of closed) {
      await noteAct(scope, inside, {
        kind: 'delegation_closed',
        actorId: office.account.id,
        siteId,
        facts: { delegation: id, firm: attachment.cabinetId, before, after: 'closed', reason },
      });
    }
    const concerned = await listConcerned(inside, { cabinetId: attachment.cabinetId, delegationIds, now });
    for (const person of concerned) {
      const about = `${attachment.name} – ${adherent.raisonSociale}`;
      await tellPerson(scope, inside, person, { act: 'cabinet_detached', about });
    }
    return endTaken(inside, { delegationIds }, { now, forGood: true });
  });
