/**
 * features/worm: refuses changes of files that are written once and read many times. With `worm` no existing
 * file can be opened for writing, renamed, linked or removed. With `worm-file-level` the state of each file
 * (`retention.ts`, checked by `check.ts`) decides. Internal clients (pid below zero) are not refused.
 * Switched off it has no fops, and winds are routed past it.
 *
 * Source: GlusterFS 10 `xlators/features/read-only/src/worm.c`, `worm-helper.c`.
 */
import { type Creation, createNew } from '../../../core/create-new.ts';
import { Dict } from '../../../core/dict.ts';
import { ENOENT, EROFS, ESTALE } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import {
  type FopName,
  type FopTable,
  fail,
  tail,
  unwind,
  wind,
} from '../../../core/gen/fops.gen.ts';
import { type AnyFop, collect, tailArgs } from '../../../core/gen/generic.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import { Loc } from '../../../core/loc.ts';
import { messages } from '../../../core/messages.ts';
import { O_APPEND, O_TRUNC } from '../../../core/open-flags.ts';
import type { Values } from '../../../core/options.ts';
import {
  type Cbk,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';
import { addsNothing, changesFile } from '../read-only/index.ts';
import { begin, check } from './check.ts';
import { options } from './options.ts';
import {
  mayEndAt,
  type Periods,
  retained,
  START_TIME,
  type Transition,
  textValue,
  transition,
  WORM_FILE,
  type WormFile,
} from './retention.ts';

type OptionValues = Values<typeof options>;

class Worm {
  values: OptionValues;
  periods!: Periods;
  refused = 0;

  constructor(values: OptionValues) {
    this.values = values;
    this.configure(values);
  }

  configure(values: OptionValues): void {
    this.values = values;
    this.periods = {
      retention: values['default-retention-period'],
      commit: values['auto-commit-period'],
      isEnterprise: values['retention-mode'] === 'enterprise',
      isDeletable: values['worm-files-deletable'],
    };
  }
}

type Xl = Xlator<Worm>;
type AnyFail = (frame: Frame, errno: number) => void;

const now = (xl: Xl): number => Math.floor(xl.context.sink.now() / 1000);

const opensToChange = (flags: number): boolean => changesFile(flags) || (flags & O_APPEND) !== 0;

/** The fops that `option worm` refuses, each with a test of its arguments. */
const changesVolume: { readonly [N in FopName]?: (args: readonly unknown[]) => boolean } = {
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

type TargetsOf = (args: readonly unknown[]) => readonly (Loc | Fd)[];

const first: TargetsOf = ([file]) => [file as Loc | Fd];
const NONE: readonly (Loc | Fd)[] = [];

/** The fops that `worm-file-level` checks, each with the files that it would change. */
const changesFiles: { readonly [N in FopName]?: TargetsOf } = {
  open: (args) => (((args[1] as number) & O_TRUNC) === 0 ? NONE : first(args)),
  link: first,
  unlink: first,
  rename: ([from, to]) => [from as Loc, to as Loc],
  truncate: first,
  ftruncate: first,
  writev: first,
  fallocate: first,
  discard: first,
  zerofill: first,
  copy_file_range: (args) => [args[2] as Fd],
};

function refuse({ priv }: Xl, frame: Frame, name: FopName): void {
  priv.refused += 1;
  (fail[name] as AnyFail)(frame, EROFS);
}

function guard(frame: Frame, xl: Xl, name: FopName, args: readonly unknown[]): void {
  const { values, periods } = xl.priv;
  const isInternal = frame.root.pid < 0;
  if (!isInternal && values.worm && changesVolume[name]?.(args) === true) {
    refuse(xl, frame, name);
    return;
  }
  const isFree = isInternal || !values['worm-file-level'];
  const files = isFree ? NONE : (changesFiles[name]?.(args) ?? NONE);
  if (files.length === 0) {
    tailArgs[name](frame, xl.children[0]!, args);
    return;
  }
  const decide = (file: WormFile): Transition =>
    counted(xl, transition(file, periods, now(xl), name === 'unlink'));
  check(xl, { frame, name, args, files, decide });
}

function counted({ priv }: Xl, result: Transition): Transition {
  if (result.isRefused) priv.refused += 1;
  return result;
}

const PASSES: Transition = { isRefused: false, becomes: null };
const REFUSED: Transition = { isRefused: true, becomes: null };

/** A chmod that removes all write permissions retains the file until its access time. */
function decideChange(xl: Xl, to: Iatt, valid: number, file: WormFile): Transition {
  const { periods } = xl.priv;
  if ((valid & SET_ATTR.MODE) !== 0) {
    if ((to.iaProt & 0o222) !== 0) return PASSES;
    const becomes = retained(periods, now(xl));
    return mayEndAt(file, becomes.atime) ? { isRefused: false, becomes } : REFUSED;
  }
  const { retention, atime } = file;
  if (!retention?.isRetained) return PASSES;
  const end = (valid & SET_ATTR.ATIME_NOW) !== 0 ? now(xl) : to.iaAtime;
  if (!mayEndAt(file, end)) return REFUSED;
  const period = retention.period + end - atime;
  return { isRefused: false, becomes: { retention: { ...retention, period }, atime: end } };
}

const MTIMES = SET_ATTR.MTIME | SET_ATTR.MTIME_NOW;
const SETS = SET_ATTR.MODE | SET_ATTR.ATIME | SET_ATTR.ATIME_NOW;

/** Checks internal clients, too: self-heal then retains its copy like the other copies. */
const checkedSetattr =
  (name: 'setattr' | 'fsetattr'): AnyFop =>
  (frame, any, args) => {
    const xl = any as Xl;
    const [target, to, valid] = args as [Loc | Fd, Iatt, number];
    if ((valid & SETS) === 0) {
      tailArgs[name](frame, xl.children[0]!, args);
      return;
    }
    const passed = [...args];
    const decide = (file: WormFile): Transition => {
      // A request that sets the end of a retention must not set the modification time.
      if (file.retention?.isRetained) passed[2] = valid & ~MTIMES;
      return counted(xl, decideChange(xl, to, valid, file));
    };
    check(xl, { frame, name, args: passed, files: [target], decide });
  };

/** A successful create whose file has no start time yet. */
interface CreateReply {
  readonly frame: Frame;
  readonly reply: FopTable['create']['reply'];
}

const creation: Creation<Worm> = {
  lookupKeys: null,
  onCreate(frame, _cookie, xl, opRet, opErrno, ...reply) {
    const [fd] = reply;
    if (opRet < 0 || fd === null || !xl.priv.values['worm-file-level']) {
      unwind.create(frame, opRet, opErrno, ...reply);
      return;
    }
    fd.ctxSet(xl, true);
    const dict = new Dict().set(START_TIME, textValue(String(now(xl))));
    const own = begin(xl, 'FSETXATTR', { frame, reply } satisfies CreateReply);
    wind.fsetxattr(own, 0, startedCbk, xl.children[0]!, fd, dict, 0, null);
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
        counted(xl, transition(file, xl.priv.periods, now(xl), false));
      check(xl, { frame, name: 'create', args, files: [loc], decide });
    }
  },
};

function logUnprotected(xl: Xl, when: 'made' | 'closed', errno: number): void {
  const text = `a file that was ${when} can still be changed: its state cannot be stored`;
  xl.log.error(text, { errno, msgid: messages.wormUnmarked.id });
}

const startedCbk: Cbk<'fsetxattr', Worm> = (own, _cookie, xl, opRet, opErrno) => {
  xl.end(own.root);
  if (opRet < 0) logUnprotected(xl, 'made', opErrno);
  const { frame, reply } = own.local as CreateReply;
  unwind.create(frame, 0, 0, ...reply);
};

const create: Fop<'create', Worm> = (frame, xl, ...args) => createNew(frame, xl, args, creation);

function fops({ priv: { values } }: Xl): Fops<Worm> {
  const byFile = values['worm-file-level'];
  const names = new Set([
    ...(values.worm ? Object.keys(changesVolume) : []),
    ...(byFile ? Object.keys(changesFiles) : []),
  ]) as Set<FopName>;
  const guarded = [...names].map((name) => [
    name,
    collect[name]((frame, xl, args) => guard(frame, xl as Xl, name, args)),
  ]);
  return {
    ...Object.fromEntries(guarded),
    ...(values.worm || byFile ? { create } : {}),
    ...(byFile
      ? {
          setattr: collect.setattr(checkedSetattr('setattr')),
          fsetattr: collect.fsetattr(checkedSetattr('fsetattr')),
        }
      : {}),
  } as Fops<Worm>;
}

const closedCbk: Cbk<'setxattr', Worm> = (own, _cookie, xl, opRet, opErrno) => {
  xl.end(own.root);
  const file = own.local as Loc;
  if (opRet < 0) {
    // The file may have been removed while it was open.
    if (opErrno !== ENOENT && opErrno !== ESTALE) logUnprotected(xl, 'closed', opErrno);
    return;
  }
  const decide = (state: WormFile): Transition =>
    transition(state, xl.priv.periods, now(xl), false);
  check(xl, { frame: null, name: 'writev', args: [], files: [file], decide });
};

export default defineTranslator<Worm, typeof options>({
  type: 'features/worm',
  description: 'Keeps files as they were written once, for ever or for a time.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops,
  init: (_xl, values) => new Worm(values),
  reconfigure(xl, values) {
    xl.priv.configure(values);
    xl.exchangeFops(fops(xl));
  },
  /** Marks a file as written once, after its creator has closed it. */
  release(xl, { inode }) {
    if (!xl.priv.values['worm-file-level']) return;
    const loc = new Loc(inode);
    const dict = new Dict().set(WORM_FILE, textValue('1'));
    const own = begin(xl, 'SETXATTR', loc);
    wind.setxattr(own, 0, closedCbk, xl.children[0]!, loc, dict, 0, null);
  },
  dump: ({ priv: { refused } }) => ({ refused }),
});
