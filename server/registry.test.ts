import { expect, it } from 'vitest';
import { registry } from './registry.ts';
import { inspectText } from './volfiles.ts';

const ofType = (type: string): string => `volume a\n  type ${type}\nend-volume\n`;

// Whoever was here before may have loaded it: in a run of this file alone nobody has.
it('knows a type whose name is written with escapes', async () => {
  const { description } = await inspectText('x.vol', ofType('"debug\\/si\\nk"'), { registry });
  expect(description?.volumes[0]?.type.text).toBe('debug/sink');
});

it('tells a type that is not there from those that are, loaded or not', async () => {
  const { problems } = await inspectText('x.vol', ofType('storage/memry'), { registry });
  expect(problems.map(({ code, hint }) => [code, hint])).toEqual([
    ['unknown-type', "did you mean 'storage/memory'?"],
  ]);
});

it('says what there is instead of a type that is refused', async () => {
  const { problems } = await inspectText('x.vol', ofType('cluster/nufa'), { registry });
  expect(problems[0]?.hint).toContain(
    'cluster/distribute reads and writes all that such a volume has',
  );
});

it('has each type under its own name', async () => {
  await registry.loadAll();
  const types = [...registry.types()];
  expect(types.map((type) => registry.lookup(type)?.type)).toEqual(types);
});
