/** The bell: a site's DSN messages, asked of the API and kept for a minute. */
import { callApi } from './api-client.ts';
import type { Espace } from './sessions.ts';
import type { Settings } from './settings.ts';

const KEPT_MS = 60_000;

/** Undefined when they cannot be known: the bell then says so, rather than « none ». */
export async function readDsnMessages(
  espace: Espace,
  settings: Settings,
): Promise<readonly string[] | undefined> {
  const now = settings.now();
  if (espace.visitor.site === undefined) return undefined;
  if (espace.dsn !== undefined && espace.dsn.until > now) return espace.dsn.messages;
  const answer = await callApi({
    origin: settings.apiOrigin,
    path: '/dsn-alertes',
    accessToken: espace.tokens.accessToken,
  });
  const list = answer?.status === 200 ? answer.body.messages : undefined;
  const messages = Array.isArray(list) ? list.filter((message) => typeof message === 'string') : undefined;
  espace.dsn = { messages, until: now + KEPT_MS };
  return messages;
}
