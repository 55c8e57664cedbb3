/**
 * The gates between a request and its tokens, as prompts of the interaction policy: login → select_organization →
 * consent (third parties). A gate is a Check here and nowhere else, so that no route goes round it.
 */
import { interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider';
import { siteDetailOf } from './grants.ts';
import { isOver } from './sessions.ts';

const { Check, Prompt, base } = interactionPolicy;

export type PromptName = 'login' | 'manage_account' | 'select_organization' | 'consent';

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
  // A service sends its person to My account, who comes back to it by its button.
  policy.add(new Prompt({ name: 'manage_account', requestable: true }), 1);
  return policy;
}
