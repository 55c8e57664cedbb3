/** Administration from a shell: `npm run reset`. A command a verb; what it does lives in its room. */
import { Command } from 'commander';
import { readConfig } from './config.ts';
import { resetDemo } from './demo/reset.ts';
import { explain, surroundings } from './main.ts';
import { openDatabase } from './opening.ts';
import { reportOutbox, resendDead } from './outbox-report.ts';

const program = new Command('caisse-id').description('Administration de Caisse ID');

program
  .command('reset')
  .description('remet la démonstration dans son état premier')
  .option('--yes', 'accepte que tout ce que contient la base de DATABASE_URL soit effacé', false)
  .action(async ({ yes }: { readonly yes: boolean }) => {
    const config = readConfig(surroundings.environment, surroundings);
    await resetDemo({ ...surroundings, config, yes });
    surroundings.say('La démonstration est dans son état premier. Pour la lancer : npm start');
  });

program
  .command('messages')
  .description('dit les messages qui attendent, et ceux qui ont été abandonnés')
  .option('--resend', 'remet en attente ceux qui ont été abandonnés', false)
  .action(async ({ resend }: { readonly resend: boolean }) => {
    const { root, say } = surroundings;
    const config = readConfig(surroundings.environment, surroundings);
    const { sql, close } = await openDatabase({ config, root, say });
    try {
      if (resend) say(await resendDead(sql));
      for (const line of await reportOutbox(sql)) say(line);
    } finally {
      await close();
    }
  });

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
