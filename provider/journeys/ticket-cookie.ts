/** The ticket in the browser: a cookie of the journey's own path. Forms carry its reference, never the ticket. */
import type { Context } from 'koa';
import { field } from '../http/forms.ts';
import { findTicket, type Ticket } from '../store/tickets.ts';
import { scopeFor } from './web.ts';

export type JourneyPath = '/premiere-connexion' | '/associer-un-site' | '/demande-d-acces';

const NAME = 'identification';
/** Longer than a ticket lives: what was typed with one that has expired is found again. */
const SECONDS = 86_400;

export function giveTicket(ctx: Context, path: JourneyPath, token: string): void {
  const { caisse } = scopeFor(ctx);
  const secure = caisse.secure ? '; Secure' : '';
  ctx.append(
    'Set-Cookie',
    `${NAME}=${token}; Path=${caisse.basePath}${path}; Max-Age=${SECONDS}; HttpOnly; SameSite=Lax${secure}`,
  );
}

/** '' when this browser brings none. */
export const ticketToken = (ctx: Context): string => ctx.cookies.get(NAME, { signed: false }) ?? '';

/** Of this browser, expired ones too; null when there is none, or a form was sent that belongs to another. */
export async function presentedTicket(ctx: Context): Promise<Ticket | null> {
  const token = ticketToken(ctx);
  const ticket = token === '' ? undefined : await findTicket(scopeFor(ctx).store, token);
  if (!ticket || (ctx.method === 'POST' && field(ctx, 'ticket') !== ticket.reference)) return null;
  return ticket;
}

export const isLive = (ticket: Ticket, now: number): boolean => ticket.expiresAt > now;
