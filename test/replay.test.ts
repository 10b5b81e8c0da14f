/** Tests of replays: a changed reply is reported, and an unchanged one is not. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { MessageError } from '../bridges/host/crossing/message.ts';
import { operations } from '../bridges/testing/operations.ts';
import { TestContext } from '../bridges/testing/test-context.ts';
import type { Plain } from '../bridges/testing/values.ts';
import { connect, Driver, FopError, ROOT_CALLER } from '../runtime/api/driver.ts';
import { Files } from '../runtime/api/files.ts';
import { ENOENT } from '../runtime/core/errno.ts';
import { tail, unwind, wind } from '../runtime/core/gen/fops.gen.ts';
import type { Graph } from '../runtime/core/graph.ts';
import { Iatt } from '../runtime/core/iatt.ts';
import { Loc } from '../runtime/core/loc.ts';
import { VirtualClock } from '../runtime/core/virtual-clock.ts';
import type { Cbk, Translator } from '../runtime/core/xlator.ts';
import { openRecording } from '../runtime/observe/reader.ts';
import { makePlan } from '../runtime/replay/plan.ts';
import { PlayedVolume } from '../runtime/replay/played-volume.ts';
import { RecordedStorage } from '../runtime/replay/recorded-storage.ts';
import { type Outcome, Replay } from '../runtime/replay/replay.ts';
import memory from '../runtime/xlators/storage/memory/index.ts';
import {
  FakeContext,
  HeldLeaf,
  makeGfid,
  makeLoc,
  makeTranslator,
  startGraph,
} from './support/core.ts';
import { type RecordSettings, record } from './support/test-recordings.ts';

const WHOLE: RecordSettings = { whole: true, dataMax: 2 ** 20, filter: { passing: true } };
const storage = { translator: memory as unknown as Translator<unknown>, name: 'storage' };

/** Remembers names that were absent, and `forgets` what is made. */
const makeCache = (forgets: boolean, known = new Set<string>()) =>
  makeTranslator('having', {
    lookup: (frame, xl, loc, xdata) => {
      if (known.has(loc.path)) return unwind.lookup(frame, -1, ENOENT, null, null, null, null);
      wind.lookup(
        frame,
        0,
        (up, _cookie, _xl, opRet, opErrno, ...reply) => {
          if (opRet < 0) known.add(loc.path);
          unwind.lookup(up, opRet, opErrno, ...reply);
        },
        xl.children[0]!,
        loc,
        xdata,
      );
    },
    ...(forgets && {
      mkdir: (frame, xl, loc, mode, umask, xdata) => {
        known.delete(loc.path);
        wind.mkdir(
          frame,
          0,
          (up, _c, _x, ...rest) => unwind.mkdir(up, ...rest),
          xl.children[0]!,
          loc,
          mode,
          umask,
          xdata,
        );
      },
    }),
  });

/** Does something with a graph by paths, and records it. */
async function recordGraph(
  graph: Graph,
  steps: (go: (operation: string, ...args: Plain[]) => Promise<void>) => Promise<void>,
  settings = WHOLE,
): Promise<Uint8Array> {
  const recording = record(graph, settings);
  const files = new Files(new Driver(connect(graph), ROOT_CALLER).steps, { umask: 0o022 });
  await steps(async (operation, ...args) => {
    try {
      await operations[operation]!(files, args);
    } catch (error) {
      // Failed requests are recorded, too; some paths are refused before a request is sent.
      if (!(error instanceof FopError || error instanceof MessageError)) throw error;
    }
  });
  return recording.toBytes();
}

interface Into {
  readonly volumes: Parameters<typeof startGraph>[0];
  readonly played?: readonly string[];
  readonly volume?: string;
}

/** Replays it; volumes of these names are played. */
async function replay(bytes: Uint8Array, into: Into): Promise<readonly Outcome[]> {
  const { volumes, played: names = [], volume = volumes.at(-1)!.name! } = into;
  const clock = new VirtualClock();
  const look = { baseDir: '/', strict: false, warn: () => {} };
  const context = new TestContext(clock, look, () => {});
  const plan = await makePlan(openRecording(bytes), { volume, played: names });
  const storages = await Promise.all(names.map(() => RecordedStorage.start(context)));
  const played = names.map((name, i) => new PlayedVolume(name, storages[i]!));
  const graph = await startGraph(
    volumes.map((one) => {
      const at = names.indexOf(one.name!);
      return at < 0 ? one : { ...one, translator: played[at]!.translator };
    }),
    context,
  );
  onTestFinished(() => graph.stop());
  return new Replay(graph, plan, { clock, played, replyTimeoutMs: 60_000 }).run();
}

const inShort = (outcomes: readonly Outcome[]): string[] =>
  outcomes.flatMap(({ request, differences }) =>
    differences.map(({ part, was, is }) => `${request.row.name} ${part}: ${was} | ${is}`),
  );

const names = fc.constantFrom('/a', '/b', '/d', '/d/a', '/d/e', '/d/e/b');
const data = fc.string({ maxLength: 40 });
/** Operations of `bridges/testing/operations.ts`, with their arguments. */
const operation: fc.Arbitrary<[string, ...Plain[]]> = fc.oneof(
  ...['mkdir', 'mknod', 'unlink', 'rmdir', 'stat', 'readlink', 'listdir', 'read', 'listxattr'].map(
    (name) => fc.tuple(fc.constant(name), names),
  ),
  ...['rename', 'link', 'symlink'].map((name) => fc.tuple(fc.constant(name), names, names)),
  fc.tuple(fc.constant('write'), names, data),
  fc.tuple(fc.constant('truncate'), names, fc.nat(100)),
  fc.tuple(fc.constant('chmod'), names, fc.nat(0o7777)),
  fc.tuple(fc.constant('setxattr'), names, fc.constantFrom('user.a', 'user.b'), data, fc.nat(2)),
  fc.tuple(fc.constant('getxattr'), names, fc.constantFrom('user.a', 'user.b')),
);

it('a replay finds no difference over an equal storage, or over the recorded replies of the storage', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (steps) => {
      const volumes = [storage, { translator: makeCache(true), name: 'cache' }];
      const graph = await startGraph(volumes);
      const bytes = await recordGraph(graph, async (go) => {
        await go('stat', '/');
        for (const [name, ...args] of steps) await go(name, ...args);
      });
      await graph.stop();
      const again = [storage, { translator: makeCache(true), name: 'cache' }];
      expect(inShort(await replay(bytes, { volumes: again }))).toEqual([]);
      const played = [storage, { translator: makeCache(true), name: 'cache' }];
      expect(inShort(await replay(bytes, { volumes: played, played: ['storage'] }))).toEqual([]);
    }),
    { numRuns: 10 },
  );
});

describe('a volume with a changed reply', () => {
  const stack = (forgets: boolean) => [storage, { translator: makeCache(forgets), name: 'cache' }];
  async function bug(): Promise<Uint8Array> {
    const graph = await startGraph(stack(false));
    onTestFinished(() => graph.stop());
    return recordGraph(graph, async (go) => {
      for (const step of ['stat', 'mkdir', 'stat']) await go(step, '/a');
    });
  }

  it('is reported with its changed requests if the recording supplies the replies of the storage', async () => {
    const bytes = await bug();
    expect(inShort(await replay(bytes, { volumes: stack(false), played: ['storage'] }))).toEqual(
      [],
    );
    const differences = await replay(bytes, { volumes: stack(true), played: ['storage'] });
    expect(inShort(differences)).toEqual([
      'lookup op_ret: -1 ENOENT | 0',
      'lookup asked below: nothing | storage: lookup(/a)',
    ]);
    expect(differences.map(({ request }) => request.number)).toEqual([1, 2, 3]);
  });

  it('is reported without the requests below it if the recording is replayed over a real storage', async () => {
    expect(inShort(await replay(await bug(), { volumes: stack(true) }))).toEqual([
      'lookup op_ret: -1 ENOENT | 0',
    ]);
  });
});

it('a replay lists the differing fields of a reply, but ignores times and block counts', async () => {
  const graph = await startGraph([storage]);
  onTestFinished(() => graph.stop());
  const bytes = await recordGraph(graph, async (go) => {
    await go('write', '/f', 'one');
    await go('read', '/f');
    await go('setxattr', '/f', 'user.a', '1', 0);
    await go('getxattr', '/f', 'user.a');
    await go('listdir', '/');
  });
  const changing = makeTranslator('having', {
    readv: (frame) => {
      const stbuf = Object.assign(new Iatt(), { iaSize: 4, iaMtime: 77, iaBlocks: 5 });
      unwind.readv(frame, 3, 0, new TextEncoder().encode('two'), stbuf, null);
    },
    getxattr: (frame) => unwind.getxattr(frame, 1, 0, null, null),
  });
  const volumes = [storage, { translator: changing, name: 'top' }];
  expect(inShort(await replay(bytes, { volumes, volume: 'storage' }))).toEqual([
    'readv vector: 3 bytes "one" | 3 bytes "two"',
    'readv stbuf.ia_type: 1 | 0',
    'readv stbuf.ia_prot: 420 | 0',
    'readv stbuf.ia_nlink: 1 | 0',
    'readv stbuf.ia_size: 3 | 4',
    expect.stringMatching(/^getxattr dict: .*user\.a.* \| null$/),
  ]);
});

it('a replay replies for files older than the recording, even to requests that were not recorded', async () => {
  const context = new FakeContext();
  const graph = await startGraph(
    [storage, { translator: makeTranslator('having', {}), name: 'top' }],
    context,
  );
  onTestFinished(() => graph.stop());
  const files = new Files(new Driver(connect(graph), ROOT_CALLER).steps, { umask: 0o022 });
  await operations.mkdir!(files, ['/d']);
  await operations.write!(files, ['/d/old', 'text']);
  const bytes = await recordGraph(graph, async (go) => {
    await go('stat', '/d/old');
    await go('read', '/d/old');
    await go('truncate', '/d/old', 2);
    await go('read', '/d/old');
    await go('listdir', '/d');
  });
  const sizes: (number | undefined)[] = [];
  /** Asks for the attributes before it reads. */
  const asking = makeTranslator('having', {
    readv: (frame, xl, fd, size, offset, flags, xdata) => {
      const read: Cbk<'fstat', null> = (up, _cookie, _xl, _opRet, _opErrno, buf) => {
        sizes.push(buf?.iaSize);
        tail.readv(up, xl.children[0]!, fd, size, offset, flags, xdata);
      };
      wind.fstat(frame, 0, read, xl.children[0]!, fd, null);
    },
  });
  const volumes = [storage, { translator: asking, name: 'top' }];
  const outcomes = await replay(bytes, { volumes, played: ['storage'] });
  expect(sizes).toEqual([4, 2]);
  expect(inShort(outcomes)).toEqual([
    'readv asked below: nothing | storage: fstat(/d/old)',
    'readv asked below: nothing | storage: fstat(/d/old)',
  ]);
});

it('a replay sends requests concurrently if they overlapped in the recording, and all others in order', async () => {
  const leaf = new HeldLeaf();
  const graph = await startGraph([{ translator: leaf.translator, name: 'leaf' }]);
  const recording = record(graph, WHOLE);
  const driver = new Driver(connect(graph), ROOT_CALLER);
  const answers: Promise<unknown>[] = [];
  for (const name of ['a', 'b']) {
    answers.push(driver.wind('lookup', makeLoc(graph.inodes.root, name), null));
  }
  // The second first; then a third, and the first at last.
  leaf.requests[1]!.answer(-1, ENOENT, null, null, null, null);
  answers.push(driver.wind('stat', new Loc(graph.inodes.root), null));
  leaf.requests[2]!.answer(-1, ENOENT, null, null);
  leaf.requests[0]!.answer(-1, ENOENT, null, null, null, null);
  await Promise.all(answers);

  const other = new HeldLeaf();
  const events: string[] = [];
  other.onRequest = ({ name, args, answer }) => {
    events.push(`> ${name}`);
    // Not at once, and the first last of all.
    const isFirst = name === 'lookup' && (args[0] as Loc).name === 'a';
    const onEnd = (): void => {
      events.push(`< ${name}`);
      if (name === 'lookup') answer(-1, ENOENT, null, null, null, null);
      else answer(-1, ENOENT, null, null);
    };
    if (isFirst) setImmediate(() => setImmediate(() => setImmediate(onEnd)));
    else setImmediate(onEnd);
  };
  const volumes = [{ translator: other.translator, name: 'leaf' }];
  expect(inShort(await replay(recording.toBytes(), { volumes }))).toEqual([]);
  expect(events.slice(0, 4)).toEqual(['> lookup', '> lookup', '< lookup', '> stat']);
});

describe('makePlan', () => {
  async function why(settings: RecordSettings, volume = 'storage'): Promise<string> {
    const graph = await startGraph([storage]);
    onTestFinished(() => graph.stop());
    const bytes = await recordGraph(graph, (go) => go('write', '/f', 'much data'), settings);
    const plan = makePlan(openRecording(bytes), { volume, played: [] });
    return plan.then(
      () => 'accepted',
      (error: Error) => error.message,
    );
  }

  it.each<[RegExp, RecordSettings, string?]>([
    [/^accepted$/, WHOLE],
    [/names and contents are hidden/, { ...WHOLE, redact: true }],
    [/filtered or shortened.*glossa record/, { ...WHOLE, whole: false }],
    [/'vector' of writev\(\/f, .*was cut.*--data-max/, { ...WHOLE, dataMax: 4 }],
    [/no volume 'top': its volumes are storage/, WHOLE, 'top'],
  ])(
    'accepts a recording, or rejects it with the reason: %s',
    async (message, settings, volume) => {
      expect(await why(settings, volume)).toMatch(message);
    },
  );

  it('rejects a damaged recording and one without requests', async () => {
    const graph = await startGraph([storage]);
    onTestFinished(() => graph.stop());
    const roles = { volume: 'storage', played: [] };
    const none = record(graph, WHOLE).toBytes();
    await expect(makePlan(openRecording(none), roles)).rejects.toThrow(/no request arrived/);
    const bytes = await recordGraph(graph, (go) => go('stat', '/f'));
    await expect(makePlan(openRecording(bytes.subarray(0, -5)), roles)).rejects.toThrow(
      /is damaged/,
    );
  });
});

it('a replay reports requests that could not be sent or were never answered', async () => {
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ name, answer }) => {
    const buf = Object.assign(new Iatt(), { iaGfid: makeGfid(7), iaType: 1, iaNlink: 1 });
    if (name === 'lookup') answer(0, 0, null, buf, null, null);
    if (name === 'stat') answer(0, 0, buf, null);
  };
  const graph = await startGraph([{ translator: leaf.translator, name: 'storage' }]);
  const recording = record(graph, WHOLE);
  const driver = new Driver(connect(graph), ROOT_CALLER);
  const loc = makeLoc(graph.inodes.root, 'f');
  const { values } = await driver.wind('lookup', loc, null);
  const inode = graph.inodes.link(loc.inode!, graph.inodes.root, 'f', values[1] as Iatt)!;
  await driver.wind('stat', new Loc(inode), null);
  void driver.wind('statfs', new Loc(graph.inodes.root), null);
  expect(inShort(await replay(recording.toBytes(), { volumes: [storage] }))).toEqual([
    'lookup op_ret: 0 | -1 ENOENT',
    'stat op_ret: 0 | not sent: /f was never found here',
    'statfs op_ret: no answer | 0',
  ]);
});
