/**
 * Draws a graph as an SVG image: boxes from top to bottom, coloured by category, readable on light
 * and dark backgrounds with any font.
 */
import { findChildIndices, type PlainVolume } from '../description.ts';
import { makePrintable } from '../printable-text.ts';
import { layOut, type Point } from './layout.ts';
import type { RenderSettings } from './settings.ts';

/** Fill and frame of a box by the category of its type. */
const COLOURS_BY_CATEGORY: Readonly<Record<string, readonly [fill: string, stroke: string]>> = {
  storage: ['#e3f1e3', '#3c7a3c'],
  protocol: ['#e3eef8', '#33658f'],
  cluster: ['#efe6f7', '#6d4a94'],
  performance: ['#fdf0d8', '#a06b12'],
  features: ['#fde4e1', '#a8483c'],
  debug: ['#ececec', '#6a6a6a'],
};
const OTHER_COLOURS = ['#ffffff', '#6a6a6a'] as const;

/** A line of text in a box. */
interface Line {
  readonly text: string;
  /** Size of the font, in pixels. */
  readonly size: number;
  readonly class: string;
}

const MARGIN = 16;
const PADDING_X = 12;
const PADDING_Y = 8;
const LINE_SPACING = 1.35;
/** The width of a monospaced letter relative to the font's size, rounded up. */
const LETTER_WIDTH = 0.61;

const STYLE = `
    text { font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; fill: #222; }
    .name { font-weight: bold; }
    .option { fill: #555; }
    .edge { fill: none; stroke: #808080; stroke-width: 1.5; }
  `;

const ARROW_MARKER =
  '<marker id="arrow" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" ' +
  'orient="auto"><path d="M0,1 L9,5 L0,9 z" fill="#808080"/></marker>';

/** Draws the graph; the text ends with a newline. */
export function renderSvg(volumes: readonly PlainVolume[], settings: RenderSettings = {}): string {
  const children = findChildIndices(volumes);
  const texts = volumes.map((volume) => makeLines(volume, settings.showOptions ?? false));
  const boxes = texts.map((lines, i) => ({
    width:
      Math.ceil(lines.reduce((widest, line) => Math.max(widest, estimateLineWidth(line)), 0)) +
      2 * PADDING_X,
    height:
      Math.ceil(lines.reduce((sum, line) => sum + computeLineHeight(line), 0)) + 2 * PADDING_Y,
    children: children[i]!,
  }));
  const { width, height, corners, edges } = layOut(boxes);
  const boxTexts = volumes.map(({ type }, i) => drawBox(type, texts[i]!, corners[i]!, boxes[i]!));
  const size = { width: width + 2 * MARGIN, height: height + 2 * MARGIN };
  const top = volumes[volumes.length - 1]!.name;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" ` +
      `viewBox="${-MARGIN} ${-MARGIN} ${size.width} ${size.height}" role="img">`,
    `  <title>${escapeXml(`The graph of ${top}`)}</title>`,
    `  <style>${STYLE}</style>`,
    `  <defs>${ARROW_MARKER}</defs>`,
    ...edges.map(
      ({ points }) => `  <path class="edge" d="${drawCurve(points)}" marker-end="url(#arrow)"/>`,
    ),
    ...boxTexts.reverse(),
    '</svg>\n',
  ].join('\n');
}

/** Makes the lines of a volume's box: its name, its type, and its options if they are shown. */
function makeLines({ name, type, options }: PlainVolume, showOptions: boolean): Line[] {
  const shownOptions = showOptions ? options : [];
  return [
    { text: name, size: 14, class: 'name' },
    { text: type, size: 12, class: 'type' },
    ...shownOptions.map((option) => ({ text: option.join(' '), size: 11, class: 'option' })),
  ];
}

const computeLineHeight = ({ size }: Line): number => size * LINE_SPACING;

/** Estimates a line's width. Letters of East Asian scripts and pictographs take two cells. */
function estimateLineWidth({ text, size }: Line): number {
  let cells = 0;
  for (const letter of text) cells += letter.codePointAt(0)! >= 0x1100 ? 2 : 1;
  return cells * size * LETTER_WIDTH;
}

/** Draws a volume's box with its lines, in the colours of its type's category. */
function drawBox(
  type: string,
  lines: readonly Line[],
  [x, y]: Point,
  { width, height }: { width: number; height: number },
): string {
  const category = type.slice(0, Math.max(0, type.indexOf('/')));
  const [fill, stroke] = Object.hasOwn(COLOURS_BY_CATEGORY, category)
    ? COLOURS_BY_CATEGORY[category]!
    : OTHER_COLOURS;
  let baseline = y + PADDING_Y;
  const texts = lines.map((line) => {
    // Text is lifted by a part of its size, so that it stands in the middle of its line.
    baseline += computeLineHeight(line);
    const position = `x="${x + PADDING_X}" y="${(baseline - line.size * 0.3).toFixed(1)}"`;
    return `<text class="${line.class}" ${position} font-size="${line.size}">${escapeXml(line.text)}</text>`;
  });
  return [
    '  <g>',
    `    <rect x="${x}" y="${y}" width="${width}" height="${height}" rx="5" ` +
      `fill="${fill}" stroke="${stroke}"/>`,
    ...texts.map((text) => `    ${text}`),
    '  </g>',
  ].join('\n');
}

/** Draws a path through the points that leaves and arrives vertically, as SVG path data. */
export function drawCurve([start, ...rest]: readonly Point[]): string {
  let previous = start!;
  let path = `M${previous[0]},${previous[1]}`;
  for (const point of rest) {
    const middle = (previous[1] + point[1]) / 2;
    const isStraight = previous[0] === point[0];
    path += isStraight
      ? ` L${point[0]},${point[1]}`
      : ` C${previous[0]},${middle} ${point[0]},${middle} ${point[0]},${point[1]}`;
    previous = point;
  }
  return path;
}

/** Escapes a text for XML. Characters that XML cannot represent become U+FFFD. */
const escapeXml = (text: string): string =>
  makePrintable(text)
    .replace(/[\t\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
