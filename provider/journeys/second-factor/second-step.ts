/** The second half of a sign-in: who owes it, and the screens that ask it. The session begins after it, never before. */
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { findAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { findSecondFactor } from '../../store/second-factors.ts';
import { lookOf } from '../../tenant/look.ts';
import { pathOf, secondStepPathOf } from '../dispatch.ts';
import { type FirstStep, finish, formTargets, type Interaction, pending } from '../interaction.ts';
import { tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import { confirmSetUp, proposedSecret } from './change.ts';
import { proveSecondFactor } from './prove.ts';
import { CODE_MISSING, CODE_REFUSED, shownSetUp } from './show-set-up.ts';

/** Longer after the password, it is asked again. */
const FIRST_STEP_LASTS = 10 * 60_000;

type Owing = { readonly interaction: Interaction; readonly step: FirstStep };

function leadTo(ctx: Context, path: string): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.status = 303;
  ctx.redirect(scopeFor(ctx).caisse.basePath + path);
}

/**
 * Who typed his password for this request a short while ago, or is signed in and lacks the second factor alone; else
 * leads to the password, and returns null.
 */
async function owing(ctx: Context, web: Web): Promise<Owing | null> {
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

const signedIn = (ctx: Context, web: Web, { accountId, at }: FirstStep): Promise<void> =>
  finish(ctx, web.interactions, { kind: 'signed_in', accountId, methods: ['pwd', 'otp'], at });

export async function askCode(ctx: Context, web: Web): Promise<void> {
  const owed = await owing(ctx, web);
  if (!owed) return;
  const factor = await findSecondFactor(scopeFor(ctx).store, owed.step.accountId);
  if (!factor || factor.confirmedAt === null) {
    return leadTo(ctx, secondStepPathOf('set_up', owed.interaction.uid));
  }
  showCode(ctx, web, owed.interaction);
}

export async function takeCode(ctx: Context, web: Web): Promise<void> {
  const owed = await owing(ctx, web);
  if (!owed) return;
  const { interaction, step } = owed;
  const scope = scopeFor(ctx);
  const typed = field(ctx, 'code').slice(0, 64);
  const by = wayOf(ctx);
  if (typed.trim() === '') {
    return showCode(ctx, web, interaction, { errors: [by === 'recovery' ? RECOVERY_MISSING : CODE_MISSING] });
  }
  const proof = await proveSecondFactor(scope, {
    accountId: step.accountId,
    typed,
    allow: (inside) =>
      appendAudit(inside, {
        kind: 'signed_in',
        at: scope.now(),
        actorId: step.accountId,
        clientId: interaction.clientId,
        address: scope.address,
        requestId: scope.requestId,
        facts: { second_factor: true },
      }),
  });
  if (proof.kind === 'proven') return signedIn(ctx, web, step);
  if (proof.kind === 'refused') {
    return showCode(ctx, web, interaction, { errors: [by === 'recovery' ? RECOVERY_REFUSED : CODE_REFUSED] });
  }
  ctx.set('Retry-After', String(proof.seconds));
  showCode(ctx, web, interaction, { status: 429, notice: tooManyTries(proof.seconds) });
}

const RECOVERY_MISSING: FieldError = { field: 'code', message: 'Saisissez un code de secours.' };
const RECOVERY_REFUSED: FieldError = {
  field: 'code',
  message:
    'Ce code de secours n’est pas valable. Vérifiez votre saisie, ou prenez-en un qui n’a pas encore servi.',
};

const wayOf = (ctx: Context): 'application' | 'recovery' =>
  queryField(ctx, 'par') === 'secours' ? 'recovery' : 'application';

type Shown = {
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

function showCode(ctx: Context, web: Web, interaction: Interaction, shown: Shown = {}): void {
  const { errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const { caisse } = scopeFor(ctx);
  const path = caisse.basePath + secondStepPathOf('code', interaction.uid);
  const by = wayOf(ctx);
  const other =
    by === 'recovery'
      ? { label: 'Utiliser mon application', href: path }
      : {
          label: 'Je n’ai plus mon application\u00a0: utiliser un code de secours',
          href: `${path}?par=secours`,
        };
  web.send(
    ctx,
    'second-factor/code',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors,
      notice,
      by,
      action: by === 'recovery' ? `${path}?par=secours` : path,
      other,
      restart: {
        label: 'Me connecter avec un autre compte',
        href: `${caisse.basePath}${pathOf('login', interaction.uid)}?mot-de-passe`,
      },
    },
    { status, formTargets: formTargets(interaction) },
  );
}

export async function askSetUp(ctx: Context, web: Web): Promise<void> {
  const owed = await owing(ctx, web);
  if (!owed) return;
  if (owed.step.proven) return showCodes(ctx, web, owed.interaction, []);
  await showSetUp(ctx, web, owed);
}

export async function takeSetUp(ctx: Context, web: Web): Promise<void> {
  const owed = await owing(ctx, web);
  if (!owed) return;
  const scope = scopeFor(ctx);
  const { interaction, step } = owed;
  const typed = field(ctx, 'code').slice(0, 64);
  if (typed.trim() === '') return showSetUp(ctx, web, owed, { errors: [CODE_MISSING] });
  const done = await confirmSetUp(scope, step.accountId, typed);
  if (done.kind === 'refused') return showSetUp(ctx, web, owed, { errors: [CODE_REFUSED] });
  if (done.kind === 'throttled') {
    ctx.set('Retry-After', String(done.seconds));
    return showSetUp(ctx, web, owed, { status: 429, notice: tooManyTries(done.seconds) });
  }
  await web.interactions.keepFirstStep(ctx, { ...step, proven: true });
  showCodes(ctx, web, interaction, done.codes);
}

/** Without codes for who comes back to the page: they are shown once, and My account makes new ones. */
function showCodes(ctx: Context, web: Web, interaction: Interaction, codes: readonly string[]): void {
  const { caisse } = scopeFor(ctx);
  web.send(
    ctx,
    'second-factor/codes',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors: [],
      codes,
      next: null,
      action: `${caisse.basePath}${secondStepPathOf('set_up', interaction.uid)}/terminer`,
    },
    { formTargets: formTargets(interaction) },
  );
}

export async function endSetUp(ctx: Context, web: Web): Promise<void> {
  const owed = await owing(ctx, web);
  if (!owed) return;
  const { interaction, step } = owed;
  if (!step.proven) return leadTo(ctx, secondStepPathOf('set_up', interaction.uid));
  const { store, address, requestId, now } = scopeFor(ctx);
  await appendAudit(store, {
    kind: 'signed_in',
    at: now(),
    actorId: step.accountId,
    clientId: interaction.clientId,
    address,
    requestId,
    facts: { second_factor: true },
  });
  await signedIn(ctx, web, step);
}

async function showSetUp(
  ctx: Context,
  web: Web,
  { interaction, step }: Owing,
  shown: Shown = {},
): Promise<void> {
  const { errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const scope = scopeFor(ctx);
  const { caisse, store } = scope;
  const [account, secret] = [
    await findAccount(store, step.accountId),
    await proposedSecret(scope, step.accountId),
  ];
  // Set up meanwhile, in another tab.
  if (!account || secret === null) return leadTo(ctx, secondStepPathOf('code', interaction.uid));
  const login = pathOf('login', interaction.uid);
  web.send(
    ctx,
    'second-factor/set-up',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors,
      notice,
      requiredBy: interaction.askedFactor === 'required' ? 'service' : 'caisse',
      setUp: {
        ...shownSetUp(caisse, account.email, secret),
        action: caisse.basePath + secondStepPathOf('set_up', interaction.uid),
        cancel: {
          label: 'Me connecter avec un autre compte',
          href: `${caisse.basePath}${login}?mot-de-passe`,
        },
      },
    },
    { status, formTargets: formTargets(interaction) },
  );
}
