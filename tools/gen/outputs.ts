/**
 * Generates the content of all generated files: `npm run gen` writes it, and a test compares the files in git with it.
 */
import { type Struct, structs } from '../../runtime/core/fields.ts';
import { generateApiPage, generatePythonOperations } from './api-operations.ts';
import {
  generateAssemblyScriptArguments,
  generateAssemblyScriptCodes,
  generateAssemblyScriptDispatch,
  generateAssemblyScriptReplies,
  generateAssemblyScriptRows,
} from './assemblyscript.ts';
import {
  generateAssemblyScriptFields,
  generateAssemblyScriptNumbers,
} from './assemblyscript-values.ts';
import { generateCodes } from './codes.ts';
import { generateFields, generateIatt } from './fields.ts';
import { generateFops } from './fops.ts';
import { generateFopsPage } from './fops-page.ts';
import { generateFuseStructs } from './fuse-structs.ts';
import { generateGeneric } from './generic.ts';
import { generateJavaScriptTypes } from './javascript.ts';
import { generateLinuxNumbers } from './linux-numbers.ts';
import { generateMessagesPage } from './messages-page.ts';
import { generateNativeFops } from './native.ts';
import { generateNativeCodec, generateNativeFields } from './native-fields.ts';
import { generateObserved } from './observed.ts';
import {
  generateInterpreterErrno,
  generatePythonErrno,
  generatePythonFields,
  generatePythonFops,
} from './python.ts';
import { generateRecordedStructs } from './recorded-structs.ts';
import { generateRegistry } from './registry.ts';
import { generateRustFops } from './rust.ts';
import { generateRustTranslator } from './rust-translator.ts';
import { generateRustFields, generateRustNumbers } from './rust-values.ts';
import { generateSpeedPage } from './speed-page.ts';
import { generateStubs } from './stubs.ts';
import { generateTaps } from './taps.ts';
import { generateThirdParty } from './third-party.ts';

export interface Output {
  readonly path: string;
  readonly text: string;
}

/** Returns true for files that biome formats: AssemblyScript is another language. */
export const isFormatted = (path: string): boolean =>
  /\.(ts|json)$/.test(path) && !path.startsWith('assemblyscript/');

/** Generates all files. @param table the table of structures, which tests replace */
export function generateOutputs(table: readonly Struct[] = structs): Output[] {
  return [
    { path: 'runtime/core/gen/fops.gen.ts', text: generateFops() },
    { path: 'runtime/core/gen/fields.gen.ts', text: generateFields(table) },
    { path: 'runtime/core/gen/iatt.gen.ts', text: generateIatt(table) },
    { path: 'runtime/core/gen/generic.gen.ts', text: generateGeneric() },
    { path: 'runtime/mount/fuse/codec/structs.gen.ts', text: generateFuseStructs() },
    { path: 'python/glupy/_errno.py', text: generatePythonErrno() },
    { path: 'python/interpreter/_linux_errno.py', text: generateInterpreterErrno() },
    { path: 'python/glupy/_fields.py', text: generatePythonFields(table) },
    { path: 'python/glossa/_operations.py', text: generatePythonOperations() },
    { path: 'python/glupy/_fops.py', text: generatePythonFops() },
    { path: 'bridges/native/glossa_fields.gen.h', text: generateNativeFields(table) },
    { path: 'bridges/compiled/fields.gen.ts', text: generateNativeCodec(table) },
    { path: 'bridges/native/glossa_fops.gen.h', text: generateNativeFops() },
    { path: 'bridges/native/glossa_linux.gen.h', text: generateLinuxNumbers() },
    { path: 'rust/glossa/src/fops.gen.rs', text: generateRustFops() },
    { path: 'rust/glossa/src/translator.gen.rs', text: generateRustTranslator() },
    { path: 'rust/glossa/src/fields.gen.rs', text: generateRustFields(table) },
    { path: 'rust/glossa/src/numbers.gen.rs', text: generateRustNumbers() },
    { path: 'assemblyscript/glossa/fop.gen.ts', text: generateAssemblyScriptArguments() },
    { path: 'assemblyscript/glossa/reply.gen.ts', text: generateAssemblyScriptReplies() },
    { path: 'assemblyscript/glossa/rows.gen.ts', text: generateAssemblyScriptRows() },
    { path: 'assemblyscript/glossa/codes.gen.ts', text: generateAssemblyScriptCodes() },
    { path: 'assemblyscript/glossa/dispatch.gen.ts', text: generateAssemblyScriptDispatch() },
    { path: 'assemblyscript/glossa/fields.gen.ts', text: generateAssemblyScriptFields(table) },
    { path: 'assemblyscript/glossa/numbers.gen.ts', text: generateAssemblyScriptNumbers() },
    { path: 'bridges/javascript/library/codes.gen.ts', text: generateCodes() },
    { path: 'docs/reference/fops.md', text: generateFopsPage() },
    { path: 'docs/reference/api-protocol.md', text: generateApiPage() },
    { path: 'docs/reference/messages.md', text: generateMessagesPage() },
    { path: 'docs/how-it-works/speed.md', text: generateSpeedPage() },
    { path: 'python/glupy/__init__.pyi', text: generateStubs(table) },
    { path: 'javascript/glossa.gen.d.ts', text: generateJavaScriptTypes(table) },
    { path: 'runtime/core/gen/taps.gen.ts', text: generateTaps() },
    { path: 'runtime/observe/structs.gen.ts', text: generateRecordedStructs(table) },
    { path: 'runtime/core/gen/observed.gen.ts', text: generateObserved() },
    { path: 'runtime/xlators/registry.gen.ts', text: generateRegistry('runtime/xlators') },
    { path: 'gluster/registry.gen.ts', text: generateRegistry('gluster') },
    { path: 'THIRD-PARTY.md', text: generateThirdParty() },
  ];
}
