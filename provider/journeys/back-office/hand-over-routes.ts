/** « Confier à un successeur »: who takes a site over when its administrator has left; said whole before it is done. */
import type { Context } from 'koa';
import { standingOf } from '../../domain/delegation.ts';
import { emailKey, parseEmail } from '../../domain/email.ts';
import { count, groupSiret } from '../../http/format.ts';
import { Refusal } from '../../refusal.ts';
import { type Account, findAccount, findCredentials } from '../../store/accounts.ts';
import { type Delegation, findDelegation, isFirm } from '../../store/delegation-acts.ts';
import { offeredTo } from '../../store/office-successions.ts';
import { countBelow } from '../../store/succession-offers.ts';
import { countInvitation } from '../invite.ts';
import { tooManyTries } from '../limits.ts';
import { tellTaken } from '../taken.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type Acting, type ActWords, actRoutes, type Outcome } from './act.ts';
import { trailOf } from './attachment-routes.ts';
import { handOverNow, mayTakeOver, offerSuccession } from './hand-over-site.ts';

type Head = { readonly enrolment: Delegation; readonly former: Account };

export const handOverRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: '/gestion/sites/:id/succession/:enrolment',
    load,
    words,
    faults: (typed) => (parseEmail(typed('email')) === null ? [{ field: 'email', message: NO_ADDRESS }] : []),
    perform: (ctx, head, acting) => perform(ctx, web, head, acting),
  });
};

async function load(ctx: Context): Promise<Head> {
  const { store, now } = scopeFor(ctx);
  const enrolment = await findDelegation(store, String(ctx.params.enrolment));
  const his = enrolment && !isFirm(enrolment.beneficiary) ? enrolment.beneficiary.accountId : null;
  if (!enrolment || his === null || enrolment.kind !== 'enrolment' || enrolment.site.id !== ctx.params.id)
    throw new Refusal('not_found');
  // Somebody else has just handed it over, or this form was sent twice.
  if (standingOf(enrolment, now()) !== 'active') throw new Refusal('changed_meanwhile');
  const former = await findAccount(store, his);
  if (!former) throw new Refusal('not_found');
  return { enrolment, former };
}

const nameOf = ({ givenName, familyName }: Account) => `${givenName} ${familyName}`;

const common = ({ enrolment: { site } }: Head) => ({
  section: '/gestion',
  trail: [
    ...trailOf({ id: site.adherentId, raisonSociale: site.raisonSociale }),
    { label: site.name, path: `/gestion/sites/${site.id}` },
  ],
});

async function words(ctx: Context, head: Head, typed: (name: string) => string): Promise<ActWords> {
  const { site } = head.enrolment;
  const { store, now } = scopeFor(ctx);
  const below = await countBelow(store, [head.enrolment.id], now());
  return {
    ...common(head),
    title: 'Confier le site à un successeur',
    lead: [
      `La place d’Administrateur Entreprise que tient ${nameOf(head.former)} revient à un successeur.`,
      `${below === 0 ? 'Aucune délégation n’en dépend.' : `${count(below, 'délégation en cours continue', 'délégations en cours continuent')} sous sa responsabilité, sans interruption.`} Qui a déjà accepté des droits de cette entreprise prend le site aussitôt\u00a0; toute autre personne reçoit une invitation.`,
    ],
    facts: [
      {
        name: 'Site',
        value: site.name,
        detail: `${site.raisonSociale} – SIRET\u00a0${groupSiret(site.siret)}`,
      },
      { name: 'Administrateur actuel', value: nameOf(head.former), detail: head.former.email },
    ],
    fields: [
      {
        kind: 'text',
        id: 'email',
        type: 'email',
        label: 'Adresse électronique du successeur',
        hint: 'La sienne propre, pas celle d’un service\u00a0: elle sera son identifiant.',
        value: typed('email'),
      },
    ],
    seen: String(head.enrolment.changedAt),
    button: 'Continuer',
  };
}

async function perform(ctx: Context, web: Web, head: Head, acting: Acting): Promise<Outcome> {
  const scope = scopeFor(ctx);
  const { enrolment, former } = head;
  const email = parseEmail(acting.typed('email'));
  const problem = email === null ? NO_ADDRESS : emailKey(email) === emailKey(former.email) ? HIS_OWN : null;
  if (email === null || problem) return refused(problem ?? NO_ADDRESS);
  const known = await findCredentials(scope.store, emailKey(email));
  const account = known && (await findAccount(scope.store, known.id));
  if (account?.staffRole) return refused(OF_THE_CAISSE);
  const { site } = enrolment;
  const asked = { enrolmentId: enrolment.id, siteId: site.id, adherentId: site.adherentId, now: scope.now() };
  const waiting = await offeredTo(scope.store, asked);
  const atOnce = account !== undefined && (await mayTakeOver(scope, scope.store, account, site.adherentId));
  if (!atOnce && waiting !== null)
    return refused(`Ce site est déjà proposé à ${waiting}\u00a0: cette proposition attend sa réponse.`);
  if (acting.typed('confirme') !== 'oui') {
    return { kind: 'recap', words: recap(head, { email, successor: atOnce ? account : null }) };
  }
  if (acting.seen !== String(enrolment.changedAt)) throw new Refusal('changed_meanwhile');
  const handing = { agentId: acting.office.account.id, reason: acting.reason, enrolment, former };
  // What the recap said is what happens, or nothing.
  if ((acting.typed('maniere') === 'aussitot') !== atOnce) throw new Refusal('changed_meanwhile');
  const path = `/gestion/sites/${site.id}`;
  if (atOnce) {
    await tellTaken(ctx, web, await handOverNow(scope, handing, account.id));
    return { kind: 'done', path, done: 'cession' };
  }
  const seconds = await countInvitation(scope, { inviterId: handing.agentId, email });
  if (seconds > 0) return { kind: 'refused', notice: tooManyTries(seconds) };
  await offerSuccession(scope, handing, email);
  return { kind: 'done', path, done: 'proposition' };
}

const NO_ADDRESS = 'Saisissez une adresse électronique complète, par exemple prenom.nom@entreprise.fr.';
const HIS_OWN = 'C’est l’adresse de l’administrateur actuel\u00a0: saisissez celle de son successeur.';
const OF_THE_CAISSE =
  'C’est l’adresse d’un gestionnaire de la caisse\u00a0: il ne peut agir pour aucun site.';

const refused = (message: string): Outcome => ({ kind: 'refused', errors: [{ field: 'email', message }] });

function recap(
  head: Head,
  { email, successor }: { readonly email: string; readonly successor: Account | null },
): ActWords {
  const { site } = head.enrolment;
  return {
    ...common(head),
    title: successor ? 'Confier le site maintenant' : 'Inviter le successeur',
    lead: successor
      ? [
          `${nameOf(successor)} a déjà accepté des droits de cette entreprise\u00a0: le site change d’administrateur aussitôt.`,
          `${nameOf(head.former)} perd les droits qu’il tenait à ce titre. Les deux en sont prévenus par courriel.`,
        ]
      : [
          `Une invitation part à ${email}. Rien ne change tant qu’elle n’est pas acceptée.`,
          `À l’acceptation, ${nameOf(head.former)} perd les droits qu’il tenait comme administrateur de ce site. Les deux en sont prévenus par courriel.`,
        ],
    facts: [
      {
        name: 'Site',
        value: site.name,
        detail: `${site.raisonSociale} – SIRET\u00a0${groupSiret(site.siret)}`,
      },
      { name: 'Successeur', value: successor ? nameOf(successor) : email, detail: successor ? email : null },
    ],
    carried: [
      { name: 'email', value: email },
      { name: 'maniere', value: successor ? 'aussitot' : 'invitation' },
    ],
    seen: String(head.enrolment.changedAt),
    button: successor ? 'Confier le site' : 'Envoyer l’invitation',
  };
}
