/** What is timed. A workload prepares what its operations need, then is run as often as the time allows. */
import * as flows from './flows.ts';
import { expectStatus, send } from './http.ts';
import { type Operation, times } from './load.ts';
import type { Person, Seeded } from './seed.ts';
import type { Subject } from './subjects.ts';

export type Workload = {
  readonly name: string;
  readonly users: number;
  /** Of what can be done once: as many in a round, instead of so many seconds. */
  readonly count?: Readonly<Record<'quick' | 'whole', number>>;
  /** Where the reference has no such thing, the one of its workloads that the rate is compared with. */
  readonly against?: string;
  /** Also with two processes. */
  readonly twice?: boolean;
  readonly only?: Subject['name'];
  /** `count`: how often the operation will be asked for, where that is limited. */
  readonly prepare: (subject: Subject, seeded: Seeded, count: number) => Promise<Operation>;
};

const isProduct = (subject: Subject): boolean => subject.name === 'product';

/** Everybody in turn. */
function personAt(people: readonly Person[], i: number, subject: Subject): flows.Person {
  const { email, sites } = people[i % people.length] as Person;
  return isProduct(subject) ? { email, siteId: sites[0]?.id ?? '' } : { email };
}

const somebody = ({ unhashed }: Seeded, subject: Subject): flows.Person => personAt(unhashed, 0, subject);

const BATCH = 100;

export const WORKLOADS: readonly Workload[] = [
  {
    name: 'discovery',
    users: 16,
    prepare: async ({ target }) => {
      const path = `${target.basePath}/.well-known/openid-configuration`;
      return async () => expectStatus(await send(target, path), 200, 'discovery');
    },
  },
  {
    name: 'JWKS',
    users: 16,
    prepare:
      async ({ target }) =>
      async () =>
        expectStatus(await send(target, `${target.basePath}/jwks`), 200, 'jwks'),
  },
  {
    name: 'sign-in, hash stubbed',
    users: 8,
    twice: true,
    prepare:
      async (subject, { unhashed }) =>
      (i) =>
        flows.signIn(subject.target, personAt(unhashed, i, subject)),
  },
  {
    name: 'sign-in, production hash',
    users: 4,
    prepare:
      async (subject, { people }) =>
      (i) =>
        flows.signIn(subject.target, personAt(people, i, subject)),
  },
  {
    name: 'code exchange',
    users: 16,
    count: { quick: 120, whole: 600 },
    prepare: async (subject, seeded, count) => {
      const { target } = subject;
      const jar = new Map<string, string>();
      await flows.signIn(target, somebody(seeded, subject), jar);
      const siret = seeded.unhashed[0]?.sites[0]?.siret ?? '';
      const codes: flows.Code[] = [];
      const obtain = async () => codes.push(await flows.authorizeSilently(target, new Map(jar), siret));
      await times(obtain, count, 8);
      return (i) => flows.redeem(target, codes[i] as flows.Code);
    },
  },
  {
    name: 'silent switch of site',
    users: 8,
    prepare: async (subject, seeded) => {
      const { target } = subject;
      const jar = new Map<string, string>();
      await flows.signIn(target, somebody(seeded, subject), jar);
      const sirets = seeded.unhashed[0]?.sites.map(({ siret }) => siret) ?? [];
      return async (i) => {
        const siret = sirets[i % sirets.length] as string;
        return flows.redeem(target, await flows.authorizeSilently(target, new Map(jar), siret));
      };
    },
  },
  {
    name: 'refresh',
    users: 16,
    twice: true,
    prepare: async (subject, seeded) => {
      const { refresh_token } = await flows.signIn(subject.target, somebody(seeded, subject));
      return () => flows.refresh(subject.target, refresh_token);
    },
  },
  {
    name: 'refresh, four-link chain',
    users: 16,
    against: 'refresh',
    only: 'product',
    prepare: async ({ target }, { fourLinks }) => {
      const { refresh_token } = await flows.signIn(target, fourLinks);
      return () => flows.refresh(target, refresh_token);
    },
  },
  {
    name: 'userinfo',
    users: 16,
    prepare: async (subject, seeded) => {
      const { access_token } = await flows.signIn(subject.target, somebody(seeded, subject));
      return () => flows.userinfo(subject.target, access_token);
    },
  },
  {
    name: 'introspection',
    users: 16,
    twice: true,
    prepare: async (subject, seeded) => {
      const { access_token } = await flows.signIn(subject.target, somebody(seeded, subject));
      return () => flows.introspect(subject.target, access_token);
    },
  },
  {
    name: 'client credentials',
    users: 16,
    prepare:
      async ({ target }) =>
      () =>
        flows.clientCredentials(target),
  },
  {
    name: 'decision',
    users: 16,
    against: 'introspection',
    only: 'product',
    twice: true,
    prepare: async ({ target }, { fourLinks }) => {
      const token = await flows.clientCredentials(target);
      const asked = { subject: fourLinks.accountId, siret: fourLinks.siret };
      return () => flows.decide(target, token, asked);
    },
  },
  {
    name: `decisions, batch of ${BATCH}`,
    users: 8,
    against: 'introspection',
    only: 'product',
    prepare: async ({ target }, { fourLinks }) => {
      const token = await flows.clientCredentials(target);
      const asked = { subject: fourLinks.accountId, siret: fourLinks.siret };
      return () => flows.decideBatch(target, token, asked, BATCH);
    },
  },
  {
    name: 'site list, first page',
    users: 1,
    only: 'product',
    prepare: async ({ target }, { accountant }) => {
      const jar = new Map<string, string>();
      await flows.enter(target, accountant, '/mon-compte', jar);
      const path = await flows.selectionPage(target, jar);
      return async () => expectStatus(await send(target, path, { jar }), 200, 'site list');
    },
  },
  {
    name: 'delegation list, first page',
    users: 1,
    only: 'product',
    prepare: async ({ target }, { head }) => {
      const jar = new Map<string, string>();
      const path = `/droits-d-acces/${head.siret}`;
      await flows.enter(target, head, path, jar);
      return async () => expectStatus(await send(target, target.basePath + path, { jar }), 200, 'list');
    },
  },
];
