#!/usr/bin/env node
/** Runs the command line of the program `glossa`, and ends with its status. */

// Called before the slow imports below are loaded.
import '../runtime/sys/inspector.ts';
import { enableModuleCache } from './compile-cache.ts';

enableModuleCache();

const { dispatch } = await import('./dispatch.ts');
const { exitAfterFlush: leave } = await import('../terminal/exit.ts');
const { currentTerminal: ownTerminal } = await import('../server/child-server.ts');

const { crashLog } = await import('../runtime/sys/crash-log.ts');

crashLog.log = '-';
const terminal = ownTerminal();
await leave(await dispatch(process.argv.slice(2), terminal), terminal);
