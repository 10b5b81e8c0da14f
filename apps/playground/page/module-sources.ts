/** Shows the sources of compiled modules: takes them from source maps, or names them. */
import { readSourceNames } from '../../../bridges/wasm/positions.ts';
import type { FileTexts } from '../page-data.ts';
import { decodeModule } from '../play/compiled-modules.ts';

/** The most files that a description names. */
const NAMED_FILES_MAX = 8;

/** Describes a compiled module and its sources, in the place of its text. */
export function describeModule(path: string, text: string): string {
  const bytes = decodeModule(text);
  const { files, map } = readSourceNames(bytes);
  // The list has the files of C's library, too, if that has debug information.
  const base = path.slice(1).replace(/wasm$/, '');
  const named = files.filter((file) => file.startsWith(base));
  return `${path.slice(1)} is a compiled module (WebAssembly) of ${bytes.length} bytes.

${describeSources(named.length > 0 ? named : files.slice(0, NAMED_FILES_MAX), map)}
`;
}

/** Tells which files the user may open beside a module. */
function describeSources(files: readonly string[], map: string | undefined): string {
  if (map !== undefined)
    return `Its source map is ${map}. Open that with it, and its sources are shown beside it.`;
  if (files.length === 0) return 'It does not name its source: it has no debug information.';
  return `It was compiled from ${files.join(', ')}, which it does not contain. Open its source to see it beside it.`;
}

/** The ending of a module's source map. */
const MAP_EXTENSION = '.wasm.map';

/** The fields of a source map that are read. */
interface SourceMap {
  readonly sources?: unknown;
  readonly sourcesContent?: unknown;
}

/**
 * Adds the sources that source maps contain, without those of libraries (`~lib/`), unless a file of
 * the same name is there. The maps lose them: they serve to find the lines of a trap.
 */
export function addSources(texts: FileTexts): FileTexts {
  const sources: Record<string, string> = {};
  const others: Record<string, string> = {};
  for (const [path, text] of Object.entries(texts)) {
    const map = path.endsWith(MAP_EXTENSION) ? parseMap(text) : null;
    if (map === null) {
      others[path] = text;
      continue;
    }
    const { sourcesContent, ...rest } = map;
    others[path] = JSON.stringify(rest);
    if (!Array.isArray(map.sources) || !Array.isArray(sourcesContent)) continue;
    for (const [index, source] of map.sources.entries()) {
      const content: unknown = sourcesContent[index];
      if (typeof source !== 'string' || typeof content !== 'string') continue;
      const name = source.split('/').at(-1)!;
      if (!source.startsWith('~lib/') && /^[\w.-]+$/.test(name)) sources[`/${name}`] = content;
    }
  }
  return { ...sources, ...others };
}

/** Parses a source map; returns null for other texts, which the host ignores, too. */
function parseMap(text: string): SourceMap | null {
  try {
    const map: unknown = JSON.parse(text);
    return typeof map === 'object' && map !== null && !Array.isArray(map) ? map : null;
  } catch {
    return null;
  }
}
