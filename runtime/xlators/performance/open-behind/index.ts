/**
 * performance/open-behind: answers an open at once, and opens the file below at its first use. A file
 * that a cache above serves, or that is only opened and closed, is never opened below.
 *
 * Source: GlusterFS 10 `xlators/performance/open-behind/src/`; README.md lists the differences.
 */
import type { Fd } from '../../../core/fd.ts';
import { findFop } from '../../../core/fops.ts';
import type { Frame } from '../../../core/frame.ts';
import { type FopName, fail, tail, unwind } from '../../../core/gen/fops.gen.ts';
import { type AnyFop, collect, tailArgs } from '../../../core/gen/generic.gen.ts';
import { IA_IFREG } from '../../../core/iatt.ts';
import type { Loc } from '../../../core/loc.ts';
import { O_CREAT, O_EXCL, O_TRUNC } from '../../../core/open-flags.ts';
import { defineTranslator, type Fop, type Fops, type Xlator } from '../../../core/xlator.ts';
import { checkOrder } from '../shared/order.ts';
import { options } from './options.ts';
import { OpenBehind, Pending } from './pending.ts';

type Behind = Xlator<OpenBehind>;

/** Flags of opens that change something: they are not delayed. */
const NOW = O_CREAT | O_EXCL | O_TRUNC;

const open: Fop<'open', OpenBehind> = (frame, xl, loc, flags, fd, xdata) => {
  // Only regular files are opened late.
  if ((flags & NOW) !== 0 || fd.inode.iaType !== IA_IFREG) {
    return tail.open(frame, xl.children[0]!, loc, flags, fd, xdata);
  }
  xl.priv.add(new Pending(frame.root, loc, flags, fd, xdata));
  unwind.open(frame, 0, 0, fd, null);
};

/** Winds a fop once all its files are open below. */
function wait(frame: Frame, xl: Behind, name: FopName, args: unknown[], fds: readonly Fd[]): void {
  const pending = fds.map((fd) => xl.priv.of(fd)).find((each) => each !== undefined);
  if (pending === undefined) tailArgs[name](frame, xl.children[0]!, args);
  else {
    xl.priv.whenOpen(pending, (errno) => {
      if (errno !== 0) fail[name](frame, errno);
      else wait(frame, xl, name, args, fds);
    });
  }
}

const readv: Fop<'readv', OpenBehind> = (frame, xl, fd, size, offset, flags, xdata) => {
  const { values } = xl.priv;
  const anonymous = values['use-anonymous-fd'] && !values['read-after-open'];
  if (isOpen(xl, fd, anonymous)) {
    tail.readv(frame, xl.children[0]!, fd, size, offset, flags, xdata);
  } else wait(frame, xl, 'readv', [fd, size, offset, flags, xdata], [fd]);
};

const writev: Fop<'writev', OpenBehind> = (frame, xl, fd, vector, offset, flags, xdata) => {
  if (isOpen(xl, fd)) tail.writev(frame, xl.children[0]!, fd, vector, offset, flags, xdata);
  // A copy: the caller reuses its buffer.
  else wait(frame, xl, 'writev', [fd, vector.slice(), offset, flags, xdata], [fd]);
};

const fstat: Fop<'fstat', OpenBehind> = (frame, xl, fd, xdata) => {
  if (isOpen(xl, fd, xl.priv.values['use-anonymous-fd'])) {
    tail.fstat(frame, xl.children[0]!, fd, xdata);
  } else wait(frame, xl, 'fstat', [fd, xdata], [fd]);
};

const seek: Fop<'seek', OpenBehind> = (frame, xl, fd, offset, what, xdata) => {
  if (isOpen(xl, fd, xl.priv.values['use-anonymous-fd'])) {
    tail.seek(frame, xl.children[0]!, fd, offset, what, xdata);
  } else wait(frame, xl, 'seek', [fd, offset, what, xdata], [fd]);
};

const flush: Fop<'flush', OpenBehind> = (frame, xl, fd, xdata) => {
  const pending = xl.priv.of(fd);
  if (pending === undefined) return tail.flush(frame, xl.children[0]!, fd, xdata);
  // Nothing was written through this fd.
  if (pending.errno === 0 && !pending.isOpening) return unwind.flush(frame, 0, 0, null);
  wait(frame, xl, 'flush', [fd, xdata], [fd]);
};

function isOpen({ priv }: Behind, fd: Fd, anonymous = false): boolean {
  const pending = priv.of(fd);
  return pending === undefined || (anonymous && pending.errno === 0 && !pending.isOpening);
}

/** All other fops on open files: they wait for the open. */
const waitingFops = [
  ...(['fsync', 'ftruncate', 'fgetxattr', 'fsetxattr', 'fremovexattr', 'fxattrop'] as const),
  ...(['fsetattr', 'fallocate', 'discard', 'zerofill', 'lk', 'finodelk', 'fentrylk'] as const),
  ...(['rchecksum', 'copy_file_range'] as const),
] satisfies FopName[];

function opening(name: FopName): AnyFop {
  const at = findFop(name)!.args.flatMap(({ type }, nth) => (type === 'fd' ? [nth] : []));
  return (frame, xl, args) => {
    const fds = at.map((nth) => args[nth] as Fd);
    wait(frame, xl as Behind, name, args, fds);
  };
}

/** Fops that may prevent a later open: pending opens of the inode go first. */
const byPath = {
  unlink: 0,
  rename: 1,
  setattr: 0,
  setxattr: 0,
  removexattr: 0,
} satisfies Partial<Record<FopName, number>>;

function openingAll(name: keyof typeof byPath): AnyFop {
  const at = byPath[name];
  return (frame, xl, args) => {
    const { inode } = args[at] as Loc;
    const go = (): void => tailArgs[name](frame, xl.children[0]!, args);
    const { priv } = xl as Behind;
    if (priv.hasPending(inode)) priv.whenAllOpen(inode, go);
    else go();
  };
}

const fops: Fops<OpenBehind> = {
  ...{ open, readv, writev, fstat, seek, flush },
  ...Object.fromEntries(waitingFops.map((name) => [name, collect[name](opening(name))])),
  ...Object.fromEntries(
    (Object.keys(byPath) as (keyof typeof byPath)[]).map((name) => [
      name,
      collect[name](openingAll(name)),
    ]),
  ),
};

/** With pass-through opens are no longer delayed; the other fops serve those still pending. */
const fopsFor = ({ priv }: Behind): Fops<OpenBehind> => {
  if (!priv.values['pass-through']) return fops;
  const { open: _open, ...rest } = fops;
  return priv.dump().opens === 0 ? {} : rest;
};

export default defineTranslator<OpenBehind, typeof options>({
  type: 'performance/open-behind',
  description: 'Answers an open at once, and opens the file when it is first used.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops: fopsFor,
  check: async (xl) => checkOrder(xl),
  init(xl, values) {
    checkOrder(xl);
    return new OpenBehind(xl, values);
  },
  reconfigure(xl, values) {
    xl.priv.values = values;
    if (values['pass-through'] || !values['lazy-open']) xl.priv.openAll(xl.inodes?.all() ?? []);
    xl.exchangeFops(fopsFor(xl));
  },
  release: (xl, _fd, pending) => xl.priv.release(pending as Pending),
  dump: (xl) => xl.priv.dump(),
  reset({ priv }) {
    Object.assign(priv, { opens: priv.dump().pending, late: 0, unused: 0 });
  },
});
