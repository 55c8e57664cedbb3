/**
 * What a modification changes in the rights themselves, for whoever must see it: the recap, the mail, the audit. Who
 * becomes Administrateur, or is it no more, gains and loses rights like anybody else: whoever makes one reaches them all.
 */
import { FEATURES } from '../../../policies/catalogue.ts';
import { LEVELS, type Level } from '../../domain/rights.ts';
import type { ChangeShown } from '../../http/screens-giving.ts';
import type { Delegation } from '../../store/delegation-acts.ts';
import { COLLEGE_LABELS, collegesOf, LEVEL_LABELS, levelIn } from '../rights-shown.ts';

type Says = Pick<Delegation, 'admin' | 'rights'>;
export type Changing = { readonly before: Says; readonly after: Says };

export const changesRole = ({ before, after }: Changing): boolean => before.admin !== after.admin;

type Changed = {
  readonly slug: string;
  readonly label: string;
  readonly before: Level;
  readonly after: Level;
};

const changedFeatures = ({ before, after }: Changing): Changed[] =>
  FEATURES.map(({ slug, label }, i) => ({
    slug,
    label,
    before: levelIn(before.rights, i),
    after: levelIn(after.rights, i),
  })).filter((one) => one.before !== one.after);

const rank = (level: Level): number => LEVELS.indexOf(level);

/** Feature by feature, in catalogue order; those that the caisse hides left out. */
export function shownChanges(
  changing: Changing,
  hidden: readonly string[],
): { readonly lost: readonly ChangeShown[]; readonly gained: readonly ChangeShown[] } {
  const shown = changedFeatures(changing).filter(({ slug }) => !hidden.includes(slug));
  const lines = (some: readonly Changed[]) =>
    some.map(({ label, before, after }) => ({
      name: label,
      before: LEVEL_LABELS[before],
      after: LEVEL_LABELS[after],
    }));
  return {
    lost: lines(shown.filter(({ before, after }) => rank(after) < rank(before))),
    gained: lines(shown.filter(({ before, after }) => rank(after) > rank(before))),
  };
}

/** « Ouvriers, ETAM », before and after. */
export function shownColleges({ before, after }: Changing): Omit<ChangeShown, 'name'> {
  const told = ({ rights }: Says) =>
    collegesOf(rights)
      .map((college) => COLLEGE_LABELS[college])
      .join(', ');
  return { before: told(before), after: told(after) };
}

/** For a line of the audit: what differs alone, « colleges:ouvrier documents:none »; nothing where nothing does. */
export function auditedChanges(
  changing: Changing,
): Readonly<Record<'rights_before' | 'rights_after', string>> | Record<string, never> {
  const { before, after } = changing;
  const features = changedFeatures(changing);
  const colleges = ({ rights }: Says) => `colleges:${collegesOf(rights).join('+')}`;
  const differ = colleges(before) !== colleges(after);
  if (features.length === 0 && !differ) return {};
  const told = (says: Says, which: 'before' | 'after') =>
    [...(differ ? [colleges(says)] : []), ...features.map((one) => `${one.slug}:${one[which]}`)].join(' ');
  return { rights_before: told(before, 'before'), rights_after: told(after, 'after') };
}
