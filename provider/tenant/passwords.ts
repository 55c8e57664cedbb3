/**
 * Password hashing (OWASP ASVS 5 appendix C: argon2id, m = 46 MiB, t = 1, p = 1), off the request's way: native
 * threads, at most `concurrency` at once and a bounded queue, so that a burst of sign-ins costs memory and time that
 * were planned, and everything else stays quick. Throttling comes before it, never after.
 */
import argon2 from 'argon2';
import { Refusal } from '../refusal.ts';
import { matchesHash, normalisedPassword } from './password-hashes.ts';

const PARAMETERS = { type: argon2.argon2id, memoryCost: 46 * 1024, timeCost: 1, parallelism: 1 } as const;

export type PasswordHasher = {
  readonly hash: (password: string) => Promise<string>;
  /**
   * Whether the password is the one hashed. `hash` null (no such account, or none with a password): costs as much
   * time and answers false.
   */
  readonly verify: (hash: string | null, password: string) => Promise<boolean>;
  /** How many hashes wait for their turn: past some, a process needs more processors. */
  readonly waiting: () => number;
};

/** Refuses with `busy` when more than `queue` callers wait already. */
export async function makePasswordHasher(
  concurrency: number,
  queue = concurrency * 200,
): Promise<PasswordHasher> {
  const { limited, waiting } = limit(concurrency, queue);
  const decoy = await argon2.hash('no account has this password', PARAMETERS);
  return {
    waiting,
    hash: (password) => limited(() => argon2.hash(normalisedPassword(password), PARAMETERS)),
    verify: (hash, password) =>
      limited(async () => (await matchesHash(hash ?? decoy, password)) && hash !== null),
  };
}

function limit(concurrency: number, queue: number) {
  let running = 0;
  const waiting: (() => void)[] = [];
  const limited = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= concurrency) {
      if (waiting.length >= queue) throw new Refusal('busy');
      await new Promise<void>((resume) => waiting.push(resume));
    } else {
      running += 1;
    }
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
  return { limited, waiting: () => waiting.length };
}
