/**
 * Defines a target of a workload: a stack behind its mount or in its client's process, or the plain
 * directory, each with its own clients. A target starts the server and the clients, measures rounds,
 * and stops both.
 */
import { join } from 'node:path';
import { pinProcess } from './affinity.ts';
import type { BusySampler } from './busy-sampler.ts';
import { makeHistogram, recordNs } from './histogram.ts';
import { Clients, ServerGone } from './load/clients.ts';
import type { ReplyTypes } from './load/messages.ts';
import type { MeasurementError } from './measurement-error.ts';
import type { CpuAssignment } from './placement.ts';
import { readCpuSeconds, readPeakMemory } from './process-usage.ts';
import { type RoundSample, sumCounts } from './results.ts';
import type { SearchPlan } from './searches.ts';
import type { WorkloadName } from './workloads/index.ts';
import type { RequestRange, TriedCommand } from './workloads/workload.ts';

/** A running stack. */
interface RunningStack {
  /** Seconds from the start of its process until it reported that it serves. */
  readonly startSeconds: number;
  /** The warning that the server printed at its start; '' or absent without a warning. */
  readonly startWarning?: string;
  /** Returns why the server ended by itself; null while it runs. */
  explainEnd(): Promise<string | null>;
  /** Ends the server, and unmounts. */
  stop(): Promise<void>;
}

/** A mount with its running server. */
export interface ServedMount extends RunningStack {
  /** The server's process. */
  readonly pid: number;
  readonly mountpoint: string;
}

/** A stack without a mount: its volume is open in the process of its client. */
export interface ServedVolume extends RunningStack {
  readonly clients: Clients;
}

/** A stack that serves: behind a mount, or in the process. */
export type ServedStack = ServedMount | ServedVolume;

/** Settings of all targets of a workload in one placement. */
export interface TargetSettings {
  readonly workload: WorkloadName;
  readonly cpus: CpuAssignment;
  /** Number of clients. */
  readonly clients: number;
  /** Duration of a round of the slowest stack, in seconds. */
  readonly seconds: number;
  readonly seed: number;
  /** The command of the workload `command`; null for other workloads. */
  readonly command: TriedCommand | null;
  /** The plain folder with the workload's tree. */
  readonly plainFolder: string;
  /** Searches of files in the root of every stack, for the workload `phpsim`. */
  readonly searches?: SearchPlan;
  /** Whether the files of `searches` are absent, and to be made. */
  readonly makesFiles?: boolean;
  readonly signal: AbortSignal;
}

/** Reads how many lookups reached the storage; null without a counter. @throws {MeasurementError} */
export type LookupCounter = (stack: ServedStack, timeoutMs: number) => Promise<number | null>;

/** Access to a target: its server, its counter and its sampler. */
export interface TargetAccess<S extends ServedStack = ServedStack> {
  /** Starts the server; null for the plain directory. */
  readonly serve: (() => Promise<S>) | null;
  /** Reads the counter of the stack; null if the stack has no counter. */
  readonly lookupCounter: LookupCounter | null;
  /** Samples the machine's other load in the rounds that count. */
  readonly busySampler: BusySampler | null;
  /** Further processes that serve its requests, such as bricks. */
  readonly furtherPids?: readonly number[];
}

/** A round of a target, with the first complaint about a reply. */
export interface RoundResult {
  readonly sample: RoundSample;
  readonly complaint: string | null;
}

/** Name of the counter of lookups that a stack passed on to the storage. */
export const PASSED_ON_COUNTER = 'lookups passed on';
/** Name of the folder, in each mount, that has the workload's tree. */
const TREE_NAME = 'tree';

/** Time limit of any other reply, such as that of making a tree; long enough for a busy machine. */
const BASE_TIMEOUT_MS = 120_000;
/** Time limit of the first run of a command. */
const COMMAND_TIMEOUT_MS = 3_600_000;
/** Each request of a round may take this many times as long as one of the last round did. */
const TIMEOUT_FACTOR = 10;
/** The longest time for which Node can set a timer. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/**
 * Returns the time limit of a client's reply outside rounds, in milliseconds.
 * @param isCommand whether the request runs a command for the first time, which may take long
 */
export const findBaseTimeoutMs = (isCommand: boolean): number =>
  isCommand ? COMMAND_TIMEOUT_MS : BASE_TIMEOUT_MS;

/**
 * Computes the time limit of a round, in milliseconds.
 * @param seconds intended duration of a round
 * @param count requests of the round
 * @param lastRequestMs time of a request in the last round; null before the first
 * @param isCommand whether the requests run a command
 */
export function computeRoundTimeoutMs(
  seconds: number,
  count: number,
  lastRequestMs: number | null,
  isCommand: boolean,
): number {
  const fixedMs = findBaseTimeoutMs(isCommand && lastRequestMs === null);
  return Math.min(
    TIMEOUT_MAX_MS,
    fixedMs + 1000 * seconds + TIMEOUT_FACTOR * count * (lastRequestMs ?? 0),
  );
}

/** A running stack, or the plain directory, with its clients. */
export class Target<S extends ServedStack = ServedStack> {
  /** Time until the server served; null for the plain directory. */
  startSeconds: number | null = null;
  /** Peak memory of the server; null before its end, and for the plain directory. */
  peakMemoryBytes: number | null = null;
  /** The running server; null before the start, and for the plain directory. */
  server: S | null = null;
  /** The running clients; null before the start and after the end. */
  private clients: Clients | null = null;
  /** The folder of the workload's tree. */
  private root: string;
  /** Time of a request in the last round; null before the first. */
  private lastRequestMs: number | null = null;
  private readonly settings: TargetSettings;
  private readonly access: TargetAccess<S>;
  /** Time limit of a client's reply outside rounds. */
  private readonly timeoutMs: number;

  constructor(settings: TargetSettings, access: TargetAccess<S>) {
    this.settings = settings;
    this.access = access;
    this.root = settings.plainFolder;
    this.timeoutMs = findBaseTimeoutMs(settings.workload === 'command');
  }

  /** Serves, makes the tree if it is absent, and prepares the clients. @throws {MeasurementError} */
  async start(): Promise<void> {
    const {
      workload,
      clients: count,
      cpus,
      signal,
      searches,
      plainFolder,
      seed,
      command,
      makesFiles = searches === undefined,
    } = this.settings;
    if (this.access.serve !== null) {
      signal.throwIfAborted();
      this.server = await this.access.serve();
      this.startSeconds = this.server.startSeconds;
      const stackRoot = 'mountpoint' in this.server ? this.server.mountpoint : '/';
      this.root = searches === undefined ? join(stackRoot, TREE_NAME) : stackRoot;
      if (this.serverPid !== undefined) pinProcess(this.serverPid, cpus.servers);
    }
    const clientCpus = cpus.client === null ? cpus.servers : String(cpus.client);
    this.clients = this.volumeClients ?? new Clients({ count, cpus: clientCpus, signal });
    if (this.volumeClients !== undefined) this.clients.pin(clientCpus);
    const { root } = this;
    if (makesFiles) {
      const request = { workload, root, ...(searches && { searches }) };
      await this.clients.requestFirst('make', request, this.timeoutMs);
    }
    const setting = { root, plainFolder, seed, command, ...(searches && { searches }) };
    const makeSetting = (client: number) => ({ workload, setting: { ...setting, client } });
    await this.clients.requestAll('open', makeSetting, this.timeoutMs);
  }

  /**
   * Measures a round.
   * @param round number from 1; 0 is a warm-up, which does not sample the machine's load
   * @param range the requests of each client
   * @param runStartMs `performance.now()` at the start of the run
   * @throws {MeasurementError}
   */
  async measure(round: number, range: RequestRange, runStartMs: number): Promise<RoundResult> {
    const { seconds, workload } = this.settings;
    const { serverPid } = this;
    const passedOnBefore = await this.countPassedOn();
    const cpuBefore = serverPid === undefined ? 0 : readCpuSeconds(serverPid);
    const busySampler = round > 0 ? this.access.busySampler : null;
    busySampler?.begin(this.listMeasuredPids());
    const startedAtSeconds = (performance.now() - runStartMs) / 1e3;
    const timeoutMs = computeRoundTimeoutMs(
      seconds,
      range.count,
      this.lastRequestMs,
      workload === 'command',
    );
    const results = await this.clients!.requestAll('run', () => range, timeoutMs);
    busySampler?.end();
    this.lastRequestMs = Math.max(
      ...results.map((result) => (1000 * result.seconds) / result.timesNs.length),
    );
    const cpuAfter = serverPid === undefined ? 0 : readCpuSeconds(serverPid);
    if (cpuBefore === null || cpuAfter === null) throw new ServerGone('the server ended');
    const passedOnAfter = await this.countPassedOn();
    const passedOnCount =
      passedOnBefore === null || passedOnAfter === null ? null : passedOnAfter - passedOnBefore;
    return makeRoundResult(
      results,
      { round, at: startedAtSeconds, serverCpuSeconds: cpuAfter - cpuBefore },
      passedOnCount,
    );
  }

  /** Returns the error's message and, if the server has ended, the reason. */
  async explainError(error: MeasurementError): Promise<string> {
    const endReason = await this.server?.explainEnd();
    return endReason ? `${error.message}: ${endReason}` : error.message;
  }

  /** Ends clients and server, if they still run. */
  async stop(): Promise<void> {
    const { server, clients } = this;
    const servingPid = this.serverPid ?? this.volumeClients?.pids[0];
    if (servingPid !== undefined) this.peakMemoryBytes = readPeakMemory(servingPid);
    this.server = null;
    this.clients = null;
    // A client that waits for the mount ends only after the mount.
    clients?.kill();
    try {
      await server?.stop();
    } finally {
      await clients?.waitUntilEnded();
    }
  }

  /** The server's process; undefined for the plain directory and in the process of the client. */
  private get serverPid(): number | undefined {
    return this.server !== null && 'pid' in this.server ? this.server.pid : undefined;
  }

  /** The clients that serve their stack themselves; undefined with a mount. */
  private get volumeClients(): Clients | undefined {
    return this.server !== null && 'clients' in this.server ? this.server.clients : undefined;
  }

  /**
   * Lists the processes of a round. Includes this process where the clients may run on any CPU: it
   * only waits, but may share their CPUs.
   */
  private listMeasuredPids(): number[] {
    const { access, serverPid, settings, clients } = this;
    const ownPids = settings.cpus.client === null ? [process.pid] : [];
    return [
      ...ownPids,
      ...(access.furtherPids ?? []),
      ...(serverPid === undefined ? [] : [serverPid]),
      ...clients!.pids,
    ];
  }

  /** Counts the lookups that have reached the storage since the mount; null without a counter. */
  private async countPassedOn(): Promise<number | null> {
    const { server, access } = this;
    if (server === null || access.lookupCounter === null) return null;
    return access.lookupCounter(server, this.timeoutMs);
  }
}

/**
 * Combines the results of all clients.
 * @param figures that do not come from the clients
 * @param passedOnCount lookups passed on; null without a counter
 */
export function makeRoundResult(
  results: readonly ReplyTypes['run'][],
  figures: Pick<RoundSample, 'round' | 'at' | 'serverCpuSeconds'>,
  passedOnCount: number | null,
): RoundResult {
  const latency = makeHistogram();
  for (const { timesNs } of results) for (const ns of timesNs) recordNs(latency, ns);
  const counts = sumCounts(results);
  if (passedOnCount !== null) counts[PASSED_ON_COUNTER] = passedOnCount;
  const sum = (readValue: (result: ReplyTypes['run']) => number): number =>
    results.reduce((total, result) => total + readValue(result), 0);
  const sample: RoundSample = {
    ...figures,
    seconds: Math.max(...results.map(({ seconds }) => seconds)),
    latency,
    clientCpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
    answers: { checked: latency.count, wrong: sum(({ wrongCount }) => wrongCount) },
    counts,
  };
  return {
    sample,
    complaint: results.find((result) => result.complaint !== null)?.complaint ?? null,
  };
}
