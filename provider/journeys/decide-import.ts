/** An import that was looked at is applied, or abandoned: who decides it is told by the log, whoever sent the file. */
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { findImport, turnImport } from '../store/imports.ts';
import type { Scope } from '../tenant/scope.ts';

export type Decision = {
  readonly id: string;
  readonly to: 'approved' | 'abandoned';
  /** An agent, a service, or who sits at the shell. */
  readonly by: { readonly actorId: string } | { readonly clientId: string } | { readonly operator: string };
};

type Deciding = Pick<Scope, 'store' | 'now'> & Partial<Pick<Scope, 'address' | 'requestId'>>;

/** @returns false when it waits for no decision: somebody else was quicker, or it is over. */
export const decideImport = (scope: Deciding, { id, to, by }: Decision): Promise<boolean> =>
  transaction(scope.store, async (inside) => {
    const now = scope.now();
    if (!(await turnImport(inside, { id, from: 'checked', to, now }, decidedBy(by)))) return false;
    const row = await findImport(inside, id);
    if (!row) return false;
    await appendAudit(inside, {
      kind: to === 'approved' ? 'import_approved' : 'import_abandoned',
      at: now,
      ...('operator' in by ? {} : by),
      address: scope.address,
      requestId: scope.requestId,
      facts: {
        import: id,
        of: row.kind,
        sha256: row.sha256?.toString('hex') ?? null,
        lines: row.lines,
        before: 'checked',
        after: to,
        ...('operator' in by ? by : {}),
      },
    });
    return true;
  });

/** The shell's operator stands there as the sender: he decides on no file but his own. */
function decidedBy(by: Decision['by']): Readonly<Record<string, string>> {
  if ('operator' in by) return {};
  return 'actorId' in by ? { decided_actor_id: by.actorId } : { decided_client_id: by.clientId };
}
