/** Bricks of the real GlusterFS, as programs of the test's. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 60_000;
const STEP_MS = 20;

/** A port of this machine that is free at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // It does not listen yet.
    return false;
  } finally {
    socket.destroy();
  }
}

export interface BrickSettings {
  /** Lines of protocol/server. */
  readonly server?: Readonly<Record<string, string>>;
  /** Lines of a volume features/upcall, which is there when they are. */
  readonly upcall?: Readonly<Record<string, string>>;
}

const lines = (options: Readonly<Record<string, string>>): string =>
  Object.entries(options)
    .map(([key, value]) => `  option ${key} ${value}\n`)
    .join('');

/** A brick that serves `FOLDER/files` as volume `brick`. */
export class RealBrick {
  readonly port: number;
  /** What it serves. */
  readonly files: string;
  private readonly folder: string;
  private child: ChildProcess | null = null;

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.port = port;
    this.files = join(folder, 'files');
  }

  static async start(
    folder: string,
    { server = {}, upcall }: BrickSettings = {},
  ): Promise<RealBrick> {
    const brick = new RealBrick(folder, await freePort());
    mkdirSync(brick.files, { recursive: true });
    const own = {
      'transport-type': 'tcp',
      'transport.socket.listen-port': String(brick.port),
      'transport.socket.bind-address': '127.0.0.1',
      'auth.addr.brick.allow': '127.0.0.1',
    };
    const volumes = [
      ['posix', 'storage/posix', lines({ directory: brick.files })],
      ['locks', 'features/locks', ''],
      ...(upcall === undefined ? [] : [['upcall', 'features/upcall', lines(upcall)]]),
      ['brick', 'performance/io-threads', ''],
      ['server', 'protocol/server', lines({ ...own, ...server })],
    ] as const;
    const text = volumes.map(([name, type, options], at) => {
      const below = at === 0 ? '' : `  subvolumes ${volumes[at - 1]![0]}\n`;
      return `volume ${name}\n  type ${type}\n${options}${below}end-volume\n`;
    });
    writeFileSync(join(folder, 'brick.vol'), text.join('\n'));
    await brick.run();
    return brick;
  }

  /** Starts its process, and returns when it listens. */
  async run(): Promise<void> {
    const { folder, port } = this;
    const args = ['-N', '-f', join(folder, 'brick.vol'), '-l', join(folder, 'log')];
    const child = spawn('glusterfsd', [...args, '-p', join(folder, 'pid')], { stdio: 'ignore' });
    this.child = child;
    const end = performance.now() + PATIENCE_MS;
    while (!(await isListening(port))) {
      if (child.exitCode !== null || performance.now() > end) {
        throw new Error(`the brick does not start:\n${readFileSync(join(folder, 'log'), 'utf8')}`);
      }
      await delay(STEP_MS);
    }
  }

  async end(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await once(child, 'exit');
  }

  /** Stops it, or lets it go on: it is there, and says nothing. */
  pause(isPaused: boolean): void {
    this.child?.kill(isPaused ? 'SIGSTOP' : 'SIGCONT');
  }
}
