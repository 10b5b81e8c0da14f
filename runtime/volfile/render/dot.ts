/** Draws a graph in the language of Graphviz. */
import { findChildIndices, type PlainVolume } from '../description.ts';
import { escapeQuotes, makePrintable } from '../printable-text.ts';
import type { RenderSettings } from './settings.ts';

/** Draws the graph, the top volume (the last of the file) first; the text ends with a newline. */
export function renderDot(volumes: readonly PlainVolume[], settings: RenderSettings = {}): string {
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
