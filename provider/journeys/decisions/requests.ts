/**
 * Requests of AuthZEN Authorization API 1.0, as they must be shaped (§5, §6, §7, §8). Only the members that are named
 * here are read, one by one: unknown ones are ignored (§10.1.1), whatever they are called. An optional member that is
 * null counts as absent.
 */
import { z } from 'zod';
import { badRequest } from '../machine-calls.ts';

/** A longer batch is a bad request: decisions of one call are made at one go. */
const MOST_EVALUATIONS = 1_000;

const Anything = z.object({}).nullish();
const Properties = z.object({ siret: z.unknown().optional(), college: z.unknown().optional() }).nullish();

const Kind = z.object({ type: z.string(), properties: Anything });
const Subject = Kind.extend({ id: z.string() });
const Action = z.object({ name: z.string(), properties: Anything });
const ResourceKind = z.object({ type: z.string(), properties: Properties });
const Resource = ResourceKind.extend({ id: z.string() });

export const Evaluation = z.object({
  subject: Subject,
  action: Action,
  resource: Resource,
  context: Anything,
});
export type Evaluation = z.infer<typeof Evaluation>;

const SEMANTICS = ['execute_all', 'deny_on_first_deny', 'permit_on_first_permit'] as const;
export type Semantic = (typeof SEMANTICS)[number];

/** The defaults of a batch, each whole or absent; the evaluations themselves are read one by one. */
export const Batch = z.object({
  subject: Subject.optional(),
  action: Action.optional(),
  resource: Resource.optional(),
  context: Anything,
  evaluations: z.array(z.unknown()).max(MOST_EVALUATIONS).nullish(),
  options: z.object({ evaluations_semantic: z.enum(SEMANTICS).nullish() }).nullish(),
});
export type Batch = z.infer<typeof Batch>;

const Page = z.object({ token: z.string().nullish(), limit: z.int().nonnegative().nullish() }).nullish();
export type Page = z.infer<typeof Page>;

export const SubjectSearch = z.object({
  subject: Kind,
  action: Action,
  resource: Resource,
  context: Anything,
  page: Page,
});
export const ResourceSearch = z.object({
  subject: Subject,
  action: Action,
  resource: ResourceKind,
  context: Anything,
  page: Page,
});
export const ActionSearch = z.object({ subject: Subject, resource: Resource, context: Anything, page: Page });

/** Where and what, never the value: an answer holds nothing that was sent. */
export function faultOf({ issues }: z.ZodError): string {
  const [first] = issues;
  return `${first?.path.join('.') || 'the body'}: ${first?.message ?? 'malformed'}`;
}

/** @throws CallRefused 400 */
export function parse<T extends z.ZodType>(shape: T, value: unknown): z.infer<T> {
  const read = shape.safeParse(value);
  if (!read.success) throw badRequest(faultOf(read.error));
  return read.data;
}
