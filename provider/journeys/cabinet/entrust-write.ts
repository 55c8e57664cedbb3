/** Writes a plan inside its act: the rows, a line of audit for each, a mail for each person, and what services held. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import type { Instant } from '../../domain/instant.ts';
import { Refusal } from '../../refusal.ts';
import { type AuditEvent, appendAudits } from '../../store/audit.ts';
import { insertDelegations, type NewDelegation } from '../../store/delegations.ts';
import { nameSites } from '../../store/firm-portfolio.ts';
import { changeEntrusted, type Entrusted, type EntrustedChange } from '../../store/firm-staff.ts';
import type { Handle } from '../../store/handle.ts';
import { stateOf } from '../delegation-state.ts';
import { endTaken, type Taken } from '../taken.ts';
import { scopeFor } from '../web.ts';
import type { CabinetPlace } from './cabinet-place.ts';
import type { Future, Line, Wish } from './entrust-plan.ts';
import { tellMembers } from './tell-members.ts';

export type Writing = {
  readonly plan: readonly Line[];
  readonly place: Pick<CabinetPlace, 'account' | 'cabinet'>;
  readonly at: Instant;
};

/** @returns of whom services must hear once it has committed. */
export async function writePlan(ctx: Context, inside: Handle, { plan, place, at }: Writing): Promise<Taken> {
  const rows = plan.map((line) => rowsOf(line, place.cabinet.id, at));
  const changes = rows.flatMap(({ changed }) => changed);
  if (!(await changeEntrusted(inside, changes, at))) throw new Refusal('changed_meanwhile');
  const given = rows.flatMap((row) => row.given);
  await insertDelegations(inside, given, at);
  const { address, requestId } = scopeFor(ctx);
  const actor = { at, actorId: place.account.id, address, requestId };
  const events = rows.flatMap(({ told }) => told.map((event): AuditEvent => ({ ...event, ...actor })));
  await appendAudits(inside, events);
  const sites = await nameSites(inside, { siteIds: plan.map(({ wish }) => wish.siteId) });
  await tellMembers(ctx, inside, { plan, place, places: new Map(sites.map((site) => [site.siteId, site])) });
  return endTaken(inside, { delegationIds: changes.map(({ id }) => id) }, { now: at, forGood: true });
}

type Rows = {
  readonly given: readonly NewDelegation[];
  readonly changed: readonly EntrustedChange[];
  readonly told: readonly Omit<AuditEvent, 'at'>[];
};

function rowsOf(line: Line, cabinetId: string, at: Instant): Rows {
  const { wish } = line;
  const ended = 'ended' in line ? line.ended : [];
  const closed = ended.map((row): EntrustedChange => ({ ...row, status: 'closed' }));
  const about = aboutOf(wish, cabinetId);
  const closings = ended.map((row) =>
    about('delegation_closed', { delegation: row.id, before: saidBy(row), after: 'closed' }),
  );
  if (line.kind === 'given') {
    const row = newRow(wish, line.future, { cabinetId, at });
    const told = about('delegation_given', { delegation: row.id, before: null, after: saidBy(row) });
    return { given: [row], changed: closed, told: [...closings, told] };
  }
  if (line.kind !== 'modified') return { given: [], changed: closed, told: closings };
  const after = { ...line.standing, ...line.future, from: line.future.from ?? at };
  const facts = { delegation: after.id, before: saidBy(line.standing), after: saidBy(after) };
  return { given: [], changed: [after, ...closed], told: [...closings, about('delegation_modified', facts)] };
}

const saidBy = (row: Pick<Entrusted, 'rights' | 'status' | 'from' | 'to'>): string =>
  stateOf({ ...row, admin: false });

type Kind = 'delegation_given' | 'delegation_modified' | 'delegation_closed';

const aboutOf =
  ({ accountId, siteId }: Wish, cabinetId: string) =>
  (
    kind: Kind,
    facts: { readonly delegation: string; readonly before: string | null; readonly after: string },
  ) => ({
    kind,
    subjectId: accountId,
    siteId,
    facts: { kind: 'staff', giver: cabinetId, cabinet: cabinetId, ...facts },
  });

const newRow = (
  wish: Wish,
  future: Future,
  { cabinetId, at }: { readonly cabinetId: string; readonly at: Instant },
): Extract<NewDelegation, { kind: 'staff' }> => ({
  ...future,
  kind: 'staff',
  id: randomUUID(),
  admin: false,
  grantorCabinetId: cabinetId,
  granteeAccountId: wish.accountId,
  membershipId: wish.membershipId,
  siteId: wish.siteId,
  adherentId: wish.adherentId,
  from: future.from ?? at,
});
