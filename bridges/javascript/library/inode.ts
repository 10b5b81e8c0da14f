/** Exposes inodes, fds and locs, the objects of fops, to modules. */
import { HandleExpired } from './errors.ts';
import { host, parse } from './host.ts';
import { NULL_GFID } from './values.ts';

/** The module's contexts of inodes, by number; the host calls `forget` when it forgets an inode. */
export const contexts = new Map<number, Map<unknown, unknown>>();

/** Parses the fields that the host has sent. @throws {HandleExpired} if it dropped the object */
function parseOrExpire(text: string | undefined, kind: string): unknown[] {
  if (text === undefined) throw new HandleExpired(`the ${kind} is not known any more`);
  return parse(text) as unknown[];
}

/** A file, directory or other object of the volume. An inode has one object while in use. */
export class Inode {
  /** The inode's number in this volume. */
  readonly id: number;
  // On the prototype until the host has sent them.
  declare _gfid: string | null;
  declare _type: number | undefined;

  constructor(id: number, gfid: string | null = null) {
    this.id = id;
    this._gfid = gfid;
  }

  /** Fetches gfid, type and path; keeps gfid and type once the inode has a gfid. */
  _fetch(): [string, number, string] {
    const [gfid, type, path] = parseOrExpire(host.inode(this.id), 'inode') as [
      string,
      number,
      string,
    ];
    if (gfid !== NULL_GFID) {
      this._gfid = gfid;
      this._type = type;
    }
    return [gfid, type, path];
  }

  /** NULL_GFID until a lookup or creation has succeeded. */
  get gfid(): string {
    return this._gfid ?? this._fetch()[0];
  }

  get iaType(): number {
    return this._type ?? this._fetch()[1];
  }

  /** A path of the inode, as the host knows it now. */
  get path(): string {
    return this._fetch()[2];
  }

  /** The module's notes on the inode, kept until the host forgets it. */
  get ctx(): Map<unknown, unknown> {
    let context = contexts.get(this.id);
    if (context === undefined) {
      // The host then reports when it forgets the inode.
      if (host.track(this.id) === 0) throw new HandleExpired('the inode is not known any more');
      context = new Map();
      contexts.set(this.id, context);
    }
    return context;
  }

  /** True if `other` represents the same inode. */
  equals(other: unknown): boolean {
    return other instanceof Inode && other.id === this.id;
  }
}

Object.assign(Inode.prototype, { _gfid: null, _type: undefined });

/** Numbers of inode and parent, the name, the gfids of inode and parent. */
type Parts = [number, number, string | undefined, string | undefined, string];

/**
 * A loc's parts after its method has returned: each read first asks the host whether the request
 * still lives.
 */
class CheckedParts {
  declare readonly 0: Parts[0];
  declare readonly 1: Parts[1];
  declare readonly 2: Parts[2];
  declare readonly 3: Parts[3];
  declare readonly 4: Parts[4];
  readonly #parts: Parts;
  readonly #requestId: number;

  constructor(parts: Parts, requestId: number) {
    this.#parts = parts;
    this.#requestId = requestId;
  }

  get isEnded(): boolean {
    return host.alive(this.#requestId) === 0;
  }

  /** Returns the parts. @throws {HandleExpired} if the request has ended */
  _read(): Parts {
    if (!this.isEnded) return this.#parts;
    throw new HandleExpired("the loc's request has ended; loc.copy() makes one to keep");
  }

  [Symbol.iterator](): Iterator<Parts[number]> {
    return this._read()[Symbol.iterator]();
  }
}
for (const index of [0, 1, 2, 3, 4]) {
  Object.defineProperty(CheckedParts.prototype, index, {
    get(this: CheckedParts) {
      return this._read()[index];
    },
  });
}

/** The parts of a loc whose request has ended; there is no request 0. */
export const ENDED_PARTS = new CheckedParts([0, 0, undefined, undefined, NULL_GFID], 0);

/**
 * Returns an inode's gfid; undefined if the host has forgotten it: a wind to it fails with ESTALE.
 */
function readGfid(inode: Inode | undefined): string | undefined {
  try {
    return inode?.gfid;
  } catch (error) {
    if (error instanceof HandleExpired) return undefined;
    throw error;
  }
}

/** Returns the error text for an incomplete loc. */
function describeIncomplete(parent: Inode | undefined, name: string | undefined): string {
  if (name !== undefined) return 'name needs a parent: the Inode of the directory that it is in';
  if (parent !== undefined) return 'parent needs a name; the directory itself is inode';
  return 'a loc needs a parent and a name, an inode, or a gfid';
}

/**
 * The object of a fop: `name` in directory `parent`, and/or the inode itself. Locs do not change.
 * One that came with a request lives as long as the request.
 */
export class Loc {
  _parts: Parts | CheckedParts;

  constructor(parts: Parts) {
    this._parts = parts;
  }

  /** Makes a loc: a name in a directory, an inode, or a gfid. */
  static of(fields: { parent?: Inode; name?: string; inode?: Inode; gfid?: string }): Loc {
    const { parent, name, inode: target, gfid } = fields;
    const hasNoTarget = parent === undefined && target === undefined && gfid === undefined;
    if ((parent === undefined) !== (name === undefined) || hasNoTarget) {
      throw new TypeError(describeIncomplete(parent, name));
    }
    const targetGfid = readGfid(target);
    if (gfid !== undefined && targetGfid !== undefined && gfid !== targetGfid) {
      throw new TypeError(
        `a loc leads to one file: the gfid of inode is ${targetGfid}, not ${gfid}`,
      );
    }
    return new Loc([
      target?.id ?? 0,
      parent?.id ?? 0,
      name,
      gfid ?? targetGfid,
      readGfid(parent) ?? NULL_GFID,
    ]);
  }

  /** Makes further reads ask the host whether the request still lives. */
  _checkReads(requestId: number): void {
    const parts = this._parts;
    if (!(parts instanceof CheckedParts)) this._parts = new CheckedParts(parts, requestId);
  }

  get name(): string | null {
    return this._parts[2] ?? null;
  }

  /** The parent's gfid. */
  get pargfid(): string {
    return this._parts[4];
  }

  /** Whether the target has a gfid, from a lookup or a listing for example. */
  get known(): boolean {
    return this._parts[3] !== undefined;
  }

  get inode(): Inode | null {
    return this._parts[0] === 0 ? null : new Inode(this._parts[0], this._parts[3]);
  }

  get parent(): Inode | null {
    return this._parts[1] === 0 ? null : new Inode(this._parts[1], this._parts[4]);
  }

  get gfid(): string {
    return this._parts[3] ?? (this._parts[0] === 0 ? NULL_GFID : new Inode(this._parts[0]).gfid);
  }

  get path(): string {
    const { name, parent } = this;
    if (parent !== null && name !== null) {
      const parentPath = parent.path;
      return parentPath.endsWith('/') ? parentPath + name : `${parentPath}/${name}`;
    }
    return this.inode?.path ?? `<gfid:${this._parts[3] ?? NULL_GFID}>`;
  }

  /** Returns a copy with some parts replaced. */
  replace(replacements: { name?: string; parent?: Inode; inode?: Inode }): Loc {
    const [id, parentId, name, gfid, pargfid] = this._parts as Parts;
    const { parent, inode: target } = replacements;
    if ((parent === undefined) !== (replacements.name === undefined) && name === undefined) {
      throw new TypeError(describeIncomplete(parent, replacements.name));
    }
    return new Loc([
      target?.id ?? id,
      parent?.id ?? parentId,
      replacements.name ?? name,
      target === undefined ? gfid : target.gfid,
      parent === undefined ? pargfid : parent.gfid,
    ]);
  }

  /** Returns a copy that outlives the request. */
  copy(): Loc {
    return this.replace({});
  }

  /** True if both have the same inode, parent and name. */
  equals(other: unknown): boolean {
    if (!(other instanceof Loc)) return false;
    const otherParts = [...other._parts];
    return [...this._parts].every((part, index) => part === otherParts[index]);
  }

  toString(): string {
    const parts = this._parts;
    if (parts instanceof CheckedParts && parts.isEnded) return '<Loc of a request that has ended>';
    const [, , name, gfid, pargfid] = parts as Parts;
    return name === undefined ? `<Loc ${gfid}>` : `<Loc ${pargfid}/${name}>`;
  }
}

/** An open file or directory. An fd has one object until it is released. */
export class Fd {
  /** The fds whose release the host will report. */
  static readonly byId = new Map<number, Fd>();
  readonly id: number;
  /** The inode's number, flags, pid, and whether this is a directory; fetched at the first read. */
  #hostFields: unknown[] | undefined;
  #ctx: Map<unknown, unknown> | undefined;
  #isClosed = false;
  #isReleased = false;

  constructor(id: number) {
    this.id = id;
  }

  /** Invalidates the object of a released fd. */
  static expire(id: number): void {
    const expired = Fd.byId.get(id);
    if (expired !== undefined) expired.#isReleased = true;
    Fd.byId.delete(id);
  }

  #readField(index: number): unknown {
    this.#hostFields ??= parseOrExpire(host.fd(this.id), 'fd');
    return this.#hostFields[index];
  }

  get inode(): Inode {
    return new Inode(this.#readField(0) as number);
  }

  get flags(): number {
    return this.#readField(1) as number;
  }

  get pid(): number {
    return this.#readField(2) as number;
  }

  get isDir(): boolean {
    return this.#readField(3) as boolean;
  }

  /** The module's notes on the fd, kept until its release. */
  get ctx(): Map<unknown, unknown> {
    if (this.#isReleased) throw new HandleExpired('the fd has been released');
    this.#ctx ??= new Map();
    return this.#ctx;
  }

  /** Closes an fd that this module opened. @throws {Error} for any other fd */
  close(): void {
    if (!this.#isClosed && host.close_fd(this.id) === 0) {
      throw new Error('the fd was not opened by this module: its opener closes it');
    }
    this.#isClosed = true;
  }
}

/** Finds or makes the object of an fd; null for number 0. */
export function getFd(id: number): Fd | null {
  if (id === 0) return null;
  let fd = Fd.byId.get(id);
  if (fd === undefined) {
    fd = new Fd(id);
    // A released fd is not kept: the host would not report its release again.
    if (host.track_fd(id) !== 0) Fd.byId.set(id, fd);
  }
  return fd;
}
