/**
 * Measures how busy other processes keep the machine during a measurement, for the warnings of a
 * report. A busy machine makes times longer, and makes them differ more from round to round.
 *
 * The sampler reads proc_stat(5) before and after each measured interval, when the measured
 * processes neither run nor wait for a CPU. schema.ts explains the resulting `others`, `steal` and
 * `load`.
 */
import { readFileSync } from 'node:fs';
import { formatHundredths, formatWhole } from './numbers.ts';
import { parseCpuList } from './placement.ts';
import { listChildren, readChildrenCpuSeconds, readCpuSeconds } from './process-usage.ts';
import type { Busyness } from './schema.ts';

/** Seconds of a tick of USER_HZ, the unit of proc_stat(5): 100 a second wherever Node runs. */
const TICK_SECONDS = 0.01;

/**
 * CPU times since boot, in seconds, summed over the CPUs of the measurement; and the number of
 * runnable threads.
 */
interface CpuTimes {
  /** All time, idle time included. */
  readonly total: number;
  /** Time that processes and the kernel used. */
  readonly busy: number;
  /** Time that the host of a virtual machine gave to others. */
  readonly steal: number;
  /** Threads that run or are ready to run, on any CPU, except the thread that samples. */
  readonly runnableCount: number;
}

/**
 * Adds up the CPU times of these CPUs.
 * @param stat text of proc_stat(5)
 * @param cpuNumbers the CPUs whose times are summed up; `runnableCount` is for all CPUs
 */
export function parseCpuTimes(stat: string, cpuNumbers: readonly number[]): CpuTimes {
  const cpuNames = new Set(cpuNumbers.map((cpu) => `cpu${cpu}`));
  let [totalSum, busySum, stealSum, runningCount] = [0, 0, 0, 0];
  for (const line of stat.split('\n')) {
    const [name, ...fields] = line.split(' ');
    if (name === 'procs_running') runningCount = Number(fields[0]);
    if (!cpuNames.has(name!)) continue;
    // The fields after the eighth are times of guest systems, which user and nice already contain.
    const times = fields.slice(0, 8).map((ticks) => Number(ticks) * TICK_SECONDS);
    const [user, nice, system, idle, iowait, irq, softirq, steal] = times as StatTimes;
    busySum += user + nice + system + irq + softirq;
    stealSum += steal;
    totalSum += user + nice + system + idle + iowait + irq + softirq + steal;
  }
  // The thread that samples runs, too, and is not counted.
  const runnableCount = Math.max(0, runningCount - 1);
  return { total: totalSum, busy: busySum, steal: stealSum, runnableCount };
}

/** Reads the text of proc_stat(5); '' on systems without /proc, whose busyness is then unknown. */
function readStat(): string {
  try {
    return readFileSync('/proc/stat', 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** The first eight fields of a CPU's line: user, nice, system, idle, iowait, irq, softirq, steal. */
type StatTimes = [number, number, number, number, number, number, number, number];

/** Sums the CPU seconds of these processes and of ended children that they have waited for. */
const sumCpuSeconds = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (readCpuSeconds(pid) ?? 0) + readChildrenCpuSeconds(pid), 0);

/** Lists the pids of a process and of its descendants. */
const listProcessTree = (pid: number): number[] => [
  pid,
  ...listChildren(pid).flatMap(listProcessTree),
];

/** A sample at the start or end of a measured interval. */
interface BusySample {
  readonly times: CpuTimes;
  /** CPU seconds of the measured processes. */
  readonly ownSeconds: number;
  /** The measured processes; null: this process with its descendants. */
  readonly pids: readonly number[] | null;
}

/** Samples the machine before and after each measured interval, and sums up the differences. */
export class BusySampler {
  private readonly cpuNumbers: readonly number[];
  private intervalStart: BusySample;
  /** Sums over all intervals: seconds, runnable threads, and the number of samples of these. */
  private readonly sums = { total: 0, busy: 0, steal: 0, own: 0, runnable: 0, sampleCount: 0 };

  /** @param cpuList CPUs of the measurement, in the kernel's list format: `0-3,8` */
  constructor(cpuList: string) {
    this.cpuNumbers = parseCpuList(cpuList);
    // This sample is never used, as each interval starts with its own: the field must not be null.
    this.intervalStart = this.sample(null);
  }

  /**
   * Begins a measured interval.
   * @param pids the measured processes; null: this process with its descendants
   */
  begin(pids: readonly number[] | null): void {
    this.intervalStart = this.sample(pids);
  }

  /** Ends the interval that began last. */
  end(): void {
    const { times, ownSeconds, pids } = this.intervalStart;
    const intervalEnd = this.sample(pids);
    const { sums } = this;
    sums.total += intervalEnd.times.total - times.total;
    sums.busy += intervalEnd.times.busy - times.busy;
    sums.steal += intervalEnd.times.steal - times.steal;
    sums.own += Math.max(0, intervalEnd.ownSeconds - ownSeconds);
    sums.runnable += times.runnableCount + intervalEnd.times.runnableCount;
    sums.sampleCount += 2;
  }

  /**
   * Computes the load over all intervals; null if they were shorter than a tick of the kernel, or
   * the system has no /proc.
   */
  computeBusyness(): Busyness | null {
    const { total, busy, steal, own, runnable, sampleCount } = this.sums;
    if (total <= 0) return null;
    return {
      others: Math.min(1, Math.max(0, (busy - own) / total)),
      steal: steal / total,
      load: runnable / sampleCount,
    };
  }

  /** Reads the CPU times of the machine and of the measured processes. */
  private sample(pids: readonly number[] | null): BusySample {
    const ownSeconds = sumCpuSeconds(pids ?? listProcessTree(process.pid));
    return {
      times: parseCpuTimes(readStat(), this.cpuNumbers),
      ownSeconds,
      pids,
    };
  }
}

// -- the verdict ---------------------------------------------------------------------------------

/** Share of the CPU time above which other work can distort times by as much as stacks differ. */
const OTHER_SHARE_MAX = 0.1;
/** Number of other threads per CPU above which OTHER_SHARE_MAX_UNDER_LOAD is the limit. */
const LOAD_MAX = 1;
/** The limit in place of OTHER_SHARE_MAX on a machine whose load is above LOAD_MAX. */
const OTHER_SHARE_MAX_UNDER_LOAD = 0.05;

/** Whether other work disturbed the measurement. @param cpuCount CPUs of the machine */
export function isBusy({ others, steal, load }: Busyness, cpuCount: number): boolean {
  const share = others + steal;
  const isLoaded = load > LOAD_MAX * cpuCount;
  return share > (isLoaded ? OTHER_SHARE_MAX_UNDER_LOAD : OTHER_SHARE_MAX);
}

/**
 * Describes the machine's other load, with its figures; returns null if the machine was quiet, or
 * its load is unknown.
 * @param cpuCount CPUs of the machine
 */
export function describeBusyness(busyness: Busyness | null, cpuCount: number): string | null {
  if (busyness === null || !isBusy(busyness, cpuCount)) return null;
  const { others, steal, load } = busyness;
  // A share that would be shown as 0 % is left out.
  const stealText =
    steal < 0.005 ? '' : ` and the host of this virtual machine ${formatWhole(100 * steal)} %`;
  return (
    `the machine was busy: other processes had ${formatWhole(100 * others)} % of the CPU time${stealText}, and ` +
    `${formatHundredths(load)} of them ran or waited at a time`
  );
}
