/**
 * features/access-control: refuses requests that mode bits and ACLs do not permit the caller (`rules.ts`), for
 * clients without a kernel that checks. Root, `super-uid` and internal clients (pid below zero) may do
 * everything; their requests pass.
 *
 * The owner, mode and ACL are kept with each inode (`subjects.ts`); where they are unknown, a request waits
 * for one lookup of the inode. Fops on open files that `rules.ts` does not have are routed past.
 *
 * Source: GlusterFS 10 `xlators/system/posix-acl/src/posix-acl.c`.
 */
import { ACL_ACCESS } from '../../../core/acl.ts';
import { type CreateArgs, type Creation, createNew } from '../../../core/create-new.ts';
import { Dict } from '../../../core/dict.ts';
import { EACCES, EIO, ENOENT } from '../../../core/errno.ts';
import type { Fd } from '../../../core/fd.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import type { Frame, Stack } from '../../../core/frame.ts';
import { type FopName, type FopTable, fail, unwind, wind } from '../../../core/gen/fops.gen.ts';
import {
  collect,
  collectCbk,
  tailArgs,
  unwindArgs,
  windArgs,
} from '../../../core/gen/generic.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { Loc } from '../../../core/loc.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { isPermitted } from '../../../core/permissions.ts';
import { isMember } from '../../../core/privileges.ts';
import { type Cbk, defineTranslator, type Fops, type Xlator } from '../../../core/xlator.ts';
import { isAclAlias, maskOfOpen, rules, setsAcl, UNKNOWN, verdict } from './rules.ts';
import { ACL_KEYS, aclIn, KnownSubjects, type Named } from './subjects.ts';

const S_ISGID = 0o2000;

const options = defineReconfigurableOptions({
  'super-uid': {
    type: 'int',
    default: 0,
    min: 0,
    max: 0xffff_ffff,
    description: 'A user who may do everything, besides root.',
  },
});

class AccessControl {
  superUid = 0;
  readonly subjects: KnownSubjects;
  /** Numbers of refused requests, and of the volume's own lookups. */
  refused = 0;
  lookups = 0;

  constructor(xl: Xlator<AccessControl>, values: Values<typeof options>) {
    this.subjects = new KnownSubjects(xl);
    this.configure(values);
  }

  configure(values: Values<typeof options>): void {
    this.superUid = values['super-uid'];
  }

  mayAll({ uid, pid }: Stack): boolean {
    return uid === 0 || pid < 0 || uid === this.superUid;
  }
}

type Xl = Xlator<AccessControl>;
type AnyCall = (frame: Frame, ...args: unknown[]) => void;

interface Waiting {
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly asked: Loc;
  readonly named: Named;
}

/** @param named results of lookups that the request has waited for */
function run(
  frame: Frame,
  xl: Xl,
  name: FopName,
  args: readonly unknown[],
  named: Named = null,
): void {
  const { priv } = xl;
  if (!priv.mayAll(frame.root)) {
    const { subjects } = priv;
    subjects.named = named;
    const errno = verdict(name, frame.root, subjects, args);
    if (errno === UNKNOWN) {
      ask(frame, xl, { name, args, asked: subjects.missing!, named });
      return;
    }
    if (errno !== 0) {
      refuse(frame, xl, name, errno);
      return;
    }
  }
  (permitted[name] ?? passOn)(frame, xl, args, name);
}

function refuse(frame: Frame, { priv }: Xl, name: FopName, errno: number): void {
  priv.refused += 1;
  (fail[name] as AnyCall)(frame, errno);
}

function ask(frame: Frame, xl: Xl, waiting: Waiting): void {
  const { inode, parent, name } = waiting.asked;
  const loc = inode === null ? new Loc(parent!.table.newInode(), parent, name) : waiting.asked;
  xl.priv.lookups += 1;
  frame.local = waiting;
  wind.lookup(frame, 0, askedCbk, xl.children[0]!, loc, ACL_KEYS);
}

const askedCbk: Cbk<'lookup', AccessControl> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
) => {
  const { name, args, asked, named } = frame.local as Waiting;
  frame.local = null;
  const isNamed = asked.name !== null;
  const of = isNamed ? inode : asked.inode;
  const known = opRet < 0 ? null : xl.priv.subjects.learn(of, buf, aclIn(xdata));
  const isAbsent = isNamed && opRet < 0 && opErrno === ENOENT;
  if (known === null && !isAbsent) (fail[name] as AnyCall)(frame, opRet < 0 ? opErrno : EIO);
  else run(frame, xl, name, args, isNamed ? new Map(named).set(asked, known) : named);
};

type Permitted = (frame: Frame, xl: Xl, args: readonly unknown[], name: FopName) => void;

const passOn: Permitted = (frame, xl, args, name) => tailArgs[name](frame, xl.children[0]!, args);

type Learn = (priv: AccessControl, args: readonly unknown[], reply: readonly unknown[]) => void;

const inodeOf = ([first]: readonly unknown[]): Inode | null =>
  (first as Partial<Loc>).inode ?? null;

/** Winds the fop and learns from its reply; for root's requests only about inodes that are kept. */
function learning(name: FopName, learn: Learn): Permitted {
  const cbk = collectCbk[name]((frame, _cookie, xl, opRet, opErrno, reply) => {
    const args = frame.local as readonly unknown[];
    if (opRet >= 0) learn(xl.priv as AccessControl, args, reply);
    unwindArgs[name](frame, opRet, opErrno, reply);
  });
  return (frame, xl, args) => {
    const { priv } = xl;
    const inode = inodeOf(args);
    const isKept = inode !== null && priv.subjects.get(inode) !== undefined;
    if (!isKept && priv.mayAll(frame.root)) return passOn(frame, xl, args, name);
    frame.local = args;
    windArgs[name](frame, 0, cbk as never, xl.children[0]!, args);
  };
}

/** The reply has the inode and its attributes first. */
const learnMade: Learn = ({ subjects }, _args, [inode, buf]) =>
  subjects.learn(inode as Inode | null, buf as Iatt | null);

const learnChanged: Learn = ({ subjects }, args, [, buf]) =>
  subjects.learn(inodeOf(args), buf as Iatt | null);

const dropIfAcl: Learn = ({ subjects }, args) => {
  const [of, what] = args as [Loc | Fd, Dict | string | null];
  const isAcl = typeof what === 'string' ? what === '' || isAclAlias(what) : setsAcl(what);
  if (isAcl) subjects.drop(of.inode!);
};

/** A chmod by a caller who is not of the file's group takes set-group-id away, as the kernel does. */
function changing(name: 'setattr' | 'fsetattr'): Permitted {
  const go = learning(name, learnChanged);
  return (frame, xl, args) => {
    const [of, to, valid, xdata] = args as [Loc | Fd, Iatt, number, Dict | null];
    const { priv } = xl;
    const sets = (valid & SET_ATTR.MODE) !== 0 && (to.iaProt & S_ISGID) !== 0;
    const known = sets && of.inode !== null ? priv.subjects.get(of.inode) : undefined;
    if (known === undefined || priv.mayAll(frame.root) || isMember(frame.root, known.iaGid)) {
      return go(frame, xl, args, name);
    }
    const kept = to.copy();
    kept.iaProt &= ~S_ISGID;
    go(frame, xl, [of, kept, valid, xdata], name);
  };
}

/** A lookup of an inode whose ACL was needed refreshes it. */
const lookup: Permitted = (frame, xl, args, name) => {
  const [loc, xdata] = args as FopTable['lookup']['args'];
  const known = loc.inode === null ? undefined : xl.priv.subjects.get(loc.inode);
  if (known === undefined && xl.priv.mayAll(frame.root)) return passOn(frame, xl, args, name);
  const refreshes = known?.acl !== undefined;
  const keys = refreshes ? (xdata?.copy() ?? new Dict()).set(ACL_ACCESS, 0) : xdata;
  wind.lookup(frame, refreshes ? 1 : 0, lookupCbk, xl.children[0]!, loc, keys);
};

const lookupCbk: Cbk<'lookup', AccessControl> = (
  frame,
  refreshes,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
  postparent,
) => {
  if (opRet >= 0) {
    xl.priv.subjects.learn(inode, buf, refreshes === 1 ? aclIn(xdata) : undefined);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Decides here what a caller may: the storage below may not know ACLs. */
const access: Permitted = (frame, xl, args, name) => {
  const [, mask] = args as FopTable['access']['args'];
  if (mask === 0 || xl.priv.mayAll(frame.root)) passOn(frame, xl, args, name);
  else unwind.access(frame, 0, 0, null);
};

const creation: Creation<AccessControl> = {
  lookupKeys: ACL_KEYS,
  onCreate(frame, _cookie, { priv }, opRet, opErrno, fd, inode, buf, ...parents) {
    if (opRet >= 0) priv.subjects.learn(inode, buf);
    unwind.create(frame, opRet, opErrno, fd, inode, buf, ...parents);
  },
  /** The file exists: it is opened, if the caller may. */
  onExisting(frame, xl, args, { buf, xdata }) {
    const [, flags] = args;
    if (isPermitted(buf, aclIn(xdata), frame.root, maskOfOpen(flags))) {
      passOn(frame, xl, args, 'create');
    } else refuse(frame, xl, 'create', EACCES);
  },
};

const create: Permitted = (frame, xl, args, name) => {
  if (xl.priv.mayAll(frame.root)) passOn(frame, xl, args, name);
  else createNew(frame, xl, args as CreateArgs, creation);
};

const learners: { readonly [N in FopName]?: Learn } = {
  mknod: learnMade,
  mkdir: learnMade,
  symlink: learnMade,
  link: learnMade,
  put: learnMade,
  setxattr: dropIfAcl,
  fsetxattr: dropIfAcl,
  removexattr: dropIfAcl,
  fremovexattr: dropIfAcl,
};

const permitted: { readonly [N in FopName]?: Permitted } = {
  ...Object.fromEntries(
    Object.entries(learners).map(([name, learn]) => [name, learning(name as FopName, learn)]),
  ),
  lookup,
  access,
  create,
  setattr: changing('setattr'),
  fsetattr: changing('fsetattr'),
};

const fops = Object.fromEntries(
  (Object.keys(rules) as FopName[]).map((name) => [
    name,
    collect[name]((frame, xl, args) => run(frame, xl as Xl, name, args)),
  ]),
) as Fops<AccessControl>;

export default defineTranslator<AccessControl, typeof options>({
  type: 'features/access-control',
  description:
    'Refuses what mode bits and ACLs do not permit, for clients without a kernel that does.',
  children: [1, 1],
  options,
  dataPath: { keepsPages: () => true },
  fops,
  init: (xl, values) => new AccessControl(xl, values),
  reconfigure: ({ priv }, values) => priv.configure(values),
  dump: ({ priv: { refused, lookups } }) => ({ refused, lookups }),
});
