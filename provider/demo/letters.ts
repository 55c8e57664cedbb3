/** Companies whose space nobody has opened yet: their letters are on their way, or they remember a former password. */
import { CODE_DAYS, formatConfidentialCode, makeConfidentialCode } from '../domain/confidential-code.ts';
import { makeLetterReference } from '../domain/letter-reference.ts';
import type { Letter } from '../domain/message.ts';
import type { Random } from '../domain/seal.ts';
import type { Maker } from '../oidc/founding.ts';
import type { NewSite } from '../store/adherents.ts';
import { replaceCode } from '../store/confidential-codes.ts';
import { keepDemoCode } from '../store/demo-letters.ts';
import type { Handle } from '../store/handle.ts';
import { openOutbox } from '../store/outbox.ts';
import type { PasswordHasher } from '../tenant/passwords.ts';
import type { Chance } from './chance.ts';
import type { Company, CompanyMaker } from './companies.ts';

/** What these companies typed in the space before this one. */
const FORMER_PASSWORD = 'Ancien-Espace-2019';

export type Awaited = {
  readonly codeId: string;
  readonly site: NewSite;
  readonly origin: 'postal' | 'former_space';
  readonly director: Company['director'];
};

/** One site; two of one adhérent, to associate the second; one that has a former password. */
export function makeAwaited(companies: CompanyMaker, chance: Chance) {
  const all = [companies.make(1), companies.make(2), companies.make(1)] as const;
  const origins = ['postal', 'postal', 'former_space'] as const;
  const awaited = all.flatMap(({ sites, director }, index) =>
    sites.map((site): Awaited => {
      return { site, director, codeId: chance.uuid(), origin: origins[index] ?? 'postal' };
    }),
  );
  return { companies: all, awaited };
}

type Posting = {
  readonly make: Maker;
  readonly passwords: Pick<PasswordHasher, 'hash'>;
};

const DAY = 86_400_000;

export async function postLetters(
  store: Handle,
  awaited: readonly Awaited[],
  { make, passwords }: Posting,
): Promise<void> {
  const outbox = openOutbox(make.sealer);
  for (const { codeId, site, origin, director } of awaited) {
    const code = makeConfidentialCode(make.random);
    const expiresAt = origin === 'postal' ? make.now + CODE_DAYS * DAY : null;
    const secret = origin === 'postal' ? code : FORMER_PASSWORD;
    const hash = await passwords.hash(secret);
    const row = { ...director, id: codeId, siteId: site.id, origin, hash, expiresAt };
    await replaceCode(store, row, make.now);
    const clear = origin === 'postal' ? formatConfidentialCode(code) : secret;
    await keepDemoCode(store, { codeId, clear }, make.sealer);
    if (expiresAt === null) continue;
    for (const letter of lettersTo(site, { codeId, code, expiresAt }, make.random))
      await outbox.announce(store, letter);
  }
}

type Code = { readonly codeId: string; readonly code: string; readonly expiresAt: number };

function lettersTo({ adherent, siret }: NewSite, code: Code, random: Random): readonly Letter[] {
  const { raisonSociale, identifiant, postalAddress = [] } = adherent;
  const to = { name: raisonSociale, lines: postalAddress };
  const common = { channel: 'letter' as const, to, raisonSociale, siret, identifiant };
  return [
    { ...common, reference: makeLetterReference(random), template: 'welcome', expiresAt: null },
    { ...common, reference: makeLetterReference(random), template: 'confidential_code', ...code },
  ];
}
