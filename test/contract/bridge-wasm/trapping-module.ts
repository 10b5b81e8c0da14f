/** A module in C that traps, gives up or never ends, as a test says. */
import { expect, vi } from 'vitest';
import { EIO } from '../../../runtime/core/errno.ts';
import { type ModuleSettings, type RunningModule, startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';
import { compileWasmText } from '../../support/wasm.ts';

/** The number of modules so far, which is in the name of the last one. */
export let count = 0;

/** Starts a module whose `access` does this; `statfs` fails with the count of its calls. */
export async function start(
  body: string,
  settings: ModuleSettings = {},
  flags: readonly string[] = ['-g'],
): Promise<RunningModule> {
  count += 1;
  const name = `trap${count}`;
  compileWasmText(
    name,
    `#include "glossa.h"
static int calls;
static int32_t (*volatile function)(xlator_t *, double);
static volatile int zero;
static void count_calls(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_statfs)
{
    (void)this; (void)loc; (void)xdata; (void)function; (void)zero;
    glossa_fail(frame, ++calls);
}
static __attribute__((noinline)) void harm(int depth)
{
    (void)depth;
${body}
}
static void harmful(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_access)
{
    (void)this; (void)loc; (void)xdata;
    harm((int)mask);
    glossa_fail(frame, ENOENT);
}
struct glossa_translator glossa_translator = {
    .fops = {.statfs = count_calls, .access = harmful}};
`,
    flags,
  );
  const run = await startModule(libraryFolder(), { name: `${name}.wasm`, ...settings });
  run.takeLines();
  return run;
}

/** The number of calls of the running instance. */
export const ask = (run: RunningModule): number =>
  run.ask('statfs', run.knownLoc('a'), null).opErrno;

/** Traps this often: each ends its instance, and the last one serves. `each` runs after each trap. */
export async function trapOften(times: number, each = (_trap: number): void => {}): Promise<void> {
  const run = await start('__builtin_trap();', {
    options: { 'restart-backoff': '0', 'log-limit': '1KB' },
  });
  for (let trap = 1; trap <= times; trap += 1) {
    expect(run.ask('access', run.knownLoc('a'), 0, null).opErrno).toBe(EIO);
    await vi.waitFor(() => expect(run.host.counters.restarts).toBe(trap), {
      interval: 1,
      timeout: 60_000,
    });
    run.takeLines();
    each(trap);
  }
  expect(run.host.interpreters.length).toBe(1);
  expect(ask(run)).toBe(1);
  run.expectSettled();
}
