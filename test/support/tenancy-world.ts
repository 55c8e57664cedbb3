/** The same ids in two caisses, with other words: what every store function must keep apart. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type NewArtifact, saveArtifact } from '../../provider/store/artifacts.ts';
import { insertClient } from '../../provider/store/caisses.ts';
import { saveConsent } from '../../provider/store/consents.ts';
import type { Handle } from '../../provider/store/handle.ts';
import { createLink } from '../../provider/store/links.ts';
import {
  confirmSecondFactor,
  proposeSecondFactor,
  replaceRecoveryCodes,
} from '../../provider/store/second-factors.ts';
import { saveInSession } from '../../provider/store/session-saving.ts';
import { saveSmsCode } from '../../provider/store/sms-codes.ts';
import { makeWorld, newSiret } from './world.ts';

export const NOW = Date.UTC(2026, 10, 21, 12);
const HOUR = 3_600_000;

/** Nothing that comes by chance: what one caisse has under these, the other has too. */
export function sameIds() {
  const accountId = randomUUID();
  const bytes = randomBytes(32);
  return {
    accountId,
    siteId: randomUUID(),
    adherentId: randomUUID(),
    siret: newSiret(),
    clientId: `service-${randomUUID()}`,
    email: `p${accountId}@essai.test`,
    codeId: randomUUID(),
    grantId: randomUUID(),
    sessionId: randomUUID(),
    sessionUid: randomUUID(),
    interactionId: randomUUID(),
    tokenId: randomUUID(),
    bytes,
    token: bytes.toString('base64url'),
  };
}

export type Ids = ReturnType<typeof sameIds>;

export const artifactsOf = (
  ids: Ids,
  words: string,
): Readonly<Record<'session' | 'interaction' | 'grant' | 'token', NewArtifact>> => {
  const bare = {
    grantId: null,
    accountId: ids.accountId,
    clientId: null,
    siteId: null,
    sessionUid: null,
    uid: null,
    expiresAt: NOW + HOUR,
  };
  const loginTs = NOW / 1000 - 60;
  const { accountId, sessionUid, grantId } = ids;
  const authorizations = { [ids.clientId]: { sid: words, grantId } };
  return {
    session: {
      ...bare,
      kind: 'Session',
      id: ids.sessionId,
      uid: ids.sessionUid,
      payload: { words, uid: sessionUid, accountId, loginTs, authorizations },
    },
    interaction: {
      ...bare,
      kind: 'Interaction',
      id: ids.interactionId,
      payload: {
        words,
        session: { uid: sessionUid },
        params: { client_id: ids.clientId },
        result: { login: { accountId }, select_organization: { site: ids.siteId } },
      },
    },
    grant: {
      ...bare,
      kind: 'Grant',
      id: ids.grantId,
      clientId: ids.clientId,
      siteId: ids.siteId,
      sessionUid: ids.sessionUid,
      payload: { words, jti: ids.grantId, iat: NOW / 1000 },
    },
    token: {
      ...bare,
      kind: 'RefreshToken',
      id: ids.tokenId,
      clientId: ids.clientId,
      grantId: ids.grantId,
      payload: { words },
    },
  };
};

/** An account with an address and a password, and nothing else. */
export async function writeAccount(store: Handle, { accountId, email }: Ids, words: string): Promise<void> {
  const account = { id: accountId, email, familyName: words, mobile: '+33612345678', password: null };
  await makeWorld(store, () => NOW).account(account);
  await store
    .sql('account')
    .update({ password_hash: words })
    .where({ caisse_id: store.caisseId, id: accountId });
}

/** The site, and the service that acts for it. */
export async function writePlace(store: Handle, ids: Ids, words: string): Promise<void> {
  const adherent = { id: ids.adherentId, identifiant: ids.adherentId, raisonSociale: words };
  const { caisseId, sql } = store;
  const at = new Date(NOW);
  const common = { caisse_id: caisseId, created_at: at };
  await sql('adherent').insert({
    ...common,
    id: adherent.id,
    identifiant: adherent.identifiant,
    raison_sociale: words,
  });
  await sql('site').insert({
    ...common,
    id: ids.siteId,
    adherent_id: ids.adherentId,
    siret: ids.siret,
    name: words,
    search_text: words,
  });
  const client = { clientId: ids.clientId, secret: null, thirdParty: true, defaultService: false };
  await insertClient(store, { ...client, metadata: { client_name: words } }, NOW);
}

/** Everything, each row with `words` where it has any. */
export async function writeAll(store: Handle, ids: Ids, words: string): Promise<void> {
  const { accountId, clientId, sessionUid } = ids;
  await writeAccount(store, ids, words);
  await writePlace(store, ids, words);
  const { session, ...others } = artifactsOf(ids, words);
  for (const artifact of Object.values(others)) await saveArtifact(store, artifact);
  const note = { accountId, userAgent: words, address: words, signedInAt: NOW };
  await saveInSession(store, [session], { uid: sessionUid, note });
  await saveConsent(store, { accountId, clientId, scopes: ['openid', words], at: NOW });
  await createLink(store, {
    purpose: 'certification',
    accountId,
    email: words,
    now: NOW,
    expiresAt: NOW + HOUR,
    random: () => ids.bytes,
  });
  const code = { id: ids.codeId, subject: accountId, number: '+33612345678', now: NOW };
  await saveSmsCode(store, { ...code, sealedCode: Buffer.from(words) });
  await proposeSecondFactor(store, { accountId, sealedSecret: Buffer.from(words), now: NOW });
  await confirmSecondFactor(store, { accountId, step: 1, now: NOW });
  await replaceRecoveryCodes(store, accountId, [{ place: 3, hash: `${words}-recovery` }], NOW);
}

/** Every row of a caisse, whatever its table. */
export async function rowsOf({ caisseId, sql }: Handle): Promise<readonly string[]> {
  const { rows: tables } = await sql.raw(
    `select table_name as name from information_schema.columns
     where table_schema = 'public' and column_name = 'caisse_id' order by 1`,
  );
  const all: string[] = [];
  for (const { name } of tables as { name: string }[]) {
    const { rows } = await sql.raw(
      `select to_jsonb(t)::text as row from ?? t where caisse_id = ? order by 1`,
      [name, caisseId],
    );
    for (const { row } of rows as { row: string }[]) all.push(`${name} ${row}`);
  }
  return all;
}
