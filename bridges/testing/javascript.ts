/**
 * Tests in JavaScript: a file's tests in an interpreter of their own. Both ends of the conversation
 * are in `library.ts`, whose text runs in the interpreter.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createEngine, EngineError, type HostFunction } from '../javascript/engine.ts';
import { BRIDGE, CLOCK, Imports } from '../javascript/imports.ts';
import { nodeMachine } from '../machine/node/index.ts';
import { stripTypes } from '../machine/node/strip.ts';
import type { StartTests, TestResult, Tests } from './tests.ts';

const MEMORY = 512 * 2 ** 20;

/** The library, as modules of the interpreter have names. */
const TESTING = 'glossa:testing';
const LIBRARY = 'glossa:testing/library';

/** The host's functions, as the library of modules has it. */
const HOST = BRIDGE.replace(/bridge$/, 'host');

/** What tests import, made by the library. What the runner calls is beside it. */
const MODULE = `
import { host } from "${HOST}";
import { FopFailure, makeTesting } from "${LIBRARY}";
const session = makeTesting({ call: (message) => host.testing(message) });
export { FopFailure };
export const { test, graph, raises, sleep, assert } = session.api;
let outcome = null;
const describe = (error) => ({
  outcome: 'failed',
  message: error instanceof Error ? error.name + ': ' + error.message : String(error),
  stack: error instanceof Error ? String(error.stack) : '',
});
export const names = () => JSON.stringify(session.tests.map(({ name }) => name));
export const start = (index) => {
  outcome = null;
  session.run(index, (error) => {
    outcome = error === undefined ? { outcome: 'passed' } : describe(error);
  });
  return 0;
};
export const answer = (call, result) => (session.answer(call, result), 0);
export const giveUp = (why) => (session.giveUp(why), 0);
export const result = () => JSON.stringify(outcome);
`;

function librarySource(): string {
  const here = fileURLToPath(import.meta.url);
  const path = join(dirname(here), `library${extname(here)}`);
  const text = readFileSync(path, 'utf8');
  return path.endsWith('.ts') ? stripTypes(text, path) : text;
}

export const startJavaScriptTests: StartTests = async (path, bed, { timeLimit, print }) => {
  const source = readFileSync(path, 'utf8');
  const name = basename(path, extname(path));
  const module = { name, path, source, folders: [dirname(path)] };
  const imports = new Imports(module, nodeMachine, [], ({ file, line }, text) =>
    print(`${file}:${line}: ${text}`),
  );
  let wanted = false;
  let disarm = (): void => {};
  const f = (params: string, call: HostFunction['call']): HostFunction => ({ params, call });
  const engine = await createEngine({
    machine: nodeMachine,
    hostFunctions: {
      testing: f('s', (message: string) => bed.call(message)),
      now: f('', () => Math.round(bed.clock.now * 1000)),
      after: f('i', (ms: number) => {
        disarm();
        disarm = bed.clock.after(ms, () => {
          wanted = true;
        });
      }),
      logs: f('i', () => 1),
      log: f(
        'isiss',
        (_level: number, _file: string, _line: number, _func: string, text: string) =>
          void print(text),
      ),
    },
    resolve(base, wantedName) {
      if (wantedName === 'glossa/testing') return TESTING;
      return base === TESTING ? wantedName : imports.resolve(base, wantedName);
    },
    load(wantedName) {
      if (wantedName === TESTING) return MODULE;
      return wantedName === LIBRARY ? librarySource() : imports.load(wantedName);
    },
    timeLimit: timeLimit * 1000,
    memoryLimit: MEMORY,
    log: () => {},
  });
  try {
    const bridge = engine.import(BRIDGE, imports.load(BRIDGE));
    engine.explainWith(engine.get(bridge, 'explain')!);
    engine.import(CLOCK, imports.load(CLOCK));
    const runner = engine.import(TESTING, MODULE);
    engine.import(path, imports.main());
    const part = (member: string) => engine.get(runner, member)!;
    const names = JSON.parse(engine.call(part('names'))!) as string[];
    const start = engine.entry(part('start'), 'i');
    const answer = engine.entry(part('answer'), 'is');
    const tick = engine.entry(engine.get(bridge, 'tick')!, '');
    const giveUp = engine.entry(part('giveUp'), 's');
    const result = part('result');
    const tests: Tests = {
      names: names.map((each) => [each, 0]),
      start: (test) => void start([names.indexOf(test)]),
      answer: ({ call, result: text }) => void answer([call, text]),
      get due() {
        return wanted;
      },
      tick() {
        wanted = false;
        tick([]);
      },
      result: () => readResult(engine.call(result)!, path),
      giveUp: (why) => void giveUp([why]),
      failure: describe,
      get dead() {
        return engine.dead !== undefined;
      },
      close() {
        disarm();
        engine.close();
      },
    };
    return tests;
  } catch (error) {
    engine.close();
    throw error instanceof EngineError ? new Error(describe(error)) : error;
  }
};

interface Outcome extends TestResult {
  readonly stack?: string;
}

/** The message, and the places in the test's own files. */
function readResult(text: string, path: string): TestResult | null {
  const outcome = JSON.parse(text) as Outcome | null;
  if (outcome === null || outcome.outcome !== 'failed') return outcome;
  const folder = dirname(path);
  const calls = (outcome.stack ?? '').split('\n').filter((line) => line.includes(`${folder}/`));
  const { message = '' } = outcome;
  return { outcome: 'failed', message, traceback: [message, ...calls].join('\n') };
}

function describe(error: unknown): string {
  if (!(error instanceof EngineError))
    return error instanceof Error ? error.message : String(error);
  const { script, message } = error;
  if (script === undefined || script.file === '') return message;
  return `${script.file}:${script.line}: ${message}${script.stack === '' ? '' : `\n${script.stack}`}`;
}
