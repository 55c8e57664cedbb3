/** Stands in for the outbox until it is built. */
import type { Message } from '../domain/message.ts';
import type { Handle } from './handle.ts';

export type Outbox = {
  /** Writes the message in the caller's transaction; it leaves once that has committed. */
  readonly announce: (inside: Handle, message: Message) => Promise<void>;
};
