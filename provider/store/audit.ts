/** The audit: security events, appended in the transaction of the act that they tell. Nothing rewrites a line. */
import type { Instant } from '../domain/instant.ts';
import { REGISTER_OF } from './audit-registers.ts';
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
  | 'first_step_passed'
  | 'second_step_failed'
  | 'second_step_throttled'
  | 'second_factor_added'
  | 'second_factor_removed'
  | 'second_factor_reset'
  | 'recovery_code_used'
  | 'recovery_codes_renewed'
  | 'certification_sent'
  | 'certification_reminded'
  | 'email_certified'
  | 'provisional_made'
  | 'provisional_signed_in'
  | 'provisional_address_given'
  | 'provisional_opened'
  | 'identification_failed'
  | 'identification_throttled'
  | 'site_identified'
  | 'enrolment_sent'
  | 'account_activated'
  | 'site_associated'
  | 'password_reset_asked'
  | 'password_reset'
  | 'password_changed'
  | 'password_change_failed'
  | 'email_change_asked'
  | 'email_change_failed'
  | 'email_changed'
  | 'email_change_cancelled'
  | 'contact_changed'
  | 'contact_change_failed'
  | 'mobile_certified'
  | 'session_ended'
  | 'service_access_ended'
  | 'code_letter_asked'
  | 'code_letter_sent'
  | 'letter_batch_made'
  | 'letter_batch_downloaded'
  | 'letter_batch_printed'
  | 'letter_batch_cancelled'
  | 'letter_returned'
  | 'letter_return_lifted'
  | 'initial_letter_sent'
  | 'delegation_given'
  | 'delegation_accepted'
  | 'delegation_refused'
  | 'delegation_confirmed'
  | 'delegation_denied'
  | 'delegation_sent_again'
  | 'delegation_withdrawn'
  | 'delegation_modified'
  | 'delegation_suspended'
  | 'delegation_resumed'
  | 'delegation_closed'
  | 'delegation_renewed'
  | 'delegation_end_reminded'
  | 'site_handed_over'
  | 'member_invited'
  | 'member_joined'
  | 'member_left'
  | 'access_request_received'
  | 'access_request_corrected'
  | 'access_request_incomplete'
  | 'access_request_validated'
  | 'access_request_refused'
  | 'contact_message_received'
  | 'contact_message_handled'
  | 'contact_message_reopened'
  | 'contact_message_resent'
  | 'contact_message_erased'
  | 'alerts_put'
  | 'service_registered'
  | 'service_changed'
  | 'service_secret_renewed'
  | 'service_removed'
  | 'settings_changed'
  | 'caisse_founded'
  | 'agent_invited'
  | 'signing_key_rotated'
  | 'cookie_keys_rotated'
  | 'closure_ended_sessions'
  | 'account_unlocked'
  | 'audit_exported'
  | 'audit_anchored'
  | 'audit_verified'
  | 'audit_dropped'
  | 'import_begun'
  | 'import_approved'
  | 'import_abandoned'
  | 'import_applied'
  | 'import_refused'
  | 'delegation_carried_over'
  | 'messages_resent'
  | 'email_change_by_agent'
  | 'account_closed'
  | 'account_reopened'
  | 'cabinet_attached'
  | 'cabinet_detached'
  | 'manager_named'
  | 'manager_ended'
  | 'agent_changed'
  | 'agent_ended';

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

export const appendAudit = (handle: Handle, event: AuditEvent): Promise<void> =>
  appendAudits(handle, [event]);

/** Likewise of an act on many sites at once: a line for each. */
export async function appendAudits({ caisseId, sql }: Handle, events: readonly AuditEvent[]): Promise<void> {
  const rows = events.map((event) => ({
    caisse_id: caisseId,
    at: timestamp(event.at),
    register: REGISTER_OF[event.kind],
    kind: event.kind,
    actor_id: event.actorId ?? null,
    subject_id: event.subjectId ?? null,
    site_id: event.siteId ?? null,
    client_id: event.clientId ?? null,
    address: event.address ?? null,
    request_id: event.requestId ?? null,
    facts: JSON.stringify(event.facts ?? {}),
  }));
  for (let at = 0; at < rows.length; at += BITE) await sql('audit_event').insert(rows.slice(at, at + BITE));
}

const BITE = 1_000;
