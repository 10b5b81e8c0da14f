/** Starts `glossa api` for tests, and connects to it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { SocketClient } from './api-client.ts';
import { makeFolder } from './folder.ts';
import { GLOSSA } from './mount.ts';

const MEMORY = 'volume files\n    type storage/memory\nend-volume\n';

/** Makes a folder with the volfile `files.vol`. */
export function makeVolfileFolder(volfile = MEMORY): string {
  const folder = makeFolder();
  writeFileSync(join(folder, 'files.vol'), volfile);
  return folder;
}

/** Starts the command in the foreground; its descriptor 3 is a socket. */
export function startApi(folder: string, ...args: string[]): ChildProcess {
  const log = join(folder, 'log');
  const child = spawn(
    process.execPath,
    [GLOSSA, 'api', join(folder, 'files.vol'), '-N', '-l', log, ...args],
    { stdio: ['ignore', 'pipe', 'inherit', 'pipe'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Starts it at a socket in the folder, and waits until it listens. */
export async function listenApi(
  folder: string,
): Promise<{ readonly server: ChildProcess; readonly path: string }> {
  const path = join(folder, 'socket');
  const server = startApi(folder, '--socket', path);
  await once(server.stdout!, 'data');
  return { server, path };
}

export async function openSocket(path: string): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  onTestFinished(() => void socket.destroy());
  return socket;
}

export const connectTo = async (path: string): Promise<SocketClient> =>
  SocketClient.greet(await openSocket(path));
