/** Prints what a server reaches, as `glossa check --reach` and `glossa mounts --reach` do. */
import type { ReachRow } from '../runtime/core/reach.ts';
import { makePrintable } from '../runtime/volfile/printable-text.ts';
import { formatTable } from '../terminal/layout.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Prints a table with a row for each path or address; the server's own needs have the volume `-`. */
export function printReach(rows: readonly ReachRow[], terminal: Terminal): void {
  const cells = rows.map(({ target, access, volume, option }) => [
    ...[target, access.join(', '), volume ?? '-', option].map(makePrintable),
  ]);
  const table = [['path or address', 'how', 'volume', 'option'], ...cells];
  for (const line of formatTable(table)) terminal.out(line);
}
