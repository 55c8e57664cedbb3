/** A real Chromium for the suites that look at screens. Owns finding it and what every screen is held to. */
import { accessSync, constants, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** Each window would load the address bar's two drop-down pages, and hold another process ready: nobody sees them. */
const UNSEEN_FEATURES = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'PreloadTopChromeWebUI',
  'SpareRendererForSitePerProcess',
];

/** What Playwright disables itself: of two such arguments Chromium hears the last alone. */
const PLAYWRIGHT_DISABLES = [
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsUpgrades',
  'HttpsFirstBalancedModeAutoEnable',
  'LensOverlay',
  'MediaRouter',
  'PaintHolding',
  'ThirdPartyStoragePartitioning',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'TcpPortRandomizationWin',
  'OptimizationHints',
  'NetworkTimeServiceQuerying',
  'AimEnabled',
  'PreconnectToSearch',
];

/** Nothing that would reach for the network or the graphics card of the machine. */
const ARGUMENTS = [
  `--disable-features=${[...PLAYWRIGHT_DISABLES, ...UNSEEN_FEATURES].join(',')}`,
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** `CAISSE_ID_CHROMIUM` when it is set, and then nothing else; otherwise what the system has. */
function findChromium(): string | null {
  const chosen = process.env.CAISSE_ID_CHROMIUM;
  const directories = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)];
  const candidates = chosen ? [chosen] : NAMES.flatMap((name) => directories.map((path) => join(path, name)));
  return candidates.find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const ABSENT = 'navigateur absent : aucun Chromium trouvé (CAISSE_ID_CHROMIUM peut en donner le chemin)';

let launched: Promise<Browser> | null = null;

/**
 * One for all the files of a process, which ends with it: whoever opens a context closes it.
 * null where the machine has no Chromium: the run says so once (global-setup.ts).
 * @throws Error there, when `CAISSE_ID_BROWSER` is `required`.
 */
export async function openBrowser(): Promise<Browser | null> {
  const executablePath = findChromium();
  if (executablePath) {
    if (!(await launched)?.isConnected()) launched = chromium.launch({ executablePath, args: ARGUMENTS });
    return launched;
  }
  if (process.env.CAISSE_ID_BROWSER === 'required') throw new Error(ABSENT);
  return null;
}

/** One line for whoever runs the tests, where what needs a browser will be passed over. */
export function announceAbsence(): void {
  if (findChromium() !== null || process.env.CAISSE_ID_BROWSER === 'required') return;
  process.stderr.write(`${ABSENT}, rien n’est vérifié dans un navigateur\n`);
}

const AXE_SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice', 'RGAAv4'];

type Violations = readonly {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
}[];

// Style sheets are read beforehand for one experimental rule alone, which none of the tags asks for. Violations only
// leave the page: all that passed is long to bring over.
const RUN_AXE = `axe.run(document, ${JSON.stringify({
  preload: { assets: ['media'] },
  resultTypes: ['violations'],
  runOnly: { type: 'tag', values: AXE_TAGS },
})}).then(({ violations }) => violations)`;

/** What axe finds on the page as it stands, one line for each element; empty when it finds nothing. */
export async function axeViolations(page: Page): Promise<readonly string[]> {
  // Evaluated, not added as an element: the pages' content security policy would refuse that.
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE_SOURCE);
  const violations = (await page.evaluate(RUN_AXE)) as Violations;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${help} | ${target.join(' ')} | ${failureSummary ?? ''}`,
    ),
  );
}

/**
 * WCAG 2.2, criterion 1.4.10: at 320 px nothing runs out of the page sideways, scrolled to or cut off.
 * @throws Error that names the elements which do.
 */
export async function assertNoOverflow(page: Page): Promise<void> {
  const excess = (await page.evaluate(`(() => {
    const width = document.documentElement.clientWidth;
    return [...document.body.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > width + 0.5)
      .map((element) => element.tagName.toLowerCase() + '.' + element.getAttribute('class'));
  })()`)) as readonly string[];
  if (excess.length > 0)
    throw new Error(`these run out of the page sideways: ${excess.slice(0, 8).join(', ')}`);
}
