/**
 * Tests of what remains of a call that fails: nothing that the module has left in its memory is used
 * again, and the numbers of its requests wrap.
 */
import { describe, expect, it, vi } from 'vitest';
import { EIO, ENOENT, EPERM } from '../../../runtime/core/errno.ts';
import { Loc } from '../../../runtime/core/operands.ts';
import { startModule } from '../../support/module.ts';
import { libraryFolder } from '../../support/native.ts';
import { compileRustText, rustCompiler } from '../../support/rust.ts';
import { canCompileWasm, compileWasmText } from '../../support/wasm.ts';

const C = `#include "glossa.h"
#pragma clang diagnostic ignored "-Wunused-parameter"
static void stat_fop(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_stat)
{
    gf_log(this, GF_LOG_INFO, "said once");
    tail_stat(frame, this->child, loc, NULL);
}
static void access_fop(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_access)
{
    __builtin_trap();
}
static void own_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                    int32_t op_errno, GLOSSA_REPLY_PARAMS_statfs)
{
    gf_log(this, GF_LOG_INFO, "own reply %d", op_errno);
}
static void statfs_fop(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_statfs)
{
    const loc_t root = {.gfid = {{[15] = 1}}};
    glossa_self.own_id = INT32_MIN + 1;
    for (int i = 0; i < 3; i++)
        wind_statfs(frame_create(this), NULL, own_cbk, this->child, &root, NULL);
    glossa_fail(frame, EPERM);
}
struct glossa_translator glossa_translator = {
    .fops = {.stat = stat_fop, .access = access_fop, .statfs = statfs_fop}};
`;

const RUST = `use glossa::*;
struct Late {
    volume: Volume<Late>,
}
translator! {
    impl Translator for Late {
        fn init(volume: Volume<Self>) -> Result<Self, String> {
            Ok(Late { volume })
        }
        fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
            info!("said once");
            Ok(frame.tail(fop::Stat { xdata: None, ..it }))
        }
        fn access(&mut self, _: &mut Frame<Self>, _: fop::Access) -> Answer {
            self.volume.after(0.0, |_| panic!("too late"));
            Err(ENOENT)
        }
    }
}
`;

describe.skipIf(!canCompileWasm)('a module in C', () => {
  const start = async () => {
    compileWasmText('failed_calls', C);
    const run = await startModule(libraryFolder(), { name: 'failed_calls.wasm' });
    run.takeLines();
    return run;
  };

  it('has no message of an earlier call used again after a trap', async () => {
    const run = await start();
    const first = run.ask('stat', run.knownLoc('a'), null);
    const [held] = run.takeRequests();
    expect(run.takeLines().join('\n')).toMatch(/said once/);
    expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EIO });
    expect(run.takeLines().join('\n')).not.toMatch(/said once|has had its answer|malformed/);
    expect(run.takeRequests()).toEqual([]);
    held!.answer(-1, ENOENT, null, null);
    expect(first).toMatchObject({ count: 1, opErrno: ENOENT });
    await vi.waitFor(() => expect(run.dump().restarts).toBe(1));
    run.expectSettled();
  });

  it('numbers requests of its own from -1 again after the lowest number', async () => {
    const run = await start();
    expect(run.ask('statfs', new Loc(run.root), null)).toMatchObject({ opErrno: EPERM });
    const requests = run.takeRequests();
    expect(requests.length).toBe(3);
    expect([...run.host.pending.values()].map(({ id }) => id)).toEqual([-(2 ** 31), -1, -2]);
    for (const held of requests) held.answer(-1, ENOENT, null, null);
    expect(run.takeLines().filter((line) => line.includes('own reply 2')).length).toBe(3);
    run.expectSettled();
  });
});

describe.skipIf(rustCompiler === '')('a module in Rust', () => {
  it('has no message of earlier calls used again after a panic in a timer, and starts anew', async () => {
    compileRustText('late_panic', RUST);
    const run = await startModule(libraryFolder(), { name: 'late_panic.wasm' });
    run.takeLines();
    const first = run.ask('stat', run.knownLoc('a'), null);
    const [held] = run.takeRequests();
    run.ask('access', run.knownLoc('a'), 0, null);
    run.takeLines();
    run.context.advance(10);
    const log = run.takeLines().join('\n');
    expect(log).toMatch(/too late/);
    expect(log).toMatch(/timer failed: it gave up/);
    expect(log).not.toMatch(/said once/);
    expect(run.takeRequests()).toEqual([]);
    held!.answer(-1, ENOENT, null, null);
    expect(first.count).toBe(1);
    await vi.waitFor(() => expect(run.dump().restarts).toBe(1), 30_000);
    run.expectSettled();
  });
});
