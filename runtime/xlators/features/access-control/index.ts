/**
 * features/access-control: refuses requests that mode bits and ACLs do not permit the caller (`rules.ts`), for
 * clients without a kernel that checks. Root, `super-uid` and internal clients (pid below zero) may do
 * everything; their requests pass.
 *
 * The owner, mode and ACL are kept with each inode (`known-protections.ts`). Where they are unknown, a request waits
 * for one lookup of the inode. Fops on open files that have no rule are routed past the volume.
 *
 * Source: GlusterFS 10 `xlators/system/posix-acl/src/posix-acl.c`.
 */
import { ACL_ACCESS } from '../../../core/acl.ts';
import { type CreateArgs, type Creation, createNew } from '../../../core/create-new.ts';
import { Dict } from '../../../core/dict.ts';
import { EACCES, EIO, ENOENT } from '../../../core/errno.ts';
import { SET_ATTR } from '../../../core/fops.ts';
import { type Frame, isRootOrMember, type Stack } from '../../../core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  type FopTable,
  fail,
  tailArgs,
  unwind,
  unwindArgs,
  wind,
  windArgs,
} from '../../../core/gen/fops.gen.ts';
import type { Iatt } from '../../../core/iatt.ts';
import type { Inode } from '../../../core/inode.ts';
import { type Fd, Loc } from '../../../core/operands.ts';
import { defineReconfigurableOptions, type Values } from '../../../core/options.ts';
import { isPermitted } from '../../../core/permissions.ts';
import { type Cbk, defineTranslator, type Fops, type Xlator } from '../../../core/xlator.ts';
import {
  ACL_KEYS,
  KnownProtections,
  type NamedProtections,
  readReplyAcl,
} from './known-protections.ts';
import { checkRequest, computeOpenMask, isAclAlias, rules, setsAcl, UNKNOWN } from './rules.ts';

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

/** The state of one volume of features/access-control. */
class AccessControl {
  superUid = 0;
  readonly protections: KnownProtections;
  /** Number of refused requests. */
  refusedCount = 0;
  /** Number of lookups that the volume itself has requested. */
  lookupCount = 0;

  constructor(xl: Xlator<AccessControl>, values: Values<typeof options>) {
    this.protections = new KnownProtections(xl);
    this.applyOptions(values);
  }

  applyOptions(values: Values<typeof options>): void {
    this.superUid = values['super-uid'];
  }

  /** Whether the rules do not apply to a caller: root, internal clients, and the user of option super-uid. */
  isUnrestricted({ uid, pid }: Stack): boolean {
    return uid === 0 || pid < 0 || uid === this.superUid;
  }
}

type Xl = Xlator<AccessControl>;
/** A generated function of a fop that is chosen at run time. */
type AnyCall = (frame: Frame, ...args: unknown[]) => void;

/** A request that waits for a lookup of `target`. */
interface PendingRequest {
  readonly name: FopName;
  readonly args: readonly unknown[];
  readonly target: Loc;
  /** Results of the lookups that the request has waited for. */
  readonly namedProtections: NamedProtections;
}

/**
 * Checks a request, then winds it or refuses it.
 * @param namedProtections results of the lookups that this request has waited for
 */
function checkAndWind(
  frame: Frame,
  xl: Xl,
  name: FopName,
  args: readonly unknown[],
  namedProtections: NamedProtections = null,
): void {
  const { priv } = xl;
  if (!priv.isUnrestricted(frame.root)) {
    const { protections } = priv;
    protections.namedProtections = namedProtections;
    const errno = checkRequest(name, frame.root, protections, args);
    if (errno === UNKNOWN) {
      lookUpTarget(frame, xl, { name, args, target: protections.lookupTarget!, namedProtections });
      return;
    }
    if (errno !== 0) {
      refuse(frame, xl, name, errno);
      return;
    }
  }
  (permittedFops[name] ?? passOn)(frame, xl, args, name);
}

/** Fails a request that the rules do not permit, and counts it. */
function refuse(frame: Frame, { priv }: Xl, name: FopName, errno: number): void {
  priv.refusedCount += 1;
  (fail[name] as AnyCall)(frame, errno);
}

/** Looks up an inode whose owner, mode or ACL a rule needs, and checks the request again at the reply. */
function lookUpTarget(frame: Frame, xl: Xl, pending: PendingRequest): void {
  const { inode, parent, name } = pending.target;
  const loc = inode === null ? new Loc(parent!.table.newInode(), parent, name) : pending.target;
  xl.priv.lookupCount += 1;
  frame.local = pending;
  wind.lookup(frame, 0, targetCbk, xl.children[0]!, loc, ACL_KEYS);
}

const targetCbk: Cbk<'lookup', AccessControl> = (
  frame,
  _cookie,
  xl,
  opRet,
  opErrno,
  inode,
  buf,
  xdata,
) => {
  const { name, args, target, namedProtections } = frame.local as PendingRequest;
  frame.local = null;
  const isNamed = target.name !== null;
  const lookedUpInode = isNamed ? inode : target.inode;
  const protection =
    opRet < 0 ? null : xl.priv.protections.record(lookedUpInode, buf, readReplyAcl(xdata));
  const isAbsent = isNamed && opRet < 0 && opErrno === ENOENT;
  if (protection === null && !isAbsent) (fail[name] as AnyCall)(frame, opRet < 0 ? opErrno : EIO);
  else
    checkAndWind(
      frame,
      xl,
      name,
      args,
      isNamed ? new Map(namedProtections).set(target, protection) : namedProtections,
    );
};

/** Winds a request that the rules permit. */
type PermittedFop = (frame: Frame, xl: Xl, args: readonly unknown[], name: FopName) => void;

/** Winds a request unchanged, without a callback. */
const passOn: PermittedFop = (frame, xl, args, name) =>
  tailArgs[name](frame, xl.children[0]!, args);

/** Updates the known owners, modes and ACLs by a successful reply. */
type ReplyRecorder = (
  priv: AccessControl,
  args: readonly unknown[],
  reply: readonly unknown[],
) => void;

/** Returns the inode of a request's first argument, a Loc or Fd; null if the loc or fd has no inode. */
const getTargetInode = ([first]: readonly unknown[]): Inode | null =>
  (first as Partial<Loc>).inode ?? null;

/** Makes a fop that records its reply. For an unrestricted caller, it only updates inodes that are known. */
function makeRecordingFop(name: FopName, recordReply: ReplyRecorder): PermittedFop {
  const cbk = collectCbk[name]((frame, _cookie, xl, opRet, opErrno, reply) => {
    const args = frame.local as readonly unknown[];
    if (opRet >= 0) recordReply(xl.priv as AccessControl, args, reply);
    unwindArgs[name](frame, opRet, opErrno, reply);
  });
  return (frame, xl, args) => {
    const { priv } = xl;
    const inode = getTargetInode(args);
    const isKnown = inode !== null && priv.protections.get(inode) !== undefined;
    if (!isKnown && priv.isUnrestricted(frame.root)) return passOn(frame, xl, args, name);
    frame.local = args;
    windArgs[name](frame, 0, cbk as never, xl.children[0]!, args);
  };
}

/** Records a new inode: the reply's first fields are the inode and its attributes. */
const recordCreated: ReplyRecorder = ({ protections }, _args, [inode, buf]) =>
  protections.record(inode as Inode | null, buf as Iatt | null);

/** Records a changed inode: the reply's second field is the attributes after the change. */
const recordChanged: ReplyRecorder = ({ protections }, args, [, buf]) =>
  protections.record(getTargetInode(args), buf as Iatt | null);

/** Drops what is known about an inode whose ACL was set or removed. */
const dropIfAcl: ReplyRecorder = ({ protections }, args) => {
  const [target, dictOrName] = args as [Loc | Fd, Dict | string | null];
  // A removexattr with an empty name has its names in the xdata, where an ACL may be among them.
  const isAcl =
    typeof dictOrName === 'string'
      ? dictOrName === '' || isAclAlias(dictOrName)
      : setsAcl(dictOrName);
  if (isAcl) protections.drop(target.inode!);
};

/** Makes a setattr. As in the kernel, a chmod by a caller outside of the file's group cannot set set-group-id. */
function makeSetattrFop(name: 'setattr' | 'fsetattr'): PermittedFop {
  const windAndRecord = makeRecordingFop(name, recordChanged);
  return (frame, xl, args) => {
    const [target, attributes, valid] = args as [Loc | Fd, Iatt, number];
    const { priv } = xl;
    const setsGroupId = (valid & SET_ATTR.MODE) !== 0 && (attributes.iaProt & S_ISGID) !== 0;
    const protection =
      setsGroupId && target.inode !== null ? priv.protections.get(target.inode) : undefined;
    if (
      protection === undefined ||
      priv.isUnrestricted(frame.root) ||
      isRootOrMember(frame.root, protection.iaGid)
    ) {
      return windAndRecord(frame, xl, args, name);
    }
    const withoutGroupId = attributes.copy();
    withoutGroupId.iaProt &= ~S_ISGID;
    windAndRecord(frame, xl, args.with(1, withoutGroupId), name);
  };
}

/** Winds a lookup. If the inode's ACL was needed before, the lookup requests it again. */
const lookup: PermittedFop = (frame, xl, args, name) => {
  const [loc, xdata] = args as FopTable['lookup']['args'];
  const protection = loc.inode === null ? undefined : xl.priv.protections.get(loc.inode);
  if (protection === undefined && xl.priv.isUnrestricted(frame.root))
    return passOn(frame, xl, args, name);
  const refreshesAcl = protection?.acl !== undefined;
  // The callback's cookie is 1 if the reply has the ACL.
  const requestXdata = refreshesAcl ? (xdata?.copy() ?? new Dict()).set(ACL_ACCESS, 0) : xdata;
  wind.lookup(frame, refreshesAcl ? 1 : 0, lookupCbk, xl.children[0]!, loc, requestXdata);
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
    xl.priv.protections.record(inode, buf, refreshes === 1 ? readReplyAcl(xdata) : undefined);
  }
  unwind.lookup(frame, opRet, opErrno, inode, buf, xdata, postparent);
};

/** Replies to access without the storage, which may not know ACLs: the rules have permitted the request already. */
const access: PermittedFop = (frame, xl, args, name) => {
  const [, mask] = args as FopTable['access']['args'];
  if (mask === 0 || xl.priv.isUnrestricted(frame.root)) passOn(frame, xl, args, name);
  else unwind.access(frame, 0, 0, null);
};

/** The callbacks of `createNew` for a create. */
const creation: Creation<AccessControl> = {
  lookupKeys: ACL_KEYS,
  onCreate(frame, _cookie, { priv }, opRet, opErrno, fd, inode, buf, ...parents) {
    if (opRet >= 0) priv.protections.record(inode, buf);
    unwind.create(frame, opRet, opErrno, fd, inode, buf, ...parents);
  },
  /** Handles a create whose file exists: opens it, if the caller has the permission. */
  onExisting(frame, xl, args, { buf, xdata }) {
    const [, flags] = args;
    if (isPermitted(buf, readReplyAcl(xdata), frame.root, computeOpenMask(flags))) {
      passOn(frame, xl, args, 'create');
    } else refuse(frame, xl, 'create', EACCES);
  },
};

/** Creates a file only if none of that name exists, as an existing file needs a check of its own (`createNew`). */
const create: PermittedFop = (frame, xl, args, name) => {
  if (xl.priv.isUnrestricted(frame.root)) passOn(frame, xl, args, name);
  else createNew(frame, xl, args as CreateArgs, creation);
};

/** The recorders of fops that only need one. */
const replyRecorders: { readonly [N in FopName]?: ReplyRecorder } = {
  mknod: recordCreated,
  mkdir: recordCreated,
  symlink: recordCreated,
  link: recordCreated,
  put: recordCreated,
  setxattr: dropIfAcl,
  fsetxattr: dropIfAcl,
  removexattr: dropIfAcl,
  fremovexattr: dropIfAcl,
};

/** The functions that wind permitted requests, by fop; requests of other fops are passed on. */
const permittedFops: { readonly [N in FopName]?: PermittedFop } = {
  ...Object.fromEntries(
    Object.entries(replyRecorders).map(([name, recordReply]) => [
      name,
      makeRecordingFop(name as FopName, recordReply),
    ]),
  ),
  lookup,
  access,
  create,
  setattr: makeSetattrFop('setattr'),
  fsetattr: makeSetattrFop('fsetattr'),
};

const fops = Object.fromEntries(
  (Object.keys(rules) as FopName[]).map((name) => [
    name,
    collect[name]((frame, xl, args) => checkAndWind(frame, xl as Xl, name, args)),
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
  reconfigure: ({ priv }, values) => priv.applyOptions(values),
  dump: ({ priv: { refusedCount: refused, lookupCount: lookups } }) => ({ refused, lookups }),
});
