/** `glossa top`: on a mount, on a terminal and in a pipe. */
import { spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { OTHER } from '../test/support/client.ts';
import {
  describeMounts,
  glossaCommand,
  NEGATIVE_VOLFILE,
  runGlossa,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';
import { isRoot } from '../test/support/posix.ts';
import { endUnmounter } from '../test/support/unmounter.ts';
import { prepareProgram } from '../test/support/user.ts';

/** Gives a program a terminal (util-linux). */
const hasScript = spawnSync('script', ['--version']).status === 0;
const PATIENCE = { timeout: 60_000, interval: 50 };
const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?1049l';

/** Runs glossa on a terminal of 80 columns and 24 lines; `stty` shows its state afterwards. */
function onTerminal(scratch: Scratch, args: string, env: NodeJS.ProcessEnv = {}) {
  const run = `stty cols 80 rows 24; ${glossaCommand} ${args}; echo "status $?"; stty -a`;
  const child = spawn('script', ['-qfc', run, '/dev/null'], {
    cwd: scratch.path,
    env: { ...process.env, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    stdio: 'pipe',
  });
  scratch.children.add(child);
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  return {
    child,
    ended,
    said: () => said,
    says: (text: string | RegExp) => vi.waitFor(() => expect(said).toMatch(text), PATIENCE),
    keys: (text: string) => void child.stdin.write(text),
  };
}

function expectRestored(said: string, status: number): void {
  expect(said.lastIndexOf(LEAVE)).toBeGreaterThan(said.lastIndexOf(ENTER));
  const after = said.slice(said.lastIndexOf(LEAVE));
  expect(after).toMatch(`status ${status}\r\n`);
  expect(after).toMatch(/[ ;]icanon\b/);
  expect(after).toMatch(/[ ;]echo\b/);
}

describeMounts('glossa top', () => {
  it('prints a single table, or JSON, when its output is not a terminal', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      const first = await runGlossa(scratch, ['top', 'mnt', '--interval', '0.1']);
      expect(first).toMatchObject({ status: 0, err: '' });
      expect(first.out).toMatch(
        /^VOLUME +TYPE +FOPS\/S +ERR\/S +MEDIAN +99 % +BUSY +SINCE +HIT +MEM$/m,
      );
      expect(first.out).toMatch(/^top +negative .*\nmem +memory /m);
      expect(first.out).not.toContain('\x1b');
      for (const line of first.out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      const watching = runGlossa(scratch, ['top', 'mnt', '--json', '--interval', '3']);
      let ended = false;
      void watching.then(() => {
        ended = true;
      });
      for (let at = 0; !ended; at++) await writeFile(join(mount.path, `f${at}`), 'text');
      const { status, out } = await watching;
      expect(status).toBe(0);
      const { volumes, ...rest } = JSON.parse(out);
      expect(rest).toMatchObject({ mountpoint: mount.path, pid: mount.child.pid });
      expect(rest.seconds).toBeGreaterThanOrEqual(2.5);
      const [top, mem] = volumes;
      expect([top.name, mem.name, mem.script]).toEqual(['top', 'mem', null]);
      const write = mem.fops.find(({ fop }: { fop: string }) => fop === 'WRITE');
      expect(write.fopsPerS).toBeGreaterThan(0);
      expect(write.p99Us).toBeGreaterThanOrEqual(write.medianUs);
      expect(await mount.stop()).toBe(0);
    }));

  it.runIf(hasScript)('updates its rows on a terminal, and restores the terminal at the end', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      const top = onTerminal(scratch, 'top mnt --interval 0.2', { NO_COLOR: '1' });
      await top.says('0 in flight');
      await top.says(/mem +memory/);
      top.keys('f');
      await top.says(/VOLUME +FOP /);
      top.keys('s');
      await top.says('by fops');
      top.keys('h');
      await top.says('Ctrl-L');
      // Without job control it cannot be stopped, and continues.
      top.keys('\x1a');
      await vi.waitFor(() => expect(top.said().split(ENTER).length).toBeGreaterThan(2), PATIENCE);
      top.keys('\x1bq');
      top.keys('q');
      const said = await top.ended;
      expectRestored(said, 0);
      // Colours end with this letter.
      expect(said.split('\x1b').filter((part) => /^\[[0-9;]+m/.test(part))).toEqual([]);
      const other = onTerminal(scratch, 'top mnt');
      await other.says(/mem +memory/);
      other.keys('\x03');
      expectRestored(await other.ended, 0);
      expect(await mount.stop()).toBe(0);
    }),
  );

  it.runIf(hasScript)('shows that the mount was unmounted or does not answer', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      const top = onTerminal(scratch, 'top mnt --interval 0.2');
      await top.says(/mem +memory/);
      mount.child.kill('SIGSTOP');
      await top.says(/mnt has not answered for \d+ s/);
      mount.child.kill('SIGCONT');
      expect(await mount.stop()).toBe(0);
      const said = await top.ended;
      expectRestored(said, 1);
      expect(said).toMatch('glossa: mnt was unmounted\r\n');
      const second = await startMount(scratch, NEGATIVE_VOLFILE);
      const again = onTerminal(scratch, 'top mnt --interval 0.2');
      await again.says(/mem +memory/);
      await endUnmounter(second.path);
      second.child.kill('SIGKILL');
      expect(await again.ended).toMatch('glossa: the server of mnt has ended');
    }),
  );

  it('ends when the program that reads its output ends, or at a signal', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      const program = glossaCommand;
      const piped = scratch.startClient(
        scratch.path,
        `${program} top mnt --interval 0.1 | head -n 1; ${program} top mnt --interval 0.1 --json | head -n 1`,
      );
      const { out, err } = await piped.outcome;
      const [head, json] = out.trimEnd().split('\n');
      expect([head, json, err]).toEqual([expect.stringContaining('mnt'), '{', '']);
      const top = await scratch.startClient(
        scratch.path,
        `timeout --preserve-status -s TERM 3 ${program} top mnt --interval 1000`,
      ).outcome;
      expect(top).toMatchObject({ status: 143 });
      expect(await mount.stop()).toBe(0);
    }));

  it('refuses invalid intervals and folders where nothing is mounted', () =>
    withScratch(async (scratch) => {
      for (const [args, status, says] of [
        [['top', '.'], 1, 'nothing is mounted there'],
        [['top'], 2, 'MNT|BRICK is missing'],
        [['top', '.', '--interval', '0'], 2, '--interval takes 0.1 to 3600 seconds'],
        [['stats', '.', '3'], 2, "unexpected '3'"],
        [['stats', '.', '--profile', '--reset'], 2, 'give only one of --profile and --reset'],
      ] as const) {
        const found = await runGlossa(scratch, [...args]);
        expect([found.status, found.err]).toEqual([status, expect.stringContaining(says)]);
      }
    }));

  it.runIf(isRoot)('fails for users other than root and the user who mounted', () =>
    withScratch(async (scratch) => {
      const other = await prepareProgram(scratch, OTHER);
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      expect(await runGlossa(scratch, ['top', 'mnt'], other)).toMatchObject({
        status: 1,
        out: '',
        err: 'glossa: only root and the user who mounted mnt may ask its server\n',
      });
      expect(await mount.stop()).toBe(0);
    }),
  );
});
