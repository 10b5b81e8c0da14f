/** The private parts of a graph's translators, which `glossa stats` shows. */
import { dumpOf } from '../../runtime/core/dumps.ts';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Dump, Xlator } from '../../runtime/core/xlator.ts';

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
