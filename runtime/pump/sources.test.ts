/** Sockets that the pump serves: what came when a turn was ended in the middle is not forgotten. */
import { writeSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';

// Other files of tests have had this process, and will: with turns that nobody ends.
vi.resetModules();
const { pump } = await import('./pump.ts');
const { endTurnsBy } = await import('../core/turn.ts');
const { close } = await import('../sys/libc.ts');
const { makeSocketpair } = await import('../sys/socket.ts');
const { receiveInto } = await import('../sys/stream.ts');
afterAll(() => vi.resetModules());

class Ended extends Error {}

/** Ends the first turn in which something is taken, as a watchdog does with a script in it. */
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

test('after a turn that was ended, what is left is taken without a word more from the peer', async () => {
  endOneTurn();
  const [ours, theirs] = makeSocketpair() as [number, number];
  const taken: string[] = [];
  let left: string[] = [];
  const source = {
    ...{ fd: ours, awaited: 0, busy: false, isFull: false, isPaused: false, busyPollUs: 0 },
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
