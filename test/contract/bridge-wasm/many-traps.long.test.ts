/** A hundred thousand traps of one module: each ends its instance, and none leaves memory behind. */
import { expect, it } from 'vitest';
import { readMemory } from '../../support/process-memory.ts';
import { canCompileWasm } from '../../support/wasm.ts';
import { trapOften } from './trapping-module.ts';

const TRAPS = 100_000;
/** Traps until the process has its usual size. */
const FIRST_TRAPS = 10_000;
/** MiB for what the test itself keeps, some 2 KiB of each trap. One instance in twenty would take more. */
const GROWTH_MIB = 400;

it.skipIf(!canCompileWasm)(
  `a module serves after ${TRAPS} traps, with the memory of one instance`,
  async () => {
    let firstMemory = 0;
    await trapOften(TRAPS, (trap) => {
      if (trap === FIRST_TRAPS) firstMemory = readMemory(process.pid);
      else if (trap === TRAPS)
        expect(readMemory(process.pid) - firstMemory).toBeLessThan(GROWTH_MIB);
    });
  },
  3_600_000,
);
