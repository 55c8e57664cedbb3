/**
 * What every act of the caisse's people has in common: a page that says what will happen and asks for what it needs, a
 * reason where it is sensitive, a sign-in of late, then the act itself. Owns the page and what it asks; each act is its own.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { ImpactShown } from '../../http/screens-closing.ts';
import type { ActField, OfficeFact } from '../../http/screens-office-adherent.ts';
import { enterOffice, goToOffice, type Office, officeLocals } from '../office-place.ts';
import { scopeFor, type Web } from '../web.ts';

export type ActWords = {
  /** Path of the section that the page belongs to. */
  readonly section: string;
  readonly trail: readonly { readonly label: string; readonly path: string }[];
  readonly title: string;
  /** What happens, the first sentence larger. */
  readonly lead: readonly string[];
  readonly facts?: readonly OfficeFact[];
  readonly impact?: ImpactShown | null;
  readonly fields?: readonly ActField[];
  readonly carried?: readonly { readonly name: string; readonly value: string }[];
  /** What the page showed: whoever acts on something else is told so. */
  readonly seen?: string;
  readonly button: string;
};

/** Who acts, why, and on what he saw. */
export type Acting = {
  readonly office: Office;
  /** '' where none is asked. */
  readonly reason: string;
  readonly seen: string;
  /** A field of the form, as typed. */
  readonly typed: (name: string) => string;
};

export type Outcome =
  | { readonly kind: 'done'; readonly path: string; readonly done: string }
  | {
      readonly kind: 'refused';
      readonly errors?: readonly FieldError[];
      readonly notice?: Notice;
      readonly status?: number;
    }
  /** Shows another page first, which brings all of it again: its form carries `confirme`. */
  | { readonly kind: 'recap'; readonly words: ActWords };

export type OfficeAct<S> = {
  readonly path: string;
  /** No reason, and no recent sign-in: what anybody may undo. */
  readonly plain?: boolean;
  readonly superviseur?: boolean;
  /** @throws Refusal `not_found` for what this caisse does not know. */
  readonly load: (ctx: Context, office: Office) => Promise<S>;
  /** `typed`: a field as it was sent, '' at first. */
  readonly words: (
    ctx: Context,
    subject: S,
    typed: (name: string) => string,
    office: Office,
  ) => ActWords | Promise<ActWords>;
  /** What is wrong with the fields as they stand, told together with a missing reason: nobody corrects a form twice. */
  readonly faults?: (typed: (name: string) => string) => readonly FieldError[];
  readonly perform: (ctx: Context, subject: S, acting: Acting) => Promise<Outcome>;
};

/** Seconds: a page that was left open is nobody's word any more. */
const FRESH = 300;
const MOST_REASON = 500;
const LEAST_REASON = 5;

export function actRoutes<S>(router: Router, web: Web, act: OfficeAct<S>): void {
  const enter = (ctx: Context) =>
    enterOffice(ctx, web, { superviseur: act.superviseur ?? false, ...(act.plain ? {} : { maxAge: FRESH }) });
  router.get(act.path, async (ctx) => {
    const office = await enter(ctx);
    if (!office) return;
    const subject = await act.load(ctx, office);
    const words = await act.words(ctx, subject, () => '', office);
    send(ctx, web, { act, office, words, reason: '' });
  });
  router.post(act.path, async (ctx) => {
    const office = await enter(ctx);
    if (office) await submit(ctx, web, act, office);
  });
}

async function submit<S>(ctx: Context, web: Web, act: OfficeAct<S>, office: Office): Promise<void> {
  const subject = await act.load(ctx, office);
  const typed = (name: string) => field(ctx, name).trim().slice(0, MOST_REASON);
  const reason = act.plain ? '' : typed('motif');
  const wrong = [...(act.faults?.(typed) ?? []), ...errorOfReason(act, reason)];
  const acting = { office, reason, seen: field(ctx, 'vu'), typed };
  const outcome: Outcome =
    wrong.length > 0 ? { kind: 'refused', errors: wrong } : await act.perform(ctx, subject, acting);
  if (outcome.kind === 'done') return goToOffice(ctx, outcome.path, outcome.done);
  if (outcome.kind === 'recap') {
    const carried = [...(outcome.words.carried ?? []), { name: 'confirme', value: 'oui' }];
    const words = { ...outcome.words, carried: [...carried, { name: 'motif', value: reason }] };
    return send(ctx, web, { act, office, words, reason: null });
  }
  const words = await act.words(ctx, subject, typed, office);
  const { errors = [], notice = null, status = notice ? 429 : 422 } = outcome;
  send(ctx, web, { act, office, words, reason, errors, notice, status });
}

function errorOfReason<S>({ plain }: OfficeAct<S>, reason: string): FieldError[] {
  if (plain || reason.length >= LEAST_REASON) return [];
  return [{ field: 'motif', message: 'Donnez le motif, en quelques mots.' }];
}

type Sent<S> = {
  readonly act: OfficeAct<S>;
  readonly office: Office;
  readonly words: ActWords;
  readonly reason: string | null;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

function send<S>(ctx: Context, web: Web, sent: Sent<S>): void {
  const { act, office, words, reason, errors = [], notice = null, status = 200 } = sent;
  const { basePath } = scopeFor(ctx).caisse;
  const trail = words.trail.map(({ label, path }) => ({ label, href: basePath + path }));
  const locals = {
    ...officeLocals(ctx, office, words.section, notice),
    errors,
    trail,
    title: words.title,
    lead: words.lead,
    facts: words.facts ?? [],
    impact: words.impact ?? null,
    fields: words.fields ?? [],
    reason: act.plain ? null : reason,
    carried: words.carried ?? [],
    action: basePath + ctx.path,
    seen: words.seen ?? '',
    button: words.button,
    cancelHref: trail.at(-1)?.href ?? basePath,
  };
  web.send(ctx, 'office/act', locals, { status });
}
