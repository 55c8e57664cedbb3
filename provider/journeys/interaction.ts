/**
 * What a journey knows of the request that started it, and how it ends. A step never leads to another journey: it
 * finishes, and the interaction policy decides what is next.
 */
import type { Context } from 'koa';
import type { Instant } from '../domain/instant.ts';
import type { AskedFactor } from '../domain/second-factor.ts';
import { cspSource } from '../http/page.ts';
import { seeOther } from '../http/redirect.ts';
import type { RequestingService } from '../http/screens.ts';
import { Refusal } from '../refusal.ts';
import type { EndedSession } from '../store/sessions.ts';
import type { PromptName } from './dispatch.ts';

export type Interaction = {
  readonly uid: string;
  readonly prompt: PromptName;
  /** Why the policy asks, in its own words. */
  readonly reasons: readonly string[];
  /** Who is signed in already; null before the sign-in. */
  readonly accountId: string | null;
  readonly clientId: string;
  readonly service: RequestingService;
  /** Addresses that the redirects may lead to once the interaction ends. */
  readonly redirectUris: readonly string[];
  readonly scopes: readonly string[];
  readonly siretHint: string | null;
  readonly loginHint: string | null;
  /** The site of the grant in the making, when it is settled. */
  readonly siteId: string | null;
  /** Pages of the caisse's own are asked for, by no service: My account, rights, back office. */
  readonly ownScreens: boolean;
  /** Whether the service asks for a second factor. */
  readonly askedFactor: AskedFactor;
  /** Who has typed his password here and owes the second step; nobody is signed in by that. */
  readonly firstStep: FirstStep | null;
};

/** Kept with the interaction, so that it serves this request of this browser and nothing else. */
export type FirstStep = {
  readonly accountId: string;
  /** The moment before the password was looked at. */
  readonly at: Instant;
  /** The second factor was set up and proven: what is left is to note the recovery codes. */
  readonly proven: boolean;
};

export type InteractionResult =
  | {
      readonly kind: 'signed_in';
      readonly accountId: string;
      readonly methods: readonly ('pwd' | 'otp')[];
      /** The moment before the credentials were looked at: a change of them since then ends what begins here. */
      readonly at?: Instant;
    }
  /** Nothing is claimed: the policy looks again. */
  | { readonly kind: 'looked_after' }
  | { readonly kind: 'account_managed' }
  | { readonly kind: 'delegations_managed' }
  | { readonly kind: 'site_chosen'; readonly siteId: string }
  | { readonly kind: 'consent_given' }
  | { readonly kind: 'refused' };

export type SignedIn = {
  readonly accountId: string;
  /** The session's stable name; not its cookie. */
  readonly uid: string;
  readonly signedInAt: Instant;
  /** Signed in with one, and not by the password alone. */
  readonly secondFactor: boolean;
};

export type Demands = {
  /** Seconds within which he must have signed in; older, the password is asked again. */
  readonly maxAge?: number | undefined;
  /** Asked for, and set up when he has none. */
  readonly secondFactor?: boolean | undefined;
};

export type HowToSignIn = Pick<Demands, 'secondFactor'> & {
  /** The password is asked although he is signed in. */
  readonly again?: boolean | undefined;
};

export type Sender = Pick<Interaction, 'service' | 'redirectUris'> & {
  readonly prompt: Extract<PromptName, 'manage_account' | 'manage_delegations'>;
};

/** Implemented beside the protocol library; journeys know nothing of it. */
export type Interactions = {
  /** null when there is none (any more) for this browser and address. */
  readonly load: (ctx: Context) => Promise<Interaction | null>;
  /**
   * Who sent this session's person to the screens of rights or to My account, whichever of them he is on; null: nobody,
   * or too long ago.
   */
  readonly sender: (ctx: Context, uid: string) => Promise<Sender | null>;
  /** @returns the address to redirect to. */
  readonly finish: (ctx: Context, result: InteractionResult) => Promise<string>;
  readonly keepFirstStep: (ctx: Context, step: FirstStep) => Promise<void>;
  readonly defaultService: (ctx: Context) => { readonly name: string; readonly href: string } | null;
  /** Who is signed in here, outside any interaction; null also for a session whose account or password is gone. */
  readonly session: (ctx: Context) => Promise<SignedIn | null>;
  /** This browser's session begins anew: the password was typed again, and a change of it has ended all others. */
  readonly renewSession: (ctx: Context) => Promise<void>;
  /** Tells services, by back channel, that these sessions are over. After the commit; never fails. */
  readonly tellServices: (ctx: Context, accountId: string, ended: readonly EndedSession[]) => Promise<void>;
  /** Address that signs a person in (through every gate) and brings him back to a path of this issuer. */
  readonly signInFirst: (ctx: Context, path: string, how?: HowToSignIn) => string;
};

/** The person signed in as `demands` want it; else leads to the sign-in and back, and returns null. */
export async function signedIn(
  ctx: Context,
  interactions: Interactions,
  { path, now, ...demands }: Demands & { readonly path: string; readonly now: Instant },
): Promise<SignedIn | null> {
  const session = await interactions.session(ctx);
  const again = session !== null && isTooOld(session, demands, now);
  if (session && !again && (session.secondFactor || !demands.secondFactor)) return session;
  seeOther(ctx, interactions.signInFirst(ctx, path, { again, secondFactor: demands.secondFactor }));
  return null;
}

// Decided here alone: were the library to compute the age as well, the two could disagree for a second, in a circle.
const isTooOld = ({ signedInAt }: SignedIn, { maxAge }: Demands, now: Instant): boolean =>
  maxAge !== undefined && now - signedInAt > maxAge * 1000;

/** The interaction of this screen; else leads on (GET) or says that the page has expired (POST), and returns null. */
export async function pending(
  ctx: Context,
  interactions: Interactions,
  prompt: PromptName,
): Promise<Interaction | null> {
  const interaction = await interactions.load(ctx);
  if (interaction?.prompt === prompt && interaction.uid === ctx.params.uid) return interaction;
  leadOn(ctx, interactions);
  return null;
}

/** Whoever comes with nothing under way (a bookmark, an old mail, an expired page) goes on to the default service. */
export function leadOn(ctx: Context, interactions: Interactions): void {
  const service = interactions.defaultService(ctx);
  if (!service || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) throw new Refusal('interaction_expired');
  seeOther(ctx, service.href);
}

export async function finish(
  ctx: Context,
  interactions: Interactions,
  result: InteractionResult,
): Promise<void> {
  const location = await interactions.finish(ctx, result);
  seeOther(ctx, location);
}

export const formTargets = ({ redirectUris }: Pick<Interaction, 'redirectUris'>): string[] =>
  redirectUris.map(cspSource);
