import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { writePlayground } from '../apps/playground/playground-folder.ts';
import { runCommand } from '../test/support/cli.ts';
import { makeFolder } from '../test/support/folder.ts';

const files = async () =>
  new Map([
    ['index.html', '<p>'],
    ['parts/a.js', '1'],
  ]);

describe('glossa playground', () => {
  let folder: string;
  beforeEach(() => {
    folder = makeFolder();
  });

  it('writes a new folder with --out, and overwrites its own files', async () => {
    const out = join(folder, 'new');
    await writePlayground(out, files);
    await writePlayground(out, async () => new Map([['index.html', '<p>again']]));
    expect(readFileSync(join(out, 'index.html'), 'utf8')).toBe('<p>again');
    expect(existsSync(join(out, 'parts/a.js'))).toBe(false);
  });

  it('refuses a folder with other files for --out, and does not change them', async () => {
    writeFileSync(join(folder, 'index.html'), 'mine');
    await expect(writePlayground(folder, files)).rejects.toThrow(/has other files in it/);
    expect(readFileSync(join(folder, 'index.html'), 'utf8')).toBe('mine');
  });

  it('removes no files from the --out folder but those that it wrote there', async () => {
    const out = join(folder, 'new');
    writeFileSync(join(folder, 'mine'), '');
    await writePlayground(out, files);
    writeFileSync(join(out, 'glossa-playground.json'), '["../mine"]');
    writeFileSync(join(out, 'mine'), '');
    await writePlayground(out, files);
    expect(existsSync(join(folder, 'mine'))).toBe(true);
    expect(existsSync(join(out, 'mine'))).toBe(true);
  });

  it('ends with a message when the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      const { status, err } = await runCommand(['playground', '--port', String(port)]);
      expect(status).toBe(1);
      expect(err).toContain(`cannot serve at 127.0.0.1:${port}: `);
    } finally {
      server.close();
    }
  });

  it.each([
    [['--port', '70000'], '--port takes a number up to 65535'],
    [['--port', '1', '--out', 'x'], 'use either --port or --out, not both'],
    [['file'], "unexpected 'file'"],
  ])('refuses the options %j', async (args, why) => {
    const { status, err } = await runCommand(['playground', ...args]);
    expect(status).toBe(2);
    expect(err).toContain(why);
  });
});
