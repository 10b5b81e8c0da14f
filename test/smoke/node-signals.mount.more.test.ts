/**
 * Signals, options of Node and its interfaces in daemons, with each version of Node: they are started, and live, in
 * another way than a server that a test starts itself.
 */
import { readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listV8Flags, RUNTIME_FLAGS } from '../../runtime/sys/v8-flags.ts';
import {
  describeMounts,
  mountPoints,
  runGlossa,
  type Scratch,
  withScratch,
} from '../support/mount.ts';
import { nodes } from '../support/nodes.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };

const memory = (size: string): string =>
  `volume mem\n    type storage/memory\n    option size ${size}\nend-volume\n`;

const brick = `volume server
    type protocol/server
    option transport.socket.listen-port 0
    option auth.addr.mem.allow 127.0.0.1
    subvolumes mem
end-volume
`;

/** A kind of daemon: its command, with what it serves, and what its end leaves. */
const kinds = {
  mount: { volfile: memory('1MB'), args: ['mount', 'a.vol', 'mnt'] },
  brick: { volfile: memory('1MB') + brick, args: ['brick', 'a.vol'] },
} as const;

const end = (text: string): RegExp => RegExp(`${text}[\\s\\S]*: stopped\\n$`);

/** A daemon of a kind, served by a version of Node. */
class Daemon {
  readonly pid: number;
  private readonly scratch: Scratch;

  private constructor(scratch: Scratch) {
    this.scratch = scratch;
    this.pid = Number(readFileSync(scratch.at('pid'), 'utf8'));
    onTestFinished(({ task }) => {
      if (task.result?.state === 'fail') process.kill(this.pid, 'SIGKILL');
    });
  }

  static async start(scratch: Scratch, node: string, kind: keyof typeof kinds): Promise<Daemon> {
    const { volfile, args } = kinds[kind];
    await scratch.writeFile('a.vol', volfile);
    await scratch.makeFolder('mnt');
    // Tests search for lines: repeated ones must be written, too.
    const log = ['--log-file', 'log', '--log-buf-size', '0'];
    const files = [...log, '--pid-file', 'pid', '--statedump-path', 'dumps'];
    const { status, err } = await runGlossa(scratch, [...args, ...files], { node });
    expect({ status, err }).toEqual({ status: 0, err: '' });
    return new Daemon(scratch);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  readLog(): string {
    return readFileSync(this.scratch.at('log'), 'utf8');
  }

  /** Waits until the log has a text. */
  async logs(text: string | RegExp): Promise<void> {
    await expect.poll(() => this.readLog(), PATIENCE).toMatch(text);
  }

  /** Ends it; what it has logged at all, a crash and warnings of Node included, is harmless. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.signal(signal);
    await this.logs(end(`received ${signal}`));
    expect(this.readLog().match(/^(?!\[.* I |\+-|\s+\d+: ).+$/gm)).toBeNull();
    expect(readdirSync(this.scratch.path)).not.toContain('pid');
    expect(mountPoints()).not.toContain(this.scratch.at('mnt'));
  }
}

describe.each(nodes)('%s', (node) => {
  it('knows each flag of V8 that the program sets', () => {
    const known = listV8Flags(node);
    expect(RUNTIME_FLAGS.filter((flag) => !known.has(flag))).toEqual([]);
  });

  describeMounts('the daemon', () => {
    describe.each(['mount', 'brick'] as const)('of a %s', (kind) => {
      it.each(['SIGTERM', 'SIGINT'] as const)('ends at %s, and leaves nothing', (signal) =>
        withScratch(async (scratch) => {
          await (await Daemon.start(scratch, node, kind)).end(signal);
        }),
      );

      it('writes a statedump at each SIGUSR1', () =>
        withScratch(async (scratch) => {
          const daemon = await Daemon.start(scratch, node, kind);
          for (const count of [1, 2]) {
            daemon.signal('SIGUSR1');
            await daemon.logs(RegExp(`(wrote the statedump[\\s\\S]*){${count}}`));
          }
          const [name] = readdirSync(scratch.at('dumps'));
          const dump = readFileSync(join(scratch.at('dumps'), name!), 'utf8');
          expect(dump).toMatch(/^DUMP-START-TIME[\s\S]*\nDUMP-END-TIME: /);
          await daemon.end();
        }));

      it('opens its log again and reads its volfile again at SIGHUP', () =>
        withScratch(async (scratch) => {
          const daemon = await Daemon.start(scratch, node, kind);
          renameSync(scratch.at('log'), scratch.at('log.1'));
          await scratch.writeFile('a.vol', kinds[kind].volfile.replace('1MB', '2MB'));
          daemon.signal('SIGHUP');
          await expect.poll(() => readdirSync(scratch.path), PATIENCE).toContain('log');
          await daemon.logs(/reopened the log[\s\S]*new options for mem/);
          await daemon.end();
        }));

      it('is asked by commands, of this Node and of the tests', () =>
        withScratch(async (scratch) => {
          const daemon = await Daemon.start(scratch, node, kind);
          const name = kind === 'mount' ? 'mnt' : `${daemon.pid}`;
          for (const command of [['stats'], ['stats', 'statedump'], ['reload']])
            for (const asking of [{ node }, {}]) {
              const args = [...command, name];
              const { status, err } = await runGlossa(scratch, args, asking);
              expect({ args, status, err }).toEqual({ args, status: 0, err: '' });
            }
          await daemon.end();
        }));
    });
  });
});
