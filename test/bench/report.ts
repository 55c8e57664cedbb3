/** The figures of a run, as a table that people read and as JSON that programs compare. */
import { cpus, release, totalmem } from 'node:os';
import { median } from './load.ts';
import type { Figures } from './measure.ts';

export type Row = {
  readonly workload: string;
  readonly processes: number;
  /** One entry a round. */
  readonly product: readonly Figures[];
  /** Of the same rounds; empty when the reference has no such thing. */
  readonly raw: readonly Figures[];
  readonly against: string | null;
};

export type Goal = {
  readonly name: string;
  readonly wanted: string;
  readonly got: string;
  readonly reached: boolean;
};

export type Run = {
  readonly date: string;
  readonly quick: boolean;
  readonly delegations: number;
  readonly minutes: number;
  readonly rows: readonly Row[];
  readonly goals: readonly Goal[];
  /** What could not be measured. */
  readonly failures: readonly string[];
};

type Key = keyof Figures;

export const mid = (figures: readonly Figures[], key: Key): number => median(figures.map((one) => one[key]));

/** The reference's figures that a row is compared with. */
const comparedWith = (run: Pick<Run, 'rows'>, row: Row): readonly Figures[] =>
  row.raw.length > 0
    ? row.raw
    : (run.rows.find(({ workload, processes }) => workload === row.against && processes === row.processes)
        ?.raw ?? []);

/** Product's rate over the reference's, round by round: both were measured within seconds of one another. */
export function ratio(run: Pick<Run, 'rows'>, row: Row): number | null {
  const raw = comparedWith(run, row);
  if (raw.length === 0) return null;
  return median(row.product.map(({ perSecond }, i) => perSecond / (raw[i]?.perSecond ?? Number.NaN)));
}

const round = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

function spread(figures: readonly Figures[]): string {
  const rates = figures.map(({ perSecond }) => perSecond);
  const middle = median(rates);
  return `±${(((Math.max(...rates) - Math.min(...rates)) / 2 / middle) * 100).toFixed(0)} %`;
}

/** As soon as it is known, for who watches the run. */
export function brief(row: Row): string {
  const [rate, told] = [round(mid(row.product, 'perSecond')), ratio({ rows: [] }, row)];
  return `${rate} a second${told === null ? '' : `, ${told.toFixed(2)} of the reference`}`;
}

const HEAD = [
  'workload',
  'proc.',
  'product /s',
  'spread',
  'raw /s',
  'ratio',
  'p50 ms',
  'p99 ms',
  'CPU ms server',
  'CPU ms database',
  'queries',
  'raw CPU ms',
  'raw queries',
  'peak MiB',
];

function cells(run: Run, row: Row): string[] {
  const raw = comparedWith(run, row);
  const told = ratio(run, row);
  const borrowed = row.raw.length === 0 && row.against !== null ? ` (${row.against})` : '';
  return [
    row.workload,
    String(row.processes),
    round(mid(row.product, 'perSecond')),
    spread(row.product),
    raw.length === 0 ? '–' : round(mid(raw, 'perSecond')) + borrowed,
    told === null ? '–' : told.toFixed(2),
    round(mid(row.product, 'p50')),
    round(mid(row.product, 'p99')),
    round(mid(row.product, 'serverCpu')),
    round(mid(row.product, 'databaseCpu')),
    round(mid(row.product, 'queries')),
    raw.length === 0 ? '–' : round(mid(raw, 'serverCpu') + mid(raw, 'databaseCpu')),
    raw.length === 0 ? '–' : round(mid(raw, 'queries')),
    round(Math.max(...row.product.map(({ peakMemory }) => peakMemory))),
  ];
}

const line = (values: readonly string[]): string => `| ${values.join(' | ')} |`;

const machine = (): string =>
  `${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, Node ${process.version}`;

export function markdown(run: Run): string {
  return [
    `# Bench of ${run.date}`,
    '',
    `${machine()}. ${run.delegations} delegations in the table. Medians of ${run.rows[0]?.product.length ?? 0} rounds that alternate`,
    `between the product and the reference${run.quick ? ', shortened by `--quick`: a look, not a figure' : ''}. The load comes from the same machine.`,
    `The run took ${run.minutes.toFixed(0)} minutes.`,
    ...run.failures.map((what) => `**Could not be measured: ${what}.**`),
    '',
    line(HEAD),
    line(HEAD.map(() => '---')),
    ...run.rows.map((row) => line(cells(run, row))),
    '',
    line(['to reach', 'wanted', 'got', '']),
    line(['---', '---', '---', '---']),
    ...run.goals.map(({ name, wanted, got, reached }) =>
      line([name, wanted, got, reached ? 'reached' : 'missed']),
    ),
    '',
  ].join('\n');
}
