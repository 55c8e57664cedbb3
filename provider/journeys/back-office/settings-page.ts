/** A page of the settings that is one form: what it is about, and how it stands. */
import type { Context } from 'koa';
import type { FieldError, Notice } from '../../http/screens.ts';
import type { OfficeFormLocals } from '../../http/screens-office-form.ts';
import { type Office, officeLocals } from '../office-place.ts';
import { scopeFor, type Web } from '../web.ts';
import type { Standing } from './settings-acts.ts';

export const SECTION = '/gestion/reglages';

export type Shown = {
  readonly office: Office;
  readonly standing: Standing;
  readonly notice?: Notice | null;
  readonly errors?: readonly FieldError[];
  readonly status?: number;
};

/** `path`: its address, under the issuer. */
type SettingsForm = Pick<OfficeFormLocals, 'title' | 'lead' | 'links' | 'groups' | 'button'> & {
  readonly path: string;
};

export function showSettings(ctx: Context, web: Web, shown: Shown, { path, ...form }: SettingsForm): void {
  const { office, standing, notice = null, errors = [], status = 200 } = shown;
  const { basePath } = scopeFor(ctx).caisse;
  const locals: OfficeFormLocals = {
    ...officeLocals(ctx, office, SECTION, notice),
    ...form,
    errors,
    trail: path === SECTION ? [] : [{ label: 'Réglages', href: basePath + SECTION }],
    action: basePath + path,
    seen: standing.version,
    hasFile: false,
  };
  web.send(ctx, 'office/form', locals, { status });
}
