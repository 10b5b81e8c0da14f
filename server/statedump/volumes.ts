/** Collects the dumps of a graph's volumes, for `glossa stats` and metrics. */
import { dumpOf } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dump, Xlator } from '../../runtime/core/xlator.ts';

/** The most requests listed of those that a volume has begun itself. */
const MOST_CALLS = 16;

export interface Statedump {
  /** From the top down. */
  readonly volumes: readonly VolumeDump[];
  /** Volumes of replaced graphs that are not idle yet; the key is absent without one. */
  readonly replaced?: readonly VolumeDump[];
}

export interface VolumeDump {
  readonly name: string;
  readonly type: string;
  readonly dump: Dump;
}

/** The initiators that have a dump, then the volumes from the top down; and the replaced ones. */
export function volumesOf(graph: Graph): { volumes: Xlator[]; replaced: VolumeDump[] } {
  const fronts = [...graph.initiators].map(({ xl }) => xl);
  const telling = fronts.filter(({ translator }) => translator.dump !== undefined);
  const replaced = graph.retired.flatMap(({ gone, openFds, pendingCalls }) =>
    gone.map((xl) => volumeDump(xl, { 'open-fds': openFds, 'pending-calls': pendingCalls })),
  );
  return { volumes: [...graph.xlators, ...telling].reverse(), replaced: replaced.reverse() };
}

export function statedump(graph: Graph): Statedump {
  const { volumes, replaced } = volumesOf(graph);
  const dump: Statedump = { volumes: volumes.map((xl) => volumeDump(xl)) };
  return replaced.length === 0 ? dump : { ...dump, replaced };
}

/** The dump of a volume, behind `more`. */
export const volumeDump = (xl: Xlator, more: Dump = {}): VolumeDump => ({
  name: xl.name,
  type: xl.type,
  dump: { ...more, ...dumpOf(xl), ...ownCalls(xl) },
});

/** The number of requests that a volume has begun itself, and the oldest of them. */
function ownCalls({ calls }: Xlator): Dump {
  if (calls.size === 0) return {};
  const oldest = calls.list().slice(0, MOST_CALLS);
  const listed = oldest.map(({ unique, op }) => [`own-call.${unique}`, op] as const);
  return { 'own-calls': calls.size, ...Object.fromEntries(listed) };
}
