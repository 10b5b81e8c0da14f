/**
 * Runs the workloads of `glossa bench` with its client processes, on one target after the other.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeHistogram, recordNs, summarize } from '../../apps/bench/engine/histogram.ts';
import { Clients } from '../../apps/bench/engine/load/clients.ts';
import { NotMeasured, WrongAnswers } from '../../apps/bench/engine/not-measured.ts';
import { type CpuAssignment, readAllowedCpus } from '../../apps/bench/engine/placement.ts';
import type { WorkloadName } from '../../apps/bench/engine/workloads/index.ts';
import type { Bench } from './bench.ts';
import type { Target } from './targets.ts';

const PATIENCE_MS = 600_000;
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
    bench.cleanup.add(() => this.end());
  }

  /** The tree of a workload, in a folder that is not there yet. @throws {NotMeasured} */
  async makeTree(at: CpuAssignment, workload: WorkloadName, root: string): Promise<void> {
    await this.using(at, (clients) =>
      clients.requestFirst('make', { workload, root }, PATIENCE_MS),
    );
  }

  /**
   * The first `count` requests of each client, in a folder with the workload's tree.
   * @throws {NotMeasured}
   */
  async measure(
    target: Target,
    at: CpuAssignment,
    workload: WorkloadName,
    root: string,
    count: number,
  ): Promise<RequestTimes> {
    // Where the workload's tree is made that right answers are taken from.
    const reference = join(this.bench.data, `reference-${workload}`);
    if (!existsSync(reference)) await this.makeTree(at, workload, reference);
    const setting = { root, reference, seed: 1, command: null };
    return this.using(at, async (clients) => {
      const open = (client: number) => ({ workload, setting: { ...setting, client } });
      await clients.requestAll('open', open, PATIENCE_MS);
      const before = await lookupsOf(target);
      const begun = performance.now();
      const loops = await clients.requestAll('run', () => ({ from: 0, count }), PATIENCE_MS);
      const seconds = (performance.now() - begun) / 1e3;
      const after = await lookupsOf(target);
      await clients.requestAll('close', () => ({}), PATIENCE_MS);
      const wrong = loops.reduce((sum, loop) => sum + loop.wrong, 0);
      const all = count * loops.length;
      if (wrong > 0) {
        const complaint = loops.find((loop) => loop.complaint !== null)!.complaint;
        throw new WrongAnswers(`${wrong} of ${all} answers were wrong: ${complaint}`);
      }
      const histogram = makeHistogram();
      for (const { times } of loops) for (const time of times) recordNs(histogram, time);
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

  private async using<T>(at: CpuAssignment, use: (clients: Clients) => Promise<T>): Promise<T> {
    const cpus = at.client === null ? readAllowedCpus() : String(at.client);
    if (cpus !== this.cpus) await this.end();
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

  private async end(): Promise<void> {
    const { clients } = this;
    this.clients = null;
    clients?.kill();
    await clients?.waitUntilEnded();
  }
}

async function lookupsOf({ counted }: Target): Promise<number | null> {
  if (counted === undefined) return null;
  const found = await counted();
  if (found === null) throw new NotMeasured('nothing counts its lookups');
  return found;
}
