/**
 * Commands that repeat something do it round after round without a warning of Node's, such as that of a leak of listeners,
 * which Node prints at the eleventh.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import {
  describeMounts,
  glossaCommand,
  NEGATIVE_VOLFILE,
  type Scratch,
  startMount,
  withScratch,
} from '../test/support/mount.ts';

const ROUNDS = 50;
const PATIENCE = { timeout: 60_000, interval: 20 };
/** Gives a program a terminal (util-linux). */
const hasScript = spawnSync('script', ['--version']).status === 0;

const MODULE = `import { Translator } from 'glossa';
export class xlator extends Translator {
  lookup(frame) { frame.wind(); }
}
`;
const TEST = `import { graph } from 'glossa/testing';
export async function test_nothing() { await using g = await graph('m'); await g.exists('/'); }
`;

interface Repeating {
  readonly child: ChildProcess;
  said(): string;
  /** Waits until a text was said so many times. */
  says(text: string | RegExp, times: number): Promise<void>;
  /** Sends the signal; resolves to all that was said. */
  end(): Promise<string>;
}

/** Starts a command whose warnings have a stack. */
function start(scratch: Scratch, args: string, onTerminal = false): Repeating {
  const line = `exec ${glossaCommand} ${args}`;
  const [program, rest] = onTerminal
    ? ['script', ['-qfc', `stty cols 80 rows 24; ${line}`, '/dev/null']]
    : ['sh', ['-c', line]];
  const child = spawn(program!, rest, {
    cwd: scratch.path,
    env: { ...process.env, NODE_OPTIONS: '--trace-warnings', TERM: 'xterm', SHELL: '/bin/sh' },
    stdio: 'pipe',
  });
  scratch.children.add(child);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  const ended = new Promise<string>((resolve) => child.once('close', () => resolve(said)));
  return {
    child,
    said: () => said,
    says: (text, times) =>
      vi.waitFor(() => expect(said.split(text).length - 1).toBeGreaterThanOrEqual(times), PATIENCE),
    end() {
      if (onTerminal) child.stdin.write('q');
      else child.kill('SIGINT');
      return ended;
    },
  };
}

/** Makes one round after the other. */
async function repeat(round: (number: number) => Promise<void>, rounds = ROUNDS): Promise<void> {
  for (let number = 1; number <= rounds; number++) await round(number);
}

describeMounts('round after round without a warning', () => {
  it.runIf(hasScript)('glossa top', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      const top = start(scratch, 'top mnt --interval 0.1', true);
      await top.says('in flight', ROUNDS);
      expect(await top.end()).not.toContain('Warning');
      expect(await mount.stop()).toBe(0);
    }),
  );

  it('glossa trace of a mount', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, NEGATIVE_VOLFILE);
      const trace = start(scratch, 'trace mnt');
      await vi.waitFor(async () => {
        await writeFile(scratch.at('mnt', 'first'), '');
        expect(trace.said()).toContain('first');
      }, PATIENCE);
      await repeat(async (number) => {
        await writeFile(scratch.at('mnt', `f${number}`), '');
        await trace.says(`f${number}`, 1);
      });
      expect(await trace.end()).not.toContain('Warning');
      expect(await mount.stop()).toBe(0);
    }));

  it('glossa dev, which says each reload', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.js', MODULE);
      const dev = start(scratch, 'dev m.js');
      await dev.says('Ctrl-C\n', 1);
      await repeat(async (number) => {
        await scratch.writeFile('m.js', `${MODULE}// ${number}\n`);
        await dev.says('reloaded m.js: lookup', number);
      });
      await scratch.writeFile('m.js', 'export class xlator extends {');
      await dev.says('not reloaded, the code before goes on', 1);
      await scratch.writeFile('m.js', MODULE);
      await dev.says('good again: reloaded m.js: lookup', 1);
      expect(await dev.end()).not.toContain('Warning');
    }));

  it('glossa test --watch', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('m.js', MODULE);
      await scratch.writeFile('m.test.js', TEST);
      const test = start(scratch, 'test --watch m.js');
      // Each starts a process; Node's warning would come with the eleventh.
      await repeat(async (number) => {
        await test.says('waiting until a file is saved', number);
        await scratch.writeFile('m.js', `${MODULE}// ${number}\n`);
      }, 12);
      expect(await test.end()).not.toContain('Warning');
    }));
});
