/**
 * What the translators of a graph tell about themselves, as text for whoever asks from outside: the
 * extended attribute `glossa.statedump` of the mount's root, which `glossa stats` reads.
 */
import { dumpOf } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import { XATTR_SIZE_MAX } from '../../runtime/core/limits.ts';
import type { Dump, Xlator } from '../../runtime/core/xlator.ts';

export const STATEDUMP = 'glossa.statedump';

/** Of what stands around the volumes. */
const OVERHEAD = 32;
/** Requests of a volume's own that are listed. */
const MOST_CALLS = 16;

export interface Statedump {
  /** The top first. */
  readonly volumes: readonly VolumeDump[];
  /** What exchanges have replaced and is not idle yet; absent when there is none. */
  readonly replaced?: readonly VolumeDump[];
}

export interface VolumeDump {
  readonly name: string;
  readonly type: string;
  readonly dump: Dump;
}

/** Those who wind to the top, when they have something to tell, then the volumes, the top first. */
export function volumesOf(graph: Graph): { volumes: Xlator[]; replaced: VolumeDump[] } {
  const fronts = [...graph.initiators].map(({ xl }) => xl);
  const telling = fronts.filter(({ translator }) => translator.dump !== undefined);
  const replaced = graph.former.flatMap(({ gone, openFds, pendingCalls }) =>
    gone.map((xl) => volumeDump(xl, { 'open-fds': openFds, 'pending-calls': pendingCalls })),
  );
  return { volumes: [...graph.xlators, ...telling].reverse(), replaced: replaced.reverse() };
}

/** As JSON, of `room` bytes at most. */
export function statedump(graph: Graph, room = XATTR_SIZE_MAX): string {
  const { volumes, replaced } = volumesOf(graph);
  const all = fitting([...volumes.map((xl) => volumeDump(xl)), ...replaced], room);
  const dump: Statedump = { volumes: all.slice(0, volumes.length) };
  if (replaced.length === 0) return JSON.stringify(dump);
  return JSON.stringify({ ...dump, replaced: all.slice(volumes.length) } satisfies Statedump);
}

/** What a volume tells, with `more` before it. */
export const volumeDump = (xl: Xlator, more: Dump = {}): VolumeDump => ({
  name: xl.name,
  type: xl.type,
  dump: { ...more, ...dumpOf(xl), ...ownCalls(xl) },
});

/** Requests that a volume has begun by itself: how many, and the oldest by their numbers. */
function ownCalls({ calls }: Xlator): Dump {
  if (calls.size === 0) return {};
  const oldest = calls.list().slice(0, MOST_CALLS);
  const listed = oldest.map(({ unique, op }) => [`own-call.${unique}`, op] as const);
  return { 'own-calls': calls.size, ...Object.fromEntries(listed) };
}

/** The longest dumps are left out of what is together longer than there is room for. */
function fitting(volumes: readonly VolumeDump[], room: number): readonly VolumeDump[] {
  const sizes = volumes.map((volume) => Buffer.byteLength(JSON.stringify(volume)) + 1);
  let sum = sizes.reduce((all, size) => all + size, OVERHEAD);
  const fit = [...volumes];
  const longest = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]!);
  for (const at of longest) {
    if (sum <= room) break;
    const { name, type } = volumes[at]!;
    fit[at] = { name, type, dump: { error: `too long: ${sizes[at]} bytes` } };
    sum += Buffer.byteLength(JSON.stringify(fit[at])) + 1 - sizes[at]!;
  }
  return fit;
}
