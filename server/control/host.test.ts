/** What may come to the socket of a server, and what it answers. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EIO, ENODATA, ENOTCONN } from '../../runtime/core/errno.ts';
import type { Log } from '../../runtime/core/log.ts';
import type { Ending } from '../ending.ts';
import { defaultRunFolder } from '../run-files.ts';
import { ABOUT, type AboutRunning, END, SocketHost } from './host.ts';
import { askSocket } from './served.ts';

const folder = defaultRunFolder();
const path = join(folder, `${hostname()}.${process.pid}.sock`);
const about: AboutRunning = { what: 'brick', volfile: '/a.vol', listens: [] };
const bytes = (text: string): Uint8Array => Buffer.from(text);
let ended: string[];
let warnings: string[];
let host: SocketHost;

const open = (): Promise<SocketHost> =>
  SocketHost.open({
    about: () => about,
    answers: {
      get: (name) =>
        name === 'fails'
          ? async () => {
              throw new Error('no');
            }
          : name.startsWith('echo ')
            ? async () => bytes(name.slice(5))
            : undefined,
    },
    ending: { request: (why: string) => void ended.push(why) } as unknown as Ending,
    log: { warning: (text: string) => void warnings.push(text) } as unknown as Log,
  });

beforeEach(async () => {
  [ended, warnings] = [[], []];
  host = await open();
  expect(warnings).toEqual([]);
});
afterEach(() => host.close());

const say = async (what: string): Promise<Buffer> => {
  const socket = connect(path);
  socket.on('error', () => {});
  socket.write(what);
  return buffer(socket).catch(() => Buffer.alloc(0));
};

it('answers its user alone', async () => {
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(JSON.parse(Buffer.from((await askSocket(path, ABOUT)) as Uint8Array).toString())).toEqual(
    about,
  );
});

it('answers as often as it is asked, by many at once', async () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  for (let round = 0; round < 10; round++) {
    const asked = Array.from({ length: 100 }, (_, at) => `${round}.${at}${'x'.repeat(at * 10)}`);
    const answers = await Promise.all(asked.map((text) => askSocket(path, `echo ${text}`)));
    expect(answers.map(String)).toEqual(asked.map((text) => String(bytes(text))));
  }
  await expect.poll(descriptors).toBeLessThan(before + 100);
});

it.each([
  ['what it does not know', 'nonsense', -ENODATA],
  ['nothing', '', -ENODATA],
  ['what fails', 'fails', -EIO],
])('answers %s by an errno', async (_, name, errno) => {
  expect(await askSocket(path, name)).toBe(errno);
});

it('closes what never comes to an end', async () => {
  expect(await say('x'.repeat(2 ** 16))).toEqual(Buffer.alloc(0));
  expect((await say(`echo a\n${'x'.repeat(99)}`)).subarray(8).toString()).toBe('a');
});

it('is not kept by who does not ask, and who asks when it has ended hears so', async () => {
  const silent = connect(path);
  silent.on('error', () => {});
  await new Promise((resolve) => silent.once('connect', resolve));
  await host.close();
  expect(existsSync(path)).toBe(false);
  expect(await askSocket(path, ABOUT)).toBe(-ENOTCONN);
});

it('is ended once, by however many', async () => {
  const answers = await Promise.all(Array.from({ length: 9 }, () => askSocket(path, END)));
  for (const answer of answers) expect(answer).toEqual(Buffer.alloc(0));
  await new Promise(setImmediate);
  expect(ended).toEqual(['asked by glossa umount']);
});

it('removes what a killed server has left, and nothing else', async () => {
  await host.close();
  mkdirSync(folder, { recursive: true });
  // A process that is over, and has left its socket.
  const { pid } = spawnSync(process.execPath, [
    '-e',
    `require('net').createServer().listen('${folder}/${hostname()}.' + process.pid + '.sock', () => process.kill(process.pid, 'SIGKILL'))`,
  ]);
  const left = join(folder, `${hostname()}.${pid}.sock`);
  const others = [`elsewhere.${pid}.sock`, `${hostname()}.${pid}1.sock`].map((name) =>
    join(dirname(left), name),
  );
  for (const other of others) writeFileSync(other, '');
  try {
    expect(existsSync(left)).toBe(true);
    host = await open();
    expect(existsSync(left)).toBe(false);
    for (const other of others) expect(existsSync(other)).toBe(true);
  } finally {
    for (const other of others) rmSync(other);
  }
});
