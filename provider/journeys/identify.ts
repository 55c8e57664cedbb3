/**
 * Identification by what the post brought: identifiant, SIRET and confidential code. Throttled before any hashing;
 * whichever of the three is wrong, the same words, statements and number of hashes.
 */
import { parseConfidentialCode } from '../domain/confidential-code.ts';
import { ticketEnds } from '../domain/enrolment.ts';
import { networkOf } from '../domain/network.ts';
import { ungroup } from '../domain/search.ts';
import type { Siret } from '../domain/siret.ts';
import { appendAudit } from '../store/audit.ts';
import { forgiveTries, type TriedCodes, tryCodes } from '../store/confidential-codes.ts';
import { transaction } from '../store/handle.ts';
import type { Limit } from '../store/throttle.ts';
import { insertTicket } from '../store/tickets.ts';
import type { Scope } from '../tenant/scope.ts';
import { countedKey } from './limits.ts';

/** From one address on one site: a person who copies badly. */
const PAIR: Limit = { name: 'identification_pair', tries: 5, seconds: 900 };
/** On one SIRET from anywhere; a new code brings no new tries. */
const SITE: Limit = { name: 'identification_site', tries: 30, seconds: 86_400 };
/** From one address on any site. */
const ADDRESS: Limit = { name: 'identification_address', tries: 60, seconds: 3600 };

export type Identifiers = { readonly identifiant: string; readonly siret: Siret; readonly code: string };

export type Identification =
  | { readonly kind: 'identified'; readonly token: string }
  | { readonly kind: 'refused' }
  | { readonly kind: 'throttled'; readonly seconds: number };

/** `formerToken`: the ticket that this browser holds; '' for none. */
export async function identify(
  scope: Scope,
  typed: Identifiers,
  formerToken: string,
): Promise<Identification> {
  const { store, throttle, address, requestId } = scope;
  const network = networkOf(address);
  const pair = countedKey(scope, typed.siret, network);
  const event = { at: scope.now(), address, requestId };
  const seconds =
    (await throttle.count([[PAIR, pair]])) ||
    (await throttle.count([
      [SITE, countedKey(scope, typed.siret)],
      [ADDRESS, countedKey(scope, network)],
    ]));
  if (seconds > 0) {
    await appendAudit(store, { ...event, kind: 'identification_throttled' });
    return { kind: 'throttled', seconds };
  }
  const identifiant = ungroup(typed.identifiant).toUpperCase();
  const tried = await tryCodes(store, { siret: typed.siret, identifiant, now: event.at });
  const codeId = await matchingCode(scope, tried, typed.code);
  if (codeId === null) {
    await appendAudit(store, { ...event, kind: 'identification_failed' });
    return { kind: 'refused' };
  }
  const token = scope.random(32).toString('base64url');
  await transaction(store, async (inside) => {
    await forgiveTries(inside, codeId);
    await insertTicket(inside, {
      token,
      codeId,
      formerToken,
      now: event.at,
      expiresAt: ticketEnds(event.at),
    });
    await appendAudit(inside, { ...event, kind: 'site_identified', facts: { code: codeId } });
  });
  await throttle.forget(PAIR, pair);
  return { kind: 'identified', token };
}

/** One hash for the code; where a former space was imported, always one more of its kind. */
async function matchingCode(
  { passwords }: Scope,
  { postal, formerSpace, formerSpaceSample }: TriedCodes,
  typed: string,
): Promise<string | null> {
  const isPostal = await passwords.verify(postal?.hash ?? null, parseConfidentialCode(typed) ?? typed);
  if (formerSpaceSample === null) return isPostal && postal ? postal.id : null;
  const isFormer = await passwords.verify(formerSpace?.hash ?? formerSpaceSample, typed);
  if (isPostal && postal) return postal.id;
  return isFormer && formerSpace ? formerSpace.id : null;
}
