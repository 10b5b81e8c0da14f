/** Parts of pictures: boxes, texts and arrows on a paper of their own, dark or light. */
import { escapeXml } from '../../../runtime/volfile/render/svg.ts';

export const FONT_SIZE = 12;
/** Width of a letter of a monospaced font of that size, rounded up. */
const LETTER_WIDTH = FONT_SIZE * 0.61;

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** The content of the picture as text. */
  readonly description: string;
  /** Rules for light and for dark pages, besides those of all pictures. */
  readonly style: readonly [light: string, dark: string];
  readonly parts: readonly string[];
}

interface Colours {
  readonly paper: string;
  readonly ink: string;
  readonly soft: string;
}

const LIGHT: Colours = { paper: '#ffffff', ink: '#1f2328', soft: '#57606a' };
const DARK: Colours = { paper: '#161b22', ink: '#e6edf3', soft: '#a3acb7' };

/** Without variables of CSS, which some viewers of pictures lack. */
const formatRules = ({ paper, ink, soft }: Colours): string =>
  `.paper{fill:${paper}}text{fill:${ink}}.soft{fill:${soft}}.box{fill:${paper};stroke:${soft}}`;

const STYLE =
  `text{font:${FONT_SIZE}px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}` +
  '.head{font-weight:bold}.middle{text-anchor:middle}.arrow{fill:none;stroke-width:1.4}.back{stroke-dasharray:5 3}';

/** Formats a picture, which ends with a newline. */
export function formatDrawing(drawing: Drawing): string {
  const { width, height, title, description, style, parts } = drawing;
  const [light, dark] = style;
  return [
    '<!-- Generated from a recording of requests by tools/gen/pictures (npm run gen). Do not edit. -->',
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
      `viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="description">${escapeXml(description)}</desc>`,
    `<style>${STYLE}${formatRules(LIGHT)}${light}` +
      `@media (prefers-color-scheme:dark){${formatRules(DARK)}${dark}}</style>`,
    `<rect class="paper" width="${width}" height="${height}" rx="6"/>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

export const computeTextWidth = (text: string): number =>
  Math.ceil([...text].length * LETTER_WIDTH);

export const drawText = (x: number, y: number, text: string, classes: string): string =>
  `<text x="${x}" y="${y}" class="${classes}">${escapeXml(text)}</text>`;

export const drawRect = (
  classes: string,
  [x, y]: readonly [number, number],
  [width, height]: readonly [number, number],
  radius = 0,
): string =>
  `<rect class="${classes}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;

/** Draws a level arrow with a tip at its end. */
export function drawArrow(fromX: number, toX: number, y: number, classes: string): string {
  const back = toX > fromX ? -1 : 1;
  return (
    `<path class="arrow ${classes}" d="M${fromX},${y} H${toX + 6 * back}"/>` +
    `<path class="tip ${classes}" d="M${toX},${y} l${8 * back},-4 v8 z"/>`
  );
}
