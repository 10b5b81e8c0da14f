/**
 * Rebuilds the storage of a recording in memory, to reply to requests that the recording lacks. It
 * makes the files that recorded replies show, and applies the recorded changes.
 */
import { connect } from '../api/driver.ts';
import type { Client } from '../core/client.ts';
import type { Context } from '../core/context.ts';
import { EIO } from '../core/errno.ts';
import { type FopRow, findFop, SET_ATTR } from '../core/fops.ts';
import { Stack } from '../core/frame.ts';
import type { FopName } from '../core/gen/fops.gen.ts';
import { collectCbk, windArgs } from '../core/gen/generic.gen.ts';
import { type Gfid, NULL_GFID } from '../core/gfid.ts';
import { Graph } from '../core/graph.ts';
import { IA_IFDIR, IA_IFLNK, MODE_BITS } from '../core/ia-types.ts';
import { NONE } from '../core/log.ts';
import { O_RDWR } from '../core/open-flags.ts';
import { GFID_REQ } from '../core/xdata.ts';
import type { Translator } from '../core/xlator.ts';
import type {
  DictPair,
  RecordedData,
  RecordedEntry,
  RecordedFd,
  RecordedList,
  RecordedLoc,
  RecordedStruct,
} from '../observe/codec.ts';
import type { Caller, Values } from '../observe/events.ts';
import memory from '../xlators/storage/memory/index.ts';
import { type Arrival, UNKNOWN_CALLER } from './plan.ts';
import { type RecordedReply, toRecordedReply } from './recorded-form.ts';
import { applyReplyTo, findPosition, ReplayObjects, UnknownObjectError } from './replay-objects.ts';

/** The bits of setattr for mode, uid and gid. */
const SETATTR_OWNER_AND_MODE = SET_ATTR.MODE | SET_ATTR.UID | SET_ATTR.GID;
/** The number of a file that is open for one write; recorded numbers begin at 1. */
const WRITER_FD_NUMBER = 0;

/** Fops that do not change a storage. */
const READING_FOPS = new Set<string>(
  (
    'lookup stat fstat access statfs readlink open opendir readv readdir readdirp getxattr ' +
    'fgetxattr flush fsync fsyncdir seek rchecksum lk inodelk finodelk entrylk fentrylk lease ' +
    'getspec ipc getactivelk setactivelk'
  ).split(' '),
);

/** Whether a fop may change a storage. */
export const mayChangeStorage = (fop: string): boolean => !READING_FOPS.has(fop);

/** A graph with one storage in memory, which a played volume uses. */
export class RecordedStorage {
  private readonly graph: Graph;
  private readonly client: Client;
  private readonly objects: ReplayObjects;

  private constructor(graph: Graph) {
    this.graph = graph;
    this.client = connect(graph, 'replay');
    this.objects = new ReplayObjects(this.client);
  }

  /** Starts an empty storage. */
  static async start(context: Context): Promise<RecordedStorage> {
    const translator = memory as unknown as Translator<unknown>;
    const volume = { name: 'recorded', translator, options: [], subvolumes: [] };
    const graph = new Graph([volume], context, { default: NONE, volumes: new Map() });
    await graph.start();
    return new RecordedStorage(graph);
  }

  /** Stops the storage, and drops its files. */
  async stop(): Promise<void> {
    this.objects.releaseAll();
    this.client.initiator.close();
    await this.graph.stop();
  }

  /** Replies to a request that has no recorded reply. A file that the recording lacks gives EIO. */
  sendRequest(
    row: FopRow,
    args: Values,
    caller: Caller,
    onReply: (reply: RecordedReply) => void,
  ): void {
    this.windRequest(row, args, caller, onReply);
  }

  /** Applies the changes of a recorded request, or copies the content of its reply. */
  applyArrival({ row, args, caller, reply: recorded }: Arrival): void {
    if (recorded === null || recorded.opRet < 0) return;
    const { values } = recorded;
    if (mayChangeStorage(row.name)) {
      const gfid = (values.buf as RecordedStruct | null | undefined)?.iaGfid;
      const isCreation = row.entry.creates !== undefined && typeof gfid === 'string';
      this.windRequest(row, isCreation ? requestGfid(args, gfid) : args, caller);
    } else this.contentCopiers[row.name]?.(args, values);
  }

  /** Adds a file that existed before the recording began. */
  addFile(path: string, stat: RecordedStruct): void {
    const position = findPosition(this.objects.table, path);
    if (position !== null) this.makeFile(position.parent.gfid, position.name, stat);
  }

  /** Functions, by fop, that copy the content of a recorded reply into the storage. */
  private readonly contentCopiers: Readonly<Record<string, (args: Values, reply: Values) => void>> =
    {
      lookup: ({ loc }, { buf }) => {
        const { pargfid, name } = loc as RecordedLoc;
        if (name !== null) this.makeFile(pargfid, name, buf as RecordedStruct | null);
      },
      readdirp: ({ fd }, { entries }) => {
        for (const { name, stat } of (entries as RecordedList<RecordedEntry> | null)?.items ?? []) {
          if (name !== '.' && name !== '..') this.makeFile((fd as { gfid: Gfid }).gfid, name, stat);
        }
      },
      readv: ({ fd: reader, offset }, { vector }) => {
        if ((vector as RecordedData).length === 0) return;
        const fd: RecordedFd = { ...(reader as RecordedFd), id: WRITER_FD_NUMBER, flags: O_RDWR };
        this.windOwnFop('writev', { fd, vector: vector!, offset: offset!, flags: 0 });
        this.objects.release(WRITER_FD_NUMBER);
      },
      getxattr: ({ loc }, { dict }) =>
        this.windOwnFop('setxattr', { loc: loc!, dict: dict!, flags: 0 }),
      fgetxattr: ({ fd }, { dict }) =>
        this.windOwnFop('fsetxattr', { fd: fd!, dict: dict!, flags: 0 }),
    };

  /** Makes a file that existed before the recording began. */
  private makeFile(parent: Gfid, name: string, stat: RecordedStruct | null): void {
    if (stat === null || this.objects.findInode(parent) === undefined) return;
    const gfid = stat.iaGfid as Gfid;
    const existing = this.objects.findInode(gfid);
    const loc: RecordedLoc = { gfid: NULL_GFID, pargfid: parent, name, path: name };
    // A known file needs only the name, as a hard link.
    if (existing !== undefined) {
      const isNamed = existing.names.some(
        (link) => link.name === name && link.parent.gfid === parent,
      );
      const oldloc: RecordedLoc = { gfid, pargfid: NULL_GFID, name: null, path: name };
      if (!isNamed && !existing.isDir) this.windOwnFop('link', { oldloc, newloc: loc });
      return;
    }
    const [mode, rdev] = [stat.iaProt as number, stat.iaRdev as number];
    const type = stat.iaType as number;
    const fop = type === IA_IFDIR ? 'mkdir' : type === IA_IFLNK ? 'symlink' : 'mknod';
    const modeWithType = MODE_BITS[type]! | mode;
    // The recorded attributes lack a symbolic link's target: '?' stands for it.
    const createArgs = {
      loc,
      linkpath: '?',
      mode: fop === 'mknod' ? modeWithType : mode,
      rdev,
      umask: 0,
    };
    this.windOwnFop(fop, requestGfid(createArgs, gfid));
    const newLoc: RecordedLoc = { gfid, pargfid: NULL_GFID, name: null, path: name };
    this.windOwnFop('setattr', { loc: newLoc, stbuf: stat, valid: SETATTR_OWNER_AND_MODE });
    if (fop === 'mknod' && stat.iaSize !== 0) {
      this.windOwnFop('truncate', { loc: newLoc, offset: stat.iaSize as number });
    }
  }

  /** Winds a fop of the rebuilding itself, whose reply does not matter. */
  private windOwnFop(fop: FopName, args: Values): void {
    this.windRequest(findFop(fop)!, args, UNKNOWN_CALLER);
  }

  /** Winds a fop to the storage. Calls `onReply` also if the storage lacks its file. */
  private windRequest(
    row: FopRow,
    recordedArgs: Values,
    { uid, gid, pid, lkOwner }: Caller,
    onReply: (reply: RecordedReply) => void = () => {},
  ): void {
    const name = row.name as FopName;
    let args: unknown[];
    try {
      args = this.objects.makeArgs(row, recordedArgs, pid);
    } catch (error) {
      if (!(error instanceof UnknownObjectError)) throw error;
      onReply({ opRet: -1, opErrno: EIO, values: {} });
      return;
    }
    const call = new Stack(uid, gid, pid, row.logName);
    call.lkOwner = lkOwner;
    const cbk = collectCbk[name]((_frame, _cookie, _xl, opRet, opErrno, values) => {
      this.client.end(call);
      applyReplyTo(this.objects, { row, args, opRet, opErrno, values }, null);
      onReply(toRecordedReply(row, opRet, opErrno, values));
    });
    windArgs[name](this.client.begin(call), 0, cbk as never, this.graph.links, args);
  }
}

/** Adds a request for this gfid to the arguments' xdata. */
function requestGfid(args: Values, gfid: Gfid): Values {
  const { items = [] } = (args.xdata ?? {}) as Partial<RecordedList<DictPair>>;
  const request: DictPair = { key: GFID_REQ, type: 'gfuuid', value: gfid };
  const allItems = [...items.filter(({ key }) => key !== GFID_REQ), request];
  return { ...args, xdata: { count: allItems.length, items: allItems } };
}
