/**
 * The catalogue of features: their slugs, groups, labels and scopes. Owns what a feature is called and whether a
 * collège limits it; not who may use it (policy.csv), nor which of them a caisse hides (its settings).
 *
 * Append-only: a feature's place in FEATURES is the place of its bits in every stored vector.
 */

/** 'college': concerns employees, so that a collège limits it. 'company': concerns the whole company. */
export type Scope = 'company' | 'college';

/** In the order of the screens. Slugs differ from every feature's: both are names in policy.csv. */
export const GROUPS = [
  { slug: 'mon_espace_adherent', label: 'Mon espace adhérent' },
  { slug: 'mes_declarations', label: 'Mes déclarations' },
  { slug: 'mes_salaries', label: 'Mes salariés' },
  { slug: 'chomage_intemperies', label: 'Chômage et intempéries' },
  { slug: 'mes_documents', label: 'Mes documents' },
] as const;

export type GroupSlug = (typeof GROUPS)[number]['slug'];

type FeatureShape = {
  readonly slug: string;
  readonly label: string;
  readonly group: GroupSlug;
  readonly scope: Scope;
};

// biome-ignore format: a table reads by its columns
export const FEATURES = [
  { slug: 'informations_adherent', label: 'Mes informations adhérent', group: 'mon_espace_adherent', scope: 'company' },
  { slug: 'comptes_bancaires', label: 'Mes comptes bancaires', group: 'mon_espace_adherent', scope: 'company' },
  { slug: 'situation_compte', label: 'Situation de compte', group: 'mon_espace_adherent', scope: 'company' },
  { slug: 'telepaiements', label: 'Mes télépaiements', group: 'mon_espace_adherent', scope: 'company' },
  { slug: 'reception_documents', label: 'Mon mode de réception des documents', group: 'mon_espace_adherent', scope: 'company' },
  { slug: 'demandes_attestation', label: 'Mes demandes d’attestation', group: 'mon_espace_adherent', scope: 'company' },
  { slug: 'remboursements_retraite', label: 'Mes remboursements retraite', group: 'mon_espace_adherent', scope: 'company' },
  { slug: 'declarations_salaires', label: 'Mes déclarations de salaires', group: 'mes_declarations', scope: 'college' },
  { slug: 'declarations_nominatives', label: 'Mes déclarations nominatives', group: 'mes_declarations', scope: 'college' },
  { slug: 'salaries', label: 'Gérer mes salariés', group: 'mes_salaries', scope: 'college' },
  { slug: 'conges_groupes', label: 'Mes congés groupés', group: 'mes_salaries', scope: 'college' },
  { slug: 'planning', label: 'Mon planning', group: 'mes_salaries', scope: 'college' },
  { slug: 'indemnites', label: 'Liste des indemnités', group: 'mes_salaries', scope: 'college' },
  { slug: 'remboursements_intemperies', label: 'Mes remboursements', group: 'chomage_intemperies', scope: 'college' },
  { slug: 'arrets_intemperies', label: 'Mes arrêts intempéries', group: 'chomage_intemperies', scope: 'college' },
  { slug: 'documents', label: 'Mes documents', group: 'mes_documents', scope: 'company' },
  { slug: 'transmission_fichiers', label: 'Transmettre mes fichiers', group: 'mes_documents', scope: 'company' },
] as const satisfies readonly FeatureShape[];

export type FeatureSlug = (typeof FEATURES)[number]['slug'];

export type Feature = FeatureShape & { readonly slug: FeatureSlug };

const INDEX: ReadonlyMap<string, number> = new Map(FEATURES.map(({ slug }, i) => [slug, i]));

/** The feature's place in the catalogue and in every vector; undefined for a slug that is none. */
export const featureIndex = (slug: string): number | undefined => INDEX.get(slug);
