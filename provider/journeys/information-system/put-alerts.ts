/** Writes what a call says of sites, in one act: those that can be are written, the others are told apart. */
import { MOST_MESSAGES_A_SITE } from '../../domain/dsn-alert.ts';
import { type AuditEvent, appendAudits } from '../../store/audit.ts';
import { lockAlertedSites, replaceAlerts, type SiteMessages } from '../../store/dsn-alerts.ts';
import { transaction } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import type { Item, ItemError, Verb } from './alert-requests.ts';

export type ItemResult = {
  readonly siret: string | null;
  /** `unchanged`: it was said already, as when a call is made again. */
  readonly status: 'written' | 'unchanged' | 'refused';
  readonly error?: ItemError;
  /** How many messages the site shows now. */
  readonly messages?: number;
};

type Call = { readonly verb: Verb; readonly items: readonly Item[]; readonly clientId: string };

export function putAlerts(scope: Scope, { verb, items, clientId }: Call): Promise<ItemResult[]> {
  return transaction(scope.store, async (inside) => {
    const sirets = items.flatMap((item) => ('error' in item ? [] : [item.siret]));
    const known = await lockAlertedSites(inside, sirets);
    const written: Written[] = [];
    const results = items.map((item): ItemResult => {
      if ('error' in item) return refused(item.siret, item.error);
      const site = known.get(item.siret);
      if (!site) return refused(item.siret, 'unknown_siret');
      const messages = verb === 'add' ? together(item.messages, site.messages) : item.messages;
      if (messages.length > MOST_MESSAGES_A_SITE) return refused(item.siret, 'too_many_messages');
      const told = { siret: item.siret, messages: messages.length };
      if (sameWords(messages, site.messages)) return { ...told, status: 'unchanged' };
      written.push({ siteId: site.siteId, siret: item.siret, messages, before: site.messages.length });
      return { ...told, status: 'written' };
    });
    const now = scope.now();
    await replaceAlerts(inside, written, now);
    const noted = { verb, clientId, refused: count(results, 'refused') };
    await appendAudits(inside, linesOf(scope, written, noted));
    return results;
  });
}

type Written = SiteMessages & { readonly siret: string; readonly before: number };

/** Of a call about more sites, one line tells how many, the first of them, and how many more. */
const MOST_LINES = 50;

/** A line for each site, in whose log it stands, as long as they are few: each month's files concern them all. */
function linesOf(
  { now, address, requestId }: Scope,
  written: readonly Written[],
  { verb, clientId, refused }: Pick<Call, 'verb' | 'clientId'> & { readonly refused: number },
): AuditEvent[] {
  const common = { kind: 'alerts_put', at: now(), clientId, address, requestId } as const;
  if (written.length > MOST_LINES) {
    const first = written.slice(0, MOST_LINES).map(({ siret }) => siret);
    const sites = written.length;
    const facts = { verb, sites, refused, sirets: first.join(', '), unnamed: sites - MOST_LINES };
    return [{ ...common, facts }];
  }
  return written.map(({ siteId, before, messages }) => ({
    ...common,
    siteId,
    facts: { verb, refused, messages_before: before, messages_after: messages.length },
  }));
}

const refused = (siret: string | null, error: ItemError): ItemResult => ({ siret, status: 'refused', error });

export const count = (results: readonly ItemResult[], status: ItemResult['status']): number =>
  results.filter((result) => result.status === status).length;

/** What is new comes first; what was said already stays where it was. */
const together = (added: readonly string[], said: readonly string[]): readonly string[] => [
  ...added.filter((message) => !said.includes(message)),
  ...said,
];

const sameWords = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((message, place) => message === other[place]);
