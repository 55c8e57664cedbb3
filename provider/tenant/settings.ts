import { z } from 'zod';

const color = z.string().regex(/^#[0-9a-f]{6}$/i);

/** What a caisse decides for itself, kept in the database and changed without a restart. Unknown members are dropped. */
export const SettingsSchema = z.object({
  shortName: z.string().min(1).max(40),
  theme: z.object({ primary: color, accent: color }),
  /** An SVG document, served as an image and never inline; null: the name alone. */
  logo: z.string().max(60_000).nullable().default(null),
  phone: z.string().max(30).nullable().default(null),
  email: z.email().nullable().default(null),
  openingHours: z.string().max(120).nullable().default(null),
  /** Slugs of features that this caisse does not offer: they never leave in entitlements. */
  hiddenFeatures: z.array(z.string()).default([]),
});

export type Settings = z.infer<typeof SettingsSchema>;
