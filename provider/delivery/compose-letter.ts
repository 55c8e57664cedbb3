/**
 * A letter as a PDF to print: one A4 sheet, tagged (PDF/UA, ISO 14289-1) since a copy of it may be read on a screen,
 * fonts embedded. Owns the sheet: where the window of the envelope wants the address, where it is folded, what is
 * read in what order. The words are letter-words'.
 */
import { fileURLToPath } from 'node:url';
import PDFDocument from 'pdfkit';
import { tellDate } from '../domain/dates.ts';
import type { Instant } from '../domain/instant.ts';
import { formatLetterReference } from '../domain/letter-reference.ts';
import type { Letter, PostalAddress } from '../domain/message.ts';
import { type LetterWords, letterWords } from './letter-words.ts';
import type { Sender } from './ports.ts';
import { unbroken } from './typography.ts';

export type Sheet = InstanceType<typeof PDFDocument>;

/** A millimetre in points. */
export const MM = 72 / 25.4;

const MARGIN = 20 * MM;
const WIDTH = 170 * MM;

/**
 * The recipient, for a DL envelope (110 × 220 mm) with a window of 35 × 100 mm, 20 mm from the right and from the
 * bottom edge, and an A4 sheet folded in three: what the window shows wherever the sheet has slid in the envelope.
 * Six lines of 38 characters at most, in capitals at the end (NF Z 10-011); nothing else stands in or beside it.
 */
export const ADDRESS = { left: 110 * MM, top: 55 * MM, width: 82 * MM, height: 24 * MM } as const;

/** Thirds of 297 mm: the head with the address, the middle with what is secret, the foot. */
const FOLDS = [99 * MM, 198 * MM];

const BODY_TOP = 102 * MM;
const SIZE = 10.5;
const GAP = 2.6 * MM;

const font = (file: string) =>
  fileURLToPath(import.meta.resolve(`@expo-google-fonts/atkinson-hyperlegible/${file}`));
const REGULAR = font('400Regular/AtkinsonHyperlegible_400Regular.ttf');
const BOLD = font('700Bold/AtkinsonHyperlegible_700Bold.ttf');

export async function composeLetter(letter: Letter, sender: Sender, now: Instant): Promise<Buffer> {
  const sheet = openSheet(letterWords(letter, sender).subject, sender, now);
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    sheet.on('data', (chunk: Buffer) => chunks.push(chunk));
    sheet.on('end', () => resolve(Buffer.concat(chunks)));
    sheet.on('error', reject);
  });
  drawLetter(sheet, letter, { sender, now });
  sheet.end();
  return done;
}

export type Posted = { readonly sender: Sender; readonly now: Instant };

/** On a page of its own, a document of its own for whoever reads the structure. */
export function drawLetter(sheet: Sheet, letter: Letter, { sender, now }: Posted): void {
  const words = letterWords(letter, sender);
  sheet.addPage();
  drawFolds(sheet);
  const document = sheet.struct('Document');
  sheet.addStructure(document);
  drawHead(sheet, document, sender);
  drawAddress(sheet, document, letter.to);
  const head = [
    `Le ${tellDate(now, sender.timeZone)}`,
    `Référence ${unbroken(formatLetterReference(letter.reference))}`,
  ].join(' – ');
  drawBody(sheet, document, { words, sender, head });
  document.end();
}

// The library takes it, its types do not know it yet.
const PDF_UA: object = { subset: 'PDF/UA' };

export function openSheet(title: string, sender: Sender, now: Instant): Sheet {
  const made = new Date(now);
  const sheet = new PDFDocument({
    size: 'A4',
    margin: 0,
    autoFirstPage: false,
    pdfVersion: '1.7',
    ...PDF_UA,
    tagged: true,
    lang: 'fr-FR',
    displayTitle: true,
    info: { Title: `${title} – ${sender.name}`, Author: sender.name, CreationDate: made, ModDate: made },
    font: REGULAR,
  });
  sheet.registerFont('regular', REGULAR).registerFont('bold', BOLD);
  return sheet;
}

/** For who folds by hand; a machine ignores them. */
function drawFolds(sheet: Sheet): void {
  sheet.markContent('Artifact', { type: 'Layout' });
  sheet.lineWidth(0.4).strokeColor('#8a8a8a');
  for (const y of FOLDS)
    sheet
      .moveTo(5 * MM, y)
      .lineTo(9 * MM, y)
      .stroke();
  sheet.endMarkedContent();
  sheet.fillColor('#14171f');
}

type Structure = ReturnType<Sheet['struct']>;

function drawHead(sheet: Sheet, document: Structure, { name, postalAddress, colour }: Sender): void {
  const head = { x: MARGIN, y: 16 * MM, width: 80 * MM };
  document.add(
    sheet.struct('P', {}, () => {
      sheet.font('bold').fontSize(14).fillColor(colour).text(name, head.x, head.y, { width: head.width });
      sheet.font('regular').fontSize(9.5).fillColor('#14171f');
      for (const line of postalAddress) sheet.text(line, { width: head.width });
    }),
  );
}

/** Longer lines are set smaller, not broken: a line more would leave the window. */
function drawAddress(sheet: Sheet, document: Structure, to: PostalAddress): void {
  const lines = [to.name, ...to.lines].slice(0, 6);
  const size = Math.min(10, ...lines.map((line) => fitting(sheet, line, ADDRESS.width)));
  document.add(
    sheet.struct('P', {}, () => {
      sheet.font('regular').fontSize(size);
      lines.forEach((line, row) => {
        sheet.text(line, ADDRESS.left, ADDRESS.top + row * 4 * MM, { lineBreak: false });
      });
    }),
  );
}

function fitting(sheet: Sheet, line: string, width: number): number {
  const natural = sheet.font('regular').fontSize(10).widthOfString(line);
  return natural <= width ? 10 : (10 * width) / natural;
}

type Body = { readonly words: LetterWords; readonly sender: Sender; readonly head: string };

function drawBody(sheet: Sheet, document: Structure, { words, sender, head }: Body): void {
  const text = (content: string, options: PDFKit.Mixins.TextOptions = {}) =>
    sheet.text(content, MARGIN, sheet.y, { width: WIDTH, lineGap: 1.5, ...options });
  const block = (tag: string, draw: () => void, gap = GAP) => {
    document.add(sheet.struct(tag, {}, draw));
    sheet.y += gap;
  };
  sheet.y = BODY_TOP;
  block('P', () => sheet.font('regular').fontSize(SIZE) && text(head));
  if (words.mention)
    block('P', () => sheet.font('bold').fontSize(12) && text(words.mention?.toUpperCase() ?? ''), 1);
  block('H1', () => sheet.font('bold').fontSize(15) && text(words.subject));
  sheet.font('regular').fontSize(SIZE);
  for (const paragraph of words.paragraphs) block('P', () => text(paragraph));
  drawSecret(sheet, document, { secret: words.secret, colour: sender.colour });
  block('H2', () => sheet.font('bold').fontSize(SIZE + 1) && text(words.steps.title), 1.5 * MM);
  drawSteps(sheet, document, words.steps.items);
  sheet.font('regular').fontSize(SIZE);
  for (const paragraph of words.closing) block('P', () => text(paragraph));
}

/** Within the middle third, far from the window. */
function drawSecret(
  sheet: Sheet,
  document: Structure,
  { secret, colour }: { readonly secret: LetterWords['secret']; readonly colour: string },
): void {
  const top = sheet.y + 1 * MM;
  const values = [{ label: secret.label, value: secret.value }, ...(secret.second ? [secret.second] : [])];
  // Two of them closer together, so that neither nears the fold.
  const step = values.length === 1 ? 19 : 16.5;
  const height = (values.length * step + (secret.note ? 10 : 4)) * MM;
  sheet.markContent('Artifact', { type: 'Layout' });
  sheet
    .roundedRect(MARGIN, top, WIDTH, height, 2 * MM)
    .lineWidth(1.2)
    .strokeColor(colour)
    .stroke();
  sheet.endMarkedContent();
  const centred = { width: WIDTH, align: 'center' } as const;
  const small = (text: string, y: number) =>
    sheet.font('regular').fontSize(SIZE).text(text, MARGIN, y, centred);
  document.add(
    sheet.struct('P', {}, () => {
      values.forEach(({ label, value }, index) => {
        const y = top + index * step * MM;
        small(label, y + (step / 19) * 4 * MM);
        sheet
          .font('bold')
          .fontSize(22)
          .text(value, MARGIN, y + (step / 19) * 10 * MM, { ...centred, characterSpacing: 2 });
      });
      if (secret.note) small(secret.note, top + (values.length * step + 2.5) * MM);
    }),
  );
  sheet.y = top + height + 5 * MM;
}

function drawSteps(sheet: Sheet, document: Structure, items: readonly string[]): void {
  const list = sheet.struct('L');
  document.add(list);
  items.forEach((item, index) => {
    const y = sheet.y;
    const entry = sheet.struct('LI');
    list.add(entry);
    entry.add(
      sheet.struct('Lbl', {}, () => {
        sheet
          .font('bold')
          .fontSize(SIZE)
          .text(`${index + 1}.`, MARGIN, y, { lineBreak: false });
      }),
    );
    entry.add(
      sheet.struct('LBody', {}, () => {
        sheet
          .font('regular')
          .fontSize(SIZE)
          .text(item, MARGIN + 6 * MM, y, { width: WIDTH - 6 * MM, lineGap: 1.5 });
      }),
    );
    entry.end();
    sheet.y += 1 * MM;
  });
  list.end();
  sheet.y += GAP;
}
