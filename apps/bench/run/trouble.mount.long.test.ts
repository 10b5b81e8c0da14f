/** Interruptions and obstacles of a bench: it keeps the rounds so far and cleans up. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import {
  benchVolfile,
  expectClean,
  onceTrue,
  readCommandLine,
  readOutput,
  runBench,
  runShortBench,
} from '../../../test/support/bench-runs.ts';
import {
  describeMounts,
  glossaCommand,
  startMount,
  withScratch,
} from '../../../test/support/mount.ts';
import { parseRun, type StackResult } from '../engine/schema.ts';
import { Workspace } from './workspace.ts';

/** The program `script` (util-linux) provides a terminal. */
const hasScript = spawnSync('script', ['--version']).status === 0;
const MEMORY = 'volume memory\n type storage/memory\nend-volume\n';
/** Time limit of a test. */
const TIMEOUT_MS = 150_000;

const fileSize = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

const roundCount = ({ measured }: StackResult): number | undefined => measured?.rounds.length;

describeMounts('glossa bench in trouble', () => {
  it(
    "measures a stack with the name of one of the bench's own folders",
    () =>
      withScratch(async (scratch) => {
        for (const name of ['a', 'plain', 'stacks']) {
          await scratch.writeFile(`${name}.vol`, benchVolfile());
        }
        const args = ['a.vol', 'plain.vol', 'stacks.vol', '-w', 'hit,smallfile'];
        const result = await runShortBench(scratch, args);
        expect(result.err).toBe('');
        expect(result.status).toBe(0);
        const { workloads } = readOutput(result);
        expect(workloads.map(({ results }) => results.map(roundCount))).toEqual([
          [6, 6, 6],
          [6, 6, 6],
        ]);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it(
    'measures the other stacks when one has no space for its files',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        // The name of its mount point would exceed NAME_MAX.
        const long = 'n'.repeat(253);
        await scratch.writeFile(long, benchVolfile());
        const result = await runShortBench(scratch, ['a.vol', long, '-w', 'miss,hit']);
        expect(result.status).toBe(1);
        expect(result.err).toContain(`failed: ${long}: ENAMETOOLONG`);
        const { partial, workloads } = readOutput(result);
        expect(partial).toBe(true);
        expect(workloads.map(({ name }) => name)).toEqual(['miss', 'hit']);
        for (const { results } of workloads) {
          expect(results.map(roundCount)).toEqual([6, undefined]);
          expect(results[1]!.missing).toContain('ENAMETOOLONG');
        }
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it.runIf(hasScript)(
    'writes the rounds so far and unmounts after Ctrl-C',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        const flags = '-w miss --rounds 100000 --duration 0.01 --data . --out report';
        const line = `exec ${glossaCommand} bench a.vol a.vol ${flags}`;
        const child = spawn('script', ['-qefc', line, '/dev/null'], {
          cwd: scratch.path,
          env: { ...process.env, TMPDIR: scratch.path, NO_COLOR: '1', TERM: 'dumb' },
          stdio: 'pipe',
          timeout: TIMEOUT_MS - 30_000,
        });
        scratch.children.add(child);
        let hasExited = false;
        const exited = new Promise((resolve) => child.once('exit', resolve));
        void exited.then(() => {
          hasExited = true;
        });
        let output = '';
        child.stdout.on('data', (chunk) => {
          output += String(chunk);
        });
        // Rounds 1 and 2 of both stacks are over then.
        while (!output.includes('round 3 of') && !hasExited) await delay(5);
        // Ctrl-C: the terminal sends SIGINT to its whole process group.
        child.stdin.write('\x03');
        await exited;
        expect(child.exitCode, output).toBe(130);
        const written = readFileSync(scratch.at('report/run.json'), 'utf8');
        const { partial, workloads } = parseRun(written, 'run.json');
        expect(partial).toBe(true);
        for (const result of workloads[0]!.results) {
          expect(roundCount(result)).toBeGreaterThanOrEqual(2);
          expect(roundCount(result)).toBeLessThan(100_000);
          expect(result.missing).toBe('interrupted');
        }
        expect(existsSync(scratch.at('report/report.md'))).toBe(true);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it(
    'prints the rounds so far after SIGTERM',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        const count = scratch.at('count');
        const command = ['sh', '-c', `echo >> ${count}`];
        const args = [
          'a.vol',
          '--rounds',
          '100000',
          '--duration',
          '0.001',
          '--json',
          '--data',
          '.',
        ];
        const result = await runBench(scratch, [...args, '--', ...command], {
          onStart: (child) =>
            onceTrue(
              child,
              () => fileSize(count) > 50,
              () => void child.kill('SIGTERM'),
            ),
        });
        expect(result.status).toBe(143);
        const { partial, warnings, workloads } = readOutput(result);
        expect(partial).toBe(true);
        expect(warnings.join()).toContain('interrupted: 1 of 1 measurements were begun');
        const [measured] = workloads[0]!.results;
        expect(measured!.missing).toBe('interrupted');
        expect(roundCount(measured!)).toBeGreaterThan(0);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it(
    'ends the command under trial after SIGTERM',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        const pid = scratch.at('pid');
        const command = ['sh', '-c', `echo $$ > ${pid}; exec sleep 1000`];
        const result = await runBench(scratch, ['a.vol', '--', ...command], {
          onStart: (child) =>
            onceTrue(
              child,
              () => fileSize(pid) > 0,
              () => void child.kill('SIGTERM'),
            ),
        });
        expect(result.status).toBe(143);
        expect(readCommandLine(readFileSync(pid, 'utf8').trim())).toBe('');
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it(
    'waits for a command that takes longer than a round',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', benchVolfile());
        const args = ['a.vol', '--rounds', '1', '--duration', '0.01', '--json'];
        const result = await runBench(scratch, [...args, '--', 'sleep', '0.2']);
        expect(result.status).toBe(0);
        const { measured } = readOutput(result).workloads[0]!.results[0]!;
        expect(measured!.latency.min).toBeGreaterThan(0.2e9);
        expectClean(scratch);
      }),
    TIMEOUT_MS,
  );

  it(
    'names the folder that it does not remove because a mount is below it',
    () =>
      withScratch(async (scratch) => {
        vi.stubEnv('TMPDIR', scratch.path);
        const workspace = new Workspace(await scratch.makeFolder('data'), 0);
        vi.unstubAllEnvs();
        const name = `${relative(scratch.path, workspace.scratchFolder)}/a-mnt`;
        await mkdir(scratch.at(name));
        const mount = await startMount(scratch, MEMORY, { name });
        const message = workspace.remove()!;
        for (const path of [workspace.scratchFolder, workspace.dataFolder, mount.path]) {
          expect(message).toContain(path);
          expect(existsSync(path)).toBe(true);
        }
        expect(await mount.stop()).toBe(0);
        expect(workspace.remove()).toBeNull();
        expect(existsSync(workspace.dataFolder)).toBe(false);
      }),
    TIMEOUT_MS,
  );
});
