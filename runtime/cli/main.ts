#!/usr/bin/env node
/** The program `glossa`: runs its command line and ends with its status. */

// Before the rest is even loaded, which takes a while: hence the imports below it.
import '../sys/inspector.ts';
import { keepCompiled } from './compile-cache.ts';

keepCompiled();

const { dispatch } = await import('./dispatch.ts');
const { Failure } = await import('./exit.ts');
const { ownTerminal } = await import('./handover.ts');

const { lastWords } = await import('../sys/last-words.ts');

lastWords.log = '-';
const terminal = ownTerminal();
let status = await dispatch(process.argv.slice(2), terminal);
try {
  await terminal.flush();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  // What was asked for has not arrived: a full disk, say.
  terminal.err(`glossa: ${error.message}`);
  status ||= 1;
}
process.exit(status);
