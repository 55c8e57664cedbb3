import type { Caisse } from './directory.ts';

/** How a caisse presents itself on screens; the shape is the screens' (http/screens). */
export const lookOf = (caisse: Caisse) => ({
  slug: caisse.id,
  name: caisse.name,
  shortName: caisse.settings.shortName,
  basePath: caisse.basePath,
  phone: caisse.settings.phone,
  email: caisse.settings.email,
  openingHours: caisse.settings.openingHours,
  hasLogo: caisse.settings.logo !== null,
  settingsVersion: caisse.settingsVersion,
});
