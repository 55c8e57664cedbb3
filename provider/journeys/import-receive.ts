/**
 * Takes a file in as it comes: lines are checked by themselves and staged in batches, so that the largest one costs no
 * more memory than the smallest. What the file would do is looked at afterwards, in the background.
 */
import { createHash, randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { parse } from 'csv-parse';
import type { ImportFault, ImportKind, ImportLine } from '../domain/import.ts';
import type { Instant } from '../domain/instant.ts';
import { appendAudit } from '../store/audit.ts';
import { type Handle, transaction } from '../store/handle.ts';
import { insertFaults, insertLines } from '../store/import-lines.ts';
import { insertImport, noteProgress, turnImport } from '../store/imports.ts';
import { readHeader } from './import-columns.ts';
import { type LineReader, lineReader } from './import-lines.ts';
import { cellDecoder, holdingLines, Unreadable } from './import-text.ts';

export type Sent = {
  readonly kind: ImportKind;
  readonly timeZone: string;
  /** The agent who sends it, or the service; neither: the shell. */
  readonly actorId?: string | null;
  readonly clientId?: string | null;
  /** Who sits at the shell. */
  readonly operator?: string;
  /** Network address and reference of the request. */
  readonly address?: string;
  readonly requestId?: string;
  readonly appliesItself: boolean;
  readonly now: () => Instant;
  readonly mostBytes?: number;
};

const BATCH = 2_000;

/** Told once something of it stands in the database. @returns the id of the import, which waits to be checked. */
export async function receiveImport(
  store: Handle,
  source: AsyncIterable<Buffer>,
  sent: Sent,
): Promise<string> {
  const id = randomUUID();
  const { kind, actorId = null, clientId = null, operator = null, appliesItself, now } = sent;
  await insertImport(store, { id, kind, actorId, clientId, operator, appliesItself }, now());
  try {
    const told = await stage(store, id, source, sent);
    await conclude(store, id, sent, told);
  } catch (error) {
    await turnImport(store, { id, from: 'receiving', to: 'failed', now: now() });
    throw error;
  }
  return id;
}

type Told = {
  readonly sha256: Buffer;
  readonly bytes: number;
  readonly lines: number;
  readonly faults: number;
};

async function stage(store: Handle, id: string, source: AsyncIterable<Buffer>, sent: Sent): Promise<Told> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  const staging = stagingOf(store, id, sent);
  const watching = {
    sha256,
    onFault: staging.fail,
    onBytes: (all: number) => (bytes = all),
    ...(sent.mostBytes === undefined ? {} : { mostBytes: sent.mostBytes }),
  };
  const rows = parse({
    delimiter: ';',
    record_delimiter: ['\r\n', '\n'],
    encoding: 'latin1',
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  });
  try {
    await pipeline(
      source,
      (all) => holdingLines(all, watching),
      rows,
      (parsed) => staging.take(parsed),
    );
  } catch (error) {
    if (!(error instanceof Unreadable)) {
      await staging.settle();
      throw error;
    }
    staging.fail({ line: 0, code: error.code, about: '' });
  }
  const { lines, faults } = await staging.finish();
  return { sha256: sha256.digest(), bytes, lines, faults };
}

type Parsed = { readonly record: readonly string[]; readonly info: { readonly lines: number } };

type Batch = {
  readonly some: readonly ImportLine[];
  readonly wrong: readonly ImportFault[];
  /** Lines of the file up to here. */
  readonly sofar: number;
};

function stagingOf(store: Handle, id: string, { kind, timeZone, now }: Sent) {
  const decode = cellDecoder();
  let reader: LineReader | null = null;
  let isHeaderWrong = false;
  let lines: ImportLine[] = [];
  let faults: ImportFault[] = [];
  const all = { lines: 0, faults: 0 };
  const fail = (fault: ImportFault) => {
    faults.push(fault);
    all.faults += 1;
  };
  // One batch is written while the next one is read, and never two.
  let writing: Promise<void> = Promise.resolve();
  async function flush(): Promise<void> {
    const batch = { some: lines, wrong: faults, sofar: all.lines };
    lines = [];
    faults = [];
    await writing;
    writing = write(batch);
    // Whoever awaits it hears of it; nobody may, once the reading has failed.
    writing.catch(() => {});
  }
  async function write({ some, wrong, sofar }: Batch): Promise<void> {
    await insertLines(store, id, some);
    await insertFaults(store, id, wrong);
    const goesOn = await noteProgress(store, { id, state: 'receiving', now: now() }, { lines: sofar });
    if (!goesOn) throw new Error('the import was given up while it was being sent');
  }
  function takeOne({ record, info: { lines: line } }: Parsed): void {
    const cells = record.map(decode);
    const wrong = cells.find((cell) => typeof cell !== 'string');
    if (typeof wrong === 'object') {
      fail({ line, code: wrong.code, about: '' });
      return;
    }
    // Not by the parser: of what is read a byte a character, it also trims « ( », « / » and « _ ».
    const texts = (cells as string[]).map((cell) => cell.trim());
    if (texts.every((cell) => cell === '')) return;
    if (reader === null) {
      readHead(line, texts);
      return;
    }
    all.lines += 1;
    const read = reader(line, texts);
    if ('said' in read) lines.push(read.said);
    else for (const fault of read.faults) fail(fault);
  }
  function readHead(line: number, header: readonly string[]): void {
    const head = readHeader(header, kind);
    if ('places' in head) {
      reader = lineReader(kind, { places: head.places, width: header.length, timeZone });
      return;
    }
    isHeaderWrong = true;
    for (const fault of head.faults) fail({ line, ...fault });
  }
  return {
    fail,
    /** Whatever becomes of what is being written. */
    settle: () => writing.catch(() => {}),
    async take(parsed: AsyncIterable<Parsed>): Promise<void> {
      for await (const one of parsed) {
        // Without its columns no line means anything: one fault says it all.
        if (isHeaderWrong) continue;
        takeOne(one);
        if (lines.length >= BATCH || faults.length >= BATCH) await flush();
      }
    },
    async finish() {
      if (all.lines === 0 && all.faults === 0) fail({ line: 0, code: 'empty', about: '' });
      await flush();
      await writing;
      return all;
    },
  };
}

async function conclude(store: Handle, id: string, sent: Sent, told: Told): Promise<void> {
  const { kind, actorId, clientId, operator, address, requestId, now } = sent;
  const { sha256, bytes, lines } = told;
  await transaction(store, async (inside) => {
    const facts = { sha256, bytes: String(bytes), lines };
    if (!(await turnImport(inside, { id, from: 'receiving', to: 'received', now: now() }, facts)))
      throw new Error('the import was given up while it was being sent');
    await appendAudit(inside, {
      kind: 'import_begun',
      at: now(),
      actorId: actorId ?? undefined,
      clientId: clientId ?? undefined,
      address,
      requestId,
      facts: {
        import: id,
        of: kind,
        sha256: sha256.toString('hex'),
        bytes,
        lines,
        before: null,
        after: 'received',
        ...(operator === undefined ? {} : { operator }),
      },
    });
  });
}
