/** A graph as a Mermaid flowchart, for Markdown that draws it. */
import { childIndices, type PlainVolume } from '../description.ts';
import { printable } from '../printable.ts';
import type { RenderSettings } from './settings.ts';

/** Ends with a newline. Volumes are called n0, n1 … in the order of the file. */
export function renderMermaid(
  volumes: readonly PlainVolume[],
  settings: RenderSettings = {},
): string {
  const nodes = volumes.map(({ name, type, options }, index) => {
    const lines = [name, type];
    for (const option of settings.options ? options : []) lines.push(option.join(' '));
    return `    n${index}["${lines.map((line) => mermaidText(line)).join('<br/>')}"]`;
  });
  const edges = childIndices(volumes).map((children, parent) =>
    children.map((child) => `    n${parent} --> n${child}`),
  );
  return `${['flowchart TD', ...nodes.reverse(), ...edges.reverse().flat()].join('\n')}\n`;
}

const SPECIAL = /["#&<>`\\*_~[\](){}|;]/g;

/** Mermaid writes a character that means something to it as `#CODE;`. */
export const mermaidText = (text: string, special = SPECIAL): string =>
  printable(text).replace(special, (c) => `#${c.charCodeAt(0)};`);
