/** Adhérents and their declaring sites, written in batches: an import brings hundreds of thousands. */
import type { Instant } from '../domain/instant.ts';
import { fold, ungroup } from '../domain/search.ts';
import type { Siret } from '../domain/siret.ts';
import { timestamp } from './database.ts';
import type { Handle } from './handle.ts';

export type NewAdherent = {
  readonly id: string;
  readonly identifiant: string;
  readonly raisonSociale: string;
  /** Where letters go: the lines under the raison sociale. */
  readonly postalAddress?: readonly string[];
};

export type NewSite = {
  readonly id: string;
  readonly adherent: NewAdherent;
  readonly siret: Siret;
  readonly name: string;
};

const BATCH = 1_000;

export async function insertAdherents(
  { caisseId, sql }: Handle,
  adherents: readonly NewAdherent[],
  now: Instant,
): Promise<void> {
  const rows = adherents.map(({ id, identifiant, raisonSociale, postalAddress = [] }) => ({
    caisse_id: caisseId,
    id,
    identifiant,
    raison_sociale: raisonSociale,
    postal_address: [...postalAddress],
    created_at: timestamp(now),
  }));
  await sql.batchInsert('adherent', rows, BATCH);
}

export async function insertSites(
  { caisseId, sql }: Handle,
  sites: readonly NewSite[],
  now: Instant,
): Promise<void> {
  const rows = sites.map(({ id, adherent, siret, name }) => ({
    caisse_id: caisseId,
    id,
    adherent_id: adherent.id,
    siret,
    name,
    search_text: searchText(adherent, name, siret),
    created_at: timestamp(now),
  }));
  await sql.batchInsert('site', rows, BATCH);
}

/** An identifiant is found as it is written and as a bare number: each caisse groups it in its own way. */
function searchText({ raisonSociale, identifiant }: NewAdherent, name: string, siret: string): string {
  const bare = ungroup(identifiant);
  return fold([raisonSociale, name, siret, identifiant, ...(bare === identifiant ? [] : [bare])].join(' '));
}

export type DsnAlert = {
  readonly id: string;
  readonly siteId: string;
  readonly message: string;
  readonly pushedAt: Instant;
};

export async function insertDsnAlerts({ caisseId, sql }: Handle, alerts: readonly DsnAlert[]): Promise<void> {
  const rows = alerts.map(({ id, siteId, message, pushedAt }) => ({
    caisse_id: caisseId,
    id,
    site_id: siteId,
    message,
    pushed_at: timestamp(pushedAt),
  }));
  await sql.batchInsert('dsn_alert', rows, BATCH);
}

/** Messages of a site, newest first; none for a SIRET that this caisse does not know. */
export async function listDsnAlerts({ caisseId, sql }: Handle, siret: string): Promise<string[]> {
  const rows = await sql('dsn_alert as d')
    .join('site as s', (join) => join.on('s.caisse_id', 'd.caisse_id').andOn('s.id', 'd.site_id'))
    .select('d.message')
    .where({ 's.caisse_id': caisseId, 's.siret': siret })
    .orderBy('d.pushed_at', 'desc');
  return rows.map(({ message }: { message: string }) => message);
}
