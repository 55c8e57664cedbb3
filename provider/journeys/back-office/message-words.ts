/** Words of the messages of the contact form, and the filters of their list. */
import type { MessageStatus } from '../../domain/contact.ts';
import type { StatusShown } from '../../http/screens-list.ts';

export const SECTION = '/gestion/messages';

/** Of one whose writer has withdrawn his consent: nothing else of it is left. */
export const titleOf = (about: string): string => (about === '' ? 'Message effacé' : about);

export const MESSAGE_STANDING: Readonly<Record<MessageStatus, StatusShown>> = {
  received: { status: 'waiting', label: 'Reçu', beside: null },
  transmitted: { status: 'active', label: 'Transmis', beside: null },
  failed: { status: 'waiting', label: 'Échec d’envoi', beside: null },
  handled: { status: 'inactive', label: 'Traité', beside: null },
};

export type MessageFilter = {
  readonly value: string;
  readonly label: string;
  readonly statuses: readonly MessageStatus[];
};

export const MESSAGE_FILTERS: readonly [MessageFilter, ...MessageFilter[]] = [
  { value: 'a-traiter', label: 'À traiter', statuses: ['received', 'transmitted', 'failed'] },
  { value: 'recus', label: 'Reçus, pas encore transmis', statuses: ['received'] },
  { value: 'transmis', label: 'Transmis', statuses: ['transmitted'] },
  { value: 'echecs', label: 'Échecs d’envoi', statuses: ['failed'] },
  { value: 'traites', label: 'Traités', statuses: ['handled'] },
  { value: 'tous', label: 'Tous', statuses: ['received', 'transmitted', 'failed', 'handled'] },
];
