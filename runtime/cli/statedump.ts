/**
 * What the translators of a graph tell about themselves, as text for whoever asks from outside: the
 * extended attribute `glossa.statedump` of the mount's root, which `glossa stats` reads.
 */
import type { Graph } from '../core/graph.ts';
import type { Dump, Xlator } from '../core/xlator.ts';

export const STATEDUMP = 'glossa.statedump';

export interface Statedump {
  /** The top first. */
  readonly volumes: readonly VolumeDump[];
}

export interface VolumeDump {
  readonly name: string;
  readonly type: string;
  readonly dump: Dump;
}

/** As JSON. Above the volumes are those who wind to the top, when they have something to tell. */
export function statedump(graph: Graph): string {
  const fronts = [...graph.initiators].map(({ xl }) => xl);
  const telling = fronts.filter(({ translator }) => translator.dump !== undefined);
  const volumes = [...graph.xlators, ...telling].map((xl) => ({
    name: xl.name,
    type: xl.type,
    dump: dumpOf(xl),
  }));
  return JSON.stringify({ volumes: volumes.reverse() } satisfies Statedump);
}

/** A translator that fails to tell does not keep the others from it. */
function dumpOf(xl: Xlator): Dump {
  try {
    return xl.translator.dump?.(xl) ?? {};
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
