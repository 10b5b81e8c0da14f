import { describe, expect, test } from 'vitest';
import {
  ask,
  FakeContext,
  HeldLeaf,
  linkDirectory,
  makeAttributes,
  makeGfid,
  makeGraph,
  makeLoc,
  startGraph,
  type TestVolume,
} from '../../test/support/core.ts';
import { EOPNOTSUPP } from './errno.ts';
import { GraphError, InitError } from './errors.ts';
import type { EventName } from './events.ts';
import { tail } from './gen/fops.gen.ts';
import { Graph } from './graph.ts';
import { INFO } from './log.ts';
import { Fd, Loc } from './operands.ts';
import type { Options } from './options.ts';
import {
  defaultNotify,
  defineTranslator,
  type Fops,
  isChange,
  sayUp,
  type Translator,
} from './xlator.ts';

const levels = { default: INFO, volumes: new Map() } as const;

/** A translator that logs its calls as `NAME CALL`. */
function recorder(log: string[], more: Partial<Translator<string>> = {}): TestVolume['translator'] {
  return defineTranslator<string, Options>({
    type: 'test/recorder',
    description: 'Writes down what happens.',
    children: [0, 9],
    options: {},
    fops: {},
    init(xl) {
      log.push(`${xl.name} init`);
      return `state of ${xl.name}`;
    },
    notify(xl, event, data) {
      log.push(`${xl.name} ${event}`);
      defaultNotify(xl, event, data);
    },
    fini: (xl) => void log.push(`${xl.name} fini`),
    ...more,
  });
}

const named = (name: string, translator: Translator<unknown>, ...below: string[]): TestVolume => ({
  name,
  translator,
  below,
});

describe('the start of a graph', () => {
  test('calls init from the top, sends PARENT_UP down, and then CHILD_UP up to the master', async () => {
    const log: string[] = [];
    const graph = makeGraph(
      ['leaf', 'middle', 'top'].map((name) => ({ name, translator: recorder(log) })),
      new FakeContext(),
    );
    const heard: [EventName, unknown][] = [];
    await graph.start((event, data) => void heard.push([event, data]));
    expect(log).toEqual([
      'top init',
      'middle init',
      'leaf init',
      'top PARENT_UP',
      'middle PARENT_UP',
      'leaf PARENT_UP',
      'leaf CHILD_UP',
      'middle CHILD_UP',
      'top CHILD_UP',
    ]);
    expect(heard).toEqual([['CHILD_UP', graph.top]]);
    expect(graph.xlators.map((xl) => xl.priv)).toEqual([
      'state of leaf',
      'state of middle',
      'state of top',
    ]);
  });

  test('waits for an asynchronous init', async () => {
    const log: string[] = [];
    const init = async () => {
      await Promise.resolve();
      log.push('slow init');
      return 'slow';
    };
    const volumes = [{ translator: recorder(log) }, { translator: recorder(log, { init }) }];
    const graph = await startGraph(volumes);
    expect(log.slice(0, 2)).toEqual(['slow init', 'v0 init']);
    expect(graph.top.priv).toBe('slow');
  });

  test('connects a volume with two children and a volume with two parents', async () => {
    const log: string[] = [];
    const translator = recorder(log);
    const graph = await startGraph([
      named('leaf', translator),
      named('left', translator, 'leaf'),
      named('right', translator, 'leaf'),
      named('top', translator, 'left', 'right'),
    ]);
    expect(graph.top.childNames).toEqual(['left', 'right']);
    expect(graph.xlators[0]!.above.map((xl) => xl.name)).toEqual(['left', 'right']);
    // The first PARENT_UP starts the leaf, which sends CHILD_UP to both parents.
    expect(log.filter((line) => line === 'leaf PARENT_UP')).toHaveLength(1);
    for (const name of ['left', 'right']) {
      expect(log.filter((line) => line === `${name} CHILD_UP`)).toHaveLength(1);
    }
    expect(log.filter((line) => line === 'top CHILD_UP')).toHaveLength(2);
  });

  test('also starts a volume that has no parent and is not the top', async () => {
    const log: string[] = [];
    const translator = recorder(log);
    await startGraph([named('alone', translator), named('top', translator)]);
    expect(log).toContain('alone CHILD_UP');
  });

  test('calls `fops` for each volume if it is a function', async () => {
    const leaf = new HeldLeaf();
    const translator = recorder([], {
      fops: (xl): Fops<string> => (xl.name === 'v2' ? {} : { stat: () => {} }),
    });
    const graph = await startGraph([
      { translator: leaf.translator },
      { translator },
      { translator },
    ]);
    expect(graph.links.stat.xl.name).toBe('v1');
  });
});

describe('a graph that fails to start', () => {
  test('ends the started volumes, and names the volume and the reason', async () => {
    const log: string[] = [];
    const refuse = () => {
      throw new InitError('the directory is missing; create it');
    };
    const volumes = [
      named('leaf', recorder(log)),
      named('bad', recorder(log, { init: refuse }), 'leaf'),
      named('top', recorder(log), 'bad'),
    ];
    const error = await startGraph(volumes).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(GraphError);
    expect(error).toMatchObject({
      code: 'GLOSSA_GRAPH',
      problems: ["volume 'bad' (test/recorder): the directory is missing; create it"],
    });
    expect(log).toEqual(['top init', 'top fini']);
  });

  test('names the volume whose function `fops` throws', async () => {
    const log: string[] = [];
    const fops = () => {
      throw new Error('no such fop');
    };
    await expect(startGraph([{ translator: recorder(log, { fops }) }])).rejects.toThrow(
      "volume 'v0' (test/recorder): no such fop",
    );
    expect(log).toEqual(['v0 init', 'v0 fini']);
  });

  test('names all invalid options with their positions', async () => {
    const translator = recorder([], {
      options: {
        size: { type: 'sizet', description: '' },
        beside: { type: 'xlator', description: '' },
      },
    });
    const option = (key: string, value: string, position?: string) => ({ key, value, position });
    const options = [option('size', '1K', 'a.vol:3:5'), option('beside', 'w'), option('sise', '1')];
    const spec = { name: 'v', translator, options, subvolumes: [], position: 'a.vol:1:8' };
    const graph = new Graph([spec], new FakeContext(), levels);
    const error = (await graph.start().catch((reason: unknown) => reason)) as GraphError;
    expect(error.problems).toHaveLength(2);
    expect(error.problems[0]).toMatch(/^a\.vol:3:5: option 'size': '1K'/);
    expect(error.problems[1]).toMatch(
      /^a\.vol:1:8: volume 'v' \(test\/recorder\): option 'beside'/,
    );
  });

  test('throws an error if it has no volumes, or if a subvolume is missing', () => {
    const translator = recorder([]);
    expect(() => makeGraph([], new FakeContext())).toThrow('at least one volume');
    const volumes = [named('top', translator, 'nowhere')];
    expect(() => makeGraph(volumes, new FakeContext())).toThrow(
      "volume 'top': a subvolume is not in the graph",
    );
  });
});

describe('the stop of a graph', () => {
  test('logs an error of fini, and ends the other volumes', async () => {
    const log: string[] = [];
    const context = new FakeContext();
    const fini = () => {
      throw new Error('cannot let go');
    };
    const volumes = [{ translator: recorder(log, { fini }) }, { translator: recorder(log) }];
    const graph = await startGraph(volumes, context);
    await graph.stop();
    expect(log.at(-1)).toBe('v1 fini');
    expect(context.lines.join()).toContain('0-v0: fini failed: cannot let go');
  });

  test('sends PARENT_DOWN down, forgets inodes, and calls fini from the leaves', async () => {
    const log: string[] = [];
    const translator = recorder(log, {
      forget: (xl, _inode, value) => void log.push(`${xl.name} forget ${value}`),
    });
    const graph = await startGraph([{ translator }, { translator }]);
    const dir = linkDirectory(graph, 'dir', makeGfid(1));
    dir.ctxSet(graph.top, 'dir');
    graph.inodes.root.ctxSet(graph.xlators[0]!, 'root');
    graph.inodes.lookup(dir);
    log.length = 0;
    await graph.stop();
    expect(log).toEqual([
      'v1 PARENT_DOWN',
      'v0 PARENT_DOWN',
      'v0 forget root',
      'v1 forget dir',
      'v0 fini',
      'v1 fini',
    ]);
    expect(graph.inodes.size).toBe(1);
    log.length = 0;
    await graph.stop();
    expect(log.filter((line) => line.endsWith('fini'))).toEqual([]);
  });
});

describe('a wind', () => {
  test('skips translators that do not define the fop', async () => {
    const leaf = new HeldLeaf();
    const through = recorder([], {
      fops: { stat: (frame, xl, loc, xdata) => tail.stat(frame, xl.children[0]!, loc, xdata) },
    });
    const graph = await startGraph([
      { translator: leaf.translator },
      { translator: recorder([]) },
      { translator: through },
      { translator: recorder([]) },
    ]);
    expect(graph.links.stat.xl.name).toBe('v2');
    expect(graph.links.open.xl.name).toBe('v0');
    expect(graph.xlators[2]!.children[0]!.stat.xl.name).toBe('v0');
    ask(graph, 'stat', new Loc(graph.inodes.root), null);
    expect(leaf.requests[0]!.frame.xl.name).toBe('v0');
  });

  test.each([
    [undefined, [0, 0], EOPNOTSUPP],
    [false, [0, 0], EOPNOTSUPP],
    [true, [0, 1], NaN],
    [() => true, [0, 1], NaN],
  ])(
    'with passesThrough %s goes to the first child if that is true, else fails with EOPNOTSUPP',
    async (says, held, errno) => {
      const leaves = [new HeldLeaf(), new HeldLeaf()];
      const graph = await startGraph([
        named('a', leaves[0]!.translator),
        named('b', leaves[1]!.translator),
        named('spread', recorder([], says === undefined ? {} : { passesThrough: says }), 'b', 'a'),
        named('top', recorder([]), 'spread'),
      ]);
      const reply = ask(graph, 'stat', new Loc(graph.inodes.root), null);
      expect(leaves.map((leaf) => leaf.requests.length)).toEqual(held);
      expect(reply.opErrno).toBe(errno);
      const spread = graph.xlators[2]!;
      expect(spread.children.map((child) => child.stat.xl.name)).toEqual(['b', 'a']);
    },
  );

  test('fails with EOPNOTSUPP if no volume defines the fop', async () => {
    const leaf = new HeldLeaf();
    const graph = await startGraph([
      { translator: leaf.onlyFops('stat') },
      { translator: recorder([]) },
    ]);
    const { root } = graph.inodes;
    const reply = ask(graph, 'seek', new Fd(root, 0, 1), 0, 0, null);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EOPNOTSUPP, values: [-1, null] });
    expect(ask(graph, 'mkdir', makeLoc(root, 'a'), 0, 0, null).opErrno).toBe(EOPNOTSUPP);
  });
});

describe('an event', () => {
  test('ends at a translator that does not pass it on', async () => {
    const log: string[] = [];
    const swallow = recorder(log, { notify: (xl, event) => void log.push(`${xl.name} ${event}`) });
    const graph = makeGraph(
      [{ translator: recorder(log) }, { translator: swallow }, { translator: recorder(log) }],
      new FakeContext(),
    );
    const heard: EventName[] = [];
    await graph.start((event) => void heard.push(event));
    expect(log.filter((line) => !line.endsWith('init'))).toEqual(['v2 PARENT_UP', 'v1 PARENT_UP']);
    expect(heard).toEqual([]);
  });

  test('carries the volume that passed it on, except an UPCALL, which keeps its data', async () => {
    const heard: unknown[] = [];
    const graph = await startGraph([{ translator: recorder([]) }, { translator: recorder([]) }]);
    graph.top.master = (event, data) => void heard.push([event, data]);
    const upcall = { gfid: makeGfid(1) };
    graph.xlators[0]!.notify('CHILD_DOWN', graph.xlators[0]);
    graph.xlators[0]!.notify('UPCALL', upcall);
    expect(heard).toEqual([
      ['CHILD_DOWN', graph.top],
      ['UPCALL', upcall],
    ]);
  });

  test('does not reach a parent whose init has not succeeded', async () => {
    const log: string[] = [];
    const early = recorder(log, {
      init(xl) {
        xl.notify('CHILD_UP', xl);
        return '';
      },
    });
    const graph = makeGraph(
      [{ translator: early }, { translator: recorder(log) }],
      new FakeContext(),
    );
    graph.xlators[0]!.notify('CHILD_UP', null);
    expect(log).toEqual(['v0 CHILD_UP']);
    await graph.start();
    expect(log.slice(1, 4)).toEqual(['v1 init', 'v0 CHILD_UP', 'v1 CHILD_UP']);
  });
});

describe('a volume', () => {
  /** Leaves that the test brings up, below a volume of `more`, below a top. */
  async function spread(leaves: number, more: Partial<Translator<string>> = {}) {
    const context = new FakeContext();
    const heard: EventName[] = [];
    const silent = recorder([], { notify() {} });
    const names = Array.from({ length: leaves }, (_, at) => `leaf${at}`);
    const graph = makeGraph(
      [
        ...names.map((name) => named(name, silent)),
        named('spread', recorder([], more), ...names),
        named('top', recorder([]), 'spread'),
      ],
      context,
    );
    await graph.start((event) => void heard.push(event));
    const say = (at: number, isUp: boolean): void => sayUp(graph.xlators[at]!, isUp);
    return { graph, context, heard, say };
  }

  test('is up when all its children are', async () => {
    const one = await spread(1);
    expect(one.graph.isUp).toBe(false);
    for (const isUp of [true, false, true]) {
      one.say(0, isUp);
      expect(one.graph.isUp).toBe(isUp);
    }
    expect(one.heard).toEqual(['CHILD_UP', 'CHILD_DOWN', 'CHILD_UP']);
    const three = await spread(3);
    for (const at of [2, 0, 1]) three.say(at, true);
    expect(three.heard).toEqual(['SOME_DESCENDENT_UP', 'SOME_DESCENDENT_UP', 'CHILD_UP']);
    for (const at of [1, 2]) three.say(at, false);
    for (const at of [1, 2]) three.say(at, true);
    expect(three.heard.slice(3)).toEqual([
      'CHILD_DOWN',
      'SOME_DESCENDENT_DOWN',
      'SOME_DESCENDENT_UP',
      'CHILD_UP',
    ]);
  });

  test('with its own notify decides itself when it is up', async () => {
    const { graph, heard, say } = await spread(3, {
      notify(xl, event, data) {
        if (isChange(event))
          sayUp(
            xl,
            xl.below.some(({ up }) => up),
            event,
          );
        else defaultNotify(xl, event, data);
      },
    });
    for (const [at, isUp] of [
      [1, true],
      [0, true],
      [1, false],
      [0, false],
    ] as const)
      say(at, isUp);
    expect(heard).toEqual(['CHILD_UP', 'SOME_DESCENDENT_UP', 'SOME_DESCENDENT_DOWN', 'CHILD_DOWN']);
    expect(graph.isUp).toBe(false);
  });

  test('resolves awaitUp when it comes up in time', async () => {
    const { graph, context, say } = await spread(2);
    const waiting = graph.awaitUp(30_000);
    say(0, true);
    context.advance(29_000);
    say(1, true);
    await waiting;
    say(1, false);
    say(1, true);
    await graph.awaitUp(0);
    context.advance(60_000);
    expect(graph.isUp).toBe(true);
  });

  test.each([
    [
      [],
      [
        "volume 'leaf0' (test/recorder): has not come up within 3 s",
        "volume 'leaf1' (test/recorder): has not come up within 3 s",
      ],
    ],
    [[1], ["volume 'leaf0' (test/recorder): has not come up within 3 s"]],
  ])(
    'rejects awaitUp if it is not up in time, naming the missing leaves (up: %j)',
    async (up, problems) => {
      const { graph, context, say } = await spread(2);
      for (const at of up) say(at, true);
      const waiting = graph.awaitUp(3000);
      context.advance(3000);
      await expect(waiting).rejects.toMatchObject({ problems });
    },
  );

  test('is named in the error of awaitUp if it stays down although its children are up', async () => {
    const { graph, context, say } = await spread(1, {
      notify: (xl, event, data) => {
        if (!isChange(event)) defaultNotify(xl, event, data);
      },
    });
    say(0, true);
    const waiting = graph.awaitUp(3000);
    context.advance(3000);
    await expect(waiting).rejects.toMatchObject({
      problems: [
        "volume 'spread' (test/recorder): has not come up within 3 s, though what is below it has",
      ],
    });
  });
});

test('the option log-level sets the log level of its volume', async () => {
  const context = new FakeContext();
  const init = (xl: { log: { warning(text: string): void } }) => {
    xl.log.warning('said');
    return '';
  };
  const translator = recorder([], { init });
  const volumes = [{ translator, options: { 'log-level': 'ERROR' } }, { translator }];
  await startGraph(volumes, context);
  expect(context.lines).toHaveLength(1);
  expect(context.lines[0]).toContain(' 0-v1: said');
});

test('a suspicious setting is logged and told to the command, and in strict mode ends the start', async () => {
  const text = 'odd';
  const init = (xl: Graph['top']) => {
    xl.warnSuspicious([{ position: 'a.vol:1:2', text }]);
    return '';
  };
  const volumes = [{ translator: recorder([], { init }) }];
  const told: string[] = [];
  const context = Object.assign(new FakeContext(), { warn: (line: string) => told.push(line) });
  await startGraph(volumes, context);
  expect(told).toEqual(['a.vol:1:2: odd']);
  expect(context.lines.join('\n')).toContain('a.vol:1:2: odd');
  const strict = Object.assign(new FakeContext(), { strict: true });
  await expect(startGraph(volumes, strict)).rejects.toThrow('a.vol:1:2: odd');
});

test('two volumes have separate contexts for the same inode', async () => {
  const translator = recorder([]);
  const graph = await startGraph([{ translator }, { translator }]);
  const [a, b] = graph.xlators as [Graph['top'], Graph['top']];
  const inode = graph.inodes.newInode();
  graph.inodes.link(inode, null, null, makeAttributes(makeGfid(1)));
  inode.ctxSet(a, 1);
  inode.ctxSet(b, 2);
  expect([inode.ctxGet(a), inode.ctxGet(b)]).toEqual([1, 2]);
  expect(inode.ctxDel(a)).toBe(1);
  expect([inode.ctxGet(a), inode.ctxGet(b)]).toEqual([undefined, 2]);
});
