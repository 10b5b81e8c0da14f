/**
 * Lays out texts in lines: tables, columns, wrapping, bars. The width of a text is the number of
 * terminal columns that it takes: wide characters two, combining ones and escape sequences none.
 */
import { createRequire } from 'node:module';

type StringWidth = typeof import('string-width').default;

/** The most terminal columns of the first column of `formatColumns`. */
const LEFT_COLUMN_WIDTH_MAX = 28;

/** Matches a text of characters that take one column each. */
const PLAIN_ASCII = /^[ -~]*$/;

// Both are loaded at their first use, as that takes tens of milliseconds. Plain ASCII text needs
// neither.
let stringWidth: StringWidth | undefined;
let graphemeSegmenter: Intl.Segmenter | undefined;

/** Returns the columns of a text with any characters. */
function measureUnicode(text: string): number {
  stringWidth ??= (createRequire(import.meta.filename)('#string-width') as { default: StringWidth })
    .default;
  return stringWidth(text);
}

/** Returns the terminal columns that a text takes. */
export const measureWidth = (text: string): number =>
  PLAIN_ASCII.test(text) ? text.length : measureUnicode(text);

/** Returns the width of the widest text; 0 without texts. */
export const findMaxWidth = (texts: readonly string[]): number =>
  Math.max(0, ...texts.map(measureWidth));

/** Returns `count` blanks; none for a negative count. */
const makeBlanks = (count: number): string => ' '.repeat(Math.max(0, count));

/** Adds blanks after a text, up to a width. */
export const padRight = (text: string, width: number): string =>
  text + makeBlanks(width - measureWidth(text));

/** Adds blanks before a text, up to a width. */
export const padLeft = (text: string, width: number): string =>
  makeBlanks(width - measureWidth(text)) + text;

/** Cuts a text, which must have no escape sequences, to a width; a cut text ends in `…`. */
export function cutToWidth(text: string, width: number): string {
  if (measureWidth(text) <= width) return text;
  graphemeSegmenter ??= new Intl.Segmenter();
  let fittingText = '';
  for (const { segment } of graphemeSegmenter.segment(text)) {
    if (measureWidth(fittingText + segment) > width - 1) break;
    fittingText += segment;
  }
  return width < 1 ? '' : `${fittingText}…`;
}

/** The settings of `formatTable`. */
export interface TableSettings {
  /** Whether a column, counted from 0, is aligned at the right; by default none is. */
  readonly isRightAligned?: (column: number) => boolean;
  /** The text between two columns; by default two blanks. */
  readonly gap?: string;
  /** The text before each line; by default none. */
  readonly indent?: string;
}

/**
 * Returns one line for each row, without blanks at the end. In a row with fewer cells than the
 * longest row, the last cell may be a whole sentence: it does not widen its column.
 */
export function formatTable(
  rows: readonly (readonly string[])[],
  { isRightAligned = () => false, gap = '  ', indent = '' }: TableSettings = {},
): string[] {
  const columnCount = Math.max(0, ...rows.map(({ length }) => length));
  const widths = Array.from({ length: columnCount }, (_, column) =>
    findMaxWidth(
      rows.flatMap((row) => (row.length === columnCount ? row : row.slice(0, -1))[column] ?? []),
    ),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) =>
      (isRightAligned(column) ? padLeft : padRight)(cell, widths[column]!),
    );
    return (indent + cells.join(gap)).trimEnd();
  });
}

/**
 * Formats two indented columns. The second is wrapped at `width`, and begins on a line of its own
 * where the first is too wide. There is no newline at the end.
 */
export function formatColumns(
  rows: readonly (readonly [left: string, right: string])[],
  width: number,
): string {
  const leftWidths = rows
    .map(([left]) => measureWidth(left))
    .filter((leftWidth) => leftWidth <= LEFT_COLUMN_WIDTH_MAX);
  // Two blanks before the first column, and two between the columns.
  const margin = makeBlanks(Math.max(0, ...leftWidths) + 4);
  return rows
    .flatMap(([left, right]) => {
      const lines = wrapLine(margin + right, width);
      const leftCell = `  ${left}`;
      if (measureWidth(leftCell) + 2 > margin.length) return [leftCell, ...lines];
      return [
        padRight(leftCell, margin.length) + lines[0]!.slice(margin.length),
        ...lines.slice(1),
      ];
    })
    .join('\n');
}

/** Breaks a line at blanks; the further lines get the indentation of the first. */
export function wrapLine(line: string, width: number): string[] {
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let currentLine = '';
  for (const word of line.trim().split(/ +/)) {
    const longerLine = currentLine === '' ? indent + word : `${currentLine} ${word}`;
    if (measureWidth(longerLine) > width && currentLine !== '') {
      lines.push(currentLine);
      currentLine = indent + word;
    } else currentLine = longerLine;
  }
  return [...lines, currentLine];
}

/**
 * Characters by the number of eighths of a cell that they fill, for bars that end within a cell.
 */
const EIGHTH_BLOCKS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'] as const;

/**
 * Draws a bar that fills `share` (0 … 1) of `width` cells, and at least an eighth of one.
 */
export function formatBar(share: number, width: number): string {
  const eighthCount = Math.max(1, Math.round(Math.min(1, Math.max(0, share)) * width * 8));
  return '█'.repeat(eighthCount >> 3) + EIGHTH_BLOCKS[eighthCount & 7]!;
}
