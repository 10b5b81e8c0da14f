/**
 * Filters the names of a volume by its module's `entry_seen`, in each fop by which a name comes to light: a module that
 * handled these one by one would forget some. A page of a listing is one call.
 *
 * The module says for each name below whether it is seen, and perhaps under which name and with which attributes. A name
 * from above becomes the one below by `entry_stored`, where names differ.
 */
import type { Dict } from '../../../runtime/core/dict.ts';
import { EEXIST, EINVAL, ENOENT, ESTALE } from '../../../runtime/core/errno.ts';
import { type FopRow, fops as fopTable } from '../../../runtime/core/fops.ts';
import type { Frame } from '../../../runtime/core/frame.ts';
import {
  collect,
  collectCbk,
  type FopName,
  fail,
  unwindArgs,
  wind,
  windArgs,
} from '../../../runtime/core/gen/fops.gen.ts';
import { type Dirent, Iatt } from '../../../runtime/core/iatt.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import { type Fd, Loc } from '../../../runtime/core/operands.ts';
import { structTypes } from '../../../runtime/core/struct-types.ts';
import { RENAME_EXCHANGE, RENAME_FLAGS } from '../../../runtime/core/xdata.ts';
import type { Cbk, Child, Fop, Fops, Xlator } from '../../../runtime/core/xlator.ts';
import { type MethodCall, ResultError } from '../../../runtime/files/methods.ts';
import { expose } from '../crossing/exposed-inodes.ts';
import type { AnyWind } from '../crossing/plan.ts';
import type { EntrySeenDescription } from '../guest.ts';
import type { HostedMethods } from './hosted-files.ts';

const { names: IATT_FIELDS } = structTypes.iatt;
/** Parts of replies that are the attributes of the fop's own file. */
const OWN_ATTRIBUTES: ReadonlySet<string> = new Set(['buf', 'stbuf', 'statpost', 'postbuf']);

/** A module's verdict about a name below: null for a hidden one. */
interface Seen {
  /** Another name; null for the same. */
  readonly name: string | null;
  /** Changed attributes; null for the same. */
  readonly iatt: Iatt | null;
}

/** The verdict about a name that is shown as it is. */
const SAME: Seen = { name: null, iatt: null };
/** A module's verdicts, in the order of the names; null if all are shown as they are. */
type Verdicts = readonly (Seen | null)[] | null;

/** Checks the verdicts of a call. @throws {ResultError} */
function readVerdicts(
  value: unknown,
  names: readonly string[],
  iatts: readonly (Iatt | null)[],
): Verdicts {
  if (value === 1) return null;
  if (!Array.isArray(value) || value.length !== names.length)
    throw new ResultError('returned verdicts of another number');
  return (value as unknown[]).map((verdict, index): Seen | null => {
    if (verdict === 0) return null;
    if (verdict === 1) return SAME;
    const [name, fields] = Array.isArray(verdict) ? (verdict as unknown[]) : [verdict, null];
    if (name !== null && typeof name !== 'string')
      throw new ResultError(
        `returned ${JSON.stringify(verdict)} for ${JSON.stringify(names[index])}`,
      );
    return { name, iatt: fields === null ? null : makeIatt(fields, iatts[index]!) };
  });
}

/** Makes the attributes that a module has changed; those that identify the file stay. @throws {ResultError} */
function makeIatt(fields: unknown, before: Iatt | null): Iatt | null {
  if (!Array.isArray(fields) || fields.length !== IATT_FIELDS.length || before === null)
    return before;
  const iatt = Object.assign(new Iatt(), before);
  IATT_FIELDS.forEach((field, index) => {
    const value: unknown = fields[index];
    if (typeof iatt[field] !== 'number' || field === 'iaType') return;
    if (!Number.isSafeInteger(value))
      throw new ResultError(`returned attributes whose ${field} is no whole number below 2^53`);
    (iatt as unknown as Record<string, unknown>)[field] = value;
  });
  return iatt;
}

const listFields = (iatt: Iatt | null): unknown[] | null =>
  iatt === null ? null : IATT_FIELDS.map((field) => iatt[field]);

/** The fops that a filter handles, which its module must leave to it. */
export const listFilteredFops = ({ takesAttributes }: EntrySeenDescription): FopName[] =>
  fopTable.filter((row) => isFiltered(row, takesAttributes)).map(({ name }) => name as FopName);

function isFiltered({ name, entry, reply }: FopRow, takesAttributes: boolean): boolean {
  if (name === 'lookup' || name === 'readdir' || name === 'readdirp') return true;
  if (entry.creates !== undefined || entry.removes !== undefined) return true;
  return (
    takesAttributes && reply.some((part) => part.type === 'iatt' && OWN_ATTRIBUTES.has(part.name))
  );
}

/** Takes the result of a step: 0, or the errno that ends the fop. */
type Then<T> = (errno: number, value: T) => void;

export class EntryFilter {
  private readonly xl: Xlator;
  private readonly methods: HostedMethods;
  private readonly description: EntrySeenDescription;

  constructor(xl: Xlator, methods: HostedMethods, description: EntrySeenDescription) {
    this.xl = xl;
    this.methods = methods;
    this.description = description;
  }

  /** Makes the fops of the volume: those of names, and the module's others. */
  makeFops(ownFops: Fops<unknown>): Fops<unknown> {
    const filtered: { [N in FopName]?: Fop<FopName, unknown> } = {};
    for (const row of fopTable) {
      if (!isFiltered(row, this.description.takesAttributes)) continue;
      const name = row.name as FopName;
      const handle = /^readdirp?$/.test(name)
        ? (frame: Frame, args: unknown[]) => this.list(frame, name as 'readdir', args)
        : (frame: Frame, args: unknown[]) => this.pass(frame, row, args);
      filtered[name] = collect[name]((frame, _xl, args) => handle(frame, args)) as Fop<
        FopName,
        unknown
      >;
    }
    return { ...ownFops, ...filtered } as Fops<unknown>;
  }

  private get child(): Child {
    return this.xl.children[0]!;
  }

  // -- the module --------------------------------------------------------------------------------

  /** Asks the module about names below, in one call. */
  private ask(
    frame: Frame,
    parent: Inode,
    names: readonly string[],
    iatts: readonly (Iatt | null)[],
    then: Then<Verdicts>,
  ) {
    const about = this.description.takesAttributes
      ? names.map((name, index) => [name, listFields(iatts[index]!)])
      : names;
    const call = makeCall('entry_seen', parent, expose(parent, this.xl), JSON.stringify(about));
    this.methods.call(
      frame,
      call,
      (errno, value) => then(errno, value as Verdicts),
      (value) => readVerdicts(value, names, iatts),
    );
  }

  /** Finds the name below for one from above; null for none. */
  private findStored(frame: Frame, parent: Inode, name: string, then: Then<string | null>) {
    if (!this.description.hasStored) return then(0, name);
    const call = makeCall('entry_stored', parent, expose(parent, this.xl), name);
    this.methods.call(
      frame,
      call,
      (errno, value) => then(errno, value as string | null),
      (value) => {
        if (value !== null && typeof value !== 'string')
          throw new ResultError(`must return a name or None, not ${JSON.stringify(value)}`);
        return value;
      },
    );
  }

  /** Reads the attributes of a name below, where the module takes them; null without. */
  private readAttributes(frame: Frame, parent: Inode, name: string, then: Then<Iatt | null>) {
    if (!this.description.takesAttributes) return then(0, null);
    const cbk: Cbk<'lookup', unknown> = (_frame, _cookie, _xl, opRet, opErrno, _inode, buf) =>
      then(opRet < 0 ? opErrno : 0, buf);
    const loc = new Loc(parent.table.newInode(), parent, name);
    wind.lookup(frame, 0, cbk, this.child, loc, null);
  }

  /**
   * Finds what a name from above is below, and whether it is seen there.
   * @param isNew true for a name that is made: without attributes
   */
  private resolve(
    frame: Frame,
    { inode, parent, name, gfid }: Loc,
    isNew: boolean,
    then: Then<{ readonly loc: Loc; readonly isSeen: boolean; readonly isSame: boolean } | null>,
  ) {
    const dir = parent!;
    this.findStored(frame, dir, name!, (storedErrno, stored) => {
      if (storedErrno !== 0) return then(storedErrno, null);
      if (stored === null) return then(isNew ? EINVAL : ENOENT, null);
      const loc = stored === name ? null : new Loc(inode, dir, stored, gfid);
      const judge = (attributes: Iatt | null) =>
        this.ask(frame, dir, [stored], [attributes], (errno, verdicts) => {
          if (errno !== 0) return then(errno, null);
          const seen = verdicts === null ? SAME : verdicts[0]!;
          const isSame = seen !== null && (seen.name ?? stored) === name;
          const found = loc ?? new Loc(inode, dir, stored, gfid);
          then(0, { loc: found, isSeen: seen !== null, isSame });
        });
      if (isNew) judge(null);
      else
        this.readAttributes(frame, dir, stored, (errno, attributes) =>
          errno === 0 ? judge(attributes) : then(errno, null),
        );
    });
  }

  // -- fops --------------------------------------------------------------------------------------

  /** Passes a fop on with its names as they are below, and its reply back as the module sees it. */
  private pass(frame: Frame, row: FopRow, args: unknown[]) {
    const name = row.name as FopName;
    const refuse = (errno: number) =>
      (fail[name] as (frame: Frame, errno: number) => void)(frame, errno);
    const isByGfid = name === 'lookup' && (args[0] as Loc).name === null;
    const target = args[0] as Loc;
    // A gfid whose name is unknown could be a hidden one's.
    if (isByGfid && !target.inode?.linked) return refuse(ESTALE);
    const indexes = row.args.flatMap((arg, index) =>
      arg.type === 'loc' && needsName(row, arg.name, args[index] as Loc) ? [index] : [],
    );
    const next = () => {
      const index = indexes.shift();
      if (index === undefined) return this.windOn(frame, row, args);
      const isNew = row.args[index]!.name === row.entry.creates && !isExchange(row, args);
      this.resolve(frame, args[index] as Loc, isNew, (errno, found) => {
        if (errno !== 0) return refuse(errno);
        const { loc, isSeen, isSame } = found!;
        if (!isSeen && !(isNew && this.description.makesHidden))
          return refuse(isNew ? EEXIST : ENOENT);
        if (isSeen && !isSame) return refuse(isNew ? EINVAL : ENOENT);
        args[index] = loc;
        next();
      });
    };
    next();
  }

  private windOn(frame: Frame, row: FopRow, args: readonly unknown[]) {
    const name = row.name as FopName;
    const unwind = (opRet: number, opErrno: number, reply: readonly unknown[]) =>
      unwindArgs[name](frame, opRet, opErrno, reply);
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, reply) => {
      if (opRet < 0 || !this.description.takesAttributes) return unwind(opRet, opErrno, reply);
      this.showAttributes(frame, row, args, reply, (errno) =>
        errno === 0
          ? unwind(opRet, opErrno, reply)
          : (fail[name] as (frame: Frame, errno: number) => void)(frame, errno),
      );
    });
    (windArgs[name] as AnyWind)(frame, 0, cbk, this.child, args);
  }

  /** Replaces the attributes in a reply by those that the module shows. */
  private showAttributes(
    frame: Frame,
    row: FopRow,
    args: readonly unknown[],
    reply: unknown[],
    end: (errno: number) => void,
  ) {
    const parts = row.reply.flatMap((part, index) =>
      part.type === 'iatt' && OWN_ATTRIBUTES.has(part.name) && reply[index] !== null ? [index] : [],
    );
    const named = findName(row, args);
    if (parts.length === 0 || named === undefined) return end(0);
    const iatts = parts.map((index) => reply[index] as Iatt);
    const show = (name: string) =>
      this.ask(
        frame,
        named.parent,
        parts.map(() => name),
        iatts,
        (errno, verdicts) => {
          if (errno !== 0) return end(errno);
          const hidden = row.name === 'lookup' && verdicts !== null && verdicts[0] === null;
          parts.forEach((index, at) => {
            reply[index] = verdicts?.[at]?.iatt ?? reply[index];
          });
          end(hidden ? ENOENT : 0);
        },
      );
    if (named.isStored) show(named.name);
    else
      this.findStored(frame, named.parent, named.name, (errno, stored) =>
        errno !== 0 || stored === null ? end(errno) : show(stored),
      );
  }

  /** Lists a directory: asks about each page below until some of it is seen, or it ends. */
  private list(frame: Frame, name: 'readdir' | 'readdirp', args: unknown[]) {
    const [fd, , offset] = args as [Fd, number, number];
    const { takesAttributes } = this.description;
    const below = takesAttributes ? 'readdirp' : name;
    const unwind = (
      opRet: number,
      opErrno: number,
      entries: Dirent[] | null,
      replyXdata: unknown,
    ) => unwindArgs[name](frame, opRet, opErrno, [entries, replyXdata]);
    const readPage = (from: number) => {
      const cbk = collectCbk[below]((_frame, _cookie, _xl, opRet, opErrno, [page, replyXdata]) => {
        const entries = page as Dirent[] | null;
        if (opRet < 0 || entries === null || entries.length === 0)
          return unwind(opRet, opErrno, entries, replyXdata);
        this.filterPage(frame, fd.inode, entries, (errno, seen) => {
          if (errno !== 0) return fail[name](frame, errno);
          if (seen.length === 0) return readPage(entries.at(-1)!.off);
          const shown = name === below ? seen : seen.map(dropAttributes);
          unwind(shown.length, opErrno, shown, replyXdata);
        });
      });
      (windArgs[below] as AnyWind)(frame, 0, cbk, this.child, args.with(2, from));
    };
    readPage(offset);
  }

  private filterPage(frame: Frame, dir: Inode, entries: readonly Dirent[], then: Then<Dirent[]>) {
    const asked = entries.filter(({ name }) => name !== '.' && name !== '..');
    const names = asked.map(({ name }) => name);
    const iatts = asked.map(({ stat }) => stat);
    if (asked.length === 0) return then(0, [...entries]);
    this.ask(frame, dir, names, iatts, (errno, verdicts) => {
      if (errno !== 0) return then(errno, []);
      if (verdicts === null) return then(0, entries as Dirent[]);
      let at = 0;
      const seen = entries.flatMap((entry): Dirent[] => {
        if (entry.name === '.' || entry.name === '..') return [entry];
        const verdict = verdicts[at++]!;
        if (verdict === null) return [];
        if (verdict === SAME) return [entry];
        return [{ ...entry, name: verdict.name ?? entry.name, stat: verdict.iatt ?? entry.stat }];
      });
      then(0, seen);
    });
  }
}

/** Makes a call about a directory. @param id the directory's number for the module */
const makeCall = (
  method: 'entry_seen' | 'entry_stored',
  { gfid }: Inode,
  id: number,
  text: string,
): MethodCall => ({ method, path: gfid, text, a: id, b: 0, handle: -1, data: null });

/** Makes an entry of readdir from one of readdirp. */
const dropAttributes = (entry: Dirent): Dirent => ({
  ...entry,
  stat: null,
  dict: null,
  inode: null,
});

/** Whether a rename exchanges two names, so that it makes none (renameat2). */
const isExchange = ({ name }: FopRow, args: readonly unknown[]): boolean =>
  name === 'rename' &&
  (((args[2] as Dict | null)?.number(RENAME_FLAGS) ?? 0) & RENAME_EXCHANGE) !== 0;

/** Whether a loc's name is that of an entry that the fop finds, makes or removes. */
function needsName({ name, entry }: FopRow, arg: string, loc: Loc): boolean {
  if (loc.parent === null || loc.name === null || loc.name === '.' || loc.name === '..')
    return false;
  return name === 'lookup' || arg === entry.creates || arg === entry.removes;
}

/** Finds a name of the file that a fop is about: the one below that the fop was resolved to, or one from above. */
function findName(
  { name: fop }: FopRow,
  args: readonly unknown[],
): { readonly parent: Inode; readonly name: string; readonly isStored: boolean } | undefined {
  const target = args.find((arg) => arg instanceof Loc) as Loc | undefined;
  const loc = fop === 'rename' || fop === 'link' ? (args[1] as Loc) : target;
  if (loc?.parent != null && loc.name !== null)
    return { parent: loc.parent, name: loc.name, isStored: true };
  const dentry = (loc?.inode ?? (args[0] as Fd).inode)?.names[0];
  return dentry === undefined ? undefined : { ...dentry, isStored: false };
}
