/** Acts on letters and batches: gather, confirm the printing, make again, say that one came back, lift what that forbids. */
import { randomUUID } from 'node:crypto';
import type { Context } from 'koa';
import { count, groupSiret } from '../../http/format.ts';
import type { Notice } from '../../http/screens.ts';
import { Refusal } from '../../refusal.ts';
import { isId, transaction } from '../../store/handle.ts';
import { confirmPrinted } from '../../store/letter-batch-ends.ts';
import { countWaiting, MOST_LETTERS, type SiteChoice } from '../../store/letter-batches.ts';
import { listFiles } from '../../store/letter-files.ts';
import { findLetter, liftReturns, markReturned, type SentLetter } from '../../store/letter-returns.ts';
import type { Scope } from '../../tenant/scope.ts';
import { tooManyTries } from '../limits.ts';
import { type Routes, scopeFor } from '../web.ts';
import { type Acting, actRoutes, type Outcome } from './act.ts';
import { batchAt, nameOf, pathOf } from './letter-batch-routes.ts';
import { FILES, SECTION, titleOfLetter } from './letter-words.ts';
import { countBatch, makeBatch } from './make-batch.ts';
import { noteAct } from './note.ts';

export const HOME = { label: 'Courriers', path: SECTION };

export const letterActs: Routes = (router, web) => {
  for (const routes of [
    gatherRoutes,
    printedRoutes,
    batchAgainRoutes,
    letterAgainRoutes,
    returnRoutes,
    liftRoutes,
  ]) {
    routes(router, web);
  }
};

const gatherRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: `${SECTION}/en-attente`,
    plain: true,
    load: async (ctx) => ({
      // Of the page: a form that is sent twice makes one batch.
      id: randomUUID(),
      waiting: await countWaiting(scopeFor(ctx).store, scopeFor(ctx).now()),
    }),
    words: (_ctx, { id, waiting }) => ({
      section: SECTION,
      trail: [HOME],
      title: 'Faire un lot des courriers en attente',
      lead: [
        `${count(waiting, 'courrier attend', 'courriers attendent')} d’être imprimé${waiting < 2 ? '' : 's'}. Le lot en prend ${MOST_LETTERS.toLocaleString('fr-FR')} au plus, les plus anciens d’abord.`,
      ],
      seen: id,
      button: 'Faire le lot',
    }),
    perform: (ctx, { id }, { office, seen }) =>
      make(scopeFor(ctx), {
        id: isId(seen) ? seen : id,
        agentId: office.account.id,
        choice: { origin: 'waiting' },
        reason: '',
        withWelcome: false,
      }),
  });
};

const printedRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: `${SECTION}/lots/:id/imprime`,
    plain: true,
    load: batchAt,
    words: (ctx, batch) => ({
      section: SECTION,
      trail: [HOME, { label: nameOf(batch, scopeFor(ctx).caisse.timeZone), path: pathOf(batch) }],
      title: 'J’ai imprimé ce lot',
      lead: [
        `Confirmez que les ${count(batch.letters, 'feuille est imprimée', 'feuilles sont imprimées')}, lisible${batch.letters < 2 ? '' : 's'} et complète${batch.letters < 2 ? '' : 's'}.`,
        'Les fichiers de ce lot seront effacés aussitôt et ne pourront plus être téléchargés. Un courrier perdu ensuite se refait avec un nouveau code.',
      ],
      button: 'Oui, ce lot est imprimé',
    }),
    perform: async (ctx, batch, { office }) => {
      const scope = scopeFor(ctx);
      const missing = (await listFiles(scope.store, batch.id)).find(
        ({ downloadedAt }) => downloadedAt === null,
      );
      if (batch.status === 'ready' && missing) {
        return refused(
          `Ce fichier n’a pas encore été téléchargé\u00a0: ${FILES[missing.template].toLowerCase()}.`,
        );
      }
      const printed = await transaction(scope.store, async (inside) => {
        const letters = await confirmPrinted(inside, {
          id: batch.id,
          by: office.account.id,
          now: scope.now(),
        });
        if (letters === null) return false;
        const facts = { batch: batch.id, letters, before: batch.status, after: 'printed' };
        await noteAct(scope, inside, { kind: 'letter_batch_printed', actorId: office.account.id, facts });
        return true;
      });
      if (!printed)
        return refused(
          'Ce lot n’est plus à imprimer\u00a0: quelqu’un l’a confirmé avant vous, ou il est périmé.',
        );
      return { kind: 'done', path: pathOf(batch), done: 'imprime' };
    },
  });
};

const batchAgainRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: `${SECTION}/lots/:id/refaire`,
    load: async (ctx) => ({ batch: await batchAt(ctx), id: randomUUID() }),
    words: (ctx, { batch, id }) => ({
      section: SECTION,
      trail: [HOME, { label: nameOf(batch, scopeFor(ctx).caisse.timeZone), path: pathOf(batch) }],
      title: 'Refaire ce lot avec de nouveaux codes',
      lead: [
        'Chaque site de ce lot dont l’espace n’est pas ouvert reçoit un nouveau code. Celui d’avant ne vaut plus dès que le nouveau est écrit.',
        'Les essais déjà comptés sur un SIRET le restent.',
      ],
      seen: id,
      button: 'Refaire le lot',
    }),
    perform: (ctx, { batch, id }, acting) =>
      again(ctx, acting, id, { origin: 'again', batchId: batch.id, letterId: null }),
  });
};

const letterAgainRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: `${SECTION}/lettres/:id/refaire`,
    load: async (ctx) => {
      const letter = await letterAt(ctx);
      if (letter.template !== 'confidential_code' || letter.batchId === null) throw new Refusal('not_found');
      return { letter, batchId: letter.batchId, id: randomUUID() };
    },
    words: (_ctx, { letter, id }) => ({
      section: SECTION,
      trail: trailOf(letter),
      title: 'Refaire ce courrier avec un nouveau code',
      lead: [
        'Le code d’avant ne vaut plus dès que le nouveau est écrit. Les essais déjà comptés sur ce SIRET le restent.',
      ],
      facts: factsOf(letter),
      seen: id,
      button: 'Refaire le courrier',
    }),
    perform: (ctx, { letter, batchId, id }, acting) =>
      again(ctx, acting, id, { origin: 'again', batchId, letterId: letter.id }),
  });
};

const returnRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: `${SECTION}/lettres/:id/retour`,
    plain: true,
    load: letterAt,
    words: (_ctx, letter) => ({
      section: SECTION,
      trail: trailOf(letter),
      title: 'Ce courrier n’a pas été distribué',
      lead: [
        letter.template === 'welcome'
          ? 'La poste l’a rapporté.'
          : 'La poste l’a rapporté. Ce qu’il apporte ne vaudra plus, même si l’enveloppe est intacte.',
        'Rien n’est plus envoyé à cet adhérent tant que son adresse n’a pas changé.',
      ],
      facts: factsOf(letter),
      button: 'Enregistrer le retour',
    }),
    perform: async (ctx, letter, { office }) => {
      const scope = scopeFor(ctx);
      const marked = await transaction(scope.store, async (inside) => {
        const by = office.account.id;
        if (!(await markReturned(inside, { id: letter.id, by, now: scope.now() }))) return false;
        const facts = {
          letter: letter.id,
          reference: letter.reference,
          kind: letter.template,
          siret: letter.siret,
          adherent: letter.adherentId,
          before: 'sent',
          after: 'returned',
        };
        await noteAct(scope, inside, { kind: 'letter_returned', actorId: by, facts });
        return true;
      });
      if (!marked) return refused('Le retour de ce courrier est déjà enregistré.');
      return { kind: 'done', path: `${SECTION}/retours`, done: 'retour' };
    },
  });
};

const liftRoutes: Routes = (router, web) => {
  actRoutes(router, web, {
    path: `${SECTION}/lettres/:id/lever`,
    load: letterAt,
    words: (_ctx, letter) => ({
      section: SECTION,
      trail: trailOf(letter),
      title: 'Écrire de nouveau à cette adresse',
      lead: [
        'Des courriers pourront de nouveau partir à cette adresse, bien que l’un d’eux en soit revenu. Un nouveau code reste à demander.',
      ],
      facts: factsOf(letter),
      button: 'Permettre les courriers',
    }),
    perform: async (ctx, letter, { office, reason }) => {
      const scope = scopeFor(ctx);
      const { adherentId } = letter;
      const lifted = await transaction(scope.store, async (inside) => {
        const number = adherentId === null ? 0 : await liftReturns(inside, adherentId, scope.now());
        if (number === 0) return false;
        const told = { letter: letter.id, adherent: adherentId, number, reason };
        const facts = { ...told, before: 'address_held_back', after: 'address_written_to' };
        await noteAct(scope, inside, { kind: 'letter_return_lifted', actorId: office.account.id, facts });
        return true;
      });
      if (!lifted) return refused('Rien n’empêche d’écrire à cet adhérent.');
      return { kind: 'done', path: `${SECTION}/retours`, done: 'leve' };
    },
  });
};

async function letterAt(ctx: Context): Promise<SentLetter> {
  const { store, now } = scopeFor(ctx);
  const letter = await findLetter(store, String(ctx.params.id), now());
  if (!letter) throw new Refusal('not_found');
  return letter;
}

const trailOf = ({ batchId }: SentLetter) =>
  batchId === null ? [HOME] : [HOME, { label: 'Lot', path: pathOf({ id: batchId }) }];

const factsOf = (letter: SentLetter) => [
  { name: 'Courrier', value: titleOfLetter(letter) },
  { name: 'Adhérent', value: letter.raisonSociale, detail: `SIRET\u00a0${groupSiret(letter.siret)}` },
  { name: 'Adresse', value: letter.sentTo.length === 0 ? 'Non gardée' : letter.sentTo.join(', ') },
];

const warning = (text: string): Notice => ({ kind: 'warning', title: null, text });
export const refused = (text: string): Outcome => ({ kind: 'refused', notice: warning(text), status: 422 });

function again(
  ctx: Context,
  { office, reason, seen }: Acting,
  fresh: string,
  choice: SiteChoice,
): Promise<Outcome> {
  const id = isId(seen) ? seen : fresh;
  return make(scopeFor(ctx), { id, agentId: office.account.id, choice, reason, withWelcome: false });
}

async function make(scope: Scope, asked: Parameters<typeof makeBatch>[1]): Promise<Outcome> {
  const seconds = await countBatch(scope, asked.agentId);
  if (seconds > 0) return { kind: 'refused', notice: tooManyTries(seconds), status: 429 };
  if (await makeBatch(scope, asked)) return { kind: 'done', path: pathOf(asked), done: 'cree' };
  return refused(
    asked.choice.origin === 'waiting'
      ? 'Aucun courrier n’attend.'
      : 'Aucun courrier ne peut partir\u00a0: l’espace est ouvert, un courrier est revenu de cette adresse, ou le nombre permis ce mois-ci est atteint.',
  );
}
