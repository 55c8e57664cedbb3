/** Codes of an application: the second half of a sign-in, and their page in My account. */
import type { Context } from 'koa';
import { secondStepPathOf } from '../dispatch.ts';
import type { Routes, Web } from '../web.ts';
import { askAddition, overview, takeAddition } from './account-pages.ts';
import { HOME } from './account-place.ts';
import { askCode, takeCode } from './code-step.ts';
import { askConfirmation, takeConfirmation } from './confirm-pages.ts';
import { askSetUp, endSetUp, takeSetUp } from './set-up-step.ts';

type Page = (ctx: Context, web: Web) => Promise<void>;

export const secondFactorRoutes: Routes = (router, web) => {
  const get = (path: string, page: Page) => router.get(path, (ctx) => page(ctx, web));
  const post = (path: string, page: Page) => router.post(path, (ctx) => page(ctx, web));
  const code = secondStepPathOf('code', ':uid');
  const setUp = secondStepPathOf('set_up', ':uid');
  get(code, askCode);
  post(code, takeCode);
  get(setUp, askSetUp);
  post(setUp, takeSetUp);
  post(`${setUp}/terminer`, endSetUp);
  get(HOME, overview);
  get(`${HOME}/ajouter`, askAddition);
  post(`${HOME}/ajouter`, takeAddition);
  get(`${HOME}/retirer`, askConfirmation('remove'));
  post(`${HOME}/retirer`, takeConfirmation('remove'));
  get(`${HOME}/codes`, askConfirmation('renew'));
  post(`${HOME}/codes`, takeConfirmation('renew'));
};
