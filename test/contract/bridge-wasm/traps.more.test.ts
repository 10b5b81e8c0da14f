/**
 * Tests of WebAssembly modules whose calls trap, give up or never end: the request fails, the log
 * names the function and line, and a new instance serves the next request.
 */
import { describe, expect, it, vi } from 'vitest';
import { EIO, ENOENT } from '../../../runtime/core/errno.ts';
import { rows } from '../../support/rows.ts';
import { canCompileWasm } from '../../support/wasm.ts';
import { ask, count, start, trapOften } from './trapping-module.ts';

/** The line of the body in the compiled text. */
const BODY_LINE = 13;

const traps = rows`
unreachable code ⇒ __builtin_trap(); ⇒ access failed: it gave up
an access outside of its memory ⇒ *(volatile int *)(intptr_t)-8 = 1;
  ⇒ access failed: an access outside of its memory
a division by zero ⇒ zero = 100 / zero; ⇒ access failed: a division by zero
a call of a null function ⇒ function(NULL, 1); ⇒ access failed: a call through a pointer
a call of a function of another type
  ⇒ function = (int32_t (*)(xlator_t *, double))(void (*)(void))malloc; function(NULL, 1);
  ⇒ access failed: a call through a pointer to anything but a function of this type
`;

describe.skipIf(!canCompileWasm)('a module in WebAssembly', () => {
  it.each(traps)(
    'fails its request with EIO for %s, logs function and line, and serves the next request anew',
    async (_, body, reason) => {
      const run = await start(body);
      expect([ask(run), ask(run)]).toEqual([1, 2]);
      expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EIO });
      const lines = run.takeLines();
      expect(lines[0]).toMatch(new RegExp(reason));
      expect(lines[0]).toContain(`[trap${count}.c:${BODY_LINE}:harm]`);
      expect(lines[0]).toMatch(/at harmful \(trap\d+\.c:18\)/);
      expect(lines.join('\n')).toMatch(/the interpreter is lost: access: /);
      await vi.waitFor(() => expect(run.dump().restarts).toBe(1));
      expect(ask(run)).toBe(1);
      run.expectSettled();
    },
  );

  it('names the line of DWARF 5, and only the function without debug information', async () => {
    const run = await start('__builtin_trap();', {}, ['-gdwarf-5']);
    run.ask('access', run.knownLoc('a'), 0, null);
    expect(run.takeLines()[0]).toContain(`[trap${count}.c:${BODY_LINE}:harm]`);
    const bare = await start('__builtin_trap();', {}, ['-g0']);
    bare.ask('access', bare.knownLoc('a'), 0, null);
    expect(bare.takeLines()[0]).toContain(`[trap${count}.wasm:0:harm]`);
  });

  it('fails its request when it calls abort or exit, and names the caller', async () => {
    const run = await start('if (depth == 1) abort(); else exit(3);');
    run.ask('access', run.knownLoc('a'), 1, null);
    const lines = run.takeLines();
    expect(lines[0]).toMatch(/access failed: it gave up \(abort/);
    expect(lines[0]).toMatch(/\[trap\d+\.c:\d+:harm\]/);
    await vi.waitFor(() => expect(run.dump().restarts).toBe(1));
    run.takeLines();
    run.ask('access', run.knownLoc('b'), 0, null);
    expect(run.takeLines().join('\n')).toMatch(/access failed: the module called exit\(3\)/);
    run.expectSettled();
  });

  it('fails its request when it allocates without end, and memory-limit bounds its memory', async () => {
    const run = await start(
      'for (;;) { char *more = malloc(1000000); if (more == NULL) abort(); more[0] = 1; }',
      { options: { 'memory-limit': '96MB' } },
    );
    run.takeLines();
    const { memoryBytes } = run.host.interpreter.guest;
    expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EIO });
    await vi.waitFor(() => expect(run.dump().restarts).toBe(1));
    expect(ask(run)).toBe(1);
    expect(run.host.interpreter.guest.memoryBytes).toBe(memoryBytes);
    run.expectSettled();
  });

  it('passes its failed request on under on-error bypass', async () => {
    const run = await start('__builtin_trap();', { options: { 'on-error': 'bypass' } });
    const reply = run.ask('access', run.knownLoc('a'), 0, null);
    run.takeRequests()[0]!.answer(-1, ENOENT, null);
    expect(reply).toMatchObject({ count: 1, opErrno: ENOENT });
    run.expectSettled();
  });

  it('is not entered again by a request that has trapped twice, until restart-backoff', async () => {
    const run = await start('__builtin_trap();');
    const loc = run.knownLoc('a');
    for (let times = 1; times <= 2; times += 1) {
      run.ask('access', loc, 0, null);
      await vi.waitFor(() => expect(run.dump().restarts).toBe(times));
    }
    run.takeLines();
    expect(run.ask('access', loc, 0, null)).toMatchObject({ opErrno: EIO });
    expect(run.takeLines()).toEqual([]);
    expect(ask(run)).toBe(1);
    run.expectSettled();
  });

  it('serves after 2,000 traps, with the memory of one instance', () => trapOften(2000));
});
