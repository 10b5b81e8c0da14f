import { describe, expect, test } from 'vitest';
import { askArgs, HeldLeaf, makeLoc, startGraph } from '../../test/support/core.ts';
import { type Entry, entryFops } from './entry-hooks.ts';
import { EEXIST, EROFS } from './errno.ts';
import { findFop, fops } from './fops.ts';
import { type FopName, fopNames } from './gen/fops.gen.ts';
import { type After, type Before, taps } from './gen/taps.gen.ts';
import { Fd, Loc } from './operands.ts';
import type { Options } from './options.ts';
import { defineTranslator, type Fops } from './xlator.ts';

async function over(fops: Fops<string>) {
  const translator = defineTranslator<string, Options>({
    type: 'test/watcher',
    description: 'Watches.',
    children: [1, 1],
    options: {},
    fops,
    init: (xl) => `state of ${xl.name}`,
  });
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator }, { translator }]);
  return { leaf, graph };
}

/** An object for each argument or reply of a fop, told apart by `toBe`. */
const tokens = (name: FopName, which: 'args' | 'reply') =>
  findFop(name)![which].map((arg) => ({ [which]: arg.name }));

describe('taps', () => {
  test.each(fopNames)(
    'for %s give arguments and reply to both hooks, and pass them on unchanged',
    async (name) => {
      const seen: unknown[][] = [];
      const before: Before<string> = (frame, xl, fop, ...args) => {
        frame.local = 'mine';
        seen.push([xl.priv, fop, args]);
        return 0;
      };
      const after: After<string> = (frame, xl, fop, opRet, opErrno, ...reply) => {
        seen.push([frame.local, xl.priv, fop, opRet, opErrno, reply]);
      };
      const { leaf, graph } = await over(taps([name], before, after));
      const [args, values] = [tokens(name, 'args'), tokens(name, 'reply')];
      const reply = askArgs(graph, name, args);
      const { number } = findFop(name)!;
      expect(seen).toEqual([['state of v1', number, args]]);
      expect(leaf.requests.map((request) => [request.name, request.args])).toEqual([[name, args]]);
      leaf.requests[0]!.answer(1, 2, ...values);
      expect(seen[1]).toEqual(['mine', 'state of v1', number, 1, 2, values]);
      expect(reply).toMatchObject({ count: 1, opRet: 1, opErrno: 2, values });
    },
  );

  test('without a second hook add no frame', async () => {
    const { leaf, graph } = await over(taps(fopNames, () => 0));
    for (const name of fopNames) {
      const args = tokens(name, 'args');
      const reply = askArgs(graph, name, args);
      const { frame, args: arrived, answer } = leaf.requests.pop()!;
      expect(arrived).toEqual(args);
      expect(frame.parent).toBe(reply.frame);
      answer(0, 0);
      expect(reply.count).toBe(1);
    }
  });

  test('reply with the errno that the first hook returns, and send no request to the child', async () => {
    for (const after of [undefined, () => expect.unreachable('there is no reply to see')]) {
      const { leaf, graph } = await over(taps(fopNames, () => EROFS, after));
      for (const name of fopNames) {
        const reply = askArgs(graph, name, tokens(name, 'args'));
        expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EROFS });
      }
      expect(leaf.requests).toEqual([]);
    }
  });
});

describe('entryFops', () => {
  const changing = fops.filter(({ entry }) => entry.creates || entry.removes);

  test('has exactly the fops that create or remove names', () => {
    const made = entryFops({ before() {}, after() {} });
    expect(Object.keys(made)).toEqual(changing.map((fop) => fop.name));
  });

  test.each(changing.map((fop) => fop.name as FopName))('calls both hooks for %s', async (name) => {
    const told: [string, Entry, ...number[]][] = [];
    const { leaf, graph } = await over(
      entryFops({
        before(_xl, entry) {
          entry.note = 77;
          told.push(['before', entry]);
        },
        after: (_xl, entry, opRet, opErrno) => void told.push(['after', entry, opRet, opErrno]),
      }),
    );
    const { root } = graph.inodes;
    const row = findFop(name)!;
    const args = row.args.map((arg) => {
      if (arg.type === 'loc') return makeLoc(root, arg.name);
      return arg.type === 'fd' ? new Fd(root, 0, 1) : null;
    });
    const argument = (wanted: string | undefined): Loc | null =>
      (args[row.args.findIndex((arg) => arg.name === wanted)] as Loc | undefined) ?? null;

    const reply = askArgs(graph, name, args);
    const entry = {
      fop: row.number,
      created: argument(row.entry.creates),
      removed: argument(row.entry.removes),
      client: reply.frame.root.client,
      note: 77,
    };
    expect(told).toEqual([['before', entry]]);
    expect(entry.created ?? entry.removed).toBeInstanceOf(Loc);
    leaf.requests[0]!.answer(-1, EEXIST);
    expect(told[1]).toEqual(['after', entry, -1, EEXIST]);
    expect(reply).toMatchObject({ count: 1, opErrno: EEXIST });
  });
});
