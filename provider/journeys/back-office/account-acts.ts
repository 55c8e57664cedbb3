/** What agents do to an account: let in again, send a link, reset a second factor, change the address, close, reopen. */
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import { ending } from '../../domain/impact.ts';
import { groupSiret } from '../../http/format.ts';
import type { OfficeFact } from '../../http/screens-office-adherent.ts';
import { Refusal } from '../../refusal.ts';
import { findCredentials } from '../../store/accounts.ts';
import { transaction } from '../../store/handle.ts';
import { type AccountSeen, listEndings, listSoleHeads } from '../../store/office-accounts.ts';
import { findSecondFactor } from '../../store/second-factors.ts';
import { previewImpact } from '../preview.ts';
import { resetByAgent } from '../reset-second-factor.ts';
import { tellTaken } from '../taken.ts';
import { unlock } from '../unlock.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { changeAddress, sendReset } from './account-links.ts';
import { accountPath, commonWords, fullName, holdAsSeen, loadSubject } from './account-subject.ts';
import { type Acting, type ActWords, actRoutes, type OfficeAct, type Outcome } from './act.ts';
import { closeAccount, reopenAccount, type Turning } from './close-account.ts';
import { noteAct } from './note.ts';

const PATH = '/gestion/comptes/:id';

export const accountActRoutes: Routes = (router, web) => {
  for (const act of [unlocking, removingFactor, reopening]) actRoutes(router, web, act);
  actRoutes(router, web, resetting);
  actRoutes(router, web, addressing(web));
  actRoutes(router, web, closing(web));
};

const done = (account: AccountSeen, what: string): Outcome => ({
  kind: 'done',
  path: accountPath(account),
  done: what,
});

const unlocking: OfficeAct<AccountSeen> = {
  path: `${PATH}/debloquer`,
  load: loadSubject,
  words: (_ctx, account) => ({
    ...commonWords(account),
    title: 'Débloquer la connexion',
    lead: [
      'Après trop d’essais, la connexion est suspendue quelque temps. Cette suspension prend fin tout de suite.',
      'Cela vaut pour le mot de passe, pour la connexion en deux étapes et pour les codes reçus par SMS. La personne en est prévenue par courriel.',
    ],
    button: 'Débloquer',
  }),
  perform: async (ctx, account, { office, reason }) => {
    await unlock(scopeFor(ctx), { account, agentId: office.account.id, reason });
    return done(account, 'deblocage');
  },
};

type WithAddress = AccountSeen & { readonly email: string };

/** @throws Refusal `not_found` for whoever has no address, or is not active: there is nobody to write to. */
async function loadActive(ctx: Context, office: Acting['office']): Promise<WithAddress> {
  const account = await loadSubject(ctx, office);
  if (account.status !== 'active' || account.email === null) throw new Refusal('not_found');
  return { ...account, email: account.email };
}

const resetting: OfficeAct<WithAddress> = {
  path: `${PATH}/mot-de-passe`,
  load: loadActive,
  words: (_ctx, account) => ({
    ...commonWords(account),
    title: 'Envoyer un lien de nouveau mot de passe',
    lead: [
      `Un lien part à ${account.email}. Il vaut une heure et ne sert qu’une fois.`,
      'Vous ne voyez ni le lien ni le mot de passe. Le mot de passe actuel reste valable jusqu’au nouveau.',
    ],
    button: 'Envoyer le lien',
  }),
  perform: async (ctx, account, { office, reason, seen }) => {
    const scope = scopeFor(ctx);
    await transaction(scope.store, async (inside) => {
      await holdAsSeen(inside, account.id, seen);
      await noteAct(scope, inside, {
        kind: 'password_reset_asked',
        actorId: office.account.id,
        subjectId: account.id,
        facts: { reason, before: null, after: 'link_sent' },
      });
      await sendReset(scope, inside, account);
    });
    return done(account, 'lien');
  },
};

const removingFactor: OfficeAct<AccountSeen> = {
  path: `${PATH}/double-authentification`,
  load: async (ctx, office) => {
    const account = await loadSubject(ctx, office);
    const factor = await findSecondFactor(scopeFor(ctx).store, account.id);
    // Sent twice, or removed by its person meanwhile.
    if (!factor?.confirmedAt) throw new Refusal('changed_meanwhile');
    return account;
  },
  words: (_ctx, account) => ({
    ...commonWords(account),
    title: 'Réinitialiser la connexion en deux étapes',
    lead: [
      'L’application d’authentification et les codes de secours de cette personne ne valent plus rien.',
      'Assurez-vous d’abord de qui elle est\u00a0: son mot de passe suffira pour se connecter, jusqu’à ce qu’elle configure une nouvelle application. Elle en est prévenue par courriel.',
    ],
    button: 'Réinitialiser',
  }),
  perform: async (ctx, account, { office, reason }) => {
    const reset = { accountId: account.id, agentId: office.account.id, reason };
    if (!(await resetByAgent(scopeFor(ctx), reset))) throw new Refusal('changed_meanwhile');
    return done(account, 'double-authentification');
  },
};

const NO_ADDRESS = 'Saisissez une adresse électronique complète, par exemple prenom.nom@entreprise.fr.';

const addressing = (web: Web): OfficeAct<WithAddress> => ({
  path: `${PATH}/adresse`,
  load: async (ctx, office) => {
    const account = await loadSubject(ctx, office);
    const waits = account.status === 'deactivated' && account.pendingEmail !== null;
    if (account.email === null || !(account.status === 'active' || waits)) throw new Refusal('not_found');
    return { ...account, email: account.email };
  },
  words: (_ctx, account, typed) => ({
    ...commonWords(account),
    title: 'Changer l’adresse électronique',
    lead: [
      'Un lien part à la nouvelle adresse\u00a0: c’est son clic qui la confirme. D’ici là, l’espace est en attente et ses connexions sont fermées.',
      'L’adresse actuelle en est prévenue, et peut annuler le changement pendant sept jours.',
    ],
    fields: [
      {
        kind: 'text',
        id: 'email',
        type: 'email',
        label: 'Nouvelle adresse électronique',
        hint:
          account.pendingEmail === null
            ? null
            : `Un changement pour ${account.pendingEmail} attend déjà\u00a0: celui-ci le remplace.`,
        value: typed('email'),
      },
    ],
    button: 'Changer l’adresse',
  }),
  faults: (typed) => (parseEmail(typed('email')) === null ? [{ field: 'email', message: NO_ADDRESS }] : []),
  perform: async (ctx, account, acting) => {
    const scope = scopeFor(ctx);
    const to = parseEmail(acting.typed('email'));
    const wrong = (message: string): Outcome => ({ kind: 'refused', errors: [{ field: 'email', message }] });
    if (to === null) return wrong(NO_ADDRESS);
    if (emailKey(to) === emailKey(account.email)) return wrong('C’est déjà l’adresse de ce compte.');
    if (await findCredentials(scope.store, emailKey(to)))
      return wrong('Un autre compte de la caisse a déjà cette adresse.');
    const { office, reason, seen } = acting;
    const ended = await transaction(scope.store, async (inside) => {
      const held = await holdAsSeen(inside, account.id, seen);
      const agentId = office.account.id;
      return changeAddress(scope, inside, {
        account: { ...held, email: account.email },
        to,
        agentId,
        reason,
      });
    });
    await web.interactions.tellServices(ctx, account.id, ended);
    return done(account, 'adresse');
  },
});

/** @throws Refusal `office_forbidden` for one of the caisse's own people: their access has a page of its own. */
async function loadOutsider(ctx: Context, office: Acting['office']): Promise<AccountSeen> {
  const account = await loadSubject(ctx, office);
  if (account.staffRole !== null) throw new Refusal('office_forbidden');
  return account;
}

const turningOf = (account: AccountSeen, { office, reason, seen }: Acting): Turning => ({
  accountId: account.id,
  seen,
  agentId: office.account.id,
  reason,
});

const closing = (web: Web): OfficeAct<AccountSeen> => ({
  path: `${PATH}/fermer`,
  load: loadOutsider,
  words: closeWords,
  perform: async (ctx, account, acting) => {
    const { taken, ended } = await closeAccount(scopeFor(ctx), turningOf(account, acting));
    await web.interactions.tellServices(ctx, account.id, ended);
    await tellTaken(ctx, web, taken);
    return done(account, 'fermeture');
  },
});

const MOST_HEADS = 20;

async function closeWords(ctx: Context, account: AccountSeen): Promise<ActWords> {
  const scope = scopeFor(ctx);
  const { store, now, caisse } = scope;
  const [{ delegations, memberships }, heads] = await Promise.all([
    listEndings(store, account.id, now()),
    listSoleHeads(store, account.id, { now: now(), limit: MOST_HEADS }),
  ]);
  const struck = {
    delegationIds: delegations.map(({ id }) => id),
    membershipIds: memberships.map(({ id }) => id),
  };
  const words = commonWords(account);
  const lone: OfficeFact[] = heads.map(({ enrolmentId, siteId, name, siret, raisonSociale }) => ({
    name: `${raisonSociale} – ${name}`,
    value: 'Aucun autre administrateur',
    detail: `SIRET\u00a0${groupSiret(siret)}`,
    act: {
      label: 'Confier d’abord',
      href: `${caisse.basePath}/gestion/sites/${siteId}/succession/${enrolmentId}`,
      about: `le site ${name} à un successeur`,
    },
  }));
  const firms: OfficeFact[] = memberships
    .filter(({ role }) => role === 'manager')
    .map(({ name }) => ({
      name: 'Cabinet',
      value: `Responsable du cabinet «\u00a0${name}\u00a0»`,
      detail: null,
    }));
  return {
    ...words,
    facts: [...words.facts, ...lone, ...firms],
    title: 'Fermer ce compte',
    lead: [
      'La personne ne peut plus se connecter\u00a0: ses connexions se terminent, et tout ce qu’elle tenait prend fin, avec ce qui en dépend. Elle en est prévenue par courriel, comme les personnes dont les droits en dépendaient.',
      heads.length > 0
        ? 'Des sites n’ont pas d’autre administrateur\u00a0: confiez-les d’abord à un successeur, et leurs délégations continuent. Sinon, leur espace se ferme.'
        : 'Aucun site ne reste sans administrateur.',
    ],
    impact: await previewImpact(scope, {
      struck,
      turn: ending([...struck.delegationIds, ...struck.membershipIds]),
      beneficiary: { accountId: account.id, name: fullName(account) },
    }),
    button: 'Fermer ce compte',
  };
}

const reopening: OfficeAct<AccountSeen> = {
  path: `${PATH}/rouvrir`,
  load: async (ctx, office) => {
    const account = await loadOutsider(ctx, office);
    if (account.email === null) throw new Refusal('not_found');
    return account;
  },
  words: (_ctx, account) => ({
    ...commonWords(account),
    title: 'Rouvrir ce compte',
    lead: [
      `Un lien part à ${account.email} pour choisir un nouveau mot de passe.`,
      'Les droits d’avant la fermeture ne reviennent pas\u00a0: un administrateur de l’entreprise, ou un nouveau code reçu par courrier, peut en donner.',
    ],
    button: 'Rouvrir ce compte',
  }),
  perform: async (ctx, account, acting) => {
    await reopenAccount(scopeFor(ctx), turningOf(account, acting));
    return done(account, 'reouverture');
  },
};
