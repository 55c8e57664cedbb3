import { readConfig } from '../config.ts';
import { resetDemo } from '../demo/reset.ts';
import type { AdminCommand } from './shell.ts';

export const resetCommand: AdminCommand = (program, shell) => {
  program
    .command('reset')
    .description('remet la démonstration dans son état premier')
    .option('--yes', 'accepte que tout ce que contient la base de DATABASE_URL soit effacé', false)
    .action(async ({ yes }: { readonly yes: boolean }) => {
      const config = readConfig(shell.environment, shell);
      await resetDemo({ ...shell, config, yes });
      shell.say('La démonstration est dans son état premier. Pour la lancer : npm start');
    });
};
