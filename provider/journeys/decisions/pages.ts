/**
 * Pages of a search (AuthZEN §8.2). A token holds where the next page begins, and what was asked, so that it goes on
 * with that and nothing else. It is no secret and opens nothing: each page is read and decided anew.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { badRequest } from '../machine-calls.ts';
import type { Page } from './requests.ts';

const USUAL_RESULTS = 100;
const MOST_RESULTS = 1_000;

export type Range = {
  /** The key of the last candidate that was looked at; '' on the first page. */
  readonly after: string;
  readonly limit: number;
  readonly asked: string;
};

/** `key`: in ascending order, unique. `result`: null when it is not permitted. */
export type Candidate<T> = { readonly key: string; readonly result: T | null };

export type Results<T> = {
  readonly page: { readonly next_token: string; readonly count: number };
  readonly results: readonly T[];
};

const KEY = /^[\w/-]{0,64}$/;
const Token = z.tuple([z.string().regex(KEY), z.int().nonnegative().max(MOST_RESULTS), z.string()]);

/**
 * `question`: all that decides the results. Of what decides nothing, a change between pages does no harm.
 * @throws CallRefused 400 for a token of another question or limit, or of no search.
 */
export function rangeOf(page: Page, question: unknown): Range {
  const asked = createHash('sha256').update(JSON.stringify(question)).digest('base64url').slice(0, 22);
  const limit = Math.min(page?.limit ?? USUAL_RESULTS, MOST_RESULTS);
  if (page?.token == null) return { after: '', limit, asked };
  const [after, limitBefore, askedBefore] = read(page.token);
  if (askedBefore !== asked) throw badRequest('page.token: the request has changed since the page before');
  if (page.limit != null && limit !== limitBefore)
    throw badRequest('page.limit: has changed since the page before');
  return { after, limit: limitBefore, asked };
}

function read(token: string): z.infer<typeof Token> {
  try {
    return Token.parse(JSON.parse(Buffer.from(token, 'base64url').toString()));
  } catch {
    throw badRequest('page.token: not one of ours');
  }
}

/** `more`: candidates follow that were not brought. A page may then be short, even empty, and not the last. */
export function pageOf<T>(
  { after, limit, asked }: Range,
  candidates: Iterable<Candidate<T>>,
  more: boolean,
): Results<T> {
  const results: T[] = [];
  let last = after;
  const token = () => Buffer.from(JSON.stringify([last, limit, asked])).toString('base64url');
  for (const { key, result } of candidates) {
    if (key <= after) continue;
    if (result !== null && results.length === limit) {
      return { page: { next_token: token(), count: results.length }, results };
    }
    if (result !== null) results.push(result);
    last = key;
  }
  return { page: { next_token: more ? token() : '', count: results.length }, results };
}

export const NO_RESULTS: Results<never> = { page: { next_token: '', count: 0 }, results: [] };
