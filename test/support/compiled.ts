/** Compiles modules for the tests by the languages of their sources. */
import { basename, extname, join } from 'node:path';
import { findModuleSource } from '../../bridges/compilers.ts';
import { canCompile, compile, libraryFolder } from './native.ts';
import { compileRust, rustCompiler } from './rust.ts';
import { canCompileCpp, canCompileWasm, compileCpp, compileWasm } from './wasm.ts';

interface SourceLanguage {
  readonly hasCompiler: boolean;
  /** Returns the path of the module. */
  compile(source: string, out: string): string | Promise<string>;
}

/** Languages of modules, by the extensions of sources, for each extension of a module. */
const languages: Readonly<Record<string, Readonly<Record<string, SourceLanguage>>>> = {
  '.so': { '.c': { hasCompiler: canCompile, compile } },
  '.wasm': {
    '.c': { hasCompiler: canCompileWasm, compile: compileWasm },
    '.cpp': { hasCompiler: canCompileCpp, compile: compileCpp },
    '.rs': { hasCompiler: rustCompiler !== '', compile: compileRust },
  },
};

/** Finds the language and the path of the source that a module is compiled from, in `folder`. */
function findSource(folder: string, module: string): { language: SourceLanguage; source: string } {
  const source = findModuleSource(join(folder, basename(module)));
  if (source === undefined) throw new Error(`${folder} has no source of ${module}`);
  return { language: languages[extname(module)]![extname(source)]!, source };
}

/** Whether a name is that of a compiled module. */
export const isCompiled = (module: string): boolean => Object.hasOwn(languages, extname(module));

/** Whether the compiler of a module's source is installed. */
export const hasCompiler = (folder: string, module: string): boolean =>
  findSource(folder, module).language.hasCompiler;

/** Compiles a module from its source in `folder`; the path of the module, in a folder of its own. */
export async function compileModule(
  folder: string,
  module: string,
  out = basename(module),
): Promise<string> {
  const { language, source } = findSource(folder, module);
  return language.compile(source, join(libraryFolder(), out));
}
