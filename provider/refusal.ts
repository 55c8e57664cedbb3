/**
 * What the business says no to. Owns the closed list of codes and nothing else: the status and the French
 * sentence of each code live in http/, the one place where a Refusal becomes a response.
 */
export type RefusalCode =
  | 'host_unknown'
  | 'caisse_unknown'
  | 'not_found'
  | 'foreign_origin'
  | 'bad_request'
  | 'form_unreadable'
  | 'interaction_expired'
  | 'too_many_attempts'
  | 'busy'
  | 'site_not_held'
  | 'not_administrator'
  | 'not_manager'
  | 'only_the_caisse'
  | 'beyond_giver'
  | 'office_forbidden'
  | 'changed_meanwhile'
  | 'database_away';

/** A business refusal: thrown anywhere, rendered once. `facts` hold nothing secret: they may reach the logs. */
export class Refusal extends Error {
  readonly code: RefusalCode;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(
    code: RefusalCode,
    facts: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(code, options);
    this.name = 'Refusal';
    this.code = code;
    this.facts = facts;
  }
}
