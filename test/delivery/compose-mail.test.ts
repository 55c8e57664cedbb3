import type { Browser } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { composeMail } from '../../provider/delivery/compose-mail.ts';
import type { Mail } from '../../provider/domain/message.ts';
import { assertNoOverflow, axeViolations, openBrowser } from '../support/browser.ts';
import { MAILS, SENDER } from './samples.ts';

const browser = await openBrowser();

const VARIANTS = ['change', 'kind', 'turn', 'side'] as const;

function nameOf(mail: Mail): string {
  const variant = new Map(Object.entries(mail)).get(VARIANTS.find((name) => name in mail) ?? '');
  return variant ? `${mail.template} (${variant})` : mail.template;
}

const all = MAILS.map((mail) => [nameOf(mail), mail, composeMail('id', mail, SENDER)] as const);

/** What a reader sees: no tags, no entities. */
const plain = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/&nbsp;/g, '\u00a0')
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/[ \n]+/g, ' ');

describe.each(all)('%s', (_, mail, composed) => {
  const link = 'link' in mail ? mail.link : null;

  test('says in its subject who writes, without a word of anybody else’s', () => {
    expect(composed.subject).toMatch(/ – CIBTP Grand Est$/);
    for (const word of ['Camille', 'Maçonnerie', mail.to]) expect(composed.subject).not.toContain(word);
  });

  test('says the same as text and as HTML', () => {
    const shown = plain(composed.html);
    const paragraphs = composed.text.split('\n\n').slice(1, -1);
    expect(paragraphs.length).toBeGreaterThan(0);
    for (const line of paragraphs.flatMap((paragraph) => paragraph.split('\n')))
      expect(shown).toContain(line.replace(/^- /, '').replace(/[ \u00a0]:$/, ''));
  });

  test('has one button at most, and its address in clear beside it', () => {
    const targets = [...composed.html.matchAll(/href="([^"]+)"/g)].map(([, href]) => href);
    expect(targets).toEqual(link ? [link, link] : []);
    expect(composed.text.match(/https?:\/\/\S+/g) ?? []).toEqual(link ? [link] : []);
  });

  test('tells what to do if it was not you, and whom to call', () => {
    expect(composed.text).toMatch(
      /(Ce n’est pas vous|Vous n’avez rien demandé|Vous n’attendiez pas ce message)\u00a0\?/,
    );
    expect(composed.text).toContain('Téléphone\u00a0: 03 53 01 40 20');
  });

  test('fetches nothing and tells nobody that it was read', () => {
    expect(composed.html).not.toMatch(
      /<(img|link|script|iframe|object|video|audio|table)\b|url\(|@import|\bsrc=/,
    );
  });

  test('puts no-break spaces where French wants them', () => {
    expect(plain(composed.html).replace(/https?:\S+/g, '')).not.toMatch(
      /[^\s\u00a0][ ]?(?<!\u00a0)[;!?»]|« /,
    );
  });
});

describe('a mail with a link that expires', () => {
  const reset = MAILS.find(({ template }) => template === 'password_reset') as Mail;

  test('says until when, in the caisse’s own time', () => {
    expect(composeMail('id', reset, SENDER).text).toContain(
      'samedi 21\u00a0novembre\u00a02026 à 12\u00a0h\u00a000 (heure de Paris)',
    );
    const overseas = { ...SENDER, timeZone: 'America/Martinique' };
    expect(composeMail('id', reset, overseas).text).toContain('à 7\u00a0h\u00a000 (heure\u00a0: Martinique)');
  });

  test('says the first of the month as French does', () => {
    const first = { ...reset, expiresAt: Date.parse('2026-12-01T00:30:00Z') } as Mail;
    expect(composeMail('id', first, SENDER).text).toContain(
      'mardi 1er\u00a0décembre\u00a02026 à 1\u00a0h\u00a030',
    );
  });

  test('says nothing of an end that it does not have', () => {
    const exists = MAILS.find(({ template }) => template === 'account_exists') as Mail;
    expect(composeMail('id', exists, SENDER).text).not.toContain('valable');
  });
});

describe('what a stranger typed', () => {
  const activation = MAILS[0] as Extract<Mail, { template: 'activation' }>;
  const greetingOf = (givenName: string) =>
    composeMail('id', { ...activation, givenName, familyName: '' }, SENDER).text.split('\n')[0];

  test.each(['https://piege.exemple', 'piege.exemple', 'a@piege.exemple', 'x'.repeat(90), '\u202egnol'])(
    'is no address to click, nor a sermon, in the greeting: %j',
    (name) => expect(greetingOf(name)).not.toContain('piege'),
  );

  test.each(['Jean-Noël', 'J. R.', 'Marie d’Arc', 'Ngọc'])('but a name is a name: %s', (name) =>
    expect(greetingOf(name)).toBe(`Bonjour ${name},`),
  );

  test('is text, never markup, and starts no line of its own', () => {
    const raisonSociale = '<b>SARL</b>\n\nCliquez ici';
    const { html, text } = composeMail('id', { ...activation, raisonSociale }, SENDER);
    expect(html).not.toContain('<b>');
    expect(text).toContain('de <b>SARL</b> Cliquez ici (SIRET');
  });
});

// The landmarks of the page are the mail program's.
const ITS_OWN = /^(landmark-one-main|region):/;

describe.runIf(browser)('in a mail program', () => {
  test.each(['light', 'dark'] as const)(
    'axe finds nothing, and nothing overflows at 320 px: %s',
    async (colorScheme) => {
      const page = await (browser as Browser).newPage({ colorScheme, viewport: { width: 320, height: 600 } });
      for (const [name, , { html }] of all) {
        await page.setContent(html);
        const found = (await axeViolations(page)).filter((line) => !ITS_OWN.test(line));
        expect(found, name).toEqual([]);
        await assertNoOverflow(page);
      }
      await page.close();
    },
  );
});
