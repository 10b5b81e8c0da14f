/**
 * Finds which module a line of a joined file comes from. The build joins modules into few files
 * (tools/joined-modules.ts), in which each module begins with a comment that has its path.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A position in a module, without its folder. */
export interface ModulePosition {
  readonly file: string;
  readonly line: number;
}

/** Part of the URLs of joined files. */
const JOINED_FOLDER = '/dist/joined/';
/** The comment before a module: the path of its file in dist. */
const MODULE_COMMENT = /^\/\/ (\S+\.js)$/;

/** The modules of joined files, by the file's URL: name and first line of each. */
const modulesByUrl = new Map<string, readonly ModulePosition[]>();

/** Returns the position in the module; null for any other file. @param line from 1 */
export function findJoinedModule(url: string, line: number): ModulePosition | null {
  if (!url.includes(JOINED_FOLDER)) return null;
  let modules = modulesByUrl.get(url);
  if (modules === undefined) {
    modules = listModules(url);
    modulesByUrl.set(url, modules);
  }
  const module = modules.findLast((candidate) => candidate.line <= line);
  return module === undefined ? null : { file: module.file, line: line - module.line };
}

/** Lists the modules of a joined file. The list is empty for a file that cannot be read any more. */
function listModules(url: string): ModulePosition[] {
  let text: string;
  try {
    text = readFileSync(fileURLToPath(url), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((comment, index) => {
    const path = MODULE_COMMENT.exec(comment)?.[1];
    return path === undefined ? [] : { file: basename(path), line: index + 1 };
  });
}
