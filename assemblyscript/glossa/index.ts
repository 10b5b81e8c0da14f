/**
 * Translators for glossa in AssemblyScript, compiled to WebAssembly.
 *
 * A module derives a class from `Translator`, defines methods named as fops, and names the class:
 * `translator<Hello>()`. It re-exports the functions that the host calls: `export * from 'glossa/module'`.
 */
import * as fop from './fop.gen';
import * as log from './log';
import * as reply from './reply.gen';

export { fop, log, reply };
export { Client, Dirent, Inode, Fd, isNullGfid, Loc, NULL_GFID, ROOT_GFID } from './values';
export { Dict, Item } from './dict';
export { Flock, Iatt, Lease, Statvfs } from './fields.gen';
export { Args, Reply, Row, Values } from './arguments';
export { Answer, Frame, KeptReply } from './frame';
export { Child, Root } from './root';
export { BoolOption, DoubleOption, IntOption, Option, StrOption } from './options';
export { translator, Translator } from './translator';
export { volume, Volume } from './volume';
export * from './needs';
export * from './numbers.gen';
