/** Who plays in the journeys: an administrator of several sites, and somebody whom he gave a part of his rights. */
import { randomUUID } from 'node:crypto';
import { FEATURES, type FeatureSlug } from '../../policies/catalogue.ts';
import { type Level, vectorOf } from '../../provider/domain/rights.ts';
import type { World } from './world.ts';

export const ALERT = 'DSN août 2026 : une déclaration à rectifier. Une action de votre part est attendue.';

const SOME_RIGHTS: Partial<Record<FeatureSlug, Level>> = {
  comptes_bancaires: 'mise_a_jour',
  planning: 'consultation',
  documents: 'consultation',
};

/**
 * Administrateur Entreprise of « Agence de Metz » (which has a DSN alert) and « Agence de Nancy » of « Maçonnerie du
 * Val », and of « Dépôt de Toul » of « Charpentes du Toulois », in this order.
 */
export async function administratorOfThree(world: World) {
  const account = { givenName: 'Camille', familyName: 'Bâtisseur', email: `a${randomUUID()}@essai.test` };
  const accountId = await world.account(account);
  const [metz] = await world.sites([{ name: 'Agence de Metz', raisonSociale: 'Maçonnerie du Val' }]);
  if (!metz) throw new Error('no site');
  const rest = await world.sites([
    { name: 'Agence de Nancy', adherent: metz.adherent },
    { name: 'Dépôt de Toul', raisonSociale: 'Charpentes du Toulois' },
  ]);
  const delegations: string[] = [];
  for (const site of [metz, ...rest]) delegations.push(await world.enrol(accountId, site));
  await world.alert(metz.id, ALERT);
  return { ...account, accountId, metz, delegations };
}

/** On « Agence de Metz » alone: updates bank accounts, reads planning and documents, of workers and ETAM. */
export async function delegatedUser(world: World) {
  const giver = await administratorOfThree(world);
  const email = `u${randomUUID()}@essai.test`;
  const people = { from: giver.accountId, to: await world.account({ email }) };
  const rights = vectorOf(
    FEATURES.map(({ slug }) => SOME_RIGHTS[slug] ?? 'none'),
    ['ouvrier', 'etam'],
  );
  await world.delegate(giver.metz, giver.delegations[0] ?? '', people, { rights });
  return { email, site: giver.metz };
}
