import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { consumeArtifact, insertArtifactOnce, type NewArtifact } from '../../provider/store/artifacts.ts';
import type { Handle } from '../../provider/store/handle.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const TIMES = 20;

let database: TestDatabase;
let store: Handle;
beforeAll(async () => {
  database = await testDatabase({ poolSize: TIMES });
  store = (await worldOn(database, 'grand-est', () => NOW)).store;
});
afterAll(() => database.drop());

const proof = (): NewArtifact => ({
  kind: 'ReplayDetection',
  id: randomUUID(),
  payload: {},
  grantId: null,
  accountId: null,
  clientId: null,
  siteId: null,
  sessionUid: null,
  uid: null,
  expiresAt: NOW + 60_000,
});

/** Of as many at once: how many were told yes. */
async function toldYes(act: () => Promise<boolean>): Promise<number> {
  const answers = await Promise.all(Array.from({ length: TIMES }, act));
  return answers.filter(Boolean).length;
}

test('of many who bring the same proof at once, one is the first', async () => {
  const artifact = proof();
  expect(await toldYes(() => insertArtifactOnce(store, artifact))).toBe(1);
  expect(await toldYes(() => insertArtifactOnce(store, artifact))).toBe(0);
  expect(await toldYes(() => insertArtifactOnce(store, proof()))).toBe(TIMES);
});

test('of many who consume the same code at once, one does', async () => {
  const artifact = proof();
  await insertArtifactOnce(store, artifact);
  expect(await toldYes(() => consumeArtifact(store, artifact.kind, artifact.id, NOW))).toBe(1);
  expect(await toldYes(() => consumeArtifact(store, artifact.kind, artifact.id, NOW))).toBe(0);
});
