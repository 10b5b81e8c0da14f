/** File systems by path in Python and JavaScript: the same answers as storage/memory, and clear errors. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connect, Driver, ROOT_CALLER } from '../../runtime/api/driver.ts';
import { Volume } from '../../runtime/api/volume.ts';
import type { Dict } from '../../runtime/core/dict.ts';
import { EEXIST, ENOENT } from '../../runtime/core/errno.ts';
import type { Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { O_CREAT, O_EXCL } from '../../runtime/core/open-flags.ts';
import { Loc } from '../../runtime/core/operands.ts';
import { ATTRIBUTE_TIMEOUT } from '../../runtime/core/xdata.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext, startGraph } from '../support/core.ts';
import {
  hostedLanguage,
  isolatedLanguage,
  type RunningModule,
  startModule,
} from '../support/module.ts';
import { rows } from '../support/rows.ts';
import { runStep, steps } from '../support/volume-steps.ts';

const readExample = (name: string): string => readFileSync(`examples/files/${name}`, 'utf8');

interface OpenFiles {
  readonly run: RunningModule;
  readonly volume: Volume;
}

async function openModule(
  file: string,
  source: string,
  { language = hostedLanguage, options = {} } = {},
): Promise<OpenFiles> {
  const run = await startModule({ [file]: source }, { leaves: 0, language, options });
  const volume = Volume.fromGraph(run.graph, { ownsGraph: false });
  onTestFinished(() => volume.close());
  return { run, volume };
}

async function openMemory(): Promise<Volume> {
  const graph = await startGraph([{ translator: memory }] as never, new FakeContext());
  const volume = Volume.fromGraph(graph, { ownsGraph: true });
  onTestFinished(() => volume.close());
  return volume;
}

/** Removes all that a volume has. */
async function clear(volume: Volume): Promise<void> {
  for (const name of await volume.readdir('/')) await volume.rm(`/${name}`, { recursive: true });
}

/** The example with methods that wait before they answer. */
const laterMemory = readExample('memory.py')
  .replace('import time\n', 'import asyncio\nimport time\n')
  .replaceAll(
    /^ {4}def (list|stat|read|write|create|mkdir|remove|rename)\(self, (.*)\):$/gm,
    (_whole, name, args) => `    async def ${name}(self, ${args}):\n        await asyncio.sleep(0)`,
  )
  .replace('rmdir = remove', 'async def rmdir(self, path):\n        await self.remove(path)');

const ways = [
  { title: 'Python', file: 'm.py', source: readExample('memory.py'), language: hostedLanguage },
  { title: 'Python, async', file: 'm.py', source: laterMemory, language: hostedLanguage },
  {
    title: 'Python in a thread',
    file: 'm.py',
    source: readExample('memory.py'),
    language: isolatedLanguage,
  },
  {
    title: 'JavaScript',
    file: 'm.mjs',
    source: readExample('javascript/memory.mjs'),
    language: hostedLanguage,
  },
];

describe.each(ways)('memory in $title', ({ file, source, language }) => {
  it('answers as storage/memory', async () => {
    const { volume } = await openModule(file, source, { language });
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const theirs = await openMemory();
        await clear(volume);
        for (const step of list)
          expect([step, await runStep(volume, step)]).toEqual([step, await runStep(theirs, step)]);
      }),
      { numRuns: 25 },
    );
  });
});

/** A module with the methods of a table's row in place of the usual ones. */
const makeSource = (method: string): string => `from glupy import *

class xlator(Files):
    def list(self, path):
        return ["a"]

    def stat(self, path):
        return directory() if path == "/" else 3 if path == "/a" else None

    def read(self, path, offset, size):
        return b"abc"[offset:offset + size]

    def write(self, path, offset, data):
        pass

    ${method.replaceAll('\n', '\n    ')}
`;

const mistakes = rows`
def list(self, path): return 5 ⇒ readdir ⇒ 'int' object is not iterable
def list(self, path): return "abc" ⇒ readdir ⇒ must return names, not str
def list(self, path): return b"abc" ⇒ readdir ⇒ must return names, not bytes
def list(self, path): return ["a", 5] ⇒ readdir ⇒ must return names, or pairs of name and attributes; 5 is in it
def list(self, path): return ["a/b"] ⇒ readdir ⇒ list of /: has the name "a/b", which no directory entry can have
def list(self, path): return ["a\0"] ⇒ readdir ⇒ which no directory entry can have
def list(self, path): return ["a\ud800"] ⇒ readdir ⇒ which no directory entry can have
def list(self, path): return ["a", "a"] ⇒ readdir ⇒ list of /: has the name "a" twice
def stat(self, path): return "big" ⇒ stat ⇒ must return attributes(...), directory(), a number of bytes or None, not 'big'
def stat(self, path): return 3 ⇒ readdir ⇒ stat of /: the root must be a directory
def stat(self, path): return -1 ⇒ stat ⇒ the result has the negative size -1
def stat(self, path): return 2 ** 60 ⇒ stat ⇒ which is no integer below 2^53
def stat(self, path): return {"sise": 1} ⇒ stat ⇒ the result has an attribute "sise"; there are type, size, mode
def stat(self, path): return {"mtime": "now"} ⇒ stat ⇒ the result has the mtime "now", which is no number
def stat(self, path): return {"size": 1.5} ⇒ stat ⇒ the result has the size 1.5, which is no integer below 2^53
def stat(self, path): return {"ino": -1} ⇒ stat ⇒ the result has the negative ino -1
def stat(self, path): return {"mtime": float("nan")} ⇒ stat ⇒ not JSON compliant
def stat(self, path): return {"timeout": -1} ⇒ stat ⇒ the result has the negative timeout -1
def stat(self, path): return {"type": "fifo"} ⇒ stat ⇒ the result has the type "fifo"; there are file, directory, symlink
def stat(self, path): return {"mode": 0o010644} ⇒ stat ⇒ neither file, directory nor symbolic link
def stat(self, path): return attributes(sise=1) ⇒ stat ⇒ attributes has no 'sise'
def stat(self, path): return 1 / 0 ⇒ stat ⇒ ZeroDivisionError
def read(self, path, offset, size): return "text" ⇒ read ⇒ must return bytes, not str: write text.encode()
def read(self, path, offset, size): return None ⇒ read ⇒ read of /a: must return bytes, not null
def read(self, path, offset, size): return bytes(size + 1) ⇒ read ⇒ were asked for
def write(self, path, offset, data): return len(data) + 1 ⇒ write ⇒ must return nothing or the number of bytes, at most 3
def write(self, path, offset, data): return "3" ⇒ write ⇒ must return nothing or the number of bytes
`;

/** The actions of the table's rows. */
const actions: Record<string, (volume: Volume) => Promise<unknown>> = {
  readdir: (volume) => volume.readdir('/'),
  stat: (volume) => volume.stat('/a'),
  read: (volume) => volume.readFile('/a'),
  write: (volume) =>
    volume.open('/a', 'r+').then((file) => file.write(Buffer.from('xyz'), 0, 3, 0)),
};

describe('mistakes of a file system by path', () => {
  it.each(mistakes)('%s', async (method, action, message) => {
    const { run, volume } = await openModule('m.py', makeSource(method));
    await expect(actions[action]!(volume)).rejects.toMatchObject({ code: 'EIO' });
    const lines = run.takeLines().filter((line) => line.startsWith('E '));
    expect(lines.join('\n')).toContain(message);
    const line =
      makeSource(method)
        .split('\n')
        .findIndex((text) => text.includes(method)) + 1;
    expect(lines[0]).toContain(`[m.py:${line}:`);
  });

  it.each(rows`
def lookup(self, frame, loc, xdata): pass ⇒ a Files has no lookup: write stat
def unlink(self, path): pass ⇒ a Files has no unlink: write remove
def mkdir(self, path, mode, umask, x, y): pass ⇒ mkdir takes 5 arguments; write mkdir(self, path, mode)
def rmdir(self, path): yield 1 ⇒ rmdir has a yield in it
read = None ⇒ a Files needs read
`)('%s is refused', async (method, message) => {
    await expect(openModule('m.py', makeSource(method))).rejects.toThrow(message);
  });
});

describe('what an author does not define', () => {
  it('is a read-only file system without any change, and not supported beside others', async () => {
    const readOnly = await openModule('m.py', makeSource('write = None'));
    await expect(readOnly.volume.writeFile('/b', 'x')).rejects.toMatchObject({ code: 'EROFS' });
    await expect(readOnly.volume.unlink('/a')).rejects.toMatchObject({ code: 'EROFS' });
    const { volume } = await openModule('m.py', makeSource('x = 1'));
    await expect(volume.mkdir('/b')).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
  });
});

it('keeps handles of open files, and closes each once', async () => {
  const { run, volume } = await openModule(
    'm.py',
    makeSource(`def open(self, path, flags):
    return {"path": path}

def read(self, path, offset, size, handle):
    return handle["path"].encode()[offset : offset + size]

def close(self, path, handle):
    self.log.info("closed %s", handle["path"])`),
  );
  const file = await volume.open('/a', 'r');
  expect(String(await file.readFile()).slice(0, 2)).toBe('/a');
  await file.close();
  expect(run.takeLines().filter((line) => line.includes('closed /a'))).toHaveLength(1);
});

it('goes on after a reload with the same inodes', async () => {
  const { run, volume } = await openModule('m.py', makeSource('x = 1'));
  const before = await volume.stat('/a');
  await run.host.reload();
  expect((await volume.stat('/a')).ino).toBe(before.ino);
});

/** Async methods that fail after their first await, and methods that wait for ever. */
const LATER = [
  {
    file: 'm.py',
    source: `import asyncio
from glupy import *

class xlator(Files):
    async def list(self, path):
        return ["absent", "denied", "waits", "sleeps", "a"]

    async def stat(self, path):
        if path in ("/absent", "/denied"):
            await asyncio.sleep(0.1)
        if path == "/absent":
            raise FileNotFoundError(path)
        if path == "/denied":
            raise PermissionError(path)
        if path == "/waits":
            self.kept = asyncio.get_running_loop().create_future()
            await self.kept
        if path == "/sleeps":
            await asyncio.sleep(1000)
        return directory() if path == "/" else 3

    async def read(self, path, offset, size):
        await asyncio.sleep(0.1)
        raise OSError(ENODATA, "none")

    async def write(self, path, offset, data):
        await asyncio.sleep(0.1)
        raise OSError(ENOSPC, "full")

    async def remove(self, path):
        await asyncio.sleep(0.1)
        raise OSError(EBUSY, "busy")
`,
  },
  {
    file: 'm.mjs',
    source: `import { directory, EBUSY, EACCES, ENODATA, ENOENT, ENOSPC, Files, FopError } from 'glossa';

export class xlator extends Files {
  async list() {
    return ['absent', 'denied', 'waits', 'sleeps', 'a'];
  }
  async stat(path) {
    if (path === '/absent' || path === '/denied') await this.sleep(0.1);
    if (path === '/absent') throw new FopError(ENOENT);
    if (path === '/denied') throw new FopError(EACCES);
    if (path === '/waits') await new Promise((resolve) => { this.kept = resolve; });
    if (path === '/sleeps') await this.sleep(1000);
    return path === '/' ? directory() : 3;
  }
  async read(path, offset, size) {
    await this.sleep(0.1);
    throw new FopError(ENODATA);
  }
  async write() {
    await this.sleep(0.1);
    throw new FopError(ENOSPC);
  }
  async remove() {
    await this.sleep(0.1);
    throw new FopError(EBUSY);
  }
}
`,
  },
];

describe.each(LATER)('async methods in $file', ({ file, source }) => {
  it('fail with their errno after an await', async () => {
    const { run, volume } = await openModule(file, source);
    const failing: [string, () => Promise<unknown>][] = [
      ['ENOENT', () => volume.stat('/absent')],
      ['EACCES', () => volume.stat('/denied')],
      ['ENODATA', () => volume.readFile('/a')],
      ['ENOSPC', () => actions.write!(volume)],
      ['EBUSY', () => volume.unlink('/a')],
    ];
    for (const [code, fail] of failing) {
      const failed = expect(fail()).rejects.toMatchObject({ code });
      await expect.poll(() => run.host.interpreter.pending.size).toBe(1);
      run.context.advance(200);
      await failed;
    }
    expect(await volume.stat('/a')).toMatchObject({ size: 3 });
  });

  it.each(['/sleeps', '/waits'])('end with a caller that gives up: %s', async (path) => {
    const { run, volume } = await openModule(file, source);
    const controller = new AbortController();
    const { pending } = run.host.interpreter;
    const asked = volume.with({ signal: controller.signal }).stat(path);
    await Promise.all([
      expect(asked).rejects.toMatchObject({ code: 'ABORT_ERR' }),
      expect
        .poll(() => pending.size)
        .toBe(1)
        .then(() => controller.abort()),
    ]);
    // A module that ends with its caller has ended; the others get some seconds.
    if (path === '/waits' && file === 'm.mjs') expect(pending.size).toBe(1);
    run.context.advance(5000);
    await expect.poll(() => pending.size).toBe(0);
    expect(volume.client.graphClient.initiator.calls.list()).toEqual([]);
    expect(await volume.stat('/a')).toMatchObject({ size: 3 });
  });
});

it('names the method of the author that never answers', async () => {
  const source = makeSource(`async def stat(self, path):
    if path == "/a":
        await asyncio.get_running_loop().create_future()
    return directory()`).replace('from glupy import *', 'import asyncio\nfrom glupy import *');
  const { run, volume } = await openModule('m.py', source);
  const asked = volume.stat('/a');
  run.context.advance(1000);
  run.host.interpreter.enterFor(() => run.host.interpreter.guest.callHook('collect', []));
  await expect(asked).rejects.toMatchObject({ code: 'EIO' });
  const line = source.split('\n').findIndex((text) => text.includes('async def stat')) + 1;
  expect(run.takeLines().join('\n')).toContain(
    `[m.py:${line}:stat] 0-top: stat: the request was neither`,
  );
});

/** Its attributes have a size that says how often `stat` was called since the start. */
const COUNTING = `from glupy import *

class xlator(Files):
    def init(self):
        self.asked = 0
        self.names = {"/a"}

    def list(self, path):
        return []

    def stat(self, path):
        self.asked += 1
        return directory() if path == "/" else attributes(self.asked, timeout=7) if path in self.names else None

    def read(self, path, offset, size):
        return b""

    def write(self, path, offset, data):
        self.changed("/a")

    def create(self, path, mode):
        if path in self.names:
            raise OSError("made twice")
        self.names.add(path)
`;

/** A module whose callers are a kernel's threads. */
async function openForThreads({ language = hostedLanguage, pidIsThread = true } = {}) {
  const run = await startModule({ 'm.py': COUNTING }, { leaves: 0, language });
  const client = connect(run.graph);
  onTestFinished(() => client.disconnect());
  const makeDriver = (caller = {}) => new Driver(client, { ...ROOT_CALLER, pid: 7, ...caller });
  Object.assign(client.initiator, { hints: { ...client.initiator.hints, pidIsThread } });
  const askSize = async (driver: Driver, inode: Inode) => {
    const { values } = await driver.expect('stat', new Loc(inode), null);
    expect((values[1] as Dict).number(ATTRIBUTE_TIMEOUT)).toBe(7);
    return Number((values[0] as Iatt).iaSize);
  };
  return { run, thread: makeDriver(), makeDriver, askSize };
}

type Threads = Awaited<ReturnType<typeof openForThreads>>;
const open = (driver: Driver, inode: Inode) =>
  driver.expect('open', new Loc(inode), 0, driver.makeFd(inode, 0), null);
const write = async (driver: Driver, inode: Inode) => {
  const fd = driver.makeFd(inode, 1);
  await driver.expect('open', new Loc(inode), 1, fd, null);
  await driver.expect('writev', fd, Buffer.from('x'), 0, 0, null);
};

describe('the attributes of a name that was just looked up', () => {
  it.each<[string, number, ((threads: Threads, inode: Inode) => unknown)?]>([
    ['are asked for once', 2],
    ['are asked for again by another thread', 3, (t) => t.makeDriver({ pid: 8 })],
    ['are asked for again by another user', 3, (t) => t.makeDriver({ uid: 8 })],
    ['are asked for again after an open', 3, (t, inode) => void open(t.thread, inode)],
    ['are asked for again after a write that says changed()', 3, (t, i) => write(t.thread, i)],
    ['are asked for again after a millisecond', 3, (t) => void t.run.context.advance(1)],
    [
      'are asked for again when code of the module has run',
      3,
      (t) => void t.run.host.interpreter.guest.callHook('collect', []),
    ],
    ['are asked for again after a reload', 1, (t) => t.run.host.reload().then(() => undefined)],
  ])('%s', async (_title, size, act) => {
    const threads = await openForThreads();
    await threads.thread.find('/a');
    const { inode } = await threads.thread.find('/a');
    const other = await act?.(threads, inode);
    const driver = other instanceof Driver ? other : threads.thread;
    expect(await threads.askSize(driver, inode)).toBe(size);
    expect(await threads.askSize(driver, inode)).toBe(size + 1);
  });

  it.each([
    ['of a module in a thread', { language: isolatedLanguage }],
    ['by a client whose pids are no threads', { pidIsThread: false }],
  ])('are asked for again %s', async (_title, settings) => {
    const { thread, askSize } = await openForThreads(settings);
    const { inode } = await thread.find('/a');
    expect(await askSize(thread, inode)).toBe(2);
  });
});

describe('a name that was just looked up and is absent', () => {
  const createB = async (driver: Driver) => {
    const inode = driver.client.initiator.graph.inodes.newInode();
    const fd = driver.makeFd(inode, O_CREAT | O_EXCL);
    const loc = new Loc(inode, driver.client.initiator.graph.inodes.root, 'b');
    return driver.expect('create', loc, O_CREAT | O_EXCL, 0o644, 0, fd, null);
  };
  it('is created with one stat, which answers what follows', async () => {
    const { thread, askSize } = await openForThreads();
    await expect(thread.find('/b')).rejects.toMatchObject({ errno: ENOENT });
    const { values } = await createB(thread);
    const { iaSize } = values[2] as Iatt;
    expect([iaSize, await askSize(thread, values[1] as Inode)]).toEqual([2, 2]);
  });

  it('is EEXIST when another thread has created it meanwhile', async () => {
    const { thread, makeDriver } = await openForThreads();
    await expect(thread.find('/b')).rejects.toMatchObject({ errno: ENOENT });
    await createB(makeDriver({ pid: 8 }));
    await expect(createB(thread)).rejects.toMatchObject({ errno: EEXIST });
  });
});
