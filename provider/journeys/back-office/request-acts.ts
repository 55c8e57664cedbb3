/** What an agent does with a request for access: says what is missing, validates it, refuses it. */
import type { Context } from 'koa';
import { isOpen } from '../../domain/access-request.ts';
import type { Notice } from '../../http/screens.ts';
import type { ActField } from '../../http/screens-office-adherent.ts';
import { Refusal } from '../../refusal.ts';
import { type AccessRequest, findRequest } from '../../store/access-requests.ts';
import { listAttachedCabinets } from '../../store/cabinet-attached.ts';
import { isId } from '../../store/handle.ts';
import { delegateNamed, directorNamed } from '../request-words.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type ActWords, actRoutes, type OfficeAct, type Outcome } from './act.ts';
import { turn } from './turn-request.ts';
import { type Validated, validateRequest } from './validate-request.ts';

const PATH = '/gestion/demandes/:id';

export const requestActRoutes: Routes = (router, web) => {
  actRoutes(router, web, turning('incomplete'));
  actRoutes(router, web, validating(web));
  actRoutes(router, web, turning('refused'));
};

/** @throws Refusal `not_found` for an id that this caisse does not know. */
export async function loadRequest(ctx: Context): Promise<AccessRequest> {
  const request = await findRequest(scopeFor(ctx).store, String(ctx.params.id));
  if (!request) throw new Refusal('not_found');
  return request;
}

const pathOf = ({ id }: AccessRequest) => `/gestion/demandes/${id}`;

const CLOSED = 'Cette demande est déjà close\u00a0: elle ne peut plus changer.';

const common = (request: AccessRequest) => ({
  section: '/gestion/demandes',
  trail: [
    { label: 'Demandes d’accès', path: '/gestion/demandes' },
    { label: `Demande ${request.number}`, path: pathOf(request) },
  ],
  seen: String(request.version),
  facts: [
    { name: 'Entreprise', value: request.site.raisonSociale },
    ...directorNamed(request.director).slice(0, 3),
  ],
});

const leadOf = (request: AccessRequest, lead: readonly string[]) =>
  isOpen(request.status) ? lead : [CLOSED, ...lead];

const CHANGED: Notice = {
  kind: 'warning',
  title: 'Cette demande a changé entre-temps',
  text: 'Elle a été corrigée, ou quelqu’un d’autre s’en est occupé. Rien n’a été fait\u00a0: relisez-la avant de continuer.',
};

const changed: Outcome = { kind: 'refused', notice: CHANGED, status: 409 };

const LEAST_NOTE = 5;

const TURNS = {
  incomplete: {
    path: 'completer',
    field: 'manque',
    title: 'Demander un complément',
    label: 'Ce qui manque',
    error: 'Dites ce qui manque, en quelques mots.',
    button: 'Demander ce complément',
    lead: 'Le dirigeant reçoit un courriel qui dit ce qui manque, avec la convention.',
  },
  refused: {
    path: 'refuser',
    field: 'raison',
    title: 'Refuser la demande',
    label: 'Motif du refus',
    error: 'Donnez le motif du refus, en quelques mots.',
    button: 'Refuser cette demande',
    lead: 'Le dirigeant reçoit un courriel qui donne le motif. Aucun accès n’est ouvert, et la demande est close.',
  },
} as const;

function turning(to: keyof typeof TURNS): OfficeAct<AccessRequest> {
  const words = TURNS[to];
  return {
    path: `${PATH}/${words.path}`,
    plain: true,
    load: loadRequest,
    words: (_ctx, request, typed) => ({
      ...common(request),
      title: words.title,
      lead: leadOf(request, [words.lead]),
      fields: [
        {
          kind: 'area',
          id: words.field,
          rows: 3,
          label: words.label,
          hint: 'Le dirigeant lira cette phrase telle quelle.',
          value: typed(words.field),
        },
      ],
      button: words.button,
    }),
    perform: async (ctx, request, { office, seen, typed }) => {
      const note = typed(words.field);
      if (note.length < LEAST_NOTE) {
        return { kind: 'refused', errors: [{ field: words.field, message: words.error }] };
      }
      const agentId = office.account.id;
      const given = { requestId: request.id, seen: Number(seen), agentId, to, note };
      return (await turn(scopeFor(ctx), given))
        ? { kind: 'done', path: pathOf(request), done: words.path }
        : changed;
    },
  };
}

const NOBODY = 'aucun';

function validating(web: Web): OfficeAct<AccessRequest> {
  return {
    path: `${PATH}/valider`,
    load: loadRequest,
    words: wordsOfValidation,
    perform: async (ctx, request, { office, seen, reason, typed }) => {
      const chosen = typed('cabinet');
      if (request.delegate?.kind === 'cabinet' && chosen !== NOBODY && !isId(chosen)) {
        const message = 'Choisissez le cabinet de cette personne, ou de ne pas lui ouvrir d’accès.';
        return { kind: 'refused', errors: [{ field: 'cabinet', message }] };
      }
      const outcome = await validateRequest(scopeFor(ctx), web.enforcer, {
        requestId: request.id,
        seen: Number(seen),
        agentId: office.account.id,
        reason,
        cabinetId: isId(chosen) ? chosen : null,
      });
      return outcome === 'validated'
        ? { kind: 'done', path: pathOf(request), done: 'valider' }
        : NOT_VALIDATED[outcome];
    },
  };
}

const notDone = (title: string, text: string): Outcome => ({
  kind: 'refused',
  notice: { kind: 'warning', title, text },
  status: 409,
});

const NOT_VALIDATED: Readonly<Record<Exclude<Validated, 'validated'>, Outcome>> = {
  changed,
  space_open: notDone(
    'Le code de cette demande a servi',
    'L’espace du site a été ouvert entre-temps avec la même lettre clé. Refusez cette demande, ou voyez avec l’entreprise.',
  ),
  no_address: notDone(
    'Adresse postale inconnue',
    'La caisse ne connaît pas l’adresse postale de cette entreprise\u00a0: ses identifiants ne peuvent pas partir.',
  ),
  not_attached: notDone(
    'Ce cabinet n’est pas rattaché',
    'Le cabinet choisi n’est pas rattaché à cette entreprise. Rattachez-le d’abord, ou choisissez-en un autre.',
  ),
};

async function wordsOfValidation(
  ctx: Context,
  request: AccessRequest,
  typed: (name: string) => string,
): Promise<ActWords> {
  const { delegate } = request;
  return {
    ...common(request),
    title: 'Valider la demande',
    lead: leadOf(request, [
      'Un identifiant et un mot de passe initial partent par courrier au dirigeant, à l’adresse de l’entreprise connue de la caisse. Il administrera le site.',
      ...(delegate
        ? [
            'La personne ayant délégation reçoit les siens à l’adresse portée sur la convention\u00a0: vérifiez qu’elle est bien celle de la convention signée.',
          ]
        : []),
    ]),
    facts: [...directorNamed(request.director), ...delegateNamed(delegate)],
    fields: delegate?.kind === 'cabinet' ? [await firmChoice(ctx, request, typed('cabinet'))] : [],
    button: 'Valider et envoyer les courriers',
  };
}

async function firmChoice(ctx: Context, request: AccessRequest, chosen: string): Promise<ActField> {
  const { store, now } = scopeFor(ctx);
  const attached = await listAttachedCabinets(store, { adherentId: request.site.adherentId, now: now() });
  const none =
    attached.length === 0
      ? 'Aucun cabinet n’est rattaché à cette entreprise. Pour lui ouvrir un accès, rattachez-le d’abord.'
      : 'Le dirigeant pourra lui déléguer des droits plus tard.';
  return {
    kind: 'choice',
    id: 'cabinet',
    label: `Cabinet de cette personne (sur la convention\u00a0: ${request.delegate?.firm ?? ''})`,
    choices: [
      ...attached.map(({ cabinetId, name }) => ({
        value: cabinetId,
        label: name,
        hint: null,
        chosen: chosen === cabinetId,
      })),
      { value: NOBODY, label: 'Ne pas ouvrir d’accès au cabinet', hint: none, chosen: chosen === NOBODY },
    ],
  };
}
