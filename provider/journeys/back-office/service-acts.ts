/** What a supervisor does to a service, each in one act with its line in the audit; no secret ever reaches that. */
import { createHash } from 'node:crypto';
import { appendAudit } from '../../store/audit.ts';
import { type ClientRow, insertClient } from '../../store/caisses.ts';
import { type Handle, transaction } from '../../store/handle.ts';
import { clearDefaultService, lockService, removeService, updateService } from '../../store/services.ts';
import type { Scope } from '../../tenant/scope.ts';
import { isConfidential, type TypedService } from './service-form.ts';

export type Making = {
  readonly actorId: string;
  /** 256 random bits, sealed: kept only where the service has a secret. */
  readonly secret: Buffer;
};

/** What is written of a service in the audit. */
const told = ({ metadata, thirdParty, defaultService }: Omit<TypedService, 'clientId'>): string =>
  JSON.stringify({ ...metadata, third_party: thirdParty, default_service: defaultService });

/** @returns false when another service has that identifiant. */
export function registerService(scope: Scope, service: TypedService, making: Making): Promise<boolean> {
  return transaction(scope.store, async (inside) => {
    if (await lockService(inside, service.clientId)) return false;
    if (service.defaultService) await clearDefaultService(inside);
    const secret = isConfidential(service.metadata) ? making.secret : null;
    await insertClient(inside, { ...service, secret }, scope.now());
    await note(scope, inside, making, {
      kind: 'service_registered',
      clientId: service.clientId,
      before: null,
      after: told(service),
    });
    return true;
  });
}

export type Changed =
  | { readonly kind: 'changed'; readonly newSecret: boolean }
  | { readonly kind: 'meanwhile' };

/** `seen`: what the form showed. A service that begins to have a secret gets it, one that no longer needs it loses it. */
export function changeService(
  scope: Scope,
  service: TypedService,
  making: Making & { readonly seen: string },
): Promise<Changed> {
  return transaction(scope.store, async (inside) => {
    const former = await lockService(inside, service.clientId);
    if (!former || versionOf(former) !== making.seen) return { kind: 'meanwhile' };
    if (service.defaultService && !former.defaultService) await clearDefaultService(inside);
    const newSecret = isConfidential(service.metadata) && former.secret === null;
    const kept = isConfidential(service.metadata) ? former.secret : null;
    await updateService(inside, { ...service, secret: newSecret ? making.secret : kept });
    const { clientId } = service;
    await note(scope, inside, making, {
      kind: 'service_changed',
      clientId,
      before: told(former),
      after: told(service),
    });
    return { kind: 'changed', newSecret };
  });
}

/** The former secret is worth nothing from now on. @returns false when the service has none, or is gone. */
export function renewSecret(scope: Scope, clientId: string, making: Making): Promise<boolean> {
  return transaction(scope.store, async (inside) => {
    const former = await lockService(inside, clientId);
    if (!former || !isConfidential(former.metadata)) return false;
    await updateService(inside, { ...former, secret: making.secret });
    await note(scope, inside, making, {
      kind: 'service_secret_renewed',
      clientId,
      // Of a secret nothing is told but that there is another.
      before: 'former_secret',
      after: 'new_secret',
    });
    return true;
  });
}

/** @returns false when it is gone already. */
export function endService(
  scope: Scope,
  clientId: string,
  making: Pick<Making, 'actorId'>,
): Promise<boolean> {
  return transaction(scope.store, async (inside) => {
    const former = await lockService(inside, clientId);
    if (!former) return false;
    const grants = await removeService(inside, clientId);
    await note(scope, inside, making, {
      kind: 'service_removed',
      clientId,
      before: told(former),
      after: null,
      grants,
    });
    return true;
  });
}

type Noted = {
  readonly kind: 'service_registered' | 'service_changed' | 'service_secret_renewed' | 'service_removed';
  readonly clientId: string;
  readonly before: string | null;
  readonly after: string | null;
  readonly grants?: number;
};

function note(
  scope: Scope,
  inside: Handle,
  { actorId }: Pick<Making, 'actorId'>,
  noted: Noted,
): Promise<void> {
  const { kind, clientId, ...facts } = noted;
  const { address, requestId } = scope;
  return appendAudit(inside, { kind, at: scope.now(), actorId, clientId, address, requestId, facts });
}

/** Changes with anything that the form shows. */
export const versionOf = (row: ClientRow): string =>
  createHash('sha256').update(told(row)).digest('hex').slice(0, 16);
