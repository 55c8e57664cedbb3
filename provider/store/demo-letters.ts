/** The codes that the demo invented, readable again: for its page, and nowhere else. */
import type { Instant } from '../domain/instant.ts';
import type { Sealer } from '../domain/seal.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

const contextOf = (caisseId: string, codeId: string) => `demo letter ${caisseId} ${codeId}`;

export async function keepDemoCode(
  { caisseId, sql }: Handle,
  { codeId, clear }: { readonly codeId: string; readonly clear: string },
  sealer: Sealer,
): Promise<void> {
  const sealed = sealer.seal(clear, contextOf(caisseId, codeId));
  await sql('demo_letter').insert({ caisse_id: caisseId, code_id: codeId, sealed });
}

export type DemoCode = {
  readonly origin: 'postal' | 'former_space';
  readonly clear: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  readonly siret: string;
  readonly siteName: string;
};

/** Those that still open something, by raison sociale. @throws when no key opens one. */
export async function listDemoCodes(
  { caisseId, sql }: Handle,
  { sealer, now }: { readonly sealer: Sealer; readonly now: Instant },
): Promise<DemoCode[]> {
  const { rows } = await sql.raw(
    `select d.code_id as "codeId", d.sealed, c.origin, a.identifiant, a.raison_sociale as "raisonSociale", s.siret,
      s.name as "siteName"
    from demo_letter d
    join confidential_code c on c.caisse_id = d.caisse_id and c.id = d.code_id
    join site s on s.caisse_id = c.caisse_id and s.id = c.site_id
    join adherent a on a.caisse_id = s.caisse_id and a.id = s.adherent_id
    where d.caisse_id = :caisse and c.used_at is null and c.superseded_at is null
      and (c.expires_at is null or c.expires_at > :now)
    order by a.raison_sociale, s.name, c.origin`,
    { caisse: caisseId, now: timestamp(now) },
  );
  return rows.map(({ codeId, sealed, ...code }: Row) => ({
    ...code,
    clear: sealer.open(sealed, contextOf(caisseId, codeId)),
  }));
}

type Row = Omit<DemoCode, 'clear'> & { readonly codeId: string; readonly sealed: Buffer };
