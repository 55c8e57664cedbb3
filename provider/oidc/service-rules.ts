/** What the protocol library says of a service before it is registered: the very reading that it will do afterwards. */
import type { Context } from 'koa';
import { errors } from 'oidc-provider';
import { scopeOf } from '../tenant/scope.ts';
import { API_SCOPES, SCOPES } from './contract.ts';
import { clientSecretContext } from './founding.ts';
import { OWN_SCREENS } from './own-screens.ts';
import type { Issuer } from './provider.ts';

type Registered = Readonly<Record<string, unknown>>;

/** Of the constructor of the library's clients, which its types do not tell. */
type MakesClient = new (metadata: Record<string, unknown>, ctx?: unknown) => unknown;

export const makeServiceRules = (issuerOf: (ctx: Context) => Issuer) => ({
  scopes: [...SCOPES, ...API_SCOPES],
  reserved: [OWN_SCREENS],
  /** null: it would take it. Otherwise its own words, the member's name first. */
  refusalOf(ctx: Context, clientId: string, metadata: Registered, secret: string | null): string | null {
    const Client = issuerOf(ctx).provider.Client as unknown as MakesClient;
    // Read by ourselves alone (provider.ts).
    const { initiate_login_uri: _, ...read } = structuredClone(metadata) as Record<string, unknown>;
    try {
      new Client({ ...read, client_id: clientId, ...(secret === null ? {} : { client_secret: secret }) });
      return null;
    } catch (error) {
      if (error instanceof errors.InvalidClientMetadata) return error.error_description ?? error.message;
      throw error;
    }
  },
  sealSecret(ctx: Context, clientId: string, secret: string): Buffer {
    const { caisse, sealer } = scopeOf(ctx.req);
    return sealer.seal(secret, clientSecretContext(caisse.id, clientId));
  },
});
