/** The log of the caisse: what happened, searched and read a page at a time; a line with all it tells; its export. */
import type { Context } from 'koa';
import { field, queryField } from '../../http/forms.ts';
import { Refusal } from '../../refusal.ts';
import { appendAudit } from '../../store/audit.ts';
import { type AuditLine, findAuditLine, listAudit } from '../../store/audit-log.ts';
import { findSealOf } from '../../store/audit-seals.ts';
import { enterOffice, type Office, officeLocals } from '../office-place.ts';
import { addressOf } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { csvOf } from './audit-csv.ts';
import {
  FILTER_FIELDS,
  parsePlace,
  type ReadFilter,
  readFilter,
  registerValue,
  tellPlace,
} from './audit-filter.ts';
import { factsShown, lineShown, tellInstant } from './audit-shown.ts';
import { AUDIT_WORDS, KINDS_BY_REGISTER, REGISTER_WORDS } from './audit-words.ts';

const SECTION = '/gestion/journal';
const PER_PAGE = 50;

export const auditRoutes: Routes = (router, web) => {
  router.get(SECTION, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showLog(ctx, web, office);
  });
  router.post(`${SECTION}/export`, async (ctx) => {
    const office = await enterOffice(ctx, web, { superviseur: true });
    if (office) await exportLog(ctx, web, office);
  });
  router.get(`${SECTION}/:line`, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showLine(ctx, web, office);
  });
};

async function showLog(ctx: Context, web: Web, office: Office): Promise<void> {
  const asked = readFilter(ctx, queryField);
  const after = parsePlace(queryField(ctx, 'apres'));
  const before = parsePlace(queryField(ctx, 'avant'));
  if (asked.errors.length > 0)
    return sendLog(ctx, web, office, { asked, lines: [], newer: false, older: false });
  const toward = after !== null && before === null ? 'newer' : 'older';
  const found = await listAudit(scopeFor(ctx).store, {
    filter: asked.filter,
    place: toward === 'newer' ? after : before,
    toward,
    limit: PER_PAGE + 1,
  });
  const lines = found.slice(0, PER_PAGE);
  const more = found.length > PER_PAGE;
  sendLog(ctx, web, office, {
    asked,
    lines: toward === 'newer' ? lines.toReversed() : lines,
    newer: toward === 'newer' ? more : before !== null,
    older: toward === 'newer' ? true : more,
  });
}

type Log = {
  readonly asked: ReadFilter;
  readonly lines: readonly AuditLine[];
  /** Whether there are others on that side. */
  readonly newer: boolean;
  readonly older: boolean;
};

function sendLog(ctx: Context, web: Web, office: Office, { asked, lines, newer, older }: Log): void {
  const { caisse } = scopeFor(ctx);
  const { typed, errors } = asked;
  const action = caisse.basePath + SECTION;
  const at = (more: Readonly<Record<string, string>>) => addressOf(action, { ...typed, ...more });
  const [first, last] = [lines.at(0), lines.at(-1)];
  const filtered = FILTER_FIELDS.some((name) => typed[name] !== '');
  const mayExport = office.role === 'superviseur' && lines.length > 0;
  const locals = {
    ...officeLocals(ctx, office, SECTION),
    errors,
    action,
    typed,
    kinds: kindChoices(typed.type),
    filtered,
    rows: lines.map((line) => lineShown(line, caisse)),
    hrefs: {
      unfiltered: action,
      newest: newer ? at({}) : null,
      newer: newer && first ? at({ apres: tellPlace(first) }) : null,
      older: older && last ? at({ avant: tellPlace(last) }) : null,
    },
    exporting: mayExport
      ? {
          action: `${action}/export`,
          carried: FILTER_FIELDS.filter((name) => typed[name] !== '').map((name) => ({
            name,
            value: typed[name],
          })),
        }
      : null,
  };
  web.send(ctx, 'office/journal', locals, { status: errors.length > 0 ? 422 : 200 });
}

const kindChoices = (chosen: string) =>
  KINDS_BY_REGISTER.map(({ register, kinds }) => ({
    label: REGISTER_WORDS[register],
    choices: [
      { value: registerValue(register), label: `${REGISTER_WORDS[register]} : tous les actes` },
      ...kinds.map((kind) => ({ value: kind, label: AUDIT_WORDS[kind] })),
    ].map((choice) => ({ ...choice, chosen: choice.value === chosen })),
  }));

async function showLine(ctx: Context, web: Web, office: Office): Promise<void> {
  const { caisse, store } = scopeFor(ctx);
  const line = await lineAt(ctx);
  const { href: _, ...shown } = lineShown(line, caisse);
  const seal = await findSealOf(store, line);
  const action = caisse.basePath + SECTION;
  const { requestId } = line;
  web.send(ctx, 'office/journal-line', {
    ...officeLocals(ctx, office, SECTION),
    backHref: action,
    line: shown,
    number: String(line.id),
    register: REGISTER_WORDS[line.register],
    serviceName: line.clientId,
    reference:
      requestId === null ? null : { text: requestId, href: addressOf(action, { reference: requestId }) },
    ...factsShown(line.facts, caisse),
    seal: seal
      ? `Scellée le ${tellInstant(seal.sealedAt, caisse.timeZone)}, dans le segment ${seal.number} de son registre`
      : 'Pas encore scellée',
  });
}

const MOST_DIGITS = 18;

/** @throws Refusal `not_found` for what is no line of this caisse. */
async function lineAt(ctx: Context): Promise<AuditLine> {
  const id = String(ctx.params.line);
  const known = /^[1-9]\d*$/.test(id) && id.length <= MOST_DIGITS;
  const line = known ? await findAuditLine(scopeFor(ctx).store, BigInt(id)) : undefined;
  if (!line) throw new Refusal('not_found');
  return line;
}

async function exportLog(ctx: Context, web: Web, office: Office): Promise<void> {
  const { caisse, store, now, address, requestId } = scopeFor(ctx);
  const asked = readFilter(ctx, field);
  if (asked.errors.length > 0)
    return sendLog(ctx, web, office, { asked, lines: [], newer: false, older: false });
  const at = now();
  const filters = Object.fromEntries(Object.entries(asked.typed).filter(([, value]) => value !== ''));
  const event = { kind: 'audit_exported', at, actorId: office.account.id, address, requestId } as const;
  await appendAudit(store, { ...event, facts: filters });
  ctx.status = 200;
  ctx.type = 'text/csv; charset=utf-8';
  ctx.set('Cache-Control', 'no-store');
  ctx.attachment(`journal-${caisse.id}-${new Date(at).toISOString().slice(0, 10)}.csv`);
  ctx.body = csvOf({ store, caisse, filter: asked.filter, until: at });
}
