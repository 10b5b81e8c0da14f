/**
 * Tables for a terminal: columns that have no room beside each other stand below each other, each
 * time with the names of the rows, so that nothing is left out however narrow the terminal is.
 */

import { wrap } from '../../../../terminal/layout.ts';

export interface TextColumn {
  readonly title: string;
  /** One of each row. */
  readonly cells: readonly string[];
}

export const GAP = 2;
/** A title goes on in the next line before it makes a column of figures much wider. */
const TITLE_WIDTH = 9;

/** A column with its lines, all of one width. */
export interface LaidColumn {
  readonly width: number;
  readonly head: readonly string[];
  readonly cells: readonly string[];
}

function laid({ title, cells }: TextColumn, titleWidth: number): LaidColumn {
  const widest = Math.max(0, ...cells.map(({ length }) => length));
  const head = wrap(title, Math.max(widest, titleWidth));
  const width = Math.max(widest, ...head.map(({ length }) => length));
  return {
    width,
    head: head.map((line) => line.padStart(width)),
    cells: cells.map((cell) => cell.padStart(width)),
  };
}

export const widthOf = (columns: readonly LaidColumn[]): number =>
  columns.reduce((sum, { width }) => sum + GAP + width, 0);

/** Columns in their order, as many beside each other as the width has room for, at least one. */
export function bandsOf(
  columns: readonly TextColumn[],
  width: number,
  titleWidth = TITLE_WIDTH,
): LaidColumn[][] {
  const bands: LaidColumn[][] = [];
  for (const column of columns.map((it) => laid(it, titleWidth))) {
    const last = bands.at(-1);
    if (last !== undefined && widthOf([...last, column]) <= width) last.push(column);
    else bands.push([column]);
  }
  return bands;
}

/** The lines of the titles, which end in the same line. */
export function headLines(columns: readonly LaidColumn[]): string[] {
  const height = Math.max(0, ...columns.map(({ head }) => head.length));
  return Array.from({ length: height }, (_, line) =>
    columns
      .map(({ head, width }) => head[line - height + head.length] ?? ' '.repeat(width))
      .map((cell) => ' '.repeat(GAP) + cell)
      .join(''),
  );
}
