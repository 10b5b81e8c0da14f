import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ask, askArgs, FakeContext, HeldLeaf, startGraph } from '../../../../test/support/core.ts';
import { EACCES, EIO, ENAMETOOLONG, errnoName } from '../../../core/errno.ts';
import { fops } from '../../../core/fops.ts';
import { fopNames } from '../../../core/gen/fops.gen.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { checkOptions, genericOptions } from '../../../core/options.ts';
import errorGen, { SeededRandom } from './index.ts';

const ALL = { failure: '100', seed: '1' };

async function setUp(given: Record<string, string>) {
  const leaf = new HeldLeaf();
  const context = new FakeContext();
  const volumes = [{ translator: leaf.translator }, { translator: errorGen, options: given }];
  const graph = await startGraph(volumes, context);
  leaf.onRequest = (request) => request.answer(0, 0);
  const lookup = () => ask(graph, 'lookup', new Loc(graph.inodes.root), null);
  /** Returns the errnos of `count` lookups, 0 for success. */
  const errnos = (count: number) =>
    Array.from({ length: count }, lookup).map(({ opRet, opErrno }) => (opRet < 0 ? opErrno : 0));
  const dump = () => errorGen.dump!(graph.top as never);
  return { leaf, context, graph, lookup, errnos, dump };
}

const change = (graph: Awaited<ReturnType<typeof setUp>>['graph'], given: object) => {
  const lines = Object.entries(given).map(([key, value]) => ({ key, value: String(value) }));
  const { values } = checkOptions({ ...genericOptions, ...errorGen.options }, lines);
  errorGen.reconfigure!(graph.top as never, values as never);
};

const problems = (key: string, value: string) =>
  checkOptions(errorGen.options, [{ key, value, position: 'x.vol:3:9' }]).problems;

test('debug/error-gen can fail every fop before it reaches the volume below, with an empty reply', async () => {
  const { leaf, graph } = await setUp({ ...ALL, 'error-no': 'EACCES' });
  leaf.onRequest = ({ name }) => expect.unreachable(name);
  for (const name of fopNames) {
    const row = fops.find((fop) => fop.name === name)!;
    const reply = askArgs(
      graph,
      name,
      row.args.map(() => null),
    );
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EACCES });
    expect(reply.values.every((value) => value === null || typeof value === 'number')).toBe(true);
  }
});

test('a fop that does not fail passes its arguments and reply unchanged', async () => {
  const { leaf, graph } = await setUp({ failure: '0.000001', seed: '1' });
  for (const name of fopNames) {
    const row = fops.find((fop) => fop.name === name)!;
    const args = row.args.map((_, i) => ({ argument: i }));
    const values = row.reply.map((_, i) => ({ reply: i }));
    leaf.onRequest = (request) => {
      expect([request.name, request.args]).toEqual([name, args]);
      request.answer(3, 4, ...values);
    };
    expect(askArgs(graph, name, args)).toMatchObject({ count: 1, opRet: 3, opErrno: 4, values });
  }
});

describe('failure', () => {
  test('failure 25% fails about a quarter of 4000 lookups', async () => {
    const { errnos, dump } = await setUp({ failure: '25%', seed: '7' });
    const failed = errnos(4000).filter((errno) => errno !== 0).length;
    expect(failed / 4000).toBeCloseTo(0.25, 1);
    expect(dump()).toMatchObject({ failure: '25%', failed });
  });

  test('failure 0, or no failure option, lets requests go past the volume', async () => {
    for (const [key, value] of Object.entries({ failure: '0', 'error-no': 'EIO' })) {
      const { graph } = await setUp({ [key]: value });
      expect(graph.links.lookup.xl).toBe(graph.xlators[0]);
    }
  });
});

test("without error-no a lookup fails with each errno of the fop's list", async () => {
  const { errnos } = await setUp(ALL);
  const names = new Set(errnos(200).map(errnoName));
  expect([...names].sort()).toEqual(['EAGAIN', 'ENAMETOOLONG', 'ENOENT', 'ENOTDIR']);
});

test('debug/error-gen fails the same requests with the same seed, and others with another seed', async () => {
  const run = async (seed: string) => (await setUp({ failure: '50', seed })).errnos(100);
  expect(await run('3')).toEqual(await run('3'));
  expect(await run('3')).not.toEqual(await run('4'));
});

test('debug/error-gen without the option seed uses a random number of its context as the seed', async () => {
  class Seeded extends FakeContext {
    override random(out: Uint8Array): void {
      new DataView(out.buffer, out.byteOffset).setUint32(0, 3);
    }
  }
  const leaf = new HeldLeaf();
  leaf.onRequest = (request) => request.answer(0, 0);
  const volumes = [
    { translator: leaf.translator },
    { translator: errorGen, options: { failure: '50' } },
  ];
  const graph = await startGraph(volumes, new Seeded());
  const loc = new Loc(graph.inodes.root);
  const drawn = Array.from({ length: 50 }, () => ask(graph, 'lookup', loc, null).opRet);
  const { errnos } = await setUp({ failure: '50', seed: '3' });
  expect(drawn.map((opRet) => opRet < 0)).toEqual(errnos(50).map((errno) => errno !== 0));
});

test('random-failure fails a lookup with error-no after every 3 to 44 lookups', async () => {
  const given = { 'random-failure': 'on', 'error-no': 'ENAMETOOLONG', seed: '5' };
  const { errnos, dump } = await setUp(given);
  const all = errnos(3000);
  expect(new Set(all)).toEqual(new Set([0, ENAMETOOLONG]));
  const places = all.flatMap((errno, at) => (errno === 0 ? [] : [at]));
  const gaps = places.map((place, i) => place - (places[i - 1] ?? -1));
  expect(Math.min(...gaps)).toBe(3);
  expect(Math.max(...gaps)).toBe(44);
  expect(dump()).toMatchObject({
    random_failure: 1,
    error_no: 'ENAMETOOLONG',
    failed: places.length,
  });
});

test('GF_ERROR_SHORT_WRITE writes half of the data, and other fops pass', async () => {
  const { leaf, graph, errnos, dump } = await setUp({ ...ALL, 'error-no': 'GF_ERROR_SHORT_WRITE' });
  leaf.onRequest = ({ args, answer }) =>
    answer((args[1] as Uint8Array).length, 0, null, null, null);
  const data = new Uint8Array([1, 2, 3, 4, 5]);
  const written = ask(graph, 'writev', new Fd(graph.inodes.root, 0, 1), data, 0, 0, null);
  expect(written).toMatchObject({ count: 1, opRet: 2 });
  leaf.onRequest = (request) => request.answer(0, 0);
  expect(errnos(3)).toEqual([0, 0, 0]);
  expect(dump()).toMatchObject({ failed: 1 });
});

test('enable and error-fops limit the failures to the named fops', async () => {
  for (const key of ['enable', 'error-fops']) {
    const { graph } = await setUp({ ...ALL, [key]: 'write, LOOKUP,FORGET' });
    const [, gen] = graph.xlators;
    const may = fopNames.filter((name) => graph.links[name].xl === gen);
    expect(may.sort()).toEqual(['lookup', 'writev']);
  }
});

test("debug/error-gen logs a failure with GlusterFS's line, unwind(-1, Input/output error)", async () => {
  const { context, lookup } = await setUp({ ...ALL, 'error-no': 'EIO' });
  lookup();
  expect(context.lines.at(-1)).toBe(
    '[1970-01-01 00:00:00.000000 +0000] E [error-gen:0:error_gen_lookup] 0-v1: ' +
      'unwind(-1, Input/output error)',
  );
});

test('a changed error-no or enable applies to the next fops', async () => {
  const { graph, errnos } = await setUp({ ...ALL, 'error-no': 'EACCES' });
  expect(errnos(1)).toEqual([EACCES]);
  change(graph, { failure: '100', 'error-no': 'EIO' });
  expect(errnos(1)).toEqual([EIO]);
  change(graph, { failure: '100', enable: 'STAT' });
  expect(errnos(1)).toEqual([0]);
});

test.each([
  ['failure', '101', "option 'failure': '101' is above 100 percent; it takes a percentage"],
  ['error-no', 'ENOENTT', "option 'error-no': 'ENOENTT' is not among its values (did you mean 'E"],
  [
    'enable',
    'STAT,LOKUP',
    "option 'enable': 'STAT,LOKUP' has 'LOKUP', which is not one of them (did",
  ],
  ['enable', 'STAT,', "option 'enable': 'STAT,' has an item that is empty; it takes names of fops"],
  ['random-failure', 'maybe', "option 'random-failure': 'maybe' is neither on nor off"],
  ['seed', '-1', "option 'seed': '-1' is below the minimum; it takes a whole number from 0"],
])(
  'option %s with the value %s is reported as an error at its line of the volfile',
  (key, value, message) => {
    const [problem, ...more] = problems(key, value);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ severity: 'error', position: 'x.vol:3:9' });
    expect(problem!.message.slice(0, message.length)).toBe(message);
  },
);

test('SeededRandom.drawBelow stays below its limit, and repeats for the same seed', () => {
  fc.assert(
    fc.property(fc.nat(2 ** 32 - 1), fc.integer({ min: 1, max: 1000 }), (seed, limit) => {
      const [one, other] = [new SeededRandom(seed), new SeededRandom(seed)];
      for (let i = 0; i < 20; i++) {
        const drawn = one.drawBelow(limit);
        expect(drawn).toBe(other.drawBelow(limit));
        expect(drawn >= 0 && drawn < limit).toBe(true);
      }
    }),
  );
});
