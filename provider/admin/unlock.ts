import { emailKey } from '../domain/email.ts';
import { unlock as unlockAccount } from '../journeys/unlock.ts';
import { StartRefused } from '../start-refused.ts';
import { findAccount, findCredentials } from '../store/accounts.ts';
import { type AdminCommand, atDesk, type CaisseDesk, caisseDesk, type Shell } from './shell.ts';

type Options = { readonly caisse: string; readonly email: string; readonly reason: string };

export const unlockCommand: AdminCommand = (program, shell) => {
  program
    .command('unlock')
    .description('débloque un compte que trop d’essais ont suspendu ; la personne en est avertie')
    .requiredOption('--caisse <id>', 'sa caisse')
    .requiredOption('--email <adresse>', 'son adresse électronique')
    .requiredOption('--reason <motif>', 'pourquoi : il reste au journal')
    .action((options: Options) =>
      atDesk(shell, async (desk) => unlock(shell, await caisseDesk(shell, desk, options.caisse), options)),
    );
};

const LEAST_REASON = 5;

async function unlock(shell: Shell, { store, scope }: CaisseDesk, options: Options): Promise<void> {
  const { operator, say } = shell;
  const reason = options.reason.trim().slice(0, 500);
  if (reason.length < LEAST_REASON) throw new StartRefused('Donnez le motif, en quelques mots.');
  const found = await findCredentials(store, emailKey(options.email));
  const account = found && (await findAccount(store, found.id));
  if (!account) throw new StartRefused('Cette adresse n’est celle d’aucun compte de cette caisse.');
  const { givenName, familyName } = account;
  await unlockAccount(scope, { account, agentId: null, reason, operator });
  say(`Le compte de ${givenName} ${familyName} est débloqué ; un courriel l’en avertit.`);
}
