import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { code } from '../../../../test/support/chunk-storages.ts';
import { FakeContext, makeTranslator, startGraph } from '../../../../test/support/core.ts';
import { connect, DriverSteps, ROOT_CALLER } from '../../../api/driver-steps.ts';
import { Files } from '../../../api/files.ts';
import { Volume } from '../../../api/volume.ts';
import { encodeName } from '../../../core/bytes.ts';
import { EINTR } from '../../../core/errno.ts';
import type { ExchangeResult } from '../../../core/exchange.ts';
import type { Graph } from '../../../core/graph.ts';
import memory from '../../storage/memory/index.ts';
import locks from '../locks/index.ts';
import watch from './index.ts';
import type { WatchReply } from './notices.ts';
import type { WatchedFiles } from './watched-files.ts';

const WATCH = 'user.glossa.watch';

let context: FakeContext;
let graph: Graph;
let volume: Volume;

const translators = {
  memory: memory as never,
  locks: locks as never,
  watch: watch as never,
  between: makeTranslator('between', {}) as never,
  /** Never comes up. */
  down: { ...makeTranslator('down', {}), notify: () => {} } as never,
};
type VolumeName = keyof typeof translators;

/** Replaces the graph's volumes, as a changed volfile does. */
const exchange = (...names: VolumeName[]): Promise<ExchangeResult> =>
  graph.exchange(
    names.map((name, index) => ({
      name,
      translator: translators[name],
      options: [],
      subvolumes: index === 0 ? [] : [names[index - 1]!],
    })),
    1000,
  );

async function start(...names: VolumeName[]): Promise<void> {
  context = new FakeContext();
  graph = await startGraph(
    names.map((name) => ({ translator: translators[name], name })),
    context,
  );
  volume = Volume.fromGraph(graph, { ownsGraph: true });
  await volume.writeFile('/file', 'content');
}

beforeEach(() => start('memory', 'locks', 'watch'));
afterEach(() => volume.close());

const parse = (value: Uint8Array): WatchReply =>
  JSON.parse(new TextDecoder().decode(value)) as WatchReply;
const begin = async (path = '/file'): Promise<string> =>
  parse(await volume.getxattr(path, WATCH)).cursor;
const wait = async (cursor: string, path = '/file', signal?: AbortSignal): Promise<WatchReply> => {
  const target = signal === undefined ? volume : volume.with({ signal });
  return parse(await target.getxattr(path, `${WATCH}.${cursor}`));
};
/** The files of the volume below features/watch, which does not see their changes. */
const below = (): Files =>
  new Files(new DriverSteps(connect(graph), ROOT_CALLER, { links: graph.top.children[0]! }));
const notify = (text: string, path = '/file'): Promise<void> =>
  volume.setxattr(path, 'user.glossa.notify', text);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const dump = (): Record<string, unknown> => {
  const xl = graph.xlators.find(({ name }) => name === 'watch')!;
  return (xl.priv as WatchedFiles).dump();
};
const describeEvents = ({ events }: WatchReply): string[] =>
  events.map((event) => ('text' in event ? `${event.seq} ${event.text}` : event.kind));

describe('a watcher of a file', () => {
  it('gets each notice once, in order, with its number', async () => {
    const replies: string[] = [];
    const watchFile = async (): Promise<void> => {
      let cursor = await begin();
      while (replies.filter((reply) => reply.includes('third')).length < 2) {
        const reply = await wait(cursor);
        replies.push(...describeEvents(reply));
        ({ cursor } = reply);
      }
    };
    const watchers = [watchFile(), watchFile()];
    await turn();
    for (const text of ['first', 'second', 'third']) await notify(text);
    await Promise.race(watchers);
    expect(replies.sort()).toEqual([
      '1 first',
      '1 first',
      '2 second',
      '2 second',
      '3 third',
      '3 third',
    ]);
    // One of them has ended the test, and the other waits.
    await notify('last');
    await Promise.all(watchers);
  });

  it('gets no notice from before it began', async () => {
    await notify('before');
    const cursor = await begin();
    const reply = wait(cursor);
    await notify('after');
    expect(describeEvents(await reply)).toEqual(['2 after']);
  });

  it('gets at once the notices between two waits', async () => {
    const cursor = await begin();
    for (const text of ['a', 'b']) await notify(text);
    expect(describeEvents(await wait(cursor))).toEqual(['1 a', '2 b']);
  });

  it('is told how many notices it has lost, if there were more than the storage keeps', async () => {
    const cursor = await begin();
    for (let index = 0; index < 50; index += 1) await notify(`${index} ${'x'.repeat(200)}`);
    const { events } = await wait(cursor);
    const [lost, ...notices] = events as unknown as [{ count: number }, ...{ seq: number }[]];
    expect(lost.count + notices.length).toBe(50);
    expect(notices.at(-1)!.seq).toBe(50);
  });

  it.each([
    ['a write', () => volume.appendFile('/file', 'more')],
    ['a change of the mode', () => volume.chmod('/file', 0o600)],
    ['another extended attribute', () => volume.setxattr('/file', 'user.other', 'value')],
    ['a truncating open', () => volume.writeFile('/file', '')],
    ['a second name', () => volume.link('/file', '/other')],
  ])('is told of %s', async (_change, change) => {
    const reply = wait(await begin());
    await change();
    expect(describeEvents(await reply)).toContain('change');
  });

  it('is told that the file was removed', async () => {
    const reply = wait(await begin());
    await volume.unlink('/file');
    expect(await reply).toEqual({ cursor: 'removed', events: [{ kind: 'removed' }] });
  });

  it('is told of new names, if the file is a directory', async () => {
    const reply = wait(await begin('/'), '/');
    await volume.writeFile('/new', '');
    expect(describeEvents(await reply)).toContain('change');
  });

  it('learns from its cursor what has changed while no request waited', async () => {
    const cursor = await begin();
    await volume.appendFile('/file', 'more');
    expect(describeEvents(await wait(cursor))).toEqual(['change']);
  });

  it('ends at its signal, and leaves nothing', async () => {
    const controller = new AbortController();
    const ended = code(wait(await begin(), '/file', controller.signal));
    await turn();
    expect(dump()).toMatchObject({ files: 1, watchers: 1 });
    controller.abort();
    await ended;
    expect(dump()).toMatchObject({ files: 0, watchers: 0 });
    expect(context.waiting).toBe(0);
  });

  it('fails when the volume ends', async () => {
    const ended = code(wait(await begin()));
    await turn();
    await volume.close();
    expect(await ended).not.toBe('no error');
  });

  it('learns of changes below the volume within a second, as the storage reports none', async () => {
    const countWarnings = () =>
      context.lines.filter((line) => line.includes('once a second')).length;
    expect(countWarnings()).toBe(0);
    const reply = wait(await begin());
    await turn();
    await below().writeFile('/file', encodeName('more'), { append: true });
    await turn();
    expect(dump()).toMatchObject({ watchers: 1 });
    context.advance(1000);
    expect(describeEvents(await reply)).toContain('change');
    expect(countWarnings()).toBe(1);
  });
});

describe('a watcher that waits while its inode has no other use', () => {
  /** Evicts all idle inodes. */
  const evictIdle = async (): Promise<void> => {
    graph.inodes.lruLimit = 1;
    for (const name of ['/a', '/b', '/c']) await volume.writeFile(name, '');
  };

  it.each([
    ['a write', () => volume.appendFile('/file', 'more'), ['change']],
    ['a notice', () => notify('text'), ['1 text']],
    ['the removal of the file', () => volume.unlink('/file'), ['removed']],
  ])(
    'is told of %s after other inodes have filled the inode table',
    async (_event, act, events) => {
      const reply = wait(await begin());
      await turn();
      await evictIdle();
      await act();
      expect(describeEvents(await reply)).toEqual(events);
    },
  );

  it('misses nothing if the inode is evicted between two waits', async () => {
    const cursor = await begin();
    await evictIdle();
    await notify('between');
    await evictIdle();
    const events: string[] = [];
    const watching = (async () => {
      for (let next = cursor; !events.includes('2 later'); await evictIdle()) {
        const reply = await wait(next);
        events.push(...describeEvents(reply));
        next = reply.cursor;
      }
    })();
    await notify('later');
    await watching;
    expect(events.filter((event) => event !== 'change')).toEqual(['1 between', '2 later']);
  });

  it('lets the inode be evicted once it has ended', async () => {
    const reply = wait(await begin());
    await turn();
    await notify('text');
    await reply;
    const size = graph.inodes.size;
    await evictIdle();
    expect(graph.inodes.size).toBeLessThan(size + 3);
    expect([...graph.inodes.all()].map(({ path }) => path)).not.toContain('/file');
  });
});

it('a client that disconnects leaves nothing, and other watchers of the file wait on', async () => {
  const cursor = await begin();
  const reply = wait(cursor);
  const client = connect(graph);
  const files = new Files(new DriverSteps(client, ROOT_CALLER));
  const waiting = Array.from({ length: 5 }, () => files.getxattr('/file', `${WATCH}.${cursor}`));
  const errnos = Promise.all(waiting.map((each) => each.catch(({ errno }) => errno)));
  await turn();
  expect(dump()).toMatchObject({ files: 1, watchers: 6 });
  client.disconnect();
  expect(await errnos).toEqual(Array(5).fill(EINTR));
  expect(dump()).toMatchObject({ files: 1, watchers: 1 });
  expect(client.initiator.clients.has(client)).toBe(false);
  await notify('text');
  expect(describeEvents(await reply)).toEqual(['1 text']);
});

describe('an exchange of the volumes', () => {
  /** Waits long enough for replaced volumes to end. */
  const settle = async (): Promise<void> => {
    for (let step = 0; step < 20; step += 1) {
      context.advance(50);
      for (let count = 0; count < 5; count += 1) await turn();
    }
  };

  /** Waits for an event, again after each reply without one, as programs do. */
  async function waitForEvents(cursor: string): Promise<string[]> {
    for (let next = cursor; ; ) {
      const reply = await wait(next);
      if (reply.events.length > 0) return describeEvents(reply);
      next = reply.cursor;
    }
  }

  it.each<[string, VolumeName[]]>([
    ['below features/watch', ['memory', 'locks', 'between', 'watch']],
    ['above features/watch', ['memory', 'locks', 'watch', 'between']],
    ['below features/locks', ['memory', 'between', 'locks', 'watch']],
  ])(
    '%s replies without events and the same cursor to a waiting request',
    async (_place, names) => {
      const cursor = await begin();
      const reply = wait(cursor);
      await turn();
      await exchange(...names);
      expect(await reply).toEqual({ cursor, events: [] });
      await settle();
      expect(graph.retiredGraphs).toEqual([]);
    },
  );

  it('reports each notice once', async () => {
    const cursor = await begin();
    const seen: string[] = [];
    const watching = (async () => {
      for (let next = cursor; seen.length < 40; ) {
        const reply = await wait(next);
        seen.push(...describeEvents(reply).filter((event) => event !== 'change'));
        next = reply.cursor;
      }
    })();
    const stacks: VolumeName[][] = [
      ['memory', 'between', 'locks', 'watch'],
      ['memory', 'locks', 'watch'],
      ['memory', 'locks', 'watch', 'between'],
    ];
    for (let number = 1; number <= 40; number += 1) {
      const sending = notify(`text ${number}`);
      await exchange(...stacks[number % 3]!);
      await sending;
      if (number % 5 === 0) await settle();
    }
    await watching;
    expect(seen).toEqual(
      Array.from({ length: 40 }, (_, index) => `${index + 1} text ${index + 1}`),
    );
    await settle();
    expect(graph.retiredGraphs).toEqual([]);
    expect(dump()).toMatchObject({ files: 0, watchers: 0 });
  });

  it('reports no change if nothing has changed', async () => {
    const reply = waitForEvents(await begin());
    await turn();
    await exchange('memory', 'locks', 'between', 'watch');
    await settle();
    expect(dump()).toMatchObject({ files: 1, watchers: 1 });
    await notify('text');
    expect(await reply).toEqual(['1 text']);
  });

  it('leaves the watchers waiting if it fails', async () => {
    const reply = wait(await begin());
    await turn();
    const failing = exchange('memory', 'between', 'locks', 'watch', 'down');
    const refused = expect(failing).rejects.toThrow('has not come up');
    await settle();
    await settle();
    await refused;
    await settle();
    expect(dump()).toMatchObject({ files: 1, watchers: 1 });
    await notify('text');
    expect(describeEvents(await reply)).toEqual(['1 text']);
  });

  it('ends all waits if it removes features/watch', async () => {
    const cursor = await begin();
    const reply = wait(cursor);
    await turn();
    await exchange('memory', 'locks');
    expect(await reply).toEqual({ cursor, events: [] });
    await settle();
    expect(graph.retiredGraphs).toEqual([]);
    expect(await code(wait(cursor))).toBe('ENODATA');
  });
});

describe('a notice', () => {
  it('gets a number of its own, also among 200 at the same time', async () => {
    const cursor = await begin();
    await Promise.all(Array.from({ length: 200 }, (_, index) => notify(String(index))));
    const { events } = await wait(cursor);
    const numbers = events.flatMap((event) => ('seq' in event ? [event.seq] : []));
    expect(numbers).toEqual(numbers.map((_, index) => 200 - numbers.length + 1 + index));
  });

  it('carries any bytes', async () => {
    const cursor = await begin();
    await volume.setxattr('/file', 'user.glossa.notify', new Uint8Array([0xff, 0, 34]));
    expect(describeEvents(await wait(cursor))).toEqual(['1 \udcff\0"']);
  });

  it('is refused if it is longer than 1024 bytes', async () => {
    await notify('x'.repeat(1024));
    expect(await code(notify('x'.repeat(1025)))).toBe('E2BIG');
  });

  it('is refused without locks below, with the remedy in the log', async () => {
    await volume.close();
    await start('memory', 'watch');
    expect(await code(notify('text'))).toBe('EOPNOTSUPP');
    expect(context.lines.join('\n')).toContain('put features/locks above the storage');
  });

  it('fails on a damaged record, and the log says how to repair it', async () => {
    await below().setxattr('/file', 'user.glossa.notices', encodeName('{"version":9}'));
    expect(await code(notify('text'))).toBe('EBADMSG');
    expect(await code(begin())).toBe('EBADMSG');
    expect(context.lines.join('\n')).toContain('remove the extended attribute user.glossa.notices');
    await volume.removexattr('/file', 'user.glossa.notices');
    await notify('text');
  });

  it('can only be sent: the record is hidden, and cannot be set', async () => {
    await volume.setxattr('/file', 'user.other', 'value');
    await notify('text');
    expect(await volume.listxattr('/file')).toEqual(['user.other']);
    const handle = await volume.open('/file');
    expect(await handle.listxattr()).toEqual(['user.other']);
    await handle.close();
    expect(await code(volume.getxattr('/file', 'user.glossa.notices'))).toBe('ENODATA');
    expect(await code(volume.setxattr('/file', 'user.glossa.notices', '{}'))).toBe('EPERM');
    // A file that only has a record has no attributes to list.
    await volume.removexattr('/file', 'user.other');
    expect(await volume.listxattr('/file')).toEqual([]);
  });

  it('is numbered from 1 again after the record was removed, and reaches the watchers', async () => {
    for (const text of ['a', 'b', 'c']) await notify(text);
    const cursor = await begin();
    await volume.removexattr('/file', 'user.glossa.notices');
    await notify('again');
    expect(describeEvents(await wait(cursor))).toContain('1 again');
  });
});

it.each(['', 'x', '1_2', '1_2_3.4_5.6_-1', '9'.repeat(200)])(
  'a watch with the cursor %j is refused',
  async (cursor) => {
    expect(await code(wait(cursor))).toBe('EINVAL');
  },
);
