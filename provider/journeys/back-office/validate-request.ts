/**
 * A request for access is validated: an account for the director, who heads the site, and one for whom he names, each
 * behind a letter of its own. The delegate's rights hang on the director's like any other gift: never more than he
 * holds. All of it in one transaction; the code that proved the request is used up.
 */
import { randomUUID } from 'node:crypto';
import { FEATURES } from '../../../policies/catalogue.ts';
import type { Enforcer } from '../../../policies/enforcer.ts';
import { type Delegate, isOpen, makeShortName } from '../../domain/access-request.ts';
import type { Gift } from '../../domain/delegation.ts';
import { rootOf } from '../../domain/enrolment.ts';
import type { Instant } from '../../domain/instant.ts';
import { COLLEGES, vectorOf } from '../../domain/rights.ts';
import { type AccessRequest, findRequest, holdRequest, turnRequest } from '../../store/access-requests.ts';
import { holdAttachment } from '../../store/cabinet-attached.ts';
import { lockCode, useCode } from '../../store/confidential-codes.ts';
import { insertDelegations } from '../../store/delegations.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { joinFirm } from '../../store/memberships.ts';
import { findAdherent } from '../../store/office-adherents.ts';
import type { Scope } from '../../tenant/scope.ts';
import { requireGiver } from '../giving.ts';
import { sendInitialCredentials } from '../initial-letters.ts';
import { drawInitialPassword, type InitialPassword } from '../make-provisional.ts';
import { noteAct } from './note.ts';

export type Validating = {
  readonly requestId: string;
  readonly seen: number;
  readonly agentId: string;
  readonly reason: string;
  /** The attached firm that a delegate of a firm belongs to; null: he gets nothing. */
  readonly cabinetId: string | null;
};

export type Validated = 'validated' | 'changed' | 'space_open' | 'no_address' | 'not_attached';

export async function validateRequest(
  scope: Scope,
  enforcer: Enforcer,
  validating: Validating,
): Promise<Validated> {
  const asked = await findRequest(scope.store, validating.requestId);
  if (!isAsSeen(asked, validating)) return 'changed';
  const passwords = {
    director: await drawInitialPassword(scope),
    delegate: await drawInitialPassword(scope),
  };
  return transaction<Validated>(scope.store, async (inside) => {
    const request = await holdRequest(inside, validating.requestId);
    if (!isAsSeen(request, validating)) return 'changed';
    const code = await lockCode(inside, request.codeId);
    if (code === 'used') return 'space_open';
    const company = await findAdherent(inside, request.site.adherentId);
    if (!company || company.postalAddress.length === 0) return 'no_address';
    const firm = await firmOf(inside, request, { ...validating, now: scope.now() });
    if (firm === 'not_attached') return firm;
    const act = { scope, enforcer, inside, request, validating, passwords };
    const director = await openDirector(act, company);
    if (firm !== 'nobody') await openDelegate(act, director, firm);
    if (code === 'current') await useCode(inside, request.codeId, scope.now());
    await conclude(act, director.accountId, firm !== 'nobody');
    return 'validated';
  });
}

const isAsSeen = (request: AccessRequest | undefined, { seen }: Validating): request is AccessRequest =>
  request !== undefined && isOpen(request.status) && request.version === seen;

type Act = {
  readonly scope: Scope;
  readonly enforcer: Enforcer;
  readonly inside: Handle;
  readonly request: AccessRequest;
  readonly validating: Validating;
  readonly passwords: { readonly director: InitialPassword; readonly delegate: InitialPassword };
};

type Firm = { readonly attachmentId: string; readonly cabinetId: string };

/** The firm to give to; 'employee' where none is needed; 'nobody' where nobody but the director is served. */
async function firmOf(
  inside: Handle,
  { delegate, site }: AccessRequest,
  { cabinetId, now }: { readonly cabinetId: string | null; readonly now: Instant },
): Promise<Firm | 'employee' | 'nobody' | 'not_attached'> {
  if (delegate === null) return 'nobody';
  if (delegate.kind === 'employee') return 'employee';
  if (cabinetId === null) return 'nobody';
  const attached = await holdAttachment(inside, { cabinetId, adherentId: site.adherentId, now });
  return attached ? { attachmentId: attached.id, cabinetId } : 'not_attached';
}

type Opened = { readonly accountId: string; readonly rootId: string };

async function openDirector(
  { scope, inside, request, validating, passwords }: Act,
  company: { readonly raisonSociale: string; readonly postalAddress: readonly string[] },
): Promise<Opened> {
  const { director, site } = request;
  const { givenName, familyName } = director;
  const now = scope.now();
  const rootId = randomUUID();
  const { accountId } = await sendInitialCredentials(
    { ...scope, store: inside },
    {
      givenName,
      familyName,
      identifiant: makeShortName(scope.random),
      agentId: validating.agentId,
      password: passwords.director,
      site: { id: site.id, siret: site.siret, raisonSociale: company.raisonSociale },
      // Where the caisse knows the company to be, whatever was typed.
      to: [
        {
          name: company.raisonSociale,
          lines: [`À l’attention de ${givenName} ${familyName}`, ...company.postalAddress],
        },
      ],
      besides: (within, made) =>
        insertDelegations(
          within,
          [
            {
              ...rootOf(now),
              id: rootId,
              kind: 'enrolment',
              granteeAccountId: made.accountId,
              adherentId: site.adherentId,
              siteId: site.id,
            },
          ],
          now,
        ),
    },
  );
  return { accountId, rootId };
}

async function openDelegate(act: Act, director: Opened, firm: Firm | 'employee'): Promise<void> {
  const { scope, inside, request, validating, enforcer, passwords } = act;
  const { site } = request;
  const delegate = request.delegate as Delegate;
  const now = scope.now();
  const vector = vectorOf(
    FEATURES.map(() => delegate.level),
    COLLEGES,
  );
  const gift: Gift =
    firm === 'employee'
      ? { kind: 'user', cabinetId: null, admin: false, vector }
      : { kind: 'cabinet', cabinetId: firm.cabinetId, admin: false, vector };
  const asking = { enforcer, now, accountId: director.accountId, parentId: director.rootId, gift };
  await requireGiver(inside, asking, 'create');
  const delegationId = randomUUID();
  const { givenName, familyName, address, firm: firmName } = delegate;
  const person = `${givenName} ${familyName}`;
  const { accountId } = await sendInitialCredentials(
    { ...scope, store: inside },
    {
      givenName,
      familyName,
      identifiant: makeShortName(scope.random),
      agentId: validating.agentId,
      password: passwords.delegate,
      site: { id: site.id, siret: site.siret, raisonSociale: site.raisonSociale },
      to: [
        firm === 'employee'
          ? { name: person, lines: address }
          : { name: firmName, lines: [`À l’attention de ${person}`, ...address] },
      ],
      besides: (within, made) =>
        hang(within, { ...director, delegationId, gift, firm, granteeId: made.accountId, request, now }),
    },
  );
  await noteAct(scope, inside, {
    kind: 'delegation_given',
    actorId: validating.agentId,
    subjectId: accountId,
    siteId: site.id,
    facts: {
      delegation: delegationId,
      giver: director.accountId,
      request: request.id,
      level: delegate.level,
      before: null,
      after: 'active',
    },
  });
}

type Hung = Opened & {
  readonly delegationId: string;
  readonly gift: Gift;
  readonly firm: Firm | 'employee';
  readonly granteeId: string;
  readonly request: AccessRequest;
  readonly now: Instant;
};

/** On the director's own: to the employee, or to the firm and through it to its person, who serves that client alone. */
async function hang(inside: Handle, hung: Hung): Promise<void> {
  const { firm, granteeId, delegationId, accountId, rootId, now } = hung;
  const { id: siteId, adherentId } = hung.request.site;
  const common = { adherentId, siteId, admin: false, rights: hung.gift.vector, from: now, to: null };
  const given = { ...common, id: delegationId, parentId: rootId, grantorAccountId: accountId };
  if (firm === 'employee') {
    const toPerson = { ...given, kind: 'user', granteeAccountId: granteeId, status: 'active' } as const;
    return insertDelegations(inside, [toPerson], now);
  }
  const { cabinetId, attachmentId } = firm;
  const toFirm = {
    ...given,
    kind: 'cabinet',
    granteeCabinetId: cabinetId,
    attachmentId,
    status: 'active',
  } as const;
  await insertDelegations(inside, [toFirm], now);
  const joined = await joinFirm(inside, { accountId: granteeId, cabinetId, adherentId, now });
  const toStaff = {
    ...common,
    id: randomUUID(),
    kind: 'staff',
    parentId: delegationId,
    grantorCabinetId: cabinetId,
    granteeAccountId: granteeId,
    membershipId: joined.id,
    status: 'active',
  } as const;
  await insertDelegations(inside, [toStaff], now);
}

async function conclude(
  { scope, inside, request, validating }: Act,
  directorId: string,
  withDelegate: boolean,
): Promise<void> {
  const { agentId, reason } = validating;
  const { director, site, number } = request;
  await turnRequest(inside, request, {
    status: 'validated',
    actorId: agentId,
    note: reason,
    now: scope.now(),
  });
  await noteAct(scope, inside, {
    kind: 'access_request_validated',
    actorId: agentId,
    subjectId: directorId,
    siteId: site.id,
    facts: { request: request.id, before: request.status, after: 'validated', reason },
  });
  await scope.outbox.announce(inside, {
    channel: 'mail',
    template: 'access_request_validated',
    to: director.email,
    expiresAt: null,
    givenName: director.givenName,
    familyName: director.familyName,
    number,
    raisonSociale: site.raisonSociale,
    siret: site.siret,
    withDelegate,
  });
}
