/**
 * Runs GlusterFS's management daemon in its own namespaces: network, /run and /var/lib/glusterd;
 * its processes end with it.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { isSkipped } from './obstacle.ts';
import { isInstalled } from './tools.ts';

const PATIENCE_MS = 120_000;
const STEP_MS = 100;
/** GlusterFS takes no bricks at loopback addresses. */
export const HOST = '10.99.0.1';

const PRIVATE = ['/var/lib/glusterd', '/run', '/var/log/glusterfs'];

function findObstacle(): string {
  for (const program of ['glusterd', 'gluster', 'unshare', 'nsenter', 'ip', 'pgrep']) {
    if (!isInstalled(program)) return `${program} is not installed`;
  }
  return process.getuid?.() === 0 ? '' : 'only root can start the management daemon of GlusterFS';
}

/** Whether glusterd is missing here; prints the reason. */
export const isWithoutGlusterd = (): boolean =>
  isSkipped('the management daemon of GlusterFS', findObstacle());

export interface CommandResult {
  readonly status: number | null;
  readonly out: string;
}

export class Glusterd {
  private readonly child: ChildProcess;
  /** The id of the first process in the namespaces. */
  private readonly pid: number;

  private constructor(child: ChildProcess, pid: number) {
    this.child = child;
    this.pid = pid;
  }

  /** Returns when it answers. */
  static async start(): Promise<Glusterd> {
    const script = [
      'ip link set lo up',
      `ip addr add ${HOST}/32 dev lo`,
      ...PRIVATE.map((path) => `mkdir -p ${path} && mount -t tmpfs none ${path}`),
      'mkdir -p /run/gluster',
      'exec glusterd -N',
    ];
    const namespaces = ['-m', '-n', '-p', '--fork', '--kill-child', '--mount-proc'];
    const args = [...namespaces, 'sh', '-ec', script.join('\n')];
    const child = spawn('unshare', args, { stdio: 'ignore' });
    const end = performance.now() + PATIENCE_MS;
    for (;;) {
      const [inner] = findChildren(child.pid!);
      if (inner !== undefined) {
        const glusterd = new Glusterd(child, inner);
        if ((await glusterd.run('gluster', 'pool', 'list')).status === 0) return glusterd;
      }
      if (child.exitCode !== null || performance.now() > end) {
        child.kill('SIGKILL');
        throw new Error('glusterd does not start');
      }
      await delay(STEP_MS);
    }
  }

  /** A program in its namespaces. */
  spawn(program: string, ...args: readonly string[]): ChildProcess {
    const enter = ['-t', String(this.pid), '-m', '-n', '-p', '--', program, ...args];
    return spawn('nsenter', enter, { stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Runs a program in the namespaces to its end. */
  async run(program: string, ...args: readonly string[]): Promise<CommandResult> {
    const child = this.spawn(program, ...args);
    let out = '';
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => (out += text));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, out };
  }

  /** Runs a command of `gluster`. @throws {Error} with the command's message */
  async runGluster(...args: readonly string[]): Promise<string> {
    const { status, out } = await this.run('gluster', '--mode=script', ...args);
    if (status !== 0) throw new Error(`gluster ${args.join(' ')}: ${out}`);
    return out;
  }

  /** The volfiles that it has written for a volume, by their names. */
  async readVolfiles(volume: string): Promise<ReadonlyMap<string, string>> {
    const folder = `/var/lib/glusterd/vols/${volume}`;
    const { out } = await this.run('ls', folder);
    const names = out.split('\n').filter((name) => name.endsWith('.vol'));
    const texts = await Promise.all(names.map((name) => this.run('cat', `${folder}/${name}`)));
    return new Map(names.map((name, at) => [name, texts[at]!.out]));
  }

  async end(): Promise<void> {
    const { child } = this;
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
}

function findChildren(pid: number): number[] {
  const { stdout } = spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  return stdout.split('\n').filter(Boolean).map(Number);
}
