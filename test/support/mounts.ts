/** Mounts for tests, each with its own server process and complete cleanup. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdtempSync, readFileSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { detach } from './mount.ts';

/** Returns the reason why this machine cannot test mounts, or ''. */
export function findObstacle(): string {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK);
    return '';
  } catch {
    return 'needs /dev/fuse';
  }
}

export const isMounted = (path: string): boolean =>
  readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .some((line) => line.split(' ')[1] === path);

const SERVER = fileURLToPath(new URL('./mount-server.ts', import.meta.url));

export class MountServer {
  readonly mountpoint: string;
  private readonly child: ChildProcess;
  private readonly queue: unknown[] = [];
  private waiting: ((message: unknown) => void) | null = null;
  /** The standard error of the process. */
  log = '';

  constructor(kind: string, mountpoints: readonly string[], options: object) {
    this.mountpoint = mountpoints[0]!;
    this.child = fork(SERVER, [kind, mountpoints.join(':'), JSON.stringify(options)], {
      execArgv: ['--import', import.meta.resolve('tsx')],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.log += text;
    });
    this.child.on('message', (message) => this.push(message));
    this.child.once('exit', (code, signal) => this.push(`exit ${code ?? signal}`));
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The next message. */
  nextMessage(): Promise<unknown> {
    const message = this.queue.shift();
    if (message !== undefined) return Promise.resolve(message);
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  /** Says something, and waits for the next message. */
  ask(message: string): Promise<unknown> {
    this.child.send(message);
    return this.nextMessage();
  }

  kill(signal: NodeJS.Signals): Promise<unknown> {
    this.child.kill(signal);
    return this.nextMessage();
  }

  /** Ends the process, if it has not ended. */
  async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill('SIGKILL');
    await once(this.child, 'exit');
  }

  private push(message: unknown): void {
    if (this.waiting === null) this.queue.push(message);
    else {
      const { waiting } = this;
      this.waiting = null;
      waiting(message);
    }
  }
}

/** Folders and servers of a test file; `clean` takes all of them away. */
export class Mounts {
  private readonly folders: string[] = [];
  private readonly servers: MountServer[] = [];

  makeFolder(): string {
    const path = mkdtempSync(join(tmpdir(), 'glossa-mount-'));
    this.folders.push(path);
    return path;
  }

  /** Starts a server on new or given folders, without waiting for the mount. */
  start(kind: string, options: object = {}, mountpoints = [this.makeFolder()]): MountServer {
    const server = new MountServer(kind, mountpoints, options);
    this.servers.push(server);
    return server;
  }

  /** Starts a server that is expected to mount. */
  async mount(kind: string, options: object = {}, mountpoints?: string[]): Promise<MountServer> {
    const server = this.start(kind, options, mountpoints);
    const first = await server.nextMessage();
    if (first !== 'ready') throw new Error(`${String(first)}\n${server.log}`);
    return server;
  }

  async clean(): Promise<void> {
    for (const server of this.servers) await server.end();
    for (const path of this.folders) {
      while (isMounted(path)) detach(path);
      rmdirSync(path);
    }
    this.servers.length = 0;
    this.folders.length = 0;
  }
}
