import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeSealer } from '../../provider/domain/seal.ts';
import { foundCaisse } from '../../provider/oidc/founding.ts';
import { openDirectory } from '../../provider/tenant/directory.ts';
import { startApp, type TestApp } from '../support/app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.close());

const open = (unreadable: string[] = []) =>
  openDirectory(app.database.knex, {
    sharedHost: `127.0.0.1:${app.port}`,
    onUnreadable: (caisseId) => void unreadable.push(caisseId),
  });

test('an address speaks of the caisse whose whole first segment it has', async () => {
  const directory = await open();
  const shared = `127.0.0.1:${app.port}`;
  const found = (host: string, path: string) => {
    const resolution = directory.resolve(host, path);
    return resolution.kind === 'caisse' ? resolution.caisse.id : resolution.kind;
  };
  expect(found(shared, '/nord-ouest/auth')).toBe('nord-ouest');
  expect(found(shared, '/nord-ouest')).toBe('nord-ouest');
  for (const path of ['/nord', '/nord-ouest-2', '/NORD-OUEST', '//nord-ouest', '/%6eord-ouest', '/', '']) {
    expect(found(shared, path)).toBe('no_caisse');
  }
  expect(found(`localhost:${app.port}`, '/nord-ouest/auth')).toBe('ile-de-france');
  expect(found('localhost', '/nord-ouest/auth')).toBe('unknown_host');
});

test('a caisse that cannot be read at start keeps no other from serving', async () => {
  const caisse = app.database.knex('caisse').where({ id: 'nord-ouest' });
  const { settings } = await caisse.clone().first('settings');
  await caisse.clone().update({ settings: '{}' });
  const unreadable: string[] = [];
  const directory = await open(unreadable);
  expect(unreadable).toEqual(['nord-ouest']);
  expect(directory.all().map(({ id }) => id)).toEqual(['grand-est', 'ile-de-france']);

  await caisse.clone().update({ settings: JSON.stringify(settings) });
  await directory.reload();
  expect(directory.get('nord-ouest')?.settings.shortName).toBe('Nord-Ouest');
});

test('a caisse with an issuer that no request could find is not founded', async () => {
  const make = {
    sealer: makeSealer([randomBytes(32)], randomBytes),
    random: randomBytes,
    now: app.clock.now(),
  };
  const settings = { shortName: 'Savoie', theme: { primary: '#1b4f72', accent: '#b9770e' } };
  const issuer = `http://127.0.0.1:${app.port}/caisses/savoie`;
  const caisse = { id: 'savoie', name: 'CIBTP Savoie', issuer, timeZone: 'Europe/Paris', settings };
  await expect(foundCaisse(app.database.knex, caisse, make)).rejects.toThrow('cannot be an issuer');
  expect((await open()).get('savoie')).toBeUndefined();
});
