/**
 * The convention that a director signs to get accounts: one A4 sheet, tagged (PDF/UA, ISO 14289-1), filled in with what
 * was asked, with places for date, signature and stamp. Owns the sheet and its words.
 */
import type { ConventionTold, Delegate, DelegateLevel, Director } from '../domain/access-request.ts';
import { tellDate } from '../domain/dates.ts';
import type { Instant } from '../domain/instant.ts';
import { MM, openSheet, type Sheet } from './compose-letter.ts';
import type { Sender } from './ports.ts';
import { groupSiret, typeset, unbroken } from './typography.ts';

const MARGIN = 20 * MM;
const WIDTH = 170 * MM;
const NAMES = 52 * MM;
/** Where the boxes must end, for what stands under them. */
const LOWEST = 268 * MM;
const SIZE = 9.5;
const INK = '#14171f';

const LEVELS: Readonly<Record<DelegateLevel, string>> = {
  consultation: 'consulter toutes les rubriques',
  mise_a_jour: 'consulter et mettre à jour toutes les rubriques',
};

export async function composeConvention(told: ConventionTold, party: Sender, now: Instant): Promise<Buffer> {
  const sheet = openSheet(`Convention d’accès ${told.number}`, party, now);
  const chunks: Buffer[] = [];
  const done = new Promise<Buffer>((resolve, reject) => {
    sheet.on('data', (chunk: Buffer) => chunks.push(chunk));
    sheet.on('end', () => resolve(Buffer.concat(chunks)));
    sheet.on('error', reject);
  });
  sheet.addPage();
  const document = sheet.struct('Document');
  sheet.addStructure(document);
  drawConvention({ sheet, document, colour: party.colour }, told, { party, now });
  document.end();
  sheet.end();
  return done;
}

type Drawing = {
  readonly sheet: Sheet;
  readonly document: ReturnType<Sheet['struct']>;
  readonly colour: string;
};

type Fact = readonly [name: string, value: string];

function drawConvention(
  drawing: Drawing,
  told: ConventionTold,
  { party, now }: { readonly party: Sender; readonly now: Instant },
): void {
  const { sheet } = drawing;
  drawHead(drawing, party);
  sheet.y = 45 * MM;
  heading(drawing, 'H1', 'Convention d’accès aux services en ligne');
  paragraph(
    drawing,
    `Demande ${unbroken(told.number)}, préparée le ${tellDate(now, party.timeZone)}. À compléter, dater et signer, avec le cachet de l’entreprise.`,
  );
  heading(drawing, 'H2', 'L’entreprise');
  facts(drawing, [
    ['Raison sociale', told.raisonSociale],
    ['N° d’adhérent', told.identifiant],
    ['Site', `${told.siteName} (${unbroken(`SIRET ${groupSiret(told.siret)}`)})`],
  ]);
  heading(drawing, 'H2', 'Le dirigeant');
  facts(drawing, directorFacts(told.director));
  heading(drawing, 'H2', 'La personne ayant délégation');
  if (told.delegate) facts(drawing, delegateFacts(told.delegate));
  else paragraph(drawing, 'Aucune : le dirigeant seul reçoit des identifiants.');
  heading(drawing, 'H2', 'Engagements');
  for (const sentence of commitments(told)) paragraph(drawing, sentence);
  drawPlaces(drawing);
  drawReturn(drawing, party);
}

const directorFacts = ({ familyName, givenName, position, email, unaffiliated }: Director): Fact[] => [
  ['Nom et prénom', `${familyName} ${givenName}`],
  ['Rôle dans l’entreprise', position],
  ['Adresse électronique', email],
  ['Affiliation', unaffiliated ? 'non affilié à la caisse' : 'affilié à la caisse'],
];

const delegateFacts = ({ kind, firm, familyName, givenName, address, level }: Delegate): Fact[] => [
  ['Qualité', kind === 'cabinet' ? 'cabinet comptable' : 'salarié de l’entreprise'],
  ...(kind === 'cabinet' ? [['Cabinet', firm] as const] : []),
  ['Nom et prénom', `${familyName} ${givenName}`],
  ['Adresse postale', address.join(', ')],
  ['Droits', LEVELS[level]],
];

const commitments = ({ delegate }: ConventionTold): string[] => [
  'Le dirigeant demande un identifiant et un mot de passe initial, qui partent par courrier à l’adresse de l’entreprise. Il les remplace à la première connexion par une adresse électronique et un mot de passe qu’il ne communique à personne.',
  'Il devient Administrateur Entreprise du site : ce qui est fait dans son espace sécurisé l’est au nom de l’entreprise.',
  ...(delegate
    ? [
        'Il donne délégation à la personne ci-dessus, qui reçoit ses propres identifiants par courrier. Il peut modifier ou fermer cette délégation à tout moment dans son espace sécurisé.',
      ]
    : []),
];

function drawHead({ sheet, document, colour }: Drawing, { name, postalAddress }: Sender): void {
  document.add(
    sheet.struct('P', {}, () => {
      sheet
        .font('bold')
        .fontSize(14)
        .fillColor(colour)
        .text(name, MARGIN, 16 * MM, { width: WIDTH });
      sheet.font('regular').fontSize(SIZE).fillColor(INK);
      for (const line of postalAddress) sheet.text(line, { width: WIDTH });
    }),
  );
}

function heading({ sheet, document, colour }: Drawing, tag: 'H1' | 'H2', words: string): void {
  sheet.y += tag === 'H1' ? 0 : 2.5 * MM;
  document.add(
    sheet.struct(tag, {}, () => {
      const size = tag === 'H1' ? 17 : 11.5;
      sheet
        .font('bold')
        .fontSize(size)
        .fillColor(tag === 'H1' ? INK : colour);
      sheet.text(typeset(words), MARGIN, sheet.y, { width: WIDTH });
      sheet.fillColor(INK);
    }),
  );
  sheet.y += 1 * MM;
}

function paragraph({ sheet, document }: Drawing, words: string): void {
  document.add(
    sheet.struct('P', {}, () => {
      sheet
        .font('regular')
        .fontSize(SIZE)
        .text(typeset(words), MARGIN, sheet.y, { width: WIDTH, lineGap: 1 });
    }),
  );
  sheet.y += 1.2 * MM;
}

function facts({ sheet, document }: Drawing, lines: readonly Fact[]): void {
  for (const [name, value] of lines) {
    const y = sheet.y;
    document.add(
      sheet.struct('P', {}, () => {
        sheet
          .font('regular')
          .fontSize(SIZE)
          .text(typeset(`${name} : `), MARGIN, y, { width: NAMES });
        const below = sheet.y;
        sheet.font('bold').text(value, MARGIN + NAMES, y, { width: WIDTH - NAMES });
        sheet.y = Math.max(below, sheet.y);
      }),
    );
    sheet.y += 0.6 * MM;
  }
}

/** Two boxes side by side: who signs writes in one and stamps the other. */
function drawPlaces({ sheet, document, colour }: Drawing): void {
  const height = 42 * MM;
  if (sheet.y + height > LOWEST) {
    sheet.addPage();
    sheet.y = MARGIN;
  }
  const top = sheet.y + 3 * MM;
  const width = (WIDTH - 6 * MM) / 2;
  const places = [
    { x: MARGIN, title: 'Le dirigeant', hint: 'Précédé de « Lu et approuvé », signature :' },
    { x: MARGIN + width + 6 * MM, title: 'L’entreprise', hint: 'Cachet :' },
  ];
  sheet.markContent('Artifact', { type: 'Layout' });
  sheet.lineWidth(0.8).strokeColor(colour);
  for (const { x } of places) sheet.roundedRect(x, top, width, height, 2 * MM).stroke();
  sheet.endMarkedContent();
  places.forEach(({ x, title, hint }, place) => {
    const lines = place === 0 ? [title, 'Fait à …………………………………, le ……… / ……… / …………', hint] : [title, hint];
    document.add(
      sheet.struct('P', {}, () => {
        lines.forEach((line, i) => {
          sheet.font(i === 0 ? 'bold' : 'regular').fontSize(SIZE - 0.5);
          sheet.text(typeset(line), x + 3 * MM, top + (3 + 5 * i) * MM, { width: width - 6 * MM });
        });
      }),
    );
  });
  sheet.y = top + height + 4 * MM;
}

function drawReturn(drawing: Drawing, { name, postalAddress, replyTo, phone }: Sender): void {
  const post = postalAddress.length > 0 ? `${name}, ${postalAddress.join(', ')}` : name;
  const ways = [`par courrier (${post})`, ...(replyTo ? [`par courriel (${replyTo})`] : [])].join(' ou ');
  paragraph(drawing, `À renvoyer par le moyen de votre choix, par exemple ${ways}.`);
  if (phone) paragraph(drawing, `Une question ? Appelez-nous au ${unbroken(phone)}.`);
}
