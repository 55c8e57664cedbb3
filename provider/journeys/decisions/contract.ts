/**
 * What the entities of a request mean at a caisse. Subject: `{type: "user", id: sub}`. Action: `read` or `update`.
 * Resource: `{type: "feature", id: slug, properties: {siret, college?}}`; without a college, the employees of every
 * one. All else that a request tells (other properties, its context) decides nothing: rights come from our own facts.
 *
 * A request that means nothing here is answered with a denial and the reason, which speaks of the request alone. An
 * unknown person, site or feature is denied without one, like a known one that is not held.
 */
import { z } from 'zod';
import { FEATURE_ACTIONS, type FeatureAction } from '../../../policies/requests.ts';
import { COLLEGES, type College } from '../../domain/rights.ts';
import { isId, NO_ID } from '../../store/handle.ts';
import { faultOf } from './requests.ts';

const oneOf = <const T extends readonly string[]>(names: T) =>
  z.enum(names, `must be one of ${names.join(', ')}`);
const type = (name: string) => z.literal(name, `only ${name} is decided on here`);

const siret = z.string('a SIRET is required').regex(/^\d{14}$/, 'must be 14 digits');
const college = oneOf(COLLEGES)
  .nullish()
  .transform((one) => one ?? undefined);

// Text that is no id of ours is nobody's id; nobody holds anything.
const subject = z.object({
  type: type('user'),
  id: z.string().transform((id) => (isId(id) ? id : NO_ID)),
});
const action = z.object({ name: oneOf(FEATURE_ACTIONS) });
const onSite = z.object({ siret, college }, 'a SIRET is required');
const onAnySite = z
  .object({ siret: siret.nullish(), college })
  .nullish()
  .transform((properties) => properties ?? { siret: undefined, college: undefined });
const resource = z.object({ type: type('feature'), id: z.string(), properties: onSite });

const MEANINGS = {
  evaluation: z.object({ subject, action, resource }),
  subjects: z.object({ subject: subject.omit({ id: true }), action, resource }),
  resources: z.object({
    subject,
    action,
    resource: resource.omit({ id: true }).extend({ properties: onAnySite }),
  }),
  actions: z.object({ subject, resource }),
} as const;

type Meaning = { readonly [Kind in keyof typeof MEANINGS]: z.infer<(typeof MEANINGS)[Kind]> };

/** May this person do this, with this feature, on this site, for this collège? */
export type Question = {
  readonly accountId: string;
  readonly action: FeatureAction;
  readonly feature: string;
  readonly siret: string;
  readonly college: College | undefined;
};

export type Meaningless = { readonly reason: string };

export function meaningOf<Kind extends keyof Meaning>(
  kind: Kind,
  request: unknown,
): Meaning[Kind] | Meaningless {
  const read = MEANINGS[kind].safeParse(request);
  return read.success ? (read.data as Meaning[Kind]) : { reason: faultOf(read.error) };
}

export const isMeaningless = (meant: object): meant is Meaningless => 'reason' in meant;

export function questionOf(evaluation: unknown): Question | Meaningless {
  const meant = meaningOf('evaluation', evaluation);
  if (isMeaningless(meant)) return meant;
  const { subject, action, resource } = meant;
  return { accountId: subject.id, action: action.name, feature: resource.id, ...resource.properties };
}
