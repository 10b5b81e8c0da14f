/** A trace over the control channel, which lasts as long as its client is connected. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Graph } from '../../runtime/core/graph.ts';
import type { Log } from '../../runtime/core/log.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { ask, HeldLeaf, startGraph } from '../../test/support/core.ts';
import type { RecordingOptions } from '../graph-recording.ts';
import { ControlQuery } from './control-client.ts';
import { ControlHost } from './control-host.ts';
import { listSocketNames } from './control-socket.ts';
import { streamTrace } from './graph-questions.ts';

const wanted = { filter: {}, filterText: null, dataMax: 32, redact: false };
const kind = { mount: '0:999998' };
let graph: Graph;
let host: ControlHost;
let served: { readonly operand: string; readonly socket: string };

beforeEach(async () => {
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ answer }) => answer(0, 0, null, null);
  graph = await startGraph([{ translator: leaf.translator, name: 'storage' }]);
  const questions = {
    trace: (of: unknown, connection: Parameters<typeof streamTrace>[2]) =>
      streamTrace(graph, of as RecordingOptions, connection),
  };
  host = await ControlHost.open(kind, questions, {} as Log);
  served = { operand: 'mnt', socket: listSocketNames(kind)[0]! };
});
afterEach(() => host.close());

it('a trace with a wrong filter is refused, and attaches no observer', async () => {
  const filter = { volumes: ['strage'] };
  const { value } = new ControlQuery(served, 'trace', { ...wanted, filter });
  await expect(value).rejects.toThrow("there is no volume 'strage' (did you mean");
  expect(graph.xlators[0]!.observer).toBe(null);
});

it('a trace observes the graph until its client disconnects', async () => {
  const conversation = new ControlQuery(served, 'trace', wanted);
  expect(await conversation.value).toMatchObject({ volumes: [{ name: 'storage' }] });
  const [storage] = graph.xlators;
  expect(storage!.observer).not.toBe(null);
  ask(graph, 'stat', new Loc(graph.inodes.root), null);
  const { socket, restBytes: rest } = conversation;
  const events =
    rest.length > 0
      ? rest
      : await new Promise<Buffer>((resolve) => void socket.once('data', resolve).resume());
  expect(events.length).toBeGreaterThan(20);
  socket.destroy();
  while (storage!.observer !== null) await new Promise(setImmediate);
});

it('a trace of a server that shuts down gets its last events and ends', async () => {
  const conversation = new ControlQuery(served, 'trace', wanted);
  await conversation.value;
  const closed = host.close();
  conversation.socket.resume();
  await conversation.whenClosed;
  await closed;
  expect(graph.xlators[0]!.observer).toBe(null);
});
