import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

type Client = Readonly<Record<string, unknown>> & {
  readonly client_id: string;
  readonly redirect_uris: readonly string[];
  readonly default_service: boolean;
  readonly third_party: boolean;
};

const directory = join(import.meta.dirname, '../../clients/registrations');
const read = (file: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'));
const schema = read('schema.json').$defs.client as {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
};
const files = readdirSync(directory).filter((file) => file !== 'schema.json');

describe.each(files)('the services registered in %s', (file) => {
  const { caisse, clients } = read(file) as { caisse: string; clients: readonly Client[] };
  const byId = new Map(clients.map((client) => [client.client_id, client]));

  it('belong to the caisse that names the file, each under a name of its own', () => {
    expect(`${caisse}.json`).toBe(file);
    expect(byId.size).toBe(clients.length);
  });

  it('have the members that the schema knows, and none that is a secret', () => {
    for (const client of clients) {
      for (const member of schema.required) expect(client).toHaveProperty(member);
      for (const member of Object.keys(client)) {
        expect(Object.keys(schema.properties)).toContain(member);
        expect(member).not.toMatch(/secret|key|password/);
      }
    }
  });

  it('have one default service, which can be asked to start a sign-in', () => {
    const defaults = clients.filter((client) => client.default_service);
    expect(defaults).toHaveLength(1);
    expect(defaults[0]?.initiate_login_uri).toMatch(/^http/);
  });

  it('have the addresses that integrators are told', () => {
    const callbacks = ['http://localhost:3003/callback', 'http://127.0.0.1:3003/callback'];
    for (const id of ['essai', 'essai-confidentiel', 'essai-tiers']) {
      expect(byId.get(id)?.redirect_uris).toEqual(callbacks);
    }
    expect(byId.get('portail')?.redirect_uris).toEqual([`http://localhost:3001/${caisse}/retour`]);
    expect(clients.filter((client) => client.third_party).map(({ client_id }) => client_id)).toEqual([
      'essai-tiers',
    ]);
  });
});
