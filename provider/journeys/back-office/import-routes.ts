/**
 * Import: a file is sent, checked in the background, shown with all that is wrong or all that it would change, and
 * applied when an agent says so. A supervisor alone brings former passwords: whoever chose one would open a site.
 */
import type { Context } from 'koa';
import {
  IMPORT_KINDS,
  type ImportKind,
  isImportKind,
  isStaged,
  MOST_IMPORT_BYTES,
} from '../../domain/import.ts';
import { queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { findAccount } from '../../store/accounts.ts';
import type { Handle } from '../../store/handle.ts';
import { listFaults } from '../../store/import-lines.ts';
import { findImport, type Import, listImports } from '../../store/imports.ts';
import { decideImport } from '../decide-import.ts';
import { COLUMNS, isFeatureColumn, templateOf } from '../import-columns.ts';
import { differenceFile } from '../import-difference.ts';
import { faultsFile } from '../import-faults.ts';
import { receiveImport } from '../import-receive.ts';
import { KIND_WORDS, tellFault } from '../import-words.ts';
import { enterOffice, goToOffice, type Needed, type Office, officeLocals } from '../office-place.ts';
import { addressOf } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { changesOf } from './import-changes.ts';
import { differenceOf, mayHaveBroughtSites, progressOf, SECTION, showImport } from './import-shown.ts';
import { handOver } from './import-upload.ts';
import { SECTION as LETTERS } from './letter-words.ts';

const SEND = `${SECTION}/envoi/:kind`;
const ONE = `${SECTION}/:id`;
const SHOWN = 20;
const FAULTS_SHOWN = 50;

export const importRoutes: Routes = (router, web) => {
  router.get(SECTION, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showAll(ctx, web, office);
  });
  router.get(SEND, async (ctx) => {
    const kind = kindAsked(ctx);
    const office = await enterOffice(ctx, web, neededFor(kind));
    if (office) showSend(ctx, web, office, { kind, error: null });
  });
  router.get(`${SEND}/modele.csv`, async (ctx) => {
    const kind = kindAsked(ctx);
    if (await enterOffice(ctx, web)) attach(ctx, `${kind}.csv`, templateOf(kind));
  });
  router.post(SEND, (ctx) => receive(ctx, web));
  router.get(ONE, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showOne(ctx, web, office);
  });
  router.get(`${ONE}/erreurs.csv`, async (ctx) => {
    if (!(await enterOffice(ctx, web))) return;
    const { id, kind } = await importAsked(ctx);
    attach(ctx, `erreurs-${kind}.csv`, faultsFile(scopeFor(ctx).store, id));
  });
  router.get(`${ONE}/difference.csv`, async (ctx) => {
    if (await enterOffice(ctx, web)) await sendDifference(ctx, web);
  });
  for (const act of ['appliquer', 'abandonner'] as const) {
    router.post(`${ONE}/${act}`, (ctx) => decide(ctx, web, act));
    // Where a sign-in asked for in between comes back to: decided on the page, never by coming here.
    router.get(`${ONE}/${act}`, async (ctx) => {
      if (await enterOffice(ctx, web)) goToOffice(ctx, `${SECTION}/${(await importAsked(ctx)).id}`);
    });
  }
};

const FRESH = 300;

const neededFor = (kind: ImportKind): Needed =>
  kind === 'codes' ? { superviseur: true, maxAge: FRESH } : {};

function kindAsked(ctx: Context): ImportKind {
  const { kind = '' } = ctx.params as { kind?: string };
  if (!isImportKind(kind)) throw new Refusal('not_found');
  return kind;
}

/** Looked for once the agent is known to be one. */
async function importAsked(ctx: Context): Promise<Import> {
  const row = await findImport(scopeFor(ctx).store, (ctx.params as { id: string }).id);
  if (!row) throw new Refusal('not_found');
  return row;
}

function attach(ctx: Context, name: string, content: Context['body']): void {
  ctx.set('Cache-Control', 'no-store');
  ctx.type = 'text/csv; charset=utf-8';
  ctx.attachment(name);
  ctx.body = content;
}

async function sendDifference(ctx: Context, web: Web): Promise<void> {
  const row = await importAsked(ctx);
  if (!(await enterOffice(ctx, web, neededFor(row.kind)))) return;
  if (!isStaged(row.state)) return goToOffice(ctx, `${SECTION}/${row.id}`);
  attach(ctx, `difference-${row.kind}.csv`, differenceFile(scopeFor(ctx), row));
}

async function showAll(ctx: Context, web: Web, office: Office): Promise<void> {
  const { caisse, store } = scopeFor(ctx);
  const kinds = IMPORT_KINDS.filter((kind) => kind !== 'codes' || office.role === 'superviseur');
  const rows = await listImports(store, SHOWN);
  web.send(ctx, 'office/imports', {
    ...officeLocals(ctx, office, SECTION),
    kinds: kinds.map((kind) => ({ ...KIND_WORDS[kind], href: `${caisse.basePath}${SECTION}/envoi/${kind}` })),
    imports: rows.map((row) =>
      showImport(ctx, row, row.actorId === null ? null : `${row.givenName} ${row.familyName}`),
    ),
  });
}

type Sending = { readonly kind: ImportKind; readonly error: string | null };

function showSend(ctx: Context, web: Web, office: Office, { kind, error }: Sending): void {
  const base = scopeFor(ctx).caisse.basePath + SECTION;
  const columns = COLUMNS[kind];
  const { label, text } = KIND_WORDS[kind];
  web.send(
    ctx,
    'office/import-send',
    {
      ...officeLocals(ctx, office, SECTION),
      errors: error === null ? [] : [{ field: 'fichier', message: error }],
      kind: label,
      text,
      columns: columns.filter((column) => !isFeatureColumn(column)),
      features: columns.filter(isFeatureColumn).map(({ name }) => name),
      templateHref: `${base}/envoi/${kind}/modele.csv`,
      action: `${base}/envoi/${kind}`,
      mostMegabytes: MOST_IMPORT_BYTES / 1024 / 1024,
      listHref: base,
    },
    { status: error === null ? 200 : 422 },
  );
}

async function receive(ctx: Context, web: Web): Promise<void> {
  const kind = kindAsked(ctx);
  const office = await enterOffice(ctx, web, neededFor(kind));
  if (!office) return;
  const { caisse, store, now, address, requestId } = scopeFor(ctx);
  const sent = { kind, timeZone: caisse.timeZone, actorId: office.account.id, appliesItself: false };
  const result = await handOver(ctx, (source) =>
    receiveImport(store, source, { ...sent, address, requestId, now }),
  );
  if (typeof result !== 'string') return goToOffice(ctx, `${SECTION}/${result.taken}`);
  const error = result === 'no_file' ? 'Choisissez un fichier.' : tellFault({ code: result, about: '' });
  showSend(ctx, web, office, { kind, error });
}

const NOTICES: Readonly<Record<string, Notice>> = {
  abandon: { kind: 'info', title: 'Import abandonné', text: 'Rien n’a été changé.' },
  trop_tard: { kind: 'warning', title: 'Cet import n’attend plus de décision', text: 'Voici où il en est.' },
};

const BROKEN: Notice = {
  kind: 'warning',
  title: 'Cet import s’est interrompu',
  text: 'Le fichier n’est pas arrivé en entier, ou n’a pas pu être traité. Rien n’a été changé\u00a0: renvoyez-le.',
};

const AGAIN: Notice = {
  kind: 'warning',
  title: 'La situation a changé depuis le contrôle',
  text: 'Rien n’a été appliqué. Voici ce que le fichier changerait maintenant.',
};

function noticeOf(ctx: Context, { state, shownAgain }: Import): Notice | null {
  if (state === 'failed') return BROKEN;
  if (state === 'checked' && shownAgain) return AGAIN;
  const done = queryField(ctx, 'fait');
  return Object.hasOwn(NOTICES, done) ? (NOTICES[done] ?? null) : null;
}

async function showOne(ctx: Context, web: Web, office: Office): Promise<void> {
  const { store, caisse } = scopeFor(ctx);
  const row = await importAsked(ctx);
  const name = await nameOf(store, row.actorId);
  const service = row.decidedClientId === null ? null : `le service ${row.decidedClientId}`;
  const faults =
    row.faults === 0 ? [] : await listFaults(store, row.id, { after: null, limit: FAULTS_SHOWN });
  const base = caisse.basePath + SECTION;
  const asks = row.state === 'checked';
  const changes = row.added + row.changed > 0;
  web.send(ctx, 'office/import', {
    ...officeLocals(ctx, office, SECTION, noticeOf(ctx, row)),
    shown: showImport(ctx, row, name),
    decidedBy: (await nameOf(store, row.decidedActorId)) ?? service,
    sha256: row.sha256?.toString('hex') ?? null,
    progress: progressOf(row),
    difference: differenceOf(row),
    changes: await changesOf(ctx, office, row),
    faultCount: row.faults,
    faults: faults.map(({ line, ...fault }) => ({
      line: line === 0 ? null : line,
      reason: tellFault(fault),
    })),
    faultsHref: `${base}/${row.id}/erreurs.csv`,
    applyAction: asks && changes ? `${base}/${row.id}/appliquer` : null,
    abandonAction: asks && changes ? `${base}/${row.id}/abandonner` : null,
    lettersHref: mayHaveBroughtSites(row)
      ? addressOf(`${caisse.basePath}${LETTERS}/nouveau`, { import: row.id })
      : null,
    againHref: `${base}/envoi/${row.kind}`,
    listHref: base,
  });
}

async function nameOf(store: Handle, accountId: string | null): Promise<string | null> {
  const agent = accountId === null ? undefined : await findAccount(store, accountId);
  return agent ? `${agent.givenName} ${agent.familyName}` : null;
}

const DECISIONS = { appliquer: 'approved', abandonner: 'abandoned' } as const;

async function decide(ctx: Context, web: Web, act: keyof typeof DECISIONS): Promise<void> {
  const office = await enterOffice(ctx, web);
  if (!office) return;
  const { id, kind } = await importAsked(ctx);
  // Asked again for what only some may bring.
  if (act === 'appliquer' && !(await enterOffice(ctx, web, neededFor(kind)))) return;
  const by = { actorId: office.account.id };
  const decided = await decideImport(scopeFor(ctx), { id, to: DECISIONS[act], by });
  const done = decided ? (act === 'abandonner' ? 'abandon' : undefined) : 'trop_tard';
  goToOffice(ctx, `${SECTION}/${id}`, done);
}
