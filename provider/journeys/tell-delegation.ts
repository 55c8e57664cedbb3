/** Delegations in the words of a mail: whose, on which sites, from when until when, which rights. */
import type { DelegationTold } from '../domain/message.ts';
import { sameVector } from '../domain/rights.ts';
import { type Delegation, type Firm, isFirm, type Person } from '../store/delegation-acts.ts';
import type { Caisse } from '../tenant/directory.ts';
import { tellRights } from './rights-shown.ts';

/** A person's or a firm's name; an address for whom nobody knows by name. */
export function nameOf(party: Person | Firm): string {
  if (isFirm(party)) return party.name;
  return party.givenName === null ? party.email : `${party.givenName} ${party.familyName}`;
}

export type Several = readonly [Delegation, ...Delegation[]];

/** Given together: by one giver, to one beneficiary, on sites of one adhérent. Rights that differ are told site by site. */
export function toldOf(given: Several, { settings }: Pick<Caisse, 'settings'>): DelegationTold {
  const [first] = given;
  const { raisonSociale, identifiant } = first.site;
  const linesOf = ({ rights, admin }: Delegation) =>
    tellRights(rights, { admin, hidden: settings.hiddenFeatures });
  const alike = given.every((one) => one.admin === first.admin && sameVector(one.rights, first.rights));
  const ends = given.map(({ to }) => to ?? Number.POSITIVE_INFINITY);
  const last = Math.max(...ends);
  return {
    raisonSociale,
    identifiant,
    sites: given.map(({ site: { name, siret } }) => ({ name, siret })),
    giver: first.giver ? nameOf(first.giver) : '',
    startsAt: Math.min(...given.map(({ from }) => from)),
    endsAt: Number.isFinite(last) ? last : null,
    rights: alike
      ? linesOf(first)
      : given.flatMap((one) => linesOf(one).map((line) => `${one.site.name} – ${line}`)),
  };
}
