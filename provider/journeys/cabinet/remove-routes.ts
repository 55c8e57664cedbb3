/** « Retirer du cabinet »: what it takes is shown before the button that does it. */
import type Router from '@koa/router';
import type { Context } from 'koa';
import { ending } from '../../domain/impact.ts';
import { field } from '../../http/forms.ts';
import { Refusal } from '../../refusal.ts';
import { findCabinetMember } from '../../store/cabinet-staff.ts';
import { goTo, localsOf } from '../delegation-place.ts';
import { previewImpact } from '../preview.ts';
import { tellTaken } from '../taken.ts';
import { scopeFor, type Web } from '../web.ts';
import { type CabinetPlace, enterCabinet } from './cabinet-place.ts';
import { REASONS, type Reason, removePerson } from './remove-person.ts';
import { STAFF } from './show-staff.ts';

const PATH = `${STAFF}/:account/retirer`;

const REASON_LABELS: Readonly<Record<Reason, string>> = {
  departure: 'Départ du cabinet',
  other_duties: 'Changement de fonctions',
  mistake: 'Désignation par erreur',
};

export function removeRoutes(router: Router, web: Web): void {
  router.get(PATH, async (ctx) => {
    const place = await enterCabinet(ctx, web);
    if (place) await showRemoval(ctx, web, place);
  });
  router.post(PATH, (ctx) => remove(ctx, web));
}

const accountIn = (ctx: Context): string => String(ctx.params.account ?? '');

async function showRemoval(ctx: Context, web: Web, place: CabinetPlace): Promise<void> {
  const scope = scopeFor(ctx);
  const asked = { cabinetId: place.cabinet.id, accountId: accountIn(ctx), now: scope.now() };
  const member = await findCabinetMember(scope.store, asked);
  if (!member) throw new Refusal('not_found');
  if (member.role === 'manager') throw new Refusal('only_the_caisse');
  const name = `${member.givenName} ${member.familyName}`;
  const impact = await previewImpact(scope, {
    struck: { membershipIds: member.memberships },
    turn: ending(member.memberships),
    beneficiary: { accountId: member.accountId, name },
  });
  web.send(ctx, 'cabinet/remove', {
    ...localsOf(ctx, place),
    errors: [],
    cabinet: place.cabinet.name,
    staffHref: place.href(STAFF),
    action: place.href(`${STAFF}/${member.accountId}/retirer`),
    name,
    namedBy: member.namedBy,
    impact,
    reasons: REASONS.map((value) => ({ value, label: REASON_LABELS[value] })),
  });
}

async function remove(ctx: Context, web: Web): Promise<void> {
  const place = await enterCabinet(ctx, web);
  if (!place) return;
  const typed = field(ctx, 'motif');
  const reason = REASONS.find((known) => known === typed) ?? null;
  const taken = await removePerson(scopeFor(ctx), place, { accountId: accountIn(ctx), reason });
  await tellTaken(ctx, web, taken);
  goTo(ctx, place, STAFF, 'depart');
}
