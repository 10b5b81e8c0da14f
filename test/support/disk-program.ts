/** Runs the program of the disk example, for tests with clients of others and with kills. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { findFreePort } from '../../server/start-server.ts';
import { makeFolder } from './folder.ts';
import { isWithoutBricks, OurBrick, RealBrick } from './gluster.ts';
import { NbdClient } from './nbd-client.ts';

const PROGRAM = join(packageRoot, 'dist/examples/disk/disk.js');
/** Name of the disk. */
const DISK = 'disk';

/** A process that has a connection to a server, and passes all bytes on from its input, and to its output. */
const RELAY = `const socket = require('node:net').connect(process.argv[1]);
process.stdin.pipe(socket);
socket.pipe(process.stdout);
socket.on('error', () => process.exit(1)).on('close', () => process.exit());`;

export class DiskProgram {
  /** Removed at the end of the test. */
  readonly folder: string;
  readonly socket: string;
  /** Output of the servers. */
  log = '';
  private readonly volfile: string;

  constructor() {
    this.folder = makeFolder();
    mkdirSync(join(this.folder, 'chunks'));
    this.volfile = join(this.folder, 'disk.vol');
    this.socket = join(this.folder, 'socket');
    copyFileSync(join(packageRoot, 'examples/disk/disk.vol'), this.volfile);
  }

  /** Sets the volume of the chunks, instead of the example's. */
  setVolfile(text: string): void {
    writeFileSync(this.volfile, text);
  }

  /** Runs a command to its end. @returns its output, errors included */
  async run(command: string, ...args: string[]): Promise<string> {
    const child = this.spawn(command, args);
    let out = '';
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (data) => {
        out += data;
      });
    await once(child, 'close');
    return out;
  }

  /** Starts a command. */
  spawn(command: string, args: readonly string[] = []): ChildProcess {
    return spawn(process.execPath, [PROGRAM, command, this.volfile, DISK, ...args], {
      cwd: packageRoot,
    });
  }

  /** Starts a server at `socket`, and returns when it serves. It ends with the test. */
  serve(owner: string, ...args: string[]): Promise<ChildProcess> {
    return this.serveAt(this.socket, owner, ...args);
  }

  /** Starts a server as `serve` does, at another socket. */
  async serveAt(socket: string, owner: string, ...args: string[]): Promise<ChildProcess> {
    const child = this.spawn('serve', ['--socket', socket, '--owner', owner, ...args]);
    onTestFinished(() => end(child));
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (data) => {
        this.log += data;
      });
    const served = once(child.stdout!, 'data');
    const ended = once(child, 'close').then(() => {
      throw new Error(`the server has ended: ${this.log}`);
    });
    ended.catch(() => {});
    await Promise.race([served, ended]);
    return child;
  }

  /** Opens a connection to a server. */
  async connect(socket = this.socket): Promise<NbdClient> {
    const client = await NbdClient.open(socket);
    onTestFinished(() => client.close());
    await client.go(DISK);
    return client;
  }

  /** Opens a connection that belongs to a process of its own, and ends with it. */
  async connectByProcess(): Promise<{ readonly client: NbdClient; readonly child: ChildProcess }> {
    const stdio = ['pipe', 'pipe', 'inherit'] as const;
    const child = spawn(process.execPath, ['-e', RELAY, this.socket], { stdio: [...stdio] });
    onTestFinished(() => end(child));
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    child.once('close', () => stream.destroy());
    const client = await NbdClient.over(stream);
    await client.go(DISK);
    return { client, child };
  }
}

/** Kills a process, and waits for its end. */
export async function end(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await once(child, 'exit');
}

const BRICKS = ['our brick', 'a brick of GlusterFS'] as const;

/** Lists the kinds of bricks that this machine can start. */
export const listBricks = (): (typeof BRICKS)[number][] =>
  BRICKS.filter((name) => name === 'our brick' || !isWithoutBricks());

/** Starts a brick, and sets the program's volume to it. The brick ends with the test. */
export async function startOnBrick(
  name: (typeof BRICKS)[number],
): Promise<{ program: DiskProgram; volfile: string; brick: OurBrick | RealBrick }> {
  const program = new DiskProgram();
  const files = join(program.folder, 'files');
  mkdirSync(files);
  const upcall = { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '60' };
  // A restarted brick has the same port.
  const settings = { files, port: await findFreePort(), upcall };
  const brick =
    name === 'our brick'
      ? await OurBrick.serve(program.folder, files, settings)
      : await RealBrick.start(program.folder, settings);
  onTestFinished(async () => void (await brick.end('SIGKILL')));
  const volfile = `${brick.volfile}volume watch
  type features/watch
  subvolumes utime
end-volume
`;
  program.setVolfile(volfile);
  return { program, volfile, brick };
}
