/** The pump's sockets: after an ended turn, and beside an unanswered request. */
import { writeSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';

// Other test files share this process, without a turn runner.
vi.resetModules();
const { pump } = await import('./pump.ts');
const { setTurnRunner: endTurnsBy } = await import('../core/turn.ts');
const { close } = await import('../sys/libc.ts');
const { makeSocketpair } = await import('../sys/socket.ts');
const { receiveInto } = await import('../sys/stream.ts');
afterAll(() => vi.resetModules());

class Ended extends Error {}

/** A source that waits for nothing. */
const makeIdle = (fd: number) => ({
  ...{ fd, awaitedReplyCount: 0, busyPollUs: 0 },
  ...{ mayNeedEventLoop: false, awaitsWritable: false, isPaused: false },
});

/** Ends a turn at an `Ended` exception, as the watchdog does. */
function endOneTurn(): void {
  endTurnsBy((what) => {
    try {
      what();
      return true;
    } catch (error) {
      if (error instanceof Ended) return false;
      throw error;
    }
  });
}

test('reading from a socket resumes after an interruption, without new data from the peer', async () => {
  endOneTurn();
  const [ours, theirs] = makeSocketpair() as [number, number];
  const taken: string[] = [];
  let left: string[] = [];
  const source = {
    ...makeIdle(ours),
    receive() {
      const room = new Uint8Array(16);
      const count = receiveInto(ours, room);
      if (count > 0) left.push(...new TextDecoder().decode(room.subarray(0, count)));
      const any = count > 0 || left.length > 0;
      while (left.length > 0) {
        const [first, ...rest] = left;
        left = rest;
        taken.push(first!);
        if (first === 'x') throw new Ended();
      }
      return any;
    },
    flush() {},
  };
  pump.add(source);
  try {
    writeSync(theirs, 'xab');
    await expect.poll(() => taken.join(''), { timeout: 30_000 }).toBe('xab');
  } finally {
    pump.remove(source);
    close(ours);
    close(theirs);
  }
});

test('an idle socket is served while another socket has an unanswered request', async () => {
  const pairs = [makeSocketpair(), makeSocketpair(), makeSocketpair()] as [number, number][];
  const taken = ['', '', ''];
  let isWritable = false;
  const sources = pairs.map(([fd], at) => ({
    ...makeIdle(fd),
    /** The first has an unanswered request. */
    mayNeedEventLoop: at === 0,
    /** The last is connecting. */
    awaitsWritable: at === 2,
    receive() {
      const room = new Uint8Array(16);
      const count = receiveInto(fd, room);
      if (count > 0) taken[at] += new TextDecoder().decode(room.subarray(0, count));
      return count > 0;
    },
    flush() {
      if (at === 2) isWritable = true;
      this.awaitsWritable = false;
    },
  }));
  const [unanswered, quiet, connecting] = sources;
  try {
    pump.add(unanswered!);
    writeSync(pairs[0]![1], 'q');
    await expect.poll(() => taken[0], { timeout: 30_000 }).toBe('q');
    pump.add(quiet!);
    for (const text of ['a', 'b']) {
      writeSync(pairs[1]![1], text);
      await expect.poll(() => taken[1], { timeout: 30_000 }).toMatch(text);
    }
    pump.add(connecting!);
    await expect.poll(() => isWritable, { timeout: 30_000 }).toBe(true);
    // The pump then stays parked while the event loop turns.
    const { parks } = pump.counts;
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate);
    expect(pump.counts.parks - parks).toBeLessThan(20);
  } finally {
    for (const source of sources) pump.remove(source);
    for (const fd of pairs.flat()) close(fd);
  }
});

test('a program without a mount sends the requests of one turn together, and waits for the replies in libuv', async () => {
  const [ours, theirs] = makeSocketpair() as [number, number];
  const taken: number[] = [];
  let flushes = 0;
  const source = {
    ...makeIdle(ours),
    receive() {
      const count = receiveInto(ours, new Uint8Array(16));
      if (count <= 0) return false;
      taken.push(count);
      return true;
    },
    flush() {
      flushes += 1;
      this.awaitedReplyCount = 3;
    },
  };
  pump.add(source);
  const { sleeps } = pump.counts;
  try {
    for (let requests = 0; requests < 3; requests++) pump.flushSoon(source);
    expect(flushes).toBe(0);
    await expect.poll(() => flushes, { timeout: 30_000 }).toBe(1);
    for (let turns = 0; turns < 200; turns++) await new Promise(setImmediate);
    writeSync(theirs, 'abc');
    await expect.poll(() => taken, { timeout: 30_000 }).toEqual([3]);
    expect(pump.counts.sleeps).toBe(sleeps);
    expect(flushes).toBe(1);
  } finally {
    pump.remove(source);
    close(ours);
    close(theirs);
  }
});

test('the pump stops polling when the last reply took longer than a whole attempt to poll', async () => {
  const [ours, theirs] = makeSocketpair() as [number, number];
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  let calls = 0;
  const source = {
    ...{
      fd: ours,
      awaitedReplyCount: 1,
      mayNeedEventLoop: false,
      awaitsWritable: false,
      isPaused: false,
      busyPollUs: 0,
    },
    receive() {
      calls += 1;
      // As if another process had the CPU meanwhile.
      if (calls === 1) Atomics.wait(sleeper, 0, 0, 5);
      return calls === 1;
    },
    flush() {},
  };
  pump.add(source);
  try {
    pump.flushSoon(source);
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate);
    expect(calls).toBeLessThan(3);
  } finally {
    pump.remove(source);
    close(ours);
    close(theirs);
  }
});
