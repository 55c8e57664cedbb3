/** What is timed. A workload prepares what its operations need, then is run as often as the time allows. */
import * as flows from './flows.ts';
import { expectStatus, send } from './http.ts';
import type { Operation } from './load.ts';
import type { Seeded } from './seed.ts';
import type { Subject } from './subjects.ts';

export type Workload = {
  readonly name: string;
  readonly users: number;
  /** Where the reference has no such thing, the one of its workloads that the rate is compared with. */
  readonly against?: string;
  /** Also with two processes. */
  readonly twice?: boolean;
  readonly only?: Subject['name'];
  readonly prepare: (subject: Subject, seeded: Seeded) => Promise<Operation>;
};

const isProduct = (subject: Subject): boolean => subject.name === 'product';

const personOf = ({ email, sites }: Seeded['person'], subject: Subject): flows.Person =>
  isProduct(subject) ? { email, siteId: sites[0]?.id ?? '' } : { email };

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
    name: 'sign-in, production hash',
    users: 4,
    prepare:
      async (subject, { person }) =>
      () =>
        flows.signIn(subject.target, personOf(person, subject)),
  },
  {
    name: 'sign-in, hash stubbed',
    users: 8,
    twice: true,
    prepare:
      async (subject, { unhashed }) =>
      () =>
        flows.signIn(subject.target, personOf(unhashed, subject)),
  },
  {
    name: 'code exchange',
    users: 8,
    prepare: async (subject, seeded) => {
      const { target } = subject;
      const jar = new Map<string, string>();
      await flows.signIn(target, personOf(seeded.unhashed, subject), jar);
      const [site] = seeded.unhashed.sites;
      return () => flows.switchSilently(target, new Map(jar), site?.siret ?? '');
    },
  },
  {
    name: 'silent switch of site',
    users: 8,
    prepare: async (subject, { unhashed }) => {
      const { target } = subject;
      const jar = new Map<string, string>();
      await flows.signIn(target, personOf(unhashed, subject), jar);
      const sirets = unhashed.sites.map(({ siret }) => siret);
      return (i) => flows.switchSilently(target, new Map(jar), sirets[i % sirets.length] as string);
    },
  },
  {
    name: 'refresh',
    users: 16,
    twice: true,
    prepare: async (subject, { unhashed }) => {
      const { refresh_token } = await flows.signIn(subject.target, personOf(unhashed, subject));
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
    prepare: async (subject, { unhashed }) => {
      const { access_token } = await flows.signIn(subject.target, personOf(unhashed, subject));
      return () => flows.userinfo(subject.target, access_token);
    },
  },
  {
    name: 'introspection',
    users: 16,
    twice: true,
    prepare: async (subject, { unhashed }) => {
      const { access_token } = await flows.signIn(subject.target, personOf(unhashed, subject));
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
