/** The volumes of the graph, the top first; which of them the request came to, and where it is now. */

import { printable } from '../../../runtime/core/log.ts';
import type { HopSeen } from '../../../runtime/observe/walk.ts';
import { layOut } from '../../../runtime/volfile/render/layout.ts';
import { curve } from '../../../runtime/volfile/render/svg.ts';
import { html, svg } from './dom.ts';
import type { Current, Model } from './model.ts';

const BOX_HEIGHT = 40;
const LETTER = 7.4;
const PADDING = 24;
const MARGIN = 4;
const TOKEN_RADIUS = 6;

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
  return html`<section class="graph" aria-label="Graph"><h3>Graph</h3>${picture}</section>`;
}

/** Stands above the top of the graph: no volume has this name. */
const ASKER = '';

/** @param asker who the requests are from, drawn above the graph */
export function graphPicture(
  below: readonly Drawn[],
  asker?: Omit<Drawn, 'subvolumes'>,
): GraphPicture {
  const top = below.at(-1)?.name;
  const above = asker === undefined || top === undefined ? [] : [{ ...asker, subvolumes: [top] }];
  const volumes = [...below, ...above];
  const nameOf = (i: number): string => (i < below.length ? below[i]!.name : ASKER);
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
  const edges = ways.map(({ parent, child, points }) => ({
    path: svg<SVGPathElement>`<path class="edge" d="${curve(points)}"/>`,
    from: nameOf(parent),
    to: nameOf(child),
  }));
  const nodes = volumes.map(({ name, type }, i) => {
    const { width } = boxes[i]!;
    return svg`<g class="volume" transform="translate(${corners[i]!.join(' ')})">
      <rect width="${width}" height="${BOX_HEIGHT}" rx="6"/>
      <text x="${width / 2}" y="17" class="name">${printable(name)}</text>
      <text x="${width / 2}" y="32" class="type">${printable(type)}</text>
    </g>`;
  });
  const token = svg`<circle class="token" r="${TOKEN_RADIUS}"/>`;
  const [across, down] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const picture = html<SVGSVGElement>`<svg viewBox="${-MARGIN} ${-MARGIN} ${across} ${down}"
    width="${across}" role="img">${edges.map(({ path }) => path)}${nodes}${token}</svg>`;
  const show = (current: Current | null, at: number): void => {
    const step = current?.steps[at];
    const met = new Set<string>();
    if (current !== null) collect(current.walk.root, met);
    const own = step?.hop.wind.volume;
    const above = step?.above?.wind.volume ?? ASKER;
    nodes.forEach((node, i) => {
      const name = nameOf(i);
      node.classList.toggle('met', met.has(name) || (name === ASKER && current !== null));
      node.classList.toggle('now', name === own);
    });
    token.remove();
    for (const { path, from, to } of edges) {
      const isWay = step !== undefined && step.kind !== 'note' && from === above && to === own;
      const way = isWay ? (step.kind === 'wind' ? 'down' : 'up') : '';
      path.setAttribute('class', `edge ${way}`);
      if (!isWay) continue;
      // Put in anew, it sets out anew.
      token.setAttribute('class', `token ${way}`);
      token.style.offsetPath = `path("${path.getAttribute('d')}")`;
      picture.append(token);
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
