/** Colours and widths of a report's pictures, and the style sheets of pages. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../../../runtime/sys/paths.ts';

/** Of pictures, and of the page by day (page.css gives them others in the dark). */
export const INK = '#222222';
export const GRID = '#dddddd';
export const PAPER = '#ffffff';

/** Pixels, for which pictures are drawn; they grow and shrink with the page from there. */
export const WIDE = 840;
export const NARROW = 360;

/** The colours that all pages have, and these style sheets of `apps` over them. */
export const styleSheet = (...paths: readonly string[]): string =>
  ['bench/engine/report/colours.css', ...paths]
    .map((path) => readFileSync(join(packageRoot, 'apps', path), 'utf8'))
    .join('');
