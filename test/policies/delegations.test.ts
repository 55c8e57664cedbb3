import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeEnforcer } from '../../policies/enforcer.ts';
import { DELEGATION_ACTIONS, DELEGATION_KINDS, type DelegationResource } from '../../policies/requests.ts';
import { type ChainRights, chainRights, EVERYTHING, NOTHING } from '../../provider/domain/rights.ts';
import {
  ALL_COLLEGES,
  chain,
  chainSpec,
  gives,
  isAdministrator,
  isGiven,
  leavesSomething,
  levels,
  link,
  NOW,
  vector,
  vectorSpec,
} from '../domain/chains.ts';

const { mayDelegate, whyDelegate } = await makeEnforcer();

const HERE = { caisseId: 'grand-est', siteId: 'metz' };
const ADMINISTRATOR: ChainRights = { vector: EVERYTHING, administrator: true, cabinetId: null };
const MANAGER: ChainRights = { vector: EVERYTHING, administrator: true, cabinetId: 'firm' };
const DELEGATE: ChainRights = { vector: EVERYTHING, administrator: false, cabinetId: null };
const READER = vector({ levels: levels({ documents: 'consultation' }), colleges: ['etam'] });

const delegation = (said: Partial<DelegationResource> = {}): DelegationResource => ({
  ...HERE,
  kind: 'user',
  cabinetId: said.kind === 'staff' ? 'firm' : null,
  admin: false,
  vector: READER,
  ...said,
});
const by = (holds: ChainRights | null) => ({ ...HERE, holds });

describe('the management of delegations', () => {
  const allowedTo = (holds: ChainRights): Record<string, string[]> =>
    Object.fromEntries(
      DELEGATION_KINDS.map((kind) => [
        kind,
        DELEGATION_ACTIONS.filter((action) => mayDelegate(by(holds), delegation({ kind }), action)),
      ]),
    );

  it('leaves to an administrator his users, and the delegation to a firm but for changing it', () => {
    expect(allowedTo(ADMINISTRATOR)).toEqual({
      user: ['view', 'create', 'modify', 'confirm', 'close'],
      cabinet: ['view', 'create', 'confirm', 'delete'],
      staff: [],
    });
  });

  it('leaves to the manager of a firm his staff, and no say on the company’s users or firms', () => {
    expect(allowedTo(MANAGER)).toEqual({
      user: [],
      cabinet: [],
      staff: ['view', 'create', 'modify', 'confirm', 'close'],
    });
  });

  it('leaves nothing to those without the power to delegate, whatever they hold', () => {
    expect(allowedTo(DELEGATE)).toEqual({ user: [], cabinet: [], staff: [] });
    expect(allowedTo({ ...DELEGATE, cabinetId: 'firm' })).toEqual({ user: [], cabinet: [], staff: [] });
  });

  it('is refused for a kind or an action that is none', () => {
    for (const kind of ['', 'enrolment', 'membership', 'users', undefined]) {
      expect(mayDelegate(by(ADMINISTRATOR), delegation({ kind: kind as never }), 'view')).toBe(false);
    }
    for (const action of ['', 'read', 'update', undefined, ['view']]) {
      expect(mayDelegate(by(ADMINISTRATOR), delegation(), action as never)).toBe(false);
    }
  });

  it('never leaves the delegation to a firm modified, whoever asks', () => {
    fc.assert(
      fc.property(chainSpec, vectorSpec, fc.boolean(), (spec, asked, firm) => {
        const holds = chainRights(chain(spec), NOW);
        const request = delegation({
          kind: 'cabinet',
          vector: vector(asked),
          cabinetId: firm ? 'chain-firm' : null,
        });
        expect(mayDelegate(by(holds), request, 'modify')).toBe(false);
      }),
    );
  });

  it('creates, modifies and confirms within what the chain holds, and refuses one bit more', () => {
    let created = 0;
    fc.assert(
      fc.property(chainSpec, vectorSpec, (spec, asked) => {
        const holds = chainRights(chain(spec), NOW);
        const exceeds = Array.from({ length: 31 }, (_, index) => index).some((index) =>
          ALL_COLLEGES.some((college) =>
            (['consultation', 'mise_a_jour'] as const).some(
              (level) => gives(asked, index, college, level) && !isGiven([spec], { index, college, level }),
            ),
          ),
        );
        const isFirms = spec.some(({ kind }) => kind === 'cabinet');
        const empty = !leavesSomething([link('enrolment', asked)]);
        const expected = isAdministrator(spec) && !exceeds && !empty;
        if (expected) created += 1;
        const own = isFirms
          ? delegation({ kind: 'staff', cabinetId: 'chain-firm', vector: vector(asked) })
          : delegation({ vector: vector(asked) });
        for (const action of ['create', 'modify', 'confirm'] as const) {
          expect(mayDelegate(by(holds), own, action)).toBe(expected);
          expect(mayDelegate(by(holds), { ...own, cabinetId: 'other-firm' }, action)).toBe(
            expected && !isFirms,
          );
        }
      }),
      { numRuns: 1000 },
    );
    expect(created).toBeGreaterThan(20);
  });

  it('refuses exactly at the first bit that exceeds', () => {
    const giver = vector({
      levels: levels({ documents: 'consultation', planning: 'mise_a_jour' }),
      colleges: ['etam'],
    });
    const gives = (said: Parameters<typeof levels>[0], colleges: ('etam' | 'cadre')[] = ['etam']) =>
      mayDelegate(
        by({ ...ADMINISTRATOR, vector: giver }),
        delegation({ vector: vector({ levels: levels(said), colleges }) }),
        'create',
      );
    expect(gives({ documents: 'consultation', planning: 'mise_a_jour' })).toBe(true);
    expect(gives({ documents: 'mise_a_jour' })).toBe(false);
    expect(gives({ documents: 'consultation', telepaiements: 'consultation' })).toBe(false);
    expect(gives({ planning: 'consultation' }, ['etam', 'cadre'])).toBe(false);
    expect(gives({})).toBe(false);
  });

  it('lets an administrator, capped or not, make another who reaches whatever he reaches', () => {
    const capped = { ...ADMINISTRATOR, vector: READER };
    const another = delegation({ admin: true, vector: EVERYTHING });
    expect(whyDelegate(by(capped), another, 'create').rule).toBe('p2, administrator, user, create, covered');
    expect(mayDelegate(by(capped), { ...another, admin: false }, 'create')).toBe(false);
    expect(mayDelegate(by(DELEGATE), another, 'create')).toBe(false);
    expect(mayDelegate(by(ADMINISTRATOR), { ...another, vector: READER }, 'create')).toBe(false);
    expect(mayDelegate(by(ADMINISTRATOR), { ...another, vector: NOTHING }, 'create')).toBe(false);
  });

  it('gives the power to delegate to users only', () => {
    const given = { admin: true, vector: EVERYTHING };
    expect(mayDelegate(by(ADMINISTRATOR), delegation({ ...given, kind: 'cabinet' }), 'create')).toBe(false);
    expect(mayDelegate(by(MANAGER), delegation({ ...given, kind: 'staff' }), 'create')).toBe(false);
  });

  it('stays within one firm', () => {
    for (const cabinetId of ['other-firm', '', null]) {
      for (const action of DELEGATION_ACTIONS) {
        expect(mayDelegate(by(MANAGER), delegation({ kind: 'staff', cabinetId }), action)).toBe(false);
      }
    }
  });
});
