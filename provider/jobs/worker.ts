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

/** A job that fails (the database is away) is logged, and tried again after its rest. */
export function startWorker({ name, every, run }: Work, log: Logger): Worker {
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let over = false;
  const rest = () =>
    new Promise<void>((resume) => {
      const timer = setTimeout(resume, every);
      void stopped.then(() => {
        clearTimeout(timer);
        resume();
      });
    });
  const done = (async () => {
    while (!over) {
      await run().catch((err: unknown) => log.error({ err, job: name }, 'job failed'));
      if (!over) await rest();
    }
  })();
  return {
    stop() {
      over = true;
      stop();
      return done;
    },
  };
}
