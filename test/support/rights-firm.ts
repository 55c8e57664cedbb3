/** Plans of a firm: a client entrusted to one of its people by a file, somebody removed, and what the caisse does. */
import { FEATURES } from '../../policies/catalogue.ts';
import { removePerson } from '../../provider/journeys/cabinet/remove-person.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { dayOf } from './giving.ts';
import { done, isStaff, nameOf, type Said, setOf } from './rights-gifts.ts';
import { contains, type Facts, givesPower, isOpen, type Row, worthOf } from './rights-oracle.ts';
import type { Plan } from './rights-plans.ts';
import { accountOf, DAY, type Person, type Scene } from './rights-scene.ts';
import { sendFile } from './upload.ts';
import { signInOn } from './visitor.ts';

export type Entrusting = {
  readonly to: Person;
  readonly site: NewSite;
  /** null: nothing any more. */
  readonly said: Said | null;
  /** The last day, so many days ahead. */
  readonly days: number | null;
};

const LABELS = { consultation: 'consultation', mise_a_jour: 'mise à jour', none: '' } as const;
const HEADER = [
  'e-mail',
  'SIRET',
  'collèges',
  'date de fin',
  ...FEATURES.map(({ label }) => label),
  'action',
];

function fileOf(scene: Scene, { to, site, said, days }: Entrusting): string {
  const end = days === null ? '' : dayOf(scene.app.clock.now() + days * DAY);
  const cells = FEATURES.map(({ slug }) => LABELS[said?.levels[slug] ?? 'none']);
  const line = [to.email, site.siret, said?.colleges.join(' + ') ?? '', end, ...cells, said ? '' : 'retirer'];
  return `${HEADER.join(';')}\r\n${line.join(';')}`;
}

/** Through the pages: sent, shown, and applied if the page offers it. */
async function importFile(scene: Scene, content: string): Promise<boolean> {
  const { visitor, email } = scene.manager;
  const path = `${scene.app.issuerOf('grand-est')}/mon-cabinet/import`;
  const page = await visitor.get(path);
  if (page.url.includes('/connexion/')) await signInOn(visitor, page, email);
  const review = await sendFile(visitor, path, content);
  const [, seen] = /name="vu" value="([^"]+)"/.exec(review.text) ?? [];
  if (seen === undefined) return false;
  const applied = await visitor.postOnce(review.url, { vu: seen });
  return applied.status === 303;
}

const staffRows = ({ rows }: Facts, { to, site }: Entrusting): Row[] =>
  [...rows.values()].filter(
    (row) => row.kind === 'staff' && row.siteId === site.id && row.granteeId === to.id,
  );

const standing = (facts: Facts, entrusting: Entrusting): Row[] =>
  staffRows(facts, entrusting).filter(
    ({ status, to, membershipId }) =>
      ['active', 'suspended'].includes(status) &&
      (to === null || to > facts.now) &&
      facts.memberships.some((one) => one.id === membershipId && isOpen(one, facts.now)),
  );

/** One delegation says what the file says, out of a firm's that holds it at that moment; what he had beside is closed. */
const checkEntrusted =
  (entrusting: Entrusting) =>
  (before: Facts, after: Facts): readonly string[] => {
    const asked = entrusting.said && setOf(entrusting.said);
    const now = standing(after, entrusting);
    if (asked === null ? now.length > 0 : now.length !== 1)
      throw new Error(`${now.length} delegations of one client`);
    for (const row of now) {
      const parent = after.rows.get(row.parentId ?? '') as Row;
      if (!contains(worthOf(before, parent), row.rights))
        throw new Error('entrusted beyond what the firm holds');
      if (row.rights.size !== asked?.size || !contains(asked, row.rights))
        throw new Error('entrusted otherwise than asked');
    }
    return staffRows(after, entrusting).map(({ id }) => id);
  };

export function planEntrusting(scene: Scene, facts: Facts, entrusting: Entrusting): Plan {
  const { to, site, said } = entrusting;
  const asked = said && setOf(said);
  const firm = [...facts.rows.values()].filter((row) => row.kind === 'cabinet' && row.siteId === site.id);
  const given =
    asked !== null && firm.some((row) => givesPower(facts, row) && contains(worthOf(facts, row), asked));
  const his = standing(facts, entrusting);
  const saysIt =
    his.length === 1 &&
    asked !== null &&
    his[0]?.rights.size === asked.size &&
    contains(asked, his[0].rights);
  const writes = isStaff(facts, to, site.adherent.id) && given && !saysIt;
  const taken = asked === null && his.length > 0;
  return {
    label: `the firm entrusts ${asked?.size ?? 'nothing'} to ${nameOf(scene, to)}`,
    writes: writes
      ? { own: checkEntrusted(entrusting) }
      : saysIt || taken
        ? { own: mayWrite(entrusting) }
        : null,
    act: async () => (await importFile(scene, fileOf(scene, entrusting))) || saysIt || taken,
  };
}

/** Its dates alone may have moved, or it is taken where the firm still may. */
const mayWrite =
  (entrusting: Entrusting) =>
  (before: Facts, after: Facts): readonly string[] => {
    const [was, is] = [standing(before, entrusting), standing(after, entrusting)];
    const worth = (facts: Facts, rows: readonly Row[]) =>
      new Set(rows.flatMap((row) => [...worthOf(facts, row)]));
    if (!contains(worth(before, was), worth(after, is))) throw new Error('taking has given something');
    return staffRows(after, entrusting).map(({ id }) => id);
  };

const OPEN = ['awaiting_beneficiary', 'awaiting_confirmation', 'to_renew', 'active', 'suspended'];

/** Whoever leaves loses all that came through the firm; nobody but its manager removes him, and no manager. */
export function planRemoval(
  scene: Scene,
  facts: Facts,
  { by, person }: Record<'by' | 'person', Person>,
): Plan {
  const open = facts.memberships.filter(
    ({ accountId, to }) => accountId === person.id && (to === null || to > facts.now),
  );
  const allowed =
    by.id === scene.manager.id && open.length > 0 && open.every(({ role }) => role !== 'manager');
  const struck = [...facts.rows.values()].filter(
    ({ membershipId, status }) => open.some(({ id }) => id === membershipId) && OPEN.includes(status),
  );
  return {
    label: `${nameOf(scene, by)} removes ${nameOf(scene, person)}`,
    writes: allowed ? { changed: new Map(struck.map(({ id }) => [id, { status: 'closed' }])) } : null,
    act: async () => {
      const managing = {
        account: await accountOf(scene, by),
        cabinet: { id: scene.cabinetId, name: 'Cabinet Essai' },
      };
      return done(removePerson(scene.scope, managing, { accountId: person.id, reason: null }));
    },
  };
}

/** The caisse ends the attachment of the firm to a client, or attaches it anew: no delegation says anything else. */
export function planAttachment(scene: Scene, facts: Facts, site: NewSite): Plan {
  const adherentId = site.adherent.id;
  const open = facts.attachments.find((one) => one.adherentId === adherentId && isOpen(one, facts.now));
  const world = scene.app.world();
  return {
    label: `the caisse ${open ? 'detaches' : 'attaches'} the firm`,
    writes: {},
    act: async () => {
      const now = scene.app.clock.now();
      if (open) await world.change('cabinet_client', open.id, { ends_at: new Date(now).toISOString() });
      else await world.attach(scene.cabinetId, adherentId, { from: now });
      return true;
    },
  };
}

export function planTime(scene: Scene, ms: number): Plan {
  return {
    label: `${Math.round(ms / 60_000)} minutes pass`,
    writes: {},
    act: async () => {
      scene.app.clock.advance(ms);
      return true;
    },
  };
}
