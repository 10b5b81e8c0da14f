/** The caches of absent names in all languages, and the requests for their tests. */
import { join } from 'node:path';
import glupy from '../../bridges/glupy.ts';
import native from '../../bridges/native/index.ts';
import { fops } from '../../runtime/core/fops.ts';
import type { FopName, FopTable } from '../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Fd, Loc } from '../../runtime/core/operands.ts';
import type { Translator } from '../../runtime/core/xlator.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import negative from '../../runtime/xlators/features/negative/index.ts';
import { compileModule, hasCompiler } from './compiled.ts';
import { canCompile, libraryFolder } from './native.ts';

const folder = join(packageRoot, 'examples/negative');

export interface Variant {
  readonly name: string;
  readonly translator: Translator<unknown>;
  readonly options: Readonly<Record<string, string>>;
}

const reference: Variant = {
  name: 'features/negative',
  translator: negative as Translator<unknown>,
  options: {},
};

/** The variants under test. */
export let variants: readonly Variant[] = [
  {
    name: 'negative.py',
    translator: glupy as Translator<unknown>,
    options: { 'module-name': 'negative', 'module-path': folder },
  },
  {
    name: 'negative.js',
    translator: glupy as Translator<unknown>,
    options: { 'module-name': 'negative', 'module-path': join(folder, 'javascript') },
  },
  reference,
  ...(canCompile ? [await makeVariantInC()] : []),
  ...(await makeVariants(['c'])),
];

/**
 * Replaces the variants by those whose compilers are slow, and the one that they are compared with;
 * called by a file before it imports test files.
 */
export async function useSlowVariants(): Promise<void> {
  variants = [reference, ...(await makeVariants(['cpp', 'rust']))];
}

async function makeVariantInC(): Promise<Variant> {
  const path = await compileModule(join(folder, 'c'), 'negative.so');
  return {
    name: 'negative.c',
    translator: native as unknown as Translator<unknown>,
    options: { 'module-path': path },
  };
}

/** A variant that is compiled to WebAssembly from the source in a folder of the example. */
async function makeCompiledVariant(language: string): Promise<Variant> {
  const file = `negative-${language}.wasm`;
  await compileModule(join(folder, language), 'negative.wasm', file);
  const options = { 'module-name': file, 'module-path': libraryFolder() };
  return { name: file, translator: glupy as Translator<unknown>, options };
}

function makeVariants(languages: readonly string[]): Promise<Variant[]> {
  const compiled = languages.filter((language) =>
    hasCompiler(join(folder, language), 'negative.wasm'),
  );
  return Promise.all(compiled.map(makeCompiledVariant));
}

/** Names that a fop makes and takes away. */
export const creating = fops.filter((fop) => fop.entry.creates !== undefined).map(fopName);
export const removing = fops.filter((fop) => fop.entry.removes !== undefined).map(fopName);

function fopName({ name }: { readonly name: string }): FopName {
  return name as FopName;
}

/** Arguments for a fop that makes the name `created`, or takes `removed` away, in `dir`. */
export function makeArguments<N extends FopName>(
  name: N,
  dir: Inode,
  { created, removed }: { readonly created?: Loc; readonly removed?: Loc },
): FopTable[N]['args'] {
  const row = fops.find((fop) => fop.name === name)!;
  const values = { loc: new Loc(dir), int: 0, str: 'to', fd: new Fd(dir, 0, 1), dict: null };
  return row.args.map((arg) => {
    if (arg.name === row.entry.creates && created !== undefined) return created;
    if (arg.name === row.entry.removes && removed !== undefined) return removed;
    return arg.type === 'data' ? new Uint8Array() : values[arg.type as keyof typeof values];
  }) as unknown as FopTable[N]['args'];
}
