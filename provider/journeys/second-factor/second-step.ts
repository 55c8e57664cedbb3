/** The second half of a sign-in: who owes it, and its end. The session begins after it, never before. */
import type { Context } from 'koa';
import { seeOther } from '../../http/redirect.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { pathOf } from '../dispatch.ts';
import { type FirstStep, finish, type Interaction, pending } from '../interaction.ts';
import { scopeFor, type Web } from '../web.ts';

/** Longer after the password, it is asked again. */
const FIRST_STEP_LASTS = 10 * 60_000;

export type Owing = { readonly interaction: Interaction; readonly step: FirstStep };

export function leadTo(ctx: Context, path: string): void {
  seeOther(ctx, scopeFor(ctx).caisse.basePath + path);
}

/**
 * Who typed his password for this request a short while ago, or is signed in and lacks the second factor alone; else
 * leads to the password, and returns null.
 */
export async function owing(ctx: Context, web: Web): Promise<Owing | null> {
  const interaction = await pending(ctx, web.interactions, 'login');
  if (!interaction) return null;
  const { firstStep, accountId, reasons } = interaction;
  const now = scopeFor(ctx).now();
  if (firstStep && now - firstStep.at <= FIRST_STEP_LASTS) return { interaction, step: firstStep };
  if (reasons.every((reason) => reason === 'second_factor_missing')) {
    const session = await web.interactions.session(ctx);
    if (session && session.accountId === accountId) {
      return { interaction, step: { accountId: session.accountId, at: now, proven: false } };
    }
  }
  leadTo(ctx, `${pathOf('login', interaction.uid)}?mot-de-passe`);
  return null;
}

export const signedIn = (ctx: Context, web: Web, { accountId, at }: FirstStep): Promise<void> =>
  finish(ctx, web.interactions, { kind: 'signed_in', accountId, methods: ['pwd', 'otp'], at });

export type Shown = {
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};
