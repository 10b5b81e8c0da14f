/** Runs a file's JavaScript tests in an interpreter with `guest.ts`. */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { createEngine, EngineError, type HostFunction } from '../javascript/engine.ts';
import { BRIDGE, CLOCK, Imports, TESTING } from '../javascript/imports.ts';
import { nodeMachine } from '../machine/node/index.ts';
import type { StartTests, TestResult, Tests } from './tests.ts';

/** Bytes of the interpreter's memory: tests may compare large files. */
const MEMORY_BYTES = 512 * 2 ** 20;

export const startJavaScriptTests: StartTests = async (path, bed, { timeLimit, print }) => {
  const bytes = readFileSync(path);
  const name = basename(path, extname(path));
  const folder = dirname(path);
  const module = { name, path, bytes, source: bytes.toString('utf8'), folders: [folder] };
  const imports = new Imports(module, nodeMachine, [], ({ file, line }, text) =>
    print(`${file}:${line}: ${text}`),
  );
  let isTimerDue = false;
  let cancelTimer = (): void => {};
  const makeFunction = (params: string, call: HostFunction['call']): HostFunction => ({
    params,
    call,
  });
  const engine = await createEngine({
    machine: nodeMachine,
    hostFunctions: {
      testing: makeFunction('s', (message: string) => bed.call(message)),
      now: makeFunction('', () => Math.round(bed.clock.now * 1000)),
      after: makeFunction('i', (ms: number) => {
        cancelTimer();
        cancelTimer = bed.clock.after(ms, () => {
          isTimerDue = true;
        });
      }),
      logs: makeFunction('i', () => 1),
      log: makeFunction(
        'isiss',
        (_level: number, _file: string, _line: number, _func: string, text: string) =>
          void print(text),
      ),
    },
    resolve: (base, name) => (name === 'glossa/testing' ? TESTING : imports.resolve(base, name)),
    load: (name) => imports.load(name),
    timeLimitMs: timeLimit * 1000,
    memoryLimitBytes: MEMORY_BYTES,
    log: () => {},
  });
  try {
    const bridge = engine.import(BRIDGE, imports.load(BRIDGE));
    engine.setExplainer(engine.getProperty(bridge, 'explain')!);
    engine.import(CLOCK, imports.load(CLOCK));
    const runner = engine.import(TESTING, imports.load(TESTING));
    engine.import(path, imports.readMain());
    const getPart = (member: string) => engine.getProperty(runner, member)!;
    const names = JSON.parse(engine.call(getPart('names'))!) as string[];
    const start = engine.makeFlatFunction(getPart('start'), 'is');
    const deliver = engine.makeFlatFunction(getPart('answer'), 'is');
    const tick = engine.makeFlatFunction(engine.getProperty(bridge, 'tick')!, '');
    const giveUp = engine.makeFlatFunction(getPart('giveUp'), 's');
    const result = getPart('result');
    const tests: Tests = {
      names: names.map((each) => [each, 0]),
      start: (test) => void start([names.indexOf(test), `${folder}/`]),
      deliver: ({ call, result: text }) => void deliver([call, text]),
      get isTimerDue() {
        return isTimerDue;
      },
      tick() {
        isTimerDue = false;
        tick([]);
      },
      getResult: () => JSON.parse(engine.call(result)!) as TestResult | null,
      giveUp: (why) => void giveUp([why]),
      describeFailure: describeError,
      get isLost() {
        return engine.fatalError !== undefined;
      },
      close() {
        cancelTimer();
        engine.close();
      },
    };
    return tests;
  } catch (error) {
    engine.close();
    throw error instanceof EngineError ? new Error(describeError(error)) : error;
  }
};

function describeError(error: unknown): string {
  if (!(error instanceof EngineError))
    return error instanceof Error ? error.message : String(error);
  const { moduleError, message } = error;
  if (moduleError === undefined || moduleError.file === '') return message;
  return `${moduleError.file}:${moduleError.line}: ${message}${moduleError.stack === '' ? '' : `\n${moduleError.stack}`}`;
}
