/**
 * Draws a graph as text: one function for each format, from volumes in file order.
 */
import type { PlainVolume } from './description.ts';
import { renderDot } from './render/dot.ts';
import type { RenderSettings } from './render/settings.ts';
import { renderSvg } from './render/svg.ts';
import { renderTree } from './render/tree.ts';

export type Renderer = (volumes: readonly PlainVolume[], settings?: RenderSettings) => string;

export const renderers = {
  tree: renderTree,
  dot: renderDot,
  svg: renderSvg,
} satisfies Record<string, Renderer>;

export type RenderFormat = keyof typeof renderers;
