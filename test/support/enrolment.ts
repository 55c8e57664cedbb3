/** The two letters of a site, and a person who holds them, page by page. */
import { randomBytes, randomUUID } from 'node:crypto';
import argon2 from 'argon2';
import {
  CODE_DAYS,
  formatConfidentialCode,
  makeConfidentialCode,
} from '../../provider/domain/confidential-code.ts';
import type { NewSite } from '../../provider/store/adherents.ts';
import { type CodeOrigin, replaceCode } from '../../provider/store/confidential-codes.ts';
import type { Page, Visitor } from './visitor.ts';
import { CHEAP_HASHING, type DescribedSite, type World } from './world.ts';

export const CHOSEN_PASSWORD = 'Truelle-Granit-2026';

export type Letters = {
  readonly site: NewSite;
  readonly identifiant: string;
  readonly siret: string;
  /** As printed. */
  readonly code: string;
  readonly codeId: string;
};

export type Posted = DescribedSite & {
  readonly site?: NewSite;
  readonly givenName?: string;
  readonly familyName?: string;
  readonly expiresAt?: number;
};

/** Letters that have arrived for a site whose space is not open. */
export async function letters(world: World, now: number, posted: Posted = {}): Promise<Letters> {
  const site = posted.site ?? (await world.site(posted));
  const code = makeConfidentialCode(randomBytes);
  const expiresAt = posted.expiresAt ?? now + CODE_DAYS * 86_400_000;
  const codeId = await holdCode(world, site, { secret: code, origin: 'postal', expiresAt, now, ...posted });
  return {
    site,
    codeId,
    identifiant: site.adherent.identifiant,
    siret: site.siret,
    code: formatConfidentialCode(code),
  };
}

type Held = {
  readonly origin: CodeOrigin;
  readonly expiresAt: number | null;
  readonly now: number;
  readonly givenName?: string;
  readonly familyName?: string;
} & ({ readonly secret: string } | { readonly hash: string });

export async function holdCode(world: World, site: NewSite, held: Held): Promise<string> {
  const { origin, expiresAt, now, givenName = 'Dominique', familyName = 'Lettré' } = held;
  const id = randomUUID();
  const hash = 'hash' in held ? held.hash : await argon2.hash(held.secret, CHEAP_HASHING);
  await replaceCode(
    world.store,
    { id, siteId: site.id, origin, hash, givenName, familyName, expiresAt },
    now,
  );
  return id;
}

/** What step 1 asks for. */
export const identifiersOf = ({ identifiant, siret, code }: Letters) => ({ identifiant, siret, code });

export const identifyOn = (visitor: Visitor, issuer: string, held: Letters): Promise<Page> =>
  visitor.post(`${issuer}/premiere-connexion/identification`, identifiersOf(held));

export const identifyForAssociation = (visitor: Visitor, issuer: string, held: Letters): Promise<Page> =>
  visitor.post(`${issuer}/associer-un-site`, identifiersOf(held));

/** The value of a field of the page, as the browser would send it; '' when it is empty or not there. */
export function valueOn(page: Pick<Page, 'text'>, name: string): string {
  const tag = new RegExp(`<input[^>]*\\bname="${name}"[^>]*>`).exec(page.text)?.[0] ?? '';
  return (/\bvalue="([^"]*)"/.exec(tag)?.[1] ?? '').replaceAll('&#39;', '’').replaceAll('&#34;', '"');
}

/** The country that a list of the page has chosen. */
export const countryOn = (page: Page, name: string): string =>
  /<option value="(\w+)" selected>/.exec(page.text.split(`name="${name}"`)[1] ?? '')?.[1] ?? '';

export type Details = {
  readonly email: string;
  readonly password?: string;
  readonly landline?: string;
  readonly mobile?: string;
  readonly step?: 'valider' | 'certifier';
} & Readonly<Record<string, string>>;

/** All that step 2 asks for, where the test says nothing else; names as the page shows them. */
export function detailsFor(page: Page, { email, password = CHOSEN_PASSWORD, ...others }: Details) {
  return {
    ticket: valueOn(page, 'ticket'),
    email,
    email_confirmation: email,
    password,
    password_confirmation: password,
    family_name: valueOn(page, 'family_name'),
    given_name: valueOn(page, 'given_name'),
    landline_country: 'FR',
    landline: '',
    mobile_country: 'FR',
    mobile: '',
    step: 'valider',
    ...others,
  };
}

export const sendDetails = (visitor: Visitor, page: Page, details: Details): Promise<Page> =>
  visitor.post(page.url, detailsFor(page, details));

/** Presses the button of the page that the mail's link opened. */
export const activateOn = (visitor: Visitor, page: Page): Promise<Page> =>
  visitor.post(new URL('activation', page.url.replace(/\/activation.*$/, '/')).href, {
    jeton: new URL(page.url).searchParams.get('jeton') ?? '',
  });
