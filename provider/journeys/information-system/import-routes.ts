/**
 * Files of the caisse's information system: sent, followed, applied. A file is checked in the background; it is applied
 * when its sender says so, at once (`?appliquer=oui`) or once it has seen what the file would do.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { isImportKind, isStaged, MOST_IMPORT_BYTES } from '../../domain/import.ts';
import { queryField } from '../../http/forms.ts';
import { listDifference } from '../../store/import-difference.ts';
import { listFaults } from '../../store/import-lines.ts';
import { findImport, type Import } from '../../store/imports.ts';
import { decideImport } from '../decide-import.ts';
import { differenceFile, tellChange } from '../import-difference.ts';
import { faultsFile } from '../import-faults.ts';
import { receiveImport } from '../import-receive.ts';
import { tellFault } from '../import-words.ts';
import {
  answeringBy,
  badRequest,
  type CallerOf,
  CallRefused,
  callerFor,
  JSON_TELLER,
  refuseMethod,
  requireCaller,
} from '../machine-calls.ts';
import { addressOf, askedPage } from '../paged.ts';
import { scopeFor } from '../web.ts';

const IMPORTS_PATH = '/api/v1/imports';
const SCOPE = 'imports';
const FAULTS_TOLD = 100;
const CHANGES_TOLD = 100;

export function importRoutes(router: Router, { callerOf }: { readonly callerOf: CallerOf }): void {
  const answering = answeringBy(JSON_TELLER);
  const allowed = requireCaller(callerOf, SCOPE);
  const one = `${IMPORTS_PATH}/:name`;
  router.post(one, answering, allowed, receive);
  router.get(one, answering, allowed, async (ctx) => {
    ctx.body = await told(ctx, await importAsked(ctx));
  });
  router.all(one, answering, refuseMethod('GET, POST'));
  router.get(`${one}/erreurs`, answering, allowed, async (ctx) => {
    const { id } = await importAsked(ctx);
    ctx.type = 'text/csv; charset=utf-8';
    ctx.body = faultsFile(scopeFor(ctx).store, id);
  });
  router.all(`${one}/erreurs`, answering, refuseMethod('GET'));
  router.get(`${one}/difference`, answering, allowed, tellDifference);
  router.all(`${one}/difference`, answering, refuseMethod('GET'));
  router.post(`${one}/application`, answering, allowed, apply);
  router.all(`${one}/application`, answering, refuseMethod('POST'));
}

/** The body is the file itself. 202: what it would do is looked at next. */
async function receive(ctx: Context): Promise<void> {
  const { name } = ctx.params as { name: string };
  const { caisse, store, now, address, requestId } = scopeFor(ctx);
  if (!isImportKind(name)) throw notFound();
  if (ctx.is('text/csv') === false) throw badRequest('The Content-Type must be text/csv');
  if (!['', 'identity'].includes(ctx.get('Content-Encoding')))
    throw new CallRefused(415, 'unsupported_encoding', 'The body must not be compressed');
  if (Number(ctx.get('Content-Length')) > MOST_IMPORT_BYTES) {
    // What is left of it is not waited for.
    ctx.set('Connection', 'close');
    throw new CallRefused(413, 'too_large', `A file has ${MOST_IMPORT_BYTES} bytes at most`);
  }
  const id = await receiveImport(store, ctx.req, {
    kind: name,
    timeZone: caisse.timeZone,
    clientId: callerFor(ctx).clientId,
    appliesItself: queryField(ctx, 'appliquer') === 'oui',
    address,
    requestId,
    now,
  });
  ctx.status = 202;
  ctx.set('Location', `${caisse.issuer}${IMPORTS_PATH}/${id}`);
  ctx.body = await told(ctx, (await findImport(store, id)) as Import);
}

async function apply(ctx: Context): Promise<void> {
  const { id } = await importAsked(ctx);
  const by = { clientId: callerFor(ctx).clientId };
  const turned = await decideImport(scopeFor(ctx), { id, to: 'approved', by });
  const row = await importAsked(ctx);
  // Asked again, because the answer was lost: it is on its way, or done.
  if (!turned && row.state !== 'approved' && row.state !== 'applied')
    throw new CallRefused(409, 'conflict', `An import that is ${row.state} cannot be applied`);
  ctx.status = 202;
  ctx.body = await told(ctx, row);
}

/** The whole as CSV, or a page of it for whoever asks for JSON. */
async function tellDifference(ctx: Context): Promise<void> {
  const row = await importAsked(ctx);
  if (!isStaged(row.state))
    throw new CallRefused(409, 'conflict', `The difference of an import that is ${row.state} is not kept`);
  ctx.vary('Accept');
  if (ctx.accepts('text/csv', 'application/json') === 'application/json') {
    ctx.body = await pageOfDifference(ctx, row);
    return;
  }
  ctx.type = 'text/csv; charset=utf-8';
  ctx.body = differenceFile(scopeFor(ctx), row);
}

async function pageOfDifference(ctx: Context, row: Import): Promise<object> {
  const { caisse, store, now } = scopeFor(ctx);
  const { page } = askedPage(ctx, [CHANGES_TOLD]);
  const asked = { added: null, after: null, skip: (page - 1) * CHANGES_TOLD, limit: CHANGES_TOLD };
  const changes = await listDifference(store, { ...row, now: now() }, asked);
  const isLast = page * CHANGES_TOLD >= row.added + row.changed;
  const url = differenceUrl(caisse.issuer, row);
  return {
    changes: changes.map((change) => {
      const { added, ...told } = tellChange(change, { kind: row.kind, timeZone: caisse.timeZone });
      return { ...told, change: added ? 'added' : 'changed' };
    }),
    next: isLast ? null : addressOf(url, { page: String(page + 1) }),
  };
}

const differenceUrl = (issuer: string, { id }: Import): string => `${issuer}${IMPORTS_PATH}/${id}/difference`;

const notFound = (): CallRefused => new CallRefused(404, 'not_found', 'There is no such import');

async function importAsked(ctx: Context): Promise<Import> {
  const { name } = ctx.params as { name: string };
  const row = await findImport(scopeFor(ctx).store, name);
  if (!row) throw notFound();
  return row;
}

async function told(ctx: Context, row: Import): Promise<object> {
  const { caisse, store } = scopeFor(ctx);
  const faults = row.faults === 0 ? [] : await listFaults(store, row.id, { after: null, limit: FAULTS_TOLD });
  return {
    id: row.id,
    kind: row.kind,
    state: row.state,
    sha256: row.sha256?.toString('hex') ?? null,
    lines: row.lines,
    lines_done: row.linesDone,
    added: row.added,
    changed: row.changed,
    unchanged: row.unchanged,
    total_before: row.totalBefore,
    total_after: row.totalAfter,
    faults: row.faults,
    first_faults: faults.map(({ line, code, about }) => ({ line, code, reason: tellFault({ code, about }) })),
    difference_url: isStaged(row.state) ? differenceUrl(caisse.issuer, row) : null,
    faults_url: `${caisse.issuer}${IMPORTS_PATH}/${row.id}/erreurs`,
  };
}
