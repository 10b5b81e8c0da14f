/** A connection of `glossa api` over a volume in memory, for tests: without a socket, messages in, messages out. */
import { expect } from 'vitest';
import { ROOT_CALLER } from '../../runtime/api/driver-steps.ts';
import { ApiConnection, type ApiHost } from '../../runtime/api/protocol/api-connection.ts';
import { ApiVolume } from '../../runtime/api/protocol/request-context.ts';
import type { Fops } from '../../runtime/core/xlator.ts';
import { RecordMemory } from '../../runtime/wire/record-memory.ts';
import { REPLY_MEMORY_BYTES, ReplyMemory } from '../../runtime/wire/reply-memory.ts';
import locks from '../../runtime/xlators/features/locks/index.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import {
  type ApiReply,
  type ApiValue,
  makeGreeting,
  makeRequest,
  ReplyReader,
  readReply,
} from './api-client.ts';
import { FakeContext, makeTranslator, startGraph } from './core.ts';

/** A connection over a volume in memory; `fops`, or the translators `above` from the lowest, stand above the storage. */
export async function connectInProcess({
  fops = {},
  above = makeTranslator('test/above', fops),
  greets = true,
}: {
  fops?: Fops<null>;
  above?: unknown;
  greets?: boolean;
} = {}) {
  const translators = [memory, locks, ...[above].flat()];
  const volumes = translators.map((translator) => ({ translator })) as never;
  const context = new FakeContext();
  const graph = await startGraph(volumes, context);
  const logged: string[] = [];
  const volumesOpened: ApiVolume[] = [];
  const memorySettings = {
    readLimitBytes: () => REPLY_MEMORY_BYTES,
    after: (ms: number, fn: () => void) => context.after(ms, fn),
  };
  const host: ApiHost = {
    greetingFacts: { version: '0.0.0' },
    recordMemory: new RecordMemory(memorySettings),
    replyMemory: new ReplyMemory({ ...memorySettings, onFreed() {} }),
    openVolume() {
      const volume = new ApiVolume(graph, (text) => logged.push(text));
      volumesOpened.push(volume);
      return volume;
    },
    async reload() {},
    findVolumeId: async () => new Uint8Array(16),
    setLog() {},
    log: (text) => void logged.push(text),
    logRefusal: (text) => void logged.push(text),
  };
  const reader = new ReplyReader();
  const messages: Uint8Array[] = [];
  let wakeWaiter = (): void => {};
  let isOpen = true;
  /** Whether the client reads what is sent. */
  let isReading = true;
  const transport = {
    queuedBytes: 0,
    sentBytes: 0,
    send() {
      if (!isReading) return;
      reader.add(connection.out.writtenBytes);
      connection.out.position = 0;
      messages.push(...reader.takeMessages());
      wakeWaiter();
    },
    updateFlow() {},
    end() {
      this.send();
      isOpen = false;
    },
    destroy() {
      isOpen = false;
    },
  };
  const connection: ApiConnection = new ApiConnection(host, { ...ROOT_CALLER, pid: 1 }, transport);
  const receive = (bytes: Uint8Array): void =>
    connection.records.append(bytes, () => {
      connection.serveMessages();
      return isOpen;
    });
  let id = 0;
  const takeReplies = (): ApiReply[] => messages.splice(0).map(readReply);
  const client = {
    context,
    graph,
    connection,
    logged,
    receive,
    takeReplies,
    takeMessages: () => messages.splice(0),
    async close(): Promise<void> {
      connection.close();
      await Promise.all(volumesOpened.map((volume) => volume.close()));
    },
    get openFiles() {
      return volumesOpened.reduce((sum, { openFileCount }) => sum + openFileCount, 0);
    },
    get isOpen() {
      return isOpen;
    },
    setReading(value: boolean) {
      isReading = value;
      if (!value) return;
      transport.send();
      connection.noteAllSent();
    },
    send(name: string | number, values: readonly ApiValue[] = [], identity = 0): number {
      id += 1;
      receive(makeRequest(id, name, values, identity));
      return id;
    },
    async nextReply(): Promise<ApiReply> {
      while (messages.length === 0) {
        await new Promise<void>((resolve) => {
          wakeWaiter = resolve;
        });
      }
      return readReply(messages.shift()!);
    },
    /** Sends a request, and waits for its reply, which is the next one. */
    async call(
      name: string | number,
      values: readonly ApiValue[] = [],
      identity = 0,
    ): Promise<ApiReply> {
      const sent = client.send(name, values, identity);
      const reply = await client.nextReply();
      expect(reply.id).toBe(sent);
      return reply;
    },
    /** The same; it succeeds. */
    async do(name: string, values: readonly ApiValue[] = [], identity = 0): Promise<ApiReply> {
      const reply = await client.call(name, values, identity);
      expect([name, reply.errno]).toEqual([name, 0]);
      return reply;
    },
  };
  if (greets) {
    receive(makeGreeting());
    client.takeMessages();
  }
  return client;
}
