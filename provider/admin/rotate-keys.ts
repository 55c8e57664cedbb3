import { Option } from 'commander';
import type { SigningAlg } from '../oidc/keys.ts';
import { rotateCookieKeys, rotateKey, type Step } from '../oidc/rotation.ts';
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { type AdminCommand, atDesk, type CaisseDesk, caisseDesk, type Shell, tellAt } from './shell.ts';

const ALGS = ['ES256', 'RS256'] as const;

type Options = {
  readonly caisse: string;
  readonly alg?: SigningAlg;
  readonly cookies: boolean;
  readonly force: boolean;
};

export const rotateKeysCommand: AdminCommand = (program, shell) => {
  program
    .command('rotate-keys')
    .description(
      'avance d’une étape le renouvellement des clés : signature (publier, signer, retirer), cookies',
    )
    .requiredOption('--caisse <id>', 'sa caisse')
    .addOption(new Option('--alg <algorithme>', 'cet algorithme seul').choices(ALGS).conflicts('cookies'))
    .option('--cookies', 'les clés des cookies seules', false)
    .option('--force', 'sans attendre : des services peuvent refuser les jetons, des sessions finir', false)
    .action((options: Options) =>
      atDesk(shell, async (desk) => {
        const place = await caisseDesk(shell, desk, options.caisse);
        const algs = options.cookies ? [] : options.alg ? [options.alg] : ALGS;
        for (const alg of algs) await rotate(shell, place, { ...options, alg });
        if (!options.alg) await rotateCookies(shell, place, options);
      }),
    );
};

/** What the key of a step was, and what becomes of it. */
const STANDINGS = {
  published: { before: null, after: 'key_published' },
  switched: { before: 'key_published', after: 'key_signing' },
  withdrawn: { before: 'key_replaced', after: null },
} as const;

type Rotation = { readonly alg: SigningAlg; readonly force: boolean };

async function rotate(
  shell: Shell,
  { caisse, store, sealer }: CaisseDesk,
  { alg, force }: Rotation,
): Promise<void> {
  const { now, operator } = shell;
  const step = await transaction(store, async (inside) => {
    const done = await rotateKey(inside, { alg, sealer, now: now(), force });
    if (done.kind !== 'too_early') {
      const { kind: step, kid } = done;
      const facts = { operator, alg, kid, step, forced: force, ...STANDINGS[step] };
      await appendAudit(inside, { kind: 'signing_key_rotated', at: now(), facts });
    }
    return done;
  });
  shell.say(`${alg} : ${wordsOf(step, caisse.timeZone)}`);
  if (step.kind === 'too_early') shell.fail(1);
}

async function rotateCookies(
  shell: Shell,
  { caisse, store, sealer }: CaisseDesk,
  { force }: Pick<Options, 'force'>,
): Promise<void> {
  const { now, random, operator } = shell;
  const step = await transaction(store, async (inside) => {
    const done = await rotateCookieKeys(inside, { sealer, random, now: now(), force });
    if (done.kind === 'renewed') {
      const facts = { operator, forced: force, before: 'former_key', after: 'new_key' };
      await appendAudit(inside, { kind: 'cookie_keys_rotated', at: now(), facts });
    }
    return done;
  });
  const at = tellAt(step.nextAt, caisse.timeZone);
  shell.say(
    step.kind === 'renewed'
      ? `cookies : une nouvelle clé signe. L’ancienne vérifie encore ; elle s’en ira au renouvellement suivant, possible à partir du ${at}.`
      : `cookies : trop tôt, rien n’a changé. Le renouvellement suivant est possible à partir du ${at}, ou avec --force.`,
  );
  if (step.kind === 'too_early') shell.fail(1);
}

function wordsOf(step: Step, timeZone: string): string {
  const at = step.nextAt === null ? '' : tellAt(step.nextAt, timeZone);
  switch (step.kind) {
    case 'published':
      return `une nouvelle clé est publiée. Elle pourra signer à partir du ${at}.`;
    case 'switched':
      return `la nouvelle clé signe. L’ancienne reste publiée ; elle pourra être retirée à partir du ${at}.`;
    case 'withdrawn':
      return 'l’ancienne clé est retirée. Le renouvellement est terminé.';
    case 'too_early':
      return `trop tôt, rien n’a changé. L’étape suivante est possible à partir du ${at}, ou avec --force.`;
  }
}
