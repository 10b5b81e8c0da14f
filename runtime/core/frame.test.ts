import { describe, expect, test } from 'vitest';
import {
  ask,
  askArgs,
  FakeContext,
  HeldLeaf,
  type HeldRequest,
  makeLoc,
  startGraph,
} from '../../test/support/core.ts';
import { EACCES, EIO, ENOENT } from './errno.ts';
import { fops } from './fops.ts';
import { type Frame, makeFirstFrame, Stack } from './frame.ts';
import { fail, fopNames, pass, tail, unwind, unwindArgs, wind, windArgs } from './gen/fops.gen.ts';
import type { Graph } from './graph.ts';
import { Iatt } from './iatt.ts';
import { Loc } from './operands.ts';
import { type Cbk, defineTranslator, type Fops } from './xlator.ts';

/** A translator with these fops. */
const withFops = (fops: Fops<unknown>, children: readonly [number, number] = [1, 9]) =>
  defineTranslator<unknown, Record<string, never>>({
    type: 'test/some',
    description: 'Has some fops.',
    children,
    options: {},
    fops,
    init: () => null,
  });

async function over(fops: Fops<unknown>, context = new FakeContext()) {
  const leaf = new HeldLeaf();
  const graph = await startGraph(
    [{ translator: leaf.translator }, { translator: withFops(fops) }],
    context,
  );
  return { leaf, graph, context };
}

const stat = (graph: Graph) => ask(graph, 'stat', new Loc(graph.inodes.root), null);

describe('the volume that chose an errno', () => {
  /** Winds a stat through `above`, whose callback replies so, to a leaf that fails with ENOENT; returns the request. */
  async function failThrough(
    cbk: Cbk<'stat', unknown>,
  ): Promise<readonly (string | number | null)[]> {
    const stats: Fops<unknown> = {
      stat: (frame, xl, loc, xdata) => wind.stat(frame, 0, cbk, xl.children[0]!, loc, xdata),
    };
    const { leaf, graph } = await over(stats);
    const roots: Stack[] = [];
    leaf.onRequest = (request) => {
      roots.push(request.frame.root);
      request.answer(-1, ENOENT, null, null);
    };
    stat(graph);
    const { failureXl, failureErrno } = roots[0]!;
    return [failureXl?.translator.type ?? null, failureErrno];
  }

  test('is the child, if the volume above passes its failure on', async () => {
    expect(await failThrough(pass.stat)).toEqual(['test/held', ENOENT]);
  });

  test('is the volume above, if it replies with another errno', async () => {
    const cbk: Cbk<'stat', unknown> = (frame) => fail.stat(frame, EIO);
    expect(await failThrough(cbk)).toEqual(['test/some', EIO]);
  });
});

describe('an unwind', () => {
  test('passes its values to the callback of the wind', async () => {
    const { leaf, graph } = await over({});
    const buf = new Iatt();
    const reply = stat(graph);
    expect(reply.count).toBe(0);
    leaf.requests[0]!.answer(0, 0, buf, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0, opErrno: 0 });
    expect(reply.values[0]).toBe(buf);
  });

  test('may happen before the wind returns', async () => {
    const { leaf, graph } = await over({});
    leaf.onRequest = (request) => request.answer(-1, EIO, null, null);
    expect(stat(graph)).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
  });

  test('is dropped if its frame was unwound before, and the log names volume, fop and request', async () => {
    const { leaf, graph, context } = await over({});
    const reply = stat(graph);
    const [{ answer, frame }] = leaf.requests as [HeldRequest];
    answer(0, 0, null, null);
    expect(frame.answered).toBe(true);
    answer(-1, EIO, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    expect(context.lines).toHaveLength(1);
    expect(context.lines[0]).toMatch(/ E .*0-v0: stat: request \d+ was unwound twice/);
    expect(context.lines[0]).toContain(`request ${reply.frame.root.unique} `);
  });

  test('does not reach a later request if its frame was unwound before', async () => {
    const { leaf, graph } = await over({});
    stat(graph);
    const first = leaf.requests[0]!;
    first.answer(0, 0, null, null);
    const later = stat(graph);
    first.answer(-1, EIO, null, null);
    expect(later.count).toBe(0);
  });

  test("is refused and logged for an initiator's own frame", async () => {
    const { graph, context } = await over({});
    unwind.stat(makeFirstFrame(new Stack(0, 0, 1, 'STAT'), graph.top), 0, 0, null, null);
    expect(context.lines).toHaveLength(1);
  });
});

describe('every fop', () => {
  test.each(fopNames)(
    '%s passes its arguments and reply on unchanged, and fail unwinds it with an errno',
    async (name) => {
      const row = fops.find((fop) => fop.name === name)!;
      const args = row.args.map((_, i) => ({ argument: i }));
      const values = row.reply.map((_, i) => ({ reply: i }));
      const through = withFops({
        [name]: (frame: Frame, xl: { children: readonly never[] }, ...given: unknown[]) =>
          windArgs[name](frame, 0, pass[name] as never, xl.children[0]!, given),
      });
      const leaf = new HeldLeaf();
      const graph = await startGraph([{ translator: leaf.translator }, { translator: through }]);
      const reply = askArgs(graph, name, args);
      expect(leaf.requests.map((request) => [request.name, request.args])).toEqual([[name, args]]);
      unwindArgs[name](leaf.requests[0]!.frame, 5, 6, values);
      expect(reply).toMatchObject({ count: 1, opRet: 5, opErrno: 6, values });

      leaf.onRequest = ({ frame }) => fail[name](frame, EACCES);
      const refused = askArgs(graph, name, args);
      const nothing = row.reply.map(({ type }) => (type === 'int' ? -1 : null));
      expect(refused).toMatchObject({ count: 1, opRet: -1, opErrno: EACCES, values: nothing });
    },
  );
});

describe('a frame', () => {
  test('reaches the callback with its local, cookie and translator', async () => {
    const seen: unknown[] = [];
    const cbk: Cbk<'stat', unknown> = (frame, cookie, xl, opRet, opErrno, buf, xdata) => {
      seen.push(frame.local, cookie, xl.name, frame.answered);
      unwind.stat(frame, opRet, opErrno, buf, xdata);
    };
    const { leaf, graph } = await over({
      stat(frame, xl, loc, xdata) {
        frame.local = 'note';
        wind.stat(frame, 42, cbk, xl.children[0]!, loc, xdata);
      },
    });
    const reply = stat(graph);
    expect(leaf.requests[0]!.frame.local).toBe(null);
    expect(leaf.requests[0]!.frame.root).toBe(reply.frame.root);
    leaf.requests[0]!.answer(0, 0, null, null);
    expect(seen).toEqual(['note', 42, 'v1', false]);
    expect(reply.count).toBe(1);
  });

  test('is passed to the child by a tail wind, and the reply bypasses the translator that winds', async () => {
    let mine: Frame | undefined;
    const { leaf, graph, context } = await over({
      stat(frame, xl, loc, xdata) {
        mine = frame;
        tail.stat(frame, xl.children[0]!, loc, xdata);
      },
    });
    const reply = stat(graph);
    const [{ frame, answer }] = leaf.requests as [HeldRequest];
    expect(frame).toBe(mine);
    expect(frame.xl.name).toBe('v0');
    answer(-1, ENOENT, null, null);
    answer(-1, ENOENT, null, null);
    expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
    // The log names the leaf, which unwound twice.
    expect(context.lines[0]).toContain('0-v0: ');
  });

  test('winds to several children at once, and collects their replies in any order', async () => {
    const cbk: Cbk<'statfs', unknown> = (frame, cookie, _xl, opRet) => {
      const local = frame.local as { replies: [number, number][]; missing: number };
      local.replies.push([cookie, opRet]);
      local.missing -= 1;
      if (local.missing === 0)
        unwind.statfs(frame, Math.max(...local.replies.map(([, ret]) => ret)), 0, null, null);
    };
    const replies: [number, number][] = [];
    const spread = withFops({
      statfs(frame, xl, loc, xdata) {
        frame.local = { replies, missing: xl.children.length };
        xl.children.forEach((child, i) => {
          wind.statfs(frame, i, cbk, child, loc, xdata);
        });
      },
    });
    const leaves = [new HeldLeaf(), new HeldLeaf(), new HeldLeaf()];
    // The middle child unwinds before its wind returns.
    leaves[1]!.onRequest = (request) => request.answer(11, 0, null, null);
    const graph = await startGraph([
      ...leaves.map((leaf, i) => ({ name: `leaf${i}`, translator: leaf.translator, below: [] })),
      { translator: spread, below: ['leaf0', 'leaf1', 'leaf2'] },
    ]);
    const reply = ask(graph, 'statfs', new Loc(graph.inodes.root), null);
    leaves[2]!.requests[0]!.answer(12, 0, null, null);
    expect(reply.count).toBe(0);
    leaves[0]!.requests[0]!.answer(10, 0, null, null);
    expect(reply).toMatchObject({ count: 1, opRet: 12 });
    expect(replies).toEqual([
      [1, 11],
      [2, 12],
      [0, 10],
    ]);
  });

  test('can wind again from its callback', async () => {
    const cbk: Cbk<'lookup', unknown> = (
      frame,
      attempts,
      xl,
      opRet,
      opErrno,
      inode,
      buf,
      xdata,
      postparent,
    ) => {
      if (opRet < 0 && attempts < 3) {
        wind.lookup(frame, attempts + 1, cbk, xl.children[0]!, frame.local as Loc, xdata);
      } else unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
    };
    const { leaf, graph } = await over({
      lookup(frame, xl, loc, xdata) {
        frame.local = loc;
        wind.lookup(frame, 1, cbk, xl.children[0]!, loc, xdata);
      },
    });
    let calls = 0;
    leaf.onRequest = (request) => {
      calls += 1;
      request.answer(-1, EIO, null, null, null, null);
    };
    expect(ask(graph, 'lookup', makeLoc(graph.inodes.root, 'a'), null)).toMatchObject({
      count: 1,
      opErrno: EIO,
    });
    expect(calls).toBe(3);
  });
});

describe('a call stack', () => {
  test('has a serial number greater than that of earlier requests', () => {
    const [a, b] = [new Stack(1, 2, 3, 'STAT'), new Stack(1, 2, 3, 'STAT')];
    expect(b.unique).toBeGreaterThan(a.unique);
    expect(a).toMatchObject({ uid: 1, gid: 2, pid: 3, op: 'STAT', lkOwner: '', groups: [] });
  });

  test('looks up the groups of its caller at their first use, and only once', () => {
    const asked: number[] = [];
    const stack = new Stack(0, 0, 7, 'STAT', (pid) => {
      asked.push(pid);
      return [1, 2];
    });
    expect(asked).toEqual([]);
    expect(stack.groups).toEqual([1, 2]);
    expect(stack.groups).toEqual([1, 2]);
    expect(asked).toEqual([7]);
  });

  test('calls interrupt listeners once, and later listeners immediately', () => {
    const stack = new Stack(0, 0, 1, 'LK');
    const told: string[] = [];
    stack.whenInterrupted(() => told.push('early'));
    stack.interrupt();
    stack.interrupt();
    stack.whenInterrupted(() => told.push('late'));
    expect(told).toEqual(['early', 'late']);
    expect(stack.interrupted).toBe(true);
  });
});
