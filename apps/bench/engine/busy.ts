/**
 * Measures the load of other processes during a measurement. On a busy machine, times are longer
 * than on a quiet one, and differ more from round to round.
 *
 * The sampler reads proc_stat(5) at the begin and the end of each turn. `others` is CPU time that
 * neither idled nor went to the measured processes; `steal` is time that the host of a virtual
 * machine took. `load` is the number of other threads that run or wait at both samples, when the
 * measured processes do neither.
 */
import { readFileSync } from 'node:fs';
import { hundredths, whole } from './numbers.ts';
import { parseCpuList } from './placement.ts';
import type { Busyness } from './schema.ts';
import { childrenCpuSeconds, childrenOf, cpuSeconds } from './usage.ts';

/** One tick of USER_HZ, the unit of proc_stat(5): 100 a second on all architectures of Node. */
const TICK_SECONDS = 0.01;

/** CPU time since boot, in seconds, summed over CPUs. */
interface CpuTimes {
  readonly all: number;
  readonly busy: number;
  readonly steal: number;
  /** Threads that run or are ready to run, on any CPU, without the thread that samples. */
  readonly runnable: number;
}

/** @param stat text of proc_stat(5) @param cpus CPUs to sum up; `runnable` counts all CPUs */
export function cpuTimesOf(stat: string, cpus: readonly number[]): CpuTimes {
  const wanted = new Set(cpus.map((cpu) => `cpu${cpu}`));
  let [all, busy, stolen, runnable] = [0, 0, 0, 0];
  for (const line of stat.split('\n')) {
    const [name, ...fields] = line.split(' ');
    if (name === 'procs_running') runnable = Number(fields[0]);
    if (!wanted.has(name!)) continue;
    // Time of guests is part of user and nice already.
    const times = fields.slice(0, 8).map((ticks) => Number(ticks) * TICK_SECONDS);
    const [user, nice, system, idle, iowait, irq, softirq, steal] = times as EightTimes;
    busy += user + nice + system + irq + softirq;
    stolen += steal;
    all += user + nice + system + idle + iowait + irq + softirq + steal;
  }
  return { all, busy, steal: stolen, runnable: Math.max(0, runnable - 1) };
}

type EightTimes = [number, number, number, number, number, number, number, number];

/** CPU seconds of these processes and of ended children that they have waited for. */
const useOf = (pids: readonly number[]): number =>
  pids.reduce((sum, pid) => sum + (cpuSeconds(pid) ?? 0) + childrenCpuSeconds(pid), 0);

/** A process and its descendants. */
const familyOf = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(familyOf)];

interface BusySample {
  readonly times: CpuTimes;
  readonly use: number;
  readonly pids: readonly number[] | null;
}

/** Samples the machine at the begin and end of each turn, and sums up the differences. */
export class BusySampler {
  private readonly cpus: readonly number[];
  private began: BusySample;
  private readonly sums = { all: 0, busy: 0, steal: 0, ours: 0, runnable: 0, looks: 0 };

  /** @param cpus CPUs of the measurement, in the kernel's list format: `0-3,8` */
  constructor(cpus: string) {
    this.cpus = parseCpuList(cpus);
    this.began = this.sample(null);
  }

  /**
   * Begins a turn.
   * @param pids the measured processes; null: this process with its descendants
   */
  begin(pids: readonly number[] | null): void {
    this.began = this.sample(pids);
  }

  /** Ends the turn that began last. */
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

  /** The load over all turns; null while the turns are shorter than a tick of the kernel. */
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

// -- the verdict ---------------------------------------------------------------------------------

/** Share of the CPU time above which other work is as large as the differences to be measured. */
const SHARE_MAX = 0.1;
/** Other threads per CPU that make a machine busy, if they also got SHARE_SEEN of the CPU time. */
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
    `${hundredths(load)} of them ran or waited at a time`
  );
}
