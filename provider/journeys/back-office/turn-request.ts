/** A request for access is not ready, or will not be: the person who asked is told why. */
import { isOpen } from '../../domain/access-request.ts';
import { holdRequest, turnRequest } from '../../store/access-requests.ts';
import { transaction } from '../../store/handle.ts';
import type { Scope } from '../../tenant/scope.ts';
import { announceConvention } from '../request-convention.ts';
import { noteAct } from './note.ts';

export type Turning = {
  readonly requestId: string;
  readonly seen: number;
  readonly agentId: string;
  readonly to: 'incomplete' | 'refused';
  /** As the mail says it. */
  readonly note: string;
};

/** @returns false when somebody has changed it meanwhile: nothing was done. */
export const turn = (scope: Scope, { requestId, seen, agentId, to, note }: Turning): Promise<boolean> =>
  transaction(scope.store, async (inside) => {
    const request = await holdRequest(inside, requestId);
    if (!request || !isOpen(request.status) || request.version !== seen) return false;
    await turnRequest(inside, request, { status: to, actorId: agentId, note, now: scope.now() });
    await noteAct(scope, inside, {
      kind: to === 'incomplete' ? 'access_request_incomplete' : 'access_request_refused',
      actorId: agentId,
      siteId: request.site.id,
      facts: { request: request.id, before: request.status, after: to, reason: note },
    });
    if (to === 'incomplete') {
      await announceConvention(scope, inside, requestId, {
        template: 'access_request_incomplete',
        missing: note,
      });
      return true;
    }
    const { director, site, number } = request;
    await scope.outbox.announce(inside, {
      channel: 'mail',
      template: 'access_request_refused',
      to: director.email,
      expiresAt: null,
      givenName: director.givenName,
      familyName: director.familyName,
      number,
      raisonSociale: site.raisonSociale,
      siret: site.siret,
      reason: note,
    });
    return true;
  });
