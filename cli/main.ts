#!/usr/bin/env node
/** Starts the program `glossa`: runs its command line, and exits with the command's status. */

// Loaded before the slow imports below: it keeps SIGUSR1 from opening Node's inspector.
import '../runtime/sys/inspector.ts';
import { crashLog } from '../runtime/sys/crash-log.ts';
import { enableModuleCache } from './compile-cache.ts';

enableModuleCache();

const { dispatch } = await import('./dispatch.ts');
const { exitAfterFlush } = await import('../terminal/exit.ts');
const { findCurrentTerminal } = await import('../server/starter-channel.ts');
const { readArguments } = await import('../terminal/command-line.ts');

// Standard error, until a command with a log of its own sets that.
crashLog.target = '-';
const terminal = findCurrentTerminal();
await exitAfterFlush(await dispatch(readArguments(), terminal), terminal);
