/** What one figure of a workload cannot tell: tails at a fixed rate, memory over time, one server while it is stormed. */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import argon2 from 'argon2';
import * as flows from './flows.ts';
import { expectStatus, send } from './http.ts';
import { fixedRate, quantile, times } from './load.ts';
import { PASSWORD, type Person, productionHash, type Seeded } from './seed.ts';
import type { Subject } from './subjects.ts';
import { memoryOf } from './usage.ts';

/** Milliseconds of processor that one verification takes here. */
export async function argon2Cpu(count: number): Promise<number> {
  const hash = await productionHash();
  await argon2.verify(hash, PASSWORD);
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) await argon2.verify(hash, PASSWORD);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / count;
}

/** Milliseconds, from the moment at which each was due. */
export async function decisionTail(
  { target }: Subject,
  { fourLinks }: Seeded,
  rate: number,
  seconds: number,
) {
  const token = await flows.clientCredentials(target);
  const asked = { subject: fourLinks.accountId, siret: fourLinks.siret };
  const decide = () => flows.decide(target, token, asked);
  await fixedRate(decide, rate, 1);
  const { latencies } = await fixedRate(decide, rate, seconds);
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99) };
}

function personAt(people: readonly Person[], i: number): flows.Person {
  const { email, sites } = people[i % people.length] as Person;
  return { email, siteId: sites[0]?.id ?? '' };
}

/** MiB after each quarter of so many sign-ins: flat means that the last quarters do not grow. */
export async function memoryOverSignIns({ target, pids }: Subject, { unhashed }: Seeded, count: number) {
  const quarters: number[] = [];
  for (let quarter = 0; quarter < 4; quarter++) {
    await times((i) => flows.signIn(target, personAt(unhashed, i)), Math.ceil(count / 4), 8);
    quarters.push(memoryOf(pids));
  }
  return quarters;
}

/** `/health/live`, in milliseconds, while so many people sign in at the same moment with the production hash. */
export async function healthDuringStorm({ target }: Subject, { people }: Seeded, count: number) {
  const latencies: number[] = [];
  let over = false;
  const storm = times((i) => flows.signIn(target, personAt(people, i)), count, count).finally(() => {
    over = true;
  });
  const probe = async () => {
    while (!over) {
      const before = performance.now();
      expectStatus(await send(target, '/health/live'), 200, 'live');
      latencies.push(performance.now() - before);
      await delay(10);
    }
  };
  const [{ seconds }] = await Promise.all([storm, probe()]);
  const sorted = latencies.sort((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99), seconds };
}

/** MiB of a process that has built each of those issuers. */
export async function memoryWithCaisses({ target, pids }: Subject, ids: readonly string[]): Promise<number> {
  for (const id of ids)
    expectStatus(await send(target, `/${id}/.well-known/openid-configuration`), 200, 'discovery');
  return memoryOf(pids);
}
