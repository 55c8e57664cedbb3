/** What an agent does with a message of the contact form: says that it is dealt with, or not, and sends it again. */
import type { Context } from 'koa';
import type { Notice } from '../../http/screens.ts';
import type { AuditKind } from '../../store/audit.ts';
import { type ContactMessage, eraseMessage, holdMessage, turnMessage } from '../../store/contact-messages.ts';
import { dropMail } from '../../store/contact-queue.ts';
import { transaction } from '../../store/handle.ts';
import { mailboxOf } from '../contact-post.ts';
import { type Routes, scopeFor } from '../web.ts';
import { type ActWords, actRoutes, type OfficeAct, type Outcome } from './act.ts';
import { loadMessage, resendLabel } from './message-page.ts';
import { SECTION, titleOf } from './message-words.ts';
import { noteAct } from './note.ts';
import { resendMessage } from './resend-message.ts';

export const messageActRoutes: Routes = (router, web) => {
  actRoutes(router, web, turning('traiter'));
  actRoutes(router, web, turning('reprendre'));
  actRoutes(router, web, RESENDING);
  actRoutes(router, web, ERASING);
};

const pathOf = ({ id }: ContactMessage) => `${SECTION}/${id}`;

const common = (message: ContactMessage): Pick<ActWords, 'section' | 'trail' | 'facts' | 'seen'> => ({
  section: SECTION,
  trail: [
    { label: 'Messages', path: SECTION },
    { label: `Message ${message.number}`, path: pathOf(message) },
  ],
  seen: String(message.handledAt ?? ''),
  facts: [
    { name: 'Objet', value: titleOf(message.about) },
    ...(message.withdrawnAt === null
      ? [{ name: 'De', value: `${message.givenName} ${message.familyName}` }]
      : []),
  ],
});

const refused = (notice: Notice): Outcome => ({ kind: 'refused', notice, status: 409 });

const CHANGED: Notice = {
  kind: 'warning',
  title: 'Quelqu’un d’autre s’en est occupé',
  text: 'Ce message a changé entre-temps, et rien n’a été fait\u00a0: relisez-le avant de continuer.',
};

type Turn = {
  readonly title: string;
  readonly lead: string;
  readonly button: string;
  readonly kind: AuditKind;
  readonly to: boolean;
};

const TURNS: Readonly<Record<'traiter' | 'reprendre', Turn>> = {
  traiter: {
    title: 'Marquer ce message traité',
    lead: 'Il quitte la liste des messages à traiter. La personne n’en est pas prévenue.',
    button: 'Marquer traité',
    kind: 'contact_message_handled',
    to: true,
  },
  reprendre: {
    title: 'Remettre ce message à traiter',
    lead: 'Il revient dans la liste des messages à traiter. La personne n’en est pas prévenue.',
    button: 'Remettre à traiter',
    kind: 'contact_message_reopened',
    to: false,
  },
};

function turning(act: keyof typeof TURNS): OfficeAct<ContactMessage> {
  const { title, lead, button, kind, to } = TURNS[act];
  return {
    path: `${SECTION}/:id/${act}`,
    plain: true,
    load: loadMessage,
    words: (_ctx, message) => ({ ...common(message), title, lead: [lead], button }),
    perform: async (ctx, { id }, { office, seen }) => {
      const scope = scopeFor(ctx);
      return transaction<Outcome>(scope.store, async (inside) => {
        const message = await holdMessage(inside, id);
        if (!message || message.withdrawnAt !== null) return refused(CHANGED);
        if ((message.handledAt !== null) === to) return refused(CHANGED);
        if (String(message.handledAt ?? '') !== seen) return refused(CHANGED);
        const by = to ? office.account.id : null;
        await turnMessage(inside, id, { by, now: scope.now() });
        await noteAct(scope, inside, {
          kind,
          actorId: office.account.id,
          subjectId: message.accountId ?? undefined,
          siteId: message.siteId ?? undefined,
          facts: {
            message: message.number,
            before: to ? 'à traiter' : 'traité',
            after: to ? 'traité' : 'à traiter',
          },
        });
        return { kind: 'done', path: `${SECTION}/${id}`, done: act };
      });
    },
  };
}

const RESENDING: OfficeAct<ContactMessage> = {
  path: `${SECTION}/:id/renvoyer`,
  plain: true,
  load: loadMessage,
  words: (ctx: Context, message) => ({
    ...common(message),
    title: resendLabel(message),
    lead: [
      `Le message part avec ses pièces jointes à ${mailboxOf(scopeFor(ctx)) ?? 'la boîte que donneront les réglages'}.`,
      ...(message.transmittedAt === null
        ? []
        : ['Il y est déjà arrivé une fois\u00a0: la boîte l’aura en double.']),
    ],
    button: 'Envoyer',
  }),
  perform: async (ctx, { id }, { office }) => {
    const outcome = await resendMessage(scopeFor(ctx), id, office.account.id);
    return outcome === 'sent'
      ? { kind: 'done', path: `${SECTION}/${id}`, done: 'renvoyer' }
      : refused(NOT_SENT[outcome]);
  },
};

const ERASING: OfficeAct<ContactMessage> = {
  path: `${SECTION}/:id/effacer`,
  load: loadMessage,
  words: (_ctx, message) => ({
    ...common(message),
    title: 'Effacer ce message, consentement retiré',
    lead: [
      'Tout ce qui est gardé ici de la personne, de son message et de ses pièces jointes est effacé pour de bon. Il n’en reste que le numéro et les dates.',
      message.transmittedAt === null
        ? 'Le message n’est pas encore parti vers la boîte de la caisse\u00a0: il ne partira plus.'
        : 'La boîte de la caisse l’a déjà reçu\u00a0: c’est à vous de l’y supprimer.',
    ],
    button: 'Effacer ce message',
  }),
  perform: (ctx, { id }, { office, reason }) => {
    const scope = scopeFor(ctx);
    return transaction<Outcome>(scope.store, async (inside) => {
      const message = await holdMessage(inside, id);
      if (!message || message.withdrawnAt !== null) return refused(CHANGED);
      const { number, accountId, siteId } = message;
      await dropMail(inside, id);
      await eraseMessage(inside, id, { by: office.account.id, now: scope.now() });
      await noteAct(scope, inside, {
        kind: 'contact_message_erased',
        actorId: office.account.id,
        subjectId: accountId ?? undefined,
        siteId: siteId ?? undefined,
        facts: { message: number, reason, before: 'kept', after: 'erased' },
      });
      return { kind: 'done', path: `${SECTION}/${id}`, done: 'effacer' };
    });
  },
};

const warning = (title: string, text: string): Notice => ({ kind: 'warning', title, text });

const NOT_SENT = {
  erased: warning(
    'Ce message est effacé',
    'La durée de conservation choisie par la caisse est passée\u00a0: il n’en reste que cette ligne.',
  ),
  no_mailbox: warning(
    'La caisse n’a pas de boîte pour ses messages',
    'Un superviseur en donne l’adresse dans les réglages. Rien n’a été envoyé.',
  ),
  on_its_way: warning(
    'Ce message est déjà en route',
    'Il part dès que la boîte de la caisse répond. Rien n’a été envoyé de plus.',
  ),
} as const;
