/** Limits of JavaScript modules: endless loops, recursion and growth fail the request, not the volume. */
import { describe, expect, it, vi } from 'vitest';
import { EIO, EPERM } from '../../runtime/core/errno.ts';
import { type RunningModule, startModule } from '../../test/support/module.ts';
import { selected } from '../../test/support/test-selection.ts';

const makeModule = (body: string): Record<string, string> => ({
  'm.js': `import { EPERM, Translator } from 'glossa';
export class xlator extends Translator {
  access(frame) {
    frame.fail(EPERM);
  }
${body}
}`,
});

/** Expects that another request is served. */
function expectWorking(run: RunningModule): void {
  run.takeLines();
  expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ count: 1, opErrno: EPERM });
}

/** A chain of promises without end. */
/** Each promise waits for the next one and holds memory, which is soon full. */
const CHAIN =
  'const has = []; const on = () => { has.push(new Uint8Array(65536)); return Promise.resolve().then(on); }; on();';
const ASYNC_LOOP = '(async () => { for (;;) await null; })();';

const loops: Record<string, string> = {
  'a busy loop': 'stat() { for (;;); }',
  'a regular expression': "stat() { /(a+)+$/.test('a'.repeat(40) + 'b'); }",
  'a loop after an await': 'async stat() { await null; for (;;); }',
};
const otherLoops: Record<string, string> = {
  'a loop that catches everything': 'stat() { for (;;) { try { for (;;); } catch {} } }',
  'a loop in a callback': 'stat(frame) { frame.wind(); } statCbk() { for (;;); }',
  'promise jobs without end': 'async stat() { for (;;) await null; }',
  'a sort of very many':
    'stat() { Array.from({ length: 2e6 }, (_, i) => (i * 7919) % 2000003).sort(); }',
  'a sort that never ends': 'stat() { [2, 1].sort(() => { for (;;); }); }',
};

describe('the time limit of a JavaScript module', () => {
  it.each(
    Object.entries({ ...(selected.first ? loops : {}), ...(selected.others ? otherLoops : {}) }),
  )('ends %s, and the request fails with EIO', async (_, body) => {
    const run = await startModule(makeModule(body), { options: { 'time-limit': '1' } });
    run.takeLines();
    run.leaf.onRequest = (held) => held.answer(0, 0, null, null);
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EIO });
    expect(run.takeLines().join('\n')).toMatch(
      /m\.js:\d+.*(took longer|was interrupted).*time-limit/,
    );
    expectWorking(run);
    run.expectSettled();
  });

  it.each([
    ['at load', 'for (;;);', /m\.js:\d: .*took longer than 1 s/],
    ['in a promise at load', ASYNC_LOOP, /m\.js: .*was interrupted \(option time-limit\)/],
    [
      'in a promise of init',
      makeModule(`init() { ${ASYNC_LOOP} }`)['m.js']!,
      /m\.js: .*was interrupted \(option time-limit\)/,
    ],
  ])('ends an endless loop %s, and the volume fails to start', async (_, text, why) => {
    const options = { 'time-limit': '1' };
    await expect(startModule({ 'm.js': `\n${text}` }, { options })).rejects.toThrow(why);
  });

  it.each([
    ['in a timer', 'for (;;);', 'took longer than 1 s'],
    ['in a promise of a timer', ASYNC_LOOP, 'took too long'],
  ])('ends and logs an endless loop %s, and later requests succeed', async (_, body, why) => {
    const run = await startModule(makeModule(`init() { setTimeout(() => { ${body} }, 10); }`), {
      options: { 'time-limit': '1' },
    });
    run.takeLines();
    run.context.advance(20);
    expect(run.takeLines().join('\n')).toContain(why);
    expectWorking(run);
  });

  it('ends the interpreter of a module that continues after each interrupt', async () => {
    const run = await startModule(
      makeModule(
        'async stat() { for (;;) { try { await (async () => { for (;;); })(); } catch {} } }',
      ),
      { options: { 'time-limit': '1' } },
    );
    run.takeLines();
    const reply = run.ask('stat', run.knownLoc('a'), null);
    expect(reply).toMatchObject({ count: 1, opErrno: EIO });
    expect(run.takeLines().join('\n')).toMatch(/would not be interrupted/);
    // The volume gets another interpreter.
    await vi.waitFor(() => expect(run.dump().restarts).toBe(1), { timeout: 50_000 });
    expectWorking(run);
  });
});

describe('an endless chain of promises that a method does not await', () => {
  it.each([
    ['one promise after the other', ASYNC_LOOP, { 'time-limit': '1' }, 'took too long'],
    [
      'each promise awaits the next',
      CHAIN,
      { 'memory-limit': '64MB', 'time-limit': '0' },
      'took more memory',
    ],
  ])(
    'is logged, and the request that the method has passed on gets its reply: %s',
    async (_, body, options, why) => {
      const run = await startModule(makeModule(`stat(frame) { ${body} frame.wind(); }`), {
        options,
      });
      run.takeLines();
      const reply = run.ask('stat', run.knownLoc('a'), null);
      expect(run.takeLines()[0]).toMatch(RegExp(`^E \\[m\\.js:6:stat.*stat failed: .*${why}`));
      for (const held of run.takeRequests()) held.answer(0, 0, null, null);
      expect(reply).toMatchObject({ count: 1, opRet: 0 });
      expectWorking(run);
      run.expectSettled();
    },
  );
});

const recursions: Record<string, string> = {
  'a function': 'stat() { const deeper = () => deeper() + 1; deeper(); }',
  'a getter': 'stat() { const o = { get x() { return o.x; } }; o.x; }',
  'a proxy': 'stat() { const p = new Proxy({}, { get: (t, k, r) => r[k] }); p.x; }',
  'a sort': 'stat() { const deeper = () => [2, 1].sort(deeper); deeper(); }',
  'JSON that is read': "stat() { JSON.parse('['.repeat(1e5)); }",
  'JSON that is written':
    'stat() { let a = []; for (let i = 0; i < 1e5; i++) a = [a]; JSON.stringify(a); }',
  'an async method':
    'async stat() { const deeper = async () => { await deeper(); }; await deeper(); }',
};

describe('the stack limit of a JavaScript module', () => {
  it.each(Object.entries(recursions))(
    'fails a request with EIO at endless recursion of %s',
    async (_, body) => {
      const run = await startModule(makeModule(body));
      for (let round = 0; round < 3; round++) {
        run.takeLines();
        expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EIO });
        expect(run.takeLines()[0]).toMatch(
          /^E \[m\.js:\d+:.*stat failed: .*(stack overflow|too deep)/,
        );
        expectWorking(run);
      }
      run.expectSettled();
    },
  );
});

const bombs: Record<string, string> = {
  bytes: 'stat() { const all = []; for (;;) all.push(new Uint8Array(1e6)); }',
  objects: 'stat() { const all = []; for (;;) all.push({ a: [1, 2, 3] }); }',
  text: "stat() { let text = 'x'; for (;;) text = (text + text).slice(0, 2 ** 28) + text.at(-1); }",
  'a map': 'stat() { const map = new Map(); for (let i = 0; ; i++) map.set(i, [i]); }',
};

describe('the memory limit of a JavaScript module', () => {
  it.each(Object.entries(bombs))(
    'fails a request with EIO if the module fills the memory with %s',
    async (_, body) => {
      const options = { 'memory-limit': '64MB', 'time-limit': '0' };
      const run = await startModule(makeModule(body), { options });
      for (let round = 0; round < 2; round++) {
        run.takeLines();
        expect(run.ask('stat', run.knownLoc('a'), null)).toMatchObject({ count: 1, opErrno: EIO });
        expect(run.takeLines().join('\n')).toMatch(/out of memory|string too long/i);
        expectWorking(run);
      }
      expect(run.dump()['memory-bytes']).toBeLessThanOrEqual(64 * 2 ** 20);
      run.expectSettled();
    },
  );

  it('fails the start of the volume when the module exceeds it at load', async () => {
    const options = { 'memory-limit': '64MB', 'time-limit': '0' };
    await expect(startModule({ 'm.js': CHAIN }, { options })).rejects.toThrow(
      /m\.js: async functions took more memory than there is \(option memory-limit\)/,
    );
  });
});
