/** The volumes of the graph, the top first; which of them the request came to, and where it is now. */

import { printable } from '../../../core/log.ts';
import { layOut } from '../../../graph/render/layout.ts';
import { curve } from '../../../graph/render/svg.ts';
import type { HopSeen } from '../../../observe/walk.ts';
import { el, svg } from './dom.ts';
import type { Current, Model } from './model.ts';

const BOX_HEIGHT = 40;
const LETTER = 7.4;
const PADDING = 24;
const MARGIN = 4;

interface Edge {
  readonly path: SVGPathElement;
  readonly from: string;
  readonly to: string;
}

/** A volume as the picture has it; those below it come before it. */
export interface Drawn {
  readonly name: string;
  readonly type: string;
  readonly subvolumes: readonly string[];
}

export interface GraphPicture {
  readonly picture: SVGSVGElement;
  /** Shows where a request has come to; null for none. */
  show(current: Current | null, step: number): void;
}

export function graphView(model: Model): HTMLElement {
  const { picture, show } = graphPicture(model.given.head.volumes);
  model.on(['step'], () => show(model.current, model.step));
  return el('section', { class: 'graph', 'aria-label': 'Graph' }, el('h3', {}, 'Graph'), picture);
}

export function graphPicture(volumes: readonly Drawn[]): GraphPicture {
  const places = new Map(volumes.map(({ name }, i) => [name, i]));
  const children = volumes.map(({ subvolumes }, i) =>
    // A volume stands behind those below it; a recording that says otherwise has no such line.
    subvolumes.flatMap((name) => {
      const child = places.get(name);
      return child === undefined || child >= i ? [] : [child];
    }),
  );
  const boxes = volumes.map(({ name, type }, i) => ({
    width: Math.ceil(Math.max(name.length * 1.1, type.length * 0.9) * LETTER) + PADDING,
    height: BOX_HEIGHT,
    children: children[i]!,
  }));
  const { width, height, corners, edges: ways } = layOut(boxes);
  const edges: Edge[] = ways.map(({ parent, child, points }) => ({
    path: svg('path', { class: 'edge', d: curve(points) }),
    from: volumes[parent]!.name,
    to: volumes[child]!.name,
  }));
  const nodes = volumes.map(({ name, type }, i) => {
    const [x, y] = corners[i]!;
    return svg(
      'g',
      { class: 'volume', transform: `translate(${x} ${y})` },
      svg('rect', { width: boxes[i]!.width, height: BOX_HEIGHT, rx: 6 }),
      svg('text', { x: boxes[i]!.width / 2, y: 17, class: 'name' }, printable(name)),
      svg('text', { x: boxes[i]!.width / 2, y: 32, class: 'type' }, printable(type)),
    );
  });
  const size = `${-MARGIN} ${-MARGIN} ${width + 2 * MARGIN} ${height + 2 * MARGIN}`;
  const picture = svg(
    'svg',
    { viewBox: size, width: width + 2 * MARGIN, role: 'img' },
    ...edges.map(({ path }) => path),
    ...nodes,
  );
  const show = (current: Current | null, at: number): void => {
    const step = current?.steps[at];
    const met = new Set<string>();
    if (current !== null) collect(current.walk.root, met);
    const own = step?.hop.wind.volume ?? '';
    const above = step?.above?.wind.volume ?? '';
    volumes.forEach(({ name }, i) => {
      nodes[i]!.classList.toggle('met', met.has(name));
      nodes[i]!.classList.toggle('now', name === own);
    });
    for (const { path, from, to } of edges) {
      const isWay = step !== undefined && step.kind !== 'note' && from === above && to === own;
      path.classList.toggle('down', isWay && step?.kind === 'wind');
      path.classList.toggle('up', isWay && step?.kind === 'unwind');
    }
    picture.setAttribute(
      'aria-label',
      `The graph of volumes. The request came to ${[...met].join(', ') || 'none'}; now at ${own || 'none'}.`,
    );
  };
  return { picture, show };
}

function collect({ wind, below }: HopSeen, met: Set<string>): void {
  met.add(wind.volume);
  for (const child of below) collect(child, met);
}
