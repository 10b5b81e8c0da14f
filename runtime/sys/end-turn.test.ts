/** Code that can be ended, and its results otherwise. The end comes from another thread. */
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { onTurnAbandoned, runEndable, runSharedTurn, turn } from '../core/turn.ts';
import { END_TURN, enableTurnEnding } from './end-turn.ts';

const ENDER = `
const { workerData } = require('node:worker_threads');
const { go, koffi } = workerData;
const end = require(koffi).load(null).func(${JSON.stringify(END_TURN)});
for (;;) {
  Atomics.wait(go, 0, 0);
  if (Atomics.exchange(go, 0, 0) === 2) break;
  end();
}
`;
const go = new Int32Array(new SharedArrayBuffer(4));
const koffi = createRequire(import.meta.url).resolve('koffi');
const ender = new Worker(ENDER, { eval: true, workerData: { go, koffi } });
ender.unref();
const signal = (what: number): void => {
  Atomics.store(go, 0, what);
  Atomics.notify(go, 0);
};
afterEach(() => expect(turn.open).toBe(false));

/** Runs for ever, where no exception reaches it. */
const forever: Readonly<Record<string, () => void>> = {
  'a loop': () => {
    for (;;);
  },
  'a loop that catches everything': () => {
    for (;;) {
      try {
        for (;;);
      } catch {}
    }
  },
  'a regular expression': () => void /^(a+)+$/.test(`${'a'.repeat(60)}b`),
  'a wait': () => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
};

describe('a turn', () => {
  it('can be ended on this Node', () => expect(enableTurnEnding()).toBe(true));

  it.each(Object.entries(forever))('ends in the middle of %s', (_, run) => {
    const did: string[] = [];
    const whole = runEndable(() => {
      try {
        signal(1);
        run();
      } finally {
        did.push('finally');
      }
    });
    expect([whole, did]).toEqual([false, []]);
  });

  it('that nobody ends is as without', () => {
    let did = 0;
    expect(runEndable(() => void did++)).toBe(true);
    expect(() =>
      runEndable(() => {
        throw new RangeError('its own');
      }),
    ).toThrow(new RangeError('its own'));
    expect(did).toBe(1);
  });

  it('in another is ended alone', () => {
    const did: unknown[] = [];
    const whole = runEndable(() => {
      did.push(
        runEndable(() => {
          signal(1);
          for (;;);
        }),
      );
      did.push(runEndable(() => {}));
    });
    expect([whole, did]).toEqual([true, [false, true]]);
  });

  it('that was shared: who was in it is told', () => {
    const told: boolean[] = [];
    onTurnAbandoned(() => told.push(turn.open));
    expect(runSharedTurn(() => expect(turn.open).toBe(true))).toBe(true);
    expect(told).toEqual([]);
    const whole = runSharedTurn(() => {
      signal(1);
      for (;;);
    });
    expect([whole, told]).toEqual([false, [false]]);
  });
});

it("a person's Ctrl-C goes to its listeners, and ends no turn", async () => {
  const heard = new Promise((resolve) => process.once('SIGINT', resolve));
  expect(runEndable(() => void process.kill(process.pid, 'SIGINT'))).toBe(true);
  await heard;
  signal(2);
});
