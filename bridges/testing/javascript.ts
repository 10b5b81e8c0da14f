/** Runs a file's JavaScript tests in an interpreter with `guest.ts`. */
import { readFileSync } from 'node:fs';
import { basename, dirname, extname } from 'node:path';
import { createEngine, EngineError } from '../javascript/engine.ts';
import { BRIDGE, CLOCK, Imports, TESTING } from '../javascript/imports.ts';
import { nodeMachine } from '../machine/node/index.ts';
import { startEngineTests } from './engine-tests.ts';
import type { StartTests } from './tests.ts';

/** Bytes of the interpreter's memory: tests may compare large files. */
const MEMORY_BYTES = 512 * 2 ** 20;

export const startJavaScriptTests: StartTests = (path, bed, { timeLimit, print }) => {
  const bytes = readFileSync(path);
  const name = basename(path, extname(path));
  const folder = dirname(path);
  const module = { name, path, bytes, source: bytes.toString('utf8'), folders: [folder] };
  const imports = new Imports(module, nodeMachine, [], ({ file, line }, text) =>
    print(`${file}:${line}: ${text}`),
  );
  return startEngineTests(bed, print, {
    start: (hostFunctions) =>
      createEngine({
        machine: nodeMachine,
        hostFunctions,
        resolve: (base, imported) =>
          imported === 'glossa/testing' ? TESTING : imports.resolve(base, imported),
        load: (imported) => imports.load(imported),
        timeLimitMs: timeLimit * 1000,
        memoryLimitBytes: MEMORY_BYTES,
        log: () => {},
      }),
    load(engine) {
      const bridge = engine.import(BRIDGE, imports.load(BRIDGE));
      engine.setExplainer(engine.getProperty(bridge, 'explain')!);
      engine.import(CLOCK, imports.load(CLOCK));
      const runner = engine.import(TESTING, imports.load(TESTING));
      engine.import(path, imports.readMain());
      const getPart = (member: string) => engine.getProperty(runner, member)!;
      const names = JSON.parse(engine.call(getPart('names'))!) as string[];
      const start = engine.makeFlatFunction(getPart('start'), 'is');
      const answer = engine.makeFlatFunction(getPart('answer'), 'is');
      const tick = engine.makeFlatFunction(engine.getProperty(bridge, 'tick')!, '');
      const giveUp = engine.makeFlatFunction(getPart('giveUp'), 's');
      const result = getPart('result');
      return {
        names: names.map((each) => [each, 0]),
        start: (test) => start([names.indexOf(test), `${folder}/`]),
        answer: (call, text) => answer([call, text]),
        tick: () => tick([]),
        result: () => engine.call(result),
        giveUp: (reason) => giveUp([reason]),
      };
    },
    describe,
  });
};

function describe(error: unknown): string | undefined {
  if (!(error instanceof EngineError)) return undefined;
  const { moduleError, message } = error;
  if (moduleError === undefined || moduleError.file === '') return message;
  return `${moduleError.file}:${moduleError.line}: ${message}${moduleError.stack === '' ? '' : `\n${moduleError.stack}`}`;
}
