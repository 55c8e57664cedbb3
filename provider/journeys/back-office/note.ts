/** What every act of the caisse's people leaves: a line of the audit, and a mail to whom it concerns. */
import type { OfficeActTold } from '../../domain/message.ts';
import { type AuditEvent, appendAudit } from '../../store/audit.ts';
import type { Handle } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';

type Facts = NonNullable<AuditEvent['facts']>;

/** What was and what became of it, in any act: null where there was nothing, or is nothing any more. */
type Turned = Facts & { readonly before: Facts[string]; readonly after: Facts[string] };

export type OfficeEvent = Omit<AuditEvent, 'at' | 'address' | 'requestId' | 'facts'> & {
  readonly facts: Turned;
};

export const noteAct = (
  { now, address, requestId }: Scope,
  inside: Handle,
  event: OfficeEvent,
): Promise<void> => appendAudit(inside, { ...event, at: now(), address, requestId });

export type ToldPerson = { readonly email: string; readonly givenName: string; readonly familyName: string };

/** Nobody without an address of his own is written to. */
export async function tellPerson(
  { outbox }: Scope,
  inside: Handle,
  { email, givenName, familyName }: ToldPerson,
  told: {
    readonly act: OfficeActTold;
    readonly about?: string;
    readonly link?: string | null;
    readonly expiresAt?: number | null;
  },
): Promise<void> {
  if (!email) return;
  await outbox.announce(inside, {
    channel: 'mail',
    template: 'office_act',
    to: email,
    givenName,
    familyName,
    act: told.act,
    about: told.about ?? '',
    link: told.link ?? null,
    expiresAt: told.expiresAt ?? null,
  });
}
