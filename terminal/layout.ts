/** Texts for people, laid out in lines. */

/** The first column grows up to here. */
const LEFT_MAX = 28;

/**
 * Two indented columns; the second is wrapped at `width`, and begins on a line of its own where
 * the first is too wide. No newline at the end.
 */
export function columns(
  rows: readonly (readonly [left: string, right: string])[],
  width: number,
): string {
  const widths = rows.map(([left]) => left.length).filter((length) => length <= LEFT_MAX);
  const margin = ' '.repeat(Math.max(0, ...widths) + 4);
  return rows
    .flatMap(([left, right]) => {
      const lines = wrap(margin + right, width);
      const first = `  ${left}`;
      if (first.length + 2 > margin.length) return [first, ...lines];
      return [first.padEnd(margin.length) + lines[0]!.slice(margin.length), ...lines.slice(1)];
    })
    .join('\n');
}

/** A line broken at blanks; the lines after the first are indented as it is. */
export function wrap(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = '';
  for (const word of line.trim().split(/ +/)) {
    const longer = current === '' ? indent + word : `${current} ${word}`;
    if (longer.length > width && current !== '') {
      lines.push(current);
      current = indent + word;
    } else current = longer;
  }
  return [...lines, current];
}
