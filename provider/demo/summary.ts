/** What the terminal says once the demo runs: where to go, as whom, with what secrets, and how to stop. */
import type { DemoAddresses } from './addresses.ts';
import type { OpenCaisse } from './open.ts';
import { DEMO_PASSWORD, PEOPLE } from './people.ts';

export type SummaryOptions = {
  readonly addresses: DemoAddresses;
  readonly caisses: readonly OpenCaisse[];
  /** Where the data live, in words. */
  readonly data: string;
  readonly logFile: string;
  /** The terminal shows bold and faint. */
  readonly colours: boolean;
};

/** Pairs under a title, the second column aligned. */
type Block = { readonly title: string; readonly lines: readonly (readonly [string, string])[] };

export function summaryOf(options: SummaryOptions): string {
  const bold = (text: string) => (options.colours ? `\u001b[1m${text}\u001b[22m` : text);
  const faint = (text: string) => (options.colours ? `\u001b[2m${text}\u001b[22m` : text);
  const blocks = blocksOf(options);
  const width = Math.max(...blocks.flatMap(({ lines }) => lines.map(([left]) => left.length)));
  const body = blocks.map(({ title, lines }) =>
    [`  ${bold(title)}`, ...lines.map(([left, right]) => `    ${left.padEnd(width)}  ${faint(right)}`)].join(
      '\n',
    ),
  );
  const rule = '─'.repeat(72);
  return `\n${faint(rule)}\n  ${bold('Caisse ID')} – la démonstration est prête\n\n${body.join('\n\n')}\n${faint(rule)}\n`;
}

function blocksOf({ addresses, caisses, data, logFile }: SummaryOptions): Block[] {
  return [
    {
      title: 'À ouvrir dans un navigateur',
      lines: [
        [addresses.portal, 'le portail : l’espace sécurisé de chaque caisse'],
        [`${addresses.provider}/dev`, 'les coulisses : personnes, sites, services, messages'],
      ],
    },
    {
      title: `Comptes, dans chaque caisse – mot de passe : ${DEMO_PASSWORD}`,
      lines: Object.values(PEOPLE).map(({ email, shows }) => [email, shows]),
    },
    {
      title: 'Émetteurs OpenID et API',
      lines: [
        ...caisses.map(({ caisse }): [string, string] => [caisse.issuer, caisse.name]),
        [addresses.api, 'API de démonstration'],
      ],
    },
    { title: 'Services inscrits', lines: caisses.flatMap(servicesOf) },
    {
      title: 'Cette machine',
      lines: [
        ['Données', data],
        ['Journal', logFile],
        ['Arrêter', 'Ctrl+C'],
        ['Repartir de zéro', 'npm run reset'],
      ],
    },
  ];
}

function servicesOf({ caisse, services }: OpenCaisse): [string, string][] {
  const secret = services.find(({ clientId }) => clientId === 'essai-confidentiel')?.secret;
  return [
    [caisse.id, services.map(({ clientId }) => clientId).join(' · ')],
    ...(secret ? [['  essai-confidentiel, secret', secret] as [string, string]] : []),
  ];
}
