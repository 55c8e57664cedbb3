/** What every journey's routes are given. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Enforcer } from '../../policies/enforcer.ts';
import type { ConventionTold } from '../domain/access-request.ts';
import type { SendPage } from '../http/page.ts';
import type { Caisse } from '../tenant/directory.ts';
import { type Scope, scopeOf } from '../tenant/scope.ts';
import type { Interactions } from './interaction.ts';

/** Implemented beside the protocol library: what it will have of a service. */
export type ServiceRules = {
  readonly scopes: readonly string[];
  /** Identifiers that no service may take. */
  readonly reserved: readonly string[];
  /** null: it would take it. Otherwise its own words, in English, the name of the member first. */
  readonly refusalOf: (
    ctx: Context,
    clientId: string,
    metadata: Readonly<Record<string, unknown>>,
    secret: string | null,
  ) => string | null;
  readonly sealSecret: (ctx: Context, clientId: string, secret: string) => Buffer;
};

export type Web = {
  readonly send: SendPage;
  readonly interactions: Interactions;
  /** The policy: who may use a feature, who may act on a delegation. */
  readonly enforcer: Enforcer;
  /** As the mail of a request for access brings it: a PDF. */
  readonly composeConvention: (told: ConventionTold, caisse: Caisse) => Promise<Buffer>;
  readonly serviceRules: ServiceRules;
};

export type Routes = (router: Router, web: Web) => void;

export const scopeFor = (ctx: Context): Scope => scopeOf(ctx.req);
