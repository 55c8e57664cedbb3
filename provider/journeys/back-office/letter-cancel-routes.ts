/** A batch that was made by mistake is called off, while it is on no paper. What companies asked for themselves is not. */
import { count } from '../../http/format.ts';
import { Refusal } from '../../refusal.ts';
import { transaction } from '../../store/handle.ts';
import { cancelBatch } from '../../store/letter-batch-ends.ts';
import { type Routes, scopeFor } from '../web.ts';
import { actRoutes } from './act.ts';
import { HOME, refused } from './letter-acts.ts';
import { batchAt, nameOf, pathOf } from './letter-batch-routes.ts';
import { ORIGINS, SECTION } from './letter-words.ts';
import { noteAct } from './note.ts';

export const cancelRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: `${SECTION}/lots/:id/annuler`,
    load: async (ctx) => {
      const batch = await batchAt(ctx);
      if (batch.origin === 'waiting') throw new Refusal('not_found');
      return batch;
    },
    words: (ctx, batch) => ({
      section: SECTION,
      trail: [HOME, { label: nameOf(batch, scopeFor(ctx).caisse.timeZone), path: pathOf(batch) }],
      title: 'Annuler ce lot',
      lead: [
        'Ce lot ne sera pas imprimé. Les codes déjà écrits ne vaudront plus rien, et ses fichiers seront effacés.',
        'Ses sites pourront recevoir d’autres courriers aussitôt\u00a0: rien ne leur est compté. Les codes que ce lot avait remplacés ne revivent pas.',
      ],
      facts: [
        { name: 'Fait par', value: batch.madeBy, detail: ORIGINS[batch.origin] },
        { name: 'Courriers', value: count(batch.letters, 'écrit', 'écrits') },
      ],
      button: 'Annuler le lot',
    }),
    perform: async (ctx, batch, { office, reason }) => {
      const scope = scopeFor(ctx);
      const by = office.account.id;
      const cancelled = await transaction(scope.store, async (inside) => {
        const given = { id: batch.id, by, because: reason, now: scope.now() };
        const letters = await cancelBatch(inside, given);
        if (letters === null) return false;
        const facts = { batch: batch.id, letters, before: batch.status, after: 'cancelled', reason };
        await noteAct(scope, inside, { kind: 'letter_batch_cancelled', actorId: by, facts });
        return true;
      });
      if (!cancelled)
        return refused('Ce lot ne peut plus être annulé\u00a0: il est imprimé, annulé ou périmé.');
      return { kind: 'done', path: pathOf(batch), done: 'annule' };
    },
  });
};
