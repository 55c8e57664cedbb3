/** New confidential codes by post, asked for by an agent: the same request as the company's own, by the same job. */
import { randomUUID } from 'node:crypto';
import { ungroup } from '../../domain/search.ts';
import { Refusal } from '../../refusal.ts';
import { transaction } from '../../store/handle.ts';
import { findAdherent } from '../../store/office-adherents.ts';
import { insertCodeRequest } from '../../store/recovery.ts';
import { type Routes, scopeFor } from '../web.ts';
import { actRoutes } from './act.ts';
import { trailOf } from './attachment-routes.ts';
import { noteAct } from './note.ts';

export const codeLetterRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: '/gestion/adherents/:id/courrier',
    plain: true,
    load: async (ctx) => {
      const adherent = await findAdherent(scopeFor(ctx).store, String(ctx.params.id));
      if (!adherent) throw new Refusal('not_found');
      return adherent;
    },
    words: (_ctx, adherent) => ({
      section: '/gestion',
      trail: trailOf(adherent),
      title: 'Envoyer un nouveau code par courrier',
      lead: [
        'Un nouveau code confidentiel partira par courrier, à l’adresse de l’adhérent, pour chacun de ses sites dont l’espace n’est pas ouvert.',
        'Le code d’avant ne vaudra plus. Un site ne reçoit qu’un nombre limité de courriers par jour et par mois.',
      ],
      facts: [
        {
          name: 'Adresse',
          value: adherent.postalAddress.length === 0 ? 'Non renseignée' : adherent.postalAddress.join(', '),
        },
      ],
      button: 'Envoyer le courrier',
    }),
    perform: async (ctx, adherent, { office }) => {
      const scope = scopeFor(ctx);
      const identifiant = ungroup(adherent.identifiant).toUpperCase();
      await transaction(scope.store, async (inside) => {
        await insertCodeRequest(inside, { id: randomUUID(), identifiant, now: scope.now() });
        await noteAct(scope, inside, {
          kind: 'code_letter_asked',
          actorId: office.account.id,
          facts: { adherent: adherent.id },
        });
      });
      return { kind: 'done', path: `/gestion/adherents/${adherent.id}`, done: 'courrier' };
    },
  });
};
