/** Tests of a JavaScript module in QuickJS. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';
import { startJavaScriptTests } from './javascript.ts';
import { findSubject } from './subject.ts';
import { runTests, type TestReport } from './test-runner.ts';

const MODULE = `
import { ENOENT, Option, Translator } from 'glossa';
export const seconds = 60;
export class xlator extends Translator {
  static options = { maxAge: Option.time(seconds, { help: 'x' }) };
  init() { this.absent = new Map(); }
  lookup(frame, loc, xdata) {
    const until = this.absent.get(loc.name);
    if (until !== undefined && Date.now() < until) return frame.fail(ENOENT);
    frame.local = loc.name;
    frame.wind();
  }
  lookupCbk(frame, opRet, opErrno, ...reply) {
    if (opRet < 0) this.absent.set(frame.local, Date.now() + this.options.maxAge * 1000);
    frame.unwind(opRet, opErrno, ...reply);
  }
  mkdir() { throw new TypeError('no directories'); }
}
`
  .replaceAll('maxAge:', "'max-age':")
  .replaceAll('options.maxAge', "options['max-age']");

const HEAD = `
import { EIO, ENOENT } from 'glossa';
import { assert, graph, raises, sleep, test } from 'glossa/testing';
import { seconds } from './m.js';
`;

async function runFile(tests: string): Promise<Record<string, TestReport>> {
  const folder = makeFolder();
  writeFileSync(join(folder, 'm.js'), MODULE);
  const path = join(folder, 'm.test.js');
  writeFileSync(path, HEAD + tests);
  const reports: Record<string, TestReport> = {};
  await runTests(path, folder, startJavaScriptTests, {
    findTranslator: findSubject,
    filter: undefined,
    timeLimit: 1,
    onTestEnded: (report) => {
      reports[report.name] = report;
    },
  });
  return reports;
}

it("assertions in a JavaScript module's test have the names of node:assert, and report differences", async () => {
  const reports = await runFile(`
test('fine', async () => {
  assert(1); assert.ok('x'); assert.equal([1], [1]); assert.deepEqual({ a: [1] }, { a: [1] });
  assert.deepStrictEqual(new Map([[1, 2]]), new Map([[1, 2]])); assert.strictEqual('a', 'a');
  assert.notEqual(1, 2); assert.notDeepEqual([1], [2]); assert.notStrictEqual([], []);
  assert.match('abc', /b/); assert.doesNotMatch('abc', /x/);
  assert.throws(() => { throw new TypeError('no'); });
  assert.throws(() => { throw new TypeError('no'); }, TypeError);
  assert.throws(() => { throw new TypeError('no'); }, /TypeError: no/);
  assert.throws(() => { throw new TypeError('no'); }, { message: 'no', name: /^Type/ });
  assert.throws(() => { throw new TypeError('no'); }, (error) => error.message === 'no');
  await assert.rejects(Promise.reject(new Error('later')), /later/);
  await assert.rejects(async () => { throw new Error('later'); });
});
test('not', async () => {
  const said = [];
  const tries = [
    () => assert.ok(0), () => assert.equal(1, 2), () => assert.strictEqual([], []),
    () => assert.notEqual(1, 1), () => assert.match('a', /b/), () => assert.throws(() => 1),
    () => assert.throws(() => { throw new Error('x'); }, TypeError), () => assert.fail('so'),
    () => assert.throws(() => { throw new Error('x'); }, { message: 'y' }),
    () => assert.rejects(async () => 1), () => assert.equal(1, 2, 'mine'),
  ];
  for (const one of tries) {
    try { await one(); said.push('passed'); } catch (error) { said.push(error.message); }
  }
  throw new Error(said.join(' | '));
});
`);
  expect(reports.fine).toMatchObject({ outcome: 'passed' });
  expect(reports.not?.message?.split(' | ')).toEqual([
    expect.stringContaining('0 was expected to be true'),
    '1 is not 2',
    '[] is not the same as []',
    '1 was expected to be something else',
    '"a" does not match /b/',
    'an error was expected, and nothing failed',
    'Error: x is not the one expected',
    'so',
    'Error: x is not the one expected',
    'an error was expected, and nothing failed',
    'mine',
  ]);
});

it('JavaScript tests run against the module, with a clock that they advance themselves', async () => {
  const reports = await runFile(`
test('asks once, until it is old', async () => {
  const g = await graph('m', { maxAge: seconds });
  const began = Date.now();
  for (let i = 0; i < 3; i++) await raises(ENOENT, g.stat('/a'));
  assert.equal(g.asked('lookup').map((one) => one.path), ['/a']);
  g.advance(seconds + 1);
  assert.equal(Date.now() - began, 61_000);
  assert(!await g.exists('/a'));
  assert.equal(g.asked('lookup').length, 2);
});
test('bytes, values, failures', async () => {
  const g = await graph('m.js');
  await g.child.write('/b', new Uint8Array([0, 255]));
  assert.equal(await g.read('/b'), new Uint8Array([0, 255]));
  assert.equal((await g.fop.stat('/b', null)).buf.iaSize, 2);
  await g.child.write('/t', 'naïve 名前');
  assert.equal(await g.readText('/t'), 'naïve 名前');
  g.fail('stat', EIO, { times: 1 });
  await raises(EIO, g.stat('/b'));
});
test('timers', async () => {
  const rung = [];
  setTimeout(() => rung.push(1), 5000);
  await sleep(4);
  assert.equal(rung, []);
  await sleep(2);
  assert.equal(rung, [1]);
});
test('what is held', async () => {
  const g = await graph('m');
  g.hold();
  const asking = g.exists('/a');
  await sleep(1);
  g.release();
  assert.equal(await asking, false);
});
`);
  for (const { name, outcome, message } of Object.values(reports)) {
    expect({ name, outcome, message }).toEqual({ name, outcome: 'passed', message: undefined });
  }
  expect(Object.keys(reports)).toHaveLength(4);
});

it('failed JavaScript tests report the reason, and tests that cannot finish fail', async () => {
  const reports = await runFile(`
test('wrong', async () => {
  const g = await graph('m');
  assert.equal(await g.listdir(), ['a']);
});
test('throws', async () => {
  const g = await graph('m');
  await g.mkdir('/d');
});
test('held', async () => {
  const g = await graph('m');
  g.hold();
  await g.stat('/a');
});
test('busy', () => { for (;;); });
test('after it', async () => {
  const g = await graph('m');
  await g.listdir();
});
`);
  expect(reports.wrong!.traceback).toMatch(/^Error: \[\] is not \["a"\]\n.*m\.test\.js:8/);
  expect(reports.throws!.message).toMatch(/EIO/);
  const logged = reports.throws!.log.map(([level, , , , text]) => `${level} ${text}`).join('\n');
  expect(logged).toMatch(/^E mkdir failed: TypeError: no directories/m);
  expect(reports.held!.message).toMatch(/nothing answers lookup of \/a \(held back below\)$/);
  expect(reports.busy!.outcome).toBe('failed');
  expect(reports['after it']!.outcome).toBe('passed');
});

it('a JavaScript test file with a syntax error fails to load', async () => {
  await expect(runFile('test(')).rejects.toThrow(/SyntaxError|m\.test\.js/);
});
