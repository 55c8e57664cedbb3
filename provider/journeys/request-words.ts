/** A request for access in the words of screens. */
import type { Delegate, Director } from '../domain/access-request.ts';

type Fact = { readonly name: string; readonly value: string };

export const directorFacts = (director: Director): readonly Fact[] => [
  { name: 'Nom et prénom', value: `${director.familyName} ${director.givenName}` },
  { name: 'Rôle dans l’entreprise', value: director.position },
  { name: 'Adresse électronique', value: director.email },
  {
    name: 'Affiliation',
    value: director.unaffiliated ? 'Non affilié à la caisse' : 'Affilié à la caisse',
  },
];

/** Told together with others: whose name it is. */
export const directorNamed = (director: Director): readonly Fact[] =>
  directorFacts(director).map((fact, i) => (i === 0 ? { ...fact, name: 'Dirigeant' } : fact));

export const delegateNamed = (delegate: Delegate | null): readonly Fact[] =>
  delegateFacts(delegate).map((fact) => ({ ...fact, name: `Délégation\u00a0: ${fact.name.toLowerCase()}` }));

export const delegateFacts = (delegate: Delegate | null): readonly Fact[] =>
  delegate === null
    ? []
    : [
        delegate.kind === 'cabinet'
          ? { name: 'Cabinet comptable', value: delegate.firm }
          : { name: 'Qualité', value: 'Salarié de l’entreprise' },
        { name: 'Nom et prénom', value: `${delegate.familyName} ${delegate.givenName}` },
        { name: 'Adresse postale', value: delegate.address.join(', ') },
        {
          name: 'Droits',
          value:
            delegate.level === 'consultation'
              ? 'Consulter toutes les rubriques'
              : 'Consulter et mettre à jour toutes les rubriques',
        },
      ];
