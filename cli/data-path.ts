/**
 * `glossa graph --data`: which volumes see the data of files on its way, and whether the kernel may
 * therefore read and write the files itself. Only a graph that runs can tell, as a script's fops
 * are known when it was loaded.
 */

import type { Graph } from '../runtime/core/graph.ts';
import { unwatched } from '../runtime/mount/fuse/passthrough.ts';
import { table } from '../terminal/layout.ts';

const WATCHED = ['open', 'readv', 'writev'] as const;

/** What a volume does with the data of files. */
export interface DataRow {
  readonly name: string;
  /** The fops by which it sees data. */
  readonly sees: readonly string[];
  /** `has`: a storage. `refuses`: EOPNOTSUPP. `passes`: it does not see it. */
  readonly data: 'has' | 'sees' | 'passes' | 'refuses';
  /** True when the volume changes data, so that none may bypass it (core/data-guard.ts). */
  readonly guarded: boolean;
}

export interface DataPath {
  /** The top first. */
  readonly volumes: readonly DataRow[];
  /** The storage whose files the kernel reads and writes itself; null where it does not. */
  readonly passthrough: string | null;
}

export function dataPath(graph: Graph): DataPath {
  const volumes = [...graph.xlators].reverse().map((xl): DataRow => {
    const hasOwn = xl.translator.dataPath?.isOwn !== undefined;
    const sees = hasOwn ? [] : WATCHED.filter((name) => xl.fops[name] !== undefined);
    const unseen = xl.passesThrough ? 'passes' : 'refuses';
    const data = xl.below.length === 0 ? 'has' : sees.length > 0 ? 'sees' : unseen;
    return { name: xl.name, sees, data, guarded: xl.isGuarded };
  });
  return { volumes, passthrough: unwatched(graph.links)?.name ?? null };
}

/** A line for each volume, and one for what comes of it. */
export function dataLines({ volumes, passthrough }: DataPath): string[] {
  const rows = volumes.map((row) => [row.name, WORDS[row.data](row)]);
  return ['data of files:', ...table(rows, { indent: '  ' }), conclusion(volumes, passthrough)];
}

const WORDS: Readonly<Record<DataRow['data'], (row: DataRow) => string>> = {
  has: () => 'has it',
  refuses: () => 'answers EOPNOTSUPP to it',
  passes: () => 'does not see it',
  sees: ({ sees, guarded }) =>
    `sees it: ${sees.join(', ')}` +
    (guarded
      ? '; copies come as reads and writes, no file has holes, and lookups bring no content along'
      : ''),
};

function conclusion(volumes: readonly DataRow[], passthrough: string | null): string {
  if (passthrough !== null) {
    return (
      `passthrough: the kernel reads and writes the files of ${passthrough} itself ` +
      '(Linux 6.9 and later, mounted by root, and a disk that allows it)'
    );
  }
  const watching = volumes.filter(({ data }) => data === 'refuses' || data === 'sees');
  const why =
    watching.length > 0
      ? `because of ${watching.map(({ name }) => name).join(', ')}`
      : 'because the storage has no files on a disk of this machine';
  return `no passthrough: data is read and written in the server, ${why}`;
}
