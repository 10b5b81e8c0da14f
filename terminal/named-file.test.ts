import { execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { runCommand } from '../test/support/cli.ts';
import { withScratch } from '../test/support/mount.ts';
import { readNamedFile } from './named-file.ts';

const patience = { writerMs: 100, silenceMs: 100 };
const read = async (path: string, sizeMax = 100_000): Promise<string> => {
  const name = 'the file X';
  return (await readNamedFile(path, { name, sizeMax, timeLimits: patience })).toString();
};

it.each(['/dev/zero', '/dev/random', '/dev/null'])(
  'a file argument that is the device %s is refused unread',
  (path) =>
    expect(read(path)).rejects.toThrow('cannot read the file X: it is a device, and no file'),
);

it('a file argument that is a directory or a socket is refused with a message that says which', () =>
  withScratch(async (scratch) => {
    await expect(read(scratch.path)).rejects.toThrow('it is a directory, and no file');
    const server = createServer().listen(scratch.at('socket'));
    await expect(read(scratch.at('socket'))).rejects.toThrow('it is a socket, and no file');
    server.close();
  }));

it('a named pipe is read to its end, or refused when no program writes to it in time', () =>
  withScratch(async (scratch) => {
    const pipe = scratch.at('pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(read(pipe)).rejects.toThrow('cannot read the file X: nothing writes to this pipe');
    const writer = openSync(pipe, 'r+');
    await expect(read(pipe)).rejects.toThrow(/: it was silent for [\d.]+ s$/);
    closeSync(writer);
    // The writer comes later, pauses, and writes more than the pipe has room for.
    const script = 'exec >"$0"; printf a; sleep 0.02; head -c 70000 /dev/zero | tr "\\0" b';
    spawn('sh', ['-c', script, pipe]);
    const text = await readNamedFile(pipe, { name: 'X' });
    expect(text.toString()).toBe(`a${'b'.repeat(70_000)}`);
    spawn('sh', ['-c', 'head -c 200000 /dev/zero >"$0" 2>/dev/null', pipe]);
    await expect(readNamedFile(pipe, { name: 'X', sizeMax: 2 ** 16 })).rejects.toThrow(
      'cannot read X: it has more than 0.0625 MiB',
    );
  }));

it('a volfile of 100 MB is refused unread, with a message that gives the limit and its reason', () =>
  withScratch(async (scratch) => {
    const file = await scratch.writeFile('a.vol', '');
    // Sparse: it takes no room, and its size is told without reading it.
    truncateSync(file, 100e6);
    for (const name of ['check', 'graph', 'repl']) {
      const { status, err } = await runCommand([name, file]);
      expect({ status, err }).toEqual({
        status: 1,
        err:
          `glossa: cannot read the volfile ${file}: it has more than 8 MiB, which is the limit: ` +
          'it is held in memory as a whole, many times over\n',
      });
    }
  }));

it.each([
  ['check', '/dev/zero'],
  ['graph', '/dev/zero'],
  ['trace', '--read', '/dev/zero'],
  ['bench report', '/dev/zero'],
  ['mount', '/dev/zero', '/mnt', '--no-daemon', '--log-file=/dev/null'],
])('glossa %s %s ends with status 1 because its input is a device and no file', async (...args) => {
  const { status, err } = await runCommand(args.flatMap((word) => word.split(' ')));
  expect(status).toBe(1);
  expect(err).toMatch(/^glossa: cannot read .*: it is a device, and no file\n/m);
});
