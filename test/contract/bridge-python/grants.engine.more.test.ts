/** Tests of the options `allow-read`, `allow-write` and `allow-env` of a Python module. */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Dict } from '../../../runtime/core/dict.ts';
import { makeFolder } from '../../support/folder.ts';
import { type RunningModule, startModule } from '../../support/module.ts';

const MODULE = `import json, os, pathlib
from glupy import *

class xlator(Translator):
    def stat(self, frame, loc, xdata):
        names = {}
        try:
            exec(xdata["source"], globals(), names)
            print("R", json.dumps(names.get("r")))
        except Exception as error:
            print("R", json.dumps(type(error).__name__ + ": " + str(error)))
        frame.fail(EPERM)
`;

async function start(options: Record<string, string>): Promise<RunningModule> {
  return startModule({ 'm.py': MODULE }, { options });
}

/** The value of `r` after `source`, or the exception. */
function runs(run: RunningModule, source: string): unknown {
  run.takeLines();
  run.ask('stat', run.knownLoc('file'), Dict.of({ source }));
  const line = run.takeLines().find((text) => text.includes(' R '))!;
  return JSON.parse(line.slice(line.indexOf(' R ') + 3)) as unknown;
}

const DATA = { 'rules.txt': 'one', 'sub/deep.txt': 'two', 'sub/more/x': '' };

describe('option allow-read', () => {
  it('lets a module read the current content of files', async () => {
    const data = makeFolder(DATA);
    const run = await start({ 'allow-read': data });
    const read = `r = open("${data}/rules.txt").read()`;
    expect(runs(run, read)).toBe('one');
    writeFileSync(join(data, 'rules.txt'), 'changed');
    expect(runs(run, read)).toBe('changed');
    writeFileSync(join(data, 'new'), 'replaced');
    renameSync(join(data, 'new'), join(data, 'rules.txt'));
    expect(runs(run, read)).toBe('replaced');
  });

  it('lets a module list directories and stat files', async () => {
    const data = makeFolder(DATA);
    const run = await start({ 'allow-read': data });
    expect(runs(run, `r = sorted(os.listdir("${data}"))`)).toEqual(['rules.txt', 'sub']);
    const walk = `r = sorted(str(p.relative_to("${data}")) for p in pathlib.Path("${data}").rglob("*"))`;
    expect(runs(run, walk)).toEqual(['rules.txt', 'sub', 'sub/deep.txt', 'sub/more', 'sub/more/x']);
    expect(runs(run, `s = os.stat("${data}/rules.txt"); r = s.st_size, s.st_mtime`)).toEqual([
      3,
      Math.round(statSync(join(data, 'rules.txt')).mtimeMs) / 1000,
    ]);
    expect(runs(run, `r = os.path.exists("${data}/none"), os.path.isdir("${data}/sub")`)).toEqual([
      false,
      true,
    ]);
  });

  it('lets a module seek in large files', async () => {
    const data = makeFolder({});
    writeFileSync(join(data, 'large'), Buffer.alloc(3_000_000, 'abc'));
    const run = await start({ 'allow-read': data });
    const source = `with open("${data}/large", "rb") as f:
    whole = f.read()
    f.seek(-4, 2)
    r = len(whole), f.read().decode(), f.tell()`;
    expect(runs(run, source)).toEqual([3_000_000, 'cabc', 3_000_000]);
  });

  it('follows symbolic links that stay in the granted folder', async () => {
    const data = makeFolder(DATA);
    symlinkSync('rules.txt', join(data, 'near'));
    symlinkSync(join(data, 'sub'), join(data, 'folder'));
    const run = await start({ 'allow-read': data });
    expect(runs(run, `r = open("${data}/near").read()`)).toBe('one');
    expect(runs(run, `r = open("${data}/folder/deep.txt").read()`)).toBe('two');
  });

  it('may name a single file, and lets a module read it again after it is replaced', async () => {
    const data = makeFolder(DATA);
    const run = await start({ 'allow-read': `${data}/rules.txt` });
    const read = `r = open("${data}/rules.txt").read()`;
    expect(runs(run, read)).toBe('one');
    writeFileSync(join(data, 'new'), 'replaced');
    renameSync(join(data, 'new'), join(data, 'rules.txt'));
    expect(runs(run, read)).toBe('replaced');
    expect(runs(run, `open("${data}/sub/deep.txt")`)).toMatch(/option allow-read .*deep\.txt/);
  });

  it('lets a module write nothing, and the first refusal is logged with the missing option', async () => {
    const data = makeFolder(DATA);
    const run = await start({ 'allow-read': data });
    run.takeLines();
    const write = Dict.of({ source: `open("${data}/rules.txt", "w")` });
    for (let i = 0; i < 3; i += 1) run.ask('stat', run.knownLoc('file'), write);
    const log = run.takeLines();
    expect(log.filter((line) => line.includes('refused: open'))).toHaveLength(1);
    expect(log.join('\n')).toContain(`option allow-write ${data}/rules.txt`);
    expect(readFileSync(join(data, 'rules.txt'), 'utf8')).toBe('one');
  });

  it('prevents the start when its path is missing', async () => {
    await expect(start({ 'allow-read': '/none/such' })).rejects.toThrow(
      'option allow-read /none/such: there is no such file or folder (/none/such)',
    );
  });
});

describe('option allow-write', () => {
  it('lets a module make, change, move and remove files', async () => {
    const data = makeFolder({});
    const run = await start({ 'allow-write': data, 'allow-read': data });
    const source = `root = pathlib.Path("${data}")
(root / "a" / "b").mkdir(parents=True)
(root / "a" / "b" / "x").write_text("first")
with open(root / "a" / "b" / "x", "a") as f: f.write(" second")
with open(root / "a" / "b" / "x", "r+") as f: f.seek(1); f.write("I")
os.replace(root / "a" / "b" / "x", root / "y")
os.truncate(root / "y", 8)
(root / "a" / "b").rmdir()
r = (root / "y").read_text(), sorted(os.listdir(root)), os.listdir(root / "a")`;
    expect(runs(run, source)).toEqual(['fIrst se', ['a', 'y'], []]);
    expect(readFileSync(join(data, 'y'), 'utf8')).toBe('fIrst se');
    expect(runs(run, `import shutil; shutil.rmtree("${data}/a"); r = 1`)).toBe(1);
    expect(existsSync(join(data, 'a'))).toBe(false);
  });

  it('does not let a module read', async () => {
    const data = makeFolder(DATA);
    const run = await start({ 'allow-write': data });
    expect(runs(run, `open("${data}/log", "w").write("line"); r = 1`)).toBe(1);
    expect(runs(run, `open("${data}/log")`)).toMatch(/option allow-read .*\/log/);
    expect(runs(run, `os.listdir("${data}")`)).toMatch(/option allow-read/);
    expect(runs(run, `open("${data}/log", "r+")`)).toMatch(/PermissionError/);
    expect(readFileSync(join(data, 'log'), 'utf8')).toBe('line');
  });

  it('may name a folder inside the folder of allow-read', async () => {
    const data = makeFolder(DATA);
    mkdirSync(join(data, 'out'));
    const run = await start({ 'allow-read': data, 'allow-write': `${data}/out` });
    expect(runs(run, `open("${data}/out/x", "w").close(); r = os.listdir("${data}/out")`)).toEqual([
      'x',
    ]);
    expect(runs(run, `open("${data}/x", "w")`)).toMatch(/option allow-write/);
    expect(runs(run, `os.rename("${data}/rules.txt", "${data}/out/rules")`)).toMatch(/allow-write/);
    expect(runs(run, `os.rmdir("${data}/out")`)).toMatch(/Error/);
    expect(existsSync(join(data, 'out'))).toBe(true);
  });
});

it('a Python module reaches the files of granted folders by descriptors, dir_fd, chdir and copies', async () => {
  const data = makeFolder(DATA);
  const out = makeFolder({});
  const run = await start({ 'allow-read': data, 'allow-write': out });
  const source = `import shutil, tempfile
f = open("${out}/log", "w")
f.write("x")
f.flush()
os.fsync(f.fileno())
more = os.dup(f.fileno())
f.close()
os.write(more, b"y")
os.close(more)
with tempfile.TemporaryDirectory() as d:
    open(d + "/made", "w").write("in memory")
    shutil.move(d + "/made", "${out}/moved")
fd = os.open("${data}", os.O_RDONLY)
r = os.read(os.open("rules.txt", os.O_RDONLY, dir_fd=fd), 9).decode(), os.listdir(fd)
os.chdir("${data}")
r = *r, open("sub/deep.txt").read()`;
  expect(runs(run, source)).toEqual(['one', ['rules.txt', 'sub'], 'two']);
  expect(readFileSync(join(out, 'log'), 'utf8')).toBe('xy');
  expect(readFileSync(join(out, 'moved'), 'utf8')).toBe('in memory');
  expect(runs(run, `os.remove("rules.txt", dir_fd=os.open("${data}", 0))`)).toMatch(/Permission/);
  expect(existsSync(join(data, 'rules.txt'))).toBe(true);
});

it("files that a module writes outside the granted folders exist only in the interpreter's memory", async () => {
  const data = makeFolder(DATA);
  const run = await start({ 'allow-read': data });
  const name = `/tmp/mine-${process.pid}`;
  expect(runs(run, `open("${name}", "w").write("x"); r = open("${name}").read()`)).toBe('x');
  expect(existsSync(name)).toBe(false);
});

it('option allow-env shows a Python module only the named environment variables', async () => {
  process.env.GLOSSA_TEST_ONE = '1';
  process.env.GLOSSA_TEST_TWO = '2';
  onTestFinished(() => {
    delete process.env.GLOSSA_TEST_ONE;
    delete process.env.GLOSSA_TEST_TWO;
  });
  const run = await start({ 'allow-env': 'GLOSSA_TEST_ONE, GLOSSA_TEST_NONE' });
  const source = 'r = [os.environ.get("GLOSSA_TEST_" + n) for n in ("ONE", "TWO", "NONE")]';
  expect(runs(run, source)).toEqual(['1', null, null]);
});
