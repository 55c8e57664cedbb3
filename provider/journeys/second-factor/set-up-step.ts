/** Setting up a second factor after the password, where a service or the caisse wants one. */
import type { Context } from 'koa';
import { field } from '../../http/forms.ts';
import { findAccount } from '../../store/accounts.ts';
import { appendAudit } from '../../store/audit.ts';
import { lookOf } from '../../tenant/look.ts';
import { pathOf, secondStepPathOf } from '../dispatch.ts';
import { formTargets, type Interaction } from '../interaction.ts';
import { tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import { confirmSetUp, proposedSecret } from './change.ts';
import { leadTo, type Owing, owing, type Shown, signedIn } from './second-step.ts';
import { CODE_MISSING, CODE_REFUSED, shownSetUp } from './show-set-up.ts';

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
      requiredBy: interaction.askedFactor === 'required' && !interaction.ownScreens ? 'service' : 'caisse',
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
