import { describe, expect, test } from 'vitest';
import { ask, FakeContext, HeldLeaf } from '../../test/support/core.ts';
import { EACCES } from './errno.ts';
import { type GraphError, InitError } from './errors.ts';
import { fail } from './gen/fops.gen.ts';
import { Graph } from './graph.ts';
import { INFO } from './log.ts';
import { Loc } from './operands.ts';
import { defineOptions } from './options.ts';
import { defineTranslator, type Translator, type VolumeSpec } from './xlator.ts';

const told: unknown[] = [];
const options = defineOptions({
  size: { type: 'sizet', default: 1, description: 'Changes.', reconfigurable: true },
  either: { type: 'percent_or_sizet', description: 'Stays.' },
  path: { type: 'str', default: '/', description: 'Stays.' },
});

const translator = defineTranslator<null, typeof options>({
  type: 'test/top',
  description: 'Takes options.',
  children: [1, 1],
  options,
  fops: {},
  init: () => null,
  reconfigure(_xl, values) {
    if (values.size === 13) throw new InitError('option size: not 13');
    told.push(values);
  },
}) as unknown as Translator<unknown>;

const leaf = new HeldLeaf();

/** Descriptions of a leaf and a top with these options. */
function specs(given: Record<string, string>, changes: Partial<VolumeSpec> = {}): VolumeSpec[] {
  const below = leaf.translator as Translator<unknown>;
  const lines = Object.entries(given).map(([key, value], at) => ({
    key,
    value,
    position: `a.vol:${at + 5}:3`,
  }));
  return [
    { name: 'leaf', translator: below, options: [], subvolumes: [], position: 'a.vol:1:1' },
    {
      name: 'top',
      translator,
      options: lines,
      subvolumes: ['leaf'],
      position: 'a.vol:4:1',
      ...changes,
    },
  ];
}

async function start(given: Record<string, string>): Promise<Graph> {
  told.length = 0;
  const graph = new Graph(specs(given), new FakeContext(), { default: INFO, volumes: new Map() });
  await graph.start();
  return graph;
}

/** The problems of a graph with a description. */
function refusal(graph: Graph, description: readonly VolumeSpec[]): readonly string[] {
  try {
    graph.reconfigure(description);
  } catch (error) {
    return (error as GraphError).problems;
  }
  return [];
}

describe('a running graph', () => {
  test('passes all values to reconfigure when a reconfigurable option changes', async () => {
    const graph = await start({ size: '2', either: '10%' });
    expect(graph.reconfigure(specs({ size: '1KB', either: '10%' }))).toEqual(['top']);
    expect(told).toMatchObject([{ size: 1024, path: '/' }]);
    expect(graph.reconfigure(specs({ size: '1KB', either: '10%' }))).toEqual([]);
    expect(graph.reconfigure(specs({ either: '10%' }))).toEqual(['top']);
    expect(told).toMatchObject([{ size: 1024 }, { size: 1 }]);
  });

  test('has the lines of the newest description, also when no option changes', async () => {
    const graph = await start({ size: '2' });
    graph.reconfigure(specs({ size: '2' }, { position: 'a.vol:9:1' }));
    expect(graph.xlators.map(({ position }) => position)).toEqual(['a.vol:1:1', 'a.vol:9:1']);
  });

  test('refuses to change an option that is not reconfigurable, and names the line in the volfile', async () => {
    const graph = await start({ size: '2' });
    expect(refusal(graph, specs({ size: '3', path: '/srv' }))).toEqual([
      "a.vol:6:3: option 'path' cannot change while the volume runs; mount it anew",
    ]);
    expect(refusal(graph, specs({ size: 'x' }))[0]).toMatch(/^a\.vol:5:3: option 'size': 'x'/);
    expect(told).toEqual([]);
    expect(graph.top.volfileOptions.map(({ value }) => value)).toEqual(['2']);
  });

  test('refuses new options from a volfile with other volumes or subvolumes', async () => {
    const graph = await start({});
    for (const change of [{ name: 'other' }, { subvolumes: [] }]) {
      const said = refusal(graph, specs({}, change));
      expect(said).toHaveLength(1);
      expect(said[0]).toMatch(/^a\.vol:4:1: volume '(other|top)' is new, or has another type/);
    }
    expect(refusal(graph, specs({}).slice(0, 1))).toEqual([
      "volume 'top' is gone: unmount and mount again",
    ]);
    const more = [...specs({}), { name: 'more', translator, options: [], subvolumes: ['top'] }];
    expect(refusal(graph, more)[0]).toMatch(/^volume 'more' is new/);
  });

  test('keeps the old options of a volume that refuses the new ones', async () => {
    const graph = await start({ size: '2' });
    expect(refusal(graph, specs({ size: '13' }))).toEqual([
      "a.vol:4:1: volume 'top' (test/top): option size: not 13",
    ]);
    expect(graph.reconfigure(specs({ size: '2' }))).toEqual([]);
  });

  test('sends requests to the new fops after exchangeFops', async () => {
    const graph = await start({});
    const stat = () => ask(graph, 'stat', new Loc(graph.inodes.root), null);
    const { links } = graph;
    graph.top.exchangeFops({ stat: (frame) => fail.stat(frame, EACCES) });
    expect(stat()).toMatchObject({ count: 1, opErrno: EACCES });
    graph.top.exchangeFops({});
    expect(stat().count).toBe(0);
    expect(leaf.requests).toHaveLength(1);
    expect(graph.links).toBe(links);
  });
});
