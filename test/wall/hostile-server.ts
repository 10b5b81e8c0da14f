/** Starts a server that is hostile (`escapes.cjs`), and returns the names of its attempts to leave that succeed. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { readFile, realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer, type Server } from 'node:net';
import { hostname } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { koffiPath } from '../../runtime/sys/koffi.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Caller } from '../support/client.ts';
import { type GlossaSettings, preloadOption, runGlossa, type Scratch } from '../support/mount.ts';
import { copyUnreachable } from '../support/user.ts';

const ESCAPES = join(import.meta.dirname, 'escapes.cjs');
/** The names of all attempts: what must fail (of root alone; on few kernels), and what is known to succeed. */
export const escapes = createRequire(import.meta.filename)(ESCAPES) as {
  readonly attempts: readonly string[];
  readonly ofRoot: readonly string[];
  readonly rare: readonly string[];
  readonly known: readonly string[];
  readonly knownOfRoot: readonly string[];
};

export type Thread = 'main' | 'pool' | 'worker';
type Escaped = Readonly<Record<Thread, readonly string[]>>;
export const THREADS: readonly Thread[] = ['main', 'pool', 'worker'];

export const isRoot = process.getuid?.() === 0;

/** Listens at an address until the test ends. */
async function listen(address: string | number): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => {
    if (typeof address === 'number') server.listen(address, '127.0.0.1', resolve);
    else server.listen(address, resolve);
  });
  return server;
}

/** Pads an abstract name, without its zero, to the length to which Node 20 pads it with zeros. */
const pad = (name: string): string => name.padEnd(107, '.');

/** Makes what the attempts aim at, beside the data folder. */
function makeTargets(scratch: Scratch, user: Caller | undefined): void {
  const outside = scratch.at('outside');
  const data = scratch.at('data');
  const files = ['secret', 'cut', ...THREADS.map((thread) => `to-move-${thread}`)];
  const folders = THREADS.flatMap((thread) => [`folder-${thread}`, `point-${thread}`]);
  for (const folder of [outside, data, ...['cache', 'home', 'mnt'].map((name) => scratch.at(name))])
    mkdirSync(folder);
  for (const folder of folders) mkdirSync(join(outside, folder));
  for (const thread of THREADS) mkdirSync(join(data, `point-${thread}`));
  for (const file of [...files, ...THREADS.map((thread) => `to-remove-${thread}`)])
    writeFileSync(join(outside, file), 'a secret of sixteen bytes');
  writeFileSync(join(data, 'program'), '#!/bin/sh\nexit 0\n');
  chmodSync(join(data, 'program'), 0o755);
  if (user === undefined) return;
  execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, scratch.path]);
  chownSync(scratch.path, user.uid, user.gid);
}

/** Serves a folder as a brick or a mount, with a flag; returns the attempts that succeed there, by thread. */
export async function tryEscapes(
  scratch: Scratch,
  command: 'brick' | 'client' | 'mount',
  flag: string,
  user?: Caller,
): Promise<Escaped> {
  makeTargets(scratch, user);
  scratch.owner = user;
  const [outside, data, programCache] = [
    scratch.at('outside'),
    scratch.at('data'),
    scratch.at('cache', 'glossa-program'),
  ];
  const port = await findFreePort();
  // A brick that connects to a server, itself, may use connect(2).
  const far =
    `volume far\n  type protocol/client\n  option remote-host 127.0.0.1\n  option remote-port ${port}\n` +
    '  option remote-subvolume disk\nend-volume\n';
  const isClient = command === 'client';
  const brick =
    `${isClient ? far : ''}volume brick\n  type protocol/server\n  option transport.socket.listen-port ${port}\n` +
    '  option auth.addr.disk.allow 127.0.0.1\n  option auth.addr.far.allow 127.0.0.1\n' +
    `  subvolumes disk${isClient ? ' far' : ''}\nend-volume\n`;
  const volfile = await scratch.writeFile(
    'brick.vol',
    `volume disk\n  type storage/posix\n  option directory ${data}\nend-volume\n${command === 'mount' ? '' : brick}`,
  );
  const abstractSocket = pad(scratch.at('abstract'));
  const controlSocket = pad(`glossa.listener.0-${process.pid}`);
  const servers = [
    await listen(0),
    await listen(scratch.at('unix')),
    await listen(`\0${abstractSocket}`),
    await listen(`\0${controlSocket}`),
  ];
  const as = user === undefined ? {} : { uid: user.uid, gid: user.gid };
  const secret = join(outside, 'secret');
  // One for each thread: a process has one tracer.
  const victims = THREADS.map((thread): [Thread, ChildProcess] => {
    const script = `cd ${outside} && exec sleep 600 < secret`;
    return [thread, spawn('/bin/sh', ['-c', script], { stdio: 'ignore', ...as })];
  });
  for (const [, victim] of victims) scratch.children.add(victim);
  const mounted: string[] = [];
  try {
    if (isRoot) {
      for (const thread of THREADS) {
        const point = join(outside, `mounted-${thread}`);
        mkdirSync(point);
        execFileSync('mount', ['-t', 'tmpfs', 'none', point]);
        mounted.push(point);
      }
    }
    if (user !== undefined) chmodSync(scratch.at('unix'), 0o777);
    const program: GlossaSettings = user ? await copyUnreachable(scratch, user) : {};
    const installation = existsSync(scratch.at('glossa')) ? scratch.at('glossa') : packageRoot;
    const preload = join(data, 'escapes.cjs');
    copyFileSync(ESCAPES, preload);
    chmodSync(preload, 0o644);
    const address = servers[0]!.address() as { port: number };
    const targets = {
      ...{ outside, data, secret, volfile, programCache, installation },
      koffi: join(installation, relative(packageRoot, koffiPath)),
      installed: join(installation, 'package.json'),
      node: program.node ?? process.execPath,
      loader: await findLoader(),
      pids: Object.fromEntries(victims.map(([thread, { pid }]) => [thread, pid])),
      hostname: hostname(),
      tcpPort: address.port,
      unixSocket: scratch.at('unix'),
      abstractSocket,
      controlSocket,
    };
    const [pidFile, mnt] = [scratch.at('home', 'pid'), scratch.at('mnt')];
    const started = await runGlossa(
      scratch,
      [
        ...(command === 'mount' ? ['mount', volfile, mnt] : ['brick', volfile]),
        flag,
        '-l',
        scratch.at('home', 'log'),
        '-p',
        pidFile,
      ],
      {
        ...program,
        env: {
          HOME: scratch.at('home'),
          XDG_CACHE_HOME: scratch.at('cache'),
          NODE_OPTIONS: preloadOption(preload),
          GLOSSA_ESCAPES: JSON.stringify(targets),
        },
      },
    );
    expect({ ...started, out: '' }).toEqual({ status: 0, signal: null, out: '', err: '' });
    const pid = Number(await readFile(pidFile, 'utf8'));
    try {
      writeFileSync(join(data, 'go'), '');
      while (!existsSync(join(data, 'escaped.json'))) {
        // Throws when the server has ended.
        process.kill(pid, 0);
        await delay(20);
      }
      return JSON.parse(await readFile(join(data, 'escaped.json'), 'utf8'));
    } finally {
      process.kill(pid, 'SIGTERM');
      // It removes its pid file, or empties it, at its end.
      while (existsSync(`/proc/${pid}/exe`)) await delay(20);
    }
  } finally {
    for (const server of servers) server.close();
    for (const [, victim] of victims) victim.kill('SIGKILL');
    for (const point of mounted) spawnSync('umount', ['-l', '-q', point]);
  }
}

/** Finds a TCP port that no process listens at. */
async function findFreePort(): Promise<number> {
  const server = await listen(0);
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Finds the program that loads Node's libraries. */
async function findLoader(): Promise<string> {
  const maps = await readFile('/proc/self/maps', 'utf8');
  return realpath(/\/\S*\/ld[-.]\S*$/m.exec(maps)?.[0] ?? process.execPath);
}
