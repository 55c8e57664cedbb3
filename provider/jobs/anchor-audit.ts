/** The ends of all chains of the audit at a moment, to be kept elsewhere: what was sealed by then cannot be cut off unseen. */
import { z } from 'zod';
import type { Instant } from '../domain/instant.ts';
import { listHeads } from '../store/audit-seals.ts';
import type { Database } from '../store/database.ts';

const Head = z.object({
  caisse: z.string(),
  register: z.string(),
  number: z.int().min(1),
  /** Of the seal, in hexadecimal. */
  mac: z.string().regex(/^[0-9a-f]{64}$/),
});

const AnchorSchema = z.object({
  what: z.literal('caisse-id audit anchor'),
  /** ISO 8601. */
  at: z.string(),
  heads: z.array(Head),
});

export type Anchor = z.infer<typeof AnchorSchema>;

export async function exportAnchor(sql: Database, now: Instant): Promise<Anchor> {
  const heads = (await listHeads(sql)).map(({ caisseId, register, number, mac }) => ({
    caisse: caisseId,
    register,
    number,
    mac: mac.toString('hex'),
  }));
  return { what: 'caisse-id audit anchor', at: new Date(now).toISOString(), heads };
}

/** null for what is none. */
export function parseAnchor(text: string): Anchor | null {
  try {
    return AnchorSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
