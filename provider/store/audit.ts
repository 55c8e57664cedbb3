/** The audit: security events, appended in the transaction of the act that they tell. Nothing rewrites a line. */
import type { Instant } from '../domain/instant.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type AuditKind =
  | 'signed_in'
  | 'sign_in_failed'
  | 'sign_in_throttled'
  | 'site_chosen'
  | 'consent_given'
  | 'consent_refused'
  | 'signed_out'
  | 'token_replayed'
  | 'password_reset_asked'
  | 'password_reset'
  | 'password_changed'
  | 'password_change_failed'
  | 'email_change_asked'
  | 'email_change_failed'
  | 'email_changed'
  | 'email_change_cancelled'
  | 'contact_changed'
  | 'mobile_certified'
  | 'session_ended'
  | 'service_access_ended'
  | 'code_letter_asked'
  | 'code_letter_sent';

export type AuditEvent = {
  readonly kind: AuditKind;
  readonly at: Instant;
  readonly actorId?: string | undefined;
  readonly subjectId?: string | undefined;
  readonly siteId?: string | undefined;
  readonly clientId?: string | undefined;
  /** Network address of the caller. */
  readonly address?: string | undefined;
  readonly requestId?: string | undefined;
  /** Nothing secret: no password, code, token or what could be one. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>> | undefined;
};

export async function appendAudit({ caisseId, sql }: Handle, event: AuditEvent): Promise<void> {
  await sql('audit_event').insert({
    caisse_id: caisseId,
    at: timestamp(event.at),
    kind: event.kind,
    actor_id: event.actorId ?? null,
    subject_id: event.subjectId ?? null,
    site_id: event.siteId ?? null,
    client_id: event.clientId ?? null,
    address: event.address ?? null,
    request_id: event.requestId ?? null,
    facts: JSON.stringify(event.facts ?? {}),
  });
}
