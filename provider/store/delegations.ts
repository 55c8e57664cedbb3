/** Delegations: a tree of dated links. What they are worth is read by holdings and decided by domain/rights. */
import type { Instant } from '../domain/instant.ts';
import type { LinkStatus, Vector } from '../domain/rights.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

type Place = { readonly adherentId: string; readonly siteId: string };

/** Who gives to whom, by kind; the database refuses any other shape. */
export type Parties =
  | { readonly kind: 'enrolment'; readonly granteeAccountId: string | null }
  | {
      readonly kind: 'user';
      readonly parentId: string;
      readonly grantorAccountId: string;
      /** null until whoever was invited holds it. */
      readonly granteeAccountId: string | null;
    }
  | {
      readonly kind: 'cabinet';
      readonly parentId: string;
      readonly grantorAccountId: string;
      readonly granteeCabinetId: string;
      readonly attachmentId: string;
    }
  | {
      readonly kind: 'staff';
      readonly parentId: string;
      readonly grantorCabinetId: string;
      readonly granteeAccountId: string;
      readonly membershipId: string;
    };

export type NewDelegation = Parties &
  Place & {
    readonly id: string;
    readonly admin: boolean;
    readonly rights: Vector;
    readonly status: LinkStatus;
    readonly from: Instant;
    readonly to: Instant | null;
    readonly invitationId?: string | null;
    /** Of an enrolment: the one that it takes the place of. */
    readonly succeedsId?: string | null;
  };

export async function insertDelegations(
  { caisseId, sql }: Handle,
  delegations: readonly NewDelegation[],
  now: Instant,
): Promise<void> {
  const rows = delegations.map((delegation) => ({
    caisse_id: caisseId,
    id: delegation.id,
    adherent_id: delegation.adherentId,
    site_id: delegation.siteId,
    ...partiesOf(delegation),
    admin: delegation.admin,
    colleges: delegation.rights.colleges,
    levels: delegation.rights.levels.toString(),
    status: delegation.status,
    effective_at: timestamp(delegation.from),
    ends_at: delegation.to === null ? null : timestamp(delegation.to),
    invitation_id: delegation.invitationId ?? null,
    succeeds_id: delegation.succeedsId ?? null,
    created_at: timestamp(now),
  }));
  await sql.batchInsert('delegation', rows, 500);
}

function partiesOf(parties: Parties): Record<string, string | null> {
  const nobody = {
    parent_id: null,
    grantor_account_id: null,
    grantor_cabinet_id: null,
    grantee_account_id: null,
    grantee_cabinet_id: null,
    cabinet_client_id: null,
    cabinet_member_id: null,
  };
  switch (parties.kind) {
    case 'enrolment':
      return { ...nobody, kind: parties.kind, grantee_account_id: parties.granteeAccountId };
    case 'user':
      return {
        ...nobody,
        kind: parties.kind,
        parent_id: parties.parentId,
        grantor_account_id: parties.grantorAccountId,
        grantee_account_id: parties.granteeAccountId,
      };
    case 'cabinet':
      return {
        ...nobody,
        kind: parties.kind,
        parent_id: parties.parentId,
        grantor_account_id: parties.grantorAccountId,
        grantee_cabinet_id: parties.granteeCabinetId,
        cabinet_client_id: parties.attachmentId,
      };
    case 'staff':
      return {
        ...nobody,
        kind: parties.kind,
        parent_id: parties.parentId,
        grantor_cabinet_id: parties.grantorCabinetId,
        grantee_account_id: parties.granteeAccountId,
        cabinet_member_id: parties.membershipId,
      };
  }
}
