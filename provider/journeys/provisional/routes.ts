/** The gate of a first sign-in by letter: an address and a password of one's own, before anything else. */
import type { Context } from 'koa';
import { emailKey, parseEmail } from '../../domain/email.ts';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { type Account, findAccount } from '../../store/accounts.ts';
import { findProvisionalOf } from '../../store/provisional.ts';
import { lookOf } from '../../tenant/look.ts';
import type { Scope } from '../../tenant/scope.ts';
import { pathOf } from '../dispatch.ts';
import { formTargets, type Interaction, pending } from '../interaction.ts';
import { tooManyTries } from '../limits.ts';
import { newPasswordErrors, passwordHint } from '../new-password.ts';
import { tell } from '../told.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { countMail, keepChoice } from './choose-credentials.ts';

export const provisionalRoutes: Routes = (router, web) => {
  router.get('/identifiants/:uid', async (ctx) => {
    const entered = await enter(ctx, web);
    if (entered) show(ctx, web, { ...entered, values: { email: '', emailConfirmation: '' } });
  });
  router.post('/identifiants/:uid', (ctx) => submit(ctx, web));
};

type Entered = { readonly interaction: Interaction; readonly account: Account };

async function enter(ctx: Context, web: Web): Promise<Entered | null> {
  const interaction = await pending(ctx, web.interactions, 'provisional');
  if (!interaction) return null;
  const account =
    interaction.accountId === null
      ? undefined
      : await findAccount(scopeFor(ctx).store, interaction.accountId);
  // Opened meanwhile, from the mail: the next sign-in is by address.
  if (account?.status !== 'provisional') throw new Refusal('interaction_expired');
  return { interaction, account };
}

type Form = {
  readonly email: string;
  readonly emailConfirmation: string;
  readonly password: string;
  readonly passwordConfirmation: string;
};

async function submit(ctx: Context, web: Web): Promise<void> {
  const entered = await enter(ctx, web);
  if (!entered) return;
  const scope = scopeFor(ctx);
  const { account } = entered;
  const form: Form = {
    email: field(ctx, 'email').trim().slice(0, 320),
    emailConfirmation: field(ctx, 'email_confirmation').trim().slice(0, 320),
    password: field(ctx, 'password'),
    passwordConfirmation: field(ctx, 'password_confirmation'),
  };
  const values = { email: form.email, emailConfirmation: form.emailConfirmation };
  const provisional = await findProvisionalOf(scope.store, account.id);
  const errors = errorsOf(scope, form, account, provisional?.login ?? '');
  if (errors.length > 0) return show(ctx, web, { ...entered, values, errors });
  const seconds = await countMail(scope, account.id, form.email);
  if (seconds > 0) {
    ctx.set('Retry-After', String(seconds));
    return show(ctx, web, { ...entered, values, status: 429, notice: tooManyTries(seconds) });
  }
  if (await scope.passwords.verify(provisional?.passwordHash ?? null, form.password)) {
    return show(ctx, web, { ...entered, values, errors: [SAME_PASSWORD] });
  }
  const email = parseEmail(form.email) as string;
  const passwordHash = await scope.passwords.hash(form.password);
  await keepChoice(scope, { accountId: account.id, email, passwordHash });
  tell(ctx, web, {
    title: 'Un message vous attend',
    kind: 'sent',
    paragraphs: [
      `Nous venons d’écrire à ${email}. Ouvrez ce message et le lien qu’il contient\u00a0: votre espace sera ouvert, et vous vous connecterez avec cette adresse.`,
      'Rien ne vient\u00a0? Regardez parmi les courriers indésirables. Si l’adresse est fausse, revenez à la page précédente ou reconnectez-vous avec les identifiants du courrier, et corrigez-la.',
    ],
  });
}

const SAME_PASSWORD: FieldError = {
  field: 'password',
  message: 'Choisissez un mot de passe différent de celui du courrier.',
};

function errorsOf(scope: Scope, form: Form, account: Account, login: string): FieldError[] {
  const errors = emailErrors(form);
  if (form.password === '') return [...errors, { field: 'password', message: 'Choisissez un mot de passe.' }];
  const known = [form.email, account.givenName, account.familyName, login];
  errors.push(
    ...newPasswordErrors({ caisse: scope.caisse, password: form.password, known, field: 'password' }),
  );
  if (form.passwordConfirmation !== form.password) {
    errors.push({
      field: 'password_confirmation',
      message: 'Saisissez deux fois le même mot de passe.',
    });
  }
  return errors;
}

function emailErrors({ email, emailConfirmation }: Form): FieldError[] {
  if (email === '') return [{ field: 'email', message: 'Saisissez votre adresse électronique.' }];
  if (parseEmail(email) === null) {
    return [
      { field: 'email', message: 'Saisissez une adresse complète, par exemple prenom.nom@entreprise.fr.' },
    ];
  }
  if (emailKey(email) === emailKey(emailConfirmation)) return [];
  return [{ field: 'email_confirmation', message: 'Saisissez deux fois la même adresse électronique.' }];
}

type Shown = Entered & {
  readonly values: { readonly email: string; readonly emailConfirmation: string };
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

function show(ctx: Context, web: Web, shown: Shown): void {
  const { interaction, account, values, errors = [], notice = null } = shown;
  const { caisse } = scopeFor(ctx);
  web.send(
    ctx,
    'provisional/form',
    {
      look: lookOf(caisse),
      service: interaction.service,
      errors,
      notice,
      name: `${account.givenName} ${account.familyName}`,
      action: caisse.basePath + pathOf('provisional', interaction.uid),
      values,
      passwordHint: passwordHint(caisse.settings.passwordRule),
    },
    { status: shown.status ?? (errors.length > 0 ? 422 : 200), formTargets: formTargets(interaction) },
  );
}
