/**
 * What hangs on the first site of the demo's administrator, so that « Gérer les droits d’accès » shows every state:
 * to be confirmed, on standby, about to end, over, and one to a firm that is to be renewed. Pure, as world.ts is.
 */
import { dayOf, endOf } from '../domain/calendar.ts';
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus } from '../domain/rights.ts';
import type { Attachment } from '../store/cabinets.ts';
import type { NewDelegation } from '../store/delegations.ts';
import type { DemoCaisse } from './caisses.ts';
import type { Chance } from './chance.ts';
import { PEOPLE_DOMAIN, type Person } from './people.ts';
import { COLLEAGUE, clientsChoice } from './rights.ts';

const DAY = 86_400_000;

/** Who accepted, and has no account until the administrator confirms. */
export const TO_CONFIRM = {
  email: `nouvelle-collegue@${PEOPLE_DOMAIN}`,
  givenName: 'Irène',
  familyName: 'Lambersart',
} as const;

type Described = Pick<Person, 'givenName' | 'familyName'> & {
  readonly name: string;
  readonly status: LinkStatus;
  /** Days from now; null: no end. */
  readonly endsIn: number | null;
};

const COLLEAGUES: readonly Described[] = [
  { name: 'veille', givenName: 'Gaspard', familyName: 'Thivolet', status: 'suspended', endsIn: null },
  { name: 'fin-proche', givenName: 'Mireille', familyName: 'Dauzonne', status: 'active', endsIn: 20 },
  { name: 'ancien', givenName: 'Loïc', familyName: 'Pernaudin', status: 'closed', endsIn: null },
];

export type Root = {
  readonly id: string;
  readonly adherentId: string;
  readonly siteId: string;
  readonly granteeAccountId: string;
};

type Imagining = {
  readonly root: Root;
  readonly cabinetId: string;
  readonly caisse: DemoCaisse;
  readonly chance: Chance;
  readonly now: Instant;
};

export type Colleagues = {
  readonly people: readonly (Pick<Described, 'givenName' | 'familyName'> & {
    readonly id: string;
    readonly email: string;
  })[];
  readonly delegations: readonly NewDelegation[];
  /** Its invitation is written first (seed.ts). */
  readonly toConfirm: NewDelegation & { readonly kind: 'user' };
  readonly attachment: Attachment;
};

export function imagineColleagues({ root, cabinetId, caisse, chance, now }: Imagining): Colleagues {
  const given = {
    adherentId: root.adherentId,
    siteId: root.siteId,
    parentId: root.id,
    grantorAccountId: root.granteeAccountId,
    admin: false,
    rights: COLLEAGUE,
    from: now - 40 * DAY,
  };
  const described = COLLEAGUES.map((colleague) => ({
    ...colleague,
    id: chance.uuid(),
    email: `${colleague.name}@${caisse.id}.exemple.test`,
  }));
  const ofColleagues = described.map(
    ({ id, status, endsIn }): NewDelegation => ({
      ...given,
      id: chance.uuid(),
      kind: 'user',
      granteeAccountId: id,
      status,
      to: endsIn === null ? null : endOf(dayOf(now + endsIn * DAY, caisse.timeZone), caisse.timeZone),
    }),
  );
  const attachment = {
    id: chance.uuid(),
    cabinetId,
    adherentId: root.adherentId,
    from: given.from,
    to: null,
  };
  const ofFirm: NewDelegation = {
    ...given,
    id: chance.uuid(),
    kind: 'cabinet',
    granteeCabinetId: cabinetId,
    attachmentId: attachment.id,
    rights: clientsChoice(chance),
    status: 'to_renew',
    to: null,
  };
  return {
    people: described.map(({ id, email, givenName, familyName }) => ({ id, email, givenName, familyName })),
    delegations: [...ofColleagues, ofFirm],
    toConfirm: {
      ...given,
      id: chance.uuid(),
      kind: 'user',
      granteeAccountId: null,
      status: 'awaiting_confirmation',
      from: now,
      to: null,
    },
    attachment,
  };
}
