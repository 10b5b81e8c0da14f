/** Defines colours and widths of a report's pictures, and reads the style sheets of pages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../runtime/sys/paths.ts';

/** Colours in light mode: of texts and axes, of grid lines, and of the background. */
export const INK = '#222222';
export const GRID = '#dddddd';
export const PAPER = '#ffffff';

/** Widths for which pictures are drawn; the page scales them. */
export const WIDE_PX = 840;
export const NARROW_PX = 360;

/** Joins the style sheet of the colours with these. @param paths below the folder `apps` */
export const readStyleSheets = (...paths: readonly string[]): string =>
  ['bench/engine/report/colours.css', ...paths]
    .map((path) => readFileSync(join(packageRoot, 'apps', path), 'utf8'))
    .join('');
