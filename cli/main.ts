#!/usr/bin/env node
/** Starts the program `glossa`. */

// Loaded before the slow imports below: it keeps SIGUSR1 from opening Node's inspector.
import '../runtime/sys/inspector.ts';
import { enableModuleCache } from './compile-cache.ts';

enableModuleCache();
void import('./program.ts').then(({ runProgram }) => runProgram());
