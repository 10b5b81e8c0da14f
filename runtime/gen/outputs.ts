/** What is generated and where it goes; the tidy test compares it with what is checked in. */
import { generateFops } from './fops.ts';
import { generateGeneric } from './generic.ts';
import { generatePythonErrno, generatePythonFops } from './python.ts';
import { generateRegistry } from './registry.ts';
import { generateTaps } from './taps.ts';

export interface Output {
  readonly path: string;
  readonly text: string;
}

export function outputs(): Output[] {
  return [
    { path: 'runtime/core/fops.gen.ts', text: generateFops() },
    { path: 'runtime/core/generic.gen.ts', text: generateGeneric() },
    { path: 'python/glupy/_errno.py', text: generatePythonErrno() },
    { path: 'python/glupy/_fops.py', text: generatePythonFops() },
    { path: 'runtime/core/taps.gen.ts', text: generateTaps() },
    { path: 'runtime/xlators/registry.gen.ts', text: generateRegistry() },
  ];
}
