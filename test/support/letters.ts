/** Batches of letters as the caisse's people make, download and print them, read back from their PDFs. */
import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import { extractText } from 'unpdf';
import type { NewSite } from '../../provider/store/adherents.ts';
import type { Slug, TestApp } from './app.ts';
import type { AtWork } from './at-work.ts';
import { hiddenOn } from './at-work.ts';
import type { Page } from './visitor.ts';
import { newSiret } from './world.ts';

const ADDRESS = ['12 RUE DE L’EXEMPLE', '57000 METZ'];

/** A company with an address and so many sites whose space is not open. */
export async function company(
  app: TestApp,
  sites = 1,
  { slug = 'grand-est' as Slug, postalAddress = ADDRESS }: { slug?: Slug; postalAddress?: string[] } = {},
): Promise<readonly NewSite[]> {
  const id = randomUUID();
  const adherent = {
    id,
    identifiant: `E-${id.slice(0, 8)}`,
    raisonSociale: `Maçonnerie ${id.slice(0, 4)}`,
    postalAddress,
  };
  const [first] = await app.world(slug).sites([{}]);
  const { knex } = app.database;
  await knex('adherent')
    .update({
      identifiant: adherent.identifiant,
      raison_sociale: adherent.raisonSociale,
      postal_address: postalAddress,
    })
    .where({ caisse_id: slug, id: first?.adherent.id });
  const own = { ...adherent, id: first?.adherent.id ?? '' };
  const others = await app.world(slug).sites(Array.from({ length: sites - 1 }, () => ({ adherent: own })));
  return [{ ...(first as NewSite), adherent: own }, ...others.map((site) => ({ ...site, adherent: own }))];
}

export { newSiret };

/** The batch that the address of a page names. */
export const batchOn = (page: Page): string => /\/lots\/([0-9a-f-]{36})/.exec(page.url)?.[1] ?? '';

/** Asks for a batch as the form does, both steps; answers with the page where it leads. */
export async function ask(
  staff: AtWork,
  sites: Record<string, string>,
  options: Record<string, string> = { bienvenue: 'oui' },
): Promise<Page> {
  const recap = await staff.post('/gestion/courriers/nouveau', sites);
  if (recap.status !== 200) return recap;
  return staff.post('/gestion/courriers/nouveau/creer', {
    ...sites,
    lot: hiddenOn(recap, 'lot'),
    ...options,
  });
}

/** Made and ready. @returns its id. */
export async function readyBatch(
  app: TestApp,
  staff: AtWork,
  sites: Record<string, string>,
  options?: Record<string, string>,
): Promise<string> {
  const page = await ask(staff, sites, options);
  const id = batchOn(page);
  if (id === '') throw new Error(`no batch: ${page.status} ${page.url}\n${page.text}`);
  await app.deliver();
  return id;
}

export type Downloaded = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
};

/** Presses the button of a file's page. */
export async function download(staff: AtWork, batchId: string, file: string): Promise<Downloaded> {
  const url = new URL(staff.url(`/gestion/courriers/lots/${batchId}/fichiers/${file}`));
  const response = await supertest(url.origin)
    .post(url.pathname)
    .redirects(0)
    .set({ Cookie: staff.visitor.cookiesFor(url.href), Origin: url.origin, Accept: 'text/html' })
    .type('form')
    .buffer(true)
    .parse((incoming, done) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => done(null, Buffer.concat(chunks)));
      incoming.on('error', (error) => done(error, Buffer.alloc(0)));
    })
    .send({});
  return {
    status: response.status,
    headers: response.headers as Record<string, string>,
    bytes: response.body as Buffer,
  };
}

/** The words of each sheet. */
export async function sheetsOf({ bytes }: Downloaded): Promise<readonly string[]> {
  const { text } = await extractText(new Uint8Array(bytes), { mergePages: false });
  return text.map((page) => page.replace(/\s+/g, ' '));
}

/** « 7KQ2X 9MB4T » on a sheet, as it was made. */
export const codeOn = (sheet: string): string =>
  (/Votre code confidentiel ([0-9A-Z ]+?) À employer/.exec(sheet)?.[1] ?? '').replaceAll(' ', '');

export const referenceOn = (sheet: string): string =>
  /Référence ([0-9A-Z]{4}-[0-9A-Z]{4})/.exec(sheet)?.[1] ?? '';
