/**
 * Runs a file's Python tests in an interpreter; `python/glupy/_testrun.py` is the Python side.
 */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { nodeMachine } from '../machine/node/index.ts';
import { createEngine } from '../python/engine.ts';
import { EngineError } from '../python/errors.ts';
import { findImport } from '../python/imports.ts';
import { readGlupyFiles, SNAPSHOT_IMPORTS } from '../python/python-files.ts';
import { startEngineTests } from './engine-tests.ts';
import type { StartTests, Tests } from './tests.ts';

/** Bytes of the interpreter's memory: tests may compare large files. */
const MEMORY_BYTES = 1024 * 2 ** 20;

export const startPythonTests: StartTests = (path, bed, { timeLimit, print }) => {
  const name = basename(path, '.py');
  const bytes = readFileSync(path);
  const source = bytes.toString('utf8');
  const module = { name, path, bytes, source, folders: [dirname(path)] };
  return startEngineTests(bed, print, {
    start: (hostFunctions) =>
      createEngine({
        machine: nodeMachine,
        print: (_stream, line) => print(line),
        findModule: (moduleName) => findImport(moduleName, module, nodeMachine),
        hostFunctions,
        preload: readGlupyFiles(nodeMachine.parts),
        imports: SNAPSHOT_IMPORTS,
        timeLimitMs: timeLimit * 1000,
        memoryLimitBytes: MEMORY_BYTES,
      }),
    load(engine) {
      const runner = engine.importModule('glupy._testrun');
      const getPart = (member: string) => engine.findAttribute(runner, member);
      const load = engine.makeCall(getPart('load'), 'sss', 's');
      return {
        names: JSON.parse(load(name, path, source)!) as Tests['names'],
        start: engine.makeCall(getPart('start'), 's', 'v'),
        answer: engine.makeCall(getPart('answer'), 'is', 'v'),
        tick: engine.makeCall(getPart('tick'), '', 'v'),
        result: engine.makeCall(getPart('result'), '', 's'),
        giveUp: engine.makeCall(getPart('give_up'), 's', 'v'),
      };
    },
    describe,
  });
};

function describe(error: unknown): string | undefined {
  if (!(error instanceof EngineError)) return undefined;
  const traceback = error.moduleError?.traceback.replace(OWN_FRAMES, '').trimEnd();
  return traceback || error.message;
}

/** Matches glupy's own frames in a traceback. */
const OWN_FRAMES = /^ {2}File ".*\/glupy\/.*\n(?: {4}.*\n)*/gm;
