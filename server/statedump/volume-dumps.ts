/**
 * Collects the dumps of a graph's volumes (their counters and sizes), for `glossa stats` and
 * metrics.
 */
import { dumpXlator } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dump, Xlator } from '../../runtime/core/xlator.ts';

/** The most listed requests that a volume has itself begun, such as a read-ahead. */
const LISTED_CALLS_MAX = 16;

/** The dumps of all volumes of a graph. */
export interface VolumeDumps {
  /** The dumps from the top of the graph down. */
  readonly volumes: readonly VolumeDump[];
  /** Volumes of replaced graphs that still have requests or open files; absent without any. */
  readonly replaced?: readonly VolumeDump[];
}

/** The dump of one volume. */
export interface VolumeDump {
  readonly name: string;
  readonly type: string;
  readonly dump: Dump;
}

/** Lists the volumes to dump: initiators (mount, protocol/server) first, then from the top down. */
export function listVolumes(graph: Graph): { volumes: Xlator[]; replaced: VolumeDump[] } {
  const frontVolumes = [...graph.initiators].map(({ xl }) => xl);
  const dumpable = frontVolumes.filter(({ translator }) => translator.dump !== undefined);
  const replaced = graph.retiredGraphs.flatMap(
    ({ replacedInstances, openFdCount, pendingRequestCount }) =>
      replacedInstances.map((xl) =>
        dumpVolume(xl, { 'open-fds': openFdCount, 'pending-calls': pendingRequestCount }),
      ),
  );
  return { volumes: [...graph.xlators, ...dumpable].reverse(), replaced: replaced.reverse() };
}

/** Dumps the volumes of a graph, and those of replaced graphs that are still in use. */
export function collectVolumeDumps(graph: Graph): VolumeDumps {
  const { volumes, replaced } = listVolumes(graph);
  const dumps: VolumeDumps = { volumes: volumes.map((xl) => dumpVolume(xl)) };
  return replaced.length === 0 ? dumps : { ...dumps, replaced };
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
  const oldest = calls.list().slice(0, LISTED_CALLS_MAX);
  const listed = oldest.map(({ unique, op }) => [`own-call.${unique}`, op] as const);
  return { 'own-calls': calls.size, ...Object.fromEntries(listed) };
}
