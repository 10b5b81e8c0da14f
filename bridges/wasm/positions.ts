/** Finds the source lines of a module's instructions, by the debug information that it has. */
import type { ModuleFile } from '../host/language.ts';
import type { Sources } from '../host/machine.ts';
import { basename, dirname, join } from '../host/paths.ts';
import {
  BinaryReader,
  MalformedModuleError,
  type ModuleParts,
  readModule,
} from '../host/wasm-binary.ts';
import { type DebugSections, listFiles, readLineTable } from './debug-lines.ts';
import type { CheckedModule } from './module-check.ts';
import { readSourceMap } from './source-map.ts';
import type { FindCompiledPosition, FindPosition } from './traps.ts';

/** The largest section or file with debug information that is read. */
const MAX_BYTES = 16 * 1024 * 1024;
const NOWHERE: FindPosition = () => undefined;

/** Finds the content of a custom section; empty without one. */
const findSection = ({ customSections }: ModuleParts, name: string): Uint8Array =>
  customSections.find((section) => section.name === name)?.content ?? new Uint8Array();

/** Finds the sections of DWARF's line table; undefined without one. */
function findDebugSections(parts: ModuleParts): DebugSections | undefined {
  const line = findSection(parts, '.debug_line');
  if (line.length === 0 || line.length > MAX_BYTES) return undefined;
  return {
    line,
    lineTexts: findSection(parts, '.debug_line_str'),
    texts: findSection(parts, '.debug_str'),
  };
}

/** Finds the name of the source map, which is beside the module; undefined without one. */
function findMapName(parts: ModuleParts): string | undefined {
  const section = findSection(parts, 'sourceMappingURL');
  if (section.length === 0) return undefined;
  const name = new BinaryReader(section).readName().replace(/^\.\//, '');
  return /^[^/\\]+\.map$/.test(name) ? name : undefined;
}

/** The names of files that a module's debug information refers to. */
export interface SourceNames {
  /** Its source files, without headers and without Rust's library. */
  readonly files: readonly string[];
  /** Its source map; undefined without one. */
  readonly map: string | undefined;
}

/** Reads the names of a module's sources from its bytes; malformed ones name none. */
export function readSourceNames(bytes: Uint8Array): SourceNames {
  try {
    const parts = readModule(bytes);
    const sections = findDebugSections(parts);
    const paths = sections === undefined ? [] : listFiles(sections);
    const own = paths.filter((path) => path !== '' && !/\.h$|\/rustc\//.test(path));
    return { files: [...new Set(own.map((path) => basename(path)))], map: findMapName(parts) };
  } catch (error) {
    if (!(error instanceof MalformedModuleError)) throw error;
    return { files: [], map: undefined };
  }
}

/** Makes the function that finds positions by DWARF's line table; undefined without one. */
function findByLineTable(checked: CheckedModule): FindPosition | undefined {
  const sections = findDebugSections(checked.parts);
  if (sections === undefined) return undefined;
  const findLine = readLineTable(sections);
  const { codeStart } = checked.parts;
  return (offset) => findLine(offset - codeStart);
}

/** Makes the function that finds positions by the source map; undefined without one. */
function findBySourceMap(
  checked: CheckedModule,
  path: string,
  sources: Sources,
): FindPosition | undefined {
  const name = findMapName(checked.parts);
  if (name === undefined) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = sources.read(join(dirname(path), name), MAX_BYTES);
  } catch {
    // It was not installed with the module, or is too large.
    return undefined;
  }
  return readSourceMap(new TextDecoder().decode(bytes));
}

/**
 * Makes the function that finds positions in a module's bytes as they were compiled. It reads the debug
 * information at its first call; a module without any, or with malformed one, has no positions.
 */
export function makeFindPosition(
  { path }: ModuleFile,
  checked: CheckedModule,
  sources: Sources,
): FindCompiledPosition {
  let find: FindPosition | undefined;
  return (offset) => {
    try {
      find ??= findByLineTable(checked) ?? findBySourceMap(checked, path, sources) ?? NOWHERE;
      const originalOffset = checked.findOriginalOffset(offset);
      if (originalOffset === undefined) return null;
      const position = find(originalOffset);
      return position && { file: basename(position.file), line: position.line };
    } catch (error) {
      if (!(error instanceof MalformedModuleError)) throw error;
      find = NOWHERE;
      return undefined;
    }
  };
}
