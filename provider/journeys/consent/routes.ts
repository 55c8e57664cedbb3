import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import { Refusal } from '../../refusal.ts';
import { appendAudit } from '../../store/audit.ts';
import { saveConsent } from '../../store/consents.ts';
import { NO_ID, transaction } from '../../store/handle.ts';
import { readHolding } from '../../store/holdings.ts';
import { lookOf } from '../../tenant/look.ts';
import { finish, formTargets, type Interaction, leadOn, pending } from '../interaction.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';

/** Consent to a third-party service: asked once per person and service, refused as easily as given. */
export const consentRoutes: Routes = (router, web) => {
  router.get('/autorisation', async (ctx) => leadOn(ctx, web.interactions));
  router.get('/autorisation/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'consent');
    if (interaction) await show(ctx, web, interaction);
  });
  router.post('/autorisation/:uid', async (ctx) => {
    const interaction = await pending(ctx, web.interactions, 'consent');
    if (!interaction) return;
    const decision = field(ctx, 'decision');
    if (decision !== 'accept' && decision !== 'refuse') return show(ctx, web, interaction);
    await decide(ctx, interaction, decision === 'accept');
    await finish(ctx, web.interactions, { kind: decision === 'accept' ? 'consent_given' : 'refused' });
  });
};

async function decide(ctx: Context, interaction: Interaction, given: boolean): Promise<void> {
  const { store, now, address, requestId } = scopeFor(ctx);
  const { accountId, clientId, scopes } = interaction;
  if (accountId === null) throw new Refusal('interaction_expired');
  const at = now();
  await transaction(store, async (inside) => {
    if (given) await saveConsent(inside, { accountId, clientId, scopes, at });
    const kind = given ? 'consent_given' : 'consent_refused';
    await appendAudit(inside, { kind, at, actorId: accountId, clientId, address, requestId });
  });
}

async function show(ctx: Context, web: Web, interaction: Interaction): Promise<void> {
  const { caisse, store } = scopeFor(ctx);
  const { accountId, siteId } = interaction;
  const holding =
    accountId === null ? null : await readHolding(store, accountId, { siteId: siteId ?? NO_ID });
  if (!holding) throw new Refusal('interaction_expired');
  const { account, site } = holding;
  web.send(
    ctx,
    'consent/form',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors: [],
      action: `${caisse.basePath}/autorisation/${interaction.uid}`,
      person: {
        name: `${account.givenName} ${account.familyName}`,
        email: account.email,
        signOutHref: `${caisse.basePath}/session/end`,
      },
      scopes: interaction.scopes,
      site: site && {
        id: site.id,
        raisonSociale: site.raisonSociale,
        siret: site.siret,
        name: site.name,
        identifiantCibtp: site.identifiant,
        dsnAlerts: [],
      },
    },
    { formTargets: formTargets(interaction) },
  );
}
