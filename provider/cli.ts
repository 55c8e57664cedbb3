/**
 * Administration from a shell: `npm run admin -- <command>`. A command is a file of admin/, added below; what it does
 * lives in its room. Ends with 0 when all went as asked, else with 1.
 */
import { userInfo } from 'node:os';
import { Command } from 'commander';
import { auditCommands } from './admin/audit.ts';
import { createAgentCommand } from './admin/create-agent.ts';
import { createCaisseCommand } from './admin/create-caisse.ts';
import { resetCommand } from './admin/demo.ts';
import { doctorCommand } from './admin/doctor.ts';
import { importCommand } from './admin/import.ts';
import { messagesCommand } from './admin/messages.ts';
import { printLettersCommand } from './admin/print-letters.ts';
import { rotateKeysCommand } from './admin/rotate-keys.ts';
import type { AdminCommand, Shell } from './admin/shell.ts';
import { unlockCommand } from './admin/unlock.ts';
import { openLog } from './logging.ts';
import { explain, surroundings } from './main.ts';

const COMMANDS: readonly AdminCommand[] = [
  createCaisseCommand,
  createAgentCommand,
  rotateKeysCommand,
  unlockCommand,
  auditCommands,
  importCommand,
  printLettersCommand,
  messagesCommand,
  doctorCommand,
  resetCommand,
];

const shell: Shell = {
  ...surroundings,
  operator: userInfo().username,
  log: openLog({ level: 'silent', file: null }),
  fail(code) {
    process.exitCode = code;
  },
};

const program = new Command('caisse-id').description('Administration de Caisse ID');
for (const add of COMMANDS) add(program, shell);

await program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
});
