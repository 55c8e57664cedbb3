/** One evaluation (AuthZEN §6) and several in one call (§7): what each asks, in its order, and where the call ends. */
import { isMeaningless, type Question, questionOf } from './contract.ts';
import type { Desk } from './decide.ts';
import { Batch, Evaluation, faultOf, parse, type Semantic } from './requests.ts';

export type Decision = { readonly decision: boolean; readonly context?: object };

export async function evaluate(desk: Desk, body: unknown): Promise<Decision> {
  const [decision] = await answer(desk, [asked(parse(Evaluation, body))]);
  return decision as Decision;
}

/** Without evaluations it is the call above (§7.1). */
export async function evaluateAll(
  desk: Desk,
  body: unknown,
): Promise<Decision | { readonly evaluations: readonly Decision[] }> {
  const batch = parse(Batch, body);
  if (!batch.evaluations?.length) return evaluate(desk, body);
  const decisions = await answer(
    desk,
    batch.evaluations.map((one) => read(one, batch)),
  );
  return { evaluations: until(batch.options?.evaluations_semantic ?? 'execute_all', decisions) };
}

/** A decision that needs no asking is a denial. */
type Asked = Question | Decision;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A member that an evaluation has replaces the default whole, one that it lacks is the default (§7.1.1). */
function read(evaluation: unknown, { subject, action, resource }: Batch): Asked {
  const merged = isObject(evaluation) ? { subject, action, resource, ...evaluation } : evaluation;
  const whole = Evaluation.safeParse(merged);
  if (whole.success) return asked(whole.data);
  // Within a batch, a malformed evaluation fails alone, and closed (§7.2.1).
  return { decision: false, context: { error: { status: 400, message: faultOf(whole.error) } } };
}

function asked(evaluation: Evaluation): Asked {
  const question = questionOf(evaluation);
  return isMeaningless(question) ? { decision: false, context: question } : question;
}

async function answer(desk: Desk, all: readonly Asked[]): Promise<Decision[]> {
  const questions = all.filter((one): one is Question => !('decision' in one));
  const decisions = (await desk.decide(questions)).values();
  return all.map((one) => ('decision' in one ? one : { decision: decisions.next().value === true }));
}

/** §7.1.2.1. All were decided at once, which costs one query; the rest is not told. */
function until(semantic: Semantic, decisions: readonly Decision[]): readonly Decision[] {
  if (semantic === 'execute_all') return decisions;
  const last = decisions.findIndex(({ decision }) => decision === (semantic === 'permit_on_first_permit'));
  return last === -1 ? decisions : decisions.slice(0, last + 1);
}
