/**
 * Finds the function of a module that serves a fop or its callback, by the module's name section, for `glossa why`. A
 * module without names, or with several functions of that name, has none.
 *
 * Source: WebAssembly Core Specification 2.0, appendix "Name Section".
 */
import { BinaryReader, MalformedModuleError, type ModuleParts } from '../host/wasm-binary.ts';

/** The number of the subsection with the names of functions. */
const FUNCTION_NAMES = 1;
/** Rust's mangled name: the lengths and texts of its parts, the last of which is a hash. */
const RUST_NAME = /^_ZN(\w.*)17h[0-9a-f]{16}E$/;
/** Characters in parts of Rust's mangled names, by what replaces them. */
const RUST_ESCAPES: Readonly<Record<string, string>> = {
  $LT$: '<',
  $GT$: '>',
  $RF$: '&',
  $C$: ', ',
  $u20$: ' ',
  '..': '::',
};
/** Functions of Rust's libraries. */
const LIBRARY = /^<?(?:glossa|core|std|alloc)::/;

/** Finds the function's name by the fop's name, such as `mkdir`, or the callback's, such as `mkdir_cbk`. */
export type FindFunction = (method: string) => string | undefined;

/** Decodes a mangled name of Rust, without its hash; returns others as they are. */
function decodeName(name: string): string {
  let rest = RUST_NAME.exec(name)?.[1];
  if (rest === undefined) return name;
  const parts: string[] = [];
  for (let head = /^\d+/.exec(rest); head !== null; head = /^\d+/.exec(rest)) {
    const end = head[0].length + Number(head[0]);
    parts.push(rest.slice(head[0].length, end));
    rest = rest.slice(end);
  }
  return parts
    .map((part) => part.replace(/^_(?=\$)/, ''))
    .join('::')
    .replace(/\$LT\$|\$GT\$|\$RF\$|\$C\$|\$u20\$|\.\./g, (found) => RUST_ESCAPES[found]!);
}

/** Reads the names of functions. @throws {MalformedModuleError} */
function readFunctionNames({ customSections }: ModuleParts): string[] {
  const section = customSections.find(({ name }) => name === 'name');
  if (section === undefined) return [];
  const reader = new BinaryReader(section.content);
  while (reader.hasMore) {
    const kind = reader.readByte();
    const content = reader.readBytes(reader.readUnsigned());
    if (kind !== FUNCTION_NAMES) continue;
    const names = new BinaryReader(content);
    return Array.from({ length: names.readCount() }, () => {
      names.readUnsigned();
      return names.readName();
    });
  }
  return [];
}

/** Lists the module's own functions by their last names; null for names that several have. */
function listOwnFunctions(parts: ModuleParts): Map<string, string | null> {
  const functions = new Map<string, string | null>();
  for (const fullName of readFunctionNames(parts)) {
    const name = decodeName(fullName);
    if (LIBRARY.test(name)) continue;
    const lastName = /\w+$/.exec(name)?.[0] ?? '';
    functions.set(lastName, functions.has(lastName) ? null : name);
  }
  return functions;
}

/** Makes the function that finds names. It reads the section at its first call; a malformed one has no names. */
export function makeFindFunction(parts: ModuleParts): FindFunction {
  let functions: Map<string, string | null> | undefined;
  return (method) => {
    try {
      functions ??= listOwnFunctions(parts);
    } catch (error) {
      if (!(error instanceof MalformedModuleError)) throw error;
      functions = new Map();
    }
    return functions.get(method) ?? undefined;
  };
}
