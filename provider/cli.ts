/** Administration from a shell: `npm run reset`. A command a verb; what it does lives in its room. */
import { Command } from 'commander';
import { readConfig } from './config.ts';
import { resetDemo } from './demo/reset.ts';
import { explain, surroundings } from './main.ts';

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

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
