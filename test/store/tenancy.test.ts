import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as changes from '../../provider/store/account-changes.ts';
import { findAccount, findCredentials } from '../../provider/store/accounts.ts';
import * as artifacts from '../../provider/store/artifacts.ts';
import { readAuthorization } from '../../provider/store/authorization-reading.ts';
import * as certifications from '../../provider/store/certifications.ts';
import { findConsentedScopes, saveConsent } from '../../provider/store/consents.ts';
import { findGates } from '../../provider/store/gates.ts';
import { type Handle, NO_ID } from '../../provider/store/handle.ts';
import { readInteraction } from '../../provider/store/interaction-reading.ts';
import * as links from '../../provider/store/links.ts';
import * as factors from '../../provider/store/second-factors.ts';
import { saveInSession } from '../../provider/store/session-saving.ts';
import * as sessions from '../../provider/store/sessions.ts';
import { saveSmsCode, trySmsCode, useSmsCode } from '../../provider/store/sms-codes.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { worldOn } from '../support/store-world.ts';
import {
  artifactsOf,
  type Ids,
  NOW,
  rowsOf,
  sameIds,
  writeAccount,
  writeAll,
  writePlace,
} from '../support/tenancy-world.ts';
import { makeWorld } from '../support/world.ts';

const HERE = 'ici';
const ELSEWHERE = 'ailleurs';
const HOUR = 3_600_000;

let database: TestDatabase;
let here: Handle;
let neighbour: Handle;
beforeAll(async () => {
  database = await testDatabase();
  here = (await worldOn(database, 'grand-est', () => NOW)).store;
  neighbour = (await worldOn(database, 'nord-ouest', () => NOW)).store;
});
afterAll(() => database.drop());

/** What a function does in one caisse with ids that both have. */
type Act = (store: Handle, ids: Ids) => Promise<unknown>;

const ASKED = { clientId: null, now: NOW, until: NOW };

const NOTHING_READ = {
  session: null,
  interaction: null,
  accountId: null,
  sessionUid: null,
  clientId: null,
  siteId: null,
  previous: null,
  lasting: null,
  gates: null,
  holding: null,
};

/** A reading, and what it gives where only the neighbour has anything. */
const READINGS: readonly (readonly [string, Act, unknown])[] = [
  ['findAccount', (s, { accountId }) => findAccount(s, accountId), undefined],
  ['findCredentials', (s, { email }) => findCredentials(s, email), undefined],
  ['findGates', (s, { accountId }) => findGates(s, accountId), undefined],
  ['findSessionAccount', (s, { accountId }) => sessions.findSessionAccount(s, accountId), undefined],
  ['findPasswordHash', (s, { accountId }) => changes.findPasswordHash(s, accountId), null],
  ['findArtifact', (s, { grantId }) => artifacts.findArtifact(s, 'Grant', grantId, NOW), undefined],
  ['findSessionByUid', (s, { sessionUid }) => artifacts.findSessionByUid(s, sessionUid, NOW), undefined],
  ['findGrantId', (s, ids) => artifacts.findGrantId(s, { ...ids, until: NOW }), undefined],
  ['readInteraction', (s, { interactionId }) => readInteraction(s, interactionId, NOW), undefined],
  ['readAuthorization', (s, ids) => readAuthorization(s, { ...ids, ...ASKED }), NOTHING_READ],
  [
    'readAuthorization of nobody signed in',
    (s, ids) => readAuthorization(s, { ...ids, ...ASKED, sessionId: null }),
    NOTHING_READ,
  ],
  ['listSessions', (s, { accountId }) => sessions.listSessions(s, accountId, NOW), []],
  ['listServiceAccess', (s, { accountId }) => sessions.listServiceAccess(s, accountId, NOW), []],
  ['findConsentedScopes', (s, { accountId, clientId }) => findConsentedScopes(s, accountId, clientId), []],
  ['findLink', (s, { token }) => links.findLink(s, 'certification', token, NOW), undefined],
  ['liveLinkSince', (s, { accountId }) => certifications.liveLinkSince(s, accountId, NOW), undefined],
  ['listCertified', (s, ids) => certifiedAs(s, ids), []],
  ['findSecondFactor', (s, { accountId }) => factors.findSecondFactor(s, accountId), undefined],
  ['findRecoveryHash', (s, { accountId }) => factors.findRecoveryHash(s, accountId, 3), undefined],
  ['countRecoveryCodes', (s, { accountId }) => factors.countRecoveryCodes(s, accountId), 0],
];

const certifiedAs = async (s: Handle, { accountId }: Ids) => {
  const window = { from: 0, before: NOW, after: NO_ID, limit: 10_000 };
  return (await certifications.listCertified(s, window)).filter(({ id }) => id === accountId);
};

/** A change, and what it answers where only the neighbour has anything. */
const CHANGES: readonly (readonly [string, Act, unknown])[] = [
  [
    'saveArtifactAgain',
    (s, ids) => artifacts.saveArtifactAgain(s, artifactsOf(ids, 'new').interaction, NOW),
    false,
  ],
  ['consumeArtifact', (s, { tokenId }) => artifacts.consumeArtifact(s, 'RefreshToken', tokenId, NOW), false],
  ['deleteArtifact', (s, { grantId }) => artifacts.deleteArtifact(s, 'Grant', grantId), undefined],
  [
    'deleteArtifactsOfGrant',
    (s, { grantId }) => artifacts.deleteArtifactsOfGrant(s, 'RefreshToken', grantId),
    undefined,
  ],
  ['revokeGrant', (s, { grantId }) => artifacts.revokeGrant(s, grantId), undefined],
  ['endSessions', (s, { accountId }) => sessions.endSessions(s, accountId, {}, NOW), []],
  ['endServiceAccess', (s, ids) => sessions.endServiceAccess(s, ids), false],
  ['supersedeLinks', (s, ids) => links.supersedeLinks(s, ids.accountId, ['certification'], NOW), undefined],
  ['consumeLink', (s, { token }) => links.consumeLink(s, 'certification', token, NOW), undefined],
  [
    'supersedeLinksSince',
    (s, ids) => changes.supersedeLinksSince(s, ids.accountId, ['certification'], { since: NOW, now: NOW }),
    undefined,
  ],
  ['trySmsCode', (s, { accountId }) => trySmsCode(s, accountId, NOW), undefined],
  ['useSmsCode', (s, { codeId }) => useSmsCode(s, codeId, NOW), false],
  ['setPassword', (s, { accountId }) => changes.setPassword(s, { accountId, hash: 'new', now: NOW }), false],
  ['beginEmailChange', (s, ids) => beginChange(s, ids), false],
  ['settleEmail', (s, ids) => settle(s, ids), 'not_waiting'],
  ['changeContact', (s, { accountId }) => changes.changeContact(s, accountId, CONTACT), undefined],
  [
    'certifyMobile',
    (s, { accountId }) => changes.certifyMobile(s, { accountId, mobile: '+33612345678', now: NOW }),
    false,
  ],
  ['certifyEmail', (s, ids) => certifications.certifyEmail(s, { ...ids, now: NOW }), false],
  ['spendStep', (s, { accountId }) => factors.spendStep(s, accountId, 2), false],
  ['deleteSecondFactor', (s, { accountId }) => factors.deleteSecondFactor(s, accountId), false],
  ['spendRecoveryCode', (s, { accountId }) => spendRecoveryCode(s, accountId), false],
];

const CONTACT = { givenName: 'Autre', familyName: 'Nom', landline: null, mobile: null };

const wordsIn = (store: Handle) => (store === here ? HERE : ELSEWHERE);

const beginChange = (s: Handle, { accountId, email }: Ids, passwordHash = wordsIn(s)) =>
  changes.beginEmailChange(s, { accountId, from: email, to: 'new@essai.test', passwordHash });

const settle = (s: Handle, { accountId }: Ids) =>
  changes.settleEmail(s, { accountId, email: `${accountId}@new.test`, now: NOW, pending: false });

/** Of both hashes, so that a statement that looked elsewhere would find one. */
const spendRecoveryCode = async (s: Handle, accountId: string) => {
  const spend = (words: string) =>
    factors.spendRecoveryCode(s, { accountId, hash: `${words}-recovery`, now: NOW });
  return [await spend(HERE), await spend(ELSEWHERE)].includes(true);
};

/** Rows that are written, or written again. */
const WRITINGS: readonly (readonly [string, Act])[] = [
  ['saveArtifact', (s, ids) => artifacts.saveArtifact(s, artifactsOf(ids, 'new').token)],
  ['saveInSession', (s, ids) => saveInSession(s, [artifactsOf(ids, 'new').grant], { uid: ids.sessionUid })],
  ['saveInSession of a sign-in', (s, ids) => signInAgain(s, ids)],
  ['saveConsent', (s, ids) => saveConsent(s, { ...ids, scopes: ['email'], at: NOW })],
  ['createLink', (s, ids) => certificationLink(s, ids)],
  ['saveSmsCode', (s, ids) => smsCode(s, ids)],
  ['replaceRecoveryCodes', (s, { accountId }) => recoveryCodes(s, accountId)],
];

/** Changes of what stands half-way: what leads there, then the change. */
const HALF_WAY: readonly (readonly [string, Act, Act])[] = [
  [
    'forgetProposed',
    (s, ids) => proposeAnew(s, ids),
    (s, { accountId }) => factors.forgetProposed(s, accountId, NOW + 1),
  ],
  [
    'proposeSecondFactor',
    (s, { accountId }) => factors.deleteSecondFactor(s, accountId),
    (s, ids) => propose(s, ids),
  ],
  [
    'confirmSecondFactor',
    (s, ids) => proposeAnew(s, ids),
    (s, { accountId }) => factors.confirmSecondFactor(s, { accountId, step: 2, now: NOW }),
  ],
  ['settleEmail', (s, ids) => beginChange(s, ids), (s, ids) => settle(s, ids)],
  [
    'abandonEmailChange',
    (s, ids) => beginChange(s, ids),
    (s, { accountId }) => changes.abandonEmailChange(s, accountId),
  ],
];

const propose = (s: Handle, { accountId }: Ids) =>
  factors.proposeSecondFactor(s, { accountId, sealedSecret: Buffer.from('new'), now: NOW });

async function proposeAnew(s: Handle, ids: Ids): Promise<void> {
  await factors.deleteSecondFactor(s, ids.accountId);
  await propose(s, ids);
}

const signInAgain = (s: Handle, ids: Ids) =>
  saveInSession(s, [{ ...artifactsOf(ids, 'new').session, id: 'new' }], {
    uid: ids.sessionUid,
    gone: { Session: ids.sessionId },
    note: { accountId: ids.accountId, userAgent: 'new', address: 'new', signedInAt: NOW + 1000 },
  });

const certificationLink = (s: Handle, { accountId }: Ids) =>
  links.createLink(s, {
    purpose: 'certification',
    accountId,
    email: 'new@essai.test',
    now: NOW,
    expiresAt: NOW + HOUR,
    random: () => Buffer.from(randomUUID()),
  });

const smsCode = (s: Handle, { accountId }: Ids) =>
  saveSmsCode(s, {
    id: randomUUID(),
    subject: accountId,
    number: '+33612345678',
    sealedCode: Buffer.from('new'),
    now: NOW,
  });

const recoveryCodes = (s: Handle, accountId: string) =>
  factors.replaceRecoveryCodes(s, accountId, [{ place: 4, hash: 'new' }], NOW);

describe('where the neighbour alone has such a row', () => {
  test.each([...READINGS, ...CHANGES])('%s finds nothing and leaves it', async (_, act, nothing) => {
    const ids = sameIds();
    await writeAll(neighbour, ids, ELSEWHERE);
    const before = await rowsOf(neighbour);
    expect(await act(here, ids)).toEqual(nothing);
    expect(await rowsOf(neighbour)).toEqual(before);
  });

  test('beginEmailChange and certifyEmail, asked in the neighbour’s words, leave it', async () => {
    const ids = sameIds();
    await writeAll(neighbour, ids, ELSEWHERE);
    const before = await rowsOf(neighbour);
    expect(await beginChange(here, ids, ELSEWHERE)).toBe(false);
    expect(await rowsOf(neighbour)).toEqual(before);
  });

  test('insertArtifactOnce takes it for new', async () => {
    const ids = sameIds();
    await writeAll(neighbour, ids, ELSEWHERE);
    expect(await artifacts.insertArtifactOnce(here, artifactsOf(ids, HERE).token)).toBe(true);
  });

  test('findPendingEmail and settleEmail do not see the address asked for there', async () => {
    const ids = sameIds();
    await writeAll(neighbour, ids, ELSEWHERE);
    await beginChange(neighbour, ids);
    await writeAccount(here, ids, HERE);
    expect(await changes.findPendingEmail(neighbour, ids.accountId)).toBe('new@essai.test');
    expect(await changes.findPendingEmail(here, ids.accountId)).toBeNull();
    const { accountId, email } = sameIds();
    await makeWorld(neighbour, () => NOW).account({ id: accountId, email });
    const settled = { accountId: ids.accountId, email, now: NOW, pending: false };
    expect(await changes.settleEmail(here, { ...settled, accountId: randomUUID() })).toBe('not_waiting');
    expect(await changes.settleEmail(here, settled)).toBe('settled');
  });

  test('administers counts no role and no delegation of the neighbour', async () => {
    const there = makeWorld(neighbour, () => NOW);
    const agent = await there.account({ staffRole: 'agent' });
    const { accountId: administrator } = await there.administrator(1);
    const manager = await there.account();
    await there.join(await there.cabinet(), manager, 'manager');
    for (const id of [agent, administrator, manager]) {
      expect(await factors.administers(neighbour, id, NOW)).toBe(true);
      expect(await factors.administers(here, id, NOW)).toBe(false);
    }
  });

  test('a session ended there is saved here', async () => {
    const ids = sameIds();
    await writeAll(neighbour, ids, ELSEWHERE);
    await sessions.endSessions(neighbour, ids.accountId, {}, NOW);
    await saveInSession(here, [artifactsOf(ids, HERE).session], { uid: ids.sessionUid });
    expect(await artifacts.findSessionByUid(here, ids.sessionUid, NOW)).toBeDefined();
  });

  test('the second factor and the notes of an account are not the ones there', async () => {
    const ids = sameIds();
    await writeAll(neighbour, ids, ELSEWHERE);
    await writeAccount(here, ids, HERE);
    await writePlace(here, ids, HERE);
    for (const artifact of Object.values(artifactsOf(ids, HERE)))
      await artifacts.saveArtifact(here, artifact);
    expect(await findGates(here, ids.accountId)).toMatchObject({ secondFactorSince: null });
    expect(await sessions.listSessions(here, ids.accountId, NOW)).toMatchObject([{ userAgent: null }]);
  });

  test('a session there keeps no old note here', async () => {
    const ids = sameIds();
    for (const store of [here, neighbour]) await writeAll(store, ids, wordsIn(store));
    await artifacts.deleteArtifact(here, 'Session', ids.sessionId);
    await sessions.sweepSessionNotes(database.knex, NOW + 48 * HOUR);
    const left = await database.knex('session_note').where({ session_uid: ids.sessionUid });
    expect(left.map(({ caisse_id }) => caisse_id)).toEqual([neighbour.caisseId]);
  });
});

describe('where both have it', () => {
  test.each(READINGS)('%s reads the same as without the neighbour', async (_, act, nothing) => {
    const ids = sameIds();
    await writeAll(here, ids, HERE);
    const alone = await act(here, ids);
    expect(alone).not.toEqual(nothing);
    await writeAll(neighbour, ids, ELSEWHERE);
    expect(await act(here, ids)).toEqual(alone);
  });

  test.each([...CHANGES, ...WRITINGS].map(([name, act]) => [name, act] as const))(
    '%s changes this one alone',
    async (_, act) => {
      const ids = sameIds();
      for (const store of [here, neighbour]) await writeAll(store, ids, wordsIn(store));
      const [mine, theirs] = [await rowsOf(here), await rowsOf(neighbour)];
      await act(here, ids);
      expect(await rowsOf(neighbour)).toEqual(theirs);
      expect(await rowsOf(here)).not.toEqual(mine);
    },
  );

  test.each(HALF_WAY)('%s half-way changes this one alone', async (_, lead, act) => {
    const ids = sameIds();
    for (const store of [here, neighbour]) {
      await writeAll(store, ids, wordsIn(store));
      await lead(store, ids);
    }
    const [mine, theirs] = [await rowsOf(here), await rowsOf(neighbour)];
    await act(here, ids);
    expect(await rowsOf(neighbour)).toEqual(theirs);
    expect(await rowsOf(here)).not.toEqual(mine);
  });
});
