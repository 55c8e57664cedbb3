/**
 * New confidential codes by post, asked for by an agent: the same request as the company's own, by the same job. Where a
 * letter came back from the address none would leave: that is said, and nothing asked.
 */
import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import { tellDate } from '../../domain/dates.ts';
import { ungroup } from '../../domain/search.ts';
import type { Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { transaction } from '../../store/handle.ts';
import { type CameBack, findCameBack } from '../../store/letter-returns.ts';
import { findAdherent } from '../../store/office-adherents.ts';
import { insertCodeRequest } from '../../store/recovery.ts';
import { type Routes, scopeFor } from '../web.ts';
import { actRoutes } from './act.ts';
import { trailOf } from './attachment-routes.ts';
import { SECTION as LETTERS, referenceOf } from './letter-words.ts';
import { noteAct } from './note.ts';

export const codeLetterRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: '/gestion/adherents/:id/courrier',
    plain: true,
    load: async (ctx) => {
      const { store } = scopeFor(ctx);
      const adherent = await findAdherent(store, String(ctx.params.id));
      if (!adherent) throw new Refusal('not_found');
      return { adherent, cameBack: await findCameBack(store, adherent.id) };
    },
    words: (ctx, { adherent, cameBack }) => ({
      section: '/gestion',
      trail: trailOf(adherent),
      title: 'Envoyer un nouveau code par courrier',
      lead: cameBack
        ? [
            'Un courrier est revenu de l’adresse de cet adhérent\u00a0: aucun autre n’y part.',
            'Faites-en corriger l’adresse par un import. Si elle est bonne, permettez d’abord d’y écrire de nouveau.',
          ]
        : [
            'Un nouveau code confidentiel partira par courrier, à l’adresse de l’adhérent, pour chacun de ses sites dont l’espace n’est pas ouvert.',
            'Le code d’avant ne vaudra plus. Un site ne reçoit qu’un nombre limité de courriers par jour et par mois.',
          ],
      facts: [
        {
          name: 'Adresse',
          value: adherent.postalAddress.length === 0 ? 'Non renseignée' : adherent.postalAddress.join(', '),
        },
        ...(cameBack ? [returnedFact(ctx, cameBack)] : []),
      ],
      button: 'Envoyer le courrier',
    }),
    perform: async (ctx, { adherent, cameBack }, { office }) => {
      if (cameBack) return { kind: 'refused', notice: STANDS_IN_THE_WAY, status: 422 };
      if (adherent.postalAddress.length === 0) return { kind: 'refused', notice: NO_ADDRESS, status: 422 };
      const scope = scopeFor(ctx);
      const identifiant = ungroup(adherent.identifiant).toUpperCase();
      await transaction(scope.store, async (inside) => {
        await insertCodeRequest(inside, { id: randomUUID(), identifiant, now: scope.now() });
        await noteAct(scope, inside, {
          kind: 'code_letter_asked',
          actorId: office.account.id,
          facts: { adherent: adherent.id, before: null, after: 'asked' },
        });
      });
      return { kind: 'done', path: `/gestion/adherents/${adherent.id}`, done: 'courrier' };
    },
  });
};

const STANDS_IN_THE_WAY: Notice = {
  kind: 'warning',
  title: 'Rien n’est parti',
  text: 'Un courrier est revenu de cette adresse. Corrigez-la par un import, ou permettez d’abord d’y écrire de nouveau.',
};

const NO_ADDRESS: Notice = {
  kind: 'warning',
  title: 'Rien n’est parti',
  text: 'La caisse ne connaît pas l’adresse postale de cet adhérent. Apportez-la par un import.',
};

/** The last letter that the post brought back from the address that the adhérent still has. */
export const returnedFact = (ctx: Context, cameBack: CameBack) => {
  const { basePath, timeZone } = scopeFor(ctx).caisse;
  return {
    name: 'Courrier revenu',
    value: `Le ${tellDate(cameBack.returnedAt, timeZone)}, de cette adresse`,
    detail: `Référence\u00a0: ${referenceOf(cameBack)}. Rien n’y est envoyé tant qu’elle n’a pas changé.`,
    act: {
      label: 'Écrire de nouveau',
      href: `${basePath}${LETTERS}/lettres/${cameBack.letterId}/lever`,
      about: 'à cette adresse, bien qu’un courrier en soit revenu',
    },
  };
};
