/** The page of one message of the contact form: who wrote what, where it stands, what may be done. */
import type { Context } from 'koa';
import type { MessageStatus } from '../../domain/contact.ts';
import { tellMoment } from '../../domain/dates.ts';
import { groupSiret } from '../../http/format.ts';
import { queryField } from '../../http/forms.ts';
import type { Notice } from '../../http/screens.ts';
import type { OfficeMessageLocals } from '../../http/screens-office-message.ts';
import { Refusal } from '../../refusal.ts';
import { type ContactMessage, findMessage, listFilesOf, openWords } from '../../store/contact-messages.ts';
import { isOnItsWay, statusOf } from '../../store/contact-queue.ts';
import { mailboxOf } from '../contact-post.ts';
import { fileSize } from '../file-size.ts';
import { type Office, officeLocals } from '../office-place.ts';
import { scopeFor, type Web } from '../web.ts';
import { MESSAGE_STANDING, SECTION, titleOf } from './message-words.ts';

/** @throws Refusal `not_found` for an id that this caisse does not know. */
export async function loadMessage(ctx: Context): Promise<ContactMessage> {
  const message = await findMessage(scopeFor(ctx).store, String(ctx.params.id));
  if (!message) throw new Refusal('not_found');
  return message;
}

const DONE: Readonly<Record<string, string>> = {
  traiter: 'Le message est marqué traité.',
  reprendre: 'Le message est de nouveau à traiter.',
  renvoyer: 'Le message repart vers la boîte de la caisse.',
  effacer: 'Le message est effacé.',
};

function noticeOf(ctx: Context): Notice | null {
  const done = queryField(ctx, 'fait');
  const text = Object.hasOwn(DONE, done) ? DONE[done] : undefined;
  return text === undefined ? null : { kind: 'success', title: null, text };
}

export async function showMessage(ctx: Context, web: Web, office: Office): Promise<void> {
  const scope = scopeFor(ctx);
  const { caisse, store, sealer } = scope;
  const message = await loadMessage(ctx);
  const status = await statusOf(store, message.id);
  const words = openWords(store, message, sealer);
  const path = `${caisse.basePath}${SECTION}/${message.id}`;
  const canResend = words !== null && mailboxOf(scope) !== null && !(await isOnItsWay(store, message.id));
  web.send(ctx, 'office/message', {
    ...officeLocals(ctx, office, SECTION, noticeOf(ctx)),
    trail: [{ label: 'Messages', href: caisse.basePath + SECTION }],
    title: titleOf(message.about),
    badge: MESSAGE_STANDING[status].label,
    warnings: warningsOf(status, mailboxOf(scope)),
    facts: factsOf(message, words?.phones ?? [], caisse),
    words: words?.message ?? null,
    files: (await listFilesOf(store, message.id)).map(({ name, bytes }) => ({ name, size: fileSize(bytes) })),
    acts:
      message.withdrawnAt === null
        ? [
            status === 'handled'
              ? { label: 'Remettre à traiter', href: `${path}/reprendre` }
              : { label: 'Marquer traité', href: `${path}/traiter` },
            ...(canResend ? [{ label: resendLabel(message), href: `${path}/renvoyer` }] : []),
            { label: 'Effacer, consentement retiré', href: `${path}/effacer` },
          ]
        : [],
  });
}

export const resendLabel = ({ transmittedAt }: ContactMessage): string =>
  transmittedAt === null ? 'Envoyer à la boîte de la caisse' : 'Envoyer de nouveau à la boîte de la caisse';

function warningsOf(status: MessageStatus, mailbox: string | null): OfficeMessageLocals['warnings'] {
  if (mailbox === null && status === 'received') {
    return [
      {
        text: 'La caisse n’a pas de boîte pour ses messages\u00a0: celui-ci ne part nulle part tant qu’un superviseur n’en donne pas une dans les réglages.',
        links: [],
      },
    ];
  }
  if (status !== 'failed') return [];
  return [
    {
      text: 'La boîte de la caisse a refusé ce message, ou n’a pas répondu pendant deux jours. Vérifiez son adresse dans les réglages, puis envoyez-le de nouveau.',
      links: [],
    },
  ];
}

function factsOf(
  message: ContactMessage,
  phones: readonly string[],
  { basePath, timeZone }: { readonly basePath: string; readonly timeZone: string },
): OfficeMessageLocals['facts'] {
  return [
    { name: 'Numéro', value: message.number },
    ...(message.withdrawnAt === null ? writerFacts(message, phones, basePath) : []),
    {
      name: 'Reçu le',
      value: tellMoment(message.createdAt, timeZone),
      detail: message.withdrawnAt === null ? 'Consentement donné' : null,
    },
    ...(message.transmittedAt === null
      ? []
      : [{ name: 'Transmis le', value: tellMoment(message.transmittedAt, timeZone) }]),
    ...(message.withdrawnAt === null
      ? []
      : [{ name: 'Consentement retiré le', value: tellMoment(message.withdrawnAt, timeZone) }]),
    ...(message.handledAt === null
      ? []
      : [
          {
            name: 'Traité le',
            value: tellMoment(message.handledAt, timeZone),
            detail: `Par ${message.handledBy}`,
          },
        ]),
  ];
}

function writerFacts(
  message: ContactMessage,
  phones: readonly string[],
  basePath: string,
): OfficeMessageLocals['facts'] {
  const { accountId, siteId } = message;
  const known = accountId !== null;
  return [
    {
      name: 'De',
      value: `${message.givenName} ${message.familyName}`,
      detail: known ? 'Connecté à son espace sécurisé' : 'Non connecté\u00a0: d’après ses propres dires',
      act: known
        ? { label: 'Voir', href: `${basePath}/gestion/comptes/${accountId}`, about: 'son compte' }
        : null,
    },
    { name: 'Adresse électronique', value: message.email },
    ...(phones.length > 0 ? [{ name: 'Téléphone', value: phones.join(', ') }] : []),
    ...(message.raisonSociale === '' ? [] : [{ name: 'Raison sociale', value: message.raisonSociale }]),
    ...(message.identifiant === '' ? [] : [{ name: 'Identifiant CIBTP', value: message.identifiant }]),
    ...(message.siret === ''
      ? []
      : [
          {
            name: 'SIRET',
            value: groupSiret(message.siret),
            act: siteId
              ? { label: 'Voir', href: `${basePath}/gestion/sites/${siteId}`, about: 'le site' }
              : null,
          },
        ]),
  ];
}
