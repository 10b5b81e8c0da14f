import { expect, it } from 'vitest';
import { registry } from './registry.ts';
import { inspectText } from './volfiles.ts';

const ofType = (type: string): string => `volume a\n  type ${type}\nend-volume\n`;

// Another test file may have loaded the type before; in a run of this file alone it is not loaded.
it('a type whose name is written with escapes is loaded and found', async () => {
  const { description } = await inspectText('x.vol', ofType('"debug\\/si\\nk"'), { registry });
  expect(description?.volumes[0]?.type.text).toBe('debug/sink');
});

it('an unknown type gets the nearest type as a hint, even if that is not loaded yet', async () => {
  const { problems } = await inspectText('x.vol', ofType('storage/memry'), { registry });
  expect(problems.map(({ code, hint }) => [code, hint])).toEqual([
    ['unknown-type', "did you mean 'storage/memory'?"],
  ]);
});

it('a type that glossa refuses gets its substitute as a hint', async () => {
  const { problems } = await inspectText('x.vol', ofType('cluster/nufa'), { registry });
  expect(problems[0]?.hint).toContain(
    'cluster/distribute reads and writes all that such a volume has',
  );
});

it('each type is registered under its own name', async () => {
  await registry.loadAll();
  const types = [...registry.listTypeNames()];
  expect(types.map((type) => registry.lookup(type)?.type)).toEqual(types);
});
