/** Draws the graph, its top first, and marks the volumes that the request reached. */
import { printable } from '../../../runtime/core/log.ts';
import type { RecordedHop } from '../../../runtime/observe/walk.ts';
import { layOut } from '../../../runtime/volfile/render/layout.ts';
import { drawCurve } from '../../../runtime/volfile/render/svg.ts';
import { html, svg } from './dom.ts';
import type { CurrentRequest, Model } from './model.ts';

// All sizes are in pixels.

/** Height of a volume's box. */
const BOX_HEIGHT = 40;
/** Mean width of a letter. */
const LETTER_WIDTH = 7.4;
/** Space beside the text of a box, on both sides together. */
const TEXT_PADDING = 24;
/** Space around the picture. */
const MARGIN = 4;
/** The token is a dot that moves along an edge with the request. */
const TOKEN_RADIUS = 6;

/** A volume of the picture; its subvolumes come before it. */
export interface DrawnVolume {
  readonly name: string;
  readonly type: string;
  readonly subvolumes: readonly string[];
}

/** A drawn graph. */
export interface GraphPicture {
  readonly picture: SVGSVGElement;
  /** Marks the volumes that a request has reached at a step; null shows the graph alone. */
  show(current: CurrentRequest | null, step: number): void;
}

/** Makes the view of a recording's graph, which follows the current step of the model. */
export function makeGraphView(model: Model): HTMLElement {
  const { picture, show } = makeGraphPicture(model.data.head.volumes);
  model.on(['step'], () => show(model.current, model.stepIndex));
  return html`<section class="graph" aria-label="Graph"><h3>Graph</h3>${picture}</section>`;
}

/** The name of the caller's node above the graph; no volume has this name. */
const CALLER = '';

/**
 * Draws a graph.
 * @param graphVolumes the volumes, the top last
 * @param caller label of the caller, above the graph; default: no caller
 */
export function makeGraphPicture(
  graphVolumes: readonly DrawnVolume[],
  caller?: Omit<DrawnVolume, 'subvolumes'>,
): GraphPicture {
  const top = graphVolumes.at(-1)?.name;
  const callerNodes =
    caller === undefined || top === undefined ? [] : [{ ...caller, subvolumes: [top] }];
  const volumes = [...graphVolumes, ...callerNodes];
  const findNodeName = (i: number): string =>
    i < graphVolumes.length ? graphVolumes[i]!.name : CALLER;
  const indices = new Map(volumes.map(({ name }, i) => [name, i]));
  const children = volumes.map(({ subvolumes }, i) =>
    // Subvolumes come before their volume; in a damaged recording other ones are omitted.
    subvolumes.flatMap((name) => {
      const child = indices.get(name);
      return child === undefined || child >= i ? [] : [child];
    }),
  );
  const boxes = volumes.map(({ name, type }, i) => ({
    width: Math.ceil(Math.max(name.length * 1.1, type.length * 0.9) * LETTER_WIDTH) + TEXT_PADDING,
    height: BOX_HEIGHT,
    children: children[i]!,
  }));
  const { width, height, corners, edges: edgePaths } = layOut(boxes);
  const edges = edgePaths.map(({ parent, child, points }) => ({
    path: svg<SVGPathElement>`<path class="edge" d="${drawCurve(points)}"/>`,
    from: findNodeName(parent),
    to: findNodeName(child),
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
  const [pictureWidth, pictureHeight] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const picture = html<SVGSVGElement>`<svg viewBox="${-MARGIN} ${-MARGIN} ${pictureWidth} ${pictureHeight}"
    width="${pictureWidth}" role="img">${edges.map(({ path }) => path)}${nodes}${token}</svg>`;
  const show = (current: CurrentRequest | null, stepIndex: number): void => {
    const step = current?.steps[stepIndex];
    const visited = new Set<string>();
    if (current !== null) addVisited(current.walk.root, visited);
    const currentVolume = step?.hop.wind.volume;
    const sender = step?.parentHop?.wind.volume ?? CALLER;
    nodes.forEach((node, i) => {
      const name = findNodeName(i);
      node.classList.toggle('met', visited.has(name) || (name === CALLER && current !== null));
      node.classList.toggle('now', name === currentVolume);
    });
    token.remove();
    for (const { path, from, to } of edges) {
      const isTaken =
        step !== undefined && step.kind !== 'note' && from === sender && to === currentVolume;
      const direction = isTaken ? (step.kind === 'wind' ? 'down' : 'up') : '';
      path.setAttribute('class', `edge ${direction}`);
      if (!isTaken) continue;
      // Inserting the element again restarts its animation.
      token.setAttribute('class', `token ${direction}`);
      token.style.offsetPath = `path("${path.getAttribute('d')}")`;
      picture.append(token);
    }
    picture.setAttribute(
      'aria-label',
      `The graph of volumes. The request came to ${[...visited].join(', ') || 'none'}; now at ${currentVolume || 'none'}.`,
    );
  };
  return { picture, show };
}

/** Adds the names of the volumes that a hop and those below it have reached. */
function addVisited({ wind, below }: RecordedHop, visited: Set<string>): void {
  visited.add(wind.volume);
  for (const child of below) addVisited(child, visited);
}
