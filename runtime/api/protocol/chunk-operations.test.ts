/** The operations on chunks of `glossa api`, without a socket: cancels, deadlines, and the end of the connection. */
import { describe, expect, it, vi } from 'vitest';
import { type ApiReply, type ApiValue, readU32 } from '../../../test/support/api-client.ts';
import { connectInProcess } from '../../../test/support/api-connection.ts';
import { turns } from '../../../test/support/chunk-storages.ts';
import { makeTranslator } from '../../../test/support/core.ts';
import { decodeName } from '../../core/bytes.ts';
import {
  EBADF,
  EFBIG,
  EINTR,
  EINVAL,
  ENOENT,
  EOPNOTSUPP,
  ESTALE,
  ETIMEDOUT,
} from '../../core/errno.ts';
import { tail } from '../../core/gen/fops.gen.ts';
import type { Fops } from '../../core/xlator.ts';
import watch from '../../xlators/features/watch/index.ts';
import { OPERATION_FLAGS, STAT_SIZE } from './values.ts';

const { CREATE, EXCLUSIVE, WAIT } = OPERATION_FLAGS;

const readJson = ({ body }: ApiReply): unknown => JSON.parse(new TextDecoder().decode(body));

type Client = Awaited<ReturnType<typeof connectInProcess>>;

async function connect({ fops = {} }: { fops?: Fops<null> } = {}) {
  const client = await connectInProcess({ above: [watch, makeTranslator('above', fops)] });
  const openStore = async (inFlight = 0): Promise<number> =>
    readU32(await client.do('chunk_store', [0, inFlight, 0xffff_ffff, 0, '']));
  return { client, openStore, store: await openStore() };
}

const openChunk = async (client: Client, store: number, name: string): Promise<number> =>
  readU32(await client.do('chunk_open', [store, CREATE, 0, 0, name]));

const lock = (store: number, flags: number, owner: string, deadline = 0): ApiValue[] => [
  ...[store, flags, deadline, 0],
  ...[owner, 'disk'],
];

const waiters = async (client: Client, store: number): Promise<unknown> => {
  const info = readJson(await client.do('chunk_lock_info', [store, 'disk']));
  return (info as { waiters: { owner: string }[] }).waiters.map(({ owner }) => owner);
};

/** Holds the requests of one fop until they are released. */
function holdFop(): { readonly fops: Fops<null>; readonly held: (() => void)[] } {
  const held: (() => void)[] = [];
  const fops: Fops<null> = {
    unlink(frame, xl, ...args) {
      held.push(() => tail.unlink(frame, xl.children[0]!, ...args));
    },
  };
  return { fops, held };
}

describe('chunks by the protocol', () => {
  it('are made, written, read, cleared, copied, hashed and removed', async () => {
    const { client, store } = await connect();
    const chunk = await openChunk(client, store, 'a');
    await client.do('chunk_write', [chunk, 0, 0, 10, 'data']);
    await client.do('chunk_clear', [chunk, 0, 0, 12, 4]);
    await client.do('chunk_sync', [chunk, 0, 0]);
    const { body } = await client.do('chunk_read', [chunk, 0, 0, 9, 100]);
    expect(decodeName(body)).toBe('\0da\0\0\0\0');
    const { body: stat } = await client.do('chunk_stat', [store, 0, 0, 'a']);
    expect(stat.length).toBe(STAT_SIZE);
    await client.do('chunk_copy', [store, 0, 0, 'a', 'b']);
    const { body: hash } = await client.do('chunk_hash', [store, 0, 0, 'a']);
    expect(decodeName(hash)).toMatch(/^[0-9a-f]{64}$/);
    expect((await client.do('chunk_hash', [store, 0, 0, 'b'])).body).toEqual(hash);
    await client.do('chunk_sync_names', [store, 0, 0]);
    await client.do('close', [chunk]);
    await client.do('chunk_unlink', [store, 0, 0, 'a']);
    for (const [name, values, errno] of [
      ['chunk_stat', [store, 0, 0, 'a'], ENOENT],
      ['chunk_open', [store, CREATE + EXCLUSIVE, 0, 0, '../a'], EINVAL],
      ['chunk_read', [chunk, 0, 0, 0, 1], EBADF],
      ['chunk_read', [store, 0, 0, 0, 1], EBADF],
      ['chunk_unlink', [store, 0, store, 'b'], EBADF],
      ['chunk_unlock_handle', [store], EBADF],
    ] as const) {
      expect([name, (await client.call(name, values)).errno]).toEqual([name, errno]);
    }
    // A handle of another kind stays open.
    await client.do('chunk_stat', [store, 0, 0, 'b']);
  });

  it('ask for a turn of the event loop where a promise must go on, also at a close without a request', async () => {
    const { client, store } = await connect();
    const chunk = await openChunk(client, store, 'a');
    const wake = vi.spyOn(client.context, 'wake');
    client.send('close', [chunk]);
    expect(wake).toHaveBeenCalled();
    expect((await client.nextReply()).errno).toBe(0);
  });

  it('refuse a write beyond their size', async () => {
    const { client } = await connect();
    const store = readU32(await client.do('chunk_store', [1024, 0, 0, 0, '/small']));
    const chunk = await openChunk(client, store, 'a');
    expect((await client.call('chunk_write', [chunk, 0, 0, 1023, 'ab'])).errno).toBe(EFBIG);
    await client.do('chunk_write', [chunk, 0, 0, 1023, 'a']);
  });

  it('keep the data of a write whose deadline has passed, while others are received', async () => {
    const held: (() => void)[] = [];
    const { client, store } = await connect({
      fops: {
        writev(frame, xl, ...args) {
          held.push(() => tail.writev(frame, xl.children[0]!, ...args));
        },
      },
    });
    const chunk = await openChunk(client, store, 'a');
    client.send('chunk_write', [chunk, 100, 0, 0, 'x'.repeat(1000)]);
    await turns();
    client.context.advance(100);
    expect((await client.nextReply()).errno).toBe(ETIMEDOUT);
    await client.do('lstat', ['/'.repeat(1000)]);
    for (const release of held) release();
    const { body } = await client.do('chunk_read', [chunk, 0, 0, 0, 2000]);
    expect(decodeName(body)).toBe('x'.repeat(1000));
  });
});

describe('a request to a store of chunks', () => {
  it('ends with EINTR when it is cancelled, and another takes its place', async () => {
    const { fops, held } = holdFop();
    const { client, openStore } = await connect({ fops });
    const store = await openStore(1);
    for (const name of ['a', 'b', 'c']) await openChunk(client, store, name);
    const [stuck, queued] = ['a', 'b'].map((name) =>
      client.send('chunk_unlink', [store, 0, 0, name]),
    );
    await turns();
    expect(readJson(await client.do('chunk_queue', [store]))).toMatchObject({
      inFlight: 1,
      queued: 1,
    });
    client.send('cancel', [queued!]);
    client.send('cancel', [stuck!]);
    await turns();
    const ended = client.takeReplies().filter(({ errno }) => errno === EINTR);
    expect(ended.map(({ id }) => id)).toEqual([queued, stuck]);
    expect(held.length).toBe(1);
    client.send('chunk_unlink', [store, 0, 0, 'c']);
    await turns();
    expect(held.length).toBe(2);
    expect(readJson(await client.do('chunk_queue', [store]))).toMatchObject({ queued: 0 });
  });

  it('fails with ETIMEDOUT after its deadline', async () => {
    const { fops } = holdFop();
    const { client, store } = await connect({ fops });
    await openChunk(client, store, 'a');
    client.send('chunk_unlink', [store, 500, 0, 'a']);
    await turns();
    client.context.advance(499);
    await turns();
    expect(client.takeReplies()).toEqual([]);
    client.context.advance(1);
    expect((await client.nextReply()).errno).toBe(ETIMEDOUT);
  });

  it('with a lock that was broken fails with ESTALE', async () => {
    const { client, store } = await connect();
    const chunk = await openChunk(client, store, 'a');
    const held = readU32(await client.do('chunk_lock', lock(store, 0, 'ours')));
    await client.do('chunk_write', [chunk, 0, held, 0, 'first']);
    await client.do('chunk_break_lock', [store, 'disk', 'ours', 'other']);
    expect((await client.call('chunk_write', [chunk, 0, held, 0, 'late'])).errno).toBe(ESTALE);
    const { body } = await client.do('chunk_read', [chunk, 0, 0, 0, 100]);
    expect(decodeName(body)).toBe('first');
  });
});

describe('a lock by the protocol', () => {
  it('is described to another owner, who gives up at its deadline', async () => {
    const { client, store } = await connect();
    await client.do('chunk_lock', lock(store, 0, 'first'));
    const { body } = await client.do('chunk_lock', lock(store, 0, 'second'));
    expect(new DataView(body.buffer, body.byteOffset).getUint32(0)).toBe(0);
    expect(JSON.parse(decodeName(body.subarray(12)))).toMatchObject({ owner: 'first' });
    client.send('chunk_lock', lock(store, WAIT, 'second', 500));
    await turns();
    expect(await waiters(client, store)).toEqual(['second']);
    client.context.advance(500);
    expect((await client.nextReply()).errno).toBe(ETIMEDOUT);
    expect(await waiters(client, store)).toEqual([]);
  });

  it('is handed to the next waiter; one that was cancelled has left the queue', async () => {
    const { client, store } = await connect();
    const first = readU32(await client.do('chunk_lock', lock(store, 0, 'first')));
    const cancelled = client.send('chunk_lock', lock(store, WAIT, 'cancelled'));
    await turns();
    const waiting = client.send('chunk_lock', lock(store, WAIT, 'second'));
    await turns();
    expect(await waiters(client, store)).toEqual(['cancelled', 'second']);
    client.send('cancel', [cancelled]);
    expect(await client.nextReply()).toMatchObject({ id: cancelled, errno: EINTR });
    await turns();
    client.takeReplies();
    expect(await waiters(client, store)).toEqual(['second']);
    const unlocking = client.send('chunk_unlock_handle', [first]);
    await turns();
    const replies = client.takeReplies();
    expect(replies.map(({ id }) => id).sort()).toEqual([waiting, unlocking].sort());
    const grant = replies.find(({ id }) => id === waiting)!;
    expect(await client.call('chunk_unlock_handle', [first])).toMatchObject({ errno: EBADF });
    const existed = await client.do('chunk_unlock_handle', [readU32(grant)]);
    expect(readJson(existed)).toEqual({ existed: true });
  });

  it('is given back if it was granted to a request that was just cancelled', async () => {
    let release: (() => void) | null = null;
    let isHolding = false;
    const { client, store } = await connect({
      fops: {
        setxattr(frame, xl, ...args) {
          const wind = (): void => tail.setxattr(frame, xl.children[0]!, ...args);
          if (!isHolding) return wind();
          isHolding = false;
          release = wind;
        },
      },
    });
    isHolding = true;
    const cancelled = client.send('chunk_lock', lock(store, 0, 'cancelled'));
    await turns();
    client.send('cancel', [cancelled]);
    await turns();
    client.takeReplies();
    release!();
    await turns();
    const info = readJson(await client.do('chunk_lock_info', [store, 'disk']));
    expect(info).toMatchObject({ fence: 1, holder: null });
  });

  it('rejects no promise unseen when its connection ends, with requests that wait or are fenced', async () => {
    const held: (() => void)[] = [];
    const { client, store } = await connect({
      fops: {
        writev(frame, xl, ...args) {
          held.push(() => tail.writev(frame, xl.children[0]!, ...args));
        },
      },
    });
    const chunk = await openChunk(client, store, 'a');
    const first = readU32(await client.do('chunk_lock', lock(store, 0, 'first')));
    client.send('chunk_lock', lock(store, WAIT, 'second'));
    client.send('chunk_write', [chunk, 0, first, 0, 'data']);
    client.send('chunk_event', [readU32(await client.do('chunk_watch', [store, 'a'])), 0, 0]);
    await turns();
    expect(held.length).toBe(1);
    const rejections: unknown[] = [];
    const note = (reason: unknown): void => void rejections.push(reason);
    process.on('unhandledRejection', note);
    await client.close();
    await turns();
    held[0]!();
    await turns();
    process.off('unhandledRejection', note);
    expect(rejections).toEqual([]);
    expect(client.graph.initiators.size).toBe(0);
  });
});

describe('a watch by the protocol', () => {
  it('repeats an event to a client whose request was cancelled', async () => {
    const { client, store } = await connect();
    await openChunk(client, store, 'a');
    const events = readU32(await client.do('chunk_watch', [store, 'a']));
    const cancelled = client.send('chunk_event', [events, 0, 0]);
    await turns();
    client.send('cancel', [cancelled]);
    await client.nextReply();
    await client.nextReply();
    await client.do('chunk_notify', [store, 'a', 'one']);
    await client.do('chunk_notify', [store, 'a', 'two']);
    const read = async (last: number): Promise<unknown> =>
      readJson(await client.do('chunk_event', [events, 0, last]));
    expect(await read(0)).toMatchObject({ kind: 'notice', text: 'one' });
    expect(await read(0)).toMatchObject({ kind: 'notice', text: 'one' });
    expect(await read(1)).toMatchObject({ kind: 'notice', text: 'two' });
    expect((await client.call('chunk_event', [events, 0, 5])).errno).toBe(EINVAL);
  });

  it('ends its requests with null when it is closed, and with ETIMEDOUT after their deadline', async () => {
    const { client, store } = await connect();
    const events = readU32(await client.do('chunk_watch', [store, 'absent']));
    client.send('chunk_event', [events, 100, 0]);
    await turns();
    client.context.advance(100);
    expect((await client.nextReply()).errno).toBe(ETIMEDOUT);
    const waiting = client.send('chunk_event', [events, 0, 0]);
    const closing = client.send('close', [events]);
    await turns();
    const replies = client.takeReplies();
    expect(replies.map(({ id, errno }) => [id, errno]).sort()).toEqual([
      [waiting, 0],
      [closing, 0],
    ]);
    expect(readJson(replies.find(({ id }) => id === waiting)!)).toBeNull();
  });

  it('says which translator it needs', async () => {
    const client = await connectInProcess();
    const store = readU32(await client.do('chunk_store', [0, 0, 0xffff_ffff, 0, '']));
    const { errno, body } = await client.call('chunk_watch', [store, 'a']);
    expect(errno).toBe(EOPNOTSUPP);
    expect(decodeName(body)).toContain('put features/watch at the top of the volfile');
  });
});

it('the end of a connection closes the files of its chunks', async () => {
  const { client, store } = await connect();
  await openChunk(client, store, 'a');
  const idle = await openChunk(client, store, 'b');
  await client.do('close', [idle]);
  await client.do('chunk_lock', lock(store, 0, 'owner'));
  await client.do('chunk_watch', [store, 'a']);
  // A request that waits has the mailbox open; a lock has no open file.
  client.send('chunk_lock', lock(store, WAIT, 'waiter'));
  await turns();
  const open = [...client.graph.inodes.all()].filter(({ fdCount }) => fdCount > 0);
  expect(open.length).toBe(3);
  await client.close();
  expect(open.filter(({ fdCount }) => fdCount > 0)).toEqual([]);
});
