/** Every face of the rights, asked what is held now: claims, decisions, the selection screen, the screens of rights. */
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { may as mayByToken } from '../../clients/entitlements.ts';
import { FEATURES } from '../../policies/catalogue.ts';
import { siteClaims } from '../../provider/oidc/claims.ts';
import { heldOn } from '../../provider/oidc/holding.ts';
import { readPortfolio } from '../../provider/store/portfolio.ts';
import { bindScope } from '../../provider/tenant/scope.ts';
import { feature, type Service, user } from './decisions.ts';
import { COLLEGES, type College, type Level } from './rights-oracle.ts';
import type { Person, Scene } from './rights-scene.ts';
import { silently } from './tokens.ts';
import { claimsOf, type Page, redeem, request, returned, signInOn, sitesOn } from './visitor.ts';

export type Question = { readonly slug: string; readonly level: Level; readonly college?: College };

const questionsOn = (slugs: readonly string[]): Question[] =>
  FEATURES.filter(({ slug }) => slugs.includes(slug)).flatMap(({ slug, scope }) =>
    (['consultation', 'mise_a_jour'] as const).flatMap((level): Question[] => [
      { slug, level },
      ...(scope === 'company' ? [] : COLLEGES.map((college) => ({ slug, level, college }))),
    ]),
  );

/** What sequences of acts give, and one feature that comes only with everything. */
const GIVEN = ['documents', 'comptes_bancaires', 'planning', 'salaries'];
export const QUESTIONS = questionsOn([...GIVEN, 'indemnites']);
const EVERY_QUESTION = questionsOn(FEATURES.map(({ slug }) => slug));

export type Told = { readonly yes: readonly boolean[]; readonly administers: boolean };

const read = (
  claims: { readonly entitlements?: unknown; readonly roles?: unknown } | null,
  questions: readonly Question[],
): Told => {
  const held = (claims?.entitlements ?? []) as string[];
  return {
    yes: questions.map(({ slug, level, college }) => mayByToken(held, slug, level, college)),
    administers: ((claims?.roles ?? []) as string[]).includes('administrateur'),
  };
};

export type Pair = { readonly person: Person; readonly siteId: string; readonly siret: string };

export const pairsOf = ({ people, sites }: Scene): Pair[] =>
  people.flatMap((person) => sites.map(({ id, siret }) => ({ person, siteId: id, siret })));

/** As every token is made, without the way there. */
export async function claims({ scope }: Scene, pairs: readonly Pair[]): Promise<Told[]> {
  const req = new IncomingMessage(new Socket());
  bindScope(req, scope);
  const held = await Promise.all(pairs.map(({ person, siteId }) => heldOn({ req }, person.id, { siteId })));
  return held.map((one) => read(one && siteClaims(scope.caisse, one), QUESTIONS));
}

export async function decisions(service: Service, pairs: readonly Pair[]): Promise<boolean[][]> {
  const { status, body } = await service.ask('evaluations', {
    evaluations: pairs.flatMap(({ person, siret }) =>
      QUESTIONS.map(({ slug, level, college }) => ({
        subject: user(person.id),
        action: { name: level === 'consultation' ? 'read' : 'update' },
        resource: feature(slug, { siret, college }),
      })),
    ),
  });
  if (status !== 200) throw new Error(`no decisions: ${status}`);
  const yes = body.evaluations.map(({ decision }: { decision: boolean }) => decision) as boolean[];
  return pairs.map((_, i) => yes.slice(i * QUESTIONS.length, (i + 1) * QUESTIONS.length));
}

/** The ids of the sites that the selection screen would offer. */
export async function reached({ scope }: Scene, { id }: Person): Promise<readonly string[]> {
  const asked = { accountId: id, now: scope.now(), terms: [], limit: 100, offset: 0, recent: 0 };
  return (await readPortfolio(scope.store, asked)).sites.map((site) => site.id).sort();
}

/** What a service hears that asked without a screen, of somebody who holds nothing on that site. */
const NO_SITE = ['interaction_required'];

/** What a token issued now says, asked for by a browser as services ask; nothing when there is none. */
export async function token(
  scene: Scene,
  { person, siret }: Pair,
): Promise<{ told: Told; questions: readonly Question[] }> {
  const issuer = scene.app.issuerOf('grand-est');
  const asked = await silently(issuer, 'portail', siret);
  const back = async () => returned(await person.visitor.get(asked.url));
  let answer = await back();
  if (answer.get('error') === 'login_required') {
    await signIn(scene, person);
    answer = await back();
  }
  const code = answer.get('code');
  if (code === null && !NO_SITE.includes(answer.get('error') ?? ''))
    throw new Error(`no token: ${answer.get('error')}`);
  const { id_token: idToken } = code === null ? {} : await redeem(asked, code);
  return { told: read(code === null ? null : claimsOf(idToken), EVERY_QUESTION), questions: EVERY_QUESTION };
}

async function signIn(scene: Scene, { visitor, email }: Person): Promise<void> {
  const page = await visitor.get(`${scene.app.issuerOf('grand-est')}/mon-compte`);
  await signInOn(visitor, page, email);
}

/** A page of ours, after a sign-in where it asks for one. */
export async function pageOf(scene: Scene, person: Person, path: string): Promise<Page> {
  const url = scene.app.issuerOf('grand-est') + path;
  const page = await person.visitor.get(url);
  if (!page.url.includes('/connexion/')) return page;
  return signInOn(person.visitor, page, person.email);
}

/** The sites on the selection screen of a service that asks for it. */
export async function selectable(scene: Scene, person: Person): Promise<readonly string[]> {
  const asked = await request(scene.app.issuerOf('grand-est'), 'portail', { prompt: 'select_organization' });
  let page = await person.visitor.get(asked.url);
  if (page.url.includes('/connexion/')) page = await signInOn(person.visitor, page, person.email);
  return page.location === null ? sitesOn(page).listed.toSorted() : [];
}
