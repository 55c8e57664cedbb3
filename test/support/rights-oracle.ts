/**
 * What rights are worth by the rules of the domain, read in plain sets: a right is a feature, a level and a collège; a
 * gift is a set of them; nobody holds what one above him does not. Shares neither bits nor code with what it judges.
 */
import { FEATURES } from '../../policies/catalogue.ts';

export const COLLEGES = ['ouvrier', 'etam', 'cadre'] as const;
export const LEVELS = ['consultation', 'mise_a_jour'] as const;
export type College = (typeof COLLEGES)[number];
export type Level = (typeof LEVELS)[number];

/** « planning consultation etam » */
export type Right = string;
export type Rights = ReadonlySet<Right>;

export const right = (feature: string, level: Level, college: College): Right =>
  `${feature} ${level} ${college}`;

/** Who may update may also read. */
export const rightsFrom = (
  levels: Readonly<Record<string, Level | 'none'>>,
  colleges: readonly College[],
): Rights =>
  new Set(
    Object.entries(levels).flatMap(([feature, upTo]) =>
      LEVELS.slice(0, upTo === 'none' ? 0 : LEVELS.indexOf(upTo) + 1).flatMap((level) =>
        colleges.map((college) => right(feature, level, college)),
      ),
    ),
  );

export const ALL: Rights = rightsFrom(
  Object.fromEntries(FEATURES.map(({ slug }) => [slug, 'mise_a_jour'])),
  COLLEGES,
);
export const NONE: Rights = new Set();

type Window = { readonly from: number; readonly to: number | null };

/** A delegation as the table says it, all else left to the rules. */
export type Row = Window & {
  readonly id: string;
  readonly kind: 'enrolment' | 'user' | 'cabinet' | 'staff';
  readonly parentId: string | null;
  readonly siteId: string;
  readonly adherentId: string;
  readonly giverId: string | null;
  readonly granteeId: string | null;
  readonly admin: boolean;
  readonly rights: Rights;
  readonly status: string;
  readonly invitationId: string | null;
  /** To whom and by whom, with `invitationId`. */
  readonly invitedEmail: string | null;
  readonly inviterId: string | null;
  readonly needsConfirmation: boolean;
  readonly succeedsId: string | null;
  readonly succeededById: string | null;
  readonly waitsUntil: number | null;
  readonly attachmentId: string | null;
  readonly membershipId: string | null;
};
export type Membership = Window & {
  readonly id: string;
  readonly accountId: string;
  readonly adherentId: string | null;
  readonly role: 'manager' | 'staff';
};
export type Attachment = Window & { readonly id: string; readonly adherentId: string };

export type Facts = {
  readonly now: number;
  readonly rows: ReadonlyMap<string, Row>;
  readonly memberships: readonly Membership[];
  readonly attachments: readonly Attachment[];
};

export const isOpen = ({ from, to }: Window, now: number): boolean =>
  !(now < from) && (to === null || now < to);

export const contains = (whole: Rights, part: Rights): boolean => [...part].every((one) => whole.has(one));
const both = (a: Rights, b: Rights): Rights => new Set([...a].filter((one) => b.has(one)));

/** From the head of the site down to that delegation. */
export function chainOf({ rows }: Facts, row: Row): Row[] {
  const above = row.parentId === null ? undefined : rows.get(row.parentId);
  return above ? [...chainOf({ rows } as Facts, above), row] : [row];
}

function isAlive(facts: Facts, row: Row): boolean {
  const { now, memberships, attachments } = facts;
  const stands = [
    ...(row.attachmentId ? attachments.filter(({ id }) => id === row.attachmentId) : []),
    ...(row.membershipId ? memberships.filter(({ id }) => id === row.membershipId) : []),
  ];
  return row.status === 'active' && [row, ...stands].every((window) => isOpen(window, now));
}

/** Nothing through a link that is not alive; else what every link of the chain gives. */
export function worthOf(facts: Facts, row: Row): Rights {
  const chain = chainOf(facts, row);
  if (chain[0]?.kind !== 'enrolment' || !chain.every((link) => isAlive(facts, link))) return NONE;
  return chain.reduce((left, link) => both(left, link.rights), ALL);
}

/** Every link above gives the power on, a firm's by its kind. */
export const givesPower = (facts: Facts, row: Row): boolean =>
  worthOf(facts, row).size > 0 && chainOf(facts, row).every(({ admin, kind }) => admin || kind === 'cabinet');

export const manages = ({ memberships, now }: Facts, personId: string): boolean =>
  memberships.some((one) => one.accountId === personId && one.role === 'manager' && isOpen(one, now));

/** The delegations by which a person stands on a site: his own, and those of the firm that he manages. */
const hisOn = (facts: Facts, personId: string, siteId: string): Row[] =>
  [...facts.rows.values()].filter(
    (row) =>
      row.siteId === siteId &&
      (row.kind === 'cabinet' ? manages(facts, personId) : row.granteeId === personId),
  );

export type Held = { readonly rights: Rights; readonly administers: boolean };

export function heldBy(facts: Facts, personId: string, siteId: string): Held {
  const his = hisOn(facts, personId, siteId);
  return {
    rights: new Set(his.flatMap((row) => [...worthOf(facts, row)])),
    administers: his.some((row) => givesPower(facts, row)),
  };
}

/** On what concerns the company one collège is enough; on what concerns employees, every collège that is asked about. */
export function may(rights: Rights, slug: string, level: Level, college?: College): boolean {
  const held = (one: College): boolean => rights.has(right(slug, level, one));
  const scope = FEATURES.find((feature) => feature.slug === slug)?.scope;
  if (scope === 'company') return COLLEGES.some(held);
  return college === undefined ? COLLEGES.every(held) : held(college);
}

export type Gift = {
  readonly kind: Exclude<Row['kind'], 'enrolment'>;
  readonly admin: boolean;
  readonly rights: Rights;
};

/** The one above holds it, now. An administrator gives whatever he reaches. */
export function giverHolds(facts: Facts, parent: Row | undefined, { admin, rights }: Gift): boolean {
  if (!parent) return false;
  const worth = worthOf(facts, parent);
  return worth.size > 0 && (admin || contains(worth, rights));
}

/** Whether that person stands there with the power to delegate such a gift: his own link, or the firm's he manages. */
function hasPowerAt(facts: Facts, link: Row, personId: string, kind: Gift['kind']): boolean {
  if (!givesPower(facts, link)) return false;
  return kind === 'staff'
    ? link.kind === 'cabinet' && manages(facts, personId)
    : link.kind !== 'cabinet' && link.granteeId === personId;
}

export const standsAbove = (
  facts: Facts,
  parent: Row | undefined,
  personId: string,
  kind: Gift['kind'],
): boolean =>
  parent !== undefined && chainOf(facts, parent).some((link) => hasPowerAt(facts, link, personId, kind));

/** To take it away a firm's manager needs nothing of what the firm was given. */
export const mayTake = (
  facts: Facts,
  parent: Row | undefined,
  personId: string,
  kind: Gift['kind'],
): boolean => (kind === 'staff' ? manages(facts, personId) : standsAbove(facts, parent, personId, kind));

/** To confirm, modify or resume it: who asks stands above, and the one above holds it. */
export const mayConfer = (facts: Facts, parent: Row | undefined, personId: string, gift: Gift): boolean =>
  giverHolds(facts, parent, gift) &&
  standsAbove(facts, parent, personId, gift.kind) &&
  (gift.kind !== 'cabinet' ||
    facts.attachments.some((one) => one.adherentId === parent?.adherentId && isOpen(one, facts.now)));

/** To give it anew by that link of his. */
export const mayCreate = (facts: Facts, parent: Row, personId: string, gift: Gift): boolean =>
  hasPowerAt(facts, parent, personId, gift.kind) && mayConfer(facts, parent, personId, gift);

/** As DOMAIN says it of a delegation, dates and delays included. */
export function standingOf({ status, to, waitsUntil }: Row, now: number): string {
  const waits = status === 'awaiting_beneficiary' || status === 'awaiting_confirmation';
  if (waits && waitsUntil !== null && waitsUntil <= now) return 'lapsed';
  const mayExpire = waits || ['active', 'suspended', 'to_renew'].includes(status);
  return mayExpire && to !== null && to <= now ? 'expired' : status;
}
