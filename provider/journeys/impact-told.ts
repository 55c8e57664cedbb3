/** An impact in French: « 14 collaborateurs perdent 3 droits sur 62 sites. » Owns these sentences alone. */
import type { LossSum } from '../domain/impact.ts';
import { count } from '../http/format.ts';

export type Told = {
  /** null: no one person is told apart, as when a firm is concerned. */
  readonly beneficiary: { readonly name: string; readonly sum: LossSum } | null;
  readonly others: LossSum;
};

export const tellImpact = ({ beneficiary, others }: Told): string[] => [
  ...(beneficiary ? [tellBeneficiary(beneficiary.name, beneficiary.sum)] : []),
  ...(others.people > 0
    ? tellOthers(others)
    : [`Personne ${beneficiary ? 'd’autre ' : ''}ne perd de droit.`]),
];

function tellBeneficiary(name: string, sum: LossSum): string {
  if (sum.people === 0) return `${name} ne perd aucun droit.`;
  const end =
    sum.strandedSites === 0
      ? ''
      : sum.strandedSites === sum.sites
        ? ' et n’y garde aucun accès'
        : `, et tout accès à ${count(sum.strandedSites, 'site', 'sites')}`;
  return `${name} perd ${what(sum)}${end}.`;
}

/** To the person himself. */
export function tellOwnLoss(sum: LossSum): string {
  if (sum.people === 0) return 'Vous ne perdez aucun droit.';
  const end =
    sum.strandedSites === 0
      ? ''
      : sum.strandedSites === sum.sites
        ? ' et n’y gardez aucun accès'
        : `, et tout accès à ${count(sum.strandedSites, 'site', 'sites')}`;
  return `Vous perdez ${what(sum)}${end}.`;
}

function tellOthers(sum: LossSum): string[] {
  const sentences = [`${count(sum.people, 'collaborateur perd', 'collaborateurs perdent')} ${what(sum)}.`];
  const nowhere = `plus aucun accès à ${count(sum.strandedSites, 'site', 'sites')}`;
  if (sum.strandedPeople === 1 && sum.people === 1) sentences.push(`Cette personne n’aura ${nowhere}.`);
  else if (sum.strandedPeople === sum.people) sentences.push(`Ces personnes n’auront ${nowhere}.`);
  else if (sum.strandedPeople > 0)
    sentences.push(`Parmi ces personnes, ${count(sum.strandedPeople, 'n’aura', 'n’auront')} ${nowhere}.`);
  if (sum.powers > 0 && sum.rights > 0 && sum.people > 1)
    sentences.push(
      `Parmi ces personnes, ${count(sum.powers, 'perd', 'perdent')} aussi le pouvoir de déléguer.`,
    );
  return sentences;
}

/** « 3 droits sur 62 sites »; of one person, the power to delegate with them. */
function what({ rights, powers, people, sites }: LossSum): string {
  const lost = [
    ...(rights > 0 ? [count(rights, 'droit', 'droits')] : []),
    ...(powers > 0 && (people === 1 || rights === 0) ? ['le pouvoir de déléguer'] : []),
  ];
  const where = count(sites, 'site', 'sites');
  return lost.length === 0 ? `l’accès à ${where}` : `${lost.join(' et ')} sur ${where}`;
}
