/**
 * The edges of a graph: every subvolume is a volume that stands before the one that names it, and
 * every volume is reached from the top. Definition before use rules out loops, so a loop always
 * contains a reference forward, and is reported there.
 */
import { nearest } from '../core/nearest.ts';
import { quote } from './printable.ts';
import type { Problems } from './problems.ts';
import type { LooseVolume } from './statements.ts';
import type { LooseWord } from './words.ts';

export function checkLinks(volumes: readonly LooseVolume[], problems: Problems): void {
  const indices = indexByName(volumes, problems);
  volumes.forEach((volume, index) => {
    const known = new Set<string>();
    for (const subvolume of volume.subvolumes) {
      if (subvolume.doubtful) continue;
      const { text, at } = subvolume;
      if (known.has(text)) problems.add('repeated-subvolume', at, [volume.name.text, text]);
      else checkLink(volumes, indices, index, subvolume, problems);
      known.add(text);
    }
  });
  // A volume is often unreachable because of another mistake, and then not worth a word.
  if (!problems.hasErrors) checkReach(volumes, indices, problems);
}

function indexByName(volumes: readonly LooseVolume[], problems: Problems): Map<string, number> {
  const indices = new Map<string, number>();
  volumes.forEach(({ name }, index) => {
    const first = indices.get(name.text);
    if (first === undefined) indices.set(name.text, index);
    else if (!name.doubtful) {
      const line = volumes[first]!.name.at.line;
      problems.add('duplicate-volume', name.at, [name.text, line]);
    }
  });
  return indices;
}

function checkLink(
  volumes: readonly LooseVolume[],
  indices: ReadonlyMap<string, number>,
  index: number,
  { text, at }: LooseWord,
  problems: Problems,
): void {
  const { name } = volumes[index]!;
  const child = indices.get(text);
  if (text === name.text) {
    problems.add('self-reference', at, [name.text]);
  } else if (child === undefined) {
    const others = [...indices.keys()].filter((other) => other !== name.text);
    const meant = nearest(text, others);
    const hint = meant === undefined ? undefined : `did you mean ${quote(meant)}?`;
    problems.add('undefined-subvolume', at, [name.text, text], hint);
  } else if (child > index) {
    const back = path(volumes, indices, child, index);
    if (back !== undefined) {
      problems.add('loop', at, [[name.text, ...back]]);
    } else {
      const { line } = volumes[child]!.name.at;
      const hint = 'a volume stands after its subvolumes';
      problems.add('forward-reference', at, [name.text, text, line], hint);
    }
  }
}

/** Names of the volumes on a way down from one volume to another, both included. */
function path(
  volumes: readonly LooseVolume[],
  indices: ReadonlyMap<string, number>,
  from: number,
  to: number,
): string[] | undefined {
  const above = new Map<number, number>([[from, from]]);
  for (const [index] of above) {
    for (const { text } of volumes[index]!.subvolumes) {
      const child = indices.get(text);
      if (child !== undefined && !above.has(child)) above.set(child, index);
    }
  }
  if (!above.has(to)) return undefined;
  const names = [volumes[to]!.name.text];
  for (let index = to; index !== from; ) {
    index = above.get(index)!;
    names.unshift(volumes[index]!.name.text);
  }
  return names;
}

function checkReach(
  volumes: readonly LooseVolume[],
  indices: ReadonlyMap<string, number>,
  problems: Problems,
): void {
  const top = volumes.length - 1;
  const reached = new Set([top]);
  for (const index of reached) {
    for (const { text } of volumes[index]?.subvolumes ?? []) {
      reached.add(indices.get(text)!);
    }
  }
  volumes.forEach(({ name }, index) => {
    if (!reached.has(index)) {
      problems.add('unreachable', name.at, [name.text, volumes[top]!.name.text]);
    }
  });
}
