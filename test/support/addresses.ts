/** What each parameter of each route names, so that an address can be filled in with a thing of one's choice. */
import type { Each } from './one-of-each.ts';
import type { Route } from './routes.ts';

/** A path up to and with its parameter, or a whole path where only some things are at home. */
const NAMED: Readonly<Record<string, keyof Each>> = {
  '/api/v1/imports/:name': 'import',
  '/contact/envoye/:token': 'contactForm',
  '/droits-d-acces/:siret': 'siret',
  '/droits-d-acces/:siret/cabinet/:cabinet': 'cabinet',
  '/droits-d-acces/:siret/delegations/:id': 'delegation',
  '/droits-d-acces/:siret/delegations/:id/reactiver': 'suspended',
  '/droits-d-acces/:siret/delegations/:id/renouveler': 'toRenew',
  '/droits-d-acces/:siret/delegations/:id/renvoyer': 'pending',
  '/droits-d-acces/:siret/delegations/:id/retirer': 'pending',
  '/droits-d-acces/:siret/demandes/:invitation': 'demand',
  '/gestion/adherents/:id': 'adherent',
  '/gestion/adherents/:id/cabinets/:attachment': 'attachment',
  '/gestion/cabinets/:id': 'cabinet',
  '/gestion/cabinets/:id/invitations/:invitation': 'naming',
  '/gestion/cabinets/:id/responsables/:account': 'manager',
  '/gestion/comptes/:id': 'account',
  '/gestion/courriers/lettres/:id': 'letter',
  '/gestion/courriers/lots/:id': 'batch',
  '/gestion/demandes/:id': 'request',
  '/gestion/gestionnaires/:id': 'staff',
  '/gestion/import/:id': 'import',
  '/gestion/journal/:line': 'line',
  '/gestion/messages/:id': 'message',
  '/gestion/services/:id': 'service',
  '/gestion/sites/:id': 'site',
  '/gestion/sites/:id/succession/:enrolment': 'enrolment',
  '/invitation/reponse/:id': 'invitation',
  '/mon-cabinet/clients/:siret': 'clientSiret',
  '/mon-cabinet/clients/:siret/delegations/:id': 'clientDelegation',
  '/mon-cabinet/clients/:siret/delegations/:id/reactiver': 'clientSuspended',
  '/mon-cabinet/collaborateurs/:account': 'colleague',
  '/mon-cabinet/collaborateurs/invitations/:invitation': 'memberInvitation',
  '/mon-cabinet/confier/:draft': 'entrusting',
  '/mon-cabinet/import/:draft': 'firmFile',
};

/** Words of ours, the same at every caisse. */
const WORDS: Readonly<Record<string, string>> = {
  '/gestion/courriers/lots/:id/fichiers/:file': 'codes',
  '/gestion/import/envoi/:kind': 'sites',
  '/gestion/reglages/pages/:page': 'aide',
};

export type Segment = { readonly name: string; readonly thing: keyof Each | null; readonly word: string };

/** Its parameters, in their order; null: one that nothing is known to fill. */
export function segmentsOf({ path }: Pick<Route, 'path'>): readonly Segment[] | null {
  const found = [...path.matchAll(/:(\w+)/g)].map(({ 0: name, index }) => {
    const upTo = path.slice(0, index + name.length);
    const word = WORDS[upTo];
    if (word !== undefined) return { name, thing: null, word };
    const isLast = !path.slice(index + name.length).includes(':');
    const thing = name === ':uid' ? 'interaction' : (isLast && NAMED[path]) || NAMED[upTo];
    return thing ? { name, thing, word: '' } : null;
  });
  const known = found.filter((one) => one !== null);
  return known.length === found.length ? known : null;
}

/** `from`: whose each of its parameters is, by its place. */
export function fillIn(route: Pick<Route, 'path'>, from: (place: number) => Each): string {
  return (segmentsOf(route) ?? []).reduce(
    (path, { name, thing, word }, place) =>
      path.replace(name, encodeURIComponent(thing === null ? word : from(place)[thing])),
    route.path,
  );
}

export const namesSomething = (route: Pick<Route, 'path'>): boolean =>
  (segmentsOf(route) ?? []).some(({ thing }) => thing !== null);
