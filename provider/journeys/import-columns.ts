/**
 * The columns of each kind of file: what they are called, which must be there, what one writes in them. One table for
 * the reading, the template and the help on the page. The order of the columns in a file is free.
 */
import { FEATURES } from '../../policies/catalogue.ts';
import type { FaultCode, ImportKind } from '../domain/import.ts';
import { fold } from '../domain/search.ts';

export type Column = {
  readonly name: string;
  readonly required: boolean;
  readonly help: string;
  readonly example: string;
  /** How else it may be called. */
  readonly aliases?: readonly string[];
};

export const IDENTIFIANT = 'identifiant CIBTP';
export const RAISON_SOCIALE = 'raison sociale';
export const ADDRESS = ['adresse 1', 'adresse 2', 'adresse 3', 'adresse 4', 'adresse 5'] as const;
export const SIRET = 'SIRET';
export const SIREN = 'SIREN';
export const SITE = 'nom du site';
export const REFERENCE = 'numéro du cabinet';
export const CABINET = 'nom du cabinet';
export const FROM = 'date d’effet';
export const TO = 'date de fin';
export const EMAIL = 'e-mail';
export const COLLEGE = 'collèges';
export const RIGHTS = 'droits';
export const HASH = 'empreinte';
export const FAMILY_NAME = 'nom';
export const GIVEN_NAME = 'prénom';

const identifiant: Column = {
  name: IDENTIFIANT,
  required: true,
  help: 'Le numéro de l’adhérent, avec ou sans espaces, points et tirets.',
  example: '54-1234567',
  aliases: ['identifiant', 'numéro d’adhérent', 'n° d’adhérent'],
};
const siret: Column = {
  name: SIRET,
  required: true,
  help: '14 chiffres, avec ou sans espaces. Mettez la colonne au format texte.',
  example: '732 829 320 00074',
};
const reference: Column = {
  name: REFERENCE,
  required: true,
  help: 'Le numéro que la caisse donne au cabinet.',
  example: 'C-0042',
  aliases: ['n° du cabinet', 'numéro cabinet'],
};
const to: Column = {
  name: TO,
  required: false,
  help: 'Le dernier jour, par exemple 31/12/2026. Vide : sans fin.',
  example: '',
};

const addressHelp = 'Les lignes de l’adresse postale sous la raison sociale, de 38 caractères au plus.';

export const COLUMNS: Readonly<Record<ImportKind, readonly Column[]>> = {
  adherents: [
    identifiant,
    {
      name: RAISON_SOCIALE,
      required: true,
      help: 'Telle qu’elle figure à l’écran et sur les courriers.',
      example: 'Maçonnerie Lorraine',
    },
    {
      name: SIREN,
      required: false,
      help: 'Les 9 chiffres de l’entreprise\u00a0: on la retrouve par eux avant qu’elle ait un site.',
      example: '732 829 320',
    },
    ...ADDRESS.map((name, i) => ({
      name,
      required: false,
      help: i === 0 ? addressHelp : '',
      example: ['12 rue des Tailleurs', '57000 METZ'][i] ?? '',
    })),
  ],
  sites: [
    siret,
    {
      ...identifiant,
      help: 'Celui de l’adhérent du site. Un site ne change jamais d’adhérent par un fichier.',
    },
    {
      name: SITE,
      required: true,
      help: 'Le nom du site déclarant.',
      example: 'Agence de Metz',
      aliases: ['nom du site déclarant', 'site'],
    },
  ],
  cabinets: [
    reference,
    {
      name: CABINET,
      required: true,
      help: 'Le nom du cabinet comptable.',
      example: 'Cabinet Exemple',
      aliases: ['cabinet'],
    },
  ],
  rattachements: [
    reference,
    identifiant,
    {
      name: FROM,
      required: false,
      help: 'Pour un nouveau rattachement ; vide : dès l’import.',
      example: '',
      aliases: ['date effet'],
    },
    { ...to, help: 'Le dernier jour du rattachement. Vide : sans fin.' },
  ],
  delegations: [
    siret,
    { ...reference, required: false, help: 'Le cabinet qui reçoit les droits. Sinon, remplissez l’e-mail.' },
    {
      name: EMAIL,
      required: false,
      help: 'La personne qui reçoit les droits. Sinon, remplissez le numéro du cabinet.',
      example: '',
      aliases: ['email', 'courriel'],
    },
    {
      name: COLLEGE,
      required: true,
      help: '« tous », ou par exemple « ouvriers + ETAM ».',
      example: 'tous',
      aliases: ['collège'],
    },
    {
      name: RIGHTS,
      required: false,
      help: '« consultation » ou « mise à jour » : pour toutes les fonctionnalités sans colonne remplie.',
      example: 'consultation',
      aliases: ['droit'],
    },
    to,
    ...FEATURES.map(({ slug, label }) => ({
      name: label,
      required: false,
      help: '',
      example: '',
      aliases: [slug],
    })),
  ],
  codes: [
    siret,
    {
      name: HASH,
      required: true,
      help: 'L’empreinte du mot de passe, au format PHC : argon2id, bcrypt ou PBKDF2.',
      example: '',
      aliases: ['hash'],
    },
    {
      name: FAMILY_NAME,
      required: false,
      help: 'La personne attendue : son nom préremplit le formulaire.',
      example: '',
    },
    { name: GIVEN_NAME, required: false, help: 'Son prénom.', example: '' },
  ],
};

/** Columns that only the page of the kind spells out at length. */
export const isFeatureColumn = ({ name }: Column): boolean => FEATURES.some(({ label }) => label === name);

const keyOf = (name: string): string => fold(name).replace(/[^a-z0-9]/g, '');

/** Place of each column, by its name here. */
export type Places = ReadonlyMap<string, number>;

type Wrong = { readonly code: FaultCode; readonly about: string };

/** The columns that a header names, or what is wrong with it. */
export function readHeader(
  header: readonly string[],
  kind: ImportKind,
): { readonly places: Places } | { readonly faults: readonly Wrong[] } {
  const columns = COLUMNS[kind];
  if (header.length < 2) return { faults: [{ code: 'separator', about: '' }] };
  const byKey = new Map(
    columns.flatMap(({ name, aliases = [] }) => [name, ...aliases].map((one) => [keyOf(one), name] as const)),
  );
  const places = new Map<string, number>();
  const faults: Wrong[] = [];
  for (const [place, name] of header.entries()) {
    if (name === '') continue;
    const column = byKey.get(keyOf(name));
    const about = name.slice(0, 60);
    if (column === undefined) faults.push({ code: 'column_unknown', about });
    else if (places.has(column)) faults.push({ code: 'column_twice', about });
    else places.set(column, place);
  }
  const missing = columns.filter(({ name, required }) => required && !places.has(name));
  faults.push(...missing.map(({ name }) => ({ code: 'column_missing' as const, about: name })));
  return faults.length > 0 ? { faults: faults.slice(0, 50) } : { places };
}

/** UTF-8 with its mark, so that spreadsheets read the accents: the header and one line to follow. */
export function templateOf(kind: ImportKind): string {
  const columns = COLUMNS[kind];
  const lines = [columns.map(({ name }) => name), columns.map(({ example }) => example)];
  return `\ufeff${lines.map((cells) => `${cells.join(';')}\r\n`).join('')}`;
}
