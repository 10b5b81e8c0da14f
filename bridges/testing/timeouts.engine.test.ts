/** Kernel cache timeouts of a reply, as a test of a cache of absent names sees them. */
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { makeFolder } from '../../test/support/folder.ts';
import type { Invalidated } from './api.ts';
import { startJavaScriptTests } from './javascript.ts';
import { startPythonTests } from './python.ts';
import { findSubject } from './subject.ts';
import { runTests, type TestReport } from './test-runner.ts';
import type { StartTests } from './tests.ts';

const madeEntry: Invalidated = { what: 'entry', path: '/made', data: false, expire: false };

const PYTHON = `
from glupy import ENOENT
from glupy.testing import Invalidated, graph, raises

async def test_the_kernel_may_cache_it():
    async with graph("negative", kernel_timeout=90) as g:
        for _ in range(2):
            reply = await g.fop.lookup("/absent")
            assert (reply.op_errno, reply.timeouts) == (ENOENT, {"negative": 90}), reply.timeouts
        assert len(g.asked("lookup")) == 1

async def test_as_the_mount_has_it():
    async with graph("negative") as g:
        assert (await g.fop.lookup("/absent")).timeouts == {}

async def test_the_storage_has_changed():
    async with graph("negative") as g:
        assert not await g.exists("/made")
        await g.child.write("/made", "behind")
        assert not await g.exists("/made")
        g.child.changed("/made")
        assert g.invalidated[0] == Invalidated("entry", "/made", False, False), g.invalidated
        assert await g.exists("/made")
        g.clear()
        assert g.invalidated == []
`;

const JAVASCRIPT = `
import { ENOENT } from 'glossa';
import { assert, graph, test } from 'glossa/testing';

test('the kernel may cache it', async () => {
  const g = await graph('negative', { kernelTimeout: 90 });
  for (let i = 0; i < 2; i++) {
    const { opErrno, timeouts } = await g.fop.lookup('/absent');
    assert.equal([opErrno, timeouts], [ENOENT, { negative: 90 }]);
  }
  assert.equal(g.asked('lookup').length, 1);
});

test('as the mount has it', async () => {
  const g = await graph('negative');
  assert.equal((await g.fop.lookup('/absent')).timeouts, {});
});

test('the storage has changed', async () => {
  const g = await graph('negative');
  assert(!(await g.exists('/made')));
  await g.child.write('/made', 'behind');
  assert(!(await g.exists('/made')));
  g.child.changed('/made');
  assert.equal(g.invalidated[0], ${JSON.stringify(madeEntry)});
  assert(await g.exists('/made'));
  g.clear();
  assert.equal(g.invalidated, []);
});
`;

it.each([
  ['negative.py', 'test_negative.py', PYTHON, startPythonTests],
  ['javascript/negative.js', 'negative.test.js', JAVASCRIPT, startJavaScriptTests],
] as [string, string, string, StartTests][])(
  'a test of %s can check the cache timeouts that the module sets',
  async (module, file, tests, start) => {
    const folder = makeFolder();
    const source = join(packageRoot, 'examples/negative', module);
    cpSync(source, join(folder, module.slice(module.indexOf('/') + 1)));
    const path = join(folder, file);
    writeFileSync(path, tests);
    const reports: TestReport[] = [];
    const onTestEnded = (report: TestReport): void => void reports.push(report);
    await runTests(path, folder, start, {
      findTranslator: findSubject,
      filter: undefined,
      timeLimit: 5,
      onTestEnded: onTestEnded,
    });
    expect(reports).toHaveLength(3);
    expect(reports.map(({ name, message }) => message ?? name)).toEqual(
      reports.map(({ name }) => name),
    );
  },
);
