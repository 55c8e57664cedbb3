/** The acknowledgement: the number of the message, to be printed or noted. For the browser that sent it, for a day. */
import type { Context } from 'koa';
import { tellMoment } from '../../domain/dates.ts';
import { seeOther } from '../../http/redirect.ts';
import { Refusal } from '../../refusal.ts';
import { findMessageOfForm, listFilesOf } from '../../store/contact-messages.ts';
import { lookOf } from '../../tenant/look.ts';
import { fileSize } from '../file-size.ts';
import { type Routes, scopeFor } from '../web.ts';
import { PATH } from './form-page.ts';
import { readToken } from './token.ts';

const SENT = `${PATH}/envoye`;
const DAY = 86_400_000;

export const sentRoutes: Routes = (router, web) => {
  router.get(`${SENT}/:token`, async (ctx) => {
    const { caisse, store, now } = scopeFor(ctx);
    const token = readToken(String(ctx.params.token));
    const message = token === null ? undefined : await findMessageOfForm(store, token);
    if (!message || message.withdrawnAt !== null || now() - message.createdAt > DAY)
      throw new Refusal('not_found');
    const files = await listFilesOf(store, message.id);
    web.send(ctx, 'contact/sent', {
      look: lookOf(caisse),
      service: null,
      errors: [],
      number: message.number,
      email: message.email,
      facts: [
        { name: 'Reçu le', value: tellMoment(message.createdAt, caisse.timeZone) },
        { name: 'Objet', value: message.about },
        ...(files.length > 0
          ? [
              {
                name: files.length === 1 ? 'Pièce jointe' : 'Pièces jointes',
                value: files.map(({ name, bytes }) => `${name} (${fileSize(bytes)})`).join(', '),
              },
            ]
          : []),
      ],
      anotherHref: caisse.basePath + PATH,
    });
  });
};

export function toSent(ctx: Context, token: string): void {
  seeOther(ctx, `${scopeFor(ctx).caisse.basePath}${SENT}/${token}`);
}
