/** Every screen in a real browser: with and without JavaScript, on a desk and on the narrowest phone. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Koa from 'koa';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeAssets } from '../../provider/http/assets.ts';
import { makeRenderer, VIEWS_DIRECTORY } from '../../provider/http/render.ts';
import type { Screens } from '../../provider/http/screens.ts';
import { themeCss } from '../../provider/http/theme.ts';
import { assertNoOverflow, axeViolations, openBrowser } from '../support/browser.ts';
import { samples } from './screen-samples.ts';

const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'";
const LOGO =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"><rect width="90" height="30"/></svg>';

const browser = await openBrowser();

/** Serves the sample of each name under /<name>, with the headers and neighbours that it has in production. */
function siteOf(cacheDirectory: string): Koa {
  const assets = makeAssets({ directory: join(VIEWS_DIRECTORY, 'assets'), cacheDirectory });
  const render = makeRenderer({ assetPath: assets.path });
  const app = new Koa();
  app.use(assets.middleware);
  app.use((ctx) => {
    ctx.set('Content-Security-Policy', POLICY);
    if (ctx.path.endsWith('/theme.css')) {
      ctx.type = 'text/css';
      ctx.body = themeCss({ primary: '#1d4e5f', accent: '#c8702a' });
    } else if (ctx.path.endsWith('/logo')) {
      ctx.type = 'image/svg+xml';
      ctx.body = LOGO;
    } else {
      const sample = samples[decodeURIComponent(ctx.path.slice(1))];
      if (!sample) return;
      ctx.type = 'html';
      ctx.body = render(sample.screen, sample.locals as Screens[typeof sample.screen]);
    }
  });
  return app;
}

/** WCAG 2.2, criterion 2.5.8: what is smaller than 24 by 24 pixels, but for what nobody points at. */
function smallTargets(page: Page): Promise<unknown> {
  return page.evaluate(`[...document.querySelectorAll('a, button, summary, input')]
    .filter((target) => target.checkVisibility() && !target.matches('.govuk-skip-link, [aria-hidden="true"]'))
    .map((target) => ({ target: target.outerHTML.slice(0, 80), box: target.getBoundingClientRect() }))
    .filter(({ box }) => box.width < 24 || box.height < 24)
    .map(({ target, box }) => target + ' ' + box.width + ' x ' + box.height)`);
}

describe.runIf(browser)('in a browser', () => {
  let scratch: string;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    scratch = mkdtempSync(join(tmpdir(), 'caisse-id-screens-'));
    server = createServer(siteOf(scratch).callback()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.close();
    rmSync(scratch, { recursive: true, force: true });
  });

  async function onScreen(
    name: string,
    options: BrowserContextOptions,
    look: (page: Page) => Promise<void>,
  ): Promise<void> {
    const context = await (browser as Browser).newContext({ reducedMotion: 'reduce', ...options });
    try {
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${origin}/${encodeURIComponent(name)}`);
      await look(page);
      expect(complaints).toEqual([]);
    } finally {
      await context.close();
    }
  }

  const desk = { viewport: { width: 1280, height: 800 } };
  const phone = { viewport: { width: 320, height: 640 } };

  describe('one tab, from screen to screen', () => {
    let tab: Page;
    let complaints: string[] = [];
    beforeAll(async () => {
      // A tab of its own for each would take longer than looking at it.
      tab = await (browser as Browser).newPage({ reducedMotion: 'reduce' });
      tab.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
      tab.on('pageerror', (error) => complaints.push(error.message));
    });
    afterAll(() => tab.close());

    it.each(Object.keys(samples))(
      'axe finds nothing on « %s », and nothing runs out of it sideways',
      async (name) => {
        complaints = [];
        await tab.goto(`${origin}/${encodeURIComponent(name)}`);
        await tab.evaluate("for (const d of document.querySelectorAll('details')) d.open = true");
        for (const { viewport } of [desk, phone]) {
          await tab.setViewportSize(viewport);
          expect(await axeViolations(tab)).toEqual([]);
          await assertNoOverflow(tab);
          expect(await smallTargets(tab)).toEqual([]);
        }
        expect(complaints).toEqual([]);
      },
    );
  });

  it('without JavaScript the password has no button that would do nothing', async () => {
    await onScreen('sign-in', { javaScriptEnabled: false }, async (page) => {
      expect(await page.getByRole('button').allInnerTexts()).toEqual(['Se connecter']);
    });
  });

  it('without JavaScript the DSN messages of a site open under their count', async () => {
    await onScreen('sites, first page of 500', { ...desk, javaScriptEnabled: false }, async (page) => {
      const row = page.getByRole('row', { name: 'Maçonnerie Lorraine 9 SARL' });
      const message = row.getByText('une déclaration à rectifier').first();
      expect(await message.isVisible()).toBe(false);
      await row.locator('summary').click();
      expect(await message.isVisible()).toBe(true);
    });
  });

  it('without JavaScript the sections of the back office fold into one line on a phone, and lie open on a desk', async () => {
    await onScreen('log of the caisse', { ...phone, javaScriptEnabled: false }, async (page) => {
      const sections = page.getByRole('navigation', { name: 'Gestion de la caisse' });
      const links = sections.getByRole('link');
      expect(await links.count()).toBe(0);
      expect((await sections.boundingBox())?.height).toBeLessThan(60);
      await sections.getByText('Rubriques').click();
      expect(await links.count()).toBe(9);
      await page.setViewportSize(desk.viewport);
      await page.reload();
      expect(await sections.getByText('Rubriques').isVisible()).toBe(false);
      expect(await links.count()).toBe(9);
      expect(await sections.getByRole('link', { name: 'Journal' }).getAttribute('aria-current')).toBe('page');
    });
  });

  it.each([desk, phone])('nothing lies over the notice of a closure: %o', async (size) => {
    await onScreen('a sign-in before a closure', size, async (page) => {
      const covered = await page.evaluate(`(() => {
        const notice = document.querySelector('.closure .notice');
        const { left, right, top, bottom } = notice.getBoundingClientRect();
        const points = [[left + 8, top + 8], [right - 8, bottom - 8], [(left + right) / 2, bottom - 8]];
        return points.filter(([x, y]) => !notice.contains(document.elementFromPoint(x, y)));
      })()`);
      expect(covered).toEqual([]);
    });
  });

  it('shows the password and hides it again, and sends it hidden', async () => {
    await onScreen('sign-in', desk, async (page) => {
      const password = page.locator('#password');
      await page.getByRole('button', { name: 'Afficher le mot de passe' }).click();
      expect(await password.getAttribute('type')).toBe('text');
      expect(await page.getByText('Le mot de passe est affiché.').count()).toBe(1);
      await page.evaluate(
        "document.querySelector('form').addEventListener('submit', e => e.preventDefault())",
      );
      await page.getByRole('button', { name: 'Se connecter' }).click();
      expect(await password.getAttribute('type')).toBe('password');
    });
  });

  it('starts reading at the summary of the errors, whose links lead to the fields', async () => {
    await onScreen('sign-in with errors', desk, async (page) => {
      expect(await page.evaluate("document.activeElement.matches('[data-error-summary]')")).toBe(true);
      await page.getByRole('link', { name: 'Saisissez votre mot de passe' }).click();
      expect(await page.evaluate('document.activeElement.id')).toBe('password');
    });
  });
});
