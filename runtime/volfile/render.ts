/** Lists the functions that draw a graph as text, by format, for `glossa graph`. */
import type { PlainVolume } from './description.ts';
import { renderDot } from './render/dot.ts';
import type { RenderSettings } from './render/settings.ts';
import { renderSvg } from './render/svg.ts';
import { renderTree } from './render/tree.ts';

/** Draws a graph as a text that ends with a newline. */
export type Renderer = (volumes: readonly PlainVolume[], settings?: RenderSettings) => string;

export const renderers = {
  tree: renderTree,
  dot: renderDot,
  svg: renderSvg,
} satisfies Record<string, Renderer>;

export type RenderFormat = keyof typeof renderers;
