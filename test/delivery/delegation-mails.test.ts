import { describe, expect, test } from 'vitest';
import { composeMail } from '../../provider/delivery/compose-mail.ts';
import type { DelegationMail, Endings } from '../../provider/domain/message.ts';
import { SENDER } from './samples.ts';
import { DELEGATION_MAILS } from './samples-delegation.ts';

type Template = DelegationMail['template'];
type Of<T extends Template> = Extract<DelegationMail, { template: T }>;

const sample = <T extends Template>(template: T): Of<T> =>
  DELEGATION_MAILS.find((mail): mail is Of<T> => mail.template === template) as Of<T>;

/** With plain spaces, so that expectations can be read. */
const textOf = (mail: DelegationMail, sender = SENDER) =>
  composeMail('id', mail, sender).text.replaceAll('\u00a0', ' ');

const invitation = sample('delegation_invitation');
const modified = sample('delegation_modified');

describe('the sites of a mail', () => {
  const sitesOf = (count: number) => ({
    sites: Array.from({ length: count }, (_, i) => ({ name: `Site ${i + 1}`, siret: '73282932000074' })),
  });

  test.each([
    [10, ['Site 10'], ['autre', 'Site 11']],
    [11, ['Site 10', 'et 1 autre'], ['Site 11']],
    [62, ['Sites (62)', 'Site 10', 'et 52 autres'], ['Site 11']],
  ] as const)('are the first ten, then how many others: %i', (count, said, unsaid) => {
    const text = textOf({ ...invitation, ...sitesOf(count) });
    for (const words of said) expect(text).toContain(words);
    for (const words of unsaid) expect(text).not.toContain(words);
  });
});

describe('the dates of a mail', () => {
  test('count the last day in, in the time of the caisse', () => {
    const paris = Date.parse('2026-12-31T23:00:00Z');
    expect(textOf({ ...invitation, endsAt: paris })).toContain('au 31 décembre 2026 inclus');
    const martinique = Date.parse('2027-01-01T04:00:00Z');
    const overseas = { ...SENDER, timeZone: 'America/Martinique' };
    expect(textOf({ ...invitation, endsAt: martinique }, overseas)).toContain('au 31 décembre 2026 inclus');
  });

  test('say that there is no end', () =>
    expect(textOf({ ...invitation, endsAt: null })).toContain('sans date de fin'));
});

describe('a delegation that was modified', () => {
  const told = (before: readonly string[], after: readonly string[]) =>
    textOf({ ...modified, before, after });

  test('is told by what differs, before and after, and by nothing else', () => {
    const text = told(
      ['Mon planning : mise à jour', 'Mes documents : consultation'],
      ['Mon planning : consultation', 'Mes documents : consultation'],
    );
    expect(text).toContain('Avant : Mon planning : mise à jour\n\nDésormais : Mon planning : consultation');
    expect(text).toContain('le reste de cette délégation est le même');
    expect(text).not.toContain('Mes documents');
  });

  test('says when a right is gone, and when it is new', () => {
    const one = ['Mon planning : mise à jour'];
    expect(told(one, [])).toContain('Désormais : plus aucun des droits ci-dessus');
    expect(told([], one)).toContain('Avant : aucun des droits ci-dessous');
    expect(told([], one)).not.toContain('est le même');
  });
});

describe('a name that a person typed', () => {
  const trap = 'Gagnez https://piege.exemple';
  const person = { givenName: trap, familyName: '' };

  const trapped = ({ count, soonest }: Endings): Endings => ({
    count,
    soonest: soonest.map((one) => ({ ...one, other: trap })),
  });

  test.each([
    ['giver', { ...invitation, giver: trap }],
    ['inviter', { ...sample('member_invitation'), inviter: trap }],
    ['beneficiary', { ...sample('delegation_to_confirm'), ...person, beneficiary: trap }],
    ['member of a firm', { ...sample('member_joined'), ...person, member: trap }],
    ['successor', { ...sample('site_handed_over'), ...person, other: trap }],
    ['other side of what ends', sample('delegation_ending')],
  ] as readonly (readonly [string, DelegationMail])[])(
    'is no address to click in a mail: the %s',
    (_, mail) => {
      const typed =
        mail.template === 'delegation_ending'
          ? { ...mail, given: trapped(mail.given), received: trapped(mail.received) }
          : mail;
      const { text, html } = composeMail('id', typed, SENDER);
      expect(text).not.toContain('piege');
      expect(html).not.toContain('piege');
    },
  );
});
