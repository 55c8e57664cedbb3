/** What a form brought, as text: one value a field, hostile until a schema has read it. */
import { bodyParser } from '@koa/bodyparser';
import type { Context } from 'koa';

/** application/x-www-form-urlencoded only, 64 KiB at most; anything larger or other is a bad request. */
export const readForm = bodyParser({ enableTypes: ['form'], formLimit: '64kb', encoding: 'utf-8' });

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
