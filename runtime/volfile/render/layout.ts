/**
 * Places the boxes of a graph in layers from top to bottom, by the method of Sugiyama, Tagawa and Toda. In three steps:
 *
 * 1. Assigns layers: a box is in the layer of the longest path down to it. An edge gets a bend in each layer between.
 * 2. Orders the boxes and bends of each layer by the mean position of their neighbours (those connected to them in
 *    other layers), so that few edges cross.
 * 3. Moves each as near to the middle of its neighbours as the boxes beside it allow.
 *
 * Used by svg.ts. Units are pixels.
 */

/** A box to place. */
export interface Box {
  readonly width: number;
  readonly height: number;
  /** Indices of boxes before this one. */
  readonly children: readonly number[];
}

export type Point = readonly [x: number, y: number];

/** The positions of boxes and edges. The left upper corner of the whole is at 0, 0. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** The left upper corners of the boxes. */
  readonly corners: readonly Point[];
  readonly edges: readonly Edge[];
}

/** A line from a box to one of its children. */
export interface Edge {
  /** Indices of the boxes. */
  readonly parent: number;
  readonly child: number;
  /** From the lower side of the parent to the upper side of the child; y never decreases. */
  readonly points: readonly Point[];
}

/** A box, or a bend of an edge, which has no width and no height. */
interface Vertex {
  readonly layer: number;
  readonly width: number;
  readonly height: number;
  readonly up: Vertex[];
  readonly down: Vertex[];
  /** The middle of the vertex, from left to right; while layers are sorted, its rank. */
  x: number;
}

/** The least space between boxes of one layer, and the space between layers. */
const GAP_X = 28;
const GAP_Y = 44;
/** Number of passes over all layers in each of the steps 2 and 3. */
const SWEEP_COUNT = 12;

/** Computes the layout of boxes. In the list, each box stands after its children. */
export function layOut(boxes: readonly Box[]): Layout {
  const layerByBox = assignLayers(boxes);
  const vertices = boxes.map(({ width, height }, i) => makeVertex(layerByBox[i]!, width, height));
  const { layers, paths } = arrangeLayers(boxes, vertices);
  for (let sweep = 0; sweep < SWEEP_COUNT; sweep++)
    sortLayers(layers, sweep % 2 === 0 ? 'up' : 'down');
  for (const layer of layers) placeInLayer(layer, () => 0);
  for (let sweep = 0; sweep < SWEEP_COUNT; sweep++)
    straighten(layers, sweep % 2 === 0 ? 'up' : 'down');
  for (let sweep = 0; sweep < SWEEP_COUNT; sweep++) straighten(layers, 'both');
  return computeLayout(layers, vertices, paths);
}

/** Arranges each layer at first in the order of a walk through the graph, and adds the bends of edges. */
function arrangeLayers(boxes: readonly Box[], vertices: readonly Vertex[]) {
  const layers: Vertex[][] = [];
  const add = (vertex: Vertex): void => {
    layers[vertex.layer] ??= [];
    layers[vertex.layer]!.push(vertex);
  };
  const paths: Vertex[][] = [];
  const visited = new Set<number>();
  const pending = boxes.map((_, index) => index);
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (visited.has(index)) continue;
    visited.add(index);
    add(vertices[index]!);
    const { children } = boxes[index]!;
    for (const child of children) paths.push(addPath(vertices[index]!, vertices[child]!, add));
    for (const child of children.toReversed()) pending.push(child);
  }
  return { layers, paths };
}

/** Assigns each box the layer below its lowest parent. */
function assignLayers(boxes: readonly Box[]): number[] {
  const layers = boxes.map(() => 0);
  for (let parent = boxes.length - 1; parent >= 0; parent--) {
    for (const child of boxes[parent]!.children) {
      layers[child] = Math.max(layers[child]!, layers[parent]! + 1);
    }
  }
  return layers;
}

const makeVertex = (layer: number, width: number, height: number): Vertex => ({
  layer,
  width,
  height,
  up: [],
  down: [],
  x: 0,
});

/** Connects a child to its parent, by a bend in each layer between. Returns the vertices of the path. */
function addPath(parent: Vertex, child: Vertex, add: (bend: Vertex) => void): Vertex[] {
  const vertices = [parent];
  for (let layer = parent.layer + 1; layer < child.layer; layer++) {
    const bend = makeVertex(layer, 0, 0);
    add(bend);
    vertices.push(bend);
  }
  vertices.push(child);
  for (let i = 1; i < vertices.length; i++) {
    vertices[i]!.up.push(vertices[i - 1]!);
    vertices[i - 1]!.down.push(vertices[i]!);
  }
  return vertices;
}

const average = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

/** Sorts every layer by the mean position of the neighbours on one side; x is the rank meanwhile. */
function sortLayers(layers: readonly Vertex[][], side: 'up' | 'down'): void {
  const orderedLayers = side === 'up' ? layers : layers.toReversed();
  for (const layer of orderedLayers) {
    layer.forEach((vertex, rank) => {
      vertex.x = rank;
    });
    const meanPositions = new Map(
      layer.map((vertex) => [
        vertex,
        vertex[side].length > 0 ? average(vertex[side].map(({ x }) => x)) : vertex.x,
      ]),
    );
    layer.sort((a, b) => meanPositions.get(a)! - meanPositions.get(b)!);
    layer.forEach((vertex, rank) => {
      vertex.x = rank;
    });
  }
}

/** Moves the vertices of every layer towards the middle of their neighbours. */
function straighten(layers: readonly Vertex[][], side: 'up' | 'down' | 'both'): void {
  const orderedLayers = side === 'down' ? layers.toReversed() : layers;
  for (const layer of orderedLayers) {
    placeInLayer(layer, (vertex, i) => {
      const neighbours = side === 'both' ? [...vertex.up, ...vertex.down] : vertex[side];
      if (neighbours.length > 0) return average(neighbours.map(({ x }) => x));
      if (vertex.up.length + vertex.down.length > 0) return vertex.x;
      // A box without edges stays beside its neighbour.
      const left = layer[i - 1];
      const right = layer[i + 1];
      if (left !== undefined) return left.x + computeDistance(left, vertex);
      return right === undefined ? vertex.x : right.x - computeDistance(vertex, right);
    });
  }
}

/** Computes the least distance between the middles of two vertices side by side. */
const computeDistance = (left: Vertex, right: Vertex): number =>
  (left.width + right.width) / 2 + GAP_X;

/**
 * Places each vertex of a layer as near to its target as order and gaps allow. The sum of the squares of all distances
 * is least: vertices that would overlap are pooled, and moved together (isotonic regression).
 */
function placeInLayer(
  layer: readonly Vertex[],
  findTarget: (vertex: Vertex, i: number) => number,
): void {
  let offset = 0;
  const offsets = layer.map((vertex, i) => {
    const left = layer[i - 1];
    if (left !== undefined) offset += computeDistance(left, vertex);
    return offset;
  });
  const pools: { sum: number; size: number }[] = [];
  layer.forEach((vertex, i) => {
    let pool = { sum: findTarget(vertex, i) - offsets[i]!, size: 1 };
    for (;;) {
      const before = pools[pools.length - 1];
      if (before === undefined || before.sum / before.size <= pool.sum / pool.size) break;
      pools.pop();
      pool = { sum: before.sum + pool.sum, size: before.size + pool.size };
    }
    pools.push(pool);
  });
  let i = 0;
  for (const { sum, size } of pools) {
    for (const last = i + size; i < last; i++) layer[i]!.x = sum / size + offsets[i]!;
  }
}

/** Finds the greatest value of all vertices. (`Math.max(...values)` fails for very many.) */
const findHighest = (vertices: readonly Vertex[], getValue: (vertex: Vertex) => number): number =>
  vertices.reduce((most, vertex) => Math.max(most, getValue(vertex)), Number.NEGATIVE_INFINITY);

/** Computes the positions of boxes and edges, with the left upper corner of the whole at 0, 0. */
function computeLayout(
  layers: readonly Vertex[][],
  vertices: readonly Vertex[],
  paths: readonly Vertex[][],
): Layout {
  const allVertices = layers.flat();
  const left = -findHighest(allVertices, (vertex) => vertex.width / 2 - vertex.x);
  const right = findHighest(allVertices, (vertex) => vertex.x + vertex.width / 2);
  const tops: number[] = [];
  const heights = layers.map((layer) => findHighest(layer, (vertex) => vertex.height));
  let y = 0;
  for (const height of heights) {
    tops.push(y);
    y += height + GAP_Y;
  }
  const toX = (x: number) => round(x - left);
  const indices = new Map(vertices.map((vertex, index) => [vertex, index]));
  const edges = paths.map((path) => ({
    parent: indices.get(path[0]!)!,
    child: indices.get(path.at(-1)!)!,
    points: path.flatMap((vertex, i): Point[] => {
      const x = toX(vertex.x);
      const top: Point = [x, tops[vertex.layer]!];
      if (i === path.length - 1) return [top];
      if (i === 0) return [[x, tops[vertex.layer]! + vertex.height]];
      return [top, [x, tops[vertex.layer]! + heights[vertex.layer]!]];
    }),
  }));
  return {
    width: round(right - left),
    height: y - GAP_Y,
    corners: vertices.map((vertex) => [toX(vertex.x - vertex.width / 2), tops[vertex.layer]!]),
    edges,
  };
}

/** Rounds to a tenth of a pixel. */
const round = (x: number): number => Math.round(x * 10) / 10;
