#!/usr/bin/env node
/** The program `glossa`: runs its command line and ends with its status. */
import { dispatch } from './dispatch.ts';
import { ownTerminal } from './handover.ts';

const terminal = ownTerminal();
const status = await dispatch(process.argv.slice(2), terminal);
await terminal.flush();
process.exit(status);
