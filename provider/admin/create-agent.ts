import { randomUUID } from 'node:crypto';
import { Option } from 'commander';
import { emailKey, parseEmail } from '../domain/email.ts';
import { StartRefused } from '../start-refused.ts';
import { findCredentials, insertAccount, type StaffRole } from '../store/accounts.ts';
import { appendAudit } from '../store/audit.ts';
import { transaction } from '../store/handle.ts';
import { createLink } from '../store/links.ts';
import { type AdminCommand, atDesk, type CaisseDesk, caisseDesk, type Shell, tellAt } from './shell.ts';

type Options = {
  readonly caisse: string;
  readonly email: string;
  readonly givenName: string;
  readonly familyName: string;
  readonly role: StaffRole;
  readonly printLink: boolean;
};

const ROLES: Readonly<Record<StaffRole, string>> = { agent: 'Gestionnaire', superviseur: 'Superviseur' };
const LINK_LASTS = 3 * 86_400_000;

/** Nobody but the person ever sees the password: the link, used once, is where it is chosen. */
export const createAgentCommand: AdminCommand = (program, shell) => {
  program
    .command('create-agent')
    .description('invite un gestionnaire ou un superviseur, par un lien qui sert une fois')
    .requiredOption('--caisse <id>', 'sa caisse')
    .requiredOption('--email <adresse>', 'son adresse électronique, qui sera son identifiant')
    .requiredOption('--given-name <prénom>', 'prénom')
    .requiredOption('--family-name <nom>', 'nom')
    .addOption(new Option('--role <rôle>', 'ce qu’il sera').choices(Object.keys(ROLES)).default('agent'))
    .option('--print-link', 'affiche le lien au lieu de l’envoyer par courriel', false)
    .action((options: Options) =>
      atDesk(shell, async (desk) =>
        createAgent(shell, await caisseDesk(shell, desk, options.caisse), options),
      ),
    );
};

async function createAgent(
  shell: Shell,
  { caisse, store, scope }: CaisseDesk,
  options: Options,
): Promise<void> {
  const email = parseEmail(options.email);
  const [givenName, familyName] = [options.givenName.trim(), options.familyName.trim()];
  if (email === null) throw new StartRefused(`« ${options.email} » n’est pas une adresse électronique.`);
  if (givenName === '' || familyName === '') throw new StartRefused('Le prénom et le nom sont nécessaires.');
  if (await findCredentials(store, emailKey(email)))
    throw new StartRefused('Cette adresse est déjà celle d’un compte de cette caisse.');
  const now = shell.now();
  const [accountId, expiresAt, { role }] = [randomUUID(), now + LINK_LASTS, options];
  const link = await transaction(store, async (inside) => {
    const person = { id: accountId, email, givenName, familyName };
    await insertAccount(inside, { ...person, ...BARE, emailKey: emailKey(email), staffRole: role }, now);
    const token = await createLink(inside, {
      purpose: 'password_reset',
      accountId,
      email,
      now,
      expiresAt,
      random: shell.random,
    });
    const facts = { operator: shell.operator, after: role, printed: options.printLink };
    await appendAudit(inside, { kind: 'agent_invited', at: now, subjectId: accountId, facts });
    const href = `${caisse.issuer}/nouveau-mot-de-passe?jeton=${token}`;
    if (!options.printLink)
      await scope.outbox.announce(inside, {
        channel: 'mail',
        template: 'office_act',
        act: 'agent_added',
        about: ROLES[role],
        link: href,
        to: email,
        givenName,
        familyName,
        expiresAt,
      });
    return href;
  });
  const until = tellAt(expiresAt, caisse.timeZone);
  shell.say(`${givenName} ${familyName} est invité à gérer « ${caisse.id} » (${ROLES[role].toLowerCase()}).`);
  shell.say(
    options.printLink
      ? `Remettez-lui ce lien en main propre ; il sert une fois, jusqu’au ${until} :\n${link}`
      : `Un courriel part avec un lien qui sert une fois, jusqu’au ${until}.`,
  );
  shell.say('À sa première connexion, un second facteur lui sera demandé.');
}

const BARE = {
  passwordHash: null,
  landline: null,
  mobile: null,
  mobileCertifiedAt: null,
  emailCertifiedAt: null,
  status: 'active',
} as const;
