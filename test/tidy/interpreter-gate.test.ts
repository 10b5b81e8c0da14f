/**
 * Tests that every entry into a guest goes through `InterpreterGate`
 * (bridges/host/limits/interpreter-gate.ts), which can end it.
 */
import { expect, it } from 'vitest';
import { readSources } from './sources.ts';

it('only the files behind InterpreterGate call functions that run a script', () => {
  const calls =
    /\b(PyObject_Vectorcall|QTS_Call|QTS_Eval|QTS_ExecutePendingJob|exports\.glossa_enter)\b/;
  const files = readSources('.ts')
    .filter(({ path, text }) => /^bridges\/(?!.*\.test\.)/.test(path) && calls.test(text))
    .map(({ path }) => path);
  expect(files.sort()).toEqual([
    'bridges/javascript/engine.ts',
    // These run inside of an open call: its jobs, and the text of its error.
    'bridges/javascript/jobs.ts',
    'bridges/javascript/values.ts',
    'bridges/python/calls.ts',
    'bridges/python/capi.ts',
    // The interpreter's own start, before any script.
    'bridges/python/load.ts',
    'bridges/wasm/library.ts',
  ]);
});
