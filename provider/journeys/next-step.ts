import type { Link } from '../http/screens.ts';

/** Where a page leads on to that has nothing more to ask. */
export const nextStepTo = (service: { readonly name: string; readonly href: string } | null): Link | null =>
  service && { label: `Continuer vers ${service.name}`, href: service.href };
