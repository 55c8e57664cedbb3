import { expect, test } from 'vitest';
import { makeRenderer } from '../../provider/http/render.ts';
import type { Screens } from '../../provider/http/screens.ts';
import { CAISSE_PAGES } from '../../provider/tenant/caisse-pages.ts';
import { samples } from './screen-samples.ts';

const render = makeRenderer({ assetPath: (name) => `/assets/${name}` });

test.each(Object.entries(samples))(
  'the caisse is written to from « %s », in a tab of its own',
  (_, sample) => {
    const html = render(sample.screen, sample.locals as Screens[typeof sample.screen]);
    const { look } = sample.locals;
    const links = html.match(/<a [^>]*href="[^"]*\/contact"[^>]*>Nous contacter<.*?<\/a>/g) ?? [];
    expect(links).toHaveLength(look ? 1 : 0);
    for (const link of links) {
      expect(link).toContain(`href="${look?.basePath}/contact" target="_blank" rel="noopener"`);
      expect(link).toContain('(nouvel onglet)');
    }
  },
);

const AROUND = ['questions-reponses', 'nouveautes', ...CAISSE_PAGES.slice(0, 4)];

test.each(Object.entries(samples))(
  'the help and the legal pages of the caisse are linked from « %s »',
  (_, sample) => {
    const html = render(sample.screen, sample.locals as Screens[typeof sample.screen]);
    const { look } = sample.locals;
    const linked = AROUND.filter((page) => html.includes(`href="${look?.basePath}/${page}"`));
    expect(linked).toEqual(look ? AROUND : []);
    expect(/href="[^"]*\/aide(-[\w-]+)?">Aide( de cette page)?</.test(html)).toBe(look !== null);
  },
);
