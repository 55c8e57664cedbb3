/** The code that is asked after the password. */
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError } from '../../http/screens.ts';
import { appendAudit } from '../../store/audit.ts';
import { findSecondFactor } from '../../store/second-factors.ts';
import { lookOf } from '../../tenant/look.ts';
import { pathOf, secondStepPathOf } from '../dispatch.ts';
import { formTargets, type Interaction } from '../interaction.ts';
import { tooManyTries } from '../limits.ts';
import { scopeFor, type Web } from '../web.ts';
import { proveSecondFactor } from './prove.ts';
import { leadTo, owing, type Shown, signedIn } from './second-step.ts';
import { CODE_MISSING, CODE_REFUSED } from './show-set-up.ts';

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
