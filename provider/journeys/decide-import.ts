/** An import that was looked at is applied, or abandoned: who decides it is told by the log, whoever sent the file. */
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { findImport, turnImport } from '../store/imports.ts';
import type { Scope } from '../tenant/scope.ts';

export type Decision = {
  readonly id: string;
  readonly to: 'approved' | 'abandoned';
  /** An agent, or else a service. */
  readonly by: { readonly actorId: string } | { readonly clientId: string };
};

/** @returns false when it waits for no decision: somebody else was quicker, or it is over. */
export const decideImport = (scope: Scope, { id, to, by }: Decision): Promise<boolean> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    const decided = 'actorId' in by ? { decided_actor_id: by.actorId } : { decided_client_id: by.clientId };
    if (!(await turnImport(inside, { id, from: 'checked', to, now }, decided))) return false;
    const row = await findImport(inside, id);
    if (!row) return false;
    await appendAudit(inside, {
      kind: to === 'approved' ? 'import_approved' : 'import_abandoned',
      at: now,
      ...by,
      address: scope.address,
      requestId: scope.requestId,
      facts: {
        import: id,
        of: row.kind,
        sha256: row.sha256?.toString('hex') ?? null,
        lines: row.lines,
        before: 'checked',
        after: to,
      },
    });
    return true;
  });
