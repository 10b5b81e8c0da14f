/** Searching through a stack that runs: what it took, what reached the storage, what else went on. */
import { existsSync } from 'node:fs';
import { BusyWatch } from '../../bench/busy.ts';
import { allowedCpus } from '../../bench/placement.ts';
import type { Workload } from '../../bench/searches.ts';
import { Failure } from '../exit.ts';
import type { Searched, Served } from './served.ts';
import type { Status } from './status.ts';

export interface MeasureSettings {
  /** What is searched through, for messages. */
  readonly title: string;
  readonly workload: Workload;
  readonly status: Status;
  /** Asked now and then: throws where it is no use to go on. */
  check(): void;
}

/** Searches through a stack and takes it down. @throws {Failure} when a file is not found, or is elsewhere */
export async function measure(
  serving: Promise<Served>,
  { title, workload, status, check }: MeasureSettings,
): Promise<Searched> {
  const served = await serving;
  try {
    const look = (): void => {
      check();
      status.progress(served.done() / workload.searches.length);
    };
    const before = await whileLooking(served.counts(), look);
    const watch = existsSync('/proc/stat') ? new BusyWatch(allowedCpus()) : null;
    watch?.begin(served.pids);
    const { wrong, meanMs, p99Ms } = await whileLooking(served.search(), look);
    watch?.end();
    const busy = watch?.busyness() ?? null;
    const after = await whileLooking(served.counts(), look);
    if (wrong > 0) {
      throw new Failure(`${title}: ${wrong} of ${workload.searches.length} searches went wrong`);
    }
    const lookups = after.asked - before.asked;
    return { lookups, forwarded: after.forwarded - before.forwarded, meanMs, p99Ms, busy };
  } finally {
    await served.stop();
  }
}

const LOOK_MS = 50;

/** What a promise resolves to; `look` is called now and then meanwhile, and may throw to give up. */
export async function whileLooking<T>(promise: Promise<T>, look: () => void): Promise<T> {
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
