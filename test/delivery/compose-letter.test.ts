import { extractText, getDocumentProxy } from 'unpdf';
import { beforeAll, describe, expect, test } from 'vitest';
import { ADDRESS, composeLetter, MM } from '../../provider/delivery/compose-letter.ts';
import type { Letter } from '../../provider/domain/message.ts';
import { CODE, INITIAL, NOW, SENDER, WELCOME } from './samples.ts';

type Document = Awaited<ReturnType<typeof getDocumentProxy>>;

/** A piece of text on the sheet, in points from its upper left corner. */
type Placed = {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly baseline: number;
};

const A4_HEIGHT = 297 * MM;

async function read(letter: Letter) {
  const pdf = await composeLetter(letter, SENDER, NOW);
  const document = await getDocumentProxy(new Uint8Array(pdf));
  const { text } = await extractText(document, { mergePages: true });
  return { pdf, document, text, placed: await placedOn(document) };
}

async function placedOn(document: Document): Promise<Placed[]> {
  const page = await document.getPage(1);
  const { items } = await page.getTextContent();
  return items.flatMap((item) => {
    if (!('str' in item) || item.str.trim() === '') return [];
    const [, , , , left, fromBelow] = item.transform as [number, number, number, number, number, number];
    return [{ text: item.str, left, right: left + item.width, baseline: A4_HEIGHT - fromBelow }];
  });
}

type Node = { readonly role?: string; readonly children?: readonly Node[] };

const rolesOf = (node: Node): string[] => [
  ...(node.role ? [node.role] : []),
  ...(node.children ?? []).flatMap(rolesOf),
];

const kinds = [
  ['welcome', WELCOME],
  ['confidential_code', CODE],
  ['initial_password', INITIAL],
] as const;

describe.each(kinds)('the letter %s', (_, letter) => {
  let made: Awaited<ReturnType<typeof read>>;
  beforeAll(async () => {
    made = await read(letter);
  });

  test('is one sheet of A4', async () => {
    expect(made.document.numPages).toBe(1);
    const { width, height } = (await made.document.getPage(1)).getViewport({ scale: 1 });
    expect([width, height].map((points) => Math.round(points / MM))).toEqual([210, 297]);
  });

  test('is tagged French with a title, and embeds its fonts', async () => {
    expect(await made.document.getMarkInfo()).toMatchObject({ Marked: true });
    const { info } = await made.document.getMetadata();
    expect(info).toMatchObject({ Language: 'fr-FR' });
    expect((info as { Title: string }).Title).toContain('CIBTP Grand Est');
    const raw = made.pdf.toString('latin1');
    expect(raw).toContain('/FontFile2');
    expect(raw).not.toMatch(/\/BaseFont \/(Helvetica|Times|Courier)/);
  });

  test('is read in order: heading, paragraphs, steps', async () => {
    const tree = await (await made.document.getPage(1)).getStructTree();
    const roles = rolesOf(tree as Node);
    expect(roles.filter((role) => /^H\d/.test(role))).toEqual(['H1', 'H2']);
    expect(roles.filter((role) => role === 'LI')).toHaveLength(3);
    expect(made.text.indexOf(letter.to.name)).toBeLessThan(made.text.indexOf('Madame, Monsieur'));
  });

  test('shows the whole address in the window of the envelope, wherever the sheet slides, and nothing else', () => {
    const lines = [letter.to.name, ...letter.to.lines];
    const inWindow = made.placed.filter(
      ({ right, baseline }) => right > 90 * MM && baseline > 40 * MM && baseline < 95 * MM,
    );
    expect(inWindow.map(({ text }) => text)).toEqual(lines);
    for (const { left, right, baseline } of inWindow) {
      expect(left).toBeGreaterThanOrEqual(100 * MM);
      expect(right).toBeLessThanOrEqual(ADDRESS.left + ADDRESS.width + 0.1);
      expect(baseline).toBeGreaterThan(ADDRESS.top);
      expect(baseline).toBeLessThanOrEqual(ADDRESS.top + ADDRESS.height);
    }
  });

  test('keeps its secret within the folded third', () => {
    const secret = made.placed.find(({ text }) => /GE-104217|7KQ2X/.test(text.replaceAll(' ', '')));
    expect(secret?.baseline).toBeGreaterThan(99 * MM);
    expect(secret?.baseline).toBeLessThan(198 * MM);
  });

  test('says whose site, where to go and whom to ask', () => {
    const words = made.text.replace(/\s+/g, ' ');
    expect(words).toContain('Maçonnerie de la Vallée & Fils (SIRET 732 829 320 00074)');
    expect(words).toContain(
      letter === INITIAL ? 'id.exemple.fr/grand-est' : 'id.exemple.fr/grand-est/premiere-connexion',
    );
    expect(words).toContain('Référence K7P2-M4XQ');
    expect(words).toContain('03 53 01 40 20');
  });
});

describe('the letters', () => {
  test('are each worthless alone: one bears the identifiant, the other the code', async () => {
    const welcome = (await read(WELCOME)).text.replace(/\s/g, '');
    const code = (await read(CODE)).text.replace(/\s/g, '');
    expect(welcome).toContain('GE-104217');
    expect(welcome).not.toContain('7KQ2X9MB4T');
    expect(code).toContain('7KQ2X9MB4T');
    expect(code).not.toContain('GE-104217');
  });

  test('the one with the code is marked, and says its last whole day', async () => {
    const words = (await read(CODE)).text.replace(/\s+/g, ' ');
    expect(words).toContain('CONFIDENTIEL');
    expect(words).toContain('jusqu’au 20 décembre 2026 inclus');
  });

  test('the one that opens an account bears both, and says that they serve once', async () => {
    const words = (await read(INITIAL)).text.replace(/\s+/g, ' ');
    for (const told of ['CONFIDENTIEL', 'Camille Essai', 'GE-104217', 'K7P2-M4XQ-9BTR', 'une seule fois']) {
      expect(words).toContain(told);
    }
    expect(words).toContain('jusqu’au 19 janvier 2027 inclus');
  });

  test('an address that is too long stays in the window', async () => {
    const name = 'SOCIETE EUROPEENNE DE CONSTRUCTION ET DE TRAVAUX PUBLICS DU GRAND EST';
    const { placed } = await read({ ...CODE, to: { ...CODE.to, name } });
    const line = placed.find(({ text }) => text === name);
    expect(line?.right).toBeLessThanOrEqual(ADDRESS.left + ADDRESS.width + 0.1);
  });

  test('a long raison sociale keeps everything on one sheet', async () => {
    const { document } = await read({
      ...CODE,
      raisonSociale: 'Entreprise générale de maçonnerie '.repeat(6),
    });
    expect(document.numPages).toBe(1);
  });
});
