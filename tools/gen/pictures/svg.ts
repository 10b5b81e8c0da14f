/** Parts of which the pictures are drawn: boxes and texts on a paper of their own, dark or light. */
import { escaped } from '../../../runtime/volfile/render/svg.ts';

export const FONT_SIZE = 12;
export const LINE_HEIGHT = 17;
/** Width of a letter of a monospaced font of that size, rounded up. */
const LETTER = FONT_SIZE * 0.61;
const PADDING = 9;

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** What is to be seen, in words. */
  readonly description: string;
  /** Rules of its own, behind those of all pictures. */
  readonly style?: string;
  readonly parts: readonly string[];
}

interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
  readonly box: string;
  readonly note: string;
  readonly down: string;
  readonly up: string;
}

const LIGHT: Colours = {
  paper: '#ffffff',
  ink: '#1f2328',
  soft: '#57606a',
  box: '#eef2f7',
  note: '#fff3cf',
  down: '#0550ae',
  up: '#953800',
};
const DARK: Colours = {
  paper: '#161b22',
  ink: '#e6edf3',
  soft: '#a3acb7',
  box: '#26303d',
  note: '#3d3213',
  down: '#79b8ff',
  up: '#ffa657',
};

/** No variables: not every viewer of pictures knows them. */
const rules = ({ paper, ink, soft, box, note, down, up }: Colours): string =>
  [
    `.paper{fill:${paper}}`,
    `text{fill:${ink}}`,
    `.soft{fill:${soft}}`,
    `.box{fill:${box};stroke:${soft}}`,
    `.note{fill:${note};stroke:${soft}}`,
    `.lane{stroke:${soft}}`,
    `.down{stroke:${down};fill:none}`,
    `.up{stroke:${up};fill:none}`,
    `.tip.down{fill:${down};stroke:none}`,
    `.tip.up{fill:${up};stroke:none}`,
    `text.down{fill:${down};stroke:none}`,
    `text.up{fill:${up};stroke:none}`,
    `text.over{stroke:${paper}}`,
  ].join('');

const STYLE = [
  `text{font:${FONT_SIZE}px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}`,
  '.head{font-weight:bold}.middle{text-anchor:middle}.lane{stroke-dasharray:2 4}',
  // A line that a text lies over ends before it.
  'text.over{paint-order:stroke;stroke-width:4}',
  '.box,.note{stroke-width:1}.down,.up{stroke-width:1.6}.back{stroke-dasharray:6 4}',
  rules(LIGHT),
  `@media (prefers-color-scheme:dark){${rules(DARK)}}`,
].join('');

/** Says at its head where it comes from; ends with a newline. */
export function drawn(picture: Picture): string {
  const { width, height, title, description, style = '', parts } = picture;
  return [
    '<!-- Generated from recordings by tools/gen/pictures (npm run gen). Do not edit. -->',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${STYLE}${style}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="6"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

export const widthOf = (text: string): number => Math.ceil([...text].length * LETTER);

/** How many letters there are room for. */
export const lettersIn = (width: number): number => Math.floor((width - 2 * PADDING) / LETTER);

export const text = (x: number, y: number, said: string, classes = ''): string =>
  `<text x="${x}" y="${y}"${classes && ` class="${classes}"`}>${escaped(said)}</text>`;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const heightOf = (lines: readonly string[]): number => lines.length * LINE_HEIGHT + PADDING;

/** Lines in a box, the first in bold where it is a heading. */
export function box(
  { x, y, width }: Omit<Box, 'height'>,
  lines: readonly string[],
  { kind = 'box', heading = false }: { kind?: 'box' | 'note'; heading?: boolean } = {},
): string[] {
  return [
    `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${heightOf(lines)}" rx="4"/>`,
    ...lines.map((line, i) =>
      text(x + PADDING, y + (i + 1) * LINE_HEIGHT, line, heading && i === 0 ? 'head' : ''),
    ),
  ];
}

/** A straight line with a tip at its end: a request goes down, a reply comes up. */
export function arrow(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  way: 'down' | 'up',
): string[] {
  const length = Math.hypot(x2 - x1, y2 - y1);
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  const at = (along: number, aside: number): string => {
    const x = x2 - along * dx + aside * dy;
    const y = y2 - along * dy - aside * dx;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const back = way === 'up' ? ' back' : '';
  return [
    `<path class="${way}${back}" d="M${x1},${y1} L${at(6, 0)}"/>`,
    `<path class="tip ${way}" d="M${at(0, 0)} L${at(9, 4)} L${at(9, -4)} z"/>`,
  ];
}

const GFID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{8}([0-9a-f]{4})\b/g;

/** Gfids by their last digits, and the whole no longer than so many letters. */
export function short(said: string, letters: number): string {
  const shown = [...said.replace(GFID, '…$1')];
  return shown.length <= letters ? shown.join('') : `${shown.slice(0, letters - 1).join('')}…`;
}
