/**
 * Lists the methods of a file system that an author writes by path (docs/write/storage.md), with their parameters. A
 * call enters a module as a fop does, by a row of its own; the module's message `["return", value]` has the result.
 */
import { type FopRow, findFop, parseArgs } from './fops.ts';

/** All methods. Those with `changes` make a file system one that can be written. */
export const fileMethods = {
  list: { params: ['path'] },
  stat: { params: ['path'] },
  read: { params: ['path', 'offset', 'size'] },
  readlink: { params: ['path'] },
  statfs: { params: ['path'] },
  getxattr: { params: ['path', 'name'] },
  listxattr: { params: ['path'] },
  open: { params: ['path', 'flags'] },
  close: { params: ['path', 'handle'] },
  flush: { params: ['path'] },
  fsync: { params: ['path'] },
  write: { params: ['path', 'offset', 'data'], changes: true },
  create: { params: ['path', 'mode'], changes: true },
  mkdir: { params: ['path', 'mode'], changes: true },
  remove: { params: ['path'], changes: true },
  rmdir: { params: ['path'], changes: true },
  rename: { params: ['path', 'new_path'], changes: true },
  link: { params: ['path', 'new_path'], changes: true },
  symlink: { params: ['path', 'target'], changes: true },
  truncate: { params: ['path', 'size'], changes: true },
  setattr: { params: ['path', 'changes'], changes: true },
  setxattr: { params: ['path', 'name', 'value', 'flags'], changes: true },
  removexattr: { params: ['path', 'name'], changes: true },
} as const satisfies Record<string, { params: readonly string[]; changes?: true }>;

export type FileMethod = keyof typeof fileMethods;

/** Whether a call may not be given up halfway: it changes something, or its handle has to be closed. */
export const hasEffect = (method: FileMethod): boolean =>
  'changes' in fileMethods[method] || method === 'open' || method === 'close';

/** Milliseconds until a call without effect ends for an interrupted caller, who may only handle a signal. */
export const INTERRUPT_GRACE_MS = 5000;

/**
 * The arguments of a call that enters a module, in the order of `MethodCall`, with the types of a fop's
 * (`core/fops.ts`).
 */
export const FILES_ARGUMENTS = 'method:str path:str text:str? a:int b:int handle:int data:data?';

/** The methods without which there is no file system. */
export const NEEDED_METHODS: readonly FileMethod[] = ['list', 'stat', 'read'];

/** Makes a row. @param name the guest's entry point */
const makeRow = (name: string): FopRow => ({
  number: 0,
  name,
  logName: name.toUpperCase(),
  args: parseArgs(FILES_ARGUMENTS, false),
  // No child replies to it: the libraries' entry points have at least one part.
  reply: parseArgs('value:int', true),
  entry: {},
  counts: null,
  data: null,
});

/** The rows of methods that answer at once, and of those that are an `async def`. */
export const FILES_ROW = makeRow('files');
export const FILES_LATER_ROW = makeRow('files_later');

/** Finds the row of a guest's entry point: a fop's, or that of methods. */
export const findEntryRow = (name: string): FopRow =>
  name === FILES_ROW.name
    ? FILES_ROW
    : name === FILES_LATER_ROW.name
      ? FILES_LATER_ROW
      : findFop(name)!;
