/**
 * Counts a server's fops and latencies while `glossa top` watches it. Each sample makes the counter
 * run for another `LEASE_MS`. Without samples it stops, because it slows requests.
 */

import { listPendingCalls } from '../runtime/core/dumps.ts';
import type { Stack } from '../runtime/core/frame.ts';
import type { Graph } from '../runtime/core/graph.ts';
import type { RequestAges } from '../runtime/core/request-ages.ts';
import type { Xlator } from '../runtime/core/xlator.ts';
import { type FopMeter, Meter } from '../runtime/observe/meter.ts';
import { dumpVolume } from './statedump/volume-dumps.ts';
import type { AboutServer } from './statedump/whole-dump.ts';

/** The time after the last sample at which the counter stops. */
export const LEASE_MS = 10_000;

/** The answer to `top`: sums since the counter began, and the current state. Times are in ms. */
export interface Counts {
  /** The time of the sample, by the server's monotonic clock. */
  readonly now: number;
  /** The time by the same clock at which the counter, and so each sum, began. */
  readonly since: number;
  readonly process: AboutServer;
  readonly memoryBytes: number;
  /** The CPU time since the start of the server. */
  readonly cpuMs: number;
  readonly inFlight: InFlight;
  /** The ids of the volumes that requests reach first. */
  readonly tops: readonly number[];
  /** The volumes from the top of the graph down. */
  readonly volumes: readonly VolumeCounts[];
}

/** The requests in flight. */
export interface InFlight {
  /** The number of requests. */
  readonly requests: number;
  /** The age of the oldest request in whole seconds; null without requests. */
  readonly oldestS: number | null;
}

/** The counts of one volume. */
export interface VolumeCounts {
  /** A number that is unique among all volumes that this server has had. */
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** The counts of its module; null for a volume without an interpreter. */
  readonly script: ModuleCounts | null;
  /** The counts of its cache; null for a volume without one. */
  readonly cache: CacheCounts | null;
  /** The requests that wait for a reply of this volume. */
  readonly inFlight: InFlight;
  /** The counts of each fop, by its name in logs, such as `LOOKUP`. */
  readonly fops: Readonly<Record<string, FopCounts>>;
}

/** The counts of a volume's module. */
export interface ModuleCounts {
  readonly language: string;
  readonly memoryBytes: number;
  /** The number of new interpreters since the start of the server. */
  readonly restarts: number;
}

/** The counts of a caching translator. */
export interface CacheCounts {
  /**
   * Requests since the server's start that the translator answered or saved (`hits`), and that it
   * passed on (`misses`). Null for a translator without such counts.
   */
  readonly hits: number | null;
  readonly misses: number | null;
  readonly memoryBytes: number;
}

/** The replies of one volume to one fop. */
export interface FopCounts {
  readonly answers: number;
  /** The number of replies that were errors. */
  readonly errors: number;
  /** The buckets of `core/histogram.ts` that are not empty: index and count. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

/** The counter of one graph. */
export class LeasedCounter {
  private readonly graph: Graph;
  private readonly about: AboutServer;
  private readonly ages: RequestAges;
  private meter: Meter | null = null;
  private endObserving: () => void = () => {};
  private cancelEnd: () => void = () => {};

  constructor(graph: Graph, about: AboutServer, ages: RequestAges) {
    this.graph = graph;
    this.about = about;
    this.ages = ages;
  }

  /** Returns the sums until now, and starts or extends the counter. */
  sample(): Counts {
    const { context } = this.graph;
    this.cancelEnd();
    this.cancelEnd = context.after(LEASE_MS, () => this.close());
    this.meter ??= this.startMeter();
    return this.collectCounts(this.meter);
  }

  /** Stops the counter; `sample` starts it again. */
  close(): void {
    this.cancelEnd();
    this.endObserving();
    this.meter = null;
  }

  /** Makes a meter observe the graph. */
  private startMeter(): Meter {
    const { graph } = this;
    const meter = new Meter(graph.context, (xl) => findTopVolumes(graph).includes(xl));
    this.endObserving = this.graph.observe(meter);
    return meter;
  }

  /** Collects the meter's sums and the current state of the server. */
  private collectCounts(meter: Meter): Counts {
    const { user, system } = process.cpuUsage();
    const now = this.graph.context.now();
    const pending = this.countPending(now);
    return {
      now,
      since: meter.startedMs,
      process: this.about,
      memoryBytes: process.memoryUsage.rss(),
      cpuMs: (user + system) / 1000,
      inFlight: pending.all,
      tops: findTopVolumes(this.graph).map(({ id }) => id),
      volumes: [...this.graph.xlators].reverse().map((xl) => ({
        id: xl.id,
        name: xl.name,
        type: xl.type,
        script: readModuleCounts(xl),
        cache: readCacheCounts(xl),
        inFlight: pending.byVolume.get(xl) ?? NO_REQUESTS,
        fops: Object.fromEntries(
          [...meter.listFopMeters(xl)].map(([fop, fopMeter]) => [fop, makeFopCounts(fopMeter)]),
        ),
      })),
    };
  }

  /** Counts the requests in flight: all of them, and those that wait for each volume. */
  private countPending(now: number): { all: InFlight; byVolume: Map<Xlator, InFlight> } {
    let total = NO_REQUESTS;
    const byVolume = new Map<Xlator, InFlight>();
    // Calls are listed oldest first.
    for (const call of listPendingCalls(this.graph)) {
      const volumes = findWaitingVolumes(call);
      if (volumes.size === 0) continue;
      const oldestS = Math.floor(this.ages.computeMinimumAge(call.unique, now) / 1000);
      const addRequest = ({ requests, oldestS: oldest }: InFlight): InFlight => ({
        requests: requests + 1,
        oldestS: oldest ?? oldestS,
      });
      total = addRequest(total);
      for (const xl of volumes) byVolume.set(xl, addRequest(byVolume.get(xl) ?? NO_REQUESTS));
    }
    return { all: total, byVolume };
  }
}

/** Finds the volumes that requests reach first: those below a protocol/server, else the top. */
function findTopVolumes({ xlators, top }: Graph): readonly Xlator[] {
  const bricks = xlators.flatMap(({ type, below }) => (type === 'protocol/server' ? below : []));
  return bricks.length > 0 ? bricks : [top];
}

const NO_REQUESTS: InFlight = { requests: 0, oldestS: null };

/** Finds the volumes whose reply a request waits for; none if no volume has to reply to it. */
function findWaitingVolumes({ newest }: Stack): Set<Xlator> {
  const volumes = new Set<Xlator>();
  for (let frame = newest; frame !== null; frame = frame.parent) {
    if (!frame.answered) volumes.add(frame.xl);
  }
  return volumes;
}

/** Reads the counts of a volume's module from its dump; null for a volume without a module. */
function readModuleCounts(xl: Xlator): ModuleCounts | null {
  if (xl.type !== 'features/glupy') return null;
  const { language, 'memory-bytes': memory, restarts } = dumpVolume(xl).dump;
  return {
    language: String(language ?? '?'),
    memoryBytes: Number(memory ?? 0),
    restarts: Number(restarts ?? 0),
  };
}

/** The keys in a translator's dump under which `CacheCounts.hits` and `misses` are. */
const DEFAULT_SAVING_KEYS = { hits: 'hits', misses: 'misses' };
/** Types whose dumps have other keys. */
const SAVING_KEYS_BY_TYPE: Readonly<Record<string, typeof DEFAULT_SAVING_KEYS>> = {
  'performance/write-behind': { hits: 'joined', misses: 'sent' },
  'performance/open-behind': { hits: 'unused', misses: 'late' },
};

/**
 * Reads the counts of a performance translator whose dump has `bytes`; null for any other volume.
 */
function readCacheCounts(xl: Xlator): CacheCounts | null {
  if (!xl.type.startsWith('performance/')) return null;
  const { dump } = dumpVolume(xl);
  const { bytes } = dump;
  if (bytes === undefined) return null;
  const savingKeys = SAVING_KEYS_BY_TYPE[xl.type] ?? DEFAULT_SAVING_KEYS;
  const toCount = (value: unknown): number | null => (value === undefined ? null : Number(value));
  return {
    hits: toCount(dump[savingKeys.hits]),
    misses: toCount(dump[savingKeys.misses]),
    memoryBytes: Number(bytes),
  };
}

/** Makes a volume's counts of one fop from the meter's. */
const makeFopCounts = ({ errors, latencies }: FopMeter): FopCounts => ({
  answers: latencies.count,
  errors,
  buckets: [...latencies.counts.entries()].filter(([, count]) => count > 0),
});
