import { Option } from 'commander';
import { parseEmail } from '../domain/email.ts';
import { type Added, addStaff } from '../journeys/back-office/staff-acts.ts';
import { STAFF_ROLES } from '../journeys/back-office/words.ts';
import { StartRefused } from '../start-refused.ts';
import type { StaffRole } from '../store/accounts.ts';
import { type AdminCommand, atDesk, type CaisseDesk, caisseDesk, type Shell, tellAt } from './shell.ts';

type Options = {
  readonly caisse: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly role: StaffRole;
  readonly printLink: boolean;
};

/** Nobody but the person ever sees the password: the link, used once, is where it is chosen. */
export const createAgentCommand: AdminCommand = (program, shell) => {
  program
    .command('create-agent')
    .description('invite un gestionnaire ou un superviseur, par un lien qui sert une fois')
    .requiredOption('--caisse <id>', 'sa caisse')
    .requiredOption('--email <adresse>', 'son adresse électronique, qui sera son identifiant')
    .requiredOption('--given-name <prénom>', 'prénom')
    .requiredOption('--family-name <nom>', 'nom')
    .addOption(
      new Option('--role <rôle>', 'ce qu’il sera').choices(Object.keys(STAFF_ROLES)).default('agent'),
    )
    .option('--print-link', 'affiche le lien au lieu de l’envoyer par courriel', false)
    .action((options: Options) =>
      atDesk(shell, async (desk) =>
        createAgent(shell, await caisseDesk(shell, desk, options.caisse), options),
      ),
    );
};

async function createAgent(shell: Shell, { caisse, scope }: CaisseDesk, options: Options): Promise<void> {
  const { operator, say } = shell;
  const { role, printLink: printsLink } = options;
  const email = parseEmail(options.email);
  const [givenName, familyName] = [options.givenName.trim(), options.familyName.trim()];
  if (email === null) throw new StartRefused(`« ${options.email} » n’est pas une adresse électronique.`);
  if (givenName === '' || familyName === '') throw new StartRefused('Le prénom et le nom sont nécessaires.');
  const added = await addStaff(scope, { operator, printsLink }, { email, givenName, familyName, role });
  if (typeof added === 'string') throw new StartRefused(WHY_NOT[added]);
  const until = tellAt(added.expiresAt, caisse.timeZone);
  const as = STAFF_ROLES[role]?.toLowerCase();
  say(`${givenName} ${familyName} est invité à gérer « ${caisse.id} » (${as}).`);
  say(
    printsLink
      ? `Remettez-lui ce lien en main propre ; il sert une fois, jusqu’au ${until} :\n${added.link}`
      : `Un courriel part avec un lien qui sert une fois, jusqu’au ${until}.`,
  );
  say('À sa première connexion, un second facteur lui sera demandé.');
}

const WHY_NOT: Readonly<Record<Exclude<Added, object>, string>> = {
  already: 'Cette adresse est déjà celle d’un compte de gestionnaire de cette caisse.',
  outsider:
    'Cette adresse est déjà celle d’un compte d’entreprise : un gestionnaire n’agit pour aucun site. Prenez-en une autre.',
};
