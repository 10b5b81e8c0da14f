/**
 * Generates the sources that are not in git. `npm ci`, builds and tests write those that are missing or stale.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import peggy from 'peggy';
import { type Struct, structs } from '../../runtime/core/fields.ts';
import { generateCodes } from './codes.ts';
import { generateCrossings } from './crossings.ts';
import { generateFields, generateIatt } from './fields.ts';
import { generateFops } from './fops.ts';
import { generateFuseStructs } from './fuse-structs.ts';
import { generateJavaScriptTypes } from './javascript.ts';
import { generateLinuxNumbers } from './linux-numbers.ts';
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
import { generateRustFops } from './rust.ts';
import { generateRustFields, generateRustNumbers, generateRustTranslator } from './rust-values.ts';
import { generateStubs } from './stubs.ts';
import { generateTaps } from './taps.ts';

/** Lists the folders with an index.ts, as `category/name`, or as `name` without a category. */
function listTranslatorFolders(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((category) => category.isDirectory())
    .flatMap(({ name: category }) => [
      category,
      ...readdirSync(`${root}/${category}`).map((name) => `${category}/${name}`),
    ])
    .filter((folder) => existsSync(`${root}/${folder}/index.ts`))
    .sort();
}

/** Writes a key of an object as biome formats it. */
const formatKey = (folder: string): string => (/^\w+$/.test(folder) ? folder : `'${folder}'`);

/** Writes the table of the translators below a folder. */
function generateRegistry(root: string): string {
  const rows = listTranslatorFolders(root).map(
    (f) => `  ${formatKey(f)}: () => import('./${f}/index.ts'),`,
  );
  return `/**
 * Generated from the folders of ${root} by tools/gen/sources.ts (npm run gen). Do not edit.
 */

/** Every translator of this folder, by its type, which is also its path. */
export const translators = {
${rows.join('\n')}
};
`;
}

/** Generates the parser of volfiles from its grammar (Peggy). runtime/volfile/parse.ts gives it types. */
const GRAMMAR = 'runtime/volfile/volfile.peggy';

function generateParser(): string {
  const grammar = readFileSync(join(import.meta.dirname, '../..', GRAMMAR), 'utf8');
  const parser = peggy.generate(grammar, {
    grammarSource: GRAMMAR,
    output: 'source',
    format: 'es',
  });
  return `// Generated from ${GRAMMAR} by tools/gen/sources.ts (npm run gen). Do not edit.
// @ts-nocheck: the generator writes JavaScript.
${parser}`;
}

export interface Output {
  readonly path: string;
  readonly text: string;
}

/** Generates all sources. @param table the table of structures, which tests replace */
export function generateSources(table: readonly Struct[] = structs): Output[] {
  return [
    { path: 'runtime/volfile/volfile.gen.ts', text: generateParser() },
    { path: 'runtime/core/gen/fops.gen.ts', text: generateFops() },
    { path: 'runtime/core/gen/fields.gen.ts', text: generateFields(table) },
    { path: 'runtime/core/gen/iatt.gen.ts', text: generateIatt(table) },
    { path: 'bridges/host/crossing/crossings.gen.ts', text: generateCrossings() },
    { path: 'runtime/mount/fuse/codec/structs.gen.ts', text: generateFuseStructs() },
    { path: 'python/glupy/_errno.py', text: generatePythonErrno() },
    { path: 'python/interpreter/_linux_errno.py', text: generateInterpreterErrno() },
    { path: 'python/glupy/_fields.py', text: generatePythonFields(table) },
    { path: 'python/glupy/_fops.py', text: generatePythonFops() },
    { path: 'bridges/native/glossa_fields.gen.h', text: generateNativeFields(table) },
    { path: 'bridges/compiled/fields.gen.ts', text: generateNativeCodec(table) },
    { path: 'bridges/native/glossa_fops.gen.h', text: generateNativeFops() },
    { path: 'bridges/native/glossa_linux.gen.h', text: generateLinuxNumbers() },
    { path: 'bridges/rust/src/fops.gen.rs', text: generateRustFops() },
    { path: 'bridges/rust/src/translator.gen.rs', text: generateRustTranslator() },
    { path: 'bridges/rust/src/fields.gen.rs', text: generateRustFields(table) },
    { path: 'bridges/rust/src/numbers.gen.rs', text: generateRustNumbers() },
    { path: 'bridges/javascript/library/codes.gen.ts', text: generateCodes() },
    { path: 'python/glupy/__init__.pyi', text: generateStubs(table) },
    { path: 'javascript/glossa.gen.d.ts', text: generateJavaScriptTypes(table) },
    { path: 'runtime/core/gen/taps.gen.ts', text: generateTaps() },
    { path: 'runtime/observe/structs.gen.ts', text: generateRecordedStructs(table) },
    { path: 'runtime/core/gen/observed.gen.ts', text: generateObserved() },
    { path: 'runtime/xlators/registry.gen.ts', text: generateRegistry('runtime/xlators') },
    { path: 'gluster/registry.gen.ts', text: generateRegistry('gluster') },
  ];
}

const PYTHON_OPERATIONS = 'python/glossa/_operations.py';

/** Generates the sources whose generators import some of those above. */
export async function generateLaterSources(): Promise<Output[]> {
  const { generatePythonOperations } = await import('./api-operations.ts');
  return [{ path: PYTHON_OPERATIONS, text: generatePythonOperations() }];
}

/** Replaces a file at once if its text has changed: builds see no other as new, and readers no part of a text. */
function writeIfChanged(root: string, { path, text }: Output): void {
  const file = join(root, path);
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const unfinished = `${file}.${process.pid}~`;
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
}

/** Whether one of the sources is missing, as in a fresh checkout. @param root the checkout */
export const areSourcesMissing = (root: string): boolean =>
  [...generateSources().map(({ path }) => path), PYTHON_OPERATIONS].some(
    (path) => !existsSync(join(root, path)),
  );

/** Writes all sources that are missing or stale. @param root the checkout */
export async function writeSources(root: string): Promise<void> {
  for (const output of generateSources()) writeIfChanged(root, output);
  for (const output of await generateLaterSources()) writeIfChanged(root, output);
}
