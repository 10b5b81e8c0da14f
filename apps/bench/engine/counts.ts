/** Whether stacks that should have passed the same lookups on did so. Pure. */
import type { Sample } from './results.ts';
import { PASSED_ON } from './target.ts';
import { type WorkloadName, workloads } from './workloads/index.ts';

/** Stacks that are the same but for their language. */
export interface Alike {
  readonly stacks: readonly string[];
  /** How long one of them remembers a name, seconds; Infinity: nothing is forgotten by the clock. */
  readonly rememberSeconds: number;
  /** The kernel caches names for a while, and asks again when it likes. */
  readonly kernelCaches: boolean;
}

export interface Counting {
  readonly alike: Alike;
  readonly workload: WorkloadName;
  readonly rounds: number;
  readonly clients: number;
  /** From the start of the first stack to the end of the last round. */
  readonly seconds: number;
}

interface Row {
  readonly name: string;
  readonly samples: readonly Pick<Sample, 'counts'>[];
  /** What was found is put there, too. */
  readonly warnings: string[];
}

/** Stacks whose lookups are other than those of the first: of each a text that fails the run. */
export function checkCounts(counting: Counting, rows: readonly Row[]): string[] {
  const { alike, rounds, workload } = counting;
  const whole = rows.filter(
    ({ name, samples }) =>
      alike.stacks.includes(name) &&
      samples.length === rounds &&
      samples[0]?.counts[PASSED_ON] !== undefined,
  );
  const first = whole[0];
  if (first === undefined) return [];
  const excuse = excuseOf(counting);
  return whole.slice(1).flatMap((row) => {
    const [mine, other] = [passedOn(row), passedOn(first)];
    if (mine === other) return [];
    const text = `${mine} lookups were passed on, by ${first.name} ${other}`;
    row.warnings.push(excuse === null ? text : `${text}; ${excuse}`);
    return excuse === null ? [`${workload}, ${row.name}: ${text}`] : [];
  });
}

const passedOn = ({ samples }: Row): number =>
  samples.reduce((sum, { counts }) => sum + (counts[PASSED_ON] ?? 0), 0);

/** A name may be forgotten somewhat sooner: not each has a timer of its own. */
const SURELY = 0.9;

/** Why the same requests need not be the same lookups; null when they have to be. */
function excuseOf({ alike, workload, clients, seconds }: Counting): string | null {
  if (workload === 'command') return 'a command does what it likes';
  if (clients > 1 && !workloads[workload].onlyLooks) {
    return "of several clients that make and remove files, each other's turn decides what one finds";
  }
  if (alike.kernelCaches) return 'the kernel caches names for a while, and asks by the clock';
  if (seconds < SURELY * alike.rememberSeconds) return null;
  return `names are remembered for ${alike.rememberSeconds} s, and forgotten by the clock`;
}
