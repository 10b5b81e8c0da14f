/**
 * What a second volume in Python takes: the time to start it and the memory it brings, each in a
 * process of its own in which one runs already.
 */
import { fileURLToPath } from 'node:url';
import { isMissing, type Missing, NotMeasured, orMissing } from '../../../runtime/bench/missing.ts';
import { digits, ranged, whole } from '../../../runtime/bench/numbers.ts';
import { estimate, isJumpy } from '../../../runtime/bench/statistics.ts';
import type { Figure } from '../figures.ts';
import type { Report, Row } from '../report.ts';
import type { Lab } from './graphs.ts';

const STARTS = { full: 9, quick: 3 };

/** What the process prints. */
export interface Second {
  /** The best of several starts. */
  readonly seconds: number;
  /** 10⁶ bytes of resident memory. */
  readonly megabytes: number;
  /** The same for the first one, over a process without any. */
  readonly first: { readonly seconds: number; readonly megabytes: number };
}

export async function secondVolume(lab: Lab): Promise<Report> {
  const starts = lab.quick ? STARTS.quick : STARTS.full;
  lab.say(`Python: a second volume, ${starts} times`);
  const measured = await orMissing(() => measure(lab, starts));
  return {
    sections: [
      {
        title: `volumes in Python in one process: median of ${starts} processes [lowest – highest]`,
        columns: ['start, s', 'memory, MB'],
        rows: [
          row('the first', measured, ({ first }) => first),
          row('one more, the best of four starts', measured),
        ],
      },
    ],
    figures: [
      figure('a second Python volume: start', 'seconds', measured),
      figure('a second Python volume: memory', 'megabytes', measured),
    ],
    raw: measured,
  };
}

async function measure(lab: Lab, starts: number): Promise<readonly Second[]> {
  const program = fileURLToPath(import.meta.url).replace(/second(\.[jt]s)$/, 'two-volumes$1');
  const flags = [...process.execArgv, '--expose-gc', program];
  const measured: Second[] = [];
  // The first one also makes what later ones find in the cache.
  for (let start = 0; start <= starts; start++) {
    const said = await lab.tools.output(process.execPath, flags);
    const line = said.trim().split('\n').at(-1) ?? '';
    if (!line.startsWith('{')) throw new NotMeasured(line);
    if (start > 0) measured.push(JSON.parse(line) as Second);
  }
  return measured;
}

type Taken = Pick<Second, 'seconds' | 'megabytes'>;

function row(
  title: string,
  measured: readonly Second[] | Missing,
  pick: (second: Second) => Taken = (second) => second,
): Row {
  if (isMissing(measured)) return { title, cells: [`not measured: ${measured.missing}`] };
  const taken = measured.map(pick);
  const of = (key: keyof Taken) => estimate(taken.map((one) => one[key]));
  return { title, cells: [ranged(of('seconds'), digits), ranged(of('megabytes'), whole)] };
}

const bars = {
  seconds: { unit: 's', bar: { limit: 0.3, aim: 0.2 } },
  megabytes: { unit: 'MB', bar: { limit: 120, aim: 80 } },
} as const satisfies Record<keyof Taken, Pick<Figure, 'unit' | 'bar'>>;

function figure(what: string, key: keyof Taken, measured: readonly Second[] | Missing): Figure {
  if (isMissing(measured)) return { what, ...bars[key], value: measured };
  const rounds = measured.map((one) => one[key]);
  return { what, ...bars[key], value: { ...estimate(rounds), doubtful: isJumpy(rounds) } };
}
