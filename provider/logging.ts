/** The log of a process: JSON lines. Owns where they go and what never gets into them. */
import { renameSync, statSync } from 'node:fs';
import pino, { type DestinationStream, type Logger } from 'pino';
import type { LogLevel } from './config.ts';

const ROTATED_FROM = 5_000_000;

/** Bytes and milliseconds that lines wait for one another: writing each by itself costs as much as a small answer. */
const TOGETHER = 12_288;
const LONGEST_WAIT = 100;
const WARNING = 40;

/** `file` null: everything on standard output. With a file, the terminal gets warnings and errors alone. */
export function openLog({ level, file }: { readonly level: LogLevel; readonly file: string | null }): Logger {
  const options = { level, base: { pid: process.pid }, serializers: { err: describeError } };
  if (file === null) return pino(options, together(pino.destination({ dest: 1, minLength: TOGETHER })));
  rotate(file);
  return pino(
    options,
    pino.multistream([
      { level: 'trace', stream: pino.destination({ dest: file, mkdir: true, sync: true, mode: 0o600 }) },
      { level: 'warn', stream: pino.destination({ dest: 2, sync: true }) },
    ]),
  );
}

type Output = ReturnType<typeof pino.destination>;

/** Warnings and errors do not wait; what does is written when the process exits, which pino sees to. */
function together(output: Output): DestinationStream {
  let awaited = false;
  const write = () => {
    awaited = false;
    output.flush();
  };
  return {
    // Has pino tell the level of each line beside it.
    [Symbol.for('pino.metadata') as never]: true,
    lastLevel: 0,
    // A fatal line is written at once, with all that waits.
    flushSync: () => output.flushSync(),
    write(line: string) {
      output.write(line);
      if (this.lastLevel >= WARNING) return output.flush();
      if (awaited) return;
      awaited = true;
      setTimeout(write, LONGEST_WAIT).unref();
    },
  } as DestinationStream & { readonly lastLevel: number };
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > ROTATED_FROM) renameSync(file, `${file}.1`);
}

type Description = Readonly<Record<string, unknown>>;

/**
 * Of an error what explains it. Not its other properties: PostgreSQL's repeat values of the row in `detail`, and those
 * of HTTP errors whole requests.
 */
function describeError(error: unknown): Description | unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint } = error as { readonly code?: unknown; readonly constraint?: unknown };
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
