/**
 * Draws a graph as an indented tree for the terminal, the top first. A volume with several parents
 * is drawn under the first and named under the others. Volumes that the top does not reach follow
 * as trees of their own.
 */
import { findChildIndices, type PlainVolume } from '../description.ts';
import { makePrintable } from '../printable-text.ts';
import type { RenderSettings } from './settings.ts';

/** Draws the graph; the text ends with a newline. */
export function renderTree(volumes: readonly PlainVolume[], settings: RenderSettings = {}): string {
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
