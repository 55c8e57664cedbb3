/** The audit: security events, appended in the transaction of the act that they tell. Nothing rewrites a line. */
import type { Instant } from '../domain/instant.ts';
import { REGISTER_OF } from './audit-registers.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';
import { named, run } from './statement.ts';

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

const COLUMNS = 'at, register, kind, actor_id, subject_id, site_id, client_id, address, request_id, facts';

/** For a statement that writes an act together with its lines: `lines` are `linesOf` the events. */
export const APPENDING = `
  insert into audit_event (caisse_id, ${COLUMNS})
  select :caisse, ${COLUMNS}
  from jsonb_to_recordset(:lines::jsonb) line (
    at timestamptz, register text, kind text, actor_id uuid, subject_id uuid, site_id uuid, client_id text, address text,
    request_id text, facts jsonb)`;

export const linesOf = (events: readonly AuditEvent[]): string =>
  JSON.stringify(
    events.map((event) => ({
      at: timestamp(event.at),
      register: REGISTER_OF[event.kind],
      kind: event.kind,
      actor_id: event.actorId,
      subject_id: event.subjectId,
      site_id: event.siteId,
      client_id: event.clientId,
      address: event.address,
      request_id: event.requestId,
      facts: event.facts ?? {},
    })),
  );

const APPEND = named('append_audit', ['caisse', 'lines'], APPENDING);

export const appendAudit = (handle: Handle, event: AuditEvent): Promise<void> =>
  appendAudits(handle, [event]);

/** Likewise of an act on many sites at once: a line for each. */
export async function appendAudits({ caisseId, sql }: Handle, events: readonly AuditEvent[]): Promise<void> {
  for (let at = 0; at < events.length; at += BITE)
    await run(sql, APPEND, [caisseId, linesOf(events.slice(at, at + BITE))]);
}

const BITE = 1_000;
