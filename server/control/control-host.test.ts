/** Questions on a server's control socket, and their answers. */
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Log } from '../../runtime/core/log.ts';
import type { Shutdown } from '../shutdown.ts';
import { ask, type NamedServer } from './control-client.ts';
import { ControlHost, makeCommonHandlers, type ServerDescription } from './control-host.ts';
import { findPeer, listSocketNames } from './control-socket.ts';

const kind = { mount: '0:999999' };
const about: ServerDescription = { what: 'brick', volfile: '/a.vol', listens: [] };
let ended: string[];
let warnings: string[];
let host: ControlHost;
let socket: string;

beforeEach(async () => {
  [ended, warnings] = [[], []];
  const ending = { request: (why: string) => void ended.push(why) } as unknown as Shutdown;
  const log = { warning: (said: string) => void warnings.push(said) } as unknown as Log;
  const questions = {
    ...makeCommonHandlers(() => about, ending),
    echo: (argument: unknown) => argument,
    fails: async () => {
      throw new Error('no room');
    },
  };
  host = await ControlHost.open(kind, questions, log);
  expect(warnings).toEqual([]);
  [socket = ''] = listSocketNames(kind);
});
afterEach(() => host.close());

const server = (): NamedServer => ({ operand: 'a.vol', socket });
const say = (what: string): Promise<string> => {
  const connection = connect(socket);
  connection.on('error', () => {});
  connection.write(what);
  return text(connection).catch(() => 'gone');
};

it('a control socket is found by its kind, and tells the client the server’s process and user', async () => {
  expect(listSocketNames(kind)).toHaveLength(1);
  expect(await findPeer(socket)).toEqual({ pid: process.pid, uid: process.geteuid!() });
  expect(await findPeer('\0glossa.none')).toBeNull();
  expect(await ask(server(), 'about')).toEqual(about);
});

it('the newest of ten servers for one device number is listed first, as the others are ending', async () => {
  const log = { warning: (said: string) => void warnings.push(said) } as unknown as Log;
  const hosts = [host];
  for (let n = 1; n < 10; n++) {
    hosts.push(await ControlHost.open(kind, { which: async () => n }, log));
    const [newest = ''] = listSocketNames(kind);
    expect(await ask({ operand: 'a.vol', socket: newest }, 'which')).toBe(n);
  }
  await Promise.all(hosts.slice(1).map((each) => each.close()));
  expect(warnings).toEqual([]);
});

it('a control socket answers 1,000 questions, 100 at once, and leaks no descriptor', async () => {
  const descriptors = (): number => readdirSync('/proc/self/fd').length;
  const before = descriptors();
  for (let round = 0; round < 10; round++) {
    const words = Array.from({ length: 100 }, (_, n) => `${round}.${n}${'ä'.repeat(n * 10)}`);
    const lines = words.map((argument) => `${JSON.stringify({ ask: 'echo', argument })}\n`);
    const answers = await Promise.all(lines.map(say));
    expect(answers.map((answer) => JSON.parse(answer).value)).toEqual(words);
  }
  await expect.poll(descriptors).toBeLessThan(before + 100);
});

it.each([
  ['a question that it does not know', 'nonsense', "this server does not answer 'nonsense'"],
  ['a name that every object has', 'toString', "this server does not answer 'toString'"],
  ['a question that fails', 'fails', 'no room'],
])('a control socket answers %s with an error message', async (_, name, why) => {
  await expect(ask(server(), name)).rejects.toThrow(why);
});

it('a control socket answers a question that is not JSON with an error, and closes on one without an end', async () => {
  expect(await say('hello\n')).toMatch(/^\{"error":".*JSON/);
  expect(await say('x'.repeat(2 ** 20))).toMatch(/^(gone)?$/);
  expect(await say(`{"ask":"about"}\n${'x'.repeat(99)}`)).toMatch(/^\{"value"/);
});

it('a control socket closes despite a silent client, and later questions fail as the server has ended', async () => {
  const silent = connect(socket);
  silent.on('error', () => {});
  await new Promise((resolve) => silent.once('connect', resolve));
  await host.close();
  expect(listSocketNames(kind)).toEqual([]);
  await expect(ask(server(), 'about')).rejects.toThrow('the server of a.vol has ended');
});

it('nine requests to end a server end it once', async () => {
  const answers = await Promise.all(Array.from({ length: 9 }, () => ask(server(), 'end')));
  for (const answer of answers) expect(answer).toBeNull();
  await new Promise(setImmediate);
  expect(ended).toEqual(['asked by glossa umount']);
});
