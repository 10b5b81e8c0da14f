/** `glossa fs` on volumes of storage/posix, whose directories show what the commands have done. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { encodeName } from '../runtime/core/bytes.ts';
import { runCommand } from '../test/support/cli.ts';
import { makeFolder } from '../test/support/folder.ts';
import { parseOperand } from './fs/volume-command.ts';

/** A name of bytes that are not UTF-8. */
const BYTES = Buffer.from([0x62, 0xff, 0xc3, 0x0a, 0x28]);
const KILOBYTE = 1024;

/** A volume over the directory `store`, and the path of its volfile. */
function makeVolume() {
  const folder = makeFolder();
  onTestFinished(() => {
    // Only root removes what is in a directory that may not be written.
    spawnSync('chmod', ['-R', 'u+w', folder]);
  });
  const at = (name: string): string => join(folder, name);
  const volfile = at('data.vol');
  fs.mkdirSync(at('store'));
  fs.writeFileSync(
    volfile,
    'volume data\n    type storage/posix\n    option directory store\nend-volume\n',
  );
  const run = (...words: string[]) =>
    runCommand([
      'fs',
      ...words.map((word) => word.replace(/^VOL:/, `${volfile}:`).replace(/^@/, `${folder}/`)),
    ]);
  const succeed = async (...words: string[]): Promise<string> => {
    const { status, out, err } = await run(...words);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return out;
  };
  const shorten = (text: string): string =>
    text.replaceAll(`${volfile}:`, 'VOL:').replaceAll(folder, '');
  return { at, folder, run, succeed, shorten, volfile };
}

/** Files of every kind that is copied. */
function makeTree(root: string): void {
  fs.mkdirSync(join(root, 'deep/er'), { recursive: true });
  fs.writeFileSync(join(root, 'empty'), '');
  fs.writeFileSync(join(root, 'deep/text'), 'some text\n');
  fs.writeFileSync(join(root, 'deep/er/run'), '#!/bin/sh\n', { mode: 0o750 });
  fs.writeFileSync(join(root, 'large'), Buffer.alloc(700 * KILOBYTE + 1, 'abcdefg'));
  fs.writeFileSync(Buffer.concat([Buffer.from(`${root}/`), BYTES]), 'bytes');
  fs.symlinkSync('deep/text', join(root, 'link'));
  fs.symlinkSync('nowhere', join(root, 'deep/dangling'));
  fs.chmodSync(join(root, 'deep/er'), 0o500);
}

/** Everything below a directory: path to content, target and mode. */
function readTree(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const visit = (above: Buffer, path: string): void => {
    for (const name of fs.readdirSync(above, { encoding: 'buffer' })) {
      const file = Buffer.concat([above, Buffer.from('/'), name]);
      const key = `${path}/${name.toString('latin1')}`;
      const stat = fs.lstatSync(file);
      const mode = (stat.mode & 0o7777).toString(8);
      if (stat.isSymbolicLink()) found[key] = `-> ${fs.readlinkSync(file)}`;
      else if (stat.isDirectory()) {
        found[key] = `directory ${mode}`;
        visit(file, key);
      } else found[key] = `${mode} ${fs.readFileSync(file, 'latin1')}`;
    }
  };
  visit(Buffer.from(root), '');
  return found;
}

describe('glossa fs cp', () => {
  it('copies a tree into a volume, within it and out, with all kinds of names and files', async () => {
    const { at, succeed } = makeVolume();
    fs.mkdirSync(at('site'));
    makeTree(at('site'));
    await succeed('cp', '-r', '@site', 'VOL:/');
    await succeed('cp', '-r', 'VOL:/site', 'VOL:/again');
    await succeed('cp', '-r', 'VOL:/again', '@out');
    const expected = readTree(at('site'));
    expect(readTree(at('store/site'))).toEqual(expected);
    expect(readTree(at('store/again'))).toEqual(expected);
    expect(readTree(at('out'))).toEqual(expected);
  });

  it('does not change the attributes of a local file that it copies', async () => {
    const { at, succeed } = makeVolume();
    fs.writeFileSync(at('file'), 'x');
    const before = fs.statSync(at('file'), { bigint: true });
    await succeed('cp', '@file', 'VOL:/file');
    expect(fs.statSync(at('file'), { bigint: true }).ctimeNs).toBe(before.ctimeNs);
  });

  it('keeps the mode and the times, to the nanosecond, of files, directories and links with -a', async () => {
    const { at, succeed } = makeVolume();
    fs.mkdirSync(at('tree/sub'), { recursive: true });
    fs.writeFileSync(at('tree/sub/file'), 'x');
    fs.symlinkSync('file', at('tree/sub/link'));
    fs.chmodSync(at('tree/sub/file'), 0o4711);
    for (const [name, second] of [
      ['sub/file', 1e9],
      ['sub/link', 1.1e9],
      ['sub', 1.2e9],
      ['', 1.3e9],
    ] as const)
      fs.lutimesSync(at(`tree/${name}`), second + 0.25, second + 0.75);
    await succeed('cp', '-a', '@tree', 'VOL:/tree');
    await succeed('cp', '-a', 'VOL:/tree', '@out');
    for (const name of ['sub/file', 'sub/link', 'sub', '']) {
      const { mode, mtimeNs } = fs.lstatSync(at(`tree/${name}`), { bigint: true });
      for (const copy of ['store/tree', 'out'])
        expect(fs.lstatSync(at(`${copy}/${name}`), { bigint: true })).toMatchObject({
          mode,
          mtimeNs,
        });
    }
  });

  it('keeps the holes of a sparse file, and its size if it ends in a hole', async () => {
    const { at, succeed } = makeVolume();
    const size = 64 * KILOBYTE * KILOBYTE;
    fs.writeFileSync(at('sparse'), '');
    const fd = fs.openSync(at('sparse'), 'r+');
    fs.writeSync(fd, 'middle', size / 2);
    fs.ftruncateSync(fd, size);
    fs.closeSync(fd);
    await succeed('cp', '@sparse', 'VOL:/sparse');
    await succeed('cp', 'VOL:/sparse', '@out');
    for (const copy of ['store/sparse', 'out']) {
      const stat = fs.statSync(at(copy));
      expect(stat.size).toBe(size);
      expect(stat.blocks).toBeLessThan(size / 512 / 4);
      expect(fs.readFileSync(at(copy)).equals(fs.readFileSync(at('sparse')))).toBe(true);
    }
  });

  it('replaces a file, whose mode stays, and leaves its other hard links unchanged', async () => {
    const { at, succeed } = makeVolume();
    fs.writeFileSync(at('new'), 'new');
    fs.writeFileSync(at('store/old'), 'old', { mode: 0o640 });
    fs.linkSync(at('store/old'), at('store/other'));
    await succeed('cp', '@new', 'VOL:/old');
    expect(readTree(at('store'))).toEqual({ '/old': '640 new', '/other': '640 old' });
  });

  it('merges a tree into an existing directory, and replaces no file with -n', async () => {
    const { at, succeed } = makeVolume();
    fs.mkdirSync(at('from/tree'), { recursive: true });
    fs.writeFileSync(at('from/tree/a'), 'new');
    fs.writeFileSync(at('from/tree/b'), 'new');
    fs.mkdirSync(at('store/tree'));
    fs.writeFileSync(at('store/tree/a'), 'old');
    await succeed('cp', '-r', '-n', '@from/tree', 'VOL:/');
    expect(readTree(at('store/tree'))).toEqual({ '/a': '644 old', '/b': '644 new' });
    await succeed('cp', '@from/tree/a', '@from/tree/b', 'VOL:/tree/');
    expect(readTree(at('store/tree'))).toEqual({ '/a': '644 new', '/b': '644 new' });
    // A root, and `.`, are their content.
    await succeed('cp', '-r', 'VOL:/', '@all');
    await succeed('cp', '-r', '@from/.', 'VOL:/tree');
    expect(Object.keys(readTree(at('all')))).toEqual(['/tree', '/tree/a', '/tree/b']);
    expect(Object.keys(readTree(at('store/tree')))).toContain('/tree/a');
  });

  it('copies the file that a symbolic link points to without -r, and replaces a link at the target', async () => {
    const { at, succeed } = makeVolume();
    fs.writeFileSync(at('file'), 'data');
    fs.symlinkSync('file', at('link'));
    fs.writeFileSync(at('store/victim'), 'as it was');
    fs.symlinkSync('victim', at('store/copy'));
    await succeed('cp', '@link', 'VOL:/copy');
    expect(readTree(at('store'))).toEqual({ '/copy': '644 data', '/victim': '644 as it was' });
  });

  it('reports each file that fails, and copies the others', async () => {
    const { at, run, shorten } = makeVolume();
    fs.mkdirSync(at('tree'));
    fs.writeFileSync(at('tree/a'), 'a');
    fs.writeFileSync(at('tree/taken'), 'b');
    fs.mkdirSync(at('store/tree/taken'), { recursive: true });
    const { status, err } = await run('cp', '-r', '@tree', '@missing', 'VOL:/');
    expect(status).toBe(1);
    expect(shorten(err).split('\n')).toEqual([
      'glossa fs cp: VOL:/tree/taken: a file cannot replace a directory',
      'glossa fs cp: /missing: No such file or directory',
      '',
    ]);
    expect(readTree(at('store/tree'))).toEqual({ '/a': '644 a', '/taken': 'directory 755' });
  });

  it.each([
    ['a directory without -r', ['cp', 'VOL:/dir', 'VOL:/x'], 'VOL:/dir: is a directory: use -r'],
    [
      'a directory into itself',
      ['cp', '-r', 'VOL:/dir', 'VOL:/dir/in'],
      'VOL:/dir/in: VOL:/dir cannot be copied into itself',
    ],
    [
      'a root into itself',
      ['cp', '-r', 'VOL:/', 'VOL:/dir'],
      'VOL:/dir: VOL:/ cannot be copied into itself',
    ],
    [
      'a file onto itself',
      ['cp', 'VOL:/file', 'VOL:/file'],
      'VOL:/file: source and target are the same file',
    ],
    [
      'a directory onto a file',
      ['cp', '-r', 'VOL:/dir', 'VOL:/file'],
      'VOL:/file: a directory cannot replace a file',
    ],
    [
      'several files to a file',
      ['cp', 'VOL:/file', 'VOL:/dir', 'VOL:/x'],
      'VOL:/x: is no directory, and there are several files to copy',
    ],
    [
      'a target without its directory',
      ['cp', 'VOL:/file', 'VOL:/no/x'],
      'VOL:/no/x: No such file or directory',
    ],
  ])('refuses %s', async (_, words, message) => {
    const { at, run, shorten } = makeVolume();
    fs.mkdirSync(at('store/dir'));
    fs.writeFileSync(at('store/file'), 'x');
    const { status, err } = await run(...words);
    expect(shorten(err)).toBe(`glossa fs cp: ${message}\n`);
    expect(status).toBe(1);
    expect(Object.keys(readTree(at('store')))).toEqual(['/dir', '/file']);
  });
});

describe('glossa fs ls', () => {
  it('lists names in order, and names that begin with a dot only with -a', async () => {
    const { at, succeed, shorten } = makeVolume();
    for (const name of ['b', 'a', '.hidden']) fs.writeFileSync(at(`store/${name}`), '');
    fs.mkdirSync(at('store/dir'));
    expect(await succeed('ls', 'VOL:/')).toBe('a\nb\ndir\n');
    expect(await succeed('ls', '-a', 'VOL:/')).toBe('.hidden\na\nb\ndir\n');
    const both = await succeed('ls', 'VOL:/a', 'VOL:/');
    expect(shorten(both)).toBe('VOL:/a\n\nVOL:/:\na\nb\ndir\n');
  });

  it('prints modes, sizes and link targets with -l, and one JSON object on each line with --json', async () => {
    const { at, succeed, volfile } = makeVolume();
    fs.writeFileSync(at('store/file'), 'four', { mode: 0o640 });
    fs.symlinkSync('file', at('store/link'));
    const lines = (await succeed('ls', '-l', 'VOL:/')).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^-rw-r----- +1 .* 4 +\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +file$/);
    expect(lines[1]).toMatch(/^lrwxrwxrwx .* link -> file$/);
    const files = (await succeed('ls', '--json', 'VOL:/')).trimEnd().split('\n');
    expect(files.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ path: `${volfile}:/file`, type: 'file', size: 4, mode: '0640' }),
      expect.objectContaining({ path: `${volfile}:/link`, type: 'link', target: 'file' }),
    ]);
  });
});

it('glossa fs find finds files by name and type, and prints names that are not UTF-8 in JSON', async () => {
  const { at, succeed, volfile } = makeVolume();
  makeTree(at('store'));
  const find = async (...flags: string[]): Promise<string[]> => {
    const lines = (await succeed('find', 'VOL:/', '--json', ...flags)).trimEnd().split('\n');
    const paths = lines.map((line) => (JSON.parse(line) as { path: string }).path);
    return paths.map((path) => path.slice(volfile.length + 1)).sort();
  };
  expect(await find('--type', 'd')).toEqual(['/', '/deep', '/deep/er']);
  expect(await find('--type', 'l')).toEqual(['/deep/dangling', '/link']);
  expect(await find('--name', '*e*t*')).toEqual(['/deep/text', '/empty']);
  const all = await find();
  expect(all).toHaveLength(10);
  const name = all.find((path) => path.startsWith('/b'))!;
  expect(Buffer.from(encodeName(name.slice(1)))).toEqual(BYTES);
});

it('glossa fs stat shows the attributes of a symbolic link itself, not of its target', async () => {
  const { at, succeed } = makeVolume();
  fs.symlinkSync('target', at('store/link'));
  const text = await succeed('stat', 'VOL:/link');
  expect(text).toContain('type: link, 1 link\n');
  expect(text).toContain('/link -> target\n');
  expect(JSON.parse(await succeed('stat', '--json', 'VOL:/link'))).toMatchObject({
    type: 'link',
    target: 'target',
    size: 6,
    mtime: expect.stringMatching(/^\d{4}-.*\.\d{9}Z$/),
  });
});

it('glossa fs cat prints files one after the other, and reports a missing one', async () => {
  const { at, run, shorten } = makeVolume();
  fs.writeFileSync(at('store/a'), 'a\n');
  fs.writeFileSync(at('store/b'), 'b\n');
  const { status, out, err } = await run('cat', 'VOL:/a', 'VOL:/c', 'VOL:/b');
  expect({ status, out }).toEqual({ status: 1, out: 'a\nb\n' });
  expect(shorten(err)).toBe('glossa fs cat: VOL:/c: No such file or directory\n');
});

describe('glossa fs rm', () => {
  it('removes directories only with -r, and never the targets of symbolic links in them', async () => {
    const { at, run, succeed, shorten } = makeVolume();
    fs.mkdirSync(at('store/kept'));
    fs.writeFileSync(at('store/kept/file'), '');
    fs.mkdirSync(at('store/tree/sub'), { recursive: true });
    fs.symlinkSync('../kept', at('store/tree/link'));
    const { status, err } = await run('rm', 'VOL:/tree');
    expect([status, shorten(err)]).toEqual([
      1,
      'glossa fs rm: VOL:/tree: is a directory: use -r\n',
    ]);
    await succeed('rm', '-r', 'VOL:/tree/');
    expect(Object.keys(readTree(at('store')))).toEqual(['/kept', '/kept/file']);
    expect((await run('rm', 'VOL:/tree')).status).toBe(1);
    await succeed('rm', '-f', 'VOL:/tree');
  });

  it.each([[], ['-f']])(
    'refuses a symbolic link with a slash behind it, and leaves the directory behind the link, with -r %j',
    async (...force) => {
      const { at, run, shorten } = makeVolume();
      fs.mkdirSync(at('store/kept/sub'), { recursive: true });
      fs.writeFileSync(at('store/kept/file'), '');
      fs.symlinkSync('kept', at('store/link'));
      const { status, err } = await run('rm', '-r', ...force, 'VOL:/link/', 'VOL:/link//');
      expect(status).toBe(1);
      expect(shorten(err).split('\n')).toEqual([
        'glossa fs rm: VOL:/link/: Not a directory',
        'glossa fs rm: VOL:/link//: Not a directory',
        '',
      ]);
      expect(Object.keys(readTree(at('store')))).toEqual([
        ...['/kept', '/kept/file', '/kept/sub', '/link'],
      ]);
    },
  );

  it.each(['VOL:/', 'VOL://', 'VOL:/a/..', 'VOL:/a/../', 'VOL:/.'])(
    'refuses to remove the root of a volume by %s',
    async (operand) => {
      const { at, run } = makeVolume();
      fs.mkdirSync(at('store/a'));
      expect((await run('rm', '-r', operand)).status).toBe(2);
      expect(Object.keys(readTree(at('store')))).toEqual(['/a']);
    },
  );
});

describe('an operand of glossa fs', () => {
  it.each([
    ['a.vol:/x/y', 'a.vol:', 'a.vol', '/x/y'],
    ['/etc/a:/x:/y', '/etc/a:', '/etc/a', '/x:/y'],
    ['a.vol:/x:/y', 'a.vol:', 'a.vol', '/x:/y'],
    ['host:/data:/x', 'host:/data:', { host: 'host', port: 24007, volname: 'data' }, '/x'],
    ['host:99:/data:/', 'host:99:/data:', { host: 'host', port: 99, volname: 'data' }, '/'],
    ['[::1]:99:/data:/', '[::1]:99:/data:', { host: '::1', port: 99, volname: 'data' }, '/'],
    ['/local/x', '', null, '/local/x'],
  ])('%s is split into its source and its path', (text, prefix, source, path) => {
    expect(parseOperand(text)).toEqual({ text, prefix, source, path });
  });

  it.each([
    [['ls'], 'VOLFILE:/PATH is missing'],
    [['ls', 'a.vol'], "'a.vol' names no file of a volume: write 'a.vol:/' for its root"],
    [['cp', 'a'], 'TO is missing'],
    [['cp', 'a', 'b'], 'neither FROM nor TO is VOLFILE:/PATH: cp(1) copies local files'],
    [['cp', '-', '-'], 'neither FROM nor TO is VOLFILE:/PATH: cp(1) copies local files'],
    [['cp', '-', 'a.vol:/x', 'a.vol:/y'], '- is one file, and is copied to one file of a volume'],
    [['nothing'], "there is no 'fs nothing'"],
    [
      ['ls', 'host:0:/data:/'],
      "'host:0:/data:/' names no server: HOST, HOST:PORT or [IPV6]:PORT, not 'host:0'",
    ],
  ])('is refused with its reason: %j', async (words, message) => {
    const { status, err } = await runCommand(['fs', ...words]);
    expect(status).toBe(2);
    expect(err).toContain(`: ${message}\n`);
  });

  it('fails with the problems of a volfile that is missing or wrong', async () => {
    const { at, run, shorten } = makeVolume();
    const { status, err } = await run('ls', '@no.vol:/');
    expect(status).toBe(1);
    expect(shorten(err)).toContain('/no.vol');
    fs.writeFileSync(at('wrong.vol'), 'volume x\n    type storage/nothing\nend-volume\n');
    expect((await run('ls', '@wrong.vol:/')).err).toContain("'storage/nothing'");
    const server = await runCommand(['fs', 'ls', 'nowhere:/data']);
    expect(server.err).toContain('a volume of a server is HOST:/NAME:/PATH');
  });
});
