/** The page of the contact form, in every state that it may come back in. */
import type { Context } from 'koa';
import { bytesOf, type FileLimits, KIND_OF_FILE, MOST_MESSAGE } from '../../domain/contact.ts';
import { count, groupSiret } from '../../http/format.ts';
import type { FieldError, Notice, SignedInPerson } from '../../http/screens.ts';
import type { ContactFact, ContactFormLocals, TypedMessage } from '../../http/screens-contact.ts';
import type { Account } from '../../store/accounts.ts';
import type { KeptFile } from '../../store/contact-files.ts';
import { lookOf } from '../../tenant/look.ts';
import { fileSize } from '../file-size.ts';
import { addressOf } from '../paged.ts';
import { scopeFor, type Web } from '../web.ts';
import { kindsTold } from './check-files.ts';
import { type Known, writerKnown } from './who.ts';

export const PATH = '/contact';

export type ShownForm = {
  readonly known: Known | null;
  readonly token: string;
  readonly typed: TypedMessage;
  readonly kept: readonly KeptFile[];
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice | null;
  readonly status?: number;
};

/** None at all where the caisse takes no type. */
export function limitsOf(ctx: Context): FileLimits {
  const { files, megabytes, kinds } = scopeFor(ctx).caisse.settings.contact;
  return { most: kinds.length === 0 ? 0 : files, megabytes, kinds };
}

export function mostOf(ctx: Context): { readonly files: number; readonly bytes: number } {
  const limits = limitsOf(ctx);
  return { files: limits.most, bytes: bytesOf(limits) };
}

export function showForm(ctx: Context, web: Web, shown: ShownForm): void {
  const { known, token, typed, kept, errors = [], notice = null, status = 200 } = shown;
  const { caisse } = scopeFor(ctx);
  const action = caisse.basePath + PATH;
  web.send(
    ctx,
    'contact/form',
    {
      look: lookOf(caisse),
      service: null,
      errors,
      notice,
      person: known && personOf(known.account, caisse.basePath),
      action: addressOf(action, { site: known?.site?.siret ?? '' }),
      token,
      known: known && factsOf(known),
      siteChoice: known && siteChoice(known),
      typed,
      kept: kept.map(({ id, name, bytes }) => ({ id, name, size: fileSize(bytes) })),
      files: filesTold(limitsOf(ctx)),
      mostMessage: MOST_MESSAGE,
      privacyHref: `${caisse.basePath}/donnees-personnelles`,
    },
    { status },
  );
}

/** Without a way out of the session: whoever writes is in the middle of something. */
export const personOf = ({ givenName, familyName, email }: Account, basePath: string): SignedInPerson => ({
  name: `${givenName} ${familyName}`,
  email,
  signOutHref: null,
  accountHref: `${basePath}/mon-compte`,
});

function factsOf(known: Known): ContactFact[] {
  const { phones, raisonSociale, identifiant, siret } = writerKnown(known);
  const { account, site } = known;
  return [
    { name: 'Nom', value: account.familyName },
    { name: 'Prénom', value: account.givenName },
    { name: 'Adresse électronique', value: account.email },
    ...(phones.length > 0 ? [{ name: 'Téléphone', value: phones.join(', ') }] : []),
    ...(site
      ? [
          { name: 'Raison sociale', value: raisonSociale },
          { name: 'Identifiant CIBTP', value: identifiant },
          { name: 'SIRET', value: `${groupSiret(siret)} (${site.name})` },
        ]
      : []),
  ];
}

function siteChoice({ reached, site }: Known): string | null {
  if (reached === 0 || (reached === 1 && site)) return null;
  return site ? 'Écrire au sujet d’un autre site' : 'Choisir le site dont vous parlez';
}

function filesTold(limits: FileLimits): ContactFormLocals['files'] {
  const { most, megabytes, kinds } = limits;
  if (most === 0) return null;
  const accept = kinds.flatMap((kind) => KIND_OF_FILE[kind].extensions.map((extension) => `.${extension}`));
  return {
    most,
    bytes: bytesOf(limits),
    hint: `${count(most, 'fichier', 'fichiers')} au plus, ${megabytes}\u00a0Mo en tout. Types acceptés\u00a0: ${kindsTold(limits)}.`,
    accept: accept.join(','),
  };
}
