/** Where a processor's time went, by package or room, from the profiles that V8 wrote. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

type Profile = {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
};

const SHOWN = 20;

/** Reads and removes them. One line a place, the most expensive first, with its share of the time that was not idle. */
export function summarise(directory: string): string {
  const spent = new Map<string, number>();
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'))) {
    add(JSON.parse(readFileSync(join(directory, file), 'utf8')) as Profile, spent);
    rmSync(join(directory, file));
  }
  spent.delete('(idle)');
  const all = [...spent.values()].reduce((sum, time) => sum + time, 0);
  return [...spent]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([place, time]) => `${((time / all) * 100).toFixed(1).padStart(5)} %  ${place}`)
    .join('\n');
}

function add({ nodes, samples, timeDeltas }: Profile, spent: Map<string, number>): void {
  const places = new Map(nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  for (const [i, id] of samples.entries()) {
    const place = places.get(id) ?? '(unknown)';
    spent.set(place, (spent.get(place) ?? 0) + (timeDeltas[i] ?? 0));
  }
}

function placeOf({ functionName, url }: Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName || '(anonymous)';
  const module = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (module) return `node_modules/${module}`;
  const ours = /\/(provider|policies)\/(.*)$/.exec(url);
  return ours ? `${ours[1]}/${ours[2]}` : url;
}
