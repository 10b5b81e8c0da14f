/** A hundred thousand traps of one module: each ends its instance, and none leaves memory behind. */
import { expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';
import { readMemory } from '../../support/process-memory.ts';
import { canCompileWasm, compileWasmText } from '../../support/wasm.ts';

const TRAPS = 100_000;
/** Traps until the process has its usual size. */
const FIRST_TRAPS = 10_000;
/** MiB for what the test itself keeps, some 2 KiB of each trap. One instance in twenty would take more. */
const GROWTH_MIB = 400;

const MODULE = `
#include "glossa.h"
static void trap(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_access)
{
    (void)frame; (void)this; (void)loc; (void)mask; (void)xdata;
    __builtin_trap();
}
static void answer(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_statfs)
{
    (void)this; (void)loc; (void)xdata;
    glossa_fail(frame, ENOENT);
}
struct glossa_translator glossa_translator = {.fops = {.access = trap, .statfs = answer}};
`;

it.skipIf(!canCompileWasm)(
  `a module serves after ${TRAPS} traps, with the memory of one instance`,
  async () => {
    compileWasmText('many_traps', MODULE);
    const options = { 'restart-backoff': '0', 'log-limit': '1KB' };
    const run = await startModule(libraryFolder(), { name: 'many_traps.wasm', options });
    let firstMemory = 0;
    for (let times = 1; times <= TRAPS; times += 1) {
      expect(run.ask('access', run.knownLoc('a'), 0, null).opErrno).toBe(EIO);
      await vi.waitFor(() => expect(run.host.counters.restarts).toBe(times), {
        interval: 1,
        timeout: 60_000,
      });
      run.takeLines();
      if (times === FIRST_TRAPS) firstMemory = readMemory(process.pid);
    }
    expect(readMemory(process.pid) - firstMemory).toBeLessThan(GROWTH_MIB);
    expect(run.host.interpreters.length).toBe(1);
    expect(run.ask('statfs', run.knownLoc('a'), null).opErrno).toBe(ENOENT);
    run.expectSettled();
  },
  3_600_000,
);
