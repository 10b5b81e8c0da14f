/**
 * Checks the edges of a graph: each subvolume must stand before the volume that names it, and the top must reach every
 * volume. A loop contains a reference to a later volume, at which it is reported. The depth is limited, because a fop
 * goes down the graph by nested calls on the process's stack.
 */
import { findNearest } from '../core/nearest.ts';
import { quote } from './printable-text.ts';
import type { Problems } from './problems.ts';
import type { LooseWord } from './statement-words.ts';
import type { LooseVolume } from './statements.ts';

/** The most volumes on a path from the top to a storage. Even with observers, they need only a part of the stack. */
const DEPTH_MAX = 256;

/** Checks the edges between the volumes of a file, and adds each mistake to `problems`. */
export function checkEdges(volumes: readonly LooseVolume[], problems: Problems): void {
  const indices = indexByName(volumes, problems);
  const edgeCheck: EdgeCheck = { volumes, indices, reportedLoopEdges: new Set(), problems };
  volumes.forEach((volume, index) => {
    const occurrences = new Map<string, LooseWord[]>();
    for (const subvolume of volume.subvolumes) {
      if (subvolume.hasMistake) continue;
      const earlier = occurrences.get(subvolume.text);
      if (earlier !== undefined) earlier.push(subvolume);
      else {
        occurrences.set(subvolume.text, [subvolume]);
        checkEdge(edgeCheck, index, subvolume);
      }
    }
    for (const [name, [, second, ...more]] of occurrences) {
      if (second === undefined) continue;
      problems.add('repeated-subvolume', second.place, [volume.name.text, name, 2 + more.length]);
    }
  });
  // A volume is often unreachable because of another mistake, so this is not reported then.
  if (problems.hasErrors) return;
  checkReachability(volumes, indices, problems);
  checkDepth(volumes, indices, problems);
}

/** The data of one check. */
interface EdgeCheck {
  readonly volumes: readonly LooseVolume[];
  readonly indices: ReadonlyMap<string, number>;
  /** The edges (`makeEdgeKey`) of loops that were reported. */
  readonly reportedLoopEdges: Set<string>;
  readonly problems: Problems;
}

/** Maps names to indices, and reports names that several volumes have. */
function indexByName(volumes: readonly LooseVolume[], problems: Problems): Map<string, number> {
  const indices = new Map<string, number>();
  volumes.forEach(({ name }, index) => {
    const first = indices.get(name.text);
    if (first === undefined) indices.set(name.text, index);
    else if (!name.hasMistake) {
      const line = volumes[first]!.name.place.line;
      problems.add('duplicate-volume', name.place, [name.text, line]);
    }
  });
  return indices;
}

/** Reports a subvolume that is the volume itself, is not defined, is part of a loop, or stands later in the file. */
function checkEdge(edgeCheck: EdgeCheck, index: number, { text, place }: LooseWord): void {
  const { volumes, indices, problems } = edgeCheck;
  const { name } = volumes[index]!;
  const child = indices.get(text);
  if (text === name.text) {
    problems.add('self-reference', place, [name.text]);
  } else if (child === undefined) {
    const suggestion = problems.isFull
      ? undefined
      : findNearestOther(text, name.text, indices.keys());
    const hint = suggestion === undefined ? undefined : `did you mean ${quote(suggestion)}?`;
    problems.add('undefined-subvolume', place, [name.text, text], hint);
  } else if (child > index && !edgeCheck.reportedLoopEdges.has(makeEdgeKey(name.text, text))) {
    const pathBack = problems.isFull ? undefined : findPath(volumes, indices, child, index);
    if (pathBack !== undefined) {
      const loop = [name.text, ...pathBack];
      problems.add('loop', place, [loop]);
      // The report shows the whole loop, so its other references are not reported.
      for (let i = 1; i < loop.length; i++)
        edgeCheck.reportedLoopEdges.add(makeEdgeKey(loop[i - 1]!, loop[i]!));
    } else {
      const { line } = volumes[child]!.name.place;
      const hint = 'a volume stands after its subvolumes';
      problems.add('forward-reference', place, [name.text, text, line], hint);
    }
  }
}

/** Makes the key of an edge. The length tells where the first name ends, as a name may contain blanks. */
const makeEdgeKey = (from: string, to: string): string => `${from.length} ${from} ${to}`;

const findNearestOther = (
  text: string,
  ownName: string,
  names: Iterable<string>,
): string | undefined =>
  findNearest(
    text,
    [...names].filter((name) => name !== ownName),
  );

/** Finds the names of the volumes on a path down from one volume to another; undefined if there is no path. */
function findPath(
  volumes: readonly LooseVolume[],
  indices: ReadonlyMap<string, number>,
  from: number,
  to: number,
): string[] | undefined {
  const parentByIndex = new Map<number, number>([[from, from]]);
  for (const [index] of parentByIndex) {
    for (const { text } of volumes[index]!.subvolumes) {
      const child = indices.get(text);
      if (child !== undefined && !parentByIndex.has(child)) parentByIndex.set(child, index);
    }
  }
  if (!parentByIndex.has(to)) return undefined;
  const names = [volumes[to]!.name.text];
  for (let index = to; index !== from; ) {
    index = parentByIndex.get(index)!;
    names.push(volumes[index]!.name.text);
  }
  return names.reverse();
}

/** Warns of volumes that the top does not reach. */
function checkReachability(
  volumes: readonly LooseVolume[],
  indices: ReadonlyMap<string, number>,
  problems: Problems,
): void {
  const top = volumes.length - 1;
  const reachedIndices = new Set([top]);
  for (const index of reachedIndices) {
    for (const { text } of volumes[index]?.subvolumes ?? []) {
      reachedIndices.add(indices.get(text)!);
    }
  }
  volumes.forEach(({ name }, index) => {
    if (!reachedIndices.has(index)) {
      problems.add('unreachable', name.place, [name.text, volumes[top]!.name.text]);
    }
  });
}

/** Reports the lowest volume that has too many volumes below it. */
function checkDepth(
  volumes: readonly LooseVolume[],
  indices: ReadonlyMap<string, number>,
  problems: Problems,
): void {
  const depths: number[] = [];
  for (const { name, subvolumes } of volumes) {
    // Subvolumes stand before their parents.
    const depthBelow = subvolumes.reduce(
      (deepest, { text }) => Math.max(deepest, depths[indices.get(text)!]!),
      0,
    );
    depths.push(depthBelow + 1);
    // Only the lowest volume is reported: those above it are too deep for the same reason.
    if (depthBelow === DEPTH_MAX) problems.add('too-deep', name.place, [name.text, DEPTH_MAX]);
  }
}
