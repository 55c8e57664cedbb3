/** Memory that starting took and nothing needs any more: half of what a process holds when it begins to listen. */
import { Session } from 'node:inspector/promises';

/**
 * A full collection, after which V8 gives pages back to the system and begins again with a small young generation. By
 * itself it does so once a process has been idle for a while. Takes some 0.1 s, so it is not for later.
 */
export async function giveMemoryBack(): Promise<void> {
  const session = new Session();
  session.connect();
  await session.post('HeapProfiler.collectGarbage');
  session.disconnect();
}
