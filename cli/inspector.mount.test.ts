/** SIGUSR1, which operators send for a statedump, never opens Node's inspector, however early. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { listNoInspectorOptions } from '../runtime/sys/inspector.ts';
import {
  describeMounts,
  mountPoints,
  runGlossa,
  type Scratch,
  withScratch,
} from '../test/support/mount.ts';

const PATIENCE = { timeout: 60_000, interval: 20 };
const USR1 = 1n << 9n;
const LISTENING = '0A';

const volfile = 'volume mem\n    type storage/memory\nend-volume\n';

/** Whether Node has started so far that the signal no longer ends the process. */
function hears(pid: number): boolean {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (BigInt(`0x${/^SigCgt:\s*(\w+)/m.exec(status)![1]}`) & USR1) !== 0n;
}

/** Sends the signal as soon as it no longer ends the process. */
function signal(pid: number): void {
  const end = Date.now() + PATIENCE.timeout;
  while (!hears(pid)) if (Date.now() > end) throw new Error(`${pid} never listens`);
  process.kill(pid, 'SIGUSR1');
}

/** The TCP ports that a process listens on, in hexadecimal. */
function ports(pid: number): string[] {
  const own = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
    } catch {
      // It was closed since.
      return undefined;
    }
  });
  const lines = readFileSync(`/proc/${pid}/net/tcp`, 'utf8').trim().split('\n').slice(1);
  const sockets = lines.map((line) => line.trim().split(/\s+/));
  return sockets
    .filter((words) => words[3] === LISTENING && own.includes(words[9]))
    .map((words) => words[1]!);
}

const mounted = (point: string) =>
  vi.waitFor(() => expect(mountPoints()).toContain(point), PATIENCE);

async function prepare(scratch: Scratch): Promise<string> {
  await scratch.writeFile('mem.vol', volfile);
  return scratch.makeFolder('mnt');
}

describeMounts('SIGUSR1', () => {
  it("opens no port of Node's inspector in a mount that runs in the foreground", () =>
    withScratch(async (scratch) => {
      const point = await prepare(scratch);
      let pid = 0;
      const onStart = (child: { readonly pid?: number | undefined }): void => {
        pid = child.pid!;
        signal(pid);
      };
      const args = ['mount', '-N', '-l', 'log', '--statedump-path', 'dumps', 'mem.vol', 'mnt'];
      const ended = runGlossa(scratch, args, { onStart, patience: 0 });
      await mounted(point);
      expect(ports(pid)).toEqual([]);
      process.kill(pid, 'SIGUSR1');
      await vi.waitFor(
        async () => expect(await readFile(scratch.at('log'), 'utf8')).toMatch('statedump'),
        PATIENCE,
      );
      expect(ports(pid)).toEqual([]);
      expect((await runGlossa(scratch, ['umount', 'mnt'])).status).toBe(0);
      expect((await ended).status).toBe(0);
    }));

  it("opens no port of Node's inspector in the daemon of a mount, not even while Node starts", () =>
    withScratch(async (scratch) => {
      const point = await prepare(scratch);
      let daemon = 0;
      const args = ['mount', '-l', 'log', '-p', 'pid', 'mem.vol', 'mnt'];
      const onStart = async ({ pid }: { readonly pid?: number | undefined }) => {
        await vi.waitFor(
          () => {
            const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
            const isServer = (id: string): boolean =>
              id !== '' &&
              readFileSync(`/proc/${id}/cmdline`, 'utf8').includes(listNoInspectorOptions()[0]!);
            daemon = Number(children.find(isServer));
            expect(daemon).toBeGreaterThan(0);
          },
          { ...PATIENCE, interval: 1 },
        );
        signal(daemon);
      };
      let signalled: Promise<void> | undefined;
      const start = await runGlossa(scratch, args, {
        onStart: (child) => {
          signalled = onStart(child);
        },
      });
      await signalled;
      expect(start).toMatchObject({ status: 0, err: '' });
      await mounted(point);
      expect(await readFile(scratch.at('pid'), 'utf8')).toBe(`${daemon}\n`);
      expect(ports(daemon)).toEqual([]);
      expect(await readFile(scratch.at('log'), 'utf8')).not.toMatch(/Debugger listening/);
      expect((await runGlossa(scratch, ['umount', 'mnt'])).status).toBe(0);
    }));
});
