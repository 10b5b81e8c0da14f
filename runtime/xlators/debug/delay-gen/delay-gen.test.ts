import { describe, expect, test } from 'vitest';
import { ask, askArgs, FakeContext, HeldLeaf, startGraph } from '../../../../test/support/core.ts';
import { fops } from '../../../core/fops.ts';
import { fopNames } from '../../../core/gen/fops.gen.ts';
import { Fd, Loc } from '../../../core/operands.ts';
import { checkOptions, genericOptions } from '../../../core/options.ts';
import delayGen from './index.ts';

/** A context whose random numbers are the test's, as shares of 1, in turn. */
class RiggedContext extends FakeContext {
  shares = [0];
  private drawn = 0;

  override random(out: Uint8Array): void {
    const share = this.shares[this.drawn++ % this.shares.length]!;
    new DataView(out.buffer, out.byteOffset).setUint32(0, share * 2 ** 32);
  }
}

const ALL = { 'delay-percentage': '100' };

async function setUp(given: Record<string, string>, context = new RiggedContext()) {
  const leaf = new HeldLeaf();
  const volumes = [{ translator: leaf.translator }, { translator: delayGen, options: given }];
  const graph = await startGraph(volumes, context);
  const dump = () => delayGen.dump!(graph.top as never);
  const stat = () => ask(graph, 'stat', new Loc(graph.inodes.root), null);
  return { leaf, context, graph, stat, dump };
}

test('a delayed fop reaches the volume below after delay-duration, not before', async () => {
  const { leaf, context, stat, dump } = await setUp({ ...ALL, 'delay-duration': '1300' });
  stat();
  context.advance(1.25);
  expect(leaf.requests).toHaveLength(0);
  expect(dump()).toEqual({ delayed: 1, waiting: 1 });
  context.advance(0.125);
  expect(leaf.requests).toHaveLength(1);
  expect(dump()).toEqual({ delayed: 1, waiting: 0 });
});

test('three delayed fops do not wait for each other', async () => {
  const { leaf, context, stat } = await setUp({ ...ALL, 'delay-duration': '2000' });
  for (let i = 0; i < 3; i++) {
    stat();
    context.advance(0.5);
  }
  context.advance(0.5);
  expect(leaf.requests).toHaveLength(1);
  context.advance(1);
  expect(leaf.requests).toHaveLength(3);
});

test('debug/delay-gen passes the arguments and the reply of every fop unchanged', async () => {
  const { leaf, context, graph } = await setUp({ ...ALL, 'delay-duration': '1' });
  for (const name of fopNames) {
    const row = fops.find((fop) => fop.name === name)!;
    const args = row.args.map((_, i) => ({ argument: i }));
    const values = row.reply.map((_, i) => ({ reply: i }));
    leaf.onRequest = (request) => {
      expect([request.name, request.args]).toEqual([name, args]);
      request.answer(3, 4, ...values);
    };
    const reply = askArgs(graph, name, args);
    expect(reply.count).toBe(0);
    context.advance(0.001);
    expect(reply).toMatchObject({ count: 1, opRet: 3, opErrno: 4, values });
  }
});

test('debug/delay-gen uses the exact timer of its context if there is one', async () => {
  const exact: number[] = [];
  const context = Object.assign(new RiggedContext(), {
    exactly(ms: number, fn: () => void) {
      exact.push(ms);
      return context.after(ms, fn);
    },
  });
  const { stat } = await setUp({ ...ALL, 'delay-duration': '250' }, context);
  stat();
  expect(exact).toEqual([0.25]);
});

describe('delay-percentage', () => {
  test('delay-percentage 25% delays the fops whose random number is below 0.25', async () => {
    const context = new RiggedContext();
    context.shares = [0, 0.249_999, 0.25, 0.9];
    const { leaf, stat, dump } = await setUp({ 'delay-percentage': '25%' }, context);
    for (let i = 0; i < 8; i++) stat();
    expect(leaf.requests).toHaveLength(4);
    expect(dump()).toEqual({ delayed: 4, waiting: 4 });
  });

  test.each([{ 'delay-percentage': '0' }, { ...ALL, 'delay-duration': '0' }])(
    'lets requests go past the volume with %o, which delays nothing',
    async (given) => {
      const { graph } = await setUp(given);
      expect(graph.links.lookup.xl).toBe(graph.xlators[0]);
    },
  );
});

describe('enable', () => {
  test.each(['READ,lookup', 'readv, LOOKUP', 'LOOKUP,FORGET,READ'])(
    'enable %s delays only lookup and readv',
    async (enable) => {
      const { graph } = await setUp({ ...ALL, enable });
      const [leaf, delays] = graph.xlators;
      const toDelay = fopNames.filter((name) => graph.links[name].xl === delays);
      expect(toDelay.sort()).toEqual(['lookup', 'readv']);
      expect(graph.links.stat.xl).toBe(leaf);
    },
  );

  test('enable with an unknown fop makes the graph fail to start, with a suggestion', async () => {
    await expect(setUp({ enable: 'STAT,LOKUP' })).rejects.toThrow(
      "option 'enable': 'STAT,LOKUP' has 'LOKUP', which is not one of them (did you mean 'LOOKUP'?); " +
        'it takes names of fops with commas between, such as LOOKUP,READ',
    );
  });
});

test('a changed delay-duration, enable or delay-percentage applies to the next fops', async () => {
  const { leaf, context, graph, stat } = await setUp({ ...ALL, enable: 'STAT' });
  const change = (given: Record<string, string>) => {
    const lines = Object.entries(given).map(([key, value]) => ({ key, value }));
    const { values } = checkOptions({ ...genericOptions, ...delayGen.options }, lines);
    delayGen.reconfigure!(graph.top as never, values as never);
  };
  change({ ...ALL, 'delay-duration': '500' });
  stat();
  const fd = new Fd(graph.inodes.root, 0, 1);
  ask(graph, 'readv', fd, 1, 0, 0, null);
  context.advance(0.5);
  expect(leaf.requests.map(({ name }) => name)).toEqual(['stat', 'readv']);
  change({ 'delay-percentage': '0' });
  stat();
  expect(leaf.requests).toHaveLength(3);
});

test('stopping the graph winds delayed fops at once', async () => {
  const { leaf, context, graph, stat } = await setUp(ALL);
  const replies = [stat(), stat()];
  leaf.onRequest = (request) => request.answer(0, 0, null, null);
  await graph.stop();
  expect(replies.map(({ count }) => count)).toEqual([1, 1]);
  expect(context.waiting).toBe(0);
});

test('debug/delay-gen has the defaults of GlusterFS: 10 percent, 100 ms', () => {
  const { values, problems } = checkOptions({ ...genericOptions, ...delayGen.options }, []);
  expect(problems).toEqual([]);
  expect(values).toMatchObject({ 'delay-percentage': 10, 'delay-duration': 100_000 });
});
