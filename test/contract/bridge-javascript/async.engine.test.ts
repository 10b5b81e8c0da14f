/**
 * Tests of async methods that end independently of the child's reply: the answer comes when the
 * method returns.
 */
import { expect, it } from 'vitest';
import { EACCES, ENOENT, EPERM } from '../../../runtime/core/errno.ts';
import { type RunningModule, startModule } from '../../support/module.ts';
import { makeSized } from '../bridge/requests.ts';

const module = (body: string): Record<string, string> => ({
  'm.js': `import { FopError, Translator } from 'glossa';
const fails = () => { throw new FopError(1); };
export class xlator extends Translator {
  async stat(frame, loc, xdata) { ${body} }
  access(frame) { this.wake?.(); frame.fail(13); }
}`,
});

const start = (body: string): Promise<RunningModule> => startModule(module(body));

/** Ways to end before the child answers. */
it.each([
  ['in a race', 'await Promise.race([this.child.stat(loc, xdata), this.sleep(1).then(fails)]);'],
  ['by a timer', 'this.child.stat(loc, xdata); await this.sleep(1); fails();'],
  ['in a chain', 'const p = this.child.stat(loc, xdata); return this.sleep(1).then(fails);'],
  [
    'in another function',
    'const f = async () => { await this.sleep(1); fails(); }; this.child.stat(loc, xdata); await f();',
  ],
])('an async method that fails %s ends its request before the child replies', async (_, body) => {
  const run = await start(body);
  const reply = run.ask('stat', run.knownLoc('a'), null);
  expect(run.takeRequests().length).toBe(1);
  run.context.advance(1001);
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: EPERM });
});

it('an async method that throws before its child replies fails its request at once', async () => {
  const run = await start('this.child.stat(loc, xdata); throw new FopError(2);');
  const reply = run.ask('stat', run.knownLoc('a'), null);
  expect(reply).toMatchObject({ count: 1, opRet: -1, opErrno: ENOENT });
  for (const held of run.takeRequests()) held.answer(0, 0, makeSized(1), null);
  expect(reply.count).toBe(1);
});

it('an async method continues when another request resolves the promise that it awaits', async () => {
  const body =
    'this.child.stat(loc, xdata); await new Promise((r) => { this.wake = r; }); fails();';
  const run = await start(body);
  const reply = run.ask('stat', run.knownLoc('a'), null);
  expect(run.ask('access', run.knownLoc('a'), 0, null)).toMatchObject({ opErrno: EACCES });
  expect(reply).toMatchObject({ count: 1, opErrno: EPERM });
});

/** Ways to return the child's reply, unchanged or changed. */
it.each([
  ['as it came', 'return this.child.stat(loc, xdata);', 5],
  ['awaited', 'const r = await this.child.stat(loc, xdata); return r;', 5],
  ['read', 'const r = await this.child.stat(loc, xdata); r.buf.iaSize; return r;', 5],
  ['changed', 'const r = await this.child.stat(loc, xdata); r.buf.iaSize = 7; return r;', 7],
  [
    'by the names of its parts',
    'const { buf } = await this.child.stat(loc, xdata); return { buf };',
    5,
  ],
  ['later', 'const r = await this.child.stat(loc, xdata); await this.sleep(1); return r;', 5],
  [
    'the second of two in turn',
    'await this.child.stat(loc, xdata); return await this.child.stat(loc, xdata);',
    5,
  ],
  [
    'the second of two at once',
    'const ask = () => this.child.stat(loc, xdata); const [, b] = await Promise.all([ask(), ask()]); return b;',
    5,
  ],
])("an async method returns its child's reply: %s", async (_, body, size) => {
  const run = await start(body);
  run.leaf.onRequest = (held) => held.answer(0, 0, makeSized(5), null);
  const reply = run.ask('stat', run.knownLoc('a'), null);
  run.context.advance(1001);
  expect(reply).toMatchObject({ count: 1, opRet: 0, values: [{ iaSize: size }, null] });
});

it('an error that an async method throws after a second await is logged once', async () => {
  const run = await start('await this.child.stat(loc, xdata); await this.sleep(1); null.x;');
  run.leaf.onRequest = (held) => held.answer(0, 0, makeSized(5), null);
  run.takeLines();
  const reply = run.ask('stat', run.knownLoc('a'), null);
  run.context.advance(1001);
  expect(reply).toMatchObject({ count: 1, opRet: -1 });
  expect(run.takeLines().filter((line) => line.includes('TypeError')).length).toBe(1);
});

it('an async method whose promise can never settle fails its request', async () => {
  const run = await start('await this.child.stat(loc, xdata); await new Promise(() => {});');
  run.leaf.onRequest = (held) => held.answer(0, 0, makeSized(5), null);
  const reply = run.ask('stat', run.knownLoc('a'), null);
  run.context.advance(10_000);
  expect(reply).toMatchObject({ count: 1, opRet: -1 });
  expect(run.takeLines().join('\n')).toMatch(/nothing can reach it any more/);
});

/** Requests to a child that fail. */
it.each([
  ['not awaited', 'this.child.access(loc, 1); return await this.child.stat(loc);', true],
  [
    'in a timer',
    'const mine = loc.copy(); setTimeout(() => { this.child.access(mine, 1); }, 1); return 0;',
    true,
  ],
  ['awaited', 'await this.child.access(loc, 1).catch(() => {}); return 0;', false],
  [
    'awaited with another',
    'await Promise.allSettled([this.child.access(loc, 1), this.child.stat(loc)]); return 0;',
    false,
  ],
  [
    'awaited after another',
    'const p = this.child.access(loc, 1); const q = this.child.stat(loc); await q; await p.catch(() => {}); return 0;',
    false,
  ],
])(
  'a failed request to a child is logged only if the module does not await it: %s',
  async (_, body, isLogged) => {
    const run = await start(body);
    const reply = run.ask('stat', run.knownLoc('a'), null);
    run.context.advance(10);
    const winds = run.takeRequests();
    for (const held of winds) if (held.name === 'stat') held.answer(0, 0, makeSized(1), null);
    for (const held of winds) if (held.name === 'access') held.answer(-1, EPERM, null);
    run.context.advance(10);
    expect(reply).toMatchObject({ count: 1 });
    const text = run.takeLines().join('\n');
    expect(text.includes('was not awaited: EPERM')).toBe(isLogged);
  },
);

it.each([
  ['in the method', '  this.child.access(loc, 1);', 6, 'write await this.child.access(loc, 1)'],
  ['in another', '  await this.ask(loc);', 11, 'write await one.access(loc, 1)'],
  ['in a void expression', '  void this.child.access(loc, 1);', 4, 'await what was asked for'],
])(
  'a failed request to a child that the module does not await is logged with its line: %s',
  async (title, asks, line, fix) => {
    const run = await startModule({
      'm.js': `import { Translator } from 'glossa';
// One line more.
export class xlator extends Translator {
  async stat(frame, loc) {
    const reply = this.child.stat(loc);
  ${asks}
    return await reply;
  }

  async ask(loc) {
    ${title === 'in another' ? 'for (const one of this.children) one.access(loc, 1);' : ''}
  }
}
`,
    });
    run.takeLines();
    const reply = run.ask('stat', run.knownLoc('a'), null);
    const [stat, access] = run.takeRequests();
    access!.answer(-1, EPERM, null);
    stat!.answer(0, 0, makeSized(1), null);
    expect(reply).toMatchObject({ count: 1, opRet: 0 });
    const [firstLine, ...more] = run.takeLines();
    expect(more).toEqual([]);
    expect(firstLine).toMatch(
      /^W \[m\.js:\d+:\w+\] 0-top: access of a child failed, and was not awaited: /,
    );
    expect(firstLine).toContain(`[m.js:${line}:`);
    expect(firstLine!.endsWith(`; ${fix}`)).toBe(true);
  },
);
