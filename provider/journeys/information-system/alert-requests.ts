/** What a call about DSN alerts says, item by item: one that cannot be read fails alone, by a code and a place. */
import { z } from 'zod';
import { LONGEST_MESSAGE, MOST_MESSAGES_A_SITE, MOST_SITES_A_CALL, oneLine } from '../../domain/dsn-alert.ts';
import { parseSiret, type Siret } from '../../domain/siret.ts';
import { badRequest } from '../machine-calls.ts';

export type ItemError =
  | 'invalid_item'
  | 'invalid_siret'
  | 'duplicate_siret'
  | 'unknown_siret'
  | 'invalid_messages'
  | 'too_many_messages'
  | 'message_empty'
  | 'message_too_long';

export type Item =
  | { readonly siret: Siret; readonly messages: readonly string[] }
  | { readonly siret: string | null; readonly error: ItemError };

const Batch = z.strictObject({ sites: z.array(z.unknown()).min(1).max(MOST_SITES_A_CALL) });
const WithMessages = z.strictObject({ siret: z.string().max(40), messages: z.unknown() });
const SiretAlone = z.strictObject({ siret: z.string().max(40) });
const Messages = z.array(z.string());

export type Verb = 'replace' | 'add' | 'clear';

/** @throws CallRefused 400 when the whole cannot be read. */
export function readBatch(body: unknown, verb: Verb): readonly Item[] {
  const read = Batch.safeParse(body);
  if (!read.success) {
    throw badRequest(`sites: an array of 1 to ${MOST_SITES_A_CALL} items is expected, and nothing else`);
  }
  const seen = new Set<string>();
  return read.data.sites.map((value) => {
    const item = verb === 'clear' ? readSiret(value) : readSite(value);
    if ('error' in item) return item;
    if (seen.has(item.siret)) return { siret: item.siret, error: 'duplicate_siret' };
    seen.add(item.siret);
    return item;
  });
}

function readSiret(value: unknown): Item {
  const read = SiretAlone.safeParse(value);
  if (!read.success) return { siret: null, error: 'invalid_item' };
  const siret = parseSiret(read.data.siret);
  return siret ? { siret, messages: [] } : { siret: read.data.siret, error: 'invalid_siret' };
}

function readSite(value: unknown): Item {
  const read = WithMessages.safeParse(value);
  if (!read.success) return { siret: null, error: 'invalid_item' };
  const siret = parseSiret(read.data.siret);
  if (!siret) return { siret: read.data.siret, error: 'invalid_siret' };
  const messages = Messages.safeParse(read.data.messages);
  if (!messages.success) return { siret, error: 'invalid_messages' };
  const said = [...new Set(messages.data.map(oneLine))];
  const error = faultOf(said);
  return error ? { siret, error } : { siret, messages: said };
}

function faultOf(messages: readonly string[]): ItemError | null {
  if (messages.length > MOST_MESSAGES_A_SITE) return 'too_many_messages';
  if (messages.includes('')) return 'message_empty';
  return messages.some((message) => message.length > LONGEST_MESSAGE) ? 'message_too_long' : null;
}
