/**
 * The time limit's promise: a busy loop ends before twice the limit. Under the test's clock a
 * millisecond passes whenever the interpreter reads it.
 */
import { describe, expect, it } from 'vitest';
import { nodeMachine } from '../machine/node/index.ts';
import { createEngine } from './engine.ts';
import { EngineError } from './errors.ts';

const LIMIT = 1000;

/** Runs a function of the module; returns its error, its duration, and whether the engine is dead. */
async function measureCall(
  body: string,
): Promise<{ error: EngineError; time: number; dead: boolean }> {
  let time = 0;
  const engine = await createEngine({
    machine: nodeMachine,
    hostFunctions: {},
    resolve: (_, name) => name,
    load: (name) => {
      throw new Error(`there is no ${name}`);
    },
    timeLimitMs: LIMIT,
    clock: () => {
      time += 1;
      return time;
    },
    memoryLimitBytes: 64 * 2 ** 20,
    log() {},
  });
  try {
    const source = `export function run() { ${body} }\nexport function fine() { return 'fine'; }`;
    const exported = engine.import('m.js', source);
    const run = engine.getProperty(exported, 'run')!;
    const fine = engine.getProperty(exported, 'fine')!;
    const begun = time;
    let error: unknown;
    try {
      engine.call(run);
    } catch (caught) {
      error = caught;
    }
    const spent = time - begun;
    if (!(error instanceof EngineError)) throw new Error(`it ended with ${error}`);
    const dead = engine.fatalError !== undefined;
    if (!dead) expect(engine.call(fine)).toBe('fine');
    return { error, time: spent, dead };
  } finally {
    engine.close();
  }
}

describe('a busy loop', () => {
  it.each([
    ['without a catch', 'for (;;);'],
    ['with a catch in it', 'for (;;) { try { for (;;); } catch {} }'],
    ['that calls a function', 'const f = () => {}; for (;;) f();'],
    ['in a built-in function', '[2, 1].sort(() => { for (;;); });'],
  ])('%s is interrupted within 1.25 times the time limit', async (_, body) => {
    const { error, time, dead } = await measureCall(body);
    expect(error.code).toBe('time-limit');
    expect(dead).toBe(false);
    expect(time).toBeGreaterThanOrEqual(LIMIT);
    expect(time).toBeLessThan(1.25 * LIMIT);
  });

  it('is ended with its interpreter within twice the time limit if it continues after interrupts', async () => {
    const { error, time, dead } = await measureCall('for (;;) { (async () => { for (;;); })(); }');
    expect([error.code, dead]).toEqual(['time-limit', true]);
    expect(time).toBeGreaterThanOrEqual(1.75 * LIMIT);
    expect(time).toBeLessThan(2 * LIMIT);
  });
});
