#!/usr/bin/env node
/** The program `glossa`: runs its command line and ends with its status. */

// Before the rest is even loaded, which takes a while: hence the imports below it.
import '../runtime/sys/inspector.ts';
import { keepCompiled } from './compile-cache.ts';

keepCompiled();

const { dispatch } = await import('./dispatch.ts');
const { leave } = await import('../terminal/exit.ts');
const { ownTerminal } = await import('../server/child-server.ts');

const { crashLog } = await import('../runtime/sys/crash-log.ts');

crashLog.log = '-';
const terminal = ownTerminal();
await leave(await dispatch(process.argv.slice(2), terminal), terminal);
