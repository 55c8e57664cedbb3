/** What an operator is told of the messages: how many wait, which are dead and why; and his word to send them again. */
import { listCaisses } from './store/caisses.ts';
import type { Database } from './store/database.ts';
import { countOutbox, listDeadMessages, reviveDeadMessages } from './store/dead-messages.ts';
import { handleOf } from './store/handle.ts';

const SHOWN = 50;

/** One line a caisse, then one a dead message. Neither recipients nor contents, which stay sealed. */
export async function reportOutbox(sql: Database): Promise<string[]> {
  const lines: string[] = [];
  for (const { id } of await listCaisses(sql)) {
    const { waiting, retried, dead } = await countOutbox(sql, id);
    lines.push(`${id} : ${waiting} en attente, dont ${retried} après un échec ; abandonnés : ${dead}`);
    for (const message of await listDeadMessages(handleOf(sql, id), SHOWN)) {
      const why = [message.reason, message.code].filter(Boolean).join(' ');
      const { diedAt, channel, template } = message;
      lines.push(`  ${new Date(diedAt).toISOString()}  ${channel} ${template}  ${why}  ${message.id}`);
    }
  }
  return lines;
}

/** Once what stood in the way is mended. What has expired meanwhile is dropped instead of sent. */
export async function resendDead(sql: Database): Promise<string> {
  return `Messages abandonnés remis en attente : ${await reviveDeadMessages(sql)}`;
}
