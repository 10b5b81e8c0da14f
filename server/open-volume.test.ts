import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../runtime/sys/paths.ts';
import { makeFolder } from '../test/support/folder.ts';
import { OpenError, Volume } from './index.ts';

const MEMORY = 'volume files\n    type storage/memory\nend-volume\n';

function newFolder(): string {
  const folder = makeFolder();
  return folder;
}

describe('Volume.open', () => {
  it('opens a volfile by its path, and resolves relative paths in it from its folder', async () => {
    const folder = newFolder();
    const posix = 'volume files\n    type storage/posix\n    option directory .\nend-volume\n';
    writeFileSync(join(folder, 'files.vol'), posix);
    await using volume = await Volume.open(join(folder, 'files.vol'));
    await volume.writeFile('/a', 'text');
    expect(await volume.readdir('/')).toContain('files.vol');
    expect(await volume.readFile('/a', 'utf8')).toBe('text');
  });

  it('opens the text of a volfile, with overrides', async () => {
    await using volume = await Volume.open(
      {
        volfile: `${MEMORY}\nvolume top\n    type debug/delay-gen\n    subvolumes files\nend-volume\n`,
      },
      { overrides: ['top.delay-duration=1', 'top.delay-percentage=100', 'top.enable=stat'] },
    );
    await volume.mkdir('/d');
    expect((await volume.stat('/d')).isDirectory()).toBe(true);
  });

  it.each<[string, Parameters<typeof Volume.open>[0], RegExp]>([
    ['a path without a file', '/absent/files.vol', /^cannot read the volfile \/absent\/files.vol/],
    ['an unknown type', { volfile: 'volume a\n  type storage/x\nend-volume\n' }, /<volfile>:2:8: /],
    [
      'a server that refuses',
      { host: '127.0.0.1', port: 1, volname: 'v' },
      /no volfile 'v' can be/,
    ],
    ['a list of no host', { host: [], volname: 'v' }, /^host names no server of volfiles$/],
  ])('refuses %s with an OpenError', async (_, source, message) => {
    const refusal = await Volume.open(source).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(OpenError);
    expect(refusal).toMatchObject({
      code: 'GLOSSA_OPEN_FAILED',
      message: expect.stringMatching(message),
    });
  });

  it.each([7, null, undefined, {}])(
    'refuses %j with a TypeError that names the allowed sources',
    async (source) => {
      await expect(Volume.open(source as never)).rejects.toThrow(
        new TypeError('a volume is opened from a path, { volfile }, { host, volname } or a graph'),
      );
    },
  );

  it('can be closed twice, and refuses every call after that', async () => {
    const volume = await Volume.open({ volfile: MEMORY });
    const file = await volume.open('/a', 'w');
    await volume.close();
    await volume.close();
    await expect(volume.stat('/')).rejects.toMatchObject({ code: 'GLOSSA_VOLUME_CLOSED' });
    await expect(file.stat()).rejects.toMatchObject({ code: 'GLOSSA_VOLUME_CLOSED' });
    expect(() => volume.fs.statSync('/')).toThrow(/volume 'files' is closed/);
  });

  it('returns a volume whose reload exchanges the graph while files stay open', async () => {
    const folder = newFolder();
    const path = join(folder, 'files.vol');
    const above = (type: string) =>
      `${MEMORY}\nvolume top\n    type ${type}\n    subvolumes files\nend-volume\n`;
    writeFileSync(path, above('debug/io-stats'));
    await using volume = await Volume.open(path);
    await using file = await volume.open('/a', 'w+');
    await file.write('before ');
    writeFileSync(path, above('performance/write-behind'));
    expect(await volume.reload()).toMatchObject({ ok: true });
    await file.write('after');
    expect(await volume.readFile('/a', 'utf8')).toBe('before after');
  });
});

describe('the log of a volume', () => {
  it('moves to another file and level while the volume is open, and is closed with the volume', async () => {
    const folder = newFolder();
    const [first, second] = [join(folder, 'first'), join(folder, 'second')];
    const path = join(folder, 'files.vol');
    writeFileSync(path, MEMORY);
    const openDescriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = openDescriptors();
    const volume = await Volume.open(path, { log: first, logLevel: 'INFO' });
    const kept = readFileSync(first, 'utf8');
    volume.setLog(second, 'INFO');
    writeFileSync(
      path,
      `${MEMORY}volume top\n    type debug/io-stats\n    subvolumes files\nend-volume\n`,
    );
    await volume.reload();
    expect(readFileSync(first, 'utf8')).toBe(kept);
    expect(readFileSync(second, 'utf8')).not.toBe('');
    expect(() => volume.setLog(join(folder, 'absent/log'))).toThrow(OpenError);
    expect(() => volume.setLog(first, 'LOUD')).toThrow('the log level LOUD is unknown');
    volume.setLog(undefined);
    volume.setLog(first);
    await volume.close();
    expect(openDescriptors()).toBeLessThanOrEqual(before);
  });
});

describe('a program with a volume', () => {
  /** Runs a module of JavaScript; returns its output, with standard error. */
  function run(code: string, ...flags: string[]): string {
    const entry = join(packageRoot, 'dist/server/index.js');
    const script = `import { Volume } from ${JSON.stringify(entry)};\n${code}`;
    const args = [...flags, '--input-type=module', '-e', script];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    return stdout + stderr;
  }

  const delayed = JSON.stringify(
    `${MEMORY}volume top\ntype debug/delay-gen\noption enable lookup\noption delay-duration 50000\n` +
      'option delay-percentage 100\nsubvolumes files\nend-volume\n',
  );

  it('stays alive while a call waits, and ends without close()', () => {
    const code = `const volume = await Volume.open({ volfile: ${delayed} });
      console.log((await volume.stat('/')).isDirectory());`;
    expect(run(code)).toBe('true\n');
  });

  it('ends after it has waited for a volume that does not come up', () => {
    const absent =
      'volume c\ntype protocol/client\noption remote-host 127.0.0.1\noption remote-port 1\n' +
      'option remote-subvolume b\nend-volume\n';
    const code = `const opening = Volume.open({ volfile: ${JSON.stringify(absent)} }, { upTimeout: 0.1 });
      console.log((await opening.catch((error) => error)).code);`;
    expect(run(code)).toBe('GLOSSA_OPEN_FAILED\n');
  });

  it.each([
    ['', "stat('/')"],
    [', and with an open file', "open('/a', 'w')"],
  ])('gets one warning for a volume that it drops without close()%s', (_, call) => {
    const code = `const drop = async () => void (await (await Volume.open({ volfile: ${JSON.stringify(MEMORY)} })).${call});
      await drop();
      for (let round = 0; round < 20; round += 1) {
        gc();
        await new Promise((resolve) => setImmediate(resolve));
      }`;
    const warnings = run(code, '--expose-gc').match(
      /volume 'files' was dropped without close\(\)/g,
    );
    expect(warnings).toHaveLength(1);
  });
});
