/**
 * Measures searches through stacks that run beside each other, in rounds that take turns: their times, the
 * lookups that reached the storage, and the machine's other load.
 */
import { existsSync } from 'node:fs';
import { Failure } from '../../terminal/exit.ts';
import { BusyWatch } from '../bench/engine/busy.ts';
import { allowedCpus } from '../bench/engine/placement.ts';
import { seeded } from '../bench/engine/random.ts';
import { orders } from '../bench/engine/rounds.ts';
import type { Busyness } from '../bench/engine/schema.ts';
import { expectationOf, type Workload } from '../bench/engine/searches.ts';
import type { Searched, Served } from './served.ts';
import type { Status } from './status.ts';

/** Of the searches: enough for an interval from which the most extreme round of each side is left out. */
export const ROUNDS = 20;

/** A stack to search through. */
export interface Searchable {
  /** For messages. */
  readonly title: string;
  /** @throws {Failure} when it cannot be served; nothing is left then */
  serve(): Promise<Served>;
}

/** A stack that runs, with its title for messages. */
interface ServedStack extends Served, Pick<Searchable, 'title'> {}

export interface MeasureSettings {
  readonly seed: number;
  readonly workload: Workload;
  readonly status: Status;
  /** Processes of the storage, which work for the searches as well. */
  readonly pids: readonly number[];
  /** Called now and then: throws where it is no use to go on. */
  check(): void;
}

export interface Measurement {
  readonly busy: Busyness | null;
  /** In the order of the stacks. */
  readonly searched: readonly Searched[];
}

/** Starts all stacks at once, and stops them after `act`. @throws {Failure} */
export async function withServed<T>(
  stacks: readonly Searchable[],
  act: (served: readonly ServedStack[]) => Promise<T>,
): Promise<T> {
  const served: ServedStack[] = [];
  try {
    const starts = await Promise.allSettled(
      stacks.map(async ({ title, serve }) => ({ title, ...(await serve()) })),
    );
    for (const start of starts) if (start.status === 'fulfilled') served.push(start.value);
    for (const start of starts) if (start.status === 'rejected') throw start.reason;
    return await act(served);
  } finally {
    await stopAll(served);
  }
}

/** @throws what the first of them complains of, when all are stopped */
async function stopAll(served: readonly Served[]): Promise<void> {
  const ends = await Promise.allSettled(served.map((it) => it.stop()));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

/** Searches through the stacks in turns. @throws {Failure} also when a search finds a wrong directory */
export async function measureServed(
  served: readonly ServedStack[],
  { seed, workload, status, pids: storage, check }: MeasureSettings,
): Promise<Measurement> {
  const { lookups } = expectationOf(workload);
  const look = <T>(promise: Promise<T>): Promise<T> => whileLooking(promise, check);
  await look(Promise.all(served.map((each) => each.warmUp())));
  const before: number[] = [];
  for (const each of served) before.push(await look(each.lookups()));
  const watch = existsSync('/proc/stat') ? new BusyWatch(allowedCpus()) : null;
  watch?.begin([...new Set([...served.flatMap(({ pids }) => pids), ...storage])]);
  const times: Float64Array[][] = served.map(() => []);
  let done = 0;
  for (const [round, order] of orders(
    [...served.keys()],
    workload.rounds,
    seeded(seed),
  ).entries()) {
    for (const at of order) {
      const outcome = await look(served[at]!.search(round));
      if (outcome.wrong > 0) {
        const all = outcome.times.length;
        throw new Failure(`${served[at]!.title}: ${outcome.wrong} of ${all} searches went wrong`);
      }
      times[at]!.push(outcome.times.map((ns) => ns / NS_PER_MS));
      done += 1;
      status.progress(done / (served.length * workload.rounds));
    }
  }
  watch?.end();
  const searched: Searched[] = [];
  for (const [at, each] of served.entries()) {
    const forwarded = (await look(each.lookups())) - before[at]!;
    const roundsMs = times[at]!.map(meanOf);
    const all = Float64Array.from(times[at]!.flatMap((round) => [...round]));
    searched.push({ lookups, forwarded, roundsMs, ...summarise(all) });
  }
  return { busy: watch?.busyness() ?? null, searched };
}

/** Mean, and the smallest time that 99 % of all do not exceed. */
export function summarise(times: Float64Array): { meanMs: number; p99Ms: number } {
  const sorted = times.toSorted();
  return { meanMs: meanOf(times), p99Ms: sorted[Math.ceil(times.length * 0.99) - 1]! };
}

const meanOf = (times: Float64Array): number =>
  times.reduce((sum, time) => sum + time, 0) / times.length;

const NS_PER_MS = 1e6;
const LOOK_MS = 50;

/** What a promise resolves to; `look` is called now and then meanwhile, and may throw to give up. */
async function whileLooking<T>(promise: Promise<T>, look: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const givenUp = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      try {
        look();
      } catch (error) {
        reject(error);
      }
    }, LOOK_MS);
  });
  try {
    return await Promise.race([promise, givenUp]);
  } finally {
    clearInterval(timer);
  }
}
