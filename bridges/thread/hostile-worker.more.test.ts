/**
 * A malicious worker that writes arbitrary bytes into the shared memory: the main thread still
 * answers every request, without throwing or hanging.
 */
import fc from 'fast-check';
import { expect, it, onTestFinished, vi } from 'vitest';
import { EIO } from '../../runtime/core/errno.ts';
import { fopNames } from '../../runtime/core/gen/fops.gen.ts';
import { Loc } from '../../runtime/core/operands.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import { ask, FakeContext, HeldLeaf, startGraph } from '../../test/support/core.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { makeGlupy } from '../host/index.ts';
import type { Machine, ThreadEvents } from '../host/machine.ts';
import { hostedLanguages } from '../languages.ts';
import { nodeMachine } from '../machine/node/index.ts';
import { Channel } from './channel.ts';
import { MessageWriter } from './message-bytes.ts';
import { type GuestThreadData, TO_MAIN } from './messages.ts';
import * as threadCode from './start.ts';

/** A test's clock, with a `soon` that volumes do not wait for. */
class Impatient extends FakeContext {
  soon(): () => void {
    return () => {};
  }
}

/** The worker's side, played by the test. */
interface Worker {
  readonly data: GuestThreadData;
  readonly events: ThreadEvents;
  readonly channel: Channel;
}

const plainFop = { kind: 'plain', cbk: true, cancel: false };
const summary = {
  language: 'test',
  description: {
    fops: Object.fromEntries(fopNames.map((name) => [name, plainFop])),
    ...{ hooks: [], options: {}, methods: [], warnings: [], passesThrough: true },
  },
  sources: [],
  stopsAtLines: false,
  recordNeeds: undefined,
};

/** The result of a call: code 0, and no commands. */
const makeResult = (value: string): MessageWriter => {
  const to = new MessageWriter().begin(TO_MAIN.RESULT).writeNumber(0).writeNumber(0).writeNumber(0);
  to.writeU8(0).writeU8(1).writeText(value);
  return to.writeU8(0).writeU8(0).writeU32(0).writeU32(0);
};

/** Starts a graph with one isolated volume whose thread is the test. */
async function start() {
  const workers: Worker[] = [];
  const machine: Machine = {
    ...nodeMachine,
    startThread(_name, _heap, given, events) {
      const data = given as GuestThreadData;
      const channel = new Channel(data.shared, 1, () => {});
      workers.push({ data, events, channel });
      const send = (value: string): void => {
        channel.put(makeResult(value));
        setImmediate(events.onWake);
      };
      channel.setAway(false);
      send(JSON.stringify(summary));
      // It is woken once, to make the translator.
      return { wake: () => send(''), setKeepsProcess: () => {}, terminate: async () => {} };
    },
  };
  const translator = makeGlupy(hostedLanguages, machine, async () => threadCode);
  const leaf = new HeldLeaf();
  leaf.onRequest = ({ answer }) => answer(-1, 5, null, null, null, null);
  const context = new Impatient();
  const graph = await startGraph(
    [
      { translator: leaf.translator },
      {
        translator: translator as unknown as Translator<unknown>,
        options: {
          isolation: 'thread',
          'module-name': 'm',
          'module-path': makeFolder({ 'm.js': '' }),
          'restart-backoff': '3600',
        },
      },
    ],
    context,
  );
  onTestFinished(() => graph.stop());
  return { graph, workers, context };
}

it('a worker that sends a malformed message is ended, and its requests fail with EIO', async () => {
  const { graph, workers, context } = await start();
  const reply = ask(graph, 'stat', new Loc(graph.inodes.root), null);
  expect(reply.count).toBe(0);
  workers[0]!.channel.put(new MessageWriter().begin(99));
  workers[0]!.events.onWake();
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
  expect(context.lines.join('\n')).toMatch(/thread is lost.*a malformed message/);
  // New requests wait for the next worker.
  expect(ask(graph, 'stat', new Loc(graph.inodes.root), null).count).toBe(0);
  await vi.waitFor(() => expect(workers.length).toBe(2));
  workers[1]!.events.onEnd('the test');
});

it('a worker that sends 100,000 messages lets the event loop run in between', async () => {
  const { graph, workers, context } = await start();
  const { channel, events } = workers[0]!;
  const useless = new MessageWriter().begin(TO_MAIN.EVALUATED).writeNumber(1);
  useless.writeU8(0).writeU8(0).writeText('');
  for (let sent = 0; sent < 100_000; sent++) channel.put(useless);
  const { waiting } = context;
  // Beyond one turn, a timer takes the rest.
  for (let turns = 0; turns < 1000 && context.waiting === waiting; turns++) {
    channel.flush();
    events.onWake();
  }
  expect(context.waiting).toBeGreaterThan(waiting);
  events.onEnd('the test');
  await graph.stop();
});

/** Messages with valid kinds and numbers, and arbitrary contents. */
const messages = fc.array(
  fc.record({
    kind: fc.integer({ min: 0, max: 20 }),
    number: fc.nat(3),
    rest: fc.uint8Array({ maxLength: 100 }),
  }),
  { maxLength: 5 },
);

it('every request to a worker gets exactly one reply, even if the worker sends arbitrary messages', async () => {
  await fc.assert(
    fc.asyncProperty(messages, async (sent) => {
      const { graph, workers } = await start();
      const { channel, events } = workers[0]!;
      const replies = [1, 2].map(() => ask(graph, 'stat', new Loc(graph.inodes.root), null));
      for (const { kind, number, rest } of sent) {
        const to = new MessageWriter().begin(kind).writeU32(number);
        for (const byte of rest) to.writeU8(byte);
        channel.put(to);
      }
      events.onWake();
      events.onEnd('the test');
      expect(replies.map(({ count }) => count)).toEqual([1, 1]);
      await graph.stop();
    }),
    { numRuns: 200 },
  );
});

it('every request to a worker gets exactly one reply, even if the shared memory is overwritten', async () => {
  const words = fc.array(fc.tuple(fc.nat(), fc.integer()), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(words, fc.uint8Array({ maxLength: 200 }), async (control, ring) => {
      const { graph, workers } = await start();
      const { data, events } = workers[0]!;
      const reply = ask(graph, 'stat', new Loc(graph.inodes.root), null);
      const memory = new Int32Array(data.shared.control);
      for (const [at, value] of control) memory[at % memory.length] = value;
      new Uint8Array(data.shared.rings[1]).set(ring);
      events.onWake();
      const next = ask(graph, 'stat', new Loc(graph.inodes.root), null);
      events.onEnd('the test');
      await graph.stop();
      expect([reply.count, next.count]).toEqual([1, 1]);
    }),
    { numRuns: 200 },
  );
});
