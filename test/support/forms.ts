/** The forms that the pages of the routers show, with what each sends when somebody fills it in. */
import { fillIn } from './addresses.ts';
import { type Role, type Stage, whose } from './every-role.ts';
import type { Answer } from './second-node.ts';

export type Form = {
  readonly role: Role;
  /** Path under the issuer that it is sent to. */
  readonly path: string;
  readonly route: string;
  readonly fields: Readonly<Record<string, string>>;
};

const ENTITIES: Readonly<Record<string, string>> = { '#34': '"', '#39': "'", lt: '<', gt: '>', amp: '&' };
const unescaped = (text: string): string => text.replace(/&(#?\w+);/g, (all, name) => ENTITIES[name] ?? all);

/** What a person would type where nothing stands yet. */
const TYPED: Readonly<Record<string, string>> = {
  motif: 'Demande reçue par courrier',
  nom: 'Saisie',
  prenom: 'Alix',
  family_name: 'Saisie',
  given_name: 'Alix',
  cabinet: '',
};

let typed = 0;

function typedFor(name: string, tag: string): string {
  if (/type="email"|mail/.test(tag)) return `saisie-${++typed}@essai.test`;
  if (/^<textarea|type="(tel|url)"|_fin"/.test(tag)) return TYPED[name] ?? '';
  return TYPED[name] ?? (/date|jour/.test(name) ? '01/12/2026' : 'Saisie');
}

/** Of the forms that post to that path, the first, filled in: one radio of each name, the boxes that are ticked, the first of a list. */
function formOn({ text }: Pick<Answer, 'text'>, action: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, tag = '', inside = ''] of text.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
    const to = unescaped(/action="([^"?]+)/.exec(tag)?.[1] ?? '');
    if (!/method="post"/i.test(tag) || !to.endsWith(action)) continue;
    for (const [element, kind] of inside.matchAll(/<(input|textarea|select|button)\b[^>]*>/g)) {
      const attribute = (name: string) =>
        unescaped(new RegExp(`\\s${name}="([^"]*)"`).exec(element)?.[1] ?? '');
      const [name, value] = [attribute('name'), attribute('value')];
      if (name === '' || attribute('type') === 'file' || kind === 'button') continue;
      if (attribute('type') === 'password') fields[name] = 'Un-Mot-De-Passe-2026';
      else if (kind === 'select') fields[name] = optionAfter(inside, element);
      else if (attribute('type') !== 'radio' || !(name in fields))
        fields[name] = value || typedFor(name, element);
    }
    return fields;
  }
  return fields;
}

const optionAfter = (inside: string, select: string): string =>
  unescaped(/<option value="([^"]+)"/.exec(inside.slice(inside.indexOf(select)))?.[1] ?? '');

/** Of every route that takes a form from a person, what its page sends; {} for one that has no page to itself. */
export async function everyForm({ app, ask, ours }: Stage): Promise<readonly Form[]> {
  const forms: Form[] = [];
  for (const { method, path: route } of app.routes) {
    if (method !== 'POST' || /^\/(api|access)\//.test(route)) continue;
    const role = whoSends(route);
    const path = fillIn({ path: route }, () => ours.each);
    const page = await ask(role, 'GET', path);
    forms.push({ role, path, route, fields: formOn(page, path) });
  }
  return forms;
}

const SIGNED_OUT =
  /^\/(connexion|premiere-connexion|associer|mot-de-passe|nouveau-mot|activation|confirmer-|annuler-|demande-d|identifiants|invitation$|invitation\/(mobile|refuser)|contact)/;

const whoSends = (route: string): Role => (SIGNED_OUT.test(route) ? 'nobody' : whose(route));
