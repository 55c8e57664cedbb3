/**
 * What the relying parties know of the caisse's features: slugs, French labels, groups, and whether a collège
 * limits them. Owns the words of the menu; holds no right: rights come in the tokens' entitlements.
 */

export const COLLEGES = ['ouvrier', 'etam', 'cadre'] as const;
export type College = (typeof COLLEGES)[number];

export const COLLEGE_LABELS: Readonly<Record<College, string>> = {
  ouvrier: 'Ouvriers',
  etam: 'ETAM',
  cadre: 'Cadres',
};

export type Feature = {
  readonly slug: string;
  readonly label: string;
  readonly summary: string;
  /** True where the feature concerns employees, so that an entitlement names its collèges. */
  readonly perCollege: boolean;
};

export type FeatureGroup = {
  readonly slug: string;
  readonly label: string;
  readonly features: readonly Feature[];
};

type Entry = readonly [slug: string, label: string, summary: string];

function group(slug: string, label: string, perCollege: boolean, entries: readonly Entry[]): FeatureGroup {
  return {
    slug,
    label,
    features: entries.map(([feature, title, summary]) => ({
      slug: feature,
      label: title,
      summary,
      perCollege,
    })),
  };
}

export const FEATURE_GROUPS: readonly FeatureGroup[] = [
  group('adherent', 'Mon espace adhérent', false, [
    ['informations_adherent', 'Mes informations adhérent', 'Adresse, contacts et activité de l’entreprise.'],
    ['comptes_bancaires', 'Mes comptes bancaires', 'Les comptes connus de la caisse.'],
    ['situation_compte', 'Situation de compte', 'Cotisations appelées, réglées et restant dues.'],
    ['telepaiements', 'Mes télépaiements', 'Régler les cotisations en ligne.'],
    [
      'reception_documents',
      'Mon mode de réception des documents',
      'Recevoir les documents par courrier ou en ligne.',
    ],
    ['demandes_attestation', 'Mes demandes d’attestation', 'Demander une attestation et la retrouver.'],
    ['remboursements_retraite', 'Mes remboursements retraite', 'Suivre les remboursements de retraite.'],
  ]),
  group('declarations', 'Mes déclarations', true, [
    ['declarations_salaires', 'Mes déclarations de salaires', 'Les masses salariales, période par période.'],
    ['declarations_nominatives', 'Mes déclarations nominatives', 'Les déclarations salarié par salarié.'],
  ]),
  group('salaries', 'Mes salariés', true, [
    ['salaries', 'Gérer mes salariés', 'Les salariés du site, leurs entrées et leurs sorties.'],
    ['conges_groupes', 'Mes congés groupés', 'Poser les mêmes congés pour toute une équipe.'],
    ['planning', 'Mon planning', 'Les congés du site sur l’année.'],
    ['indemnites', 'Liste des indemnités', 'Les indemnités de congés versées aux salariés.'],
  ]),
  group('intemperies', 'Chômage et intempéries', true, [
    ['remboursements_intemperies', 'Mes remboursements', 'Les indemnités d’intempéries remboursées.'],
    ['arrets_intemperies', 'Mes arrêts intempéries', 'Déclarer un arrêt de chantier et le suivre.'],
  ]),
  group('documents', 'Mes documents', false, [
    ['documents', 'Mes documents', 'Les documents mis à disposition par la caisse.'],
    ['transmission_fichiers', 'Transmettre mes fichiers', 'Envoyer un fichier à la caisse.'],
  ]),
];

const BY_SLUG = new Map(FEATURE_GROUPS.flatMap((g) => g.features).map((f) => [f.slug, f]));

export function findFeature(slug: string): Feature | undefined {
  return BY_SLUG.get(slug);
}

export function isCollege(value: unknown): value is College {
  return COLLEGES.some((college) => college === value);
}
