import { expect, it } from 'vitest';
import { InitError } from '../runtime/core/errors.ts';
import { Graph } from '../runtime/core/graph.ts';
import { Log, type LogLevels } from '../runtime/core/log.ts';
import type { Translator, VolumeSpec } from '../runtime/core/xlator.ts';
import { Failure } from '../terminal/exit.ts';
import { FakeContext, HeldLeaf } from '../test/support/core.ts';
import { Reloader, type ReloadResult, UnknownTypesError } from './reloader.ts';

const levels: LogLevels = { default: 7, volumes: new Map() };

/** A volume that takes a new size, and no new name. */
const subject = {
  ...new HeldLeaf().translator,
  type: 'test/subject',
  reconfigure() {},
  options: {
    size: { type: 'int', default: 1, description: 'Size.', reconfigurable: true },
    name: { type: 'str', default: 'a', description: 'Name.' },
  },
} as unknown as Translator<unknown>;

const refusing = {
  ...new HeldLeaf().translator,
  type: 'test/refusing',
  children: [1, 1],
  options: {},
  init() {
    throw new InitError('it is not there yet');
  },
} as unknown as Translator<unknown>;

async function running(read: (specs: VolumeSpec) => readonly VolumeSpec[]) {
  const context = new FakeContext();
  const spec: VolumeSpec = {
    name: 'v',
    translator: subject,
    options: [],
    subvolumes: [],
    position: 'a.vol:1:8',
  };
  const graph = new Graph([spec], context, levels);
  await graph.start();
  const log = new Log(context.sink, levels, 'glossa');
  const reloader = new Reloader(graph, 'a.vol', async () => read(spec), log);
  const outcome = async (): Promise<ReloadResult> => {
    return (await reloader.reloadAll())[0]!;
  };
  return { graph, context, outcome };
}

const option = (key: string, value: string) => ({ key, value, position: 'a.vol:3:5' });

it('reload applies the new options of the volfile to the running volumes', async () => {
  const given: { key: string; value: string }[] = [];
  const { outcome, context } = await running((spec) => [{ ...spec, options: [...given] }]);
  expect(await outcome()).toEqual({ name: 'a.vol', ok: true, text: 'no option changed' });
  given.push(option('size', '7'));
  expect(await outcome()).toEqual({ name: 'a.vol', ok: true, text: 'new options for v' });
  expect(context.lines.at(-1)).toContain('a.vol: new options for v');
});

it('reload exchanges the graph when a changed option cannot be applied to a running volume', async () => {
  const { outcome, context } = await running((spec) => [
    { ...spec, options: [option('name', 'b')] },
  ]);
  const text = 'another graph: begun v';
  expect(await outcome()).toEqual({ name: 'a.vol', ok: true, text });
  expect(context.lines.some((line) => line.includes(text))).toBe(true);
});

it('reload with one invalid option changes nothing and names the option', async () => {
  const { outcome, context } = await running((spec) => [
    { ...spec, options: [option('name', 'b'), option('size', 'much')] },
  ]);
  const { ok, text } = await outcome();
  expect(ok).toBe(false);
  expect(text).toMatch(/^everything stays as it was: a\.vol:\d+:\d+: .*size/);
  expect(context.lines.at(-1)).toContain('everything stays as it was');
});

const LINE = "a.vol:9:10: error: volume 'x': unknown type 'features/shard'";

it.each<[string, (spec: VolumeSpec) => readonly VolumeSpec[], string]>([
  [
    'a volfile that names an unknown type',
    (spec) => {
      throw new UnknownTypesError([LINE], [spec]);
    },
    LINE,
  ],
  [
    'a volume that does not begin',
    (spec) => [
      { ...spec, name: 'top', translator: refusing, options: [], subvolumes: ['v'] },
      spec,
    ],
    'a.vol:1:8: volume',
  ],
])('reload with %s keeps the graph and still applies new options', async (_, change, why) => {
  const { outcome, context, graph } = await running((spec) =>
    change({ ...spec, options: [option('size', '7')] }),
  );
  const { ok, text } = await outcome();
  expect(ok).toBe(false);
  expect(text).toMatch(/^everything stays as it was: /);
  expect(text).toContain(why);
  expect(text).toMatch(/\nnew options for v all the same$/);
  expect(graph.top.volfileOptions).toMatchObject([{ key: 'size', value: '7' }]);
  expect(context.lines.at(-1)).toContain(
    'a.vol: everything stays as it was; new options for v all the same',
  );
});

it('reload of an invalid volfile returns its problems and changes nothing', async () => {
  const { outcome } = await running(() => {
    throw new Failure('a.vol:1:1: two\na.vol:2:1: problems', ['a.vol:1:1: two', 'and one']);
  });
  expect(await outcome()).toEqual({
    name: 'a.vol',
    ok: false,
    text: 'everything stays as it was: a.vol:1:1: two\nand one',
  });
});
