/** Keeps an espace's tokens young, each espace to its own site, and notices when its rights are gone. */
import * as client from 'openid-client';
import type { Issuer } from './issuer.ts';
import type { Espace } from './sessions.ts';
import type { Settings } from './settings.ts';
import { renew } from './sign-in.ts';

const MARGIN_MS = 30_000;

/**
 * Returns with tokens that are still good, or with `espace.withdrawn` set.
 * @throws when the issuer cannot be reached and the access token has expired.
 */
export async function keepFresh(espace: Espace, issuer: Issuer, settings: Settings): Promise<void> {
  const { now } = settings;
  if (espace.withdrawn || espace.tokens.accessExpiresAt - now() > MARGIN_MS) return;
  espace.renewal ??= renewOnce(espace, issuer, settings).finally(() => {
    espace.renewal = undefined;
  });
  try {
    await espace.renewal;
  } catch (error) {
    // Rights already shown stay true until the access token says that they might not.
    if (espace.tokens.accessExpiresAt <= now()) throw error;
  }
}

async function renewOnce(espace: Espace, issuer: Issuer, settings: Settings): Promise<void> {
  if (espace.tokens.refreshToken === undefined) {
    espace.withdrawn = espace.tokens.accessExpiresAt <= settings.now();
    return;
  }
  try {
    const { visitor, tokens } = await renew(issuer, settings, espace);
    espace.visitor = visitor;
    espace.tokens = tokens;
  } catch (error) {
    if (!(error instanceof client.ResponseBodyError) || error.error !== 'invalid_grant') throw error;
    espace.withdrawn = true;
  }
}
