/** Draws a refusal or a fault for whoever asked: a page for people, a code for machines; the caisse's look if there is one. */
import type { Context } from 'koa';
import { type ErrorText, FAULT_TEXT, retryAfter, textOf } from '../http/errors.ts';
import type { SendPage } from '../http/page.ts';
import type { Link } from '../http/screens.ts';
import type { Refusal } from '../refusal.ts';
import { lookOf } from '../tenant/look.ts';
import { findScope } from '../tenant/scope.ts';

export type Shown = {
  /** null: a fault of ours. */
  readonly refusal: Refusal | null;
  /** Another status than the refusal's own, when the protocol has one. */
  readonly status?: number | undefined;
  readonly requestId: string;
  readonly nextStep: Link | null;
};

export function showError(ctx: Context, send: SendPage, shown: Shown): void {
  const { refusal, requestId, nextStep } = shown;
  const told: ErrorText = refusal ? textOf(refusal.code) : FAULT_TEXT;
  const status = shown.status ?? told.status;
  const seconds = refusal && retryAfter(refusal);
  if (seconds !== null) ctx.set('Retry-After', String(seconds));
  // Browsers name HTML; whoever takes anything is a machine, as at the protocol library's endpoints.
  if (ctx.accepts('json', 'html') !== 'html') {
    ctx.status = status;
    ctx.set('Cache-Control', 'no-store');
    ctx.body = { error: refusal?.code ?? 'server_error', request_id: requestId };
    return;
  }
  const caisse = findScope(ctx.req)?.caisse;
  const common = {
    look: caisse ? lookOf(caisse) : null,
    service: null,
    errors: [],
    correlationId: requestId,
  };
  if (refusal?.code === 'caisse_unknown') send(ctx, 'error/caisse-unknown', common, { status });
  else send(ctx, 'error/page', { ...common, ...told, status, nextStep }, { status });
}
