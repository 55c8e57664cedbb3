/** What every journey's routes are given. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { SendPage } from '../http/page.ts';
import { type Scope, scopeOf } from '../tenant/scope.ts';
import type { Interactions } from './interaction.ts';

export type Web = { readonly send: SendPage; readonly interactions: Interactions };

export type Routes = (router: Router, web: Web) => void;

export const scopeFor = (ctx: Context): Scope => scopeOf(ctx.req);
