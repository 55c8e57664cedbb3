/** Plans of what becomes of an invitation: accepted or refused, confirmed or denied, sent again or taken back. */
import { confirm, deny } from '../../provider/journeys/delegation/confirm.ts';
import { seenToSend, sendAgain, withdraw } from '../../provider/journeys/delegation/send-again.ts';
import { accept } from '../../provider/journeys/invitation/accept.ts';
import { refuse } from '../../provider/journeys/invitation/refuse.ts';
import { seenOf, standing } from '../../provider/journeys/invited.ts';
import { findInvited } from '../../provider/store/delegation-acts.ts';
import { findInvitation } from '../../provider/store/invitations.ts';
import { done, nameOf } from './rights-gifts.ts';
import { checkHandedOver } from './rights-handing.ts';
import {
  chainOf,
  type Facts,
  type Gift,
  giverHolds,
  givesPower,
  manages,
  mayConfer,
  type Row,
  standingOf,
  standsAbove,
  worthOf,
} from './rights-oracle.ts';
import type { Plan, Said } from './rights-plans.ts';
import type { Person, Scene } from './rights-scene.ts';

type Waiting = 'awaiting_beneficiary' | 'awaiting_confirmation';

export const broughtBy = ({ rows }: Facts, invitationId: string): Row[] =>
  [...rows.values()].filter((row) => row.invitationId === invitationId);

const waitingOf = (facts: Facts, invitationId: string, ...where: readonly string[]): Row[] =>
  broughtBy(facts, invitationId).filter((row) => where.includes(standingOf(row, facts.now)));

const parentOf = ({ rows }: Facts, row: Row): Row | undefined => rows.get(row.parentId ?? '');
export const giftOf = ({ kind, admin, rights }: Row): Gift => ({ kind: kind as Gift['kind'], admin, rights });

const standsIn = (facts: Facts, row: Row, personId: string): boolean => {
  const above = facts.rows.get(row.parentId ?? row.succeedsId ?? '');
  return above !== undefined && chainOf(facts, above).some(({ granteeId }) => granteeId === personId);
};

/** What was given must be held when it is accepted, and by somebody who may still give. */
function isGiven(facts: Facts, row: Row): boolean {
  const above = facts.rows.get(row.parentId ?? row.succeedsId ?? '');
  if (!above || !givesPower(facts, above)) return false;
  if (row.kind === 'enrolment') return worthOf(facts, above).size > 0 && above.granteeId === row.inviterId;
  return giverHolds(facts, above, giftOf(row));
}

const seenNow = async (scene: Scene, invitationId: string, ...where: readonly Waiting[]) =>
  seenOf(standing(await findInvited(scene.scope.store, invitationId), where, scene.scope.now()));

const all = (rows: readonly Row[], said: (row: Row) => Said) =>
  new Map(rows.map((row) => [row.id, said(row)]));

export function planAcceptance(scene: Scene, facts: Facts, invitationId: string): Plan {
  const waiting = waitingOf(facts, invitationId, 'awaiting_beneficiary');
  const [first] = broughtBy(facts, invitationId);
  const person = scene.people.find(({ email }) => email === first?.invitedEmail) as Person;
  const ready = waiting.filter((row) => isGiven(facts, row) && !standsIn(facts, row, person.id));
  const lost = waiting.filter((row) => !ready.includes(row));
  const open = first?.kind === 'user' && !first.needsConfirmation;
  const written = {
    changed: new Map([
      ...all(lost, () => ({ status: 'refused' })),
      ...all(ready, () =>
        open ? { status: 'active', granteeId: person.id } : { status: 'awaiting_confirmation' },
      ),
    ]),
  };
  const handing = { own: checkHandedOver({ offered: ready, lost, successorId: person.id }) };
  return {
    label: `${nameOf(scene, person)} accepts ${first?.kind} on ${waiting.length}, of which ${ready.length} given`,
    writes: ready.length === 0 ? null : first?.kind === 'enrolment' ? handing : written,
    act: async () => {
      const seen = await seenNow(scene, invitationId, 'awaiting_beneficiary');
      const accepted = await accept(scene.scope, {
        invitationId,
        seen,
        by: { accountId: person.id },
        signInHref: null,
      });
      return accepted.kind === 'waits' || accepted.kind === 'open';
    },
  };
}

export function planRefusal(scene: Scene, facts: Facts, invitationId: string): Plan {
  const waiting = waitingOf(facts, invitationId, 'awaiting_beneficiary');
  return {
    label: `an invitation to ${waiting.length} is refused`,
    writes: waiting.length === 0 ? null : { changed: all(waiting, () => ({ status: 'refused' })) },
    act: () => refuse(scene.scope, invitationId, null),
  };
}

export type Deciding = { readonly by: Person; readonly invitationId: string };

const pendingAct = async (scene: Scene, { by, invitationId }: Deciding, seen: string) => {
  const [first] = await findInvited(scene.scope.store, invitationId);
  return { enforcer: scene.enforcer, actorId: by.id, invitationId, siteId: first?.site.id ?? '', seen };
};

const COLLEAGUES = ['user', 'cabinet'];

export function planConfirmation(scene: Scene, facts: Facts, deciding: Deciding): Plan {
  const { by, invitationId } = deciding;
  const waiting = waitingOf(facts, invitationId, 'awaiting_confirmation');
  const person = scene.people.find(({ email }) => email === waiting[0]?.invitedEmail);
  const ready = waiting.filter((row) => mayConfer(facts, parentOf(facts, row), by.id, giftOf(row)));
  const own = ready.some((row) => standsIn(facts, row, person?.id ?? ''));
  const staff = ready.filter(({ kind }) => kind === 'cabinet' && !manages(facts, person?.id ?? ''));
  return {
    label: `${nameOf(scene, by)} confirms ${ready.length} of ${waiting.length} to ${person && nameOf(scene, person)}`,
    writes:
      ready.length === 0 || own || !person
        ? null
        : {
            changed: all(ready, ({ kind }) =>
              kind === 'cabinet' ? { status: 'active' } : { status: 'active', granteeId: person.id },
            ),
            added: staff.map(({ id, siteId, rights, from, to }) => {
              const parties = {
                kind: 'staff' as const,
                parentId: id,
                giverId: scene.cabinetId,
                granteeId: person.id,
              };
              return { ...parties, siteId, rights, from, to, admin: false, status: 'active' };
            }),
          },
    act: async () => {
      const seen = await seenNow(scene, invitationId, 'awaiting_confirmation');
      const act = await pendingAct(scene, deciding, seen);
      let kind = '';
      const gone = confirm(scene.scope, { ...act, signInHref: null }).then((confirmed) => {
        kind = confirmed.kind;
      });
      return (await done(gone)) && kind === 'done';
    },
  };
}

type Taking = 'deny' | 'withdraw';

export function planTaking(scene: Scene, facts: Facts, taking: Deciding & { readonly verb: Taking }): Plan {
  const { by, invitationId, verb } = taking;
  const where: Waiting[] =
    verb === 'deny' ? ['awaiting_confirmation'] : ['awaiting_beneficiary', 'awaiting_confirmation'];
  const his = waitingOf(facts, invitationId, ...where).filter(
    (row) =>
      COLLEAGUES.includes(row.kind) &&
      standsAbove(facts, parentOf(facts, row), by.id, row.kind as Gift['kind']),
  );
  return {
    label: `${nameOf(scene, by)} would ${verb} ${his.length}`,
    writes:
      his.length === 0
        ? null
        : { changed: all(his, () => ({ status: verb === 'deny' ? 'refused' : 'closed' })) },
    act: async () => {
      const act = await pendingAct(scene, taking, await seenNow(scene, invitationId, ...where));
      let kind = '';
      const gone = (verb === 'deny' ? deny : withdraw)(scene.scope, act).then((taken) => {
        kind = typeof taken === 'string' ? taken : taken.kind;
      });
      return (await done(gone)) && kind === 'done';
    },
  };
}

/** Nothing changes but until when it waits, and only where it may still be given. */
export function planSentAgain(scene: Scene, facts: Facts, deciding: Deciding): Plan {
  const { by, invitationId } = deciding;
  const waiting = waitingOf(facts, invitationId, 'awaiting_beneficiary', 'lapsed').filter(
    ({ to }) => to === null || to > facts.now,
  );
  const given = waiting.filter(
    (row) => COLLEAGUES.includes(row.kind) && mayConfer(facts, parentOf(facts, row), by.id, giftOf(row)),
  );
  const open = waitingOf(facts, invitationId, 'awaiting_confirmation').length === 0;
  return {
    label: `${nameOf(scene, by)} sends ${given.length} again`,
    writes: given.length > 0 && open ? {} : null,
    act: async () => {
      const invited = await findInvited(scene.scope.store, invitationId);
      const again = standing(invited, ['awaiting_beneficiary', 'lapsed'], scene.scope.now());
      const invitation = await findInvitation(scene.scope.store, invitationId, scene.scope.now());
      if (!invitation) return false;
      const seen = seenOf(again.filter(({ to }) => to === null || to > facts.now));
      const act = await pendingAct(scene, deciding, seenToSend(seen, invitation));
      let sent = '';
      const gone = sendAgain(scene.scope, act).then((outcome) => {
        sent = outcome;
      });
      return (await done(gone)) && (sent === 'sent' || sent === 'reopened');
    },
  };
}
