/**
 * What a workload is measured through: a stack behind its mount, or the plain directory, each with
 * clients of its own.
 */
import { cpus as allCpus } from 'node:os';
import { join } from 'node:path';
import { place } from './affinity.ts';
import type { BusyWatch } from './busy.ts';
import { dropCaches } from './caches.ts';
import { newHistogram, recordNs } from './histogram.ts';
import { Clients, ServerGone } from './load/clients.ts';
import type { Answers } from './load/messages.ts';
import type { NotMeasured } from './missing.ts';
import { patienceOf, roundPatience } from './patience.ts';
import type { Placed } from './placement.ts';
import type { Sample } from './results.ts';
import { cpuSeconds, peakMemory } from './usage.ts';
import type { WorkloadName } from './workloads/index.ts';
import type { TriedCommand } from './workloads/workload.ts';

/** A mount that is served. */
export interface Served {
  /** Of the server. */
  readonly pid: number;
  readonly mountpoint: string;
  /** From the start of the process until it said that it is mounted. */
  readonly startSeconds: number;
  /** What it complained of when it started; '' or absent: nothing. */
  readonly complaint?: string;
  /** Why it ended by itself; null while it runs. */
  ended(): Promise<string | null>;
  /** Ends it, and takes its mount away. */
  stop(): Promise<void>;
}

/** What is common to all targets of a workload at a place. */
export interface TargetSettings {
  readonly workload: WorkloadName;
  readonly at: Placed;
  readonly clients: number;
  readonly rate: number | null;
  /** Of a round of the slowest stack. */
  readonly seconds: number;
  readonly cold: boolean;
  readonly seed: number;
  /** Of the workload `command`, otherwise null. */
  readonly command: TriedCommand | null;
  /** The plain folder with the workload's tree. */
  readonly reference: string;
  readonly signal: AbortSignal;
}

/** Lookups that have reached the storage of a mount; null where nothing counts them. @throws {NotMeasured} */
export type Counted = (mountpoint: string, patienceMs: number) => Promise<number | null>;

/** How a target is reached. */
export interface Way {
  /** Null: the plain directory. */
  serve: (() => Promise<Served>) | null;
  /** Null: nothing counts. */
  readonly counted: Counted | null;
  /** Looks on in the rounds that count. */
  readonly watches: readonly BusyWatch[];
}

/** A round of a target, and the first thing that was wrong in it. */
export interface Taken {
  readonly sample: Sample;
  readonly complaint: string | null;
}

export const PASSED_ON = 'lookups passed on';
const TREE = 'tree';

export class Target {
  /** Of the first start; null for the plain directory. */
  startSeconds: number | null = null;
  peakMemoryBytes: number | null = null;
  private server: Served | null = null;
  private clients: Clients | null = null;
  private root: string;
  /** Of a request, in the last round. */
  private lastMs: number | null = null;
  private readonly settings: TargetSettings;
  private readonly way: Way;
  private readonly patience: number;

  constructor(settings: TargetSettings, way: Way) {
    this.settings = settings;
    this.way = way;
    this.root = settings.reference;
    this.patience = patienceOf(settings.workload === 'command');
  }

  /** Mounts, makes the tree, and gets the clients ready. @throws {NotMeasured} */
  async start(): Promise<void> {
    const { workload, clients: count, at, signal } = this.settings;
    await this.serve();
    const cpus = at.client === null ? `0-${allCpus().length - 1}` : String(at.client);
    this.clients = new Clients({ count, cpus, signal });
    await this.clients.one('make', { workload, root: this.root }, this.patience);
    await this.open();
  }

  /** @param from number of the first request @param count of each client @throws {NotMeasured} */
  async take(round: number, from: number, count: number, since: number): Promise<Taken> {
    const { rate, clients: many, cold } = this.settings;
    if (cold && round > 0) await this.cool();
    const everyMs = rate === null ? null : (1000 * many) / rate;
    const pidOf = this.server?.pid;
    const passedBefore = await this.passedOn();
    const cpuBefore = pidOf === undefined ? 0 : cpuSeconds(pidOf);
    const watches = round > 0 ? this.way.watches : [];
    for (const watch of watches) watch.begin(this.pids());
    const at = (performance.now() - since) / 1e3;
    const loops = await this.clients!.all(
      'run',
      (client) => ({ from, count, everyMs, firstMs: ((everyMs ?? 0) * client) / many }),
      this.roundPatience(count, everyMs),
    );
    for (const watch of watches) watch.end();
    this.lastMs = (1000 * Math.max(...loops.map(({ seconds }) => seconds))) / count;
    const cpuAfter = pidOf === undefined ? 0 : cpuSeconds(pidOf);
    if (cpuBefore === null || cpuAfter === null) throw new ServerGone('the server ended');
    const passedAfter = await this.passedOn();
    const passed =
      passedBefore === null || passedAfter === null ? null : passedAfter - passedBefore;
    return takenOf(loops, { round, at, serverCpuSeconds: cpuAfter - cpuBefore, passed });
  }

  /** In words, why it could not be measured. */
  async why(error: NotMeasured): Promise<string> {
    const ended = await this.server?.ended();
    return ended ? `${error.message}: ${ended}` : error.message;
  }

  /** Ends clients and server; nothing is thrown for one that has ended already. */
  async stop(): Promise<void> {
    this.noteMemory();
    const { server, clients } = this;
    this.server = null;
    this.clients = null;
    // A client that waits for the mount ends only after the mount.
    clients?.kill();
    await server?.stop();
    await clients?.ended();
  }

  /** Who takes part in a round. This process does no more than wait, but it may do so there, too. */
  private pids(): number[] {
    const own = this.settings.at.client === null ? [process.pid] : [];
    return [...own, ...(this.server === null ? [] : [this.server.pid]), ...this.clients!.pids];
  }

  private roundPatience(count: number, everyMs: number | null): number {
    const { seconds, workload } = this.settings;
    const { lastMs } = this;
    return roundPatience({ seconds, count, everyMs, lastMs, isCommand: workload === 'command' });
  }

  private async serve(): Promise<void> {
    const { at, signal } = this.settings;
    if (this.way.serve === null) return;
    signal.throwIfAborted();
    this.server = await this.way.serve();
    this.startSeconds ??= this.server.startSeconds;
    this.root = join(this.server.mountpoint, TREE);
    place(this.server.pid, at.servers);
  }

  private async open(): Promise<void> {
    const { workload, reference, seed, command } = this.settings;
    const setting = { root: this.root, reference, seed, command };
    const settingOf = (client: number) => ({ workload, setting: { ...setting, client } });
    await this.clients!.all('open', settingOf, this.patience);
  }

  /** A server that has just started, over files that the kernel has to read again. */
  private async cool(): Promise<void> {
    await this.clients!.all('close', () => ({}), this.patience);
    this.noteMemory();
    await this.server?.stop();
    this.server = null;
    dropCaches();
    await this.serve();
    await this.open();
  }

  private noteMemory(): void {
    const peak = this.server === null ? null : peakMemory(this.server.pid);
    if (peak !== null) this.peakMemoryBytes = Math.max(peak, this.peakMemoryBytes ?? 0);
  }

  /** Lookups that reached the storage until now; null where nothing counts them. */
  private async passedOn(): Promise<number | null> {
    const { server, way } = this;
    if (server === null || way.counted === null) return null;
    return way.counted(server.mountpoint, this.patience);
  }
}

interface Beside {
  readonly round: number;
  readonly at: number;
  readonly serverCpuSeconds: number;
  readonly passed: number | null;
}

function takenOf(loops: readonly Answers['run'][], beside: Beside): Taken {
  const { passed, ...rest } = beside;
  const latency = newHistogram();
  const counts: Record<string, number> = {};
  for (const loop of loops) {
    for (const time of loop.times) recordNs(latency, time);
    for (const [name, count] of Object.entries(loop.counts)) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  if (passed !== null) counts[PASSED_ON] = passed;
  const sum = (of: (loop: Answers['run']) => number): number =>
    loops.reduce((all, loop) => all + of(loop), 0);
  const sample: Sample = {
    ...rest,
    seconds: Math.max(...loops.map(({ seconds }) => seconds)),
    latency,
    clientCpuSeconds: sum(({ cpuSeconds: seconds }) => seconds),
    answers: { checked: latency.count, wrong: sum(({ wrong }) => wrong) },
    counts,
  };
  return { sample, complaint: loops.find((it) => it.complaint !== null)?.complaint ?? null };
}
