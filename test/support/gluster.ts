/** Starts bricks and mounts of the real GlusterFS, and bricks of glossa. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerProcess } from '../../server/server-process.ts';
import {
  type CommandLine,
  findFreePort,
  isListening,
  type ServerSettings,
  startMountProcess,
  startServerProcess,
} from '../../server/start-server.ts';
import { GLOSSA, type Scratch, type StartSettings, startMount, type TestMount } from './mount.ts';
import { isSkipped } from './obstacle.ts';
import type { Kind } from './stacks.ts';
import { isInstalled } from './tools.ts';

export { findFreePort, isListening };

const PATIENCE_MS = 60_000;

/** Returns the reason why this machine cannot start a brick of GlusterFS, or ''. */
export function findBrickObstacle(): string {
  if (!isInstalled('glusterfsd')) return 'glusterfsd is not installed (glusterfs-server)';
  return process.getuid?.() === 0 ? '' : 'only root can start a brick of GlusterFS';
}

/** Returns the reason why this machine cannot start a program of libgfapi, or ''. */
export function findGfapiObstacle(): string {
  if (!isInstalled('python3')) return 'python3 is not installed (python3)';
  const { status } = spawnSync('python3', ['-c', "import ctypes; ctypes.CDLL('libgfapi.so.0')"]);
  return status === 0 ? '' : 'libgfapi.so.0 is not installed (libgfapi0)';
}

/** True if GlusterFS's bricks are missing here; prints the reason. */
export const isWithoutBricks = (): boolean => isSkipped('bricks of GlusterFS', findBrickObstacle());

export interface BrickSettings {
  /** The folder to serve; a new one by default. */
  readonly files?: string;
  /** The port; a free one by default. */
  readonly port?: number;
  /** Lines of storage/posix and of features/locks. */
  readonly posix?: Readonly<Record<string, string>>;
  readonly locks?: Readonly<Record<string, string>>;
  /** Types of volumes right above storage/posix, the lowest first, with their lines. */
  readonly above?: readonly (readonly [type: string, options: Readonly<Record<string, string>>])[];
  /** Lines of protocol/server. */
  readonly server?: Readonly<Record<string, string>>;
  /** Lines of features/upcall; without them, the brick has no such volume. */
  readonly upcall?: Readonly<Record<string, string>>;
  /** A command that executes the brick's, such as prlimit. */
  readonly wrapper?: readonly string[];
}

const renderOptions = (options: Readonly<Record<string, string>>): string =>
  Object.entries(options)
    .map(([key, value]) => `  option ${key} ${value}\n`)
    .join('');

const nameByType = (above: BrickSettings['above'] = []): readonly Volume[] =>
  above.map(([type, options]) => [type.split('/')[1]!, type, options]);

type Volume = readonly [name: string, type: string, options: Readonly<Record<string, string>>];

/** Renders a stack of volumes, the lowest first. */
const renderStack = (volumes: readonly Volume[]): string =>
  volumes
    .map(([name, type, options], at) => {
      const below = at === 0 ? '' : `  subvolumes ${volumes[at - 1]![0]}\n`;
      return `volume ${name}\n  type ${type}\n${renderOptions(options)}${below}end-volume\n`;
    })
    .join('\n');

const listenOptions = (port: number): Readonly<Record<string, string>> => ({
  'transport-type': 'tcp',
  'transport.socket.listen-port': String(port),
  'transport.socket.bind-address': '127.0.0.1',
  'auth.addr.brick.allow': '127.0.0.1',
});

/** Renders the volfile of a client, with features/utime, which sets the times of files. */
function renderClient(port: number): string {
  const options = {
    'remote-host': '127.0.0.1',
    'remote-port': String(port),
    'remote-subvolume': 'brick',
  };
  const client = `volume client\n  type protocol/client\n${renderOptions(options)}end-volume\n`;
  return `${client}volume utime\n  type features/utime\n  subvolumes client\nend-volume\n`;
}

/** The process of a brick, which a test ends and starts again. */
abstract class TestBrick {
  private server: ServerProcess | null = null;

  /** Starts the process, and waits until it serves. */
  abstract run(): Promise<void>;

  protected async startServer(
    settings: ServerSettings,
    isReady: () => Promise<boolean> | boolean,
  ): Promise<void> {
    this.server = (
      await startServerProcess({ ...settings, diesWithStarter: true }, isReady)
    ).process;
  }

  get pid(): number {
    return this.server!.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.server?.kill(signal);
  }

  /** Stops or continues the process: stopped, it keeps its connections, and sends no reply. */
  pause(isPaused: boolean): void {
    this.kill(isPaused ? 'SIGSTOP' : 'SIGCONT');
    if (isPaused) while (!isStopped(this.pid)) Atomics.wait(NEVER, 0, 0, 1);
  }

  /** Ends the process; returns its exit status, or null if it had ended already. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const { server } = this;
    this.server = null;
    if (server === null || server.hasEnded) return null;
    await server.end(signal, PATIENCE_MS);
    return (await server.whenExited).status;
  }
}

/** A brick that serves a folder as volume `brick`. Its own files are in `folder`. */
export class RealBrick extends TestBrick {
  readonly port: number;
  /** The folder that it serves. */
  readonly files: string;
  private readonly folder: string;
  private readonly wrapper: readonly string[];

  private constructor(folder: string, port: number, files: string, wrapper: readonly string[]) {
    super();
    this.folder = folder;
    this.port = port;
    this.files = files;
    this.wrapper = wrapper;
  }

  static async start(
    folder: string,
    {
      files = join(folder, 'files'),
      port,
      server = {},
      upcall,
      posix = {},
      locks = {},
      above,
      wrapper = [],
    }: BrickSettings = {},
  ): Promise<RealBrick> {
    const brick = new RealBrick(folder, port ?? (await findFreePort()), files, wrapper);
    mkdirSync(brick.files, { recursive: true });
    const text = renderStack([
      ['posix', 'storage/posix', { directory: brick.files, ...posix }],
      ...nameByType(above),
      ['locks', 'features/locks', locks],
      ...(upcall === undefined ? [] : [['upcall', 'features/upcall', upcall] as const]),
      ['brick', 'performance/io-threads', {}],
      ['server', 'protocol/server', { ...listenOptions(brick.port), ...server }],
    ]);
    writeFileSync(join(folder, 'brick.vol'), text);
    await brick.run();
    return brick;
  }

  get volfile(): string {
    return renderClient(this.port);
  }

  run(): Promise<void> {
    const { folder, port, wrapper } = this;
    const logFile = join(folder, 'log');
    const args = ['-N', '-f', join(folder, 'brick.vol'), '-l', logFile, '-p', join(folder, 'pid')];
    const commandLine = [...wrapper, 'glusterfsd', ...args] as unknown as CommandLine;
    return this.startServer({ commandLine, folder, logFile, title: 'the brick' }, () =>
      isListening(port),
    );
  }

  /** Its clients shall see no orderly end, unless a test sends another signal. */
  override end(signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
    return super.end(signal);
  }
}

/** A word that never changes: a wait for it sleeps. */
const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** True if all threads of a process are stopped, as the signal takes a moment to reach them (proc_pid_stat(5)). */
const isStopped = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/task`).every((thread) =>
    / [TtZX] /.test(
      readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1').replace(/^.*\)/s, ''),
    ),
  );

/** A brick of ours: `glossa brick` in the foreground. */
export class OurBrick extends TestBrick {
  port = 0;
  readonly log: string;
  private readonly path: string;

  private constructor(path: string) {
    super();
    this.path = path;
    this.log = `${path}.log`;
  }

  /** @param port where it listens; 0 for any */
  static async start(
    folder: string,
    name: string,
    text: (port: number) => string,
    port = 0,
  ): Promise<OurBrick> {
    const volfile = join(folder, `${name}.vol`);
    writeFileSync(volfile, text(port));
    const brick = new OurBrick(volfile);
    await brick.run();
    return brick;
  }

  /** Starts a brick that serves a folder as volume `brick`, with locks. */
  static serve(
    folder: string,
    files: string,
    {
      port = 0,
      upcall,
      above,
      posix = {},
      server = {},
    }: Pick<BrickSettings, 'port' | 'upcall' | 'above' | 'posix' | 'server'> = {},
  ): Promise<OurBrick> {
    const makeVolumes = (own: number): string =>
      renderStack([
        ['posix', 'storage/posix', { directory: files, ...posix }],
        ...nameByType(above),
        ...(upcall === undefined ? [] : [['upcall', 'features/upcall', upcall] as const]),
        ['brick', 'features/locks', {}],
        ['server', 'protocol/server', { ...listenOptions(own), ...server }],
      ]);
    return OurBrick.start(folder, 'ours', makeVolumes, port);
  }

  get volfile(): string {
    return renderClient(this.port);
  }

  run(): Promise<void> {
    const args = [GLOSSA, 'brick', this.path, '-N', '-l', this.log];
    const logFile = `${this.path}.out`;
    // The port of an earlier process.
    rmSync(logFile, { force: true });
    const commandLine = [process.execPath, ...args] as const;
    return this.startServer({ commandLine, logFile, title: 'the brick' }, () => {
      const [, port] = /:(\d+) .*\n/.exec(readFileSync(logFile, 'utf8')) ?? [];
      this.port = Number(port ?? this.port);
      return port !== undefined;
    });
  }

  get logged(): string {
    return readFileSync(this.log, 'utf8');
  }
}

/** Started bricks, with the volfile of their client. */
export interface Bricks {
  readonly volfile: string;
  end(): Promise<unknown>;
}

/** Mounts the volfile of a stack: by GlusterFS's client for the kind `real-client`, otherwise by glossa. */
export async function mountBy(
  kind: Kind,
  scratch: Scratch,
  volfile: string,
  brick: Bricks | null,
  settings: StartSettings = {},
): Promise<TestMount> {
  if (kind !== 'real-client' || !(brick instanceof OurBrick)) {
    return startMount(scratch, volfile, settings);
  }
  const mount = await RealMount.start(scratch.path, 'mnt', volfile);
  scratch.children.add(mount.child);
  return {
    path: mount.path,
    child: mount.child,
    log: () => brick.logged,
    async stop() {
      await mount.end();
      return brick.end();
    },
  };
}

/** A mount of GlusterFS's own client. */
export class RealMount {
  readonly path: string;
  readonly log: string;
  private readonly server: ServerProcess;

  private constructor(path: string, log: string, server: ServerProcess) {
    this.path = path;
    this.log = log;
    this.server = server;
  }

  /** @throws {Error} when it ends instead of being mounted */
  static async start(
    folder: string,
    name: string,
    volfile: string,
    more: readonly string[] = [],
  ): Promise<RealMount> {
    const [path, file] = [join(folder, name), join(folder, `${name}.client.vol`)];
    mkdirSync(path, { recursive: true });
    writeFileSync(file, volfile);
    const logFile = `${file}.log`;
    const args = ['-N', '-f', file, '-l', logFile, '--attribute-timeout=0', '--entry-timeout=0'];
    const commandLine = ['glusterfs', ...args, ...more, path] as const;
    const settings = { commandLine, folder, logFile, title: 'not mounted' };
    return new RealMount(path, logFile, (await startMountProcess(settings, path)).process);
  }

  get child(): ChildProcess {
    return this.server.child as ChildProcess;
  }

  get logged(): string {
    return readFileSync(this.log, 'utf8');
  }

  /** Runs a shell script in the mount; returns its output, with its status if it fails. */
  async runScript(script: string): Promise<string> {
    // spawn would block on a working directory in a mount that does not answer.
    const child = spawn('sh', ['-c', `cd ${this.path} && {\n${script}\n}`], {
      cwd: '/',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text) => (output += text));
    const [status] = await once(child, 'close');
    return status === 0 ? output : `${output}(status ${status})`;
  }

  /** Ends the client without a disconnect. */
  async kill(): Promise<void> {
    await this.server.end('SIGKILL');
  }

  async end(): Promise<void> {
    await this.server.end('SIGTERM', PATIENCE_MS);
  }
}
