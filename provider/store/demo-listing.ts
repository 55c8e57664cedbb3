/** What the page of the demo lists of a caisse. Reads only. */
import type { StaffRole } from './accounts.ts';
import type { Handle } from './handle.ts';

export type CaisseCounts = {
  readonly accounts: number;
  readonly adherents: number;
  readonly sites: number;
  readonly delegations: number;
  readonly alerts: number;
};

export async function countCaisse({ caisseId, sql }: Handle): Promise<CaisseCounts> {
  const { rows } = await sql.raw(
    `select
      (select count(*)::int from account where caisse_id = :caisse) as accounts,
      (select count(*)::int from adherent where caisse_id = :caisse) as adherents,
      (select count(*)::int from site where caisse_id = :caisse) as sites,
      (select count(*)::int from delegation where caisse_id = :caisse and status = 'active') as delegations,
      (select count(*)::int from dsn_alert where caisse_id = :caisse) as alerts`,
    { caisse: caisseId },
  );
  return rows[0];
}

export type ListedPerson = {
  readonly id: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly mobile: string | null;
  readonly mobileCertified: boolean;
  readonly status: string;
  readonly staffRole: StaffRole | null;
  readonly cabinet: string | null;
  readonly cabinetRole: 'manager' | 'staff' | null;
};

/** The accounts whose address is of that domain, by family name. */
export async function listPeople({ caisseId, sql }: Handle, domain: string): Promise<ListedPerson[]> {
  const { rows } = await sql.raw(
    `select a.id, a.email, a.given_name as "givenName", a.family_name as "familyName", a.mobile,
      a.mobile_certified_at is not null as "mobileCertified", a.status, a.staff_role as "staffRole",
      c.name as cabinet, m.role as "cabinetRole"
    from account a
    left join cabinet_member m on m.caisse_id = a.caisse_id and m.account_id = a.id and m.ends_at is null
    left join cabinet c on c.caisse_id = m.caisse_id and c.id = m.cabinet_id
    where a.caisse_id = :caisse and right(a.email_key, length(:suffix)) = :suffix
    order by a.family_name, a.email_key, c.name`,
    { caisse: caisseId, suffix: `@${domain}` },
  );
  return rows;
}
