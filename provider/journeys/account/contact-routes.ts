/** Names and telephones. A new mobile is asked for with the password: certified, it lets new bank details in. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import type { TypedPerson } from '../../domain/enrolment.ts';
import { field } from '../../http/forms.ts';
import type { FieldError, Notice } from '../../http/screens.ts';
import { changeContact } from '../../store/account-changes.ts';
import { appendAudit } from '../../store/audit.ts';
import { transaction } from '../../store/handle.ts';
import { COUNTRIES, contactOf, readContact, typedContact } from '../contact-form.ts';
import { scopeFor, type Web } from '../web.ts';
import { enter, goHome, localsOf, type Place } from './place.ts';
import { proveIdentity } from './prove-identity.ts';

const PATH = '/mon-compte/coordonnees';

export function contactRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const place = await enter(ctx, web, PATH);
    if (place) show(ctx, web, place, { typed: contactOf(place.account) });
  });
  router.post(PATH, (ctx) => submit(ctx, web));
}

type Shown = {
  readonly typed: TypedPerson;
  readonly errors?: readonly FieldError[];
  readonly notice?: Notice;
  readonly status?: number;
};

function show(ctx: Context, web: Web, place: Place, shown: Shown): void {
  const { typed, errors = [], notice = null, status = errors.length > 0 ? 422 : 200 } = shown;
  const locals = { action: place.href(PATH), typed, countries: COUNTRIES, errors };
  web.send(ctx, 'account/contact', { ...localsOf(ctx, place, notice), ...locals }, { status });
}

async function submit(ctx: Context, web: Web): Promise<void> {
  const place = await enter(ctx, web, PATH);
  if (!place) return;
  const { account } = place;
  const scope = scopeFor(ctx);
  const typed = typedContact(ctx);
  const { contact, errors } = readContact(typed);
  if (errors.length > 0) return show(ctx, web, place, { typed, errors });
  const mobileChanges = contact.mobile !== account.mobile;
  if (mobileChanges) {
    const claim = {
      account,
      typed: field(ctx, 'password'),
      field: 'password',
      failure: 'contact_change_failed',
    } as const;
    const proof = await proveIdentity(scope, claim);
    if (proof.kind !== 'proven') return show(ctx, web, place, { typed, ...proof.shown });
  }
  const { store, outbox, now, address, requestId } = scope;
  await transaction(store, async (inside) => {
    await changeContact(inside, account.id, contact);
    const facts = { mobile: mobileChanges, landline: contact.landline !== account.landline };
    await appendAudit(inside, {
      kind: 'contact_changed',
      at: now(),
      actorId: account.id,
      address,
      requestId,
      facts,
    });
    await outbox.announce(inside, {
      channel: 'mail',
      template: 'contact_changed',
      to: account.email,
      expiresAt: null,
      givenName: contact.givenName,
      familyName: contact.familyName,
    });
  });
  goHome(ctx, place, mobileChanges && contact.mobile !== null ? 'mobile' : 'coordonnees');
}
