/**
 * What `option packages` gives a Python module: folders, which are put on `sys.path` and read where
 * they are, and wheels of pure Python, which are unpacked into the interpreter's memory.
 *
 * Names of wheels are those of the binary distribution format: name, version, an optional build
 * number, and the tags for Python, ABI and platform, separated by hyphens.
 */
import type { Sources } from '../host/machine.ts';
import { basename } from '../host/paths.ts';

/** What is wrong with a wheel's name; undefined when it is one for any machine. */
export function whyNoWheel(path: string): string | undefined {
  const file = basename(path);
  if (!file.endsWith('.whl')) return 'neither a folder nor a wheel (*.whl)';
  const parts = file.slice(0, -'.whl'.length).split('-');
  if (parts.length !== 5 && parts.length !== 6) return 'not the name of a wheel';
  const [python, abi, platform] = parts.slice(-3) as [string, string, string];
  if (abi !== 'none' || platform !== 'any') {
    return `it has native code, for ${python}-${abi}-${platform}; only pure Python runs here`;
  }
  const versions = python.split('.');
  if (!versions.some((tag) => /^(py3|cp3)\d*$/.test(tag))) return `it is for ${python}`;
  return undefined;
}

/** How packages get into an interpreter. */
export interface PackageSink {
  addFolder(path: string): void;
  /** Says what is wrong with the wheel, or ''. */
  addWheel(name: string, data: Uint8Array): string;
}

/** Puts packages into an interpreter. @throws {Error} for one that is none, with the reason. */
export function addPackages(paths: readonly string[], sources: Sources, sink: PackageSink): void {
  for (const path of paths) {
    if (sources.kind(path) === 'folder') {
      sink.addFolder(path);
      continue;
    }
    const wrong = whyNoWheel(path) ?? sink.addWheel(basename(path, '.whl'), sources.read(path));
    if (wrong !== '') throw new Error(`option packages ${path}: ${wrong}`);
  }
}
