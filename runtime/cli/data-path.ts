/**
 * `glossa graph --data`: which volumes see the data of files on its way, and whether the kernel may
 * therefore read and write the files itself. Only a graph that runs can tell, as a script's fops
 * are known when it was loaded.
 */

import { isGuarded } from '../../bridges/host/data-guard.ts';
import type { Graph } from '../core/graph.ts';
import { unwatched } from '../mount/fuse/passthrough.ts';

const WATCHED = ['open', 'readv', 'writev'] as const;

/** A line for each volume, the top first, and one for what comes of it. */
export function dataPath(graph: Graph): string[] {
  const rows = [...graph.xlators].reverse().map((xl) => {
    const own = WATCHED.filter((name) => xl.fops[name] !== undefined);
    const isStorage = xl.below.length === 0;
    const all = isGuarded(xl) ? '; copies come as reads and writes, and no file has holes' : '';
    const refuses = !isStorage && !xl.passesThrough && own.length === 0;
    return { name: xl.name, isStorage, refuses, own: own.join(', '), all };
  });
  const width = Math.max(...rows.map(({ name }) => name.length));
  const lines = rows.map(({ name, isStorage, refuses, own, all }) => {
    const none = refuses ? 'answers EOPNOTSUPP to it' : 'does not see it';
    const what = isStorage ? 'has it' : own === '' ? none : `sees it: ${own}${all}`;
    return `  ${name.padEnd(width)}  ${what}`;
  });
  return ['data of files:', ...lines, conclusion(graph, rows)];
}

function conclusion(
  graph: Graph,
  rows: readonly { name: string; isStorage: boolean; refuses: boolean; own: string }[],
): string {
  const storage = unwatched(graph.links);
  if (storage !== null) {
    return (
      `passthrough: the kernel reads and writes the files of ${storage.name} itself ` +
      '(Linux 6.9 and later, mounted by root, and a disk that allows it)'
    );
  }
  const watching = rows.filter(
    ({ isStorage, refuses, own }) => refuses || (!isStorage && own !== ''),
  );
  const why =
    watching.length > 0
      ? `because of ${watching.map(({ name }) => name).join(', ')}`
      : 'because the storage has no files on a disk of this machine';
  return `no passthrough: data is read and written in the server, ${why}`;
}
