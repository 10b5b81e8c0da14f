/** Implements the browser machine's `Sources`: reads modules from the contents that the page passes. */
import type { FileKind, Sources } from '../../host/machine.ts';
import { normalize } from '../../host/paths.ts';

/** An error with an errno's name, like a file system's. */
class SourceError extends Error {
  readonly code: string;

  constructor(code: string, path: string) {
    super(`${code}: ${path}`);
    this.code = code;
  }
}

/** Files by absolute path: texts, or bytes. */
export type FileContents = Readonly<Record<string, string | Uint8Array>>;

/** Makes the sources of these files. @throws {Error} for a relative path */
export function makeSources(contents: FileContents): Sources {
  const files = new Map<string, Uint8Array>();
  const folders = new Map<string, Map<string, FileKind>>([['/', new Map()]]);
  const utf8 = new TextEncoder();
  for (const [path, content] of Object.entries(contents)) {
    if (!path.startsWith('/')) throw new Error(`modules: '${path}' is no absolute path`);
    const fullPath = normalize(path);
    files.set(fullPath, typeof content === 'string' ? utf8.encode(content) : content);
    addEntry(folders, fullPath, 'file');
  }
  const findKind = (path: string): FileKind | undefined =>
    files.has(path) ? 'file' : folders.has(path) ? 'folder' : undefined;
  return {
    // A browser has no installed package, so no bundled examples.
    installed: null,
    findFileKind: (path) => findKind(normalize(path)),
    list(folder) {
      const entries = folders.get(normalize(folder));
      if (entries === undefined) throw new SourceError('ENOENT', folder);
      return [...entries].map(([name, kind]) => ({ name, isFolder: kind === 'folder' }));
    },
    read(path, maxBytes = Number.POSITIVE_INFINITY) {
      const bytes = files.get(normalize(path));
      if (bytes === undefined) throw new SourceError('ENOENT', path);
      if (bytes.length > maxBytes) throw new SourceError('EFBIG', path);
      return bytes;
    },
    findRealPath(path) {
      const fullPath = normalize(path);
      if (findKind(fullPath) === undefined) throw new SourceError('ENOENT', path);
      return fullPath;
    },
    // A mount cannot cover files in memory, so there is nothing to check.
    makeMountCheck: () => () => Promise.resolve(),
  };
}

/** Adds a path to the entries of its folder; if the folder is new, adds that to its parent's. */
function addEntry(folders: Map<string, Map<string, FileKind>>, path: string, kind: FileKind): void {
  const slash = path.lastIndexOf('/');
  const folder = path.slice(0, slash) || '/';
  const existing = folders.get(folder);
  const entries = existing ?? new Map<string, FileKind>();
  entries.set(path.slice(slash + 1), kind);
  if (existing !== undefined) return;
  folders.set(folder, entries);
  addEntry(folders, folder, 'folder');
}
