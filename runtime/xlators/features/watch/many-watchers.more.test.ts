/** 10,000 watchers, of one file and of as many files: the requests that they cost, and what they leave. */
import { expect, it, onTestFinished } from 'vitest';
import { FakeContext, makeTranslator, startGraph } from '../../../../test/support/core.ts';
import { connect, DriverSteps, ROOT_CALLER } from '../../../api/driver-steps.ts';
import { Files } from '../../../api/files.ts';
import { Volume } from '../../../api/volume.ts';
import { tail } from '../../../core/gen/fops.gen.ts';
import memory from '../../storage/memory/index.ts';
import locks from '../locks/index.ts';
import watch from './index.ts';
import type { WatchReply } from './notices.ts';
import type { WatchedFiles } from './watched-files.ts';

const WATCH = 'user.glossa.watch';
const WATCHER_COUNT = 10_000;

const parse = (value: Uint8Array): WatchReply =>
  JSON.parse(new TextDecoder().decode(value)) as WatchReply;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Starts a volume whose requests by features/watch to the storage are counted. */
async function start() {
  const requests = { count: 0 };
  const counter = makeTranslator('counter', {
    lookup(frame, xl, loc, xdata) {
      // Only features/watch sends requests without a client.
      if (frame.root.client === null) requests.count += 1;
      tail.lookup(frame, xl.children[0]!, loc, xdata);
    },
  });
  const context = new FakeContext();
  const translators = [memory, locks, counter, watch] as never[];
  const graph = await startGraph(
    translators.map((translator) => ({ translator })),
    context,
  );
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  const client = connect(graph);
  const watching = new Files(new DriverSteps(client, ROOT_CALLER));
  const dump = (): Record<string, unknown> => (graph.top.priv as WatchedFiles).dump();
  return { requests, context, graph, volume, client, watching, dump };
}

it('10,000 watchers of one file cost one read for each change', async () => {
  const { requests, volume, watching, dump } = await start();
  await volume.writeFile('/file', '');
  const { cursor } = parse(await volume.getxattr('/file', WATCH));
  const replies = Array.from({ length: WATCHER_COUNT }, () =>
    watching.getxattr('/file', `${WATCH}.${cursor}`),
  );
  await turn();
  expect(dump()).toMatchObject({ files: 1, watchers: WATCHER_COUNT });
  requests.count = 0;
  await volume.setxattr('/file', 'user.glossa.notify', 'all');
  for (const reply of await Promise.all(replies))
    expect(parse(reply).events).toMatchObject([{ kind: 'notice', text: 'all' }]);
  expect(requests.count).toBeLessThanOrEqual(2);
  expect(dump()).toMatchObject({ files: 0, watchers: 0 });
});

it('10,000 watchers of 10,000 files cost one read for each changed file, and leave nothing', async () => {
  const { requests, context, graph, volume, client, watching, dump } = await start();
  // Only inodes that watchers hold stay in the table.
  graph.inodes.lruLimit = 100;
  const paths = Array.from({ length: WATCHER_COUNT }, (_, index) => `/file${index}`);
  const replies: Promise<Uint8Array>[] = [];
  for (const path of paths) {
    await volume.writeFile(path, '');
    const { cursor } = parse(await volume.getxattr(path, WATCH));
    replies.push(watching.getxattr(path, `${WATCH}.${cursor}`));
  }
  const outcomes = Promise.allSettled(replies);
  await turn();
  expect(dump()).toMatchObject({ files: WATCHER_COUNT, watchers: WATCHER_COUNT });

  requests.count = 0;
  for (const index of [0, WATCHER_COUNT / 2, WATCHER_COUNT - 1]) {
    await volume.setxattr(paths[index]!, 'user.glossa.notify', 'text');
    expect(parse(await replies[index]!).events).toMatchObject([{ kind: 'notice', text: 'text' }]);
  }
  expect(requests.count).toBe(3);

  client.disconnect();
  const ended = (await outcomes).filter(({ status }) => status === 'fulfilled');
  expect(ended).toHaveLength(3);
  expect(dump()).toMatchObject({ files: 0, watchers: 0 });
  expect(context.waiting).toBe(0);
  expect(graph.inodes.size).toBeLessThan(200);
});
