/** Defines colours and widths of a report's pictures, and reads the style sheets of pages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../runtime/sys/paths.ts';

/** Colours of pictures, and of the page in light mode; page.css has the colours of dark mode. */
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
