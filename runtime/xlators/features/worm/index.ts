/**
 * features/worm ("write once, read many"): refuses changes of finished files. With `worm` no existing file can be
 * opened for writing, renamed, linked or removed. With `worm-file-level` the state of each file (`retention.ts`,
 * checked by `request-check.ts`) decides. Internal clients (pid below zero) are not refused. With
 * both options off it has no fops, and winds are routed past it.
 *
 * Source: GlusterFS 10 `xlators/features/read-only/src/worm.c`, `worm-helper.c`.
 */
import { type Creation, createNew } from '../../../core/create-new.ts';
import { Dict } from '../../../core/dict.ts';
import { ENOENT, EROFS, ESTALE } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  type AnyFop,
  collect,
  type FopName,
  type FopTable,
  fail,
  tail,
  tailArgs,
  unwind,
  wind,
} from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { messages } from '../../../core/messages.ts';
import { O_APPEND, O_TRUNC } from '../../../core/open-flags.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import {
  type Cbk,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { addsNothing, changesFile } from '../read-only/index.ts';
import { beginRequest, checkRequest } from './request-check.ts';
import {
  canEndAt,
  decideTransition,
  encodeText,
  makeRetainedState,
  type RetentionSettings,
  START_TIME,
  type Transition,
  WORM_FILE,
  type WormFile,
} from './retention.ts';

/** Defines the options of features/worm, with GlusterFS 10's names and defaults. */
const options = defineReconfigurableOptions({
  worm: {
    type: 'bool',
    default: false,
    description: 'Whether existing files cannot be changed, renamed, linked or removed.',
  },
  'worm-file-level': {
    type: 'bool',
    default: false,
    description: 'Whether each file gets a retention of its own, after it was closed.',
  },
  'worm-files-deletable': {
    type: 'bool',
    default: true,
    description: 'Whether files can be removed after their retention, with worm-file-level.',
  },
  'default-retention-period': {
    type: 'time',
    default: 120,
    description: 'Time for which a file is retained, with worm-file-level.',
  },
  'retention-mode': {
    type: 'str',
    default: 'relax',
    values: ['relax', 'enterprise'],
    description: 'Whether the end of a retention can be set earlier (relax) or not (enterprise).',
  },
  'auto-commit-period': {
    type: 'time',
    default: 180,
    description: "Time from a file's last change until it is retained, with worm-file-level.",
  },
});

type OptionValues = Values<typeof options>;

/** The state of one volume of features/worm. */
class WormState {
  values!: OptionValues;
  retentionSettings!: RetentionSettings;
  refusedCount = 0;

  constructor(values: OptionValues) {
    this.applyOptions(values);
  }

  applyOptions(values: OptionValues): void {
    this.values = values;
    this.retentionSettings = {
      retentionSeconds: values['default-retention-period'],
      autoCommitSeconds: values['auto-commit-period'],
      isEnterprise: values['retention-mode'] === 'enterprise',
      isDeletable: values['worm-files-deletable'],
    };
  }
}

type Xl = Xlator<WormState>;
/** The function that fails a fop which is chosen at run time. */
type AnyFail = (frame: Frame, errno: number) => void;

const readClockSeconds = (xl: Xl): number => Math.floor(xl.context.sink.now() / 1000);

/** Whether open(2)'s flags allow changes, or request appending. */
const opensToChange = (flags: number): boolean => changesFile(flags) || (flags & O_APPEND) !== 0;

/** The fops that `option worm` refuses, each with a test of its arguments. */
const fopsRefusedByWorm: { readonly [N in FopName]?: (args: readonly unknown[]) => boolean } = {
  open: ([, flags]) => opensToChange(flags as number),
  link: () => true,
  unlink: () => true,
  rename: () => true,
  rmdir: () => true,
  truncate: () => true,
  ftruncate: () => true,
  removexattr: () => true,
  fremovexattr: () => true,
  fsyncdir: () => true,
  xattrop: ([, , dict]) => !addsNothing(dict as Dict | null),
};

/** Finds the files that a request would change in its arguments. */
type ChangedFileFinder = (args: readonly unknown[]) => readonly (Loc | Fd)[];

/** Returns the file of fops that change the file in their first argument. */
const readFirstArgument: ChangedFileFinder = ([file]) => [file as Loc | Fd];
const NO_FILES: readonly (Loc | Fd)[] = [];

/** The fops that `worm-file-level` checks, each with the files that it would change. */
const changedFileFinders: { readonly [N in FopName]?: ChangedFileFinder } = {
  open: (args) => (((args[1] as number) & O_TRUNC) === 0 ? NO_FILES : readFirstArgument(args)),
  link: readFirstArgument,
  unlink: readFirstArgument,
  rename: ([oldLoc, newLoc]) => [oldLoc as Loc, newLoc as Loc],
  truncate: readFirstArgument,
  ftruncate: readFirstArgument,
  writev: readFirstArgument,
  fallocate: readFirstArgument,
  discard: readFirstArgument,
  zerofill: readFirstArgument,
  copy_file_range: (args) => [args[2] as Fd],
};

/** Fails a request with EROFS, and counts it. */
function refuse({ priv }: Xl, frame: Frame, name: FopName): void {
  priv.refusedCount += 1;
  (fail[name] as AnyFail)(frame, EROFS);
}

/** Winds or refuses a request: by `worm` at once, by `worm-file-level` once the files' states are read. */
function checkOrRefuse(frame: Frame, xl: Xl, name: FopName, args: readonly unknown[]): void {
  const { values, retentionSettings } = xl.priv;
  const isInternal = frame.root.pid < 0;
  if (!isInternal && values.worm && fopsRefusedByWorm[name]?.(args) === true) {
    refuse(xl, frame, name);
    return;
  }
  const isUnrestricted = isInternal || !values['worm-file-level'];
  const files = isUnrestricted ? NO_FILES : (changedFileFinders[name]?.(args) ?? NO_FILES);
  if (files.length === 0) {
    tailArgs[name](frame, xl.children[0]!, args);
    return;
  }
  const decide = (file: WormFile): Transition =>
    countRefusal(
      xl,
      decideTransition(file, retentionSettings, readClockSeconds(xl), name === 'unlink'),
    );
  checkRequest(xl, { frame, name, args, files, decide });
}

/** Counts a decision if it is a refusal, and returns it. */
function countRefusal({ priv }: Xl, result: Transition): Transition {
  if (result.isRefused) priv.refusedCount += 1;
  return result;
}

const ALLOWED: Transition = { isRefused: false, newState: null };
const REFUSED: Transition = { isRefused: true, newState: null };

/**
 * Decides on a setattr. A chmod that removes all write permissions retains the file from now on. A new access time of a
 * retained file moves the end of its retention.
 */
function decideSetattr(xl: Xl, attributes: Iatt, valid: number, file: WormFile): Transition {
  const { retentionSettings } = xl.priv;
  if ((valid & SET_ATTR.MODE) !== 0) {
    if ((attributes.iaProt & 0o222) !== 0) return ALLOWED;
    const retained = makeRetainedState(retentionSettings, readClockSeconds(xl));
    return canEndAt(file, retained.atime) ? { isRefused: false, newState: retained } : REFUSED;
  }
  const { retention, atime } = file;
  if (!retention?.isRetained) return ALLOWED;
  const end = (valid & SET_ATTR.ATIME_NOW) !== 0 ? readClockSeconds(xl) : attributes.iaAtime;
  if (!canEndAt(file, end)) return REFUSED;
  const period = retention.period + end - atime;
  return { isRefused: false, newState: { retention: { ...retention, period }, atime: end } };
}

/** Bits of a setattr that set the modification time, and those that `decideSetattr` decides about. */
const MTIME_BITS = SET_ATTR.MTIME | SET_ATTR.MTIME_NOW;
const CHECKED_BITS = SET_ATTR.MODE | SET_ATTR.ATIME | SET_ATTR.ATIME_NOW;

/** Makes a setattr that also checks internal clients, so that self-heal retains its copy like the other copies. */
const makeCheckedSetattr =
  (name: 'setattr' | 'fsetattr'): AnyFop =>
  (frame, untypedXl, args) => {
    const xl = untypedXl as Xl;
    const [target, attributes, valid] = args as [Loc | Fd, Iatt, number];
    if ((valid & CHECKED_BITS) === 0) {
      tailArgs[name](frame, xl.children[0]!, args);
      return;
    }
    const sentArgs = [...args];
    const decide = (file: WormFile): Transition => {
      // A request that sets the end of a retention must not set the modification time.
      if (file.retention?.isRetained) sentArgs[2] = valid & ~MTIME_BITS;
      return countRefusal(xl, decideSetattr(xl, attributes, valid, file));
    };
    checkRequest(xl, { frame, name, args: sentArgs, files: [target], decide });
  };

/** A create whose reply waits until the new file's start time is stored. */
interface PendingCreate {
  readonly frame: Frame;
  readonly reply: FopTable['create']['reply'];
}

/** The callbacks of `createNew` for a create. */
const creation: Creation<WormState> = {
  lookupKeys: null,
  /** Stores a new file's start time before the reply. */
  onCreate(frame, _cookie, xl, opRet, opErrno, ...reply) {
    const [fd] = reply;
    if (opRet < 0 || fd === null || !xl.priv.values['worm-file-level']) {
      unwind.create(frame, opRet, opErrno, ...reply);
      return;
    }
    // Only translators with a context on the fd get its `release`, where the file is marked.
    fd.ctxSet(xl, true);
    const dict = new Dict().set(START_TIME, encodeText(String(readClockSeconds(xl))));
    const ownFrame = beginRequest(xl, 'FSETXATTR', { frame, reply } satisfies PendingCreate);
    wind.fsetxattr(ownFrame, 0, setStartTimeCbk, xl.children[0]!, fd, dict, 0, null);
  },
  /** Opens an existing file unless it is protected. */
  onExisting(frame, xl, args) {
    const [loc, flags] = args;
    const { values } = xl.priv;
    const isInternal = frame.root.pid < 0;
    if (!isInternal && values.worm && opensToChange(flags)) refuse(xl, frame, 'create');
    else if (isInternal || !values['worm-file-level'] || (flags & O_TRUNC) === 0) {
      tail.create(frame, xl.children[0]!, ...args);
    } else {
      const decide = (file: WormFile): Transition =>
        countRefusal(
          xl,
          decideTransition(file, xl.priv.retentionSettings, readClockSeconds(xl), false),
        );
      checkRequest(xl, { frame, name: 'create', args, files: [loc], decide });
    }
  },
};

/** Logs that a file stays changeable, because its state could not be stored. */
function logUnprotected(xl: Xl, when: 'made' | 'closed', errno: number): void {
  const text = `a file that was ${when} can still be changed: its state cannot be stored`;
  xl.log.error(text, { errno, msgid: messages.wormUnmarked.id });
}

const setStartTimeCbk: Cbk<'fsetxattr', WormState> = (ownFrame, _cookie, xl, opRet, opErrno) => {
  xl.end(ownFrame.root);
  if (opRet < 0) logUnprotected(xl, 'made', opErrno);
  const { frame, reply } = ownFrame.local as PendingCreate;
  unwind.create(frame, 0, 0, ...reply);
};

const create: Fop<'create', WormState> = (frame, xl, ...args) =>
  createNew(frame, xl, args, creation);

/** Makes the fops that the options require. */
function makeFops({ priv: { values } }: Xl): Fops<WormState> {
  const isFileLevel = values['worm-file-level'];
  const names = new Set([
    ...(values.worm ? Object.keys(fopsRefusedByWorm) : []),
    ...(isFileLevel ? Object.keys(changedFileFinders) : []),
  ]) as Set<FopName>;
  const checkedFops = [...names].map((name) => [
    name,
    collect[name]((frame, xl, args) => checkOrRefuse(frame, xl as Xl, name, args)),
  ]);
  return {
    ...Object.fromEntries(checkedFops),
    ...(values.worm || isFileLevel ? { create } : {}),
    ...(isFileLevel
      ? {
          setattr: collect.setattr(makeCheckedSetattr('setattr')),
          fsetattr: collect.fsetattr(makeCheckedSetattr('fsetattr')),
        }
      : {}),
  } as Fops<WormState>;
}

/** Handles the reply to the mark (`WORM_FILE`): retains the file at once if its last change is long enough ago. */
const markFileCbk: Cbk<'setxattr', WormState> = (ownFrame, _cookie, xl, opRet, opErrno) => {
  xl.end(ownFrame.root);
  const file = ownFrame.local as Loc;
  if (opRet < 0) {
    // The file may have been removed while it was open.
    if (opErrno !== ENOENT && opErrno !== ESTALE) logUnprotected(xl, 'closed', opErrno);
    return;
  }
  const decide = (state: WormFile): Transition =>
    decideTransition(state, xl.priv.retentionSettings, readClockSeconds(xl), false);
  // Without a frame no request is wound or refused, so the name and the arguments are not used.
  checkRequest(xl, { frame: null, name: 'writev', args: [], files: [file], decide });
};

export default defineTranslator<WormState, typeof options>({
  type: 'features/worm',
  description: 'Keeps files as they were written once, for ever or for a time.',
  children: [1, 1],
  options,
  // The volume passes data unchanged.
  dataPath: { keepsPages: () => true },
  fops: makeFops,
  init: (_xl, values) => new WormState(values),
  reconfigure(xl, values) {
    xl.priv.applyOptions(values);
    xl.exchangeFops(makeFops(xl));
  },
  /** Marks a file as written once, after its creator has closed it. */
  release(xl, { inode }) {
    if (!xl.priv.values['worm-file-level']) return;
    const loc = new Loc(inode);
    const dict = new Dict().set(WORM_FILE, encodeText('1'));
    const ownFrame = beginRequest(xl, 'SETXATTR', loc);
    wind.setxattr(ownFrame, 0, markFileCbk, xl.children[0]!, loc, dict, 0, null);
  },
  dump: ({ priv: { refusedCount: refused } }) => ({ refused }),
});
