/** « Gestionnaires »: the caisse's own people, as supervisors run them. */
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { parseEmail } from '../../domain/email.ts';
import { count } from '../../http/format.ts';
import type { FieldError } from '../../http/screens.ts';
import type { ActField, OfficeRow } from '../../http/screens-office-adherent.ts';
import { Refusal } from '../../refusal.ts';
import type { StaffRole } from '../../store/accounts.ts';
import { findStaff, listStaff, type Staff } from '../../store/office-staff.ts';
import type { Caisse } from '../../tenant/directory.ts';
import { countInvitation } from '../invite.ts';
import { tooManyTries } from '../limits.ts';
import { enterOffice, type Office } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type Acting, actRoutes, type OfficeAct, type Outcome } from './act.ts';
import { sendPage } from './page.ts';
import { addStaff, type By, endAccess, giveRole, sendAccessAgain } from './staff-acts.ts';
import { STAFF_ROLES } from './words.ts';

const SECTION = '/gestion/gestionnaires';

export const agentRoutes: Routes = (router, web) => {
  router.get(SECTION, async (ctx) => {
    const office = await enterOffice(ctx, web, { superviseur: true });
    if (office) await show(ctx, web, office);
  });
  actRoutes(router, web, adding);
  actRoutes(router, web, sendingAgain);
  actRoutes(router, web, changing);
  actRoutes(router, web, endingFor(web));
};

const DONE = {
  ajout: 'Le lien d’accès est parti par courriel. Il vaut trois jours.',
  renvoi: 'Un nouveau lien d’accès est parti par courriel. L’ancien ne vaut plus rien.',
  role: 'Le rôle est changé. La personne en est prévenue.',
  fin: 'L’accès est fermé, et toutes ses connexions avec lui. La personne en est prévenue.',
};

async function show(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store, caisse } = scopeFor(ctx);
  const staff = await listStaff(store);
  const [open, ended] = [
    staff.filter(({ status }) => status !== 'closed'),
    staff.filter(({ status }) => status === 'closed'),
  ];
  sendPage(ctx, web, office, {
    section: SECTION,
    title: 'Gestionnaires',
    lead: 'Les personnes de la caisse qui travaillent ici. Chacune se connecte en deux étapes.',
    trail: [],
    done: DONE,
    acts: [{ label: 'Ajouter un gestionnaire', href: `${caisse.basePath}${SECTION}/ajouter` }],
    lists: [
      {
        id: 'acces',
        title: count(open.length, 'personne', 'personnes'),
        empty: 'Personne.',
        rows: open.map((one) => row(one, { caisse, isSelf: one.id === office.account.id })),
      },
      ...(ended.length === 0
        ? []
        : [
            {
              id: 'anciens',
              title: 'Accès fermés',
              empty: '',
              rows: ended.map((one) => row(one, { caisse, isSelf: false })),
            },
          ]),
    ],
  });
}

function row(
  one: Staff,
  { caisse, isSelf }: { readonly caisse: Caisse; readonly isSelf: boolean },
): OfficeRow {
  const name = `${one.givenName} ${one.familyName}`;
  const href = (path: string) => `${caisse.basePath}${SECTION}/${one.id}/${path}`;
  const isOpen = one.status !== 'closed';
  return {
    name: isSelf ? `${name} (vous)` : name,
    href: `${caisse.basePath}/gestion/comptes/${one.id}`,
    badge: STAFF_ROLES[one.role] ?? null,
    standing: null,
    details: [
      one.email,
      !isOpen
        ? 'Accès fermé'
        : !one.hasPassword
          ? 'N’a pas encore choisi son mot de passe'
          : one.hasSecondFactor
            ? `Connexion en deux étapes configurée – ajouté le ${tellDate(one.createdAt, caisse.timeZone)}`
            : 'Connexion en deux étapes à configurer à sa prochaine connexion',
    ],
    acts: !isOpen
      ? []
      : [
          ...(one.hasPassword
            ? []
            : [{ label: 'Renvoyer le lien', href: href('renvoyer'), about: `\u00a0: ${name}` }]),
          { label: 'Changer le rôle', href: href('role'), about: `\u00a0: ${name}` },
          { label: 'Fermer l’accès', href: href('fermer'), about: `\u00a0: ${name}` },
        ],
  };
}

const trail = [{ label: 'Gestionnaires', path: SECTION }];
const done = (what: string): Outcome => ({ kind: 'done', path: SECTION, done: what });
const byOf = ({ office, reason }: Acting): By => ({ agentId: office.account.id, reason });

const ROLES: readonly { readonly value: StaffRole; readonly hint: string }[] = [
  { value: 'agent', hint: 'Adhérents, comptes, cabinets, demandes, messages et courriers' },
  { value: 'superviseur', hint: 'En plus\u00a0: gestionnaires, services et réglages de la caisse' },
];

const roleField = (chosen: string): ActField => ({
  kind: 'choice',
  id: 'role',
  label: 'Rôle',
  choices: ROLES.map(({ value, hint }) => ({
    value,
    label: STAFF_ROLES[value] ?? value,
    hint,
    chosen: value === chosen,
  })),
});

const roleIn = (typed: string): StaffRole | undefined => ROLES.find(({ value }) => value === typed)?.value;

const text = (id: string, label: string, value: string, hint: string | null = null): ActField => ({
  kind: 'text',
  id,
  type: id === 'email' ? 'email' : 'text',
  label,
  hint,
  value,
});

const adding: OfficeAct<null> = {
  path: `${SECTION}/ajouter`,
  superviseur: true,
  load: async () => null,
  words: (_ctx, _nothing, typed) => ({
    section: SECTION,
    trail,
    title: 'Ajouter un gestionnaire',
    lead: [
      'Un lien part à son adresse\u00a0: la personne y choisit son mot de passe, que personne d’autre ne connaît.',
      'À sa première connexion, elle configure une application d’authentification. Sans elle, rien ne s’ouvre.',
    ],
    fields: [
      text(
        'email',
        'Adresse électronique',
        typed('email'),
        'Son adresse à la caisse, qui n’est celle d’aucun compte d’entreprise.',
      ),
      text('prenom', 'Prénom', typed('prenom')),
      text('nom', 'Nom', typed('nom')),
      roleField(typed('role') || 'agent'),
    ],
    button: 'Envoyer le lien d’accès',
  }),
  faults: newcomerFaults,
  perform: add,
};

const MOST_NAME = 80;

function newcomerFaults(typed: Acting['typed']): FieldError[] {
  const isName = (name: string) => name !== '' && name.length <= MOST_NAME;
  const wrong: readonly (FieldError | false)[] = [
    parseEmail(typed('email')) === null && {
      field: 'email',
      message: 'Saisissez une adresse électronique complète, par exemple prenom.nom@caisse.fr.',
    },
    !isName(typed('prenom')) && { field: 'prenom', message: 'Saisissez le prénom.' },
    !isName(typed('nom')) && { field: 'nom', message: 'Saisissez le nom.' },
    roleIn(typed('role')) === undefined && { field: 'role', message: 'Choisissez le rôle.' },
  ];
  return wrong.filter((one) => one !== false);
}

async function add(ctx: Context, _nothing: null, acting: Acting): Promise<Outcome> {
  const scope = scopeFor(ctx);
  const { typed } = acting;
  const [email, role] = [parseEmail(typed('email')), roleIn(typed('role'))];
  if (email === null || role === undefined) return { kind: 'refused', errors: newcomerFaults(typed) };
  const [givenName, familyName] = [typed('prenom'), typed('nom')];
  const seconds = await countInvitation(scope, { inviterId: acting.office.account.id, email });
  if (seconds > 0) return { kind: 'refused', notice: tooManyTries(seconds) };
  const added = await addStaff(scope, byOf(acting), { email, givenName, familyName, role });
  if (typeof added !== 'string') return done('ajout');
  const message =
    added === 'outsider'
      ? 'Cette adresse est celle d’un compte d’entreprise\u00a0: un gestionnaire n’agit pour aucun site. Prenez une autre adresse.'
      : 'Cette personne est déjà gestionnaire de la caisse.';
  return { kind: 'refused', errors: [{ field: 'email', message }] };
}

/** @throws Refusal `not_found` for whoever is not of the caisse, `changed_meanwhile` when his access has ended. */
async function loadStaff(ctx: Context): Promise<Staff> {
  const staff = await findStaff(scopeFor(ctx).store, String(ctx.params.id));
  if (!staff) throw new Refusal('not_found');
  if (staff.status === 'closed') throw new Refusal('changed_meanwhile');
  return staff;
}

const common = (staff: Staff) => ({
  section: SECTION,
  trail,
  facts: [
    { name: 'Personne', value: `${staff.givenName} ${staff.familyName}`, detail: staff.email },
    { name: 'Rôle', value: STAFF_ROLES[staff.role] ?? staff.role },
  ],
  seen: staff.role,
});

const sendingAgain: OfficeAct<Staff> = {
  path: `${SECTION}/:id/renvoyer`,
  superviseur: true,
  load: async (ctx) => {
    const staff = await loadStaff(ctx);
    if (staff.hasPassword) throw new Refusal('changed_meanwhile');
    return staff;
  },
  words: (_ctx, staff) => ({
    ...common(staff),
    title: 'Renvoyer le lien d’accès',
    lead: [`Un nouveau lien part à ${staff.email}. L’ancien ne vaudra plus rien.`],
    button: 'Renvoyer le lien',
  }),
  perform: async (ctx, staff, acting) => {
    await sendAccessAgain(scopeFor(ctx), byOf(acting), staff.id);
    return done('renvoi');
  },
};

const LAST = {
  kind: 'warning',
  title: 'C’est le dernier superviseur',
  text: 'Une caisse garde toujours un superviseur. Nommez d’abord quelqu’un d’autre.',
} as const;

const changing: OfficeAct<Staff> = {
  path: `${SECTION}/:id/role`,
  superviseur: true,
  load: loadStaff,
  words: (_ctx, staff, typed) => ({
    ...common(staff),
    title: 'Changer le rôle',
    lead: ['Le nouveau rôle vaut tout de suite. La personne en est prévenue par courriel.'],
    fields: [roleField(typed('role') || staff.role)],
    button: 'Changer le rôle',
  }),
  perform: async (ctx, staff, acting) => {
    const to = roleIn(acting.typed('role'));
    const wrong = (message: string): Outcome => ({ kind: 'refused', errors: [{ field: 'role', message }] });
    if (to === undefined) return wrong('Choisissez le rôle.');
    if (acting.seen !== staff.role) throw new Refusal('changed_meanwhile');
    if (to === staff.role) return wrong('C’est déjà son rôle.');
    const turned = await giveRole(scopeFor(ctx), byOf(acting), { staff, to });
    if (turned === 'last') return { kind: 'refused', notice: LAST, status: 409 };
    return done('role');
  },
};

const endingFor = (web: Web): OfficeAct<Staff> => ({
  path: `${SECTION}/:id/fermer`,
  superviseur: true,
  load: loadStaff,
  words: (_ctx, staff) => ({
    ...common(staff),
    title: 'Fermer l’accès',
    lead: [
      'La personne ne peut plus se connecter, et toutes ses connexions se terminent aussitôt.',
      'Ce qu’elle a fait reste au journal, sous son nom. Elle en est prévenue par courriel.',
    ],
    button: 'Fermer l’accès',
  }),
  perform: async (ctx, staff, acting) => {
    const turned = await endAccess(scopeFor(ctx), byOf(acting), staff);
    if (turned === 'last') return { kind: 'refused', notice: LAST, status: 409 };
    await web.interactions.tellServices(ctx, staff.id, turned.ended);
    return done('fin');
  },
});
