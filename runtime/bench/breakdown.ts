/**
 * Where the time of one request goes, from a CPU profile of the server. Pure.
 *
 * A profile (V8's `.cpuprofile`) says every fraction of a millisecond which function ran. What ran
 * while requests were measured is counted by the part of the way that it belongs to: by its file, or
 * that of its caller where it has none. Samples count time in which the server waited for a CPU,
 * too; so all together they are given no more than the CPU time that it had. The rest of a
 * request's time, from the client's system call and back, is the kernel's: FUSE, waking the server
 * and the client, and waiting.
 */
import type { Measured } from './schema.ts';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** The Chrome DevTools protocol's Profiler.Profile; times are microseconds of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

/** What was measured while the profile was taken. */
export interface Window {
  /** Of `process.hrtime`, microseconds. */
  readonly from: number;
  readonly to: number;
  readonly requests: number;
  /** CPU time that the server had, microseconds. */
  readonly cpu: number;
  /** Nanoseconds that a request took. */
  readonly mean: number;
}

export const KERNEL = 'kernel and FUSE';

/** In the order of a request's way. */
const parts = [
  KERNEL,
  'decode',
  'graph',
  'crossing',
  'script',
  'storage',
  'reply',
  'other',
] as const;
type Part = (typeof parts)[number];

/** Belongs to whoever calls it. */
const BY_CALLER = /\/runtime\/sys\/|^node:|^$/;
/** A system call of the mount, such as the one that replies and wakes the client, is the kernel's. */
const SYSTEM_CALL = /\/runtime\/sys\//;
const OF_MOUNT: readonly Part[] = ['decode', 'reply'];

/** The first that fits says which part a function is of. */
const rules: readonly (readonly [url: RegExp, name: RegExp, part: Part])[] = [
  [/\/mount\/fuse\/pump\./, /./, KERNEL],
  [/\/mount\//, /encode|send|reply|answer|Cbk$/i, 'reply'],
  [/\/mount\//, /./, 'decode'],
  [/\/xlators\/storage\//, /./, 'storage'],
  [/\/xlators\/debug\//, /./, 'graph'],
  [/\/xlators\//, /./, 'script'],
  [/^wasm:/, /./, 'script'],
  [/\/bridges\/|pyodide|quickjs/, /./, 'crossing'],
  [/\/runtime\//, /./, 'graph'],
];

/** The engine's own work, which is nobody's, and what is no work. */
const special: Readonly<Record<string, Part | null>> = {
  '(idle)': null,
  '(program)': 'other',
  '(garbage collector)': 'other',
  'js-to-wasm': 'crossing',
  'wasm-to-js': 'crossing',
};

function partOf(
  id: number,
  nodes: ReadonlyMap<number, ProfileNode>,
  parents: Parents,
): Part | null {
  let inCall = false;
  for (let at: number | undefined = id; at !== undefined; at = parents.get(at)) {
    const { functionName, url } = nodes.get(at)!.callFrame;
    const known = special[functionName.split(':')[0]!];
    if (known !== undefined) return known;
    inCall ||= SYSTEM_CALL.test(url);
    if (BY_CALLER.test(url)) continue;
    const rule = rules.find(([file, name]) => file.test(url) && name.test(functionName || ' '));
    // A module of somebody's own, which the process itself runs.
    const part = rule?.[2] ?? 'script';
    return inCall && OF_MOUNT.includes(part) ? KERNEL : part;
  }
  return 'other';
}

type Parents = ReadonlyMap<number, number>;

/** Empty when the profile has nothing of that time. */
export function breakdownOf(profile: CpuProfile, window: Window): Measured['breakdown'] {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const parents = new Map(
    profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  );
  const found = new Map<Part, number>();
  let time = profile.startTime;
  let seen = 0;
  for (const [i, id] of profile.samples.entries()) {
    const took = profile.timeDeltas[i]!;
    time += took;
    if (time < window.from || time > window.to) continue;
    seen++;
    const part = partOf(id, nodes, parents);
    if (part !== null && part !== KERNEL) found.set(part, (found.get(part) ?? 0) + took);
  }
  if (seen === 0 || window.requests === 0) return [];
  const sampled = [...found.values()].reduce((sum, took) => sum + took, 0);
  const scale = (1e3 * Math.min(1, window.cpu / Math.max(1, sampled))) / window.requests;
  const nanoseconds = (part: Part): number => scale * (found.get(part) ?? 0);
  const rest = parts.reduce((left, part) => left - nanoseconds(part), window.mean);
  return parts.map((part) => ({
    part,
    nanoseconds: part === KERNEL ? Math.max(0, rest) : nanoseconds(part),
  }));
}
