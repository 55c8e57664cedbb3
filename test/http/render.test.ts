import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeRenderer, VIEWS_DIRECTORY } from '../../provider/http/render.ts';
import type { Screens } from '../../provider/http/screens.ts';
import { look, type Sample, samples, siteChoice } from './screen-samples.ts';

const render = makeRenderer({ assetPath: (name) => `/assets/${name}` });
// The pair of a sample is right by construction, which a call on the whole union cannot express.
const html = ({ screen, locals }: Sample): string => render(screen, locals as Screens[typeof screen]);

const HOSTILE = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;

/** Every string of the locals replaced, but those that are addresses or names of a closed list. */
function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return ['kind', 'act', 'basePath', 'field'].includes(key) ? value : HOSTILE;
  if (Array.isArray(value)) return value.map((item) => poison(item));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, poison(inner, name)]));
}

function viewFiles(): readonly string[] {
  return readdirSync(VIEWS_DIRECTORY, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ejs'))
    .map((name) => join(VIEWS_DIRECTORY, name));
}

describe.each(Object.entries(samples))('the screen « %s »', (_, sample) => {
  const page = html(sample);

  it('is in French, with one title and one h1', () => {
    expect(page).toMatch(/^<!doctype html>\s*<html lang="fr"/);
    expect(page.match(/<title>[^<]+ – (CIBTP Grand Est|Caisse ID)<\/title>/g)).toHaveLength(1);
    expect(page.match(/<h1[ >]/g)).toHaveLength(1);
  });

  it('has its landmarks and a way to skip to the content', () => {
    for (const landmark of ['header', 'main', 'footer']) {
      expect(page.match(new RegExp(`<${landmark}[ >]`, 'g'))).toHaveLength(1);
    }
    expect(page).toContain('<a class="govuk-skip-link" href="#contenu">');
    expect(page).toContain('id="contenu"');
  });

  it('holds nothing that the content security policy would refuse', () => {
    expect(page).not.toMatch(
      / style=|<style|<script(?! type="module" src="\/assets\/)| on[a-z]+=|javascript:/i,
    );
  });

  it('gives an id once', () => {
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('shows hostile text as text', () => {
    const poisoned = html({ screen: sample.screen, locals: poison(sample.locals) } as Sample);
    expect(poisoned).toContain('&lt;script&gt;');
    expect(poisoned).not.toMatch(/<script>|<img src=x|"'>/);
  });
});

describe('the views', () => {
  it('print without escaping nothing but includes', () => {
    for (const file of viewFiles()) {
      const raw = [...readFileSync(file, 'utf8').matchAll(/<%-\s*([^\n]*)/g)].map(([, code]) => code);
      for (const code of raw) expect(code, relative(VIEWS_DIRECTORY, file)).toMatch(/^include\('\//);
    }
  });

  it('put a no-break space before a high punctuation mark', () => {
    for (const file of viewFiles()) {
      const words = readFileSync(file, 'utf8')
        .replace(/<%[\s\S]*?%>/g, '')
        .replace(/<style\b[^>]*>[\s\S]*?<\/style>/g, '')
        .replace(/<[^>]*>/g, '');
      expect(words, relative(VIEWS_DIRECTORY, file)).not.toMatch(/[a-zà-ÿ] [:;?!»]|« |[a-zà-ÿ][?!»]/i);
    }
  });
});

describe('a form with errors', () => {
  const page = html(samples['sign-in with errors'] as Sample);

  it('says « Erreur » first in the title', () => {
    expect(page).toContain('<title>Erreur&nbsp;: Connexion – CIBTP Grand Est</title>');
  });

  it('lists the errors above the h1, each linked to its field', () => {
    const [beforeHeading = ''] = page.split('<h1');
    expect(beforeHeading).toContain('<a href="#email">Saisissez une adresse complète');
    expect(beforeHeading).toContain('<a href="#password">Saisissez votre mot de passe');
  });

  it('repeats each error at its field and ties it there', () => {
    expect(page).toMatch(/id="email"[^>]*aria-describedby="email-erreur"[^>]*aria-invalid="true"/);
    expect(page).toMatch(/id="email-erreur"><span[^>]*>Erreur&nbsp;: <\/span>Saisissez une adresse/);
  });

  it('keeps the address that was typed', () => {
    expect(page).toMatch(/id="email"[^>]*value="camille@exemple"/);
  });
});

describe('the sign-in form', () => {
  it('lets browsers and password managers fill it in', () => {
    const page = html(samples['sign-in'] as Sample);
    expect(page).toContain('autocomplete="username webauthn"');
    expect(page).toContain('autocomplete="current-password"');
    expect(page).not.toContain('placeholder=');
    expect(page).not.toMatch(/<button[^>]*disabled/);
  });

  it('never writes a password back', () => {
    expect(html(samples['sign-in with errors'] as Sample)).not.toMatch(/id="password"[^>]*value=/);
  });

  it('names the service that asks', () => {
    expect(html(samples['sign-in'] as Sample)).toContain(
      'Vous vous connectez à <strong>Espace sécurisé</strong>',
    );
  });
});

describe('the choice of a site', () => {
  const first = html(samples['sites, first page of 500'] as Sample);

  it('gives each row a button of its own that says which site it chooses', () => {
    expect(first).toMatch(
      /name="site" value="site-2">Choisir<span[^>]*> le site Agence de Metz de Maçonnerie Lorraine 2 SARL</,
    );
  });

  it('groups the digits of a SIRET', () => {
    expect(first).toContain('732\u00a0829\u00a0320\u00a000002');
  });

  it('tells how many DSN alerts a site has, and gives the messages', () => {
    expect(first).toContain('12\u00a0alertes<span');
    expect(first).toContain('<li>DSN août 2026');
    expect(first).toContain('Aucune');
  });

  it('shows recent sites on the first page of a long list only', () => {
    const recent = 'Récemment utilisés</h2>';
    expect(first).toContain(recent);
    expect(html(samples['sites, page in the middle'] as Sample)).not.toContain(recent);
    expect(html(samples['sites, search'] as Sample)).not.toContain(recent);
    expect(html(samples['sites, three of them'] as Sample)).not.toContain(recent);
  });

  it('keeps the size of the pages from one page to the next', () => {
    const middle = html(samples['sites, page in the middle'] as Sample);
    expect(middle).toContain('rel="next" href="/grand-est/interaction/abc?page=8&amp;par_page=25"');
    expect(middle).toContain('<input type="hidden" name="par_page" value="25">');
    expect(middle).toMatch(/par_page=25" aria-current="page"><span[^>]*>Page <\/span>7</);
  });

  it('keeps the search when the page or its size changes', () => {
    const page = render('site-selection/list', {
      ...(samples['sites, first page of 500'] as Extract<Sample, { screen: 'site-selection/list' }>).locals,
      search: 'bâti & fils',
      sites: [siteChoice(1)],
      matching: 40,
    });
    expect(page).toContain('?q=b%C3%A2ti+%26+fils&amp;page=2"');
    expect(page).toContain('?q=b%C3%A2ti+%26+fils&amp;par_page=50"');
  });

  it('tells no site from no result, and leads back from the latter', () => {
    const noResult = html(samples['sites, search without result'] as Sample);
    expect(noResult).toContain('Aucun résultat pour «&nbsp;dupond &amp; fils&nbsp;»');
    expect(noResult).toContain('<a class="link" href="/grand-est/interaction/abc">Revoir tous les sites</a>');
    const none = html(samples['sites, none'] as Sample);
    expect(none).toContain('Aucun site ne vous est ouvert');
    expect(none).not.toContain('role="search"');
  });
});

describe('the log', () => {
  it('lets an address break after « @ », a full stop or a colon, and not before its last letter', () => {
    const text = html(samples['log of the caisse'] as Sample) + html(samples['line of the log'] as Sample);
    expect(text.match(/nom@<wbr>entreprise\.<wbr>test</g)).toHaveLength(5);
    expect(text).toContain('>2001:<wbr>db8:<wbr>');
  });
});

describe('the look of a caisse', () => {
  it('loads its theme and logo under an address that changes with its settings', () => {
    const page = render('home/page', {
      look: { ...look, settingsVersion: '7 é' },
      service: null,
      errors: [],
      defaultService: null,
    });
    expect(page).toContain('href="/grand-est/theme.css?v=7%20%C3%A9"');
    expect(page).toContain('src="/grand-est/logo?v=7%20%C3%A9"');
  });

  it('is left out of a page that stands outside any caisse', () => {
    expect(html(samples['caisse unknown'] as Sample)).not.toMatch(/theme\.css|\/logo/);
  });
});
