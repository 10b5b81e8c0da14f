/** Runs test cases of Python, and reports each as a test of vitest. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, describe, expect, it } from 'vitest';
import { glossaCommand } from '../support/mount.ts';
import { isInstalled, skipWithoutTools } from '../support/tools.ts';

interface Outcome {
  readonly id: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** Traceback, or the reason of a skip. */
  readonly text: string;
}

const CLASS = /^class (\w+)\(/;
const METHOD = /^ {4}def (test_\w+)\(self/;
const TITLE = /^ {8}"""(.*)"""$/;

/** The test cases of a file: their ids, and their docstrings as titles. */
function readTitles(module: string): ReadonlyMap<string, string> {
  const titles = new Map<string, string>();
  let [className, method] = ['', ''];
  for (const line of readFileSync(join(import.meta.dirname, `${module}.py`), 'utf8').split('\n')) {
    className = CLASS.exec(line)?.[1] ?? className;
    method = METHOD.exec(line)?.[1] ?? method;
    const title = TITLE.exec(line)?.[1];
    if (title === undefined || method === '') continue;
    titles.set(`${module}.${className}.${method}`, title);
    method = '';
  }
  return titles;
}

/** Runs modules of this directory in one process of Python, which starts the command `glossa` of `dist`. */
async function runModules(modules: readonly string[]): Promise<ReadonlyMap<string, Outcome>> {
  const child = spawn('python3', ['-W', 'error', join(import.meta.dirname, 'run.py'), ...modules], {
    env: { ...process.env, GLOSSA_COMMAND: glossaCommand, PYTHONDONTWRITEBYTECODE: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  const outcomes = new Map<string, Outcome>();
  const closed = once(child, 'close');
  for await (const line of createInterface(child.stdout)) {
    const outcome = JSON.parse(line) as Outcome;
    outcomes.set(outcome.id, outcome);
  }
  const [status] = await closed;
  if (status !== 0 || errors !== '') throw new Error(`python3: status ${status}: ${errors}`);
  return outcomes;
}

/** Declares a test for each test case of these modules. */
export function describeModules(title: string, ...modules: readonly string[]): void {
  describe(title, () => {
    let outcomes: ReadonlyMap<string, Outcome>;
    beforeAll(async () => {
      // The tests skip themselves.
      outcomes = isInstalled('python3') ? await runModules(modules) : new Map();
    });
    for (const [id, name] of modules.flatMap((module) => [...readTitles(module)])) {
      it(name, ({ skip }) => {
        skipWithoutTools('python3');
        const { status, text } = outcomes.get(id) ?? {
          status: 'failed',
          text: `${id} has not run`,
        };
        if (status === 'skipped') skip(text);
        expect(status, text).toBe('passed');
      });
    }
  });
}
