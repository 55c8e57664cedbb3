/** The sites that somebody may write for, a page of them, with what he has written so far in its form. */
import type { Context } from 'koa';
import { searchTerms } from '../../domain/search.ts';
import { count, groupSiret } from '../../http/format.ts';
import { field } from '../../http/forms.ts';
import { lastPage } from '../../http/pagination.ts';
import type { TypedMessage } from '../../http/screens-contact.ts';
import type { Carried } from '../../http/screens-giving.ts';
import { readPortfolio } from '../../store/portfolio.ts';
import { lookOf } from '../../tenant/look.ts';
import { addressOf } from '../paged.ts';
import { scopeFor, type Web } from '../web.ts';
import { PATH, personOf } from './form-page.ts';
import type { Known } from './who.ts';

export const SITES = `${PATH}/site`;

const PER_PAGE = 25;
const MOST_PAGES = 100_000;

type Writing = { readonly known: Known; readonly token: string; readonly typed: TypedMessage };

export async function showSites(ctx: Context, web: Web, { known, token, typed }: Writing): Promise<void> {
  const { caisse } = scopeFor(ctx);
  const { account, site } = known;
  const search = field(ctx, 'q').trim().slice(0, 200);
  const { page, matching, sites } = await readSites(ctx, account.id, search);
  const last = lastPage(matching, PER_PAGE);
  web.send(ctx, 'contact/site', {
    look: lookOf(caisse),
    service: null,
    errors: [],
    person: personOf(account, caisse.basePath),
    action: addressOf(caisse.basePath + SITES, { site: site?.siret ?? '' }),
    carried: carriedOf(token, typed),
    search,
    total: count(matching, 'site', 'sites'),
    sites: sites.map(({ siret, raisonSociale, name, identifiant }) => ({
      value: siret,
      raisonSociale,
      name,
      siret: groupSiret(siret),
      identifiant,
    })),
    paging: last > 1 ? { page, last } : null,
  });
}

async function readSites(ctx: Context, accountId: string, search: string) {
  const { store, now } = scopeFor(ctx);
  const read = (page: number) =>
    readPortfolio(store, {
      accountId,
      now: now(),
      terms: searchTerms(search),
      limit: PER_PAGE,
      offset: (page - 1) * PER_PAGE,
      recent: 0,
    });
  const asked = Number(field(ctx, 'page'));
  const page = Number.isInteger(asked) && asked >= 1 && asked <= MOST_PAGES ? asked : 1;
  const found = await read(page);
  // Of another search, or of sites that are gone: from the beginning.
  return page > 1 && found.sites.length === 0 ? { ...(await read(1)), page: 1 } : { ...found, page };
}

/** Who is signed in says nothing of himself. */
const carriedOf = (token: string, { objet, message, consentement }: TypedMessage): Carried =>
  Object.entries({
    formulaire: token,
    connecte: 'oui',
    objet,
    message,
    ...(consentement ? { consentement: 'oui' } : {}),
  }).map(([name, value]) => ({ name, value }));
