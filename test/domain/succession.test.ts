import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chain, effectiveRights, type Link, type LinkStatus } from '../../provider/domain/rights.ts';
import { type Below, planSuccession } from '../../provider/domain/succession.ts';
import { NOW, type VectorSpec, vector, vectorSpec } from './chains.ts';

const [HEAD, SUCCESSOR, FORMER_ROOT, NEW_ROOT] = ['head', 'successor', 'former', 'enrolment'];
const PEOPLE = [HEAD, SUCCESSOR, 'Alix', 'Dominique', 'Claude'];
const HANDOVER = { formerId: FORMER_ROOT, formerAccountId: HEAD, successorId: SUCCESSOR, now: NOW };

type Row = Below & { readonly given: VectorSpec };

/** A tree: each row hangs on the enrolment or on an earlier one. */
const tree: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      above: fc.nat(),
      grantee: fc.constantFrom(...PEOPLE),
      admin: fc.boolean(),
      status: fc.constantFrom<LinkStatus>('active', 'active', 'active', 'suspended', 'to_renew'),
      to: fc.constantFrom<number | null>(null, null, NOW + 5),
      given: vectorSpec,
    }),
    { maxLength: 8 },
  )
  .map((drawn) =>
    drawn.map(({ above, grantee, admin, ...said }, i) => ({
      ...said,
      id: `d${i}`,
      parentId: above % (i + 1) === i ? FORMER_ROOT : `d${above % (i + 1)}`,
      granteeAccountId: grantee,
      admin,
      from: 0,
    })),
  );

const link = (said: Partial<Link> & Pick<Link, 'id' | 'parentId' | 'granteeId' | 'grantorId'>): Link => ({
  caisseId: 'grand-est',
  siteId: 'metz',
  kind: said.parentId === null ? 'enrolment' : 'user',
  admin: true,
  levels: -1n,
  colleges: 7,
  status: 'active',
  from: 0,
  to: null,
  standsOn: [],
  ...said,
});

/** All the chains of the tree, by who stands at their ends. */
function chainsOf(root: Link, links: readonly Link[]): Map<string, Chain[]> {
  const byId = new Map([root, ...links].map((one) => [one.id, one]));
  const chains = new Map<string, Chain[]>();
  for (const one of byId.values()) {
    const chain: Link[] = [];
    for (let up: Link | undefined = one; up; up = up.parentId === null ? undefined : byId.get(up.parentId))
      chain.unshift(up);
    chains.set(one.granteeId, [...(chains.get(one.granteeId) ?? []), chain]);
  }
  return chains;
}

function before(rows: readonly Row[]) {
  const root = link({ id: FORMER_ROOT, parentId: null, grantorId: null, granteeId: HEAD });
  const holder = new Map([
    [FORMER_ROOT, HEAD],
    ...rows.map((row) => [row.id, row.granteeAccountId ?? ''] as const),
  ]);
  return chainsOf(
    root,
    rows.map(({ given, granteeAccountId, ...row }) =>
      link({
        ...row,
        ...vector(given),
        granteeId: granteeAccountId ?? '',
        grantorId: holder.get(row.parentId) ?? '',
      }),
    ),
  );
}

function after(rows: readonly Row[]) {
  const root = link({ id: NEW_ROOT, parentId: null, grantorId: null, granteeId: SUCCESSOR });
  const rowOf = new Map(rows.map((row) => [row.id, row]));
  const carried = planSuccession(rows, HANDOVER).map(({ id, parentId }) => {
    const { given, granteeAccountId, ...row } = rowOf.get(id) as Row;
    return link({
      ...row,
      ...vector(given),
      parentId: parentId ?? NEW_ROOT,
      granteeId: granteeAccountId ?? '',
      grantorId: parentId === null ? SUCCESSOR : (rowOf.get(parentId)?.granteeAccountId ?? ''),
    });
  });
  return chainsOf(root, carried);
}

const rightsIn = (chains: Map<string, Chain[]>, who: string, now: number) => {
  const { administrator, levels } = effectiveRights(chains.get(who) ?? [], now);
  return `${administrator} ${levels.join(' ')}`;
};

/** Administrators without limits say everything: the database refuses any other. */
const shaped = (rows: readonly Row[]): Row[] =>
  rows.map((row) =>
    row.admin ? { ...row, given: { levels: 'everything', colleges: ['ouvrier', 'etam', 'cadre'] } } : row,
  );

describe('a succession', () => {
  it('leaves everybody else exactly what he held, now and when dates have passed', () => {
    fc.assert(
      fc.property(tree, (drawn) => {
        const rows = shaped(drawn);
        const [was, is] = [before(rows), after(rows)];
        for (const who of PEOPLE.slice(2)) {
          for (const now of [NOW, NOW + 10]) expect(rightsIn(is, who, now)).toBe(rightsIn(was, who, now));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('writes parents before children, each once, and hangs nothing on what is left behind', () => {
    fc.assert(
      fc.property(tree, (drawn) => {
        const seen = new Set<string>();
        for (const { id, parentId } of planSuccession(shaped(drawn), HANDOVER)) {
          expect(seen.has(id)).toBe(false);
          if (parentId !== null) expect(seen.has(parentId)).toBe(true);
          seen.add(id);
        }
      }),
    );
  });

  it('carries of the two no more than what others stand on', () => {
    fc.assert(
      fc.property(tree, (drawn) => {
        const plan = planSuccession(shaped(drawn), HANDOVER);
        const holderOf = new Map(drawn.map(({ id, granteeAccountId }) => [id, granteeAccountId]));
        const bears = new Set(plan.map(({ parentId }) => parentId));
        for (const { id } of plan) {
          const holder = holderOf.get(id);
          if (holder === HEAD || holder === SUCCESSOR) expect(bears.has(id)).toBe(true);
        }
      }),
    );
  });
});
