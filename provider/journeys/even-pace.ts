/** Answers that must not tell what was found: they leave at one pace, whatever had to be done for them. */
import { setTimeout as pause } from 'node:timers/promises';

/** Milliseconds; more than the work takes on a busy day, less than anybody minds. */
const PACE = 250;

export async function atAnEvenPace<T>(work: Promise<T>): Promise<T> {
  const [done] = await Promise.allSettled([work, pause(PACE)]);
  if (done.status === 'rejected') throw done.reason;
  return done.value;
}
