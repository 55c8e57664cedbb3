/** The kept list of what each delegation reaches, beside what it would be if it were written at this moment. */
import type { Knex } from 'knex';
import { expect } from 'vitest';

/** Every delegation of those sites has its row, which says what the tables say. */
export async function expectReachKept(sql: Knex, siteIds: readonly string[]): Promise<void> {
  const of = (list: string) =>
    sql(list)
      .select('delegation_id', 'site_id', 'holder_id', 'place', 'since', 'until')
      .whereIn('site_id', [...siteIds])
      .orderBy('delegation_id');
  const [kept, now] = await Promise.all([of('reach'), of('reach_now')]);
  expect(kept, 'the kept list').toEqual(now);
}
