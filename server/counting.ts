/**
 * Counts fops and latencies of a server while it is watched: each time that `glossa top` asks,
 * the server goes on counting for `LEASE_MS` more. Then nothing is counted, and requests cost what they
 * always do. Several may watch at a time.
 */

import { pendingCalls } from '../runtime/core/dumps.ts';
import type { Stack } from '../runtime/core/frame.ts';
import type { Graph } from '../runtime/core/graph.ts';
import type { RequestAges } from '../runtime/core/request-ages.ts';
import type { Xlator } from '../runtime/core/xlator.ts';
import { type FopMeter, Meter } from '../runtime/observe/meter.ts';
import { volumeDump } from './statedump/volumes.ts';
import type { AboutServer } from './statedump/whole.ts';

export const LEASE_MS = 10_000;

/** Sums, and how things are at a moment. Times of the server's clock in milliseconds. */
export interface Counts {
  readonly now: number;
  /** When counting began; all sums are from then on. */
  readonly since: number;
  readonly process: AboutServer;
  readonly memoryBytes: number;
  /** CPU time since the start of the server. */
  readonly cpuMs: number;
  readonly inFlight: InFlight;
  /** The volumes that requests come to first, by their ids. */
  readonly tops: readonly number[];
  /** The top first. */
  readonly volumes: readonly VolumeCounts[];
}

export interface InFlight {
  readonly requests: number;
  /** How long the oldest is there at least, in seconds. Null without any. */
  readonly oldestS: number | null;
}

export interface VolumeCounts {
  /** No other volume of this server has or had it. */
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** Null for what no interpreter runs. */
  readonly script: ScriptCounts | null;
  /** Null for what keeps nothing. */
  readonly cache: CacheCounts | null;
  /** Requests that wait for an answer of this volume. */
  readonly inFlight: InFlight;
  /** By log name. */
  readonly fops: Readonly<Record<string, FopCounts>>;
}

export interface ScriptCounts {
  readonly language: string;
  readonly memoryBytes: number;
  /** Since the start of the server. */
  readonly restarts: number;
}

export interface CacheCounts {
  /** Requests that it has saved, and those that it has not, since the start; null where that is no question. */
  readonly hits: number | null;
  readonly misses: number | null;
  readonly memoryBytes: number;
}

export interface FopCounts {
  readonly answers: number;
  readonly errors: number;
  /** Those of the buckets of `core/histogram.ts` that are not empty: which, and how many. */
  readonly buckets: readonly (readonly [bucket: number, count: number])[];
}

export class Counting {
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

  /** The sums until now; counts for a while longer, or begins to. */
  ask(): Counts {
    const { context } = this.graph;
    this.cancelEnd();
    this.cancelEnd = context.after(LEASE_MS, () => this.close());
    this.meter ??= this.begin();
    return this.counts(this.meter);
  }

  /** Counts no more, until somebody asks. */
  close(): void {
    this.cancelEnd();
    this.endObserving();
    this.meter = null;
  }

  private begin(): Meter {
    const { graph } = this;
    const meter = new Meter(graph.context, (xl) => topsOf(graph).includes(xl));
    this.endObserving = this.graph.observe(meter);
    return meter;
  }

  private counts(meter: Meter): Counts {
    const { user, system } = process.cpuUsage();
    const now = this.graph.context.now();
    const waiting = this.waiting(now);
    return {
      now,
      since: meter.since,
      process: this.about,
      memoryBytes: process.memoryUsage.rss(),
      cpuMs: (user + system) / 1000,
      inFlight: waiting.all,
      tops: topsOf(this.graph).map(({ id }) => id),
      volumes: [...this.graph.xlators].reverse().map((xl) => ({
        id: xl.id,
        name: xl.name,
        type: xl.type,
        script: scriptOf(xl),
        cache: cacheOf(xl),
        inFlight: waiting.at.get(xl) ?? NONE,
        fops: Object.fromEntries([...meter.of(xl)].map(([fop, of]) => [fop, fopCounts(of)])),
      })),
    };
  }

  /** Requests in flight, altogether and by the volumes that they wait for. */
  private waiting(now: number): { all: InFlight; at: Map<Xlator, InFlight> } {
    let all = NONE;
    const at = new Map<Xlator, InFlight>();
    // The oldest first.
    for (const call of pendingCalls(this.graph)) {
      const volumes = volumesOn(call);
      if (volumes.size === 0) continue;
      const oldestS = Math.floor(this.ages.of(call.unique, now) / 1000);
      const oneMore = ({ requests, oldestS: oldest }: InFlight): InFlight => ({
        requests: requests + 1,
        oldestS: oldest ?? oldestS,
      });
      all = oneMore(all);
      for (const xl of volumes) at.set(xl, oneMore(at.get(xl) ?? NONE));
    }
    return { all, at };
  }
}

/** A server is at the top of its graph, and sends requests to its bricks. */
function topsOf({ xlators, top }: Graph): readonly Xlator[] {
  const bricks = xlators.flatMap(({ type, below }) => (type === 'protocol/server' ? below : []));
  return bricks.length > 0 ? bricks : [top];
}

const NONE: InFlight = { requests: 0, oldestS: null };

/** The volumes whose answer a request waits for: none for what the server itself answers. */
function volumesOn({ newest }: Stack): Set<Xlator> {
  const volumes = new Set<Xlator>();
  for (let frame = newest; frame !== null; frame = frame.parent) {
    if (!frame.answered) volumes.add(frame.xl);
  }
  return volumes;
}

function scriptOf(xl: Xlator): ScriptCounts | null {
  if (xl.type !== 'features/glupy') return null;
  const { language, 'memory-bytes': memory, restarts } = volumeDump(xl).dump;
  return {
    language: String(language ?? '?'),
    memoryBytes: Number(memory ?? 0),
    restarts: Number(restarts ?? 0),
  };
}

/** Which of its figures are requests that a translator has saved, and which those that it has not. */
const DEFAULT_SAVED = { hits: 'hits', misses: 'misses' };
const savedBy: Readonly<Record<string, typeof DEFAULT_SAVED>> = {
  'performance/write-behind': { hits: 'joined', misses: 'sent' },
  'performance/open-behind': { hits: 'unused', misses: 'late' },
};

/** Of translators that keep what they were told, or asked, and say how much that is. */
function cacheOf(xl: Xlator): CacheCounts | null {
  if (!xl.type.startsWith('performance/')) return null;
  const { dump } = volumeDump(xl);
  const { bytes } = dump;
  if (bytes === undefined) return null;
  const saved = savedBy[xl.type] ?? DEFAULT_SAVED;
  const count = (value: unknown): number | null => (value === undefined ? null : Number(value));
  return {
    hits: count(dump[saved.hits]),
    misses: count(dump[saved.misses]),
    memoryBytes: Number(bytes),
  };
}

const fopCounts = ({ errors, latencies }: FopMeter): FopCounts => ({
  answers: latencies.count,
  errors,
  buckets: [...latencies.counts.entries()].filter(([, count]) => count > 0),
});
