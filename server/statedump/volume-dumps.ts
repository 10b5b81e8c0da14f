/** Collects the dumps of a graph's volumes, for `glossa stats` and metrics. */
import { dumpXlator } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dump, Xlator } from '../../runtime/core/xlator.ts';

/** The most requests listed of those that a volume has begun itself. */
const CALLS_MAX = 16;

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
export function listVolumes(graph: Graph): { volumes: Xlator[]; replaced: VolumeDump[] } {
  const fronts = [...graph.initiators].map(({ xl }) => xl);
  const dumpable = fronts.filter(({ translator }) => translator.dump !== undefined);
  const replaced = graph.retired.flatMap(({ removed, openFds, pendingCalls }) =>
    removed.map((xl) => dumpVolume(xl, { 'open-fds': openFds, 'pending-calls': pendingCalls })),
  );
  return { volumes: [...graph.xlators, ...dumpable].reverse(), replaced: replaced.reverse() };
}

export function makeStatedump(graph: Graph): Statedump {
  const { volumes, replaced } = listVolumes(graph);
  const dump: Statedump = { volumes: volumes.map((xl) => dumpVolume(xl)) };
  return replaced.length === 0 ? dump : { ...dump, replaced };
}

/** The dump of a volume, behind `more`. */
export const dumpVolume = (xl: Xlator, extra: Dump = {}): VolumeDump => ({
  name: xl.name,
  type: xl.type,
  dump: { ...extra, ...dumpXlator(xl), ...dumpOwnCalls(xl) },
});

/** The number of requests that a volume has begun itself, and the oldest of them. */
function dumpOwnCalls({ calls }: Xlator): Dump {
  if (calls.size === 0) return {};
  const oldest = calls.list().slice(0, CALLS_MAX);
  const listed = oldest.map(({ unique, op }) => [`own-call.${unique}`, op] as const);
  return { 'own-calls': calls.size, ...Object.fromEntries(listed) };
}
