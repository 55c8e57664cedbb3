/**
 * The interaction in which a service sent somebody to the screens of rights or to My account: its uid goes along from
 * page to page, in `depuis`, so that each leads back.
 */
import type { Context } from 'koa';
import { field, queryField } from '../http/forms.ts';

const UID = /^[\w-]{16,64}$/;

/** '' for none. */
export function sentFrom(ctx: Context): string {
  const asked = queryField(ctx, 'depuis') || field(ctx, 'depuis');
  return UID.test(asked) ? asked : '';
}

/** An address of ours that leads back as this page does. */
export const keeping = (from: string, address: string): string =>
  from === '' ? address : `${address}${address.includes('?') ? '&' : '?'}depuis=${from}`;

/** Path under the issuer of the first page of My account. */
export const overviewPath = (from: string): string =>
  from === '' ? '/mon-compte' : `/mon-compte/depuis/${from}`;
