/**
 * Tests that every entry into a guest goes through `InterpreterGate`
 * (bridges/host/limits/interpreter-gate.ts), which can end it.
 */
import { expect, it } from 'vitest';
import { sources } from './sources.ts';

it('only the files behind InterpreterGate call functions that run a script', () => {
  const calls = /\b(PyObject_Vectorcall|QTS_Call|QTS_Eval|QTS_ExecutePendingJob)\b/;
  const files = sources('.ts')
    .filter(({ path, text }) => /^bridges\/(?!.*\.test\.)/.test(path) && calls.test(text))
    .map(({ path }) => path);
  expect(files.sort()).toEqual([
    'bridges/javascript/engine.ts',
    // Called while a call is open: what that has left to do, and what shows an error.
    'bridges/javascript/jobs.ts',
    'bridges/javascript/values.ts',
    'bridges/python/calls.ts',
    'bridges/python/capi.ts',
    // What is the interpreter's own, before there is a script.
    'bridges/python/load.ts',
  ]);
});
