/** Runs workloads with client processes of `glossa bench`, on one target after the other. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { summarize } from '../../apps/bench/engine/histogram.ts';
import { Clients } from '../../apps/bench/engine/load/clients.ts';
import { MeasurementError, WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { type CpuAssignment, readAllowedCpus } from '../../apps/bench/engine/placement.ts';
import { makeRoundResult } from '../../apps/bench/engine/target.ts';
import type { WorkloadName } from '../../apps/bench/engine/workloads/index.ts';
import type { Bench } from './bench.ts';
import type { Target } from './targets.ts';

const TIMEOUT_MS = 600_000;
const NS_PER_US = 1000;
/** Figures of a round that no table here has. */
const UNUSED = { round: 0, at: 0, serverCpuSeconds: 0 };

/** Microseconds of a request. */
export type RequestTimes = Readonly<Record<'mean' | 'p50' | 'p99' | 'p99.9', number>> & {
  /** Requests of all clients, including the time between requests. */
  readonly perSecond: number;
  /** The time of the round, divided by the requests of all clients. */
  readonly each: number;
  /** Lookups that came to the storage, for each request; absent without a counter. */
  readonly lookups?: number;
};

/** A number of client processes, pinned at each measurement. */
export class WorkloadClients {
  private readonly bench: Bench;
  private readonly count: number;
  private readonly program: string | undefined;
  private clients: Clients | null = null;

  /** @param program of each client; default: that of the workloads of `glossa bench` */
  constructor(bench: Bench, count = 1, program?: string) {
    this.bench = bench;
    this.count = count;
    this.program = program;
    bench.cleanup.add(async () => {
      this.clients?.kill();
      await this.clients?.waitUntilEnded();
    });
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
    return this.measureRequests(target, cpuAssignment, { workload, root, plainFolder, count });
  }

  /** Measures requests of each client, after others that do not count. @throws {MeasurementError} */
  async measureRequests(
    target: Target,
    cpuAssignment: CpuAssignment,
    {
      workload,
      root,
      count,
      before = 0,
      plainFolder = '',
      hasOwnFolders = false,
    }: {
      readonly workload: string;
      readonly root: string;
      readonly count: number;
      readonly before?: number;
      readonly plainFolder?: string;
      /** Whether several clients have a folder each, in the root. */
      readonly hasOwnFolders?: boolean;
    },
  ): Promise<RequestTimes> {
    const setting = { plainFolder, seed: 1, command: null };
    return this.withClients(cpuAssignment, async (clients) => {
      const open = (client: number) => {
        const ownRoot = hasOwnFolders && this.count > 1 ? join(root, `client-${client}`) : root;
        return { workload, setting: { ...setting, root: ownRoot, client } };
      };
      await clients.requestAll('open', open, TIMEOUT_MS);
      const run = async (length: number) => {
        const range = { from: 0, count: length };
        const start = performance.now();
        const replies = await clients.requestAll('run', () => range, TIMEOUT_MS);
        const seconds = (performance.now() - start) / 1e3;
        const { sample, complaint } = makeRoundResult(replies, UNUSED, null);
        const { wrong, checked } = sample.answers;
        if (complaint === null) return { ...summarize(sample.latency), seconds };
        throw new WrongAnswers(`${wrong} of ${checked} answers were wrong: ${complaint}`);
      };
      if (before > 0) await run(before);
      const lookupsBefore = await readLookups(target);
      const { seconds, count: all, ...summary } = await run(count);
      const lookupsAfter = await readLookups(target);
      await clients.requestAll('close', () => ({}), TIMEOUT_MS);
      return {
        mean: summary.mean / NS_PER_US,
        p50: summary.p50 / NS_PER_US,
        p99: summary.p99 / NS_PER_US,
        'p99.9': summary['p99.9'] / NS_PER_US,
        perSecond: all / seconds,
        each: (seconds * 1e6) / all,
        ...(lookupsBefore !== null && { lookups: (lookupsAfter! - lookupsBefore) / all }),
      };
    });
  }

  private async withClients<T>(
    { client }: CpuAssignment,
    use: (clients: Clients) => Promise<T>,
  ): Promise<T> {
    const { count, program, bench } = this;
    this.clients ??= new Clients({ count, cpus: null, program, signal: bench.signal });
    try {
      this.clients.pin(client === null ? readAllowedCpus() : String(client));
      return await use(this.clients);
    } catch (error) {
      // A client may hang in the mount: new ones measure the next target.
      this.clients.kill();
      this.clients = null;
      throw error;
    }
  }
}

async function readLookups({ countLookups }: Target): Promise<number | null> {
  if (countLookups === undefined) return null;
  const count = await countLookups();
  if (count === null) throw new MeasurementError('nothing counts its lookups');
  return count;
}
