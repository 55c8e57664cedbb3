/** The library's interactions as journeys know them: what is asked, for whom, and how it ends. */
import type { Context } from 'koa';
import { type Client, errors, type InteractionResults, type Provider, type Session } from 'oidc-provider';
import type { Instant } from '../domain/instant.ts';
import type { AskedFactor } from '../domain/second-factor.ts';
import type { EndedSession } from '../store/sessions.ts';
import { perRequest } from '../tenant/per-request.ts';
import { scopeOf } from '../tenant/scope.ts';
import { askedFactor } from './authentication.ts';
import { ACR_MFA, ACR_PASSWORD } from './contract.ts';
import { type Details, interactionDetails } from './interaction-details.ts';
import { endSessionOfAnother } from './logout.ts';
import { OWN_SCREENS, OWN_SCREENS_RETURN } from './own-screens.ts';
import type { PromptName } from './prompts.ts';
import type { Issuer } from './provider.ts';
import { renewSession, standingSession, tellServices } from './sessions.ts';

type Asked = {
  readonly uid: string;
  readonly prompt: PromptName;
  readonly reasons: readonly string[];
  readonly accountId: string | null;
  readonly clientId: string;
  readonly service: { readonly name: string; readonly uri: string | null };
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly siretHint: string | null;
  readonly loginHint: string | null;
  readonly siteId: string | null;
  readonly ownScreens: boolean;
  readonly askedFactor: AskedFactor;
  readonly firstStep: FirstStep | null;
};

type Sender = Pick<Asked, 'service' | 'redirectUris'> & {
  readonly prompt: 'manage_account' | 'manage_delegations';
};

type FirstStep = { readonly accountId: string; readonly at: Instant; readonly proven: boolean };

type Ended =
  | {
      readonly kind: 'signed_in';
      readonly accountId: string;
      readonly methods: readonly ('pwd' | 'otp')[];
      readonly at?: Instant;
    }
  | { readonly kind: 'looked_after' }
  | { readonly kind: 'account_managed' }
  | { readonly kind: 'delegations_managed' }
  | { readonly kind: 'site_chosen'; readonly siteId: string }
  | { readonly kind: 'consent_given' }
  | { readonly kind: 'refused' };

export function makeInteractions(issuerOf: (ctx: Context) => Issuer) {
  return {
    load: (ctx: Context): Promise<Asked | null> => load(ctx, issuerOf(ctx).provider),
    sender: (ctx: Context, uid: string) => sender(ctx, issuerOf(ctx).provider, uid),
    finish: (ctx: Context, ended: Ended): Promise<string> => finish(ctx, issuerOf(ctx).provider, ended),
    keepFirstStep: (ctx: Context, step: FirstStep) => keepFirstStep(ctx, issuerOf(ctx).provider, step),
    defaultService: (ctx: Context) => issuerOf(ctx).defaultService,
    session: (ctx: Context) => standingSession(ctx, issuerOf(ctx).provider),
    renewSession: (ctx: Context) => renewSession(ctx, issuerOf(ctx).provider),
    tellServices: (ctx: Context, accountId: string, ended: readonly EndedSession[]) =>
      tellServices(issuerOf(ctx).provider, accountId, ended),
    signInFirst,
  };
}

type Demands = { readonly again?: boolean | undefined; readonly secondFactor?: boolean | undefined };

/** Every gate stands in the interaction policy: our own screens send people through it as any service does. */
function signInFirst(ctx: Context, path: string, { again, secondFactor }: Demands = {}): string {
  const { caisse } = scopeOf(ctx.req);
  const url = new URL(`${caisse.issuer}/auth`);
  url.search = new URLSearchParams({
    client_id: OWN_SCREENS,
    response_type: 'none',
    scope: 'openid',
    redirect_uri: caisse.issuer + OWN_SCREENS_RETURN,
    state: path,
    ...(again ? { prompt: 'login' } : {}),
    ...(secondFactor ? { acr_values: ACR_MFA } : {}),
  }).toString();
  return url.href;
}

const loaded = perRequest<Details>();

async function load(ctx: Context, provider: Provider): Promise<Asked | null> {
  const details = await interactionDetails(ctx, provider).catch((error: unknown) => {
    if (error instanceof errors.SessionNotFound) return null;
    throw error;
  });
  if (!details) return null;
  loaded.set(ctx.req, details);
  const { params, prompt, session } = details;
  const client = await provider.Client.find(String(params.client_id));
  if (!client) return null;
  return {
    uid: details.uid,
    prompt: prompt.name as PromptName,
    reasons: prompt.reasons,
    accountId: session?.accountId ?? null,
    clientId: client.clientId,
    service: serviceOf(client),
    redirectUris: client.redirectUris ?? [],
    scopes: scopesFor(client, text(params.scope)?.split(' ') ?? []),
    siretHint: text(params.siret_hint),
    loginHint: text(params.login_hint),
    siteId: text(prompt.details.site),
    ownScreens: client.clientId === OWN_SCREENS,
    askedFactor: askedFactor(params.acr_values),
    firstStep: (details.result?.first_step as FirstStep | undefined) ?? null,
  };
}

/** The interaction's cookie stays with its own screen: elsewhere its session tells whose it is. */
async function sender(ctx: Context, provider: Provider, uid: string): Promise<Sender | null> {
  const [interaction, session] = await Promise.all([
    provider.Interaction.find(uid),
    provider.Session.get(ctx),
  ]);
  const prompt = interaction?.prompt.name;
  if ((prompt !== 'manage_delegations' && prompt !== 'manage_account') || !session.accountId) return null;
  const isOfThisSession =
    interaction?.session?.uid === session.uid && interaction.session.accountId === session.accountId;
  const client = isOfThisSession && (await provider.Client.find(String(interaction.params.client_id)));
  return client ? { prompt, service: serviceOf(client), redirectUris: client.redirectUris ?? [] } : null;
}

/** No `login` among the results: whoever resumes the request now is asked to sign in. */
async function keepFirstStep(ctx: Context, provider: Provider, step: FirstStep): Promise<void> {
  const details = await interactionDetails(ctx, provider);
  details.result = { first_step: step };
  await details.persist();
}

/**
 * As the library's `interactionResult`, with one reading for all that is asked of the interaction here: the one that this
 * request began with, unless its session may have changed since. The adapter does not save one that is gone by then.
 */
async function finish(ctx: Context, provider: Provider, ended: Ended): Promise<string> {
  const read = loaded.get(ctx.req);
  const known =
    ended.kind === 'site_chosen' || (ended.kind === 'signed_in' && !read?.session) ? read : undefined;
  const details = known ?? (await interactionDetails(ctx, provider));
  const another =
    ended.kind === 'signed_in' && (await sessionOfAnother(ctx, provider, details, ended.accountId));
  // An interaction that began in that session goes with it, and comes back below.
  if (another && !known) await endSessionOfAnother(ctx, provider, another);
  const result = resultOf(ended, scopeOf(ctx.req).now());
  const managed = ended.kind === 'account_managed' || ended.kind === 'delegations_managed';
  const renewed = managed ? await renewedLogin(ctx, provider, details) : {};
  details.result = 'error' in result ? result : { ...details.lastSubmission, ...result, ...renewed };
  await details.persist();
  // Not before: one that is gone by now signs nobody in, and nobody out.
  if (another && known) await endSessionOfAnother(ctx, provider, another);
  return details.returnTo;
}

/** A sign-in of this very request is repeated at its end, and would put the session back to before a later one. */
async function renewedLogin(
  ctx: Context,
  provider: Provider,
  { lastSubmission }: Details,
): Promise<InteractionResults> {
  const login = lastSubmission?.login;
  const { accountId, loginTs } = await provider.Session.get(ctx);
  if (!login || loginTs === undefined || accountId !== login.accountId) return {};
  return { login: { ...login, ts: loginTs } };
}

const serviceOf = (client: Client): Asked['service'] => ({
  name: client.clientName ?? client.clientId,
  uri: client.clientUri ?? null,
});

/** Being registered for refresh tokens earns one (provider.ts): whoever consents must be told of it. */
const scopesFor = (client: Client, asked: readonly string[]): string[] =>
  client.grantTypeAllowed('refresh_token') ? [...new Set([...asked, 'offline_access'])] : [...asked];

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/**
 * Whoever has just signed in takes the place of whoever is signed in here by now: another tab may have been quicker,
 * so it is the browser's session that counts and not the one that the interaction began in.
 */
async function sessionOfAnother(
  ctx: Context,
  provider: Provider,
  details: Details,
  newcomer: string,
): Promise<Session | null> {
  const session = await provider.Session.get(ctx);
  const another = session.accountId !== undefined && session.accountId !== newcomer;
  // It would wait for that session.
  if (details.session && (another || details.session.uid !== session.uid))
    delete (details as { session?: unknown }).session;
  return another ? session : null;
}

/** Only what was resolved goes in: any key present tells the library that its prompt is done. */
function resultOf(ended: Ended, now: Instant): InteractionResults {
  switch (ended.kind) {
    case 'signed_in': {
      const several = ended.methods.length > 1;
      // RFC 8176: more than one factor adds `mfa`.
      const amr = several ? [...ended.methods, 'mfa'] : [...ended.methods];
      // The session cookie goes with the browser: people sign in on shared machines.
      const login = {
        accountId: ended.accountId,
        amr,
        acr: several ? ACR_MFA : ACR_PASSWORD,
        ts: Math.floor((ended.at ?? now) / 1000),
        remember: false,
      };
      return { login };
    }
    case 'looked_after':
      return {};
    case 'account_managed':
      return { manage_account: {} };
    case 'delegations_managed':
      return { manage_delegations: {} };
    case 'site_chosen':
      return { select_organization: { site: ended.siteId } };
    case 'consent_given':
      return { consent: {} };
    case 'refused':
      return { error: 'access_denied', error_description: 'the person declined' };
  }
}
