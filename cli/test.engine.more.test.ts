/** `glossa test` with tests in Python. */
import { mkdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { runGlossa, type Scratch, withScratch } from '../test/support/mount.ts';

const COUNTER = `
import asyncio, time
from glupy import ENOENT, Option, Translator

class xlator(Translator):
    options = {"limit": Option.int(2, help="lookups of an absent name"), "age": Option.time(60)}
    passes_through = observes = True

    def init(self):
        self.absent = {}

    def lookup(self, frame, loc, xdata):
        since, count = self.absent.get(loc.name, (time.monotonic(), 0))
        if count >= self.options["limit"] and time.monotonic() < since + self.options["age"]:
            self.log.warning("%s again", loc.name)
            return frame.fail(ENOENT)
        frame.local = loc.name, since
        frame.wind()

    def lookup_cbk(self, frame, op_ret, op_errno, *reply):
        name, since = frame.local
        if op_ret < 0:
            self.absent[name] = since, self.absent.get(name, (0, 0))[1] + 1
        frame.unwind(op_ret, op_errno, *reply)

    async def stat(self, frame, loc, xdata):
        try:
            return await self.child.stat(loc, xdata)
        except asyncio.CancelledError:
            self.log.info("given up")
            raise

    def mkdir(self, frame, loc, mode, umask, xdata):
        raise ValueError("no directories")
`;

const HEAD = `
import asyncio, datetime, time
from glupy import EIO, ENOENT, EPERM, Iatt
from glupy.testing import graph, raises
import counter
`;

const GOOD = `
async def test_options_and_asked():
    async with graph("counter", limit=1) as g:
        for _ in range(3):
            with raises(ENOENT):
                await g.stat("/a")
        assert [one.path for one in g.asked("lookup")] == ["/a"]
        assert g.logged("a again")
        assert g.log[-1].level == "W" and g.log[-1].file == "counter.py", g.log

async def test_time():
    async with graph("counter", limit=1, age=60) as g:
        assert not await g.exists("/a")
        began = time.time(), time.monotonic(), datetime.datetime.now()
        g.advance(61)
        assert not await g.exists("/a")
        assert len(g.asked("lookup")) == 2
        await asyncio.sleep(3600)
        assert time.time() - began[0] == time.monotonic() - began[1] == 3661
        assert (datetime.datetime.now() - began[2]).total_seconds() == 3661

async def test_failures_below():
    async with graph("counter", children=2) as g:
        g.fail("lookup", EIO, times=1)
        with raises(EIO):
            await g.stat("/a")
        g.children[1].fail("lookup", EPERM)
        with raises(ENOENT):
            await g.stat("/a")

async def test_hold():
    async with graph("counter") as g:
        g.hold("lookup")
        task = asyncio.create_task(g.exists("/a"))
        await asyncio.sleep(1)
        assert not task.done()
        g.release()
        assert not await task

async def test_a_caller_gives_up():
    async with graph("counter") as g:
        await g.write("/a", b"")
        g.hold("stat")
        task = asyncio.create_task(g.stat("/a"))
        await asyncio.sleep(1)
        task.cancel()
        with raises(asyncio.CancelledError):
            await task
        await asyncio.sleep(1)
        assert g.logged("given up"), g.log
        g.release()

async def test_values():
    async with graph("counter") as g:
        await g.write("/a", b"\\x00\\xff")
        assert await g.read("/a") == b"\\x00\\xff"
        reply = await g.fop.lookup("/a", None)
        assert isinstance(reply.buf, Iatt) and reply.buf.ia_size == 2
        set_reply = await g.fop.setxattr("/a", {"user.x": b"v"}, 0)
        assert set_reply.op_ret == 0
        assert (await g.fop.getxattr("/a", "user.x")).dict["user.x"] == b"v"
        reply = await g.fop.open("/a", 2)
        written = await g.fop.writev(reply.fd, b"abc", 0, 0)
        assert written.op_ret == 3 and written.postbuf.ia_size == 3
        assert (await g.fop.readv(reply.fd, 10, offset=1)).vector == b"bc"
        await g.child.mkdir("/d")
        assert [entry.name for entry in (await g.fop.readdirp((await g.fop.opendir("/")).fd, 4096, 0)).entries
                if not entry.name.startswith(".")] == ["a", "d"]
        async with await g.open("/a") as f:
            assert await f.read() == b"abc"
        with raises(FileNotFoundError):
            await g.as_user(1000).stat("/absent")
        one = g.connect("one")
        assert await one.as_user(1000).listdir() == ["a", "d"]
        one.disconnect()
        with raises(RuntimeError):
            await one.listdir()

def test_the_module_itself():
    assert counter.xlator.options["limit"]["default"] == 2
`;

const BAD = `
async def test_assertion():
    async with graph("counter") as g:
        assert await g.listdir() == ["x"]

async def test_exception_in_the_module():
    async with graph("counter") as g:
        await g.mkdir("/d")

async def test_stuck():
    async with graph("counter") as g:
        g.hold()
        await g.stat("/a")

def test_busy():
    while True:
        pass

async def test_option():
    async with graph("counter", limt=1):
        pass

def test_after_all():
    with raises(ENOENT):
        pass
`;

async function project(scratch: Scratch, files: Readonly<Record<string, string>>): Promise<void> {
  await mkdir(scratch.at('m'));
  for (const [name, text] of Object.entries(files)) await scratch.writeFile(`m/${name}`, text);
}

it('glossa test runs the tests beside a module', () =>
  withScratch(async (scratch) => {
    await project(scratch, { 'counter.py': COUNTER, 'test_counter.py': HEAD + GOOD });
    const all = await runGlossa(scratch, ['test', 'm/counter.py']);
    expect(all).toMatchObject({ status: 0, err: '' });
    expect(all.out).toMatch(/^m\/test_counter\.py\n {2}✓ test_options_and_asked/);
    expect(all.out.trimEnd().split('\n').at(-1)).toBe('7 passed, 0 failed');
    for (const named of ['m/counter', 'm/test_counter.py']) {
      const { status, out, err } = await runGlossa(scratch, ['test', named, '-k', 'itself']);
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(out).toBe('m/test_counter.py\n  ✓ test_the_module_itself\n\n1 passed, 0 failed\n');
    }
    const { out } = await runGlossa(scratch, ['test', 'm', '-k', 'hold', '-v']);
    expect(out).toMatch(/counter\.py loaded: stat, mkdir, lookup\n\n1 passed, 0 failed\n$/);
  }));

it('glossa test prints each failure with its file and line, and runs the remaining tests', () =>
  withScratch(async (scratch) => {
    await project(scratch, { 'counter.py': COUNTER, 'test_counter.py': HEAD + BAD });
    const { status, out } = await runGlossa(scratch, ['test', 'm/counter.py', '--time-limit', '1']);
    expect(status).toBe(1);
    const part = (name: string): string =>
      new RegExp(` ✗ ${name}.*\\n(( {6}.*\\n)*)`).exec(out)?.[1] ?? '';
    expect(part('test_assertion')).toMatch(/test_counter\.py", line 9, [\s\S]*\[\] == \['x'\]\n$/);
    const raised = part('test_exception_in_the_module');
    expect(raised).toContain('await g.mkdir("/d")');
    expect(raised).toMatch(/counter\.py:34: mkdir failed: ValueError: no directories\n/);
    expect(raised).toContain('raise ValueError("no directories")');
    expect(part('test_stuck')).toMatch(
      /await g\.stat\("\/a"\)[\s\S]*lookup of \/a \(held back below\)/,
    );
    expect(part('test_busy')).toMatch(/in test_busy\n[\s\S]*longer than its time limit/);
    expect(part('test_option')).toContain("did you mean 'limit'?");
    expect(part('test_after_all')).toContain('ENOENT was expected, and nothing was raised');
    expect(out).not.toMatch(/site-packages|_glossa|asyncio\//);
    expect(out.trimEnd().split('\n').at(-1)).toBe('0 passed, 6 failed');
  }));

it('glossa test prints only failures with --quiet, and all results with --json', () =>
  withScratch(async (scratch) => {
    await project(scratch, {
      'a.js': `import { Translator } from 'glossa';
export class xlator extends Translator {
  lokup() {}
}
`,
      'a.test.js': `import { assert, graph, test } from 'glossa/testing';
test('good', () => graph('a'));
test('bad', () => assert.equal(1, 2));
`,
    });
    const quiet = await runGlossa(scratch, ['test', 'm/a.js', '-q']);
    expect(quiet).toMatchObject({ status: 1, err: '' });
    expect(quiet.out).toMatch(/^m\/a\.test\.js\n {2}✗ bad\n/);
    expect(quiet.out).not.toMatch(/good|passed/);
    const fine = await runGlossa(scratch, ['test', 'm/a.js', '-q', '-k', 'good']);
    expect(fine).toMatchObject({ status: 0, out: '', err: '' });
    const json = await runGlossa(scratch, ['test', 'm/a.js', '--json']);
    expect(json).toMatchObject({ status: 1, err: '' });
    const test = { ms: expect.any(Number), printed: [] };
    const told = expect.any(String);
    expect(JSON.parse(json.out)).toEqual({
      ok: false,
      passed: 1,
      failed: 1,
      files: [
        {
          file: 'm/a.test.js',
          tests: [
            { ...test, name: 'good', outcome: 'passed', log: expect.any(Array) },
            { ...test, name: 'bad', outcome: 'failed', message: told, traceback: told, log: [] },
          ],
        },
      ],
      warnings: [expect.stringContaining('lokup is no fop or hook')],
    });
    const [first] = JSON.parse(json.out).files[0].tests[0].log;
    expect(Object.keys(first)).toEqual(['level', 'file', 'line', 'function', 'text']);
    const none = await runGlossa(scratch, ['test', 'm/a.js', '--json', '-k', 'nothing']);
    expect(none).toMatchObject({ status: 1, err: "glossa: no test has 'nothing' in its name\n" });
    expect(JSON.parse(none.out)).toEqual({ error: "no test has 'nothing' in its name" });
    expect((await runGlossa(scratch, ['test', 'm', '-q', '-v'])).status).toBe(2);
  }));

it('glossa test prints why it ran no test of a module', () =>
  withScratch(async (scratch) => {
    await project(scratch, {
      'bare.py': COUNTER,
      'wrong.py': 'def x(:',
      'test_wrong.py': 'import wrong\ndef test_a(): pass\n',
    });
    const wrong = await runGlossa(scratch, ['test', 'm/test_wrong.py']);
    expect(wrong.status).toBe(1);
    expect(wrong.out).toMatch(
      /✗ the file cannot be loaded\n[\s\S]*wrong\.py", line 1\n[\s\S]*SyntaxError/,
    );
    expect(wrong.out).toMatch(/\n0 passed, 1 failed\n$/);
    await mkdir(scratch.at('empty'));
    await scratch.writeFile('empty/bare.py', COUNTER);
    const none = await runGlossa(scratch, ['test', 'empty/bare.py']);
    expect(none).toMatchObject({ status: 1, out: '' });
    expect(none.err).toBe(
      'glossa: empty/bare.py has no tests beside it: test_bare.py; docs/write/testing.md shows how to write some\n',
    );
    expect((await runGlossa(scratch, ['test', 'absent'])).err).toBe(
      'glossa: absent is not there\n',
    );
    expect((await runGlossa(scratch, ['test'])).status).toBe(2);
  }));

it('glossa test of a module that is not compiled prints the make command', () =>
  withScratch(async (scratch) => {
    for (const language of ['c', 'rust']) {
      const name = `k-${language}`;
      await runGlossa(scratch, ['new', language, name]);
      const command = `it is not compiled (make -C ${scratch.at(name)} ${name}.wasm)`;
      const { status, out } = await runGlossa(scratch, ['test', name]);
      expect(status).toBe(1);
      expect(out).toContain(command);
      expect((await runGlossa(scratch, ['test', `${name}/${name}.wasm`])).err).toContain(command);
    }
  }));
