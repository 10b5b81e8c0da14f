/** Pictures of graphs: exact text for tree and dot, geometry for svg. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlainVolume } from './description.ts';
import { layOut } from './render/layout.ts';
import { renderers } from './render.ts';

const volume = (
  name: string,
  type: string,
  subvolumes: readonly string[] = [],
  options: PlainVolume['options'] = [],
): PlainVolume => ({ name, type, options, subvolumes });

const diamond = [
  volume('spare', 'debug/sink'),
  volume('disk', 'storage/posix', [], [['directory', '/d']]),
  volume('left', 'features/a', ['disk']),
  volume('right', 'features/b', ['disk']),
  volume('top', 'cluster/c', ['left', 'right', 'left'], [['x', '1']]),
];

const odd = [volume('a"b\\c\x1b', '<x>&#/`y`')];

describe('a tree of a graph', () => {
  test('shows names and types, and draws a volume with two parents once', () => {
    expect(`\n${renderers.tree(diamond)}`).toBe(`
top  cluster/c
├─ left  features/a
│  └─ disk  storage/posix
└─ right  features/b
   └─ disk  (above)
spare  debug/sink
`);
  });

  test('shows options between a volume and its subvolumes', () => {
    expect(`\n${renderers.tree(diamond, { showOptions: true })}`).toBe(`
top  cluster/c
│    x 1
├─ left  features/a
│  └─ disk  storage/posix
│          directory /d
└─ right  features/b
   └─ disk  (above)
spare  debug/sink
`);
  });

  test('escapes control characters in names', () => {
    expect(renderers.tree(odd)).toBe('a"b\\c␛  <x>&#/`y`\n');
  });
});

test('a dot graph has a node for each volume and an edge for each subvolume', () => {
  expect(`\n${renderers.dot(diamond, { showOptions: true })}`).toBe(`
digraph volfile {
    node [shape=box, style=rounded, fontname="monospace"];
    "top" [label="top\\ncluster/c\\nx 1"];
    "right" [label="right\\nfeatures/b"];
    "left" [label="left\\nfeatures/a"];
    "disk" [label="disk\\nstorage/posix\\ndirectory /d"];
    "spare" [label="spare\\ndebug/sink"];
    "top" -> "left";
    "top" -> "right";
    "right" -> "disk";
    "left" -> "disk";
}
`);
  expect(renderers.dot(odd)).toContain('"a\\"b\\\\c␛" [label="a\\"b\\\\c␛\\n<x>&#/`y`"];');
});

test('an SVG of a graph has a box with two texts for each volume, an arrow for each edge, and escaped names', () => {
  const svg = renderers.svg(diamond);
  expect(svg.match(/<rect /g)).toHaveLength(5);
  expect(svg.match(/<text /g)).toHaveLength(10);
  expect(svg.match(/marker-end/g)).toHaveLength(4);
  expect(renderers.svg(diamond, { showOptions: true }).match(/<text /g)).toHaveLength(12);
  expect(renderers.svg(odd)).toContain('>&#60;x&#62;&#38;#/`y`</text>');
});

describe('the layout of a graph', () => {
  const boxes = fc.array(
    fc.record({
      width: fc.integer({ min: 10, max: 200 }),
      height: fc.integer({ min: 10, max: 80 }),
      picks: fc.array(fc.nat(), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 25 },
  );
  const graphs = boxes.map((list) =>
    list.map(({ width, height, picks }, i) => ({
      width,
      height,
      children: i === 0 ? [] : [...new Set(picks.map((pick) => pick % i))],
    })),
  );

  test('has boxes that do not overlap and edges that go down from parent to child', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { width, height, corners, edges } = layOut(graph);
        const placed = graph.map((box, i) => ({ ...box, x: corners[i]![0], y: corners[i]![1] }));
        for (const [i, a] of placed.entries()) {
          expect(Math.min(a.x, a.y)).toBeGreaterThanOrEqual(-0.1);
          expect(a.x + a.width).toBeLessThanOrEqual(width + 0.2);
          expect(a.y + a.height).toBeLessThanOrEqual(height + 0.1);
          for (const b of placed.slice(i + 1)) {
            const apartX = a.x + a.width < b.x || b.x + b.width < a.x;
            const apartY = a.y + a.height < b.y || b.y + b.height < a.y;
            expect(apartX || apartY).toBe(true);
          }
        }
        expect(edges.length).toBe(graph.reduce((sum, { children }) => sum + children.length, 0));
        for (const { parent, child, points } of edges) {
          expect(graph[parent]!.children).toContain(child);
          const ys = points.map(([, y]) => y);
          expect(ys).toEqual(ys.toSorted((a, b) => a - b));
          const [from, to] = [points[0]!, points[points.length - 1]!];
          expect(placed[parent]!.y + placed[parent]!.height).toBe(from[1]);
          expect(placed[child]!.y).toBe(to[1]);
        }
      }),
    );
  });

  test('puts a chain on a straight line', () => {
    const chain = [30, 80, 50].map((width, i) => ({
      width,
      height: 20,
      children: i === 0 ? [] : [i - 1],
    }));
    const { corners, edges } = layOut(chain);
    expect(corners.map(([x], i) => x + chain[i]!.width / 2)).toEqual([40, 40, 40]);
    expect(edges.flatMap(({ points }) => points).map(([x]) => x)).toEqual([40, 40, 40, 40]);
  });
});
