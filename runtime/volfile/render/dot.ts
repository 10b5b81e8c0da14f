/** Draws a graph in the language of Graphviz. */
import { childIndices, type PlainVolume } from '../description.ts';
import { escaped, printable } from '../printable.ts';
import type { RenderSettings } from './settings.ts';

/** Ends with a newline. */
export function renderDot(volumes: readonly PlainVolume[], settings: RenderSettings = {}): string {
  const nodes = volumes.map(({ name, type, options }) => {
    const lines = [name, type];
    for (const option of settings.options ? options : []) lines.push(option.join(' '));
    return `    ${quoted([name])} [label=${quoted(lines)}];`;
  });
  const edges = childIndices(volumes).map((children, parent) =>
    children.map((child) => {
      return `    ${quoted([volumes[parent]!.name])} -> ${quoted([volumes[child]!.name])};`;
    }),
  );
  const look = '    node [shape=box, style=rounded, fontname="monospace"];';
  return `${['digraph volfile {', look, ...nodes.reverse(), ...edges.reverse().flat(), '}'].join('\n')}\n`;
}

const quoted = (lines: readonly string[]): string =>
  `"${lines.map((line) => escaped(printable(line))).join('\\n')}"`;
