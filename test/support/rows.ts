/**
 * Tables of tests as text. A row begins at the margin and has cells between `⇒`; an indented line continues the row:
 * with `⇒` by its next cell, else by a further line of the last cell. Backslashes stand for themselves.
 *
 *     it.each(rows`
 *     fail(0) ⇒ frame.fail(0) ⇒ fail takes an errno such as ENOENT, not 0
 *     a wrong gfid ⇒ xdata.set("g", "x", "gfuuid")
 *       frame.wind()
 *       ⇒ has a gfid
 *     `)('%s is refused', (_title, source, message) => …);
 */

const INDENT = '  ';

/** The cells of a row; a table may have fewer than four. */
export type Row = readonly [string, string, string, string];

export function rows({ raw }: TemplateStringsArray, ...values: readonly string[]): readonly Row[] {
  const table: string[][] = [];
  for (const line of raw.join('\0').split('\n').slice(1, -1)) {
    const isMore = line === '' || line.startsWith(INDENT);
    const cells = (isMore ? line.slice(INDENT.length) : line).split(/ ?⇒ ?/);
    if (!isMore) table.push(cells);
    else {
      const row = table.at(-1)!;
      const first = cells.shift()!;
      if (cells.length === 0 || first !== '') row.push(`${row.pop()}\n${first}`);
      row.push(...cells);
    }
  }
  let at = 0;
  const fill = (cell: string): string => cell.replaceAll('\0', () => values[at++]!);
  return table.map((row) => row.map(fill)) as unknown as readonly Row[];
}
