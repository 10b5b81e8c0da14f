/**
 * Measures the machine's other load during a measurement. On a busy machine, times are longer than on a
 * quiet one, and differ more from round to round.
 *
 * The kernel counts, from begin to end of what is measured: the time of the CPUs that is neither idle
 * nor had by those who take part (proc_stat(5)), and what the host of a virtual machine took (steal).
 * The load is what of others runs or waits for a CPU at the beginning and at the end, when those who
 * take part do not.
 */
import { readFileSync } from 'node:fs';
import { times, whole } from './numbers.ts';
import { parseCpuList } from './placement.ts';
import type { Busyness } from './schema.ts';
import { childrenCpuSeconds, childrenOf, cpuSeconds } from './usage.ts';

/** Of USER_HZ, in which the kernel tells times of CPUs: 100 on every architecture that Node runs on. */
const TICK_SECONDS = 0.01;

/** What CPUs have done since the machine was started, seconds of all of them together. */
interface CpuTimes {
  readonly all: number;
  readonly busy: number;
  readonly steal: number;
  /** Threads that run or are ready to, on any CPU, without the one that asks. */
  readonly runnable: number;
}

/** @param stat as in proc_stat(5) @param cpus of which; the load is that of all */
export function cpuTimesOf(stat: string, cpus: readonly number[]): CpuTimes {
  const wanted = new Set(cpus.map((cpu) => `cpu${cpu}`));
  let [all, busy, stolen, runnable] = [0, 0, 0, 0];
  for (const line of stat.split('\n')) {
    const [name, ...fields] = line.split(' ');
    if (name === 'procs_running') runnable = Number(fields[0]);
    if (!wanted.has(name!)) continue;
    // What guests had is part of user and nice already.
    const times = fields.slice(0, 8).map((ticks) => Number(ticks) * TICK_SECONDS);
    const [user, nice, system, idle, iowait, irq, softirq, steal] = times as EightTimes;
    busy += user + nice + system + irq + softirq;
    stolen += steal;
    all += user + nice + system + idle + iowait + irq + softirq + steal;
  }
  return { all, busy, steal: stolen, runnable: Math.max(0, runnable - 1) };
}

type EightTimes = [number, number, number, number, number, number, number, number];

/** CPU seconds of those who take part, and of those that they waited for, such as commands that have ended. */
const useOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (cpuSeconds(pid) ?? 0) + childrenCpuSeconds(pid), 0);

/** A process and those that it has started, and theirs. */
const familyOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(familyOf)];

interface BusySample {
  readonly times: CpuTimes;
  readonly use: number;
  readonly pids: readonly number[] | null;
}

/** Looks on while something is measured, in turns. */
export class BusySampler {
  private readonly cpus: readonly number[];
  private began: BusySample;
  private readonly sums = { all: 0, busy: 0, steal: 0, ours: 0, runnable: 0, looks: 0 };

  /** @param cpus where it is measured, as the kernel lists them: `0-3,8` */
  constructor(cpus: string) {
    this.cpus = parseCpuList(cpus);
    this.began = this.sample(null);
  }

  /**
   * A turn begins; who takes part in it are these processes.
   * @param pids null: this one with all that it has started
   */
  begin(pids: readonly number[] | null): void {
    this.began = this.sample(pids);
  }

  /** The turn that began last is over. */
  end(): void {
    const { times, use, pids } = this.began;
    const now = this.sample(pids);
    const { sums } = this;
    sums.all += now.times.all - times.all;
    sums.busy += now.times.busy - times.busy;
    sums.steal += now.times.steal - times.steal;
    sums.ours += Math.max(0, now.use - use);
    sums.runnable += times.runnable + now.times.runnable;
    sums.looks += 2;
  }

  /** Of all turns together; null before one is long enough for the kernel to have counted. */
  busyness(): Busyness | null {
    const { all, busy, steal, ours, runnable, looks } = this.sums;
    if (all <= 0) return null;
    return {
      others: Math.min(1, Math.max(0, (busy - ours) / all)),
      steal: steal / all,
      load: runnable / looks,
    };
  }

  private sample(pids: readonly number[] | null): BusySample {
    const use = useOf(pids ?? familyOf(process.pid));
    return { times: cpuTimesOf(readFileSync('/proc/stat', 'utf8'), this.cpus), use, pids };
  }
}

// -- what it means -------------------------------------------------------------------------------

/** Of the CPUs' time: with more than that, what others did is as large as what is looked for. */
const SHARE_MAX = 0.1;
/** Of others that run or wait, for each CPU of the machine; where they got a share as well. */
const LOAD_MAX = 1;
const SHARE_SEEN = 0.05;

export function isBusy({ others, steal, load }: Busyness, cpus: number): boolean {
  const share = others + steal;
  return share > SHARE_MAX || (load > LOAD_MAX * cpus && share > SHARE_SEEN);
}

/**
 * Describes the machine's other load, with the figures; null for a quiet machine.
 * @param cpus of the machine
 */
export function busyText(busyness: Busyness | null, cpus: number): string | null {
  if (busyness === null || !isBusy(busyness, cpus)) return null;
  const { others, steal, load } = busyness;
  const host = steal < 0.005 ? '' : ` and the host of this virtual machine ${whole(100 * steal)} %`;
  return (
    `the machine was busy: other processes had ${whole(100 * others)} % of the CPU time${host}, and ` +
    `${times(load)} of them ran or waited at a time`
  );
}
