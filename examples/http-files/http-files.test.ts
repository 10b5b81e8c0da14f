import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../test/support/folder.ts';

const folder = makeFolder();
copyFileSync(join(import.meta.dirname, 'http-files.vol'), join(folder, 'http-files.vol'));
mkdirSync(join(folder, 'files'));

const server = spawn(
  process.execPath,
  [join(import.meta.dirname, 'server.mjs'), join(folder, 'http-files.vol')],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
let url = '';
beforeAll(async () => {
  url = String((await once(server.stdout, 'data'))[0]).trim();
});
afterAll(async () => {
  server.kill('SIGTERM');
  const [status] = await once(server, 'exit');
  expect(status).toBe(0);
});

/** The status of a reply, and its text. */
async function send(path: string, method = 'GET', body?: string): Promise<[number, string]> {
  const reply = await fetch(url + path, { method, body: body ?? null });
  return [reply.status, await reply.text()];
}

const listFiles = (): string[] =>
  readdirSync(join(folder, 'files')).filter((name) => name !== '.glusterfs');

describe('the files of a volume served over HTTP', () => {
  it('can be written, listed, read and removed', async () => {
    mkdirSync(join(folder, 'files/sub'));
    expect(await send('a b', 'PUT', 'text')).toEqual([201, '']);
    expect(await send('')).toEqual([200, 'a b\nsub/\n']);
    expect(await send('a%20b')).toEqual([200, 'text']);
    const head = await fetch(`${url}a%20b`, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe('4');
    expect(await send('empty', 'PUT', '')).toEqual([201, '']);
    expect(await send('empty')).toEqual([200, '']);
    expect(await send('empty', 'DELETE')).toEqual([204, '']);
    expect(await send('a b', 'DELETE')).toEqual([204, '']);
    expect(await send('a b')).toEqual([404, "ENOENT: no such file or directory, stat '/a b'\n"]);
  });

  it.each([
    ['PUT', 'a directory', 'sub', 409],
    ['DELETE', 'a directory', 'sub', 409],
    ['PUT', 'a path below no directory', 'a/b/c', 404],
    ['GET', 'a path with a NUL', '%00', 400],
    ['GET', 'a wrong escape', '%zz', 400],
    ['POST', 'a file', 'a', 405],
    ['PUT', 'a name that is too long', 'x'.repeat(300), 414],
  ])('are not changed by a refused request: %s of %s', async (method, _, path, status) => {
    const [received] = await send(path, method, method === 'PUT' ? 'text' : undefined);
    expect(received).toBe(status);
    expect(listFiles()).toEqual(['sub']);
  });

  it('keep their content when the connection breaks during an upload', async () => {
    writeFileSync(join(folder, 'files/kept'), 'before');
    const upload = request(`${url}kept`, { method: 'PUT', headers: { 'content-length': 100 } });
    upload.on('error', () => {});
    upload.write('only a part');
    await expect.poll(listFiles).toContainEqual(expect.stringMatching(/^kept\..*\.part$/));
    upload.destroy();
    await expect.poll(listFiles).toEqual(['kept', 'sub']);
    expect(await send('kept')).toEqual([200, 'before']);
  });
});
