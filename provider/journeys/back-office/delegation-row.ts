/** A delegation as the caisse's own people read it: whose, where it stands, who gave it. */
import type { Context } from 'koa';
import { tellShortDate } from '../../domain/dates.ts';
import { standingOf } from '../../domain/delegation.ts';
import { groupSiret } from '../../http/format.ts';
import type { OfficeRow } from '../../http/screens-office-adherent.ts';
import type { DelegationSeen } from '../../store/office-adherents.ts';
import { tellStanding } from '../standing-words.ts';
import { scopeFor } from '../web.ts';

/** `withSite`: among those of other sites. */
export function delegationRow(
  ctx: Context,
  one: DelegationSeen,
  { withSite }: { readonly withSite: boolean },
): OfficeRow {
  const { caisse, now } = scopeFor(ctx);
  const { basePath, timeZone } = caisse;
  const standing = standingOf(one, now());
  const isHead = one.kind === 'enrolment' && standing === 'active' && one.accountId !== null;
  const href =
    one.cabinetId !== null
      ? `${basePath}/gestion/cabinets/${one.cabinetId}`
      : one.accountId !== null
        ? `${basePath}/gestion/comptes/${one.accountId}`
        : null;
  const until = one.to === null ? '' : ` jusqu’au ${tellShortDate(one.to - 1, timeZone)}`;
  return {
    name: one.beneficiary,
    href,
    badge: roleOf(one),
    standing: tellStanding(standing, one.from, now()),
    details: [
      ...(withSite ? [`${one.site.name} – SIRET\u00a0${groupSiret(one.site.siret)}`] : []),
      ...(one.email === null || one.email === one.beneficiary ? [] : [one.email]),
      `${one.giver === null ? 'Ouvert par courrier ou par succession' : `Donnée par ${one.giver}`}, à compter du ${tellShortDate(one.from, timeZone)}${until}`,
    ],
    acts: isHead
      ? [
          {
            label: 'Confier à un successeur',
            href: `${basePath}/gestion/sites/${one.site.id}/succession/${one.id}`,
            about: `\u00a0: ${one.beneficiary}${withSite ? `, ${one.site.name}` : ''}`,
          },
        ]
      : [],
  };
}

function roleOf({ kind, admin }: DelegationSeen): string {
  switch (kind) {
    case 'enrolment':
      return 'Administrateur Entreprise';
    case 'cabinet':
      return 'Cabinet comptable';
    case 'staff':
      return 'Collaborateur du cabinet';
    case 'user':
      return admin ? 'Administrateur' : 'Utilisateur';
  }
}
