/**
 * Runs a file's Python tests in an interpreter; `python/glupy/_testrun.py` is the Python side.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { nodeMachine } from '../machine/node/index.ts';
import { createEngine, type HostFunction } from '../python/engine.ts';
import { EngineError } from '../python/errors.ts';
import { findImport } from '../python/imports.ts';
import { readGlupyFiles, SNAPSHOT_IMPORTS } from '../python/python-files.ts';
import type { StartTests, TestResult, Tests } from './tests.ts';

/** Bytes of the interpreter's memory: tests may compare large files. */
const MEMORY_BYTES = 1024 * 2 ** 20;

export const startPythonTests: StartTests = async (path, bed, { timeLimit, print }) => {
  const folder = dirname(path);
  const name = basename(path, '.py');
  const bytes = readFileSync(path);
  const source = bytes.toString('utf8');
  const module = { name, path, bytes, source, folders: [folder] };
  let dueTime: number | null = null;
  let disarm = (): void => {};
  const makeFunction = (
    params: string,
    result: HostFunction['result'],
    call: (...args: never[]) => unknown,
  ): HostFunction => ({ params, result, call: call as HostFunction['call'] });
  const setTimer = (ms: number): void => {
    disarm();
    disarm = bed.clock.after(ms, () => {
      dueTime = bed.clock.now;
    });
  };
  const engine = await createEngine({
    machine: nodeMachine,
    print: (_stream, line) => print(line),
    findModule: (moduleName) => findImport(moduleName, module, nodeMachine),
    hostFunctions: {
      testing: makeFunction('s', 's', (message: string) => bed.call(message)),
      now: makeFunction('', 'i', () => Math.round(bed.clock.now * 1000)),
      after: makeFunction('i', 'v', setTimer),
      logs: makeFunction('i', 'i', () => 1),
      log: makeFunction(
        'isiss',
        'v',
        (_level: number, _file: string, _line: number, _f: string, t: string) => print(t),
      ),
    },
    preload: readGlupyFiles(nodeMachine.parts),
    imports: SNAPSHOT_IMPORTS,
    timeLimitMs: timeLimit * 1000,
    memoryLimitBytes: MEMORY_BYTES,
  });
  try {
    const runner = engine.importModule('glupy._testrun');
    const getPart = (member: string) => engine.findAttribute(runner, member);
    const load = engine.makeCall(getPart('load'), 'sss', 's');
    const names = JSON.parse(load(name, path, source)!) as [string, number][];
    const start = engine.makeCall(getPart('start'), 's', 'v');
    const deliver = engine.makeCall(getPart('answer'), 'is', 'v');
    const tick = engine.makeCall(getPart('tick'), '', 'v');
    const result = engine.makeCall(getPart('result'), '', 's');
    const giveUp = engine.makeCall(getPart('give_up'), 's', 'v');
    const tests: Tests = {
      names,
      start: (test) => void start(test),
      deliver: ({ call, result: text }) => void deliver(call, text),
      get isTimerDue() {
        return dueTime !== null;
      },
      tick() {
        dueTime = null;
        tick();
      },
      getResult: () => JSON.parse(result()!) as TestResult | null,
      giveUp: (why) => void giveUp(why),
      describeFailure: (error) => describe(error),
      get isLost() {
        return engine.fatalError !== undefined;
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

function describe(error: unknown): string {
  if (!(error instanceof EngineError))
    return error instanceof Error ? error.message : String(error);
  const traceback = error.moduleError?.traceback.replace(OWN_FRAMES, '').trimEnd();
  return traceback || error.message;
}

/** Matches glupy's own frames in a traceback. */
const OWN_FRAMES = /^ {2}File ".*\/glupy\/.*\n(?: {4}.*\n)*/gm;
