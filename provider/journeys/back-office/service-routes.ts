/** The services of the caisse, kept by its supervisors: registered, changed, given secrets, removed. */
import { createHash } from 'node:crypto';
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { type ClientRow, listClients } from '../../store/caisses.ts';
import { findService } from '../../store/services.ts';
import { enterOffice, goToOffice, type Office, officeLocals } from '../office-place.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { changeService, endService, registerService, renewSecret, versionOf } from './service-acts.ts';
import { isConfidential, serviceFields } from './service-form.ts';
import { readService } from './service-read.ts';
import { fieldOfRefusal } from './service-refusal.ts';

const SECTION = '/gestion/services';

/** Seconds: a form that changes who may sign people in is opened just after a sign-in, and has time to be filled in. */
const TO_OPEN = 300;
const TO_SEND = 1_800;

const DONE: Readonly<Record<string, string>> = {
  enregistre: 'Le service est enregistré.',
  modifie: 'Le service est modifié.',
  retire: 'Le service est retiré\u00a0: tout ce qui lui avait été donné est terminé.',
};

const MEANWHILE: Notice = {
  kind: 'warning',
  title: 'Modifié entre-temps',
  text: 'Quelqu’un d’autre vient de modifier ce service. Rien n’a été changé par vous\u00a0: voici où il en est.',
};

export const serviceRoutes: Routes = (router, web) => {
  router.get(SECTION, (ctx) => showServices(ctx, web));
  router.get(`${SECTION}/nouveau`, async (ctx) => {
    const office = await enter(ctx, web, TO_OPEN);
    if (office) showForm(ctx, web, { office, service: null });
  });
  router.post(`${SECTION}/nouveau`, (ctx) => register(ctx, web));
  router.get(`${SECTION}/:id`, async (ctx) => {
    const office = await enter(ctx, web, TO_OPEN);
    if (office) showForm(ctx, web, { office, service: await serviceOf(ctx) });
  });
  router.post(`${SECTION}/:id`, (ctx) => change(ctx, web));
  router.get(`${SECTION}/:id/secret`, (ctx) => confirmAct(ctx, web, 'secret'));
  router.post(`${SECTION}/:id/secret`, (ctx) => renew(ctx, web));
  router.get(`${SECTION}/:id/retirer`, (ctx) => confirmAct(ctx, web, 'retirer'));
  router.post(`${SECTION}/:id/retirer`, (ctx) => remove(ctx, web));
};

const enter = (ctx: Context, web: Web, maxAge: number) =>
  enterOffice(ctx, web, { superviseur: true, maxAge });

/** @throws Refusal `not_found` for what this caisse does not have. */
async function serviceOf(ctx: Context): Promise<ClientRow> {
  const id = String(ctx.params.id);
  // The database has no text with that character, and says so by a fault.
  const service = id.includes('\0') ? undefined : await findService(scopeFor(ctx).store, id);
  if (!service) throw new Refusal('not_found');
  return service;
}

async function showServices(ctx: Context, web: Web): Promise<void> {
  const office = await enterOffice(ctx, web, { superviseur: true });
  if (!office) return;
  const { caisse, store } = scopeFor(ctx);
  const asked = queryField(ctx, 'fait');
  const done = Object.hasOwn(DONE, asked) ? DONE[asked] : undefined;
  const notice: Notice | null = done === undefined ? null : { kind: 'success', title: null, text: done };
  const services = await listClients(store);
  web.send(ctx, 'office/services', {
    ...officeLocals(ctx, office, SECTION, notice),
    newHref: `${caisse.basePath}${SECTION}/nouveau`,
    services: services.map((service) => ({
      clientId: service.clientId,
      name: nameOf(service),
      href: `${caisse.basePath}${SECTION}/${service.clientId}`,
      kind: kindOf(service),
      tryHref: tryHref(caisse.issuer, service),
    })),
  });
}

const nameOf = ({ metadata, clientId }: ClientRow): string =>
  typeof metadata.client_name === 'string' ? metadata.client_name : clientId;

function kindOf({ metadata, thirdParty, defaultService }: ClientRow): string {
  const words = [
    metadata.token_endpoint_auth_method === 'none' ? 'Application publique' : 'Application confidentielle',
    ...(thirdParty ? ['d’un tiers'] : []),
    ...(defaultService ? ['service par défaut'] : []),
  ];
  return words.join(', ');
}

/** To the service's own sign-in; else a request that only whoever made it could finish, and nobody did. */
function tryHref(issuer: string, { clientId, metadata }: ClientRow): string | null {
  const { initiate_login_uri: start, redirect_uris: uris } = metadata;
  if (typeof start === 'string') {
    const href = new URL(start);
    href.searchParams.set('iss', issuer);
    return href.href;
  }
  const [redirect] = Array.isArray(uris) ? uris : [];
  if (typeof redirect !== 'string') return null;
  const challenge = createHash('sha256')
    .update(`nobody holds what made this: ${clientId}`)
    .digest('base64url');
  const href = new URL(`${issuer}/auth`);
  href.search = new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    scope: 'openid',
    redirect_uri: redirect,
    state: 'essai',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString();
  return href.href;
}

type Shown = {
  readonly office: Office;
  readonly service: ClientRow | null;
  readonly typed?: (id: string) => string;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function showForm(ctx: Context, web: Web, shown: Shown): void {
  const { office, service, typed = null, errors = [], notice = null, status = 200 } = shown;
  const { caisse } = scopeFor(ctx);
  const own = service && `${caisse.basePath}${SECTION}/${service.clientId}`;
  const links = own
    ? [
        ...(isConfidential(service.metadata)
          ? [{ label: 'Renouveler le secret', href: `${own}/secret` }]
          : []),
        { label: 'Retirer ce service', href: `${own}/retirer` },
      ]
    : [];
  const trial = service && tryHref(caisse.issuer, service);
  const locals = {
    ...officeLocals(ctx, office, SECTION, notice),
    errors,
    trail: [{ label: 'Services', href: caisse.basePath + SECTION }],
    title: service ? nameOf(service) : 'Enregistrer un service',
    lead: service && `Identifiant\u00a0: ${service.clientId}`,
    links: trial ? [{ label: 'Essayer la connexion', href: trial }, ...links] : links,
    groups: serviceFields(service, web.serviceRules.scopes, typed),
    action: own ?? `${caisse.basePath}${SECTION}/nouveau`,
    seen: service ? versionOf(service) : '',
    button: service ? 'Enregistrer les modifications' : 'Enregistrer le service',
    hasFile: false,
  };
  web.send(ctx, 'office/form', locals, { status });
}

/** What was typed, refused by us or by the library, or read. */
function read(ctx: Context, web: Web, former: ClientRow | null) {
  const typed = (id: string) => field(ctx, id);
  const { service, errors } = readService(former, web.serviceRules.scopes, typed);
  const reserved = former === null && web.serviceRules.reserved.includes(service.clientId);
  if (errors.length > 0 || reserved) return { service, errors: reserved ? [TAKEN, ...errors] : errors };
  const refusal = web.serviceRules.refusalOf(ctx, service.clientId, service.metadata, 'a'.repeat(43));
  return { service, errors: refusal === null ? [] : [fieldOfRefusal(refusal)] };
}

const TAKEN: FieldError = { field: 'identifiant', message: 'Un autre service a déjà cet identifiant.' };

async function register(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web, TO_SEND);
  if (!office) return;
  const typed = (id: string) => field(ctx, id);
  const { service, errors } = read(ctx, web, null);
  if (errors.length > 0) return showForm(ctx, web, { office, service: null, typed, errors, status: 422 });
  const scope = scopeFor(ctx);
  const secret = scope.random(32).toString('base64url');
  const sealed = web.serviceRules.sealSecret(ctx, service.clientId, secret);
  const actorId = office.account.id;
  if (!(await registerService(scope, service, { actorId, secret: sealed }))) {
    return showForm(ctx, web, { office, service: null, typed, errors: [TAKEN], status: 422 });
  }
  if (!isConfidential(service.metadata)) return goToOffice(ctx, SECTION, 'enregistre');
  showSecret(ctx, web, { office, clientId: service.clientId, secret, done: DONE.enregistre as string });
}

async function change(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web, TO_SEND);
  if (!office) return;
  const former = await serviceOf(ctx);
  const typed = (id: string) => field(ctx, id);
  const { service, errors } = read(ctx, web, former);
  if (errors.length > 0) return showForm(ctx, web, { office, service: former, typed, errors, status: 422 });
  const scope = scopeFor(ctx);
  const secret = scope.random(32).toString('base64url');
  const sealed = web.serviceRules.sealSecret(ctx, service.clientId, secret);
  const making = { actorId: office.account.id, secret: sealed, seen: field(ctx, 'vu') };
  const changed = await changeService(scope, service, making);
  if (changed.kind === 'meanwhile') {
    return showForm(ctx, web, { office, service: await serviceOf(ctx), notice: MEANWHILE, status: 409 });
  }
  if (!changed.newSecret) return goToOffice(ctx, SECTION, 'modifie');
  showSecret(ctx, web, { office, clientId: service.clientId, secret, done: DONE.modifie as string });
}

type NewSecret = {
  readonly office: Office;
  readonly clientId: string;
  readonly secret: string;
  readonly done: string;
};

function showSecret(ctx: Context, web: Web, { office, clientId, secret, done }: NewSecret): void {
  const href = scopeFor(ctx).caisse.basePath + SECTION;
  const locals = officeLocals(ctx, office, SECTION, { kind: 'success', title: null, text: done });
  const trail = [{ label: 'Services', href }];
  web.send(ctx, 'office/service-secret', { ...locals, trail, clientId, secret, backHref: href });
}

type Act = 'secret' | 'retirer';

const WORDS: Readonly<Record<Act, { title: string; lead: readonly string[]; button: string }>> = {
  secret: {
    title: 'Renouveler le secret',
    lead: [
      'Un nouveau secret est fait et montré une seule fois.',
      'L’ancien ne vaut plus rien aussitôt\u00a0: le service ne connecte plus personne avant d’avoir reçu le nouveau.',
    ],
    button: 'Renouveler le secret',
  },
  retirer: {
    title: 'Retirer le service',
    lead: [
      'Plus personne ne se connecte à ce service par la caisse.',
      'Ce qui lui avait été donné se termine aussitôt\u00a0: jetons, autorisations, accords des personnes.',
    ],
    button: 'Retirer ce service',
  },
};

async function confirmAct(ctx: Context, web: Web, act: Act): Promise<void> {
  const office = await enter(ctx, web, TO_OPEN);
  if (!office) return;
  const service = await serviceOf(ctx);
  if (act === 'secret' && !isConfidential(service.metadata)) throw new Refusal('not_found');
  const { basePath } = scopeFor(ctx).caisse;
  const own = `${basePath}${SECTION}/${service.clientId}`;
  web.send(ctx, 'office/confirm', {
    ...officeLocals(ctx, office, SECTION),
    ...WORDS[act],
    title: `${WORDS[act].title}\u00a0: ${nameOf(service)}`,
    trail: [
      { label: 'Services', href: basePath + SECTION },
      { label: nameOf(service), href: own },
    ],
    action: `${own}/${act}`,
    seen: versionOf(service),
    cancelHref: own,
  });
}

async function renew(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web, TO_OPEN);
  if (!office) return;
  const { clientId } = await serviceOf(ctx);
  const scope = scopeFor(ctx);
  const secret = scope.random(32).toString('base64url');
  const sealed = web.serviceRules.sealSecret(ctx, clientId, secret);
  if (!(await renewSecret(scope, clientId, { actorId: office.account.id, secret: sealed }))) {
    throw new Refusal('not_found');
  }
  showSecret(ctx, web, { office, clientId, secret, done: 'Le secret est renouvelé.' });
}

async function remove(ctx: Context, web: Web): Promise<void> {
  const office = await enter(ctx, web, TO_OPEN);
  if (!office) return;
  const { clientId } = await serviceOf(ctx);
  if (!(await endService(scopeFor(ctx), clientId, { actorId: office.account.id })))
    throw new Refusal('not_found');
  goToOffice(ctx, SECTION, 'retire');
}
