/** File systems for fusepy as modules: the same answers as storage/memory, and clear errors. */
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Volume } from '../../runtime/api/volume.ts';
import memory from '../../runtime/xlators/storage/memory/index.ts';
import { FakeContext, startGraph } from '../support/core.ts';
import { type RunningModule, startModule } from '../support/module.ts';
import { rows } from '../support/rows.ts';
import { runStep, steps } from '../support/volume-steps.ts';

async function open(
  source: string,
  options: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = {},
): Promise<{ run: RunningModule; volume: Volume }> {
  const run = await startModule({ 'm.py': source, ...files }, { leaves: 0, options });
  const volume = Volume.fromGraph(run.graph, { ownsGraph: false });
  onTestFinished(() => volume.close());
  return { run, volume };
}

const memoryFs = `import errno, os, stat, time
from fuse import FUSE, FuseOSError, LoggingMixIn, Operations

class Memory(LoggingMixIn, Operations):
    def __init__(self, owner: int = 7):
        self.handles = 0
        self.nodes = {"/": self.node(stat.S_IFDIR | 0o755)}
        self.owner = owner

    def node(self, mode, data=b""):
        now = time.time()
        return {"mode": mode, "data": data, "names": 1, "times": (now, now)}

    def find(self, path):
        if path not in self.nodes:
            raise FuseOSError(errno.ENOENT)
        return self.nodes[path]

    def add(self, path, mode, data=b""):
        self.nodes[path] = self.node(mode, data)

    def getattr(self, path, fh=None):
        node = self.find(path)
        is_dir = stat.S_ISDIR(node["mode"])
        inside = sum(os.path.dirname(p) == path != p and stat.S_ISDIR(n["mode"]) for p, n in self.nodes.items())
        return {
            "st_mode": node["mode"],
            "st_nlink": 2 + inside if is_dir else node["names"],
            "st_size": len(node["data"]),
            "st_uid": self.owner,
            "st_gid": -1,
            "st_atime": node["times"][0],
            "st_mtime": node["times"][1],
        }

    def readdir(self, path, fh):
        yield from (".", "..")
        for other in self.nodes:
            if other != "/" and os.path.dirname(other) == path:
                yield (os.path.basename(other), {"st_mode": 0}, 0)

    def read(self, path, size, offset, fh):
        assert fh > 0
        return self.find(path)["data"][offset : offset + size]

    def write(self, path, data, offset, fh):
        assert fh > 0
        node = self.find(path)
        before = node["data"][:offset].ljust(offset, b"\\0")
        node["data"] = before + data + node["data"][offset + len(data) :]
        return len(data)

    def create(self, path, mode):
        self.add(path, mode)
        return self.open(path, 0)

    def open(self, path, flags):
        self.handles += 1
        return self.handles

    def truncate(self, path, length, fh=None):
        node = self.find(path)
        node["data"] = node["data"][:length].ljust(length, b"\\0")

    def mkdir(self, path, mode):
        self.add(path, stat.S_IFDIR | mode)

    def unlink(self, path):
        self.nodes.pop(path)["names"] -= 1

    def rmdir(self, path):
        del self.nodes[path]

    def rename(self, old, new):
        if new in self.nodes:
            self.nodes[new]["names"] -= 1
        for path in [p for p in self.nodes if p == old or p.startswith(old + "/")]:
            self.nodes[new + path[len(old) :]] = self.nodes.pop(path)

    def link(self, target, source):
        self.nodes[target] = self.nodes[source]
        self.nodes[source]["names"] += 1

    def symlink(self, target, source):
        self.add(target, stat.S_IFLNK | 0o777, source.encode())

    def readlink(self, path):
        return self.find(path)["data"].decode()

    def chmod(self, path, mode):
        self.find(path)["mode"] = mode

    def utimens(self, path, times=None):
        self.find(path)["times"] = times

if __name__ == "__main__":
    FUSE(Memory(), "mnt", foreground=True)
`;

it('a memory file system for fusepy answers as storage/memory', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (list) => {
      const { volume } = await open(memoryFs);
      const graph = await startGraph([{ translator: memory }] as never, new FakeContext());
      const theirs = Volume.fromGraph(graph, { ownsGraph: true });
      for (const step of list)
        expect([step, await runStep(volume, step)]).toEqual([step, await runStep(theirs, step)]);
      await theirs.close();
    }),
    { numRuns: 15 },
  );
});

it('a constructor takes its arguments from the options of the volume', async () => {
  const { volume } = await open(memoryFs, { owner: '12' });
  await volume.writeFile('/a', 'x');
  expect(await volume.stat('/a')).toMatchObject({ uid: 12, gid: 0xffff_ffff });
  await expect(open(memoryFs, { owner: 'me' })).rejects.toThrow("option 'owner'");
  const needing = memoryFs.replace('owner: int = 7', 'owner');
  await expect(open(needing)).rejects.toThrow(
    'Memory in line 4 needs a value for owner: give it by option owner',
  );
});

it('a file that is removed while it is open can be read until it is closed', async () => {
  const { volume } = await open(memoryFs);
  await volume.writeFile('/a', 'abc');
  const file = await volume.open('/a', 'r');
  await volume.unlink('/a');
  expect(await volume.readdir('/')).toEqual([]);
  expect(String(await file.readFile())).toBe('abc');
  await file.close();
  await volume.writeFile('/a', 'new');
  expect(String(await volume.readFile('/a'))).toBe('new');
});

it('utimens gets both times if one is set, in nanoseconds with use_ns', async () => {
  const { volume } = await open(memoryFs);
  await volume.writeFile('/a', '');
  await volume.utimes('/a', 5, 7);
  expect(await volume.stat('/a')).toMatchObject({ atimeMs: 5000, mtimeMs: 7000 });
  const ns = memoryFs
    .replace('    def __init__', '    use_ns = True\n\n    def __init__')
    .replace('now = time.time()', 'now = time.time_ns()');
  const other = (await open(ns)).volume;
  await other.writeFile('/a', '');
  await other.utimes('/a', 5, 7);
  expect(await other.stat('/a')).toMatchObject({ atimeMs: 5000, mtimeMs: 7000 });
});

/** A file system with one file /a, and more methods. */
const makeSource = (lines: string, start = 'from fuse import *\nimport fuse'): string => `${start}
import errno, os, stat

class Fs(Operations):
    def getattr(self, path, fh):
        if path == "/":
            return {"st_mode": stat.S_IFDIR | 0o755}
        if path != "/a":
            raise FuseOSError(errno.ENOENT)
        return {"st_mode": stat.S_IFREG | 0o644, "st_size": 3}

    def readdir(self, path, fh):
        return [".", "..", "a"]

    def read(self, path, size, offset, fh):
        return b"abc"[offset : offset + size]

    ${lines.replaceAll('\n', '\n    ')}
`;

const actions: Record<string, (volume: Volume) => Promise<unknown>> = {
  readdir: (volume) => volume.readdir('/').then((names) => names.sort()),
  stat: (volume) => volume.stat('/a').then(({ size }) => size),
  read: (volume) => volume.readFile('/a').then(String),
  write: (volume) =>
    volume.open('/a', 'r+').then((file) => file.write(Buffer.from('xyz'), 0, 3, 0)),
  mkdir: (volume) => volume.mkdir('/d'),
  chmod: (volume) => volume.chmod('/a', 0o600),
  chown: (volume) => volume.chown('/a', 5, 6),
  readlink: (volume) => volume.readlink('/a'),
  getxattr: (volume) => volume.getxattr('/a', 'user.x').then(String),
  listxattr: (volume) => volume.listxattr('/a'),
  statfs: (volume) => volume.statfs('/').then(({ bsize, blocks }) => [bsize, blocks]),
};

describe('mistakes of a file system for fusepy', () => {
  it.each(rows`
def readdir(self, path, fh): return 5 ⇒ readdir ⇒ readdir: must return names, not 5
def readdir(self, path, fh): pass ⇒ readdir ⇒ readdir: must return names, not None
def readdir(self, path, fh): return ["a", 5] ⇒ readdir ⇒ readdir: must return names, or (name, attrs, offset); 5 is in it
def readdir(self, path, fh): return ["a/b"] ⇒ readdir ⇒ list of /: has the name "a/b", which no directory entry can have
def getattr(self, path, fh): return None ⇒ stat ⇒ getattr: must return a dict of st_mode, ..., not None
def getattr(self, path, fh): return {"st_size": 1} ⇒ stat ⇒ getattr: returned the st_mode None, which has no type
def getattr(self, path, fh): return {"st_mode": 0o644} ⇒ stat ⇒ which has no type: add stat.S_IFREG or S_IFDIR
def getattr(self, path, fh): return {"st_mode": stat.S_IFIFO} ⇒ stat ⇒ neither file, directory nor symbolic link
def getattr(self, path, fh): return {"st_mode": 0o100644, "st_size": "3"} ⇒ stat ⇒ the result has the size "3", which is no number
def getattr(self, path, fh): return 1 / 0 ⇒ stat ⇒ ZeroDivisionError
def read(self, path, size, offset, fh): return "abc" ⇒ read ⇒ must return bytes, not str
def read(self, path, size, offset, fh): return bytes(size + 1) ⇒ read ⇒ were asked for
def write(self, path, data, offset, fh): return 99 ⇒ write ⇒ must return nothing or the number of bytes, at most 3
`)('%s', async (method, action, message) => {
    const source = makeSource(method);
    const { run, volume } = await open(source);
    await expect(actions[action]!(volume)).rejects.toMatchObject({ code: 'EIO' });
    const lines = run.takeLines().filter((line) => line.startsWith('E '));
    expect(lines.join('\n')).toContain(message);
    const line = source.split('\n').findIndex((text) => text.includes(method)) + 1;
    expect(lines[0]).toContain(`[m.py:${line}:`);
  });

  it.each(rows`
x = 1 ⇒ mkdir ⇒ EROFS
x = 1 ⇒ write ⇒ EROFS
def write(self, path, data, offset, fh): return len(data) ⇒ mkdir ⇒ EOPNOTSUPP
def write(self, path, data, offset, fh): return -errno.ENOSPC ⇒ write ⇒ ENOSPC
def mkdir(self, path, mode): return -errno.EDQUOT ⇒ mkdir ⇒ EDQUOT
def chmod(self, path, mode): return 0 ⇒ chown ⇒ EROFS
def chown(self, path, uid, gid): return 0\nchmod = None ⇒ chmod ⇒ EOPNOTSUPP
def open(self, path, flags): raise OSError(errno.EACCES, "x") ⇒ read ⇒ EACCES
def read(self, path, size, offset, fh): raise FileNotFoundError(errno.ENOENT, "x") ⇒ read ⇒ ENOENT
`)('%s: %s is refused', async (method, action, code) => {
    const { volume } = await open(makeSource(method.replace('\\n', '\n')));
    await expect(actions[action]!(volume)).rejects.toMatchObject({ code });
  });

  it('a module with several Operations, or none, says what to write', async () => {
    const two = `${makeSource('x = 1')}\nclass Other(Operations): pass\n`;
    await expect(open(two)).rejects.toThrow(
      'm.py has several Operations, Fs and Other: write xlator = Fs',
    );
    await expect(open(`${two}\nxlator = Other`)).resolves.toBeDefined();
    await expect(open('import fuse')).rejects.toThrow('has no class xlator');
    await expect(open('import fuse\nxlator = 5')).rejects.toThrow('xlator must be a class');
  });

  it('an operation that is never called is a warning', async () => {
    const { run } = await open(makeSource('def ioctl(self, *args): pass'));
    expect(run.takeLines().join('\n')).toContain('ioctl is never called');
  });
});

describe('what file systems for fusepy may do', () => {
  it.each(rows`
def getxattr(self, path, name, position=0): return "" ⇒ getxattr ⇒ ""
def listxattr(self, path): return {"user.x": 1}.keys()\ngetxattr = None ⇒ listxattr ⇒ ["user.x"]
def statfs(self, path): return {"f_bsize": 512, "f_blocks": 9, "f_flag": 3} ⇒ statfs ⇒ [512,9]
def read(self, path, size, offset, fh): return None ⇒ read ⇒ ""
def readdir(self, path, fh): return ["a", ("a", None, 0), b"b"] ⇒ readdir ⇒ ["a","b"]
def readdir(self, path, fh): return [fh]\ndef opendir(self, path): return "h" ⇒ readdir ⇒ ["h"]
def readdir_with_offset(self, path, offset, fh): return [(str(i), 0, i + 1) for i in range(offset, min(offset + 2, 5))] ⇒ readdir ⇒ ["0","1","2","3","4"]
def read(self, path, size, offset, fh): return b"%d" % len(fuse_get_context()) ⇒ read ⇒ "3"
`)('%s', async (method, action, result) => {
    const { volume } = await open(makeSource(method.replaceAll('\\n', '\n')));
    expect(JSON.stringify(await actions[action]!(volume))).toBe(result);
  });

  it.each([
    'from glupy.fuse import *',
    'from fusepy import *',
    'from mfusepy import *\nfrom mfusepy import overrides',
  ])('%s leads to the same names', async (start) => {
    const { volume } = await open(makeSource('x = 1', start));
    expect(await actions.read!(volume)).toBe('abc');
  });

  it("fusepy's own file beside the module is passed over, another fuse.py is not", async () => {
    const binding = { 'fuse.py': 'import ctypes\nctypes.fuse_main_real\n' };
    const { volume } = await open(makeSource('x = 1'), {}, binding);
    expect(await actions.read!(volume)).toBe('abc');
    const own = { 'fuse.py': 'from glupy.fuse import FuseOSError, Operations\nword = b"own"\n' };
    const using = makeSource('def read(self, *args): return fuse.word');
    expect(await actions.read!((await open(using, {}, own)).volume)).toBe('own');
  });

  it('FUSE at the top level decides what is mounted; with raw_fi methods share one object', async () => {
    const { volume } = await open(
      makeSource(`def open(self, path, fi):
    fi.fh = 42
    fi.direct_io = True

def read(self, path, size, offset, fi):
    return b"%d %d" % (fi.fh, fi.flags)`).concat('\nFUSE(Fs(), "mnt", raw_fi=True, ro=True)\n'),
    );
    expect(await actions.read!(volume)).toBe('42 0');
  });

  it('a class body may name functions of os that this Python lacks', async () => {
    const { run, volume } = await open(makeSource('mknod = os.mknod\nlistxattr = os.listxattr'));
    await expect(volume.listxattr('/a')).rejects.toMatchObject({ code: 'EOPNOTSUPP' });
    expect(run.takeLines().filter((line) => /^[EW] /.test(line))).toEqual([]);
  });

  it('init and destroy are called once each', async () => {
    const source = makeSource(`def init(self, path): print("init", path)
def destroy(self, path): print("destroy", path)`);
    const { run } = await open(source);
    await run.graph.stop();
    const lines = run.takeLines().join('\n');
    expect(lines.match(/init \//g)).toHaveLength(1);
    expect(lines.match(/destroy \//g)).toHaveLength(1);
  });
});
