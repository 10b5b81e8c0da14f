/** Tables of text. */

/** Columns side by side, each as wide as its widest cell; the last is not filled up. */
export function align(lines: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const line of lines) {
    // A cell with nothing to its right may be as long as it is: a sentence.
    line.slice(0, -1).forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, cell.length);
    });
  }
  return lines
    .map((line) =>
      `  ${line.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('   ')}`.trimEnd(),
    )
    .join('\n');
}

/** Rows of as many cells each, of figures: the first to the left, all others to the right. */
export function alignRight(rows: readonly (readonly string[])[], indent = '  '): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) => {
      const [title, ...cells] = row.map((cell, at) =>
        at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!),
      );
      return (indent + [title, ...cells].join('  ')).trimEnd();
    })
    .join('\n');
}
