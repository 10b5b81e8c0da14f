/**
 * debug/error-gen: fails fops before they reach the volume below, at random or every n-th.
 *
 * Each volume has a random generator of its own. With `option seed` the same requests fail with the same errnos
 * in every run.
 *
 * Source: GlusterFS `xlators/debug/error-gen/src/error-gen.c`. Unlike GlusterFS's, its `error-no` also applies to
 * `random-failure`, and every fop of the table may fail.
 */
import { type ErrnoName, errnoNumbers, strerror } from '../../../core/errno.ts';
import { FOP_ITEMS, parseFopList } from '../../../core/fop-list.ts';
import { findFop, fops as fopRows } from '../../../core/fops.ts';
import { type FopName, fail, fopNames, tail } from '../../../core/gen/fops.gen.ts';
import { type Before, taps } from '../../../core/gen/taps.gen.ts';
import { defineOptions, type Values } from '../../../core/options.ts';
import {
  type Dump,
  defineTranslator,
  type Fop,
  type Fops,
  type Xlator,
} from '../../../core/xlator.ts';

/** A value of `error-no` that is no errno: the write takes half of the data. */
const SHORT_WRITE = 'GF_ERROR_SHORT_WRITE';
/** Stands for SHORT_WRITE among the errnos. */
const SHORT_WRITE_ERRNO = -1;

type ErrorName = ErrnoName | typeof SHORT_WRITE;

/**
 * Lists the errnos that each fop may fail with when `error-no` is not set: GlusterFS's lists, and EIO for the
 * fops that GlusterFS's error-gen does not know.
 *
 * Source: GlusterFS `xlators/debug/error-gen/src/error-gen.c`, `error_no_list`.
 */
const errorNames = (
  'ENOENT ENOTDIR ENAMETOOLONG EACCES EBADF EFAULT ENOMEM EINVAL EIO EEXIST ENOSPC EPERM EROFS EBUSY ' +
  `EISDIR ENOTEMPTY EMLINK ENODEV EXDEV EMFILE ENFILE ENOSYS EINTR EFBIG EAGAIN ${SHORT_WRITE}`
).split(' ') as readonly ErrorName[];

// Lists that several fops share.
const CREATE_ERRORS = 'EACCES EEXIST EFAULT ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EPERM EROFS';
const OPEN_ERRORS = 'EACCES EEXIST EFAULT EISDIR EMFILE ENAMETOOLONG ENFILE ENODEV ENOENT';
const READ_ERRORS = 'EINVAL EBADF EFAULT EISDIR ENAMETOOLONG';
const LIST_ERRORS = 'EINVAL EACCES EBADF EMFILE ENOENT';
const SETATTR_ERRORS = 'EACCES EFAULT EIO ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS';
const SYNC_ERRORS = 'EBADF EIO EROFS EINVAL';
const TRUNCATE_ERRORS = 'EACCES EFAULT EFBIG EINTR EINVAL EIO EISDIR ENAMETOOLONG ENOENT';
const PATH_ERRORS = 'EACCES ENAMETOOLONG EINTR';
const FD_ERRORS = 'EACCES EBADF ENAMETOOLONG EINTR';

/** The lists, as texts of names; a fop without one fails with EIO. */
const errorsByFop: { readonly [N in FopName]?: string } = {
  lookup: 'ENOENT ENOTDIR ENAMETOOLONG EAGAIN',
  stat: 'EACCES EFAULT ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  readlink: 'EACCES EFAULT EINVAL EIO ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  mknod: `${CREATE_ERRORS} EINVAL`,
  mkdir: CREATE_ERRORS,
  unlink: 'EACCES EBUSY EFAULT EIO EISDIR ENAMETOOLONG ENOENT ENOMEM ENOTDIR EPERM EROFS',
  rmdir: 'EACCES EBUSY EFAULT ENOMEM ENOTDIR ENOTEMPTY EPERM EROFS',
  symlink: `${CREATE_ERRORS} EIO`,
  rename:
    'EACCES EBUSY EFAULT EINVAL EISDIR EMLINK ENAMETOOLONG ENOENT ENOMEM ENOSPC ENOTDIR EEXIST EXDEV',
  link: `${CREATE_ERRORS} EIO EMLINK EXDEV`,
  truncate: TRUNCATE_ERRORS,
  create: OPEN_ERRORS,
  open: `${OPEN_ERRORS} ENOMEM`,
  readv: READ_ERRORS,
  writev: `${READ_ERRORS} ENOSPC ${SHORT_WRITE}`,
  statfs: 'EACCES EFAULT EINTR EIO ENAMETOOLONG ENOENT ENOMEM ENOSYS ENOTDIR',
  flush: 'EACCES EFAULT ENAMETOOLONG ENOSYS ENOENT',
  fsync: SYNC_ERRORS,
  setxattr: PATH_ERRORS,
  getxattr: PATH_ERRORS,
  removexattr: PATH_ERRORS,
  fsetxattr: FD_ERRORS,
  fgetxattr: FD_ERRORS,
  fremovexattr: FD_ERRORS,
  opendir: 'EACCES EEXIST EFAULT EISDIR EMFILE ENAMETOOLONG ENFILE ENODEV',
  readdir: LIST_ERRORS,
  readdirp: LIST_ERRORS,
  fsyncdir: SYNC_ERRORS,
  access: 'EACCES ENAMETOOLONG ENOENT ENOTDIR EROFS EFAULT EINVAL EIO',
  ftruncate: TRUNCATE_ERRORS,
  fstat: 'EACCES EBADF EFAULT ENAMETOOLONG ENOENT ENOMEM ENOTDIR',
  lk: 'EACCES EFAULT ENOENT EINTR',
  xattrop: 'EACCES EFAULT ENAMETOOLONG ENOSYS ENOENT',
  fxattrop: SYNC_ERRORS,
  inodelk: PATH_ERRORS,
  finodelk: FD_ERRORS,
  entrylk: PATH_ERRORS,
  fentrylk: `${OPEN_ERRORS} ENOMEM`,
  setattr: SETATTR_ERRORS,
  fsetattr: `${SETATTR_ERRORS} EBADF`,
  getspec: PATH_ERRORS,
};

/** Finds the number of a value of `error-no`. */
const findErrorNumber = (name: ErrorName): number =>
  name === SHORT_WRITE ? SHORT_WRITE_ERRNO : errnoNumbers[name];

/** The errnos that a fop may fail with, by the fop's number. */
const errnosByFop: readonly (readonly number[] | undefined)[] = (() => {
  const byNumber: number[][] = [];
  for (const name of fopNames) {
    const names = (errorsByFop[name] ?? 'EIO').split(' ') as ErrorName[];
    byNumber[findFop(name)!.number] = names.map(findErrorNumber);
  }
  return byNumber;
})();

/**
 * Draws pseudo-random numbers, the same for the same seed. They choose the requests that fail; they
 * are not fit for secrets.
 *
 * Source: "mulberry32", a public-domain generator with a state of 32 bits and a period of 2^32.
 */
const TWO_32 = 2 ** 32;

export class SeededRandom {
  private state: number;

  /** @param seed 0 to 2^32 - 1 */
  constructor(seed: number) {
    this.state = seed | 0;
  }

  /** Returns a number in [0, 1). */
  drawShare(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / TWO_32;
  }

  /** Returns an integer in [0, limit). */
  drawBelow(limit: number): number {
    return Math.floor(this.drawShare() * limit);
  }
}

/**
 * With random-failure every n-th fop fails. n is drawn after each failure: the minimum, plus a number below the span
 * (`GF_UNIVERSAL_ANSWER`).
 */
const MIN_INTERVAL = 3;
const INTERVAL_SPAN = 42;

const options = defineOptions({
  failure: {
    type: 'percent',
    default: 0,
    description: 'Share of the fops that fail, chosen at random.',
    reconfigurable: true,
  },
  'error-no': {
    type: 'str',
    values: errorNames,
    description:
      'What they fail with; without it, one of the errnos that the fop may fail with. ' +
      `${SHORT_WRITE} writes half of the data, and lets other fops pass.`,
    reconfigurable: true,
  },
  'random-failure': {
    type: 'bool',
    default: false,
    description:
      'Every n-th fop fails, n from 3 to 44 and another each time; `failure` is ignored.',
    reconfigurable: true,
  },
  enable: {
    type: 'str',
    items: FOP_ITEMS,
    aliases: ['error-fops'],
    description: 'The fops that may fail, with commas between: LOOKUP,READ. Without it, all.',
    reconfigurable: true,
  },
  seed: {
    type: 'int',
    min: 0,
    max: 2 ** 32 - 1,
    description:
      'Seed of the random numbers: with the same seed, the same fops fail. Not in GlusterFS.',
  },
});

type OptionValues = Values<typeof options>;

/** The state of one volume of debug/error-gen. */
class ErrorGen {
  values: OptionValues;
  /** Fops since the last failure, with random-failure. */
  fopsSinceFailure = 0;
  /** The number of fops from one failure to the next, with random-failure. */
  failureInterval: number;
  /** Number of failed fops since the start. */
  failedCount = 0;
  private readonly random: SeededRandom;

  constructor(xl: Xlator<ErrorGen>, values: OptionValues) {
    this.values = values;
    const seed = new Uint8Array(4);
    if (values.seed === undefined) xl.context.random(seed);
    this.random = new SeededRandom(values.seed ?? new DataView(seed.buffer).getUint32(0));
    this.failureInterval = MIN_INTERVAL + this.random.drawBelow(INTERVAL_SPAN);
  }

  /** Draws the errno of the next fop: 0 if it passes, SHORT_WRITE_ERRNO for a short write. */
  drawErrno(fop: number): number {
    if (!this.shouldFailNext()) return 0;
    const { 'error-no': name } = this.values;
    const errnos = errnosByFop[fop]!;
    return name === undefined
      ? errnos[this.random.drawBelow(errnos.length)]!
      : findErrorNumber(name);
  }

  /** Decides whether the next fop fails. */
  private shouldFailNext(): boolean {
    if (!this.values['random-failure']) return this.random.drawShare() < this.values.failure / 100;
    this.fopsSinceFailure += 1;
    if (this.fopsSinceFailure < this.failureInterval) return false;
    this.fopsSinceFailure = 0;
    this.failureInterval = MIN_INTERVAL + this.random.drawBelow(INTERVAL_SPAN);
    return true;
  }

  get dump(): Dump {
    const { values, fopsSinceFailure, failureInterval, failedCount } = this;
    return {
      op_count: fopsSinceFailure,
      failure_iter_no: values['random-failure'] ? failureInterval : 0,
      failure: `${values.failure}%`,
      error_no: values['error-no'] ?? 'any',
      random_failure: values['random-failure'] ? 1 : 0,
      failed: failedCount,
    };
  }
}

/** The sources of log lines, with GlusterFS's function names, by the fop's number. */
const logSources = new Map(
  fopRows.map(({ number, name }) => [
    number,
    { file: 'error-gen', line: 0, func: `error_gen_${name}` },
  ]),
);

/** Counts and logs a failure, and returns its errno. */
function noteFailure(xl: Xlator<ErrorGen>, fop: number, errno: number): number {
  xl.priv.failedCount += 1;
  xl.log.error(`unwind(-1, ${strerror(errno)})`, { source: logSources.get(fop) });
  return errno;
}

/** Runs before each fop but writev: returns the errno to fail it with, or 0 to pass it. */
const failOrPass: Before<ErrorGen> = (_frame, xl, fop) => {
  const errno = xl.priv.drawErrno(fop);
  return errno === 0 || errno === SHORT_WRITE_ERRNO ? 0 : noteFailure(xl, fop, errno);
};

const WRITEV = fopRows.find(({ name }) => name === 'writev')!.number;

/** Fails a writev, passes it, or passes only the first half of its data (SHORT_WRITE). */
const writev: Fop<'writev', ErrorGen> = (frame, xl, fd, vector, offset, flags, xdata) => {
  const errno = xl.priv.drawErrno(WRITEV);
  if (errno > 0) {
    fail.writev(frame, noteFailure(xl, WRITEV, errno));
    return;
  }
  let data = vector;
  if (errno === SHORT_WRITE_ERRNO) {
    xl.priv.failedCount += 1;
    data = vector.subarray(0, Math.floor(vector.length / 2));
  }
  tail.writev(frame, xl.children[0]!, fd, data, offset, flags, xdata);
};

/** Makes the fops that may fail; none if the options let all pass. */
function makeFops({ priv: { values } }: Xlator<ErrorGen>): Fops<ErrorGen> {
  if (values.failure === 0 && !values['random-failure']) return {};
  const names = parseFopList(values.enable);
  return { ...taps(names, failOrPass), ...(names.includes('writev') && { writev }) };
}

export default defineTranslator<ErrorGen, typeof options>({
  type: 'debug/error-gen',
  description: 'Lets fops fail, by chance or every n-th, with errnos of your choice.',
  children: [1, 1],
  listsUnopened: true,
  options,
  fops: makeFops,
  init: (xl, values) => new ErrorGen(xl, values),
  reconfigure(xl, values) {
    xl.priv.values = values;
    xl.exchangeFops(makeFops(xl));
  },
  dump: ({ priv }) => priv.dump,
});
