/**
 * What a translator costs per lookup, in process: no mount, no storage, one request after the
 * other. For each stack, nanoseconds per lookup (the best of some rounds) and bytes allocated, with
 * what a bare leaf takes beside it. Figures compare within one run only.
 *
 *   npx tsx --expose-gc test/bench/lookup.ts
 */
import { ENOENT } from '../../runtime/core/errno.ts';
import { fail, type Links, wind } from '../../runtime/core/fops.gen.ts';
import { type Frame, newRequest, Stack } from '../../runtime/core/frame.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { defineTranslator } from '../../runtime/core/xlator.ts';
import ioStats from '../../runtime/xlators/debug/io-stats/index.ts';
import sink from '../../runtime/xlators/debug/sink/index.ts';
import negative from '../../runtime/xlators/features/negative/index.ts';
import { FakeContext, newName, startGraph, type TestVolume } from '../support/core.ts';

const ROUNDS = 8;
const LOOKUPS = 500_000;
/** Few enough that no collection comes between. */
const COUNTED = 20_000;

class ClockContext extends FakeContext {
  override now(): number {
    return performance.now();
  }
}

/** A leaf where no name exists. */
const empty = defineTranslator({
  type: 'bench/empty',
  description: 'Finds nothing.',
  children: [0, 0],
  options: {},
  fops: { lookup: (frame) => fail.lookup(frame, ENOENT) },
  init: () => null,
});

let replies = 0;
function onReply(): void {
  replies += 1;
}

/** Looks up the locs in turn. */
function lookups(frame: Frame, links: Links, locs: readonly Loc[], count: number): void {
  for (let i = 0; i < count; i++) {
    wind.lookup(frame, 0, onReply, links, locs[i % locs.length]!, null);
  }
}

interface Result {
  readonly ns: number;
  readonly bytes: number;
}

function measure(graph: Graph, locs: readonly Loc[]): Result {
  const frame = newRequest(new Stack(0, 0, 1, 'LOOKUP'), graph.top);
  replies = 0;
  let ns = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = process.hrtime.bigint();
    lookups(frame, graph.links, locs, LOOKUPS);
    ns = Math.min(ns, Number(process.hrtime.bigint() - begin) / LOOKUPS);
  }
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  lookups(frame, graph.links, locs, COUNTED);
  const bytes = (process.memoryUsage().heapUsed - before) / COUNTED;
  if (replies !== ROUNDS * LOOKUPS + COUNTED) throw new Error('a lookup was not answered');
  return { ns, bytes };
}

interface Case {
  readonly what: string;
  readonly volumes: readonly TestVolume[];
  /** The loc of a name, given the graph; by default a name nobody has looked up. */
  readonly loc?: (graph: Graph, name: string) => Loc;
  /** How many different names are looked up in turn. */
  readonly names?: number;
}

const over = (leaf: TestVolume['translator'], ...above: TestVolume[]): TestVolume[] => [
  { translator: leaf },
  ...above,
];
const stats = (options: TestVolume['options'] = {}) => over(sink, { translator: ioStats, options });

const cases: readonly Case[] = [
  { what: 'bare leaf, ENOENT', volumes: over(empty) },
  { what: 'negative: hit', volumes: over(empty, { translator: negative }) },
  {
    what: 'negative: 1000 names, hits',
    volumes: over(empty, { translator: negative }),
    names: 1000,
  },
  {
    what: 'negative: every lookup is a miss that is learnt, and evicts one',
    volumes: over(empty, { translator: negative, options: { limit: '1000' } }),
    names: 4000,
  },
  { what: 'bare sink', volumes: over(sink) },
  { what: 'negative: pass, found', volumes: over(sink, { translator: negative }) },
  {
    what: 'negative: by gfid',
    volumes: over(sink, { translator: negative }),
    loc: (graph) => new Loc(graph.inodes.root),
  },
  { what: 'io-stats: off', volumes: stats() },
  { what: 'io-stats: count-fop-hits', volumes: stats({ 'count-fop-hits': 'on' }) },
  { what: 'io-stats: latency-measurement', volumes: stats({ 'latency-measurement': 'on' }) },
];

console.log('  ns/lookup   bytes/lookup');
for (const { what, volumes, loc, names = 1 } of cases) {
  const graph = await startGraph(volumes, new ClockContext());
  const make = loc ?? ((at: Graph, name: string) => newName(at.inodes.root, name));
  const locs = Array.from({ length: names }, (_, i) => make(graph, `name${i}`));
  const { ns, bytes } = measure(graph, locs);
  console.log(`${ns.toFixed(1).padStart(11)}${bytes.toFixed(1).padStart(15)}   ${what}`);
  await graph.stop();
}
