/** Lists the functions that draw a graph as text, by format, for `glossa graph`. */
import { findChildIndices, type PlainVolume } from './description.ts';
import { escapeQuotes, makePrintable } from './printable-text.ts';
import type { RenderSettings } from './render/settings.ts';
import { renderSvg } from './render/svg.ts';

/**
 * Draws a graph as an indented tree for the terminal, the top first. A volume with several parents
 * is drawn under the first and named under the others. Volumes that the top does not reach follow
 * as trees of their own.
 */
function renderTree(volumes: readonly PlainVolume[], settings: RenderSettings = {}): string {
  const children = findChildIndices(volumes);
  const drawnIndices = new Set<number>();
  const lines: string[] = [];

  /** `margin` stands before the volume's own line, `indent` before the lines below it. */
  const draw = (index: number, margin: string, indent: string): void => {
    const { name, type, options } = volumes[index]!;
    if (drawnIndices.has(index)) {
      lines.push(`${margin}${name}  (above)`);
      return;
    }
    drawnIndices.add(index);
    lines.push(`${margin}${name}  ${type}`);
    const volumeChildren = children[index]!;
    if (settings.showOptions) {
      const bar = volumeChildren.length > 0 ? '│' : ' ';
      for (const [key, value] of options) lines.push(`${indent}${bar}    ${key} ${value}`);
    }
    volumeChildren.forEach((child, i) => {
      const isLast = i === volumeChildren.length - 1;
      draw(child, `${indent}${isLast ? '└─ ' : '├─ '}`, `${indent}${isLast ? '   ' : '│  '}`);
    });
  };

  const childIndices = new Set(children.flat());
  for (let index = volumes.length - 1; index >= 0; index--) {
    if (!childIndices.has(index)) draw(index, '', '');
  }
  return `${lines.map(makePrintable).join('\n')}\n`;
}

/** Draws the graph, the top volume (the last of the file) first; the text ends with a newline. */
function renderDot(volumes: readonly PlainVolume[], settings: RenderSettings = {}): string {
  const nodes = volumes.map(({ name, type, options }) => {
    const lines = [name, type];
    for (const option of settings.showOptions ? options : []) lines.push(option.join(' '));
    return `    ${quoteLines([name])} [label=${quoteLines(lines)}];`;
  });
  const edges = findChildIndices(volumes).map((children, parent) =>
    children.map((child) => {
      return `    ${quoteLines([volumes[parent]!.name])} -> ${quoteLines([volumes[child]!.name])};`;
    }),
  );
  const style = '    node [shape=box, style=rounded, fontname="monospace"];';
  return `${['digraph volfile {', style, ...nodes.reverse(), ...edges.reverse().flat(), '}'].join('\n')}\n`;
}

const quoteLines = (lines: readonly string[]): string =>
  `"${lines.map((line) => escapeQuotes(makePrintable(line))).join('\\n')}"`;

/** Draws a graph as a text that ends with a newline. */
export type Renderer = (volumes: readonly PlainVolume[], settings?: RenderSettings) => string;

export const renderers = {
  tree: renderTree,
  dot: renderDot,
  svg: renderSvg,
} satisfies Record<string, Renderer>;

export type RenderFormat = keyof typeof renderers;
