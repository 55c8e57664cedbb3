/** An audit that fills up, is sealed and tampered with, on a database of one's own. */
import { type AuditSealer, makeAuditSealer } from '../../provider/domain/audit-seal.ts';
import type { Anchor } from '../../provider/jobs/anchor-audit.ts';
import { sealAudit } from '../../provider/jobs/seal-audit.ts';
import { type AuditFault, verifyAudit } from '../../provider/jobs/verify-audit.ts';
import { factWords } from '../../provider/journeys/back-office/audit-facts.ts';
import { type AuditEvent, appendAudits } from '../../provider/store/audit.ts';
import { handleOf } from '../../provider/store/handle.ts';
import type { TestDatabase } from './database.ts';

/**
 * What agents did that tells not what was and what became of it, a kind each (taking a copy is no change); and the facts
 * of any line that have no name in French.
 */
export async function unclearActs({ knex }: TestDatabase): Promise<string[]> {
  const { rows } = await knex.raw(`
    select distinct e.kind from audit_event e
    join account a on a.caisse_id = e.caisse_id and a.id = e.actor_id and a.staff_role is not null
    where (e.register in ('office', 'rights') or e.kind = 'password_reset_asked')
      and e.kind not in ('audit_exported', 'second_factor_added')
      and not (jsonb_exists(e.facts, 'before') and jsonb_exists(e.facts, 'after'))
    order by e.kind`);
  const { rows: told } = await knex.raw(
    'select distinct jsonb_object_keys(facts) as name from audit_event order by name',
  );
  return [
    ...rows.map(({ kind }: { readonly kind: string }) => kind),
    ...told.flatMap(({ name }: { readonly name: string }) => {
      const about = name.replace(/_?(before|after)$/, '');
      return about === '' || factWords(about) !== about ? [] : [`« ${name} » has no words`];
    }),
  ];
}

export const auditSealer = makeAuditSealer(Buffer.alloc(32, 5));

export type TestAudit = ReturnType<typeof auditOn>;

export function auditOn(database: TestDatabase, now: () => number = Date.now) {
  const { knex } = database;
  const write = (
    kinds: readonly AuditEvent['kind'][],
    { caisse = 'grand-est', ...given }: Partial<AuditEvent> & { readonly caisse?: string } = {},
  ) =>
    appendAudits(
      handleOf(knex, caisse),
      kinds.map((kind) => ({ kind, at: now(), address: '192.0.2.7', ...given })),
    );
  const tamper = (statement: string, bindings: readonly unknown[] = []) =>
    knex.transaction(async (trx) => {
      await trx.raw("set local session_replication_role = 'replica'");
      await trx.raw(
        statement,
        bindings.map((value) => (typeof value === 'bigint' ? String(value) : (value as string))),
      );
    });
  return {
    write,
    /** As before the first line. */
    async empty(): Promise<void> {
      await tamper('delete from audit_event');
      await tamper('delete from audit_seal');
      await tamper('update audit_horizon set safe_id = 0, noted_id = null, writers = null');
      await knex.raw('alter sequence audit_event_id_seq restart');
    },
    /** Writes a line and says its id. */
    async line(kind: AuditEvent['kind'] = 'delegation_closed', caisse = 'grand-est'): Promise<bigint> {
      await write([kind], { caisse });
      return (await knex('audit_event').max('id as id').where({ caisse_id: caisse }).first())?.id;
    },
    seal: (segmentLines?: number, sealer = auditSealer) =>
      sealAudit({ sql: knex, sealer, now }, segmentLines),
    async verify(
      given: { readonly anchor?: Anchor; readonly at?: number; readonly sealer?: AuditSealer } = {},
    ) {
      const faults: AuditFault[] = [];
      const { at = now(), anchor, sealer = auditSealer } = given;
      const sum = await verifyAudit({
        sql: knex,
        sealer,
        now: at,
        anchor,
        onFault: (fault) => void faults.push(fault),
      });
      return { ...sum, found: faults };
    },
    /** As somebody does who owns the database: no trigger stands in the way. */
    tamper,
  };
}
