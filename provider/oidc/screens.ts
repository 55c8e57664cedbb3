/** The moments when the protocol library needs a page, an answer or a status of ours. */
import type { Context } from 'koa';
import { type ErrorOut, errors, type KoaContextWithOIDC } from 'oidc-provider';
import type { PromptName } from './prompts.ts';

export type OidcScreens = {
  readonly error: (ctx: Context, error: Error, status: number) => void;
  /** A link opened after its request has expired: true when it led the person on. */
  readonly leadOn: (ctx: Context) => Promise<boolean>;
  readonly signOut: (ctx: KoaContextWithOIDC) => Promise<void>;
  readonly signedOut: (ctx: KoaContextWithOIDC) => Promise<void>;
  readonly notFound: (ctx: Context) => void;
  /** Path under the issuer of the screen that resolves a prompt. */
  readonly pathOf: (prompt: PromptName, uid: string) => string;
  /** Tells a store that cannot be reached from every other fault. */
  readonly isAway: (error: unknown) => boolean;
  readonly fault: (ctx: Context, error: unknown) => void;
};

/** The library's renderError: only for requests that no service can be told about. */
export const renderError =
  (screens: OidcScreens) =>
  async (ctx: Context, _out: ErrorOut, error: Error): Promise<void> => {
    if (error instanceof errors.SessionNotFound && ctx.method === 'GET' && (await screens.leadOn(ctx)))
      return;
    screens.error(ctx, error, ctx.status);
  };

/** First middleware of a provider: what the library leaves without an answer, or answers as its own fault. */
export const answerForTheLibrary =
  (screens: OidcScreens, away: WeakSet<object>) =>
  async (ctx: Context, next: () => Promise<unknown>): Promise<void> => {
    try {
      await next();
    } catch (error) {
      if (error instanceof errors.OIDCProviderError) return screens.error(ctx, error, error.statusCode);
      screens.fault(ctx, error);
      return screens.error(ctx, error as Error, 500);
    }
    if (ctx.status === 404 && !ctx.body) return screens.notFound(ctx);
    if (!away.has(ctx) || typeof ctx.body !== 'object') return;
    ctx.status = 503;
    ctx.set('Retry-After', '5');
    ctx.body = {
      error: 'temporarily_unavailable',
      error_description: 'the service is momentarily unavailable',
    };
  };
