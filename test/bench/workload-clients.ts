/**
 * Runs the workloads of `glossa bench` with its client processes, on one target after the other.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeHistogram, recordNs, summarize } from '../../apps/bench/engine/histogram.ts';
import { Clients } from '../../apps/bench/engine/load/clients.ts';
import { MeasurementError, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { type CpuAssignment, readAllowedCpus } from '../../apps/bench/engine/placement.ts';
import type { WorkloadName } from '../../apps/bench/engine/workloads/index.ts';
import type { Bench } from './bench.ts';
import type { Target } from './targets.ts';

const TIMEOUT_MS = 600_000;
const NS_PER_US = 1000;

export interface RequestTimes {
  /** Microseconds of a request. */
  readonly mean: number;
  readonly p50: number;
  readonly p99: number;
  /** Requests of all clients, including the time between requests. */
  readonly perSecond: number;
  /** Lookups that came to the storage, for each request; null without a counter. */
  readonly lookups: number | null;
}

/** A number of client processes, pinned at each measurement. */
export class WorkloadClients {
  private readonly bench: Bench;
  private readonly count: number;
  private cpus = '';
  private clients: Clients | null = null;

  constructor(bench: Bench, count = 1) {
    this.bench = bench;
    this.count = count;
    bench.cleanup.add(() => this.endClients());
  }

  /** Makes the tree of a workload in a new folder. @throws {MeasurementError} */
  async makeTree(
    cpuAssignment: CpuAssignment,
    workload: WorkloadName,
    root: string,
  ): Promise<void> {
    await this.withClients(cpuAssignment, (clients) =>
      clients.requestFirst('make', { workload, root }, TIMEOUT_MS),
    );
  }

  /**
   * Measures the first `count` requests of each client in a folder with the workload's tree.
   * @throws {MeasurementError}
   */
  async measure(
    target: Target,
    cpuAssignment: CpuAssignment,
    workload: WorkloadName,
    root: string,
    count: number,
  ): Promise<RequestTimes> {
    // The folder of the reference tree, from which right answers are taken.
    const plainFolder = join(this.bench.data, `reference-${workload}`);
    if (!existsSync(plainFolder)) await this.makeTree(cpuAssignment, workload, plainFolder);
    const setting = { root, plainFolder, seed: 1, command: null };
    return this.withClients(cpuAssignment, async (clients) => {
      const open = (client: number) => ({ workload, setting: { ...setting, client } });
      await clients.requestAll('open', open, TIMEOUT_MS);
      const before = await readLookups(target);
      const start = performance.now();
      const results = await clients.requestAll('run', () => ({ from: 0, count }), TIMEOUT_MS);
      const seconds = (performance.now() - start) / 1e3;
      const after = await readLookups(target);
      await clients.requestAll('close', () => ({}), TIMEOUT_MS);
      const wrongCount = results.reduce((sum, loop) => sum + loop.wrongCount, 0);
      const all = count * results.length;
      if (wrongCount > 0) {
        const complaint = results.find((loop) => loop.complaint !== null)!.complaint;
        throw new WrongAnswers(`${wrongCount} of ${all} answers were wrong: ${complaint}`);
      }
      const histogram = makeHistogram();
      for (const { timesNs } of results) for (const ns of timesNs) recordNs(histogram, ns);
      const { mean, p50, p99 } = summarize(histogram);
      return {
        mean: mean / NS_PER_US,
        p50: p50 / NS_PER_US,
        p99: p99 / NS_PER_US,
        perSecond: all / seconds,
        lookups: before === null || after === null ? null : (after - before) / all,
      };
    });
  }

  private async withClients<T>(
    cpuAssignment: CpuAssignment,
    use: (clients: Clients) => Promise<T>,
  ): Promise<T> {
    const cpus = cpuAssignment.client === null ? readAllowedCpus() : String(cpuAssignment.client);
    if (cpus !== this.cpus) await this.endClients();
    this.cpus = cpus;
    this.clients ??= new Clients({ count: this.count, cpus, signal: this.bench.signal });
    try {
      return await use(this.clients);
    } catch (error) {
      // A client may hang in the mount: new ones measure the next target.
      this.clients.kill();
      this.clients = null;
      throw error;
    }
  }

  private async endClients(): Promise<void> {
    const { clients } = this;
    this.clients = null;
    clients?.kill();
    await clients?.waitUntilEnded();
  }
}

async function readLookups({ countLookups }: Target): Promise<number | null> {
  if (countLookups === undefined) return null;
  const count = await countLookups();
  if (count === null) throw new MeasurementError('nothing counts its lookups');
  return count;
}
