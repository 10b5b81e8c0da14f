/**
 * Finds which module a line of a joined file comes from. The build joins modules into few files
 * (tools/joined-modules.ts), and writes the places of the modules to one file beside them.
 */
import { readFileSync } from 'node:fs';

/** A position in a module, without its folder. */
export interface ModulePosition {
  readonly file: string;
  readonly line: number;
}

/** Part of the paths of joined files. */
const JOINED_FOLDER = '/dist/joined/';
/** The list of the modules in that folder. */
const LIST_FILE = 'modules.json';

/** The modules of each joined file, by its name: their names and the lines before their first ones. */
export type JoinedModules = Readonly<Record<string, readonly (readonly [string, number])[]>>;

/** The lists by their folders. */
const listsByFolder = new Map<string, JoinedModules>();

/** Returns the position in the module; null for any other file. @param line from 1 */
export function findJoinedModule(path: string, line: number): ModulePosition | null {
  if (!path.includes(JOINED_FOLDER)) return null;
  const nameStart = path.lastIndexOf('/') + 1;
  const folder = path.slice(0, nameStart);
  let list = listsByFolder.get(folder);
  if (list === undefined) {
    list = readList(folder);
    listsByFolder.set(folder, list);
  }
  const module = list[path.slice(nameStart)]?.findLast(([, lineBefore]) => lineBefore < line);
  return module === undefined ? null : { file: module[0], line: line - module[1] };
}

/** Reads the list of a folder. It is empty if it cannot be read any more. */
function readList(folder: string): JoinedModules {
  try {
    return JSON.parse(readFileSync(folder + LIST_FILE, 'utf8')) as JoinedModules;
  } catch {
    return {};
  }
}
