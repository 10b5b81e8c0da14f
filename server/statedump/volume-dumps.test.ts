import { describe, expect, it } from 'vitest';
import { Stack } from '../../runtime/core/frame.ts';
import { type Dump, defineTranslator, type Translator } from '../../runtime/core/xlator.ts';
import { startGraph } from '../../test/support/core.ts';
import { formatVolumeDumps } from './paragraphs.ts';
import { collectVolumeDumps, type VolumeDump } from './volume-dumps.ts';

const dumping = (type: string, dump?: () => Dump): Translator<unknown> =>
  defineTranslator<unknown, Record<string, never>>({
    type,
    description: '',
    children: [0, 1],
    options: {},
    fops: {},
    init: () => null,
    ...(dump && { dump }),
  });

describe('a statedump', () => {
  it('lists every volume of the graph, from the top down', async () => {
    const graph = await startGraph([
      { translator: dumping('a/bottom', () => ({ inodes: 3, 'data-bytes': 4096 })) },
      { translator: dumping('a/silent') },
      { translator: dumping('a/top', () => ({ state: 'fine' })) },
    ]);
    expect(collectVolumeDumps(graph)).toEqual({
      volumes: [
        { name: 'v2', type: 'a/top', dump: { state: 'fine' } },
        { name: 'v1', type: 'a/silent', dump: {} },
        { name: 'v0', type: 'a/bottom', dump: { inodes: 3, 'data-bytes': 4096 } },
      ],
    });
    await graph.stop();
  });

  it('lists the 16 oldest of the requests that a volume has started itself, and gives their number', async () => {
    const graph = await startGraph([{ translator: dumping('a/busy', () => ({ state: 'fine' })) }]);
    const calls = Array.from({ length: 20 }, () => new Stack(0, 0, -100, 'STAT'));
    for (const call of calls) graph.top.begin(call);
    const { dump } = collectVolumeDumps(graph).volumes[0]!;
    const oldest = calls.slice(0, 16).map(({ unique }) => [`own-call.${unique}`, 'STAT']);
    expect(dump).toEqual({ state: 'fine', 'own-calls': 20, ...Object.fromEntries(oldest) });
    for (const call of calls) graph.top.end(call);
    expect(collectVolumeDumps(graph).volumes[0]!.dump).toEqual({ state: 'fine' });
    await graph.stop();
  });

  it('shows an error in place of the values of a translator whose dump function throws', async () => {
    const broken = dumping('a/broken', () => {
      throw new Error('oh');
    });
    const graph = await startGraph([{ translator: broken }]);
    expect(collectVolumeDumps(graph).volumes[0]!.dump).toEqual({ error: 'oh' });
    await graph.stop();
  });

  it('shows control characters in names and values as visible symbols', () => {
    const volumes = [{ name: 'a\x1b', type: 'b/\x1b', dump: { state: '\x1b[2J' } }];
    expect(formatVolumeDumps({ volumes }, false)).toBe('a␛  b/␛\n    state  ␛[2J');
  });

  it('is printed in columns, with the volumes that a reload has replaced at the end', () => {
    const volumes: VolumeDump[] = [
      { name: 'top', type: 'a/top', dump: { hits: 12, 'data-bytes': 4096 } },
      { name: 'bottom', type: 'a/bottom', dump: {} },
    ];
    expect(formatVolumeDumps({ volumes }, false)).toBe(
      'top  a/top\n    hits        12\n    data-bytes  4096\nbottom  a/bottom',
    );
    const replaced = [{ name: 'old', type: 'a/old', dump: { 'open-fds': 1 } }];
    expect(formatVolumeDumps({ volumes: volumes.slice(1), replaced }, false)).toBe(
      'bottom  a/bottom\nold  a/old (replaced, and not idle)\n    open-fds  1',
    );
    expect(formatVolumeDumps({ volumes }, true)).toMatch('\x1b[1mtop\x1b[22m  a/top');
  });
});
