/** What is generated and where it goes; the tidy test compares it with what is checked in. */
import { generateFops } from './fops.ts';
import { generateFopsPage } from './fops-page.ts';
import { generateGeneric } from './generic.ts';
import { generateJavaScriptTypes } from './javascript.ts';
import { generateNativeFops } from './native.ts';
import { generatePythonErrno, generatePythonFops } from './python.ts';
import { generateRegistry } from './registry.ts';
import { generateStubs } from './stubs.ts';
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
    { path: 'bridges/native/glossa_fops.gen.h', text: generateNativeFops() },
    { path: 'docs/fops.md', text: generateFopsPage() },
    { path: 'python/glupy/__init__.pyi', text: generateStubs() },
    { path: 'javascript/glossa.gen.d.ts', text: generateJavaScriptTypes() },
    { path: 'runtime/core/taps.gen.ts', text: generateTaps() },
    { path: 'runtime/xlators/registry.gen.ts', text: generateRegistry() },
  ];
}
