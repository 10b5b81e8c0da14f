#!/usr/bin/env node
/** The program `glossa`: runs its command line and ends with its status. */

// Before the rest is even loaded, which takes a while: hence the imports below it.
import '../sys/inspector.ts';

const { dispatch } = await import('./dispatch.ts');
const { ownTerminal } = await import('./handover.ts');

const { lastWords } = await import('../sys/last-words.ts');

lastWords.log = '-';
const terminal = ownTerminal();
const status = await dispatch(process.argv.slice(2), terminal);
await terminal.flush();
process.exit(status);
