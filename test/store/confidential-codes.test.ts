import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  forgiveTries,
  lockCode,
  replaceCode,
  tryCodes,
  useCode,
} from '../../provider/store/confidential-codes.ts';
import { transaction } from '../../provider/store/handle.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { letters } from '../support/enrolment.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const HASH = '$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy';

async function posted() {
  const world = app.world();
  const now = app.clock.now();
  const held = await letters(world, now);
  const asked = { siret: held.siret, identifiant: held.identifiant.toUpperCase().replace(/[ .-]/g, ''), now };
  return { ...held, store: world.store, now, tried: () => tryCodes(world.store, asked) };
}

test('of many tries at once, the hash of a code is handed out five times', async () => {
  const { codeId, store, tried } = await posted();
  const all = await Promise.all(Array.from({ length: 30 }, tried));
  expect(all.filter(({ postal }) => postal?.id === codeId)).toHaveLength(5);
  await forgiveTries(store, codeId);
  expect((await tried()).postal?.id).toBe(codeId);
});

test('a new code takes the place of the one before, whose holder then has none', async () => {
  const { codeId, site, store, now, tried } = await posted();
  const id = randomUUID();
  const person = { givenName: 'A', familyName: 'B' };
  await replaceCode(
    store,
    { ...person, id, siteId: site.id, origin: 'postal', hash: HASH, expiresAt: now + 1000 },
    now,
  );
  expect((await tried()).postal?.id).toBe(id);
  await transaction(store, async (inside) => {
    expect(await lockCode(inside, codeId)).toBe('superseded');
    expect(await lockCode(inside, id)).toBe('current');
    expect(await lockCode(inside, randomUUID())).toBe('superseded');
  });
});

test('using one code ends what else would open the same site', async () => {
  const { codeId, site, store, now, tried } = await posted();
  const former = { id: randomUUID(), siteId: site.id, origin: 'former_space' as const, hash: HASH };
  await replaceCode(store, { ...former, givenName: '', familyName: '', expiresAt: null }, now);
  expect((await tried()).formerSpace?.id).toBe(former.id);
  await transaction(store, async (inside) => {
    await useCode(inside, codeId, now);
    expect(await lockCode(inside, codeId)).toBe('used');
    expect(await lockCode(inside, former.id)).toBe('superseded');
  });
  expect(await tried()).toMatchObject({ postal: null, formerSpace: null });
});

test('a hash that nobody could verify is not kept', async () => {
  const { site, store, now } = await posted();
  const code = {
    id: randomUUID(),
    siteId: site.id,
    origin: 'former_space' as const,
    givenName: '',
    familyName: '',
  };
  const kept = replaceCode(store, { ...code, hash: 'motdepasse', expiresAt: null }, now);
  await expect(kept).rejects.toThrow('unknown kind');
});

test('tries, pardons and uses of the codes of one site wait for each other and never block one another', async () => {
  const { codeId, site, store, now, tried } = await posted();
  const former = { id: randomUUID(), siteId: site.id, origin: 'former_space' as const, hash: HASH };
  await replaceCode(store, { ...former, givenName: '', familyName: '', expiresAt: null }, now);
  const use = (id: string) =>
    transaction(store, async (inside) => {
      if ((await lockCode(inside, id)) === 'current') await useCode(inside, id, now);
    });
  const acts = [
    tried,
    () => forgiveTries(store, former.id),
    () => use(former.id),
    () => forgiveTries(store, codeId),
    () => use(codeId),
  ];
  const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, n) => acts[n % acts.length]?.()));
  expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([]);
  const used = await store.sql('confidential_code').where({ site_id: site.id }).whereNotNull('used_at');
  expect(used).toHaveLength(1);
});
