/** The test harness itself, with TypeScript tests and translators: no interpreter. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { VirtualClock } from '../../runtime/core/virtual-clock.ts';
import { makeFolder } from '../../test/support/folder.ts';
import { parseLine } from './log-lines.ts';
import { findSubject } from './subject.ts';
import { runTests, type TestReport } from './test-runner.ts';
import { startTypescriptTests } from './typescript.ts';

/** The translator under test: passes requests, counts, replies late or never. */
const MODULE = `
import { defineOptions, defineTranslator, fail, EPERM, tail, unwind } from 'glossa';
const options = defineOptions({ delay: { type: 'int', default: 5, description: 'Seconds.' } });
export default defineTranslator({
  type: 'features/m',
  description: 'For tests.',
  children: [1, 2],
  passesThrough: true,
  options,
  fops: {
    unlink(frame, xl, loc, xflag, xdata) {
      xl.log.warning(loc.path + ' is asked for');
      const at = frame.root.uid === 0 ? xl.children.length - 1 : -1;
      if (at < 0) fail.unlink(frame, EPERM);
      else tail.unlink(frame, xl.children[at], loc, xflag, xdata);
    },
    statfs(frame, xl, loc, xdata) {
      xl.context.after(xl.priv.delay * 1000, () => tail.statfs(frame, xl.children[0], loc, xdata));
    },
    writev(frame, xl, fd, vector, ...rest) {
      if (vector[0] === 33) unwind.writev(frame, 0, 0, null, null, null);
      else tail.writev(frame, xl.children[0], fd, vector, ...rest);
    },
    access() {},
  },
  clientDisconnect: (xl, { uid }) => xl.log.info(uid + ' has gone'),
  init: (_xl, { delay }) => ({ delay }),
});
`;

const HEAD = `
import { EEXIST, EIO, ENOENT, EPERM } from 'glossa';
import { assert, graph, raises, sleep, test } from 'glossa/testing';
`;

async function runFile(tests: string): Promise<Record<string, TestReport>> {
  const folder = makeFolder();
  writeFileSync(join(folder, 'm.ts'), MODULE);
  const path = join(folder, 'm.test.ts');
  writeFileSync(path, HEAD + tests);
  const reports: Record<string, TestReport> = {};
  await runTests(path, folder, startTypescriptTests, {
    findTranslator: findSubject,
    filter: undefined,
    timeLimit: 5,
    onTestEnded: (report) => {
      reports[report.name] = report;
    },
  });
  return reports;
}

/** Runs tests that must all pass. */
async function expectAllPass(tests: string): Promise<void> {
  const reports = await runFile(tests);
  expect(Object.keys(reports).length).toBeGreaterThan(0);
  for (const { name, outcome, message } of Object.values(reports)) {
    expect({ name, outcome, message }).toEqual({ name, outcome: 'passed', message: undefined });
  }
}

it("file operations in a module's test work as on a mount", () =>
  expectAllPass(`
test('files', async () => {
  const g = await graph('m.ts');
  assert.equal(await g.listdir(), []);
  assert.equal(await g.write('/a', 'hello'), 5);
  assert.equal(await g.readText('/a'), 'hello');
  assert.equal([...await g.read('/a', 2, 1)], [101, 108]);
  await g.write('/a', 'J', 0);
  assert.equal(await g.readText('/a'), 'Jello');
  await g.truncate('/a', 2);
  assert.equal((await g.stat('/a')).iaSize, 2);
  assert.equal((await g.chmod('/a', 0o600)).iaProt, 0o600);
  assert.equal((await g.chown('/a', 3, 4)).iaGid, 4);
  assert.equal((await g.utime('/a', 5, 6)).iaMtime, 6);
});
test('names', async () => {
  const g = await graph('m.ts');
  await g.mkdir('/d', 0o700);
  await raises(EEXIST, g.mkdir('/d'));
  await g.mknod('/d/n');
  await g.symlink('n', '/d/s');
  assert.equal(await g.readlink('/d/s'), 'n');
  await g.link('/d/n', '/l');
  assert.equal((await g.stat('/l')).iaNlink, 2);
  await g.rename('/l', '/d/m');
  assert.equal(await g.listdir('/d'), ['m', 'n', 's']);
  assert(!await g.exists('/l'));
  for (const name of ['m', 'n', 's']) await g.unlink('/d/' + name);
  await g.rmdir('/d');
  await raises(ENOENT, g.stat('/d'));
});
test('attributes', async () => {
  const g = await graph('m.ts');
  await g.write('/a', '');
  await g.setxattr('/a', 'user.x', 'value');
  assert.equal(String.fromCharCode(...await g.getxattr('/a', 'user.x')), 'value');
  assert((await g.listxattr('/a')).includes('user.x'));
  await g.removexattr('/a', 'user.x');
  assert(!(await g.listxattr('/a')).includes('user.x'));
});
test('open files', async () => {
  const g = await graph('m.ts');
  const f = await g.open('/a', 0o102);
  assert.equal(await f.write('text'), 4);
  assert.equal((await f.stat()).iaSize, 4);
  await f.truncate(1);
  await f.fsync();
  assert.equal((await f.read()).length, 1);
  await f.close();
});
test('large data, and a name that is no text', async () => {
  const g = await graph('m.ts');
  const data = new Uint8Array(300_000).fill(200);
  assert.equal(await g.write('/big', data), 300_000);
  assert.equal((await g.read('/big')).length, 300_000);
  await g.write('/\\udcff', 'x');
  assert.equal(await g.listdir(), ['big', '\\udcff']);
});
`));

it("a write in a module's test fails with EIO if the module writes 0 bytes, as on a mount", () =>
  expectAllPass(`
test('a write', async () => {
  const g = await graph('m.ts');
  assert.equal(await g.write('/a', 'text'), 4);
  await raises(EIO, g.write('/a', '!'));
});`));

it("fops called in a module's test return all values of the reply, and refuse wrong arguments", () =>
  expectAllPass(`
test('fops', async () => {
  const g = await graph('m.ts');
  const made = await g.fop.mkdir('/d', 0o755, 0o022, null);
  assert.equal([made.opRet, made.buf.iaType, made.xdata], [0, 2, null]);
  assert.equal((await g.fop.stat('/d', null)).buf.iaGfid, made.inode.gfid);
  const absent = await g.fop.lookup('/absent');
  assert.equal([absent.opRet, absent.opErrno], [-1, ENOENT]);
  const { fd } = await g.fop.create('/f', 2, 0o644, 0);
  const written = await g.fop.writev(fd, new Uint8Array([1, 2, 3]), 0, 0, null);
  assert.equal(written.postbuf.iaSize, 3);
  const read = await g.fop.readv(fd, 10, 0, 0, { a: 1, b: 'text' });
  assert.equal([...read.vector], [1, 2, 3]);
  const listed = await g.fop.opendir('/');
  const { entries } = await g.fop.readdirp(listed.fd, 4096, 0);
  assert.equal(entries.map((entry) => entry.name).filter((n) => n[0] !== '.').sort(), ['d', 'f']);
  assert.equal(entries.find((entry) => entry.name === 'f').stat.iaSize, 3);
});
test('mistakes', async () => {
  const g = await graph('m.ts');
  const said = async (what) => await what.then(() => 'nothing', (error) => error.message);
  assert.equal(await said(g.fop.nothing('/')), 'nothing is no fop');
  assert.equal(await said(g.fop.stat('/', null, 3)), 'stat takes loc, xdata: 3 arguments are too many');
  assert((await said(g.fop.stat('/a/b', null))).includes('a was never looked up'));
  assert((await said(graph('m.ts', { dely: 1 }))).includes("did you mean 'delay'"));
  assert((await said(graph('absent.ts'))).includes('is not there'));
});
`));

it("a module's test can record, fail and hold the requests to the storage", () =>
  expectAllPass(`
test('asked', async () => {
  const g = await graph('m.ts');
  await g.mkdir('/d');
  await g.write('/d/a', 'text');
  assert.equal(g.asked('mkdir').map(({ path, args }) => [path, args.mode]), [['/d', 0o755]]);
  assert.equal(g.asked('writev').map(({ path, args }) => [path, args.vector.length]), [['/d/a', 4]]);
  g.clear();
  assert.equal(g.asked(), []);
  await g.child.unlink('/d/a');
  assert.equal(g.asked(), []);
  assert(!await g.exists('/d/a'));
});
test('fail', async () => {
  const g = await graph('m.ts');
  g.fail('lookup', EIO, { path: '/a', times: 1 });
  await raises(ENOENT, g.stat('/b'));
  await raises(EIO, g.stat('/a'));
  await raises(ENOENT, g.stat('/a'));
  g.fail(null, EPERM);
  await raises(EPERM, g.stat('/a'));
  g.mend();
  await raises(ENOENT, g.stat('/a'));
});
test('hold', async () => {
  const g = await graph('m.ts');
  g.hold('lookup');
  let found = null;
  const asking = g.exists('/a').then((is) => { found = is; });
  await sleep(1);
  assert.equal(g.asked('lookup').length, 1);
  assert.equal(found, null);
  g.release();
  await asking;
  assert.equal(found, false);
});
test('release of one path', async () => {
  const g = await graph('m.ts');
  g.hold('lookup');
  const order = [];
  const asked = ['/a', '/b'].map((path) => g.exists(path).then(() => order.push(path)));
  await sleep(1);
  g.release('/b');
  await asked[1];
  assert.equal(order, ['/b']);
  g.release();
  await asked[0];
});
test('an errno left in a reply of success', async () => {
  const g = await graph('m.ts');
  g.leaveErrno('statfs', ENOENT);
  const left = await g.fop.statfs('/');
  assert.equal([left.opRet, left.opErrno], [0, ENOENT]);
  g.mend();
  assert.equal((await g.fop.statfs('/')).opErrno, 0);
});
test('children, and another user', async () => {
  const g = await graph('m.ts', {}, { children: 2 });
  await g.children[0].write('/a', 'first');
  await g.children[1].write('/a', 'second');
  await raises(EPERM, g.asUser(7).unlink('/a'));
  assert(g.logged('/a is asked for'));
  await g.unlink('/a');
  assert.equal(g.children.map((child) => child.asked('unlink').length), [0, 1]);
  assert(await g.children[0].exists('/a'));
});
`));

it("a module's test can connect and disconnect clients", () =>
  expectAllPass(`
test('two clients, of which one goes', async () => {
  const g = await graph('m.ts');
  const [one, two] = [g.connect('one'), g.connect('two')];
  await one.write('/a', 'text');
  await two.open('/a');
  assert(!g.logged('gone'));
  one.disconnect();
  assert(g.logged('one has gone'));
  assert(!g.logged('two has gone'));
  assert.equal(await two.readText('/a'), 'text');
  await assert.rejects(() => one.stat('/a'), /disconnected/);
  assert.throws(() => one.disconnect(), /disconnected/);
  await raises(EPERM, two.asUser(7).unlink('/a'));
});
`));

it("a module's test can start with storages down, and bring them up", () =>
  expectAllPass(`
test('down, and up again', async () => {
  const g = await graph('m.ts', {}, { children: 2 });
  assert(g.isUp);
  g.children[1].sayUp(false);
  assert(!g.isUp);
  g.children[1].sayUp();
  assert(g.isUp);
  g.sayUp(false);
  g.children[0].sayUp();
  assert(!g.isUp);
});
test('not up at the start', async () => {
  const g = await graph('m.ts', {}, { children: 2, down: [0] });
  assert(!g.isUp);
  g.children[0].sayUp();
  assert(g.isUp);
});
`));

it("the clock of a module's test advances when the test advances it, and when the test waits", () =>
  expectAllPass(`
test('by hand', async () => {
  const g = await graph('m.ts', { delay: 10 });
  let answered = false;
  const asking = g.statfs().then(() => { answered = true; });
  await sleep(0);
  g.advance(9);
  assert.equal(g.asked('statfs').length, 0);
  g.advance(1);
  assert.equal(g.asked('statfs').length, 1);
  await asking;
});
test('by itself', async () => {
  const g = await graph('m.ts', { delay: 600 });
  assert.equal((await g.statfs()).bsize > 0, true);
});
`));

it("a module's failed tests report reason and line, and tests that cannot finish fail", async () => {
  const reports = await runFile(`
test('wrong', async () => {
  const g = await graph('m.ts');
  await g.write('/a', '');
  await g.unlink('/a');
  assert.equal(await g.listdir(), ['a']);
});
test('not that errno', async () => {
  const g = await graph('m.ts');
  await raises(EIO, g.stat('/a'));
});
test('never answered', async () => {
  const g = await graph('m.ts');
  await g.access('/');
});
test('held', async () => {
  const g = await graph('m.ts');
  g.hold();
  await g.stat('/a');
});
test('left alone', async () => {
  const g = await graph('m.ts');
  void g.access('/').catch(() => {});
  await g.listdir();
});
test('waits for nothing', () => new Promise(() => {}));
`);
  expect(Object.values(reports).map(({ outcome }) => outcome)).toEqual(Array(6).fill('failed'));
  expect(reports.wrong!.traceback).toMatch(/^Error: \[\] is not \["a"\]\n.*m\.test\.ts:9:/);
  expect(reports.wrong!.log.map(([level, , , , text]) => `${level} ${text}`)).toContain(
    'W /a is asked for',
  );
  expect(reports['not that errno']!.message).toMatch(/errno 5 was expected, not ENOENT/);
  expect(reports['never answered']!.message).toMatch(/nothing answers access of \/$/);
  expect(reports.held!.message).toMatch(/nothing answers lookup of \/a \(held back below\)$/);
  expect(reports['left alone']!.message).toMatch(/requests were unanswered: access of \/$/);
  expect(reports['waits for nothing']!.message).toMatch(/waits for something that never happens/);
});

it("a module's test file with an error is refused with the position and the reason", async () => {
  await expect(runFile('test(')).rejects.toThrow(/m\.test\.ts:\d+:\d+: SyntaxError/);
  await expect(runFile('import { x } from "./absent.ts"; x();')).rejects.toThrow('absent.ts');
});

it('timers of the virtual clock fire in order, also those that other timers set', () => {
  const clock = new VirtualClock();
  const start = clock.now;
  const rung: [string, number][] = [];
  const setTimer = (name: string) => () => void rung.push([name, clock.now - start]);
  clock.after(20, setTimer('b'));
  clock.after(10, () => {
    setTimer('a')();
    clock.after(5, setTimer('a2'));
  });
  const cancel = clock.after(12, setTimer('never'));
  cancel();
  clock.after(31, setTimer('late'));
  clock.advanceTo(start + 30);
  expect(rung).toEqual([
    ['a', 10],
    ['a2', 15],
    ['b', 20],
  ]);
  expect(clock.now - start).toBe(30);
  expect(clock.nextDueMs).toBe(start + 31);
});

it('a log line is parsed together with the traceback that follows it', () => {
  const head = '[2026-11-20 06:38:28.167908 +0000] E [MSGID: 7] [m.py:12:lookup] 0-vol: ';
  expect(parseLine(`${head}failed\n  File "x"`)).toEqual([
    'E',
    'm.py',
    12,
    'lookup',
    'failed\n  File "x"',
  ]);
  expect(parseLine('  File "x"')).toBeUndefined();
});
