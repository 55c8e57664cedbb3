import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FILE_KINDS, faultOfArchive, faultOfOther } from '../../provider/domain/contact.ts';
import { readFileName } from '../../provider/domain/file-name.ts';
import { readZip } from '../../provider/domain/zip.ts';
import { officeFile, zipOf } from '../support/office-files.ts';

const ANY_TEXT = fc
  .array(fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff)), { maxLength: 120 })
  .map((points) => String.fromCodePoint(...points));

describe('the name of a file', () => {
  test.each([
    ['Facture n° 12.PDF', 'Facture n° 12.pdf', false],
    ['devis.v2.pdf', 'devis.v2.pdf', false],
    ['releve.2026.11.xlsx', 'releve.2026.11.xlsx', false],
    ['copie.pdf.pdf', 'copie.pdf.pdf', false],
    ['facture.pdf.exe', 'facture.pdf.exe', true],
    ['facture.docm.docx', 'facture.docm.docx', true],
    ['page.html.png', 'page.html.png', true],
    ['/tmp/../a.pdf', 'a.pdf', false],
    ['C:\\dossier\\a.pdf', 'a.pdf', false],
    ['a\u202efdp.pdf', 'afdp.pdf', false],
    ['a\r\nb: c.pdf', 'ab- c.pdf', false],
    ['.pdf', 'pdf', false],
    ['aux.pdf', '_aux.pdf', false],
    ['', 'piece-jointe', false],
  ])('%j is kept as %j', (sent, name, isDouble) => {
    expect(readFileName(sent)).toMatchObject({ name, isDouble });
  });

  test('is never a path, never long, and is the same when it is read again', () => {
    fc.assert(
      fc.property(ANY_TEXT, (sent) => {
        const { name } = readFileName(sent);
        expect(name).toMatch(/^[^/\\<>:"|?*\p{C}]+$/u);
        expect([...name].length).toBeLessThanOrEqual(94);
        expect(name).not.toMatch(/^[. ]/);
        expect(readFileName(name).name).toBe(name);
      }),
    );
  });
});

describe('an archive', () => {
  test('is read as what its directory says', () => {
    const zip = zipOf([{ name: 'a/é.txt', content: 'Bonjour' }, { name: 'b' }]);
    expect(readZip(zip)).toEqual({
      kind: 'archive',
      entries: [
        { name: 'a/é.txt', packed: 9, unpacked: 7 },
        { name: 'b', packed: 2, unpacked: 0 },
      ],
    });
  });

  test('changed anywhere is read or refused, and never a fault', () => {
    const sound = officeFile('docx');
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length), (at, byte, length) => {
        const changed = Buffer.from(sound);
        changed[at] = byte;
        expect(['archive', 'malformed', 'encrypted']).toContain(readZip(changed.subarray(0, length)).kind);
      }),
    );
  });

  test('whose entries share their bytes is no archive to us', () => {
    const zip = zipOf([
      { name: 'a', content: 'x'.repeat(50) },
      { name: 'b', content: 'x'.repeat(50) },
    ]);
    const second = zip.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
    zip.writeUInt32LE(0, second + 42);
    expect(readZip(zip).kind).toBe('archive');
    // Both claim more room than there is before the directory.
    zip.writeUInt32LE(60_000, second + 20);
    expect(readZip(zip).kind).toBe('malformed');
  });
});

test('bytes of any kind are told of, and never a fault', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...FILE_KINDS), (bytes, kind) => {
      const content = Buffer.from(bytes);
      expect(faultOfArchive(content)).not.toBeNull();
      expect([null, 'malformed']).toContain(faultOfOther(content, kind));
    }),
  );
});
