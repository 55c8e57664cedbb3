/**
 * Every form that takes a file, found on the pages of the routers, with what no honest browser sends: it is answered
 * with a French page, nothing of it is kept, and no answer is a fault of ours. A new form is held to the same.
 */
import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runImports } from '../../provider/jobs/run-imports.ts';
import { fillIn } from '../support/addresses.ts';
import { everyRole, HERE, type Role, type Stage, together, whose } from '../support/every-role.ts';
import { everythingOf } from '../support/imports.ts';
import { BOUNDARY, END, multipart, type Part, TYPE } from '../support/multipart.ts';
import type { Answer } from '../support/second-node.ts';

type Upload = {
  readonly role: Role;
  readonly path: string;
  /** Of its file. */
  readonly name: string;
  readonly fields: readonly Part[];
};

let stage: Stage;
let uploads: readonly Upload[];
beforeAll(async () => {
  stage = await everyRole();
  uploads = await everyUpload();
}, 120_000);
afterAll(() => stage.app.close());

async function everyUpload(): Promise<Upload[]> {
  const found = new Map<string, Upload>();
  for (const { method, path: route } of stage.app.routes) {
    if (method !== 'GET' || /^\/api\//.test(route)) continue;
    const role = whose(route);
    const { text } = await stage.ask(
      role,
      'GET',
      fillIn({ path: route }, () => stage.ours.each),
    );
    for (const [, tag = '', inside = ''] of text.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)) {
      if (!/enctype="multipart/.test(tag)) continue;
      const action = /action="([^"]+)"/.exec(tag)?.[1] ?? '';
      const hidden = [...inside.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)];
      const fields = hidden.map(([, name = '', content = '']) => ({ name, content }));
      const name = /<input[^>]*type="file"[^>]*>/.exec(inside)?.[0].match(/name="([^"]+)"/)?.[1] ?? '';
      const path = new URL(action, stage.issuer).pathname.replace(/^\/grand-est/, '');
      found.set(path, { role, path, name, fields });
    }
  }
  return [...found.values()];
}

const send = ({ role, path }: Upload, body: Buffer, type = TYPE): Promise<Answer> =>
  stage.ask(role, 'POST', path, { headers: { 'content-type': type }, body });

const file = (upload: Upload, content: string | Buffer, filename = 'fichier.csv'): Buffer =>
  multipart([...upload.fields, { name: upload.name, filename, content }]);

/** All that a file of ours may change; what waits to be looked at is looked at first. */
async function kept(): Promise<string> {
  const { app } = stage;
  const { knex } = app.database;
  await runImports({ sql: knex, now: app.clock.now });
  const { settings } = await knex('caisse').first('settings').where({ id: HERE });
  const contact = await knex('contact_file').count('*').first();
  return `${JSON.stringify([settings, String(contact?.count)])}\n${await everythingOf({ store: app.world().store, now: app.clock.now })}`;
}

/** Cleanly: a page of ours in French, or on to one that says what is wrong with the file. */
const isClean = ({ status, headers, text }: Answer): boolean =>
  [303, 400, 413, 415, 422].includes(status) &&
  !headers.location?.includes('/auth?') &&
  (status === 303 || (text.includes('<html lang="fr"') && !/<script>alert|\[object /.test(text)));

async function heldTo(what: string, bodyOf: (upload: Upload) => Buffer, type?: string): Promise<unknown[]> {
  const wrong: unknown[] = [];
  // Who tries too often is told so instead: that is shown elsewhere.
  await stage.app.database.knex('throttle').delete();
  await together(
    uploads.map((upload) => async () => {
      const answer = await send(upload, bodyOf(upload), type);
      if (!isClean(answer)) wrong.push([upload.path, what, answer.status, answer.text.slice(0, 300)]);
    }),
    2,
  );
  return wrong;
}

const faults = () => stage.app.logged().filter((line) => line.includes('"msg":"fault"'));

test('the forms that take a file are known', () => {
  expect(uploads.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['/gestion/import/envoi/sites', '/gestion/reglages/logo', '/mon-cabinet/import']),
  );
  expect(uploads.every(({ name }) => name !== '')).toBe(true);
});

const drawn = (inside: string, before = ''): string =>
  `${before}<svg xmlns="http://www.w3.org/2000/svg">${inside}</svg>`;
const PNG = Buffer.from('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de', 'hex');
const LAUGHS = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');

const FILES: readonly (readonly [string, string | Buffer, string])[] = [
  ['an archive that unfolds into a gigabyte', gzipSync(Buffer.alloc(40_000_000)), 'a.csv.gz'],
  ['an archive', Buffer.from('504b03041400000008000000210000000000ffffff7f', 'hex'), 'a.zip'],
  ['a drawing with a script', drawn('<script>alert(1)</script>'), 'a.svg'],
  ['a drawing with a page in it', drawn('<foreignObject><body/></foreignObject>'), 'a.svg'],
  ['a drawing that loads', drawn('<image href="https://vol.exemple/a.png"/>'), 'a.svg'],
  ['a drawing with a style', drawn('<style>*{fill:url(https://vol.exemple)}</style>'), 'a.svg'],
  [
    'a drawing of entities',
    drawn('<text>&l9;</text>', `<!DOCTYPE svg [<!ENTITY l0 "ha">${LAUGHS}]>`),
    'a.svg',
  ],
  [
    'a drawing that reads a file',
    drawn('<text>&f;</text>', '<!DOCTYPE svg [<!ENTITY f SYSTEM "file:///etc/passwd">]>'),
    'a.svg',
  ],
  ['a drawing ten thousand deep', drawn(`${'<g>'.repeat(10_000)}${'</g>'.repeat(10_000)}`), 'a.svg'],
  ['a picture that is a script', 'GIF89a/*\0*/=1;alert(1)//', 'a.gif'],
  ['a document that is a page', '%PDF-1.4\n<html><script>alert(1)</script></html>', 'a.pdf'],
  [
    'a picture with a page behind it',
    Buffer.concat([PNG, Buffer.from('<html><script>alert(1)</script>')]),
    'a.png',
  ],
  ['a program', Buffer.from('4d5a90000300000004000000ffff0000', 'hex'), 'a.exe'],
  ['a page', '<!doctype html><script>alert(1)</script>', 'a.html'],
  ['nothing', '', 'a.csv'],
];

describe('a file', () => {
  test.each(FILES)(
    'that is %s is refused by every form, and nothing of it is kept',
    async (what, content, name) => {
      const before = await kept();
      const bodies = [name, 'fichier.csv', 'logo.png'].map(
        (as) => (upload: Upload) => file(upload, content, as),
      );
      for (const body of bodies) expect(await heldTo(what, body)).toEqual([]);
      expect(await kept()).toBe(before);
      expect(faults()).toEqual([]);
    },
  );

  test.each([
    ['climbs out of its folder', '../../../../etc/passwd'],
    ['is a prototype', '__proto__'],
    ['has a NUL', 'a\0.csv'],
    ['has lines', 'a%0D%0AContent-Type: text/html'],
    ['is a page', '"><script>alert(1)</script>.csv'],
    ['is very long', `${'x'.repeat(9_000)}.csv`],
    ['is turned around', 'fichier\u202evsc.exe'],
    ['is nothing', ''],
  ])('whose name %s is no fault of ours', async (what, name) => {
    const before = await kept();
    expect(await heldTo(what, (upload) => file(upload, 'pas;un;fichier', name))).toEqual([]);
    expect(await kept()).toBe(before);
    expect(faults()).toEqual([]);
  });
});

const many = (count: number, part: (index: number) => Part) =>
  Array.from({ length: count }, (_, index) => part(index));
const MEGABYTE = 1024 * 1024;
/** Of a process that reads a stream of 110 and lets it go, and of the one who sends it. */
const MOST_MEMORY = 150 * MEGABYTE;

const named = (...names: string[]): Buffer => multipart(names.map((name) => ({ name, content: 'oui' })));

const SHAPES: readonly (readonly [string, (upload: Upload) => Buffer, string?])[] = [
  ['a field of 10 MB', () => multipart([{ name: 'message', content: 'x'.repeat(10 * MEGABYTE) }])],
  ['the name of a field of 1 MB', () => multipart([{ name: 'x'.repeat(MEGABYTE), content: 'x' }])],
  ['10,000 fields', () => multipart(many(10_000, (i) => ({ name: `f${i}`, content: 'x' })))],
  ['1,000 files', ({ name }) => multipart(many(1_000, () => ({ name, filename: 'a.csv', content: 'x' })))],
  ['the file twice', ({ name }) => multipart(many(2, () => ({ name, filename: 'a.csv', content: '' })))],
  ['a file of another name', () => multipart([{ name: 'autre', filename: 'a.csv', content: 'a;b' }])],
  [
    'a header of 1 MB',
    ({ name }) =>
      multipart([{ name, filename: 'a.csv', content: 'x', headers: [`X: ${'x'.repeat(MEGABYTE)}`] }]),
  ],
  [
    '5,000 headers',
    ({ name }) =>
      multipart([
        {
          name,
          filename: 'a.csv',
          content: 'x',
          headers: Array.from({ length: 5_000 }, (_, i) => `X-${i}: x`),
        },
      ]),
  ],
  ['no end', ({ name }) => multipart([{ name, filename: 'a.csv', content: 'a;b' }], '')],
  [
    'half a boundary at its end',
    ({ name }) => multipart([{ name, filename: 'a.csv', content: 'a;b' }], END.slice(0, 6)),
  ],
  [
    'a part without a name',
    () => Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nx\r\n${END}`),
  ],
  ['a part without a header', () => Buffer.from(`--${BOUNDARY}\r\n\r\nx\r\n${END}`)],
  [
    'names that nest',
    () =>
      named(
        'a[a]'.repeat(400),
        'a[__proto__][pollue]',
        '__proto__[pollue]',
        'constructor[prototype][pollue]',
      ),
  ],
  ['names that do not close', () => named('a[99999999]', 'a[', 'a][')],
  ['names that are prototypes', () => named('__proto__', 'constructor', 'hasOwnProperty')],
  ['nothing in it', () => Buffer.alloc(0)],
  ['an end alone', () => Buffer.from(END)],
  ['bytes by chance', () => Buffer.from('ff00fe0a0d2d2d'.repeat(5_000), 'hex')],
  [
    'no boundary named',
    ({ name }) => multipart([{ name, filename: 'a.csv', content: 'x' }]),
    'multipart/form-data',
  ],
  [
    'a boundary of 5,000 letters',
    () => Buffer.from('x'),
    `multipart/form-data; boundary=${'x'.repeat(5_000)}`,
  ],
  [
    'another kind of parts',
    ({ name }) => multipart([{ name, filename: 'a.csv', content: 'x' }]),
    `multipart/mixed; boundary=${BOUNDARY}`,
  ],
  [
    'a type that is broken',
    ({ name }) => multipart([{ name, filename: 'a.csv', content: 'x' }]),
    'multipart/form-data; boundary="',
  ],
  ['a form without parts', ({ name }) => Buffer.from(`${name}=x`), 'application/x-www-form-urlencoded'],
  [
    'an unknown character set',
    ({ name }) =>
      multipart([
        { name, filename: 'a.csv', content: '', headers: ['Content-Type: text/csv; charset=inconnu'] },
      ]),
  ],
];

describe('a form', () => {
  test.each(SHAPES.map(([what, bodyOf, type = TYPE]) => [what, bodyOf, type] as const))(
    'with %s is refused with a page, and nothing of it is kept',
    async (what, bodyOf, type) => {
      const before = await kept();
      expect(await heldTo(what, bodyOf, type)).toEqual([]);
      expect(await kept()).toBe(before);
      expect(({} as Record<string, unknown>).pollue).toBeUndefined();
      expect(faults()).toEqual([]);
    },
  );

  test('that brings far more than fits is read past, and not kept in memory', async () => {
    const before = await kept();
    for (const upload of uploads.filter(({ path }) => !path.startsWith('/gestion/import'))) {
      const most = process.memoryUsage().rss + MOST_MEMORY;
      expect([upload.path, (await flood(upload, 110)) < most]).toEqual([upload.path, true]);
    }
    expect(await kept()).toBe(before);
    expect(faults()).toEqual([]);
  });

  test('that says it brings more than any form has is answered before it comes', async () => {
    await stage.app.database.knex('throttle').delete();
    for (const upload of uploads) {
      const outgoing = begun(upload, { 'content-length': String(300 * MEGABYTE) });
      // What was announced never comes.
      outgoing.on('error', () => {});
      outgoing.flushHeaders();
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      const said = [upload.path, [413, 422].includes(answer.statusCode ?? 0), answer.headers.connection];
      expect(said).toEqual([upload.path, true, 'close']);
      outgoing.destroy();
    }
    expect(faults()).toEqual([]);
  });

  test('that says another length than it has is dropped, and the next is answered', async () => {
    const before = await kept();
    await stage.app.database.knex('throttle').delete();
    for (const upload of uploads) {
      const body = file(upload, 'a;b');
      const { cookie = '' } = stage.headersOf(upload.role);
      for (const length of [body.length + 10_000, 10]) {
        await cutOff(`${stage.issuer}${upload.path}`, { cookie, 'content-length': String(length) }, body);
      }
      expect(isClean(await send(upload, Buffer.from(END)))).toBe(true);
    }
    expect(await kept()).toBe(before);
    expect(faults()).toEqual([]);
  });
});

/** A form that somebody begins to send. */
function begun(upload: Upload, more: Readonly<Record<string, string>> = {}): ClientRequest {
  const { port, pathname, host, origin } = new URL(stage.issuer + upload.path);
  const own = { host, origin, accept: 'text/html', 'content-type': TYPE, ...more };
  const headers = { ...own, ...stage.headersOf(upload.role) };
  return request({ host: '127.0.0.1', port, path: pathname, method: 'POST', headers });
}

/** A file of so many megabytes whose length nobody told. @returns the most memory that the process had meanwhile. */
async function flood(upload: Upload, megabytes: number): Promise<number> {
  const outgoing = begun(upload);
  const answered = once(outgoing, 'response');
  const [start = ''] = file(upload, '\0').toString('latin1').split('\0');
  outgoing.write(start, 'latin1');
  const piece = Buffer.alloc(MEGABYTE, 'x');
  let most = 0;
  for (let sent = 0; sent < megabytes; sent++) {
    if (!outgoing.write(piece)) await once(outgoing, 'drain');
    most = Math.max(most, process.memoryUsage().rss);
  }
  outgoing.end(`\r\n${END}`);
  const [answer] = (await answered) as [IncomingMessage];
  expect([upload.path, [413, 422].includes(answer.statusCode ?? 0)]).toEqual([upload.path, true]);
  answer.resume();
  return most;
}

/** Sends and goes away, whether it was answered or not. */
async function cutOff(url: string, headers: Record<string, string>, body: Buffer): Promise<void> {
  const { hostname, port, pathname, host, origin } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  const all = { host, origin, accept: 'text/html', 'content-type': TYPE, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on('error', () => {});
  await new Promise<void>((gone) => {
    socket.once('close', () => gone());
    socket.end(Buffer.concat([Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join('')}\r\n`), body]));
    socket.resume();
  });
}
