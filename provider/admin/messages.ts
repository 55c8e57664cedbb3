import { reportOutbox, resendDead } from '../outbox-report.ts';
import { appendAudit } from '../store/audit.ts';
import { listCaisses } from '../store/caisses.ts';
import { handleOf } from '../store/handle.ts';
import { type AdminCommand, atDesk } from './shell.ts';

export const messagesCommand: AdminCommand = (program, shell) => {
  program
    .command('messages')
    .description('dit les messages qui attendent, et ceux qui ont été abandonnés')
    .option('--resend', 'remet en attente ceux qui ont été abandonnés', false)
    .action(({ resend }: { readonly resend: boolean }) =>
      atDesk(shell, async ({ sql }) => {
        if (resend) {
          const { operator, now, say } = shell;
          say(await resendDead(sql));
          for (const { id } of await listCaisses(sql))
            await appendAudit(handleOf(sql, id), { kind: 'messages_resent', at: now(), facts: { operator } });
        }
        for (const line of await reportOutbox(sql)) shell.say(line);
      }),
    );
};
