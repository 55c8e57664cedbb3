/** The gate where an address is certified again, and the page of the link that does it. */
import type { Context } from 'koa';
import { isDue } from '../../domain/certification.ts';
import { tellMoment } from '../../domain/dates.ts';
import { field, queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { findAccount } from '../../store/accounts.ts';
import { findLink } from '../../store/links.ts';
import { lookOf } from '../../tenant/look.ts';
import { pathOf } from '../dispatch.ts';
import { finish, formTargets, type Interaction, leadOn, pending } from '../interaction.ts';
import { tooManyTries } from '../limits.ts';
import { leadsOn, linkGone, type Telling, tell } from '../told.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { type Certified, certify } from './certify.ts';
import { sendIfNone, sendLink } from './send-link.ts';

export const certificationRoutes: Routes = (router, web) => {
  router.get('/certification', (ctx) => showLink(ctx, web));
  router.post('/certification', (ctx) => followLink(ctx, web));
  router.get('/certification/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'certification');
    if (interaction) await showGate(ctx, web, interaction);
  });
  router.post('/certification/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'certification');
    if (interaction) await goOn(ctx, web, interaction);
  });
  router.post('/certification/:uid/renvoyer', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'certification');
    if (interaction) await sendAgain(ctx, web, interaction);
  });
};

function accountIdOf({ accountId }: Interaction): string {
  if (accountId === null) throw new Refusal('interaction_expired');
  return accountId;
}

type Shown = { readonly notice?: Notice | null; readonly status?: number };

async function showGate(ctx: Context, web: Web, interaction: Interaction, shown: Shown = {}): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const accountId = accountIdOf(interaction);
  const sent = await sendIfNone(scopeFor(ctx), accountId);
  const account = await findAccount(store, accountId);
  if (!account) throw new Refusal('interaction_expired');
  const throttled = sent.kind === 'throttled' ? tooManyTries(sent.seconds) : null;
  const action = caisse.basePath + pathOf('certification', interaction.uid);
  web.send(
    ctx,
    'certification/gate',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors: [],
      notice: throttled ?? shown.notice ?? null,
      person: {
        name: `${account.givenName} ${account.familyName}`,
        email: account.email,
        signOutHref: `${caisse.basePath}/session/end`,
      },
      email: account.email,
      // « 21 novembre » stays on one line.
      sentAt: tellMoment(sent.kind === 'sent' ? sent.at : now(), caisse.timeZone),
      continueAction: action,
      resendAction: `${action}/renvoyer`,
      changeHref: `${caisse.basePath}/mon-compte/adresse-electronique`,
    },
    { status: shown.status ?? 200, formTargets: formTargets(interaction) },
  );
}

/** The policy looks again; here only, who comes too early is told so. */
async function goOn(ctx: Context, web: Web, interaction: Interaction): Promise<void> {
  const { caisse, store, now } = scopeFor(ctx);
  const account = await findAccount(store, accountIdOf(interaction));
  const isStillDue = isDue(account?.emailCertifiedAt ?? null, caisse.settings.certificationMonths, now());
  if (isStillDue) return showGate(ctx, web, interaction, { notice: NOT_YET });
  await finish(ctx, web.interactions, { kind: 'looked_after' });
}

const NOT_YET: Notice = {
  kind: 'warning',
  title: 'Votre adresse n’est pas encore confirmée',
  text: 'Ouvrez le message que nous vous avons envoyé, puis le lien qu’il contient. Pensez à regarder parmi les courriers indésirables.',
};

async function sendAgain(ctx: Context, web: Web, interaction: Interaction): Promise<void> {
  const sent = await sendLink(scopeFor(ctx), accountIdOf(interaction));
  if (sent.kind === 'sent') return showGate(ctx, web, interaction, { notice: SENT_AGAIN });
  ctx.set('Retry-After', String(sent.seconds));
  await showGate(ctx, web, interaction, { notice: tooManyTries(sent.seconds), status: 429 });
}

const SENT_AGAIN: Notice = {
  kind: 'success',
  title: null,
  text: 'Un nouveau lien vient de partir. Le précédent ne sert plus.',
};

/** Mail scanners open links: this shows, the button does. */
async function showLink(ctx: Context, web: Web): Promise<void> {
  const token = queryField(ctx, 'jeton');
  if (token === '') return leadOn(ctx, web.interactions);
  const { caisse, store, now } = scopeFor(ctx);
  const link = await findLink(store, 'certification', token, now());
  if (link?.state !== 'live') return tellOf(ctx, web, { kind: 'gone', state: link?.state ?? 'unknown' });
  const opens = typeof link.facts.passwordHash === 'string';
  tell(ctx, web, {
    title: opens ? 'Ouvrir votre espace' : 'Confirmer votre adresse',
    kind: 'sent',
    paragraphs: [
      opens
        ? `Vous avez choisi l’adresse ${link.email} pour vous connecter. Confirmez-la pour ouvrir votre espace.`
        : `Confirmez que l’adresse ${link.email} est toujours la vôtre.`,
    ],
    confirm: {
      action: `${caisse.basePath}/certification`,
      token,
      label: opens ? 'Ouvrir mon espace' : 'Confirmer mon adresse',
    },
  });
}

async function followLink(ctx: Context, web: Web): Promise<void> {
  tellOf(ctx, web, await certify(scopeFor(ctx), field(ctx, 'jeton')));
}

const tellOf = (ctx: Context, web: Web, outcome: Certified): void =>
  tell(ctx, web, {
    ...wordsOf(outcome),
    next: leadsOn(ctx, web, outcome.kind === 'opened' ? 'Me connecter' : 'Continuer'),
  });

function wordsOf(outcome: Certified): Telling {
  switch (outcome.kind) {
    case 'certified':
      return {
        title: 'Votre adresse est confirmée',
        kind: 'success',
        paragraphs: [
          'Merci. Si une page de connexion vous attend dans un autre onglet, vous pouvez y revenir et continuer.',
        ],
      };
    case 'opened':
      return {
        title: 'Votre espace est ouvert',
        kind: 'success',
        paragraphs: [
          'Connectez-vous désormais avec votre adresse électronique et le mot de passe que vous avez choisi. Les identifiants reçus par courrier ne servent plus.',
        ],
      };
    case 'address_taken':
      return {
        title: 'Cette adresse a déjà un espace',
        kind: 'warning',
        paragraphs: [
          'Elle sert d’identifiant à un autre compte. Reprenez la première connexion avec les identifiants du courrier et indiquez une autre adresse.',
        ],
        status: 409,
      };
    case 'gone':
      return { ...linkGone(outcome.state), status: outcome.state === 'unknown' ? 404 : 410 };
  }
}
