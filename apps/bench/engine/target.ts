/**
 * A target of a workload: a stack behind its mount, or the plain directory, each with its own
 * clients. It starts the server and the clients, measures rounds, and stops both.
 */
import { join } from 'node:path';
import { pinProcess } from './affinity.ts';
import type { BusySampler } from './busy.ts';
import { newHistogram, recordNs } from './histogram.ts';
import { Clients, ServerGone } from './load/clients.ts';
import type { ReplyTypes } from './load/messages.ts';
import type { NotMeasured } from './not-measured.ts';
import type { CpuAssignment } from './placement.ts';
import { type RoundSample, summedCounts } from './results.ts';
import type { Workload as Searches } from './searches.ts';
import { cpuSeconds, peakMemory } from './usage.ts';
import type { WorkloadName } from './workloads/index.ts';
import type { RequestRange, TriedCommand } from './workloads/workload.ts';

/** A mount with its running server. */
export interface ServedMount {
  /** The server's process. */
  readonly pid: number;
  readonly mountpoint: string;
  /** From the start of the process until it reported that it is mounted. */
  readonly startSeconds: number;
  /** The warning that the server printed at its start; '' or absent: none. */
  readonly complaint?: string;
  /** Returns why the server ended by itself; null while it runs. */
  ended(): Promise<string | null>;
  /** Ends the server and unmounts. */
  stop(): Promise<void>;
}

/** Settings of all targets of a workload in one placement. */
export interface TargetSettings {
  readonly workload: WorkloadName;
  readonly at: CpuAssignment;
  readonly clients: number;
  /** Duration of a round of the slowest stack. */
  readonly seconds: number;
  readonly seed: number;
  /** For the workload `command`, otherwise null. */
  readonly command: TriedCommand | null;
  /** The plain folder with the workload's tree. */
  readonly reference: string;
  /** For the workload `phpsim`: searches of files that every stack has already. */
  readonly searches?: Searches;
  readonly signal: AbortSignal;
}

/** Reads the lookups that reached the storage; null without a counter. @throws {NotMeasured} */
export type LookupCounter = (mountpoint: string, patienceMs: number) => Promise<number | null>;

/** Access to a target: its server, its counter and its sampler. */
export interface TargetAccess<S extends ServedMount = ServedMount> {
  /** Null: the plain directory. */
  readonly serve: (() => Promise<S>) | null;
  /** Null: the stack has no counter. */
  readonly counted: LookupCounter | null;
  /** Samples the machine's other load in the rounds that count. */
  readonly watch: BusySampler | null;
  /** Further processes that work for its requests, such as bricks. */
  readonly pids?: readonly number[];
}

/** A round of a target, with the first complaint about an answer. */
export interface RoundResult {
  readonly sample: RoundSample;
  readonly complaint: string | null;
}

export const PASSED_ON = 'lookups passed on';
const TREE = 'tree';

/** Time limit of a request, or of making a workload's tree, on a busy machine. */
const LEAST_MS = 120_000;
/** Time limit of the first run of a command. */
const COMMAND_MS = 3_600_000;
/** The time limit of a round, in lengths of the last one. */
const TIMES = 10;
/** Longest timer of Node. */
const MOST_MS = 2 ** 31 - 1;

/** Time limit of clients outside rounds; opening the workload `command` runs it once. */
export const patienceOf = (isCommand: boolean): number => (isCommand ? COMMAND_MS : LEAST_MS);

/** Time limit of a round. @param lastMs time of a request in the last round, or null */
export function roundPatience(
  seconds: number,
  count: number,
  lastMs: number | null,
  isCommand: boolean,
): number {
  const least = patienceOf(isCommand && lastMs === null);
  return Math.min(MOST_MS, least + 1000 * seconds + TIMES * count * (lastMs ?? 0));
}

export class Target<S extends ServedMount = ServedMount> {
  /** Null for the plain directory. */
  startSeconds: number | null = null;
  peakMemoryBytes: number | null = null;
  /** Null before the start, and for the plain directory. */
  server: S | null = null;
  private clients: Clients | null = null;
  private root: string;
  /** Time of a request in the last round. */
  private lastMs: number | null = null;
  private readonly settings: TargetSettings;
  private readonly way: TargetAccess<S>;
  private readonly patience: number;

  constructor(settings: TargetSettings, way: TargetAccess<S>) {
    this.settings = settings;
    this.way = way;
    this.root = settings.reference;
    this.patience = patienceOf(settings.workload === 'command');
  }

  /** Mounts, makes the tree if it is absent, and prepares the clients. @throws {NotMeasured} */
  async start(): Promise<void> {
    const {
      workload,
      clients: count,
      at,
      signal,
      searches,
      reference,
      seed,
      command,
    } = this.settings;
    if (this.way.serve !== null) {
      signal.throwIfAborted();
      this.server = await this.way.serve();
      this.startSeconds = this.server.startSeconds;
      const { pid, mountpoint } = this.server;
      this.root = searches === undefined ? join(mountpoint, TREE) : mountpoint;
      pinProcess(pid, at.servers);
    }
    const cpus = at.client === null ? at.servers : String(at.client);
    this.clients = new Clients({ count, cpus, signal });
    if (searches === undefined) {
      await this.clients.one('make', { workload, root: this.root }, this.patience);
    }
    const setting = { root: this.root, reference, seed, command, ...(searches && { searches }) };
    const settingOf = (client: number) => ({ workload, setting: { ...setting, client } });
    await this.clients.all('open', settingOf, this.patience);
  }

  /** @param since `performance.now()` at the start of the run @throws {NotMeasured} */
  async measure(round: number, requested: RequestRange, since: number): Promise<RoundResult> {
    const { seconds, workload } = this.settings;
    const pidOf = this.server?.pid;
    const passedBefore = await this.passedOn();
    const cpuBefore = pidOf === undefined ? 0 : cpuSeconds(pidOf);
    const watch = round > 0 ? this.way.watch : null;
    watch?.begin(this.pids());
    const at = (performance.now() - since) / 1e3;
    const patience = roundPatience(seconds, requested.count, this.lastMs, workload === 'command');
    const loops = await this.clients!.all('run', () => requested, patience);
    watch?.end();
    this.lastMs = Math.max(...loops.map((it) => (1000 * it.seconds) / it.times.length));
    const cpuAfter = pidOf === undefined ? 0 : cpuSeconds(pidOf);
    if (cpuBefore === null || cpuAfter === null) throw new ServerGone('the server ended');
    const passedAfter = await this.passedOn();
    const passed =
      passedBefore === null || passedAfter === null ? null : passedAfter - passedBefore;
    return takenOf(loops, { round, at, serverCpuSeconds: cpuAfter - cpuBefore }, passed);
  }

  /** Explains why the target could not be measured, with the end of its server. */
  async explain(error: NotMeasured): Promise<string> {
    const ended = await this.server?.ended();
    return ended ? `${error.message}: ${ended}` : error.message;
  }

  /** Ends clients and server; ended ones are skipped. */
  async stop(): Promise<void> {
    const { server, clients } = this;
    if (server !== null) this.peakMemoryBytes = peakMemory(server.pid);
    this.server = null;
    this.clients = null;
    // A client that waits for the mount ends only after the mount.
    clients?.kill();
    try {
      await server?.stop();
    } finally {
      await clients?.ended();
    }
  }

  /** The processes of a round, and this one, which only waits but may run on the same CPUs. */
  private pids(): number[] {
    const { way, server, settings, clients } = this;
    const own = settings.at.client === null ? [process.pid] : [];
    return [...own, ...(way.pids ?? []), ...(server ? [server.pid] : []), ...clients!.pids];
  }

  /** Lookups that reached the storage until now; null without a counter. */
  private async passedOn(): Promise<number | null> {
    const { server, way } = this;
    if (server === null || way.counted === null) return null;
    return way.counted(server.mountpoint, this.patience);
  }
}

function takenOf(
  loops: readonly ReplyTypes['run'][],
  rest: Pick<RoundSample, 'round' | 'at' | 'serverCpuSeconds'>,
  passed: number | null,
): RoundResult {
  const latency = newHistogram();
  for (const { times } of loops) for (const time of times) recordNs(latency, time);
  const counts = summedCounts(loops);
  if (passed !== null) counts[PASSED_ON] = passed;
  const sum = (of: (loop: ReplyTypes['run']) => number): number =>
    loops.reduce((all, loop) => all + of(loop), 0);
  const sample: RoundSample = {
    ...rest,
    seconds: Math.max(...loops.map(({ seconds }) => seconds)),
    latency,
    clientCpuSeconds: sum(({ cpuSeconds: seconds }) => seconds),
    answers: { checked: latency.count, wrong: sum(({ wrong }) => wrong) },
    counts,
  };
  return { sample, complaint: loops.find((it) => it.complaint !== null)?.complaint ?? null };
}
