/** Does a job again and again in this process, until it is told to stop. Owns the rhythm, and nothing of the job. */
import type { Logger } from 'pino';

export type Worker = {
  /** Resolves once what is under way is done; nothing begins after. */
  readonly stop: () => Promise<void>;
};

export type Work = {
  readonly name: string;
  /** Milliseconds of rest between one time and the next. */
  readonly every: number;
  readonly run: () => Promise<unknown>;
};

/** What a job that failed rests at least: the database is away, and its log is not to fill up. */
const AFTER_FAILURE = 15_000;

/** A job that fails is logged, and tried again. */
export function startWorker({ name, every, run }: Work, log: Logger): Worker {
  let over = false;
  let wake = () => {};
  const rest = (duration: number) =>
    new Promise<void>((resume) => {
      const timer = setTimeout(resume, duration);
      wake = () => {
        clearTimeout(timer);
        resume();
      };
    });
  const done = (async () => {
    while (!over) {
      const failed = await run().then(
        () => false,
        (err: unknown) => {
          log.error({ err, job: name }, 'job failed');
          return true;
        },
      );
      if (!over) await rest(failed ? Math.max(every, AFTER_FAILURE) : every);
    }
  })();
  return {
    stop() {
      over = true;
      wake();
      return done;
    },
  };
}
