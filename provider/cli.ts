/**
 * Administration from a shell: `npm run admin -- <command>`. A command is a file of admin/, added below; what it does
 * lives in its room. Ends with 0 when all went as asked, else with 1.
 */
import { userInfo } from 'node:os';
import { Command, CommanderError } from 'commander';
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

export type Terminal = Omit<Shell, 'fail'> & {
  /** Text for standard error, with its end of line. */
  readonly complain: (text: string) => void;
};

/** @returns the exit code. `args`: as typed after the program's name. */
export async function runCommand(args: readonly string[], terminal: Terminal): Promise<number> {
  let code = 0;
  const shell: Shell = { ...terminal, fail: (told) => (code = told) };
  const program = new Command('caisse-id')
    .description('Administration de Caisse ID')
    // Inherited by every command that is added below.
    .exitOverride()
    .configureOutput({ writeOut: (text) => terminal.say(text.trimEnd()), writeErr: terminal.complain });
  for (const add of COMMANDS) add(program, shell);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    // What does not fit the command's options was told already.
    if (error instanceof CommanderError) return error.exitCode;
    terminal.complain(`${explain(error)}\n`);
    return 1;
  }
  return code;
}

if (import.meta.main) {
  process.exitCode = await runCommand(process.argv.slice(2), {
    ...surroundings,
    operator: userInfo().username,
    log: openLog({ level: 'silent', file: null }),
    complain: (text) => process.stderr.write(text),
  });
}
