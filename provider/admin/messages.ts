import { reportOutbox, resendDead } from '../outbox-report.ts';
import { appendAudit } from '../store/audit.ts';
import { listCaisses } from '../store/caisses.ts';
import type { Database } from '../store/database.ts';
import { countOutbox } from '../store/dead-messages.ts';
import { handleOf } from '../store/handle.ts';
import { type AdminCommand, atDesk, type Shell } from './shell.ts';

export const messagesCommand: AdminCommand = (program, shell) => {
  program
    .command('messages')
    .description('dit les messages qui attendent, et ceux qui ont été abandonnés')
    .option('--resend', 'remet en attente ceux qui ont été abandonnés', false)
    .action(({ resend }: { readonly resend: boolean }) =>
      atDesk(shell, async ({ sql }) => {
        if (resend) shell.say(await sql.transaction((inside) => resendAll(shell, inside)));
        for (const line of await reportOutbox(sql)) shell.say(line);
      }),
    );
};

/** A line in the audit of each caisse that had any. */
async function resendAll({ now, operator }: Shell, inside: Database): Promise<string> {
  const caisses = await listCaisses(inside);
  const countDead = () => Promise.all(caisses.map(async ({ id }) => (await countOutbox(inside, id)).dead));
  const before = await countDead();
  const said = await resendDead(inside);
  const after = await countDead();
  for (const [i, { id }] of caisses.entries()) {
    if (before[i] === after[i]) continue;
    const facts = { operator, dead_before: before[i] ?? 0, dead_after: after[i] ?? 0 };
    await appendAudit(handleOf(inside, id), { kind: 'messages_resent', at: now(), facts });
  }
  return said;
}
