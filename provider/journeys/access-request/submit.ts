/**
 * A request for access is sent: written once for a code, whoever clicks how often; sent again with other words it is
 * corrected. The code stays as it is: a validation uses it up.
 */
import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Asked, isOpen, makeShortName } from '../../domain/access-request.ts';
import { emailKey } from '../../domain/email.ts';
import {
  type AccessRequest,
  correctRequest,
  findRequestByCode,
  insertRequest,
} from '../../store/access-requests.ts';
import { type AuditKind, appendAudit } from '../../store/audit.ts';
import { lockCode } from '../../store/confidential-codes.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import type { Limit } from '../../store/throttle.ts';
import type { Ticket } from '../../store/tickets.ts';
import type { Scope } from '../../tenant/scope.ts';
import { countedKey } from '../limits.ts';
import { announceConvention, sealLink } from '../request-convention.ts';

/** Whoever holds a code must not fill a stranger's mailbox with it. */
const CODE: Limit = { name: 'access_request_code', tries: 10, seconds: 86_400 };
const MAILBOX: Limit = { name: 'access_request_address', tries: 10, seconds: 86_400 };

export type Submitted =
  | { readonly kind: 'sent' }
  /** The code was used or replaced meanwhile. */
  | { readonly kind: 'code_gone' }
  | { readonly kind: 'throttled'; readonly seconds: number };

export async function submitRequest(scope: Scope, ticket: Ticket, asked: Asked): Promise<Submitted> {
  const seconds = await scope.throttle.count([
    [CODE, countedKey(scope, ticket.codeId)],
    [MAILBOX, countedKey(scope, emailKey(asked.director.email))],
  ]);
  if (seconds > 0) return { kind: 'throttled', seconds };
  return transaction<Submitted>(scope.store, async (inside) => {
    // Of two clicks the second waits here, and finds what the first has written.
    if ((await lockCode(inside, ticket.codeId)) !== 'current') return { kind: 'code_gone' };
    const known = await findRequestByCode(inside, ticket.codeId);
    if (!known || !isOpen(known.status)) await open(scope, inside, ticket, asked);
    else if (!isSame(known, asked)) await correct(scope, inside, known, asked);
    return { kind: 'sent' };
  });
}

const isSame = ({ director, delegate }: AccessRequest, asked: Asked): boolean =>
  isDeepStrictEqual({ director, delegate }, { director: asked.director, delegate: asked.delegate });

async function open(scope: Scope, inside: Handle, { codeId, site }: Ticket, asked: Asked): Promise<void> {
  const now = scope.now();
  const id = randomUUID();
  const number = makeShortName(scope.random);
  const token = scope.random(32).toString('base64url');
  const sealedLink = sealLink(scope, id, token);
  await insertRequest(inside, { ...asked, id, number, codeId, site, token, sealedLink, now });
  await tell(scope, inside, { id, siteId: site.id, kind: 'access_request_received' });
}

async function correct(scope: Scope, inside: Handle, known: AccessRequest, asked: Asked): Promise<void> {
  await correctRequest(inside, known, asked, scope.now());
  await tell(scope, inside, { id: known.id, siteId: known.site.id, kind: 'access_request_corrected' });
}

type Told = { readonly id: string; readonly siteId: string; readonly kind: AuditKind };

async function tell(scope: Scope, inside: Handle, { id, siteId, kind }: Told): Promise<void> {
  await announceConvention(scope, inside, id, { template: 'access_request_received' });
  const { address, requestId } = scope;
  await appendAudit(inside, { kind, at: scope.now(), siteId, address, requestId, facts: { request: id } });
}
