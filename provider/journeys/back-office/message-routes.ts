/**
 * Messages of the contact form: their list, and the page of each. What came with one is named, never handed out here: its
 * files go to the caisse's mailbox, whose own guards look at them, and nowhere else.
 */
import type { Context } from 'koa';
import { tellMoment } from '../../domain/dates.ts';
import { searchTerms } from '../../domain/search.ts';
import { count, groupSiret } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import { listMessages, type QueuedContact } from '../../store/contact-queue.ts';
import { mailboxOf } from '../contact-post.ts';
import { enterOffice, type Office, officeLocals } from '../office-place.ts';
import { addressOf, askedPage, pagingOf } from '../paged.ts';
import { type Routes, scopeFor, type Web } from '../web.ts';
import { messageActRoutes } from './message-acts.ts';
import { showMessage } from './message-page.ts';
import { MESSAGE_FILTERS, MESSAGE_STANDING, SECTION, titleOf } from './message-words.ts';
import { PER_PAGE } from './page.ts';

export const messageRoutes: Routes = (router, web) => {
  router.get(SECTION, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showList(ctx, web, office);
  });
  router.get(`${SECTION}/:id`, async (ctx) => {
    const office = await enterOffice(ctx, web);
    if (office) await showMessage(ctx, web, office);
  });
  messageActRoutes(router, web);
};

async function showList(ctx: Context, web: Web, office: Office): Promise<void> {
  const scope = scopeFor(ctx);
  const { store, caisse } = scope;
  const search = queryField(ctx, 'q').trim().slice(0, 200);
  const asked = queryField(ctx, 'statut');
  // Whoever looks for one of them looks among all of them.
  const usual = search === '' ? 'a-traiter' : 'tous';
  const filter = MESSAGE_FILTERS.find(({ value }) => value === (asked || usual)) ?? MESSAGE_FILTERS[0];
  const { page, perPage } = askedPage(ctx, PER_PAGE);
  const { matching, page: found } = await listMessages(store, {
    statuses: filter.statuses,
    terms: searchTerms(search),
    limit: perPage,
    offset: (page - 1) * perPage,
  });
  const action = caisse.basePath + SECTION;
  const hrefOf = (to: { readonly page: number; readonly perPage: number }) =>
    addressOf(action, {
      q: search,
      statut: asked,
      page: to.page > 1 ? String(to.page) : '',
      par_page: to.perPage === PER_PAGE[0] ? '' : String(to.perPage),
    });
  const paged = { page, perPage, matching, sizes: PER_PAGE, hrefOf };
  const settingsHref = office.role === 'superviseur' ? `${caisse.basePath}/gestion/reglages` : null;
  web.send(ctx, 'office/messages', {
    ...officeLocals(ctx, office, SECTION),
    action,
    search,
    filters: MESSAGE_FILTERS.map(({ value, label }) => ({ value, label, chosen: value === filter.value })),
    total: count(matching, 'message', 'messages'),
    rows: found.map((message) => shownInList(message, action, caisse.timeZone)),
    narrowed: search !== '' || asked !== '',
    allHref: addressOf(action, { statut: 'tous' }),
    paging:
      matching <= PER_PAGE[0] ? null : pagingOf({ ...paged, label: 'Pages des messages', unit: 'messages' }),
    noMailbox: mailboxOf(scope) === null ? { settingsHref } : null,
  });
}

const shownInList = (message: QueuedContact, action: string, timeZone: string) => ({
  href: `${action}/${message.id}`,
  about: titleOf(message.about),
  number: message.number,
  standing: MESSAGE_STANDING[message.status],
  details: [
    ...(message.about === ''
      ? []
      : [[message.writer, ...(message.raisonSociale === '' ? [] : [message.raisonSociale])].join(', ')]),
    ...(message.siret === '' ? [] : [`SIRET\u00a0${groupSiret(message.siret)}`]),
    [
      `Reçu le ${tellMoment(message.createdAt, timeZone)}`,
      ...(message.files > 0 ? [count(message.files, 'pièce jointe', 'pièces jointes')] : []),
    ].join(', '),
  ],
});
