/**
 * The gates between a request and its tokens, as prompts of the interaction policy: login (and second factor) →
 * closed → provisional → certification → manage_account, manage_delegations (when asked) → select_organization → consent (third
 * parties). A gate is a Check here and nowhere else, so that no route goes round it.
 */
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { isDue } from '../domain/certification.ts';
import type { Gates } from '../store/gates.ts';
import { scopeOf } from '../tenant/scope.ts';
import { secondFactorRequired } from '../tenant/second-factor.ts';
import { askedFactor } from './authentication.ts';
import { isShutFor } from './closure.ts';
import { ACR_MFA } from './contract.ts';
import { siteDetailOf } from './grants.ts';
import { isOver } from './sessions.ts';

const { Check, Prompt, base } = interactionPolicy;

export type PromptName =
  | 'login'
  | 'closed'
  | 'provisional'
  | 'certification'
  | 'manage_account'
  | 'manage_delegations'
  | 'select_organization'
  | 'consent';

/** The account of the session was closed, deactivated, or is of another time: sign in again. */
const accountGone = new Check(
  'account_gone',
  'the signed-in account is not active',
  'login_required',
  ({ oidc }: KoaContextWithOIDC) => Boolean(oidc.session?.accountId) && oidc.entities.Account === undefined,
);

/** The password was changed or reset since: whoever signed in with the former one does so again. */
const sessionOver = new Check(
  'session_over',
  'the session began before the credentials that are valid now',
  'login_required',
  ({ oidc }: KoaContextWithOIDC) => {
    const validFrom = oidc.entities.Account?.sessionsValidFrom;
    return (
      Boolean(oidc.session?.accountId) &&
      isOver(oidc.session?.loginTs, validFrom as number | null | undefined)
    );
  },
);

/** What `findAccount` read of the person signed in (tokens.ts). */
const gatesOf = ({ oidc }: KoaContextWithOIDC): Gates | undefined =>
  oidc.session?.accountId ? (oidc.entities.Account as unknown as Gates | undefined) : undefined;

/** Those whom a second factor concerns: they have proven their password alone. */
function byPasswordAlone(ctx: KoaContextWithOIDC): Gates | undefined {
  const gates = gatesOf(ctx);
  return gates?.status === 'active' && ctx.oidc.session?.acr !== ACR_MFA ? gates : undefined;
}

const isRequired = ({ req, oidc }: KoaContextWithOIDC): Promise<boolean> =>
  secondFactorRequired(scopeOf(req), oidc.session?.accountId as string);

/** He has a second factor and has not used it: a service or the caisse asks, or he signed in by a way that forgot it. */
const secondFactorMissing = new Check(
  'second_factor_missing',
  'a second factor is needed',
  'login_required',
  async (ctx: KoaContextWithOIDC) => {
    const since = byPasswordAlone(ctx)?.secondFactorSince ?? null;
    if (since === null) return false;
    const { params, session } = ctx.oidc;
    const signedInSince = (session?.loginTs ?? 0) * 1000 >= since;
    return signedInSince || askedFactor(params?.acr_values) !== 'no' || (await isRequired(ctx));
  },
);

/** He has none and must: he sets one up once he has typed his password. */
const secondFactorToSetUp = new Check(
  'second_factor_to_set_up',
  'a second factor must be set up',
  'login_required',
  async (ctx: KoaContextWithOIDC) => {
    if (byPasswordAlone(ctx)?.secondFactorSince !== null) return false;
    return askedFactor(ctx.oidc.params?.acr_values) === 'required' || (await isRequired(ctx));
  },
);

/** The caisse has closed its space for a time: its own people alone go on. */
const caisseClosed = new Check(
  'caisse_closed',
  'the caisse is closed',
  'temporarily_unavailable',
  (ctx: KoaContextWithOIDC) => {
    const gates = gatesOf(ctx);
    return gates !== undefined && isShutFor(ctx.req, gates);
  },
);

/** Signed in with what the letter brought: an address and a password of his own come first. */
const credentialsProvisional = new Check(
  'credentials_provisional',
  'the credentials of the letter must be replaced',
  'interaction_required',
  (ctx: KoaContextWithOIDC) => gatesOf(ctx)?.status === 'provisional',
);

const certificationDue = new Check(
  'certification_due',
  'the e-mail address must be certified again',
  'interaction_required',
  (ctx: KoaContextWithOIDC) => {
    const gates = gatesOf(ctx);
    if (gates?.status !== 'active') return false;
    const { caisse, now } = scopeOf(ctx.req);
    return isDue(gates.emailCertifiedAt, caisse.settings.certificationMonths, now());
  },
);

/** No site settled yet, or rights on it lost: a person must choose (or, with prompt=none, the service learns it). */
const siteMissing = new Check(
  'site_missing',
  'a declaring site must be selected',
  'interaction_required',
  ({ oidc }: KoaContextWithOIDC) => !oidc.entities.Grant || siteDetailOf(oidc.entities.Grant) === undefined,
);

/** A third party may have its person asked again; a service of the caisse has nothing to ask, whatever it requests. */
const consentRequested = new Check(
  'consent_prompt',
  'consent prompt was not resolved',
  'consent_required',
  ({ oidc }: KoaContextWithOIDC) =>
    oidc.client?.third_party === true && oidc.prompts.has('consent') && oidc.promptPending('consent'),
);

export function makePolicy(): interactionPolicy.DefaultPolicy {
  const policy = base();
  policy.get('login')?.checks.add(accountGone);
  policy.get('login')?.checks.add(sessionOver);
  policy.get('login')?.checks.add(secondFactorMissing);
  policy.get('login')?.checks.add(secondFactorToSetUp);
  const consent = policy.get('consent') as interactionPolicy.Prompt;
  consent.checks.remove('consent_prompt');
  consent.checks.add(consentRequested, 0);
  // The consent screen tells for which site; the grant that knows it is not saved before the consent.
  Object.assign(consent, {
    details: ({ oidc }: KoaContextWithOIDC) => ({
      site: oidc.entities.Grant && siteDetailOf(oidc.entities.Grant)?.siteId,
    }),
  });
  policy.add(
    new Prompt(
      { name: 'select_organization', requestable: true },
      ({ oidc }: KoaContextWithOIDC) => ({ siret_hint: oidc.params?.siret_hint }),
      siteMissing,
    ),
    1,
  );
  // A service sends its person to My account or to the rights of a site, who comes back to it by its button.
  policy.add(new Prompt({ name: 'manage_delegations', requestable: true }), 1);
  policy.add(new Prompt({ name: 'manage_account', requestable: true }), 1);
  policy.add(new Prompt({ name: 'certification' }, certificationDue), 1);
  policy.add(new Prompt({ name: 'provisional' }, credentialsProvisional), 1);
  policy.add(new Prompt({ name: 'closed' }, caisseClosed), 1);
  return policy;
}

/** What a service may send as `prompt`. */
export const requestablePrompts = (policy: interactionPolicy.DefaultPolicy): readonly string[] => [
  'none',
  ...policy.filter(({ requestable }) => requestable).map(({ name }) => name),
];
