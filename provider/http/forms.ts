/** What a form brought, as text: one value a field, hostile until a schema has read it. */
import { bodyParser } from '@koa/bodyparser';
import type { Context, Middleware } from 'koa';
import { Refusal } from '../refusal.ts';

const parse = bodyParser({ enableTypes: ['form'], formLimit: '64kb', encoding: 'utf-8' });

/**
 * application/x-www-form-urlencoded in UTF-8 only, 64 KiB at most; anything larger or other is a bad request.
 * @throws Refusal `form_unreadable` for what is compressed, or written in other letters (RFC 9110 §8.4, §15.5.16): no
 * browser sends it, and read as something else it would lose what was typed.
 */
export const readForm: Middleware = (ctx, next) => {
  if (!isPlain(ctx.get('content-encoding')) || !isUtf8(ctx.get('content-type')))
    throw new Refusal('form_unreadable');
  return parse(ctx, next);
};

const isPlain = (coding: string): boolean => coding === '' || coding === 'identity';

const CHARSET = /;\s*charset\s*=\s*("?)([^";]*)\1/gi;

const isUtf8 = (type: string): boolean =>
  [...type.matchAll(CHARSET)].every(([, , name = '']) =>
    ['utf-8', 'utf8', 'us-ascii'].includes(name.trim().toLowerCase()),
  );

/** '' when the field is missing or came more than once (a second value is nobody's intent). */
export function field(ctx: Context, name: string): string {
  const value = (ctx.request as { body?: Record<string, unknown> }).body?.[name];
  return typeof value === 'string' ? value.replaceAll('\0', '') : '';
}

/** Likewise for the query string. */
export function queryField(ctx: Context, name: string): string {
  const value = ctx.query[name];
  return typeof value === 'string' ? value.replaceAll('\0', '') : '';
}
