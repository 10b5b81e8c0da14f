/** Turns that another thread ends. */
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { makeLoop, onTurnAbandoned, runEndable, runSharedTurn, turn } from '../core/turn.ts';
import { END_TURN_PROTOTYPE, enableTurnEnding } from './end-turn.ts';
import { koffiPath } from './koffi.ts';

const ENDER = `
const { workerData } = require('node:worker_threads');
const { go, koffi } = workerData;
const end = require(koffi).load(null).func(${JSON.stringify(END_TURN_PROTOTYPE)});
for (;;) {
  Atomics.wait(go, 0, 0);
  if (Atomics.exchange(go, 0, 0) === 2) break;
  end();
}
`;
const go = new Int32Array(new SharedArrayBuffer(4));
const ender = new Worker(ENDER, { eval: true, workerData: { go, koffi: koffiPath } });
ender.unref();
const signal = (what: number): void => {
  Atomics.store(go, 0, what);
  Atomics.notify(go, 0);
};
afterEach(() => expect(turn.isShared).toBe(false));

/** Code that runs for ever and catches exceptions. */
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

describe('a turn of the event loop', () => {
  it('can be ended in this version of Node', () => expect(enableTurnEnding()).toBe(true));

  it.each(Object.entries(forever))('is ended in %s without running finally', (_, run) => {
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

  it('a turn that ends by itself returns true, and passes its exceptions to the caller', () => {
    let did = 0;
    expect(runEndable(() => void did++)).toBe(true);
    expect(() =>
      runEndable(() => {
        throw new RangeError('its own');
      }),
    ).toThrow(new RangeError('its own'));
    expect(did).toBe(1);
  });

  it('a loop whose step was ended runs its steps again', () => {
    const steps: string[] = [];
    let endless = true;
    const loop = makeLoop(() => {
      steps.push(endless ? 'endless' : 'short');
      if (!endless) return;
      endless = false;
      loop();
      signal(1);
      forever['a loop']!();
    });
    expect(runEndable(loop)).toBe(false);
    loop();
    loop();
    expect(steps).toEqual(['endless', 'short', 'short']);
  });

  it('nested in another is ended without the outer one', () => {
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

  it('a turn that several modules may share calls the onTurnAbandoned listeners when it is ended', () => {
    const told: boolean[] = [];
    onTurnAbandoned(() => told.push(turn.isShared));
    expect(runSharedTurn(() => expect(turn.isShared).toBe(true))).toBe(true);
    expect(told).toEqual([]);
    const whole = runSharedTurn(() => {
      signal(1);
      for (;;);
    });
    expect([whole, told]).toEqual([false, [false]]);
  });
});

it('a SIGINT from Ctrl-C reaches its listeners, and ends no turn', async () => {
  const heard = new Promise((resolve) => process.once('SIGINT', resolve));
  expect(runEndable(() => void process.kill(process.pid, 'SIGINT'))).toBe(true);
  await heard;
  signal(2);
});
