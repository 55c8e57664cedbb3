/** The look of a caisse: two colours, seen before they are saved, and a logo, which is read whole before it is kept. */
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { contrastProblems, type Theme, themeCss } from '../../http/theme.ts';
import { Refusal } from '../../refusal.ts';
import { enterOffice, goToOffice, type Office, officeLocals } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { readLogo } from './logo-upload.ts';
import { changeStanding, readStanding, type Standing } from './settings-acts.ts';
import { MEANWHILE } from './settings-form.ts';
import { SECTION } from './settings-page.ts';

const COLOURS = `${SECTION}/couleurs`;
const LOGO = `${SECTION}/logo`;
const FRESH = 900;

const DONE: Readonly<Record<string, string>> = {
  couleurs: 'Les couleurs sont enregistrées.',
  logo: 'Le logo est enregistré.',
  'sans-logo': 'Le logo est retiré.',
};

export const lookRoutes: Routes = (router, web) => {
  router.get(COLOURS, async (ctx) => {
    const office = await enter(ctx, web);
    if (office)
      showColours(ctx, web, { office, standing: await readStanding(scopeFor(ctx)), notice: doneOn(ctx) });
  });
  router.post(COLOURS, (ctx) => takeColours(ctx, web));
  router.get(`${COLOURS}/apercu.css`, (ctx) => preview(ctx, web));
  router.get(LOGO, async (ctx) => {
    const office = await enter(ctx, web);
    if (office)
      showLogo(ctx, web, { office, standing: await readStanding(scopeFor(ctx)), notice: doneOn(ctx) });
  });
  router.post(LOGO, (ctx) => takeLogo(ctx, web));
};

const enter = (ctx: Context, web: Web) => enterOffice(ctx, web, { superviseur: true, maxAge: FRESH });

function doneOn(ctx: Context): Notice | null {
  const done = queryField(ctx, 'fait');
  const text = Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return text === undefined ? null : { kind: 'success', title: null, text };
}

type Shown = {
  readonly office: Office;
  readonly standing: Standing;
  readonly notice?: Notice | null;
  readonly errors?: readonly FieldError[];
  readonly status?: number;
};

const isColour = (text: string): boolean => /^#[0-9a-f]{6}$/i.test(text);

function showColours(
  ctx: Context,
  web: Web,
  {
    office,
    standing,
    notice = null,
    errors = [],
    status = 200,
    ...shown
  }: Shown & {
    readonly typed?: Theme;
    readonly previewed?: boolean;
  },
): void {
  const { typed = standing.settings.theme, previewed = false } = shown;
  const { basePath } = scopeFor(ctx).caisse;
  const query = new URLSearchParams({ principale: typed.primary, accent: typed.accent });
  const locals = {
    ...officeLocals(ctx, office, SECTION, notice),
    errors,
    trail: [{ label: 'Réglages', href: basePath + SECTION }],
    action: basePath + COLOURS,
    seen: standing.version,
    colours: typed,
    previewHref: previewed ? `${basePath}${COLOURS}/apercu.css?${query}` : null,
  };
  web.send(ctx, 'office/colours', locals, { status });
}

async function takeColours(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web);
  if (!office) return;
  const scope = scopeFor(ctx);
  const standing = await readStanding(scope);
  const typed = { primary: field(ctx, 'principale').trim(), accent: field(ctx, 'accent').trim() };
  const errors = faultsOf(typed);
  if (errors.length > 0) return showColours(ctx, web, { office, standing, typed, errors, status: 422 });
  if (field(ctx, 'etape') !== 'enregistrer') {
    return showColours(ctx, web, { office, standing, typed, previewed: true });
  }
  const change = { settings: { theme: typed } };
  const saved = await changeStanding(scope, change, { actorId: office.account.id, seen: field(ctx, 'vu') });
  if (saved) return goToOffice(ctx, COLOURS, 'couleurs');
  showColours(ctx, web, { office, standing: await readStanding(scope), notice: MEANWHILE, status: 409 });
}

function faultsOf(theme: Theme): FieldError[] {
  const fields = { primary: 'principale', accent: 'accent' } as const;
  const wrong = (['primary', 'accent'] as const).filter((colour) => !isColour(theme[colour]));
  if (wrong.length > 0) {
    return wrong.map((colour) => ({
      field: fields[colour],
      message: 'Donnez une couleur par son code\u00a0: «\u00a0#\u00a0» et six chiffres ou lettres de a à f.',
    }));
  }
  // One sentence a colour: the worse of its contrasts.
  const worst = new Map(
    [...contrastProblems(theme)]
      .sort((one, other) => other.ratio - one.ratio)
      .map((one) => [one.colour, one]),
  );
  return [...worst.values()].map(({ colour, ratio, required }) => ({
    field: fields[colour],
    message: `Cette couleur se lirait mal\u00a0: son contraste est de ${told(ratio)}, il en faut ${told(required)}. Prenez-en une plus foncée.`,
  }));
}

/** Cut, not rounded: 4,49 is not enough and must not be told as 4,5. */
const told = (ratio: number): string =>
  (Math.floor(ratio * 10) / 10).toLocaleString('fr-FR', { maximumFractionDigits: 1 });

/** The stylesheet of colours that nobody has saved, for the page that shows them. */
async function preview(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web);
  if (!office) return;
  const theme = { primary: queryField(ctx, 'principale'), accent: queryField(ctx, 'accent') };
  if (!isColour(theme.primary) || !isColour(theme.accent)) throw new Refusal('not_found');
  ctx.set('Cache-Control', 'no-store');
  ctx.type = 'css';
  ctx.body = themeCss(theme);
}

function showLogo(ctx: Context, web: Web, shown: Shown): void {
  const { office, standing, notice = null, errors = [], status = 200 } = shown;
  const { basePath } = scopeFor(ctx).caisse;
  const locals = {
    ...officeLocals(ctx, office, SECTION, notice),
    errors,
    trail: [{ label: 'Réglages', href: basePath + SECTION }],
    action: basePath + LOGO,
    seen: standing.version,
    logoHref: standing.settings.logo === null ? null : `${basePath}/logo?a=${standing.version}`,
  };
  web.send(ctx, 'office/logo', locals, { status });
}

async function takeLogo(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web);
  if (!office) return;
  const scope = scopeFor(ctx);
  const read = await readLogo(ctx);
  const standing = await readStanding(scope);
  if ('reason' in read) {
    const errors = [{ field: 'logo', message: read.reason }];
    return showLogo(ctx, web, { office, standing, errors, status: 422 });
  }
  const change = { settings: { logo: read.logo } };
  const saved = await changeStanding(scope, change, { actorId: office.account.id, seen: field(ctx, 'vu') });
  if (saved) return goToOffice(ctx, LOGO, read.logo === null ? 'sans-logo' : 'logo');
  showLogo(ctx, web, { office, standing: await readStanding(scope), notice: MEANWHILE, status: 409 });
}
