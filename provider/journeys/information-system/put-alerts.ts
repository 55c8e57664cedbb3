/** Writes what a call says of sites, in one act: those that can be are written, the others are told apart. */
import { MOST_MESSAGES_A_SITE } from '../../domain/dsn-alert.ts';
import { appendAudit } from '../../store/audit.ts';
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
    const written: SiteMessages[] = [];
    const results = items.map((item): ItemResult => {
      if ('error' in item) return refused(item.siret, item.error);
      const site = known.get(item.siret);
      if (!site) return refused(item.siret, 'unknown_siret');
      const messages = verb === 'add' ? together(item.messages, site.messages) : item.messages;
      if (messages.length > MOST_MESSAGES_A_SITE) return refused(item.siret, 'too_many_messages');
      const told = { siret: item.siret, messages: messages.length };
      if (sameWords(messages, site.messages)) return { ...told, status: 'unchanged' };
      written.push({ siteId: site.siteId, messages });
      return { ...told, status: 'written' };
    });
    const now = scope.now();
    await replaceAlerts(inside, written, now);
    if (written.length > 0) {
      const { address, requestId } = scope;
      const facts = { verb, sites: written.length, refused: count(results, 'refused') };
      await appendAudit(inside, { kind: 'alerts_put', at: now, clientId, address, requestId, facts });
    }
    return results;
  });
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
