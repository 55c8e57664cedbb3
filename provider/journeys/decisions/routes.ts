/**
 * The decision API of a caisse: OpenID AuthZEN Authorization API 1.0. Owns the questions that services ask about rights
 * and their answers; not what is held (domain/rights), nor by what rule it is used (policies). Its callers are
 * machines: no browser, session or form comes here, so it is mounted apart from the other journeys.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Enforcer } from '../../../policies/enforcer.ts';
import { refuseWhileClosed } from '../closed-gate.ts';
import {
  answeringBy,
  type CallerOf,
  jsonReader,
  refuseMethod,
  requireCaller,
  type Teller,
} from '../machine-calls.ts';
import { scopeFor } from '../web.ts';
import { type Desk, openDesk } from './decide.ts';
import { evaluate, evaluateAll } from './evaluations.ts';
import { ENDPOINTS, metadataOf, WELL_KNOWN } from './metadata.ts';
import { searchActions, searchResources, searchSubjects } from './search.ts';

export type DecisionWeb = { readonly enforcer: Enforcer; readonly callerOf: CallerOf };

type Answer = (desk: Desk, body: unknown) => Promise<object>;

const ANSWERS: Readonly<Record<keyof typeof ENDPOINTS, Answer>> = {
  access_evaluation_endpoint: evaluate,
  access_evaluations_endpoint: evaluateAll,
  search_subject_endpoint: searchSubjects,
  search_resource_endpoint: searchResources,
  search_action_endpoint: searchActions,
};

/** AuthZEN Authorization API 1.0 §10.1.2: an error's body is one sentence; a decision that denies is no error. */
const SENTENCES: Teller = {
  refused: (ctx, { message }) => {
    ctx.type = 'text/plain';
    ctx.body = message;
  },
  failed: (ctx, reference) => {
    ctx.type = 'text/plain';
    ctx.body = `No decision could be made (reference ${reference})`;
  },
};

const SCOPE = 'decisions';

/** A hundred evaluations with properties take some 30 kB. */
const jsonBody = jsonReader('256kb');

/** Seconds. The addresses change with the caisse's issuer alone. */
const METADATA_KEPT = 300;

export function decisionRoutes(router: Router, web: DecisionWeb): void {
  const answering = answeringBy(SENTENCES);
  router.get(WELL_KNOWN, answering, (ctx: Context) => {
    ctx.set('Cache-Control', `public, max-age=${METADATA_KEPT}`);
    ctx.body = metadataOf(scopeFor(ctx).caisse);
  });
  for (const [name, path] of Object.entries(ENDPOINTS)) {
    const answer = ANSWERS[name as keyof typeof ENDPOINTS];
    router.post(
      path,
      answering,
      requireCaller(web.callerOf, SCOPE),
      refuseWhileClosed,
      async (ctx: Context) => {
        ctx.body = await answer(openDesk(scopeFor(ctx), web.enforcer), await jsonBody(ctx));
      },
    );
    router.all(path, answering, refuseMethod('POST'));
  }
}
