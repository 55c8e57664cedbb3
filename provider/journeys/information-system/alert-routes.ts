/**
 * DSN alerts, as the caisse's information system puts them: replaced (PUT), added to (POST) or cleared, a thousand sites
 * a call. Every call may be made again: what is said already stays as it is.
 */
import type Router from '@koa/router';
import type { Context } from 'koa';
import {
  answeringBy,
  type CallerOf,
  callerFor,
  JSON_TELLER,
  jsonReader,
  refuseMethod,
  requireCaller,
} from '../machine-calls.ts';
import { scopeFor } from '../web.ts';
import { readBatch, type Verb } from './alert-requests.ts';
import { count, putAlerts } from './put-alerts.ts';

const ALERTS_PATH = '/api/v1/alertes-dsn';
const SCOPE = 'alerts';

/** A thousand sites with some messages each take less than half of it. */
const readJson = jsonReader('2mb');

export function alertRoutes(router: Router, { callerOf }: { readonly callerOf: CallerOf }): void {
  const answering = answeringBy(JSON_TELLER);
  const allowed = requireCaller(callerOf, SCOPE);
  const take = (verb: Verb) => async (ctx: Context) => {
    const items = readBatch(await readJson(ctx), verb);
    const results = await putAlerts(scopeFor(ctx), { verb, items, clientId: callerFor(ctx).clientId });
    ctx.body = {
      written: count(results, 'written'),
      unchanged: count(results, 'unchanged'),
      refused: count(results, 'refused'),
      results,
    };
  };
  router.put(ALERTS_PATH, answering, allowed, take('replace'));
  router.post(ALERTS_PATH, answering, allowed, take('add'));
  router.all(ALERTS_PATH, answering, refuseMethod('PUT, POST'));
  router.post(`${ALERTS_PATH}/effacement`, answering, allowed, take('clear'));
  router.all(`${ALERTS_PATH}/effacement`, answering, refuseMethod('POST'));
}
