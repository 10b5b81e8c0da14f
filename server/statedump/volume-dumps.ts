/**
 * Collects the dumps of a graph's volumes (their counters and sizes), for `glossa stats` and
 * metrics.
 */
import { dumpXlator } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dump, Xlator } from '../../runtime/core/xlator.ts';

/** The most requests listed of those that a volume has itself begun, such as a read-ahead. */
const CALLS_MAX = 16;

export interface Statedump {
  /** From the top down. */
  readonly volumes: readonly VolumeDump[];
  /** Volumes of replaced graphs that still have requests or open files; absent without any. */
  readonly replaced?: readonly VolumeDump[];
}

export interface VolumeDump {
  readonly name: string;
  readonly type: string;
  readonly dump: Dump;
}

/** Lists the volumes to dump: initiators (mount, protocol/server) first, then from the top down. */
export function listVolumes(graph: Graph): { volumes: Xlator[]; replaced: VolumeDump[] } {
  const fronts = [...graph.initiators].map(({ xl }) => xl);
  const dumpable = fronts.filter(({ translator }) => translator.dump !== undefined);
  const replaced = graph.retired.flatMap(({ removed, openFdCount, pendingCallCount }) =>
    removed.map((xl) =>
      dumpVolume(xl, { 'open-fds': openFdCount, 'pending-calls': pendingCallCount }),
    ),
  );
  return { volumes: [...graph.xlators, ...dumpable].reverse(), replaced: replaced.reverse() };
}

export function makeStatedump(graph: Graph): Statedump {
  const { volumes, replaced } = listVolumes(graph);
  const dump: Statedump = { volumes: volumes.map((xl) => dumpVolume(xl)) };
  return replaced.length === 0 ? dump : { ...dump, replaced };
}

/** Dumps a volume. @param extra values that come first */
export const dumpVolume = (xl: Xlator, extra: Dump = {}): VolumeDump => ({
  name: xl.name,
  type: xl.type,
  dump: { ...extra, ...dumpXlator(xl), ...dumpOwnCalls(xl) },
});

/** Dumps the number of requests that a volume has itself begun, and the oldest of them. */
function dumpOwnCalls({ calls }: Xlator): Dump {
  if (calls.size === 0) return {};
  const oldest = calls.list().slice(0, CALLS_MAX);
  const listed = oldest.map(({ unique, op }) => [`own-call.${unique}`, op] as const);
  return { 'own-calls': calls.size, ...Object.fromEntries(listed) };
}
