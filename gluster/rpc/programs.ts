/**
 * Lists GlusterFS 10's RPC programs, with the messages of all but the fops (`fops4.ts`). Source:
 * `rpc/rpc-lib/src/protocol-common.h`, `rpc/xdr/src/{rpc-common-xdr,glusterfs3-xdr,portmap-xdr}.x`.
 */

import type { Gfid } from '../../runtime/core/gfid.ts';
import type { Iatt } from '../../runtime/core/iatt.ts';
import type { XdrReader, XdrWriter } from '../../runtime/wire/xdr.ts';
import { writeValues } from './dict.ts';
import { parseFields } from './fields.ts';
import { writeOldIatt } from './iatt.ts';

/** The event type of CACHE_INVALIDATION. */
const INVALIDATION_EVENT = 1;

/** An RPC program, by which calls name it. */
export interface Program {
  readonly name: string;
  readonly number: number;
  readonly version: number;
}

export const DUMP_PROGRAM: Program = { name: 'GF-DUMP', number: 123_451_501, version: 1 };
export const HANDSHAKE: Program = { name: 'GlusterFS Handshake', number: 14_398_633, version: 2 };
export const FOPS4: Program = { name: 'GlusterFS 4.x v1', number: 1_298_437, version: 400 };
export const PORTMAP: Program = { name: 'Portmap', number: 34_123_456, version: 1 };
/** The program that a server calls on a client; the client never replies. */
export const CALLBACK: Program = { name: 'GlusterFS Callback', number: 52_743_234, version: 1 };

/** Procedure numbers of GF-DUMP, the handshake, Portmap, and the calls of a server. */
export const DUMP_PROCEDURES = { NULL: 0, DUMP: 1, PING: 2 } as const;
export const HANDSHAKE_PROCEDURES = {
  NULL: 0,
  SETVOLUME: 1,
  GETSPEC: 2,
  PING: 3,
  SET_LK_VER: 4,
  EVENT_NOTIFY: 5,
  GET_VOLUME_INFO: 6,
} as const;
export const PORTMAP_PROCEDURES = {
  NULL: 0,
  PORTBYBRICK: 1,
  BRICKBYPORT: 2,
  SIGNIN: 4,
  SIGNOUT: 5,
} as const;
export const CALLBACK_PROCEDURES = {
  FETCHSPEC: 1,
  CACHE_INVALIDATION: 5,
  CHILD_UP: 6,
  CHILD_DOWN: 7,
  RECALL_LEASE: 8,
  INODELK_CONTENTION: 10,
  ENTRYLK_CONTENTION: 11,
} as const;

/** The id that clients send with DUMP. */
export const DUMP_ID = 0xcaed;

/** Results of NULL, PING and others without a payload. */
export const commonReply = parseFields('op_ret:i32 op_errno:i32 xdata:opaque');
export const getspecCall = parseFields('flags:u32 key:string xdata:opaque');
export const getspecReply = parseFields('op_ret:i32 op_errno:i32 spec:string xdata:opaque');
export const volumeInfoReply = parseFields('op_ret:i32 op_errno:i32 op_errstr:string');
export const setLkVerCall = parseFields('uid:string lk_ver:i32');
export const setLkVerReply = parseFields('op_ret:i32 op_errno:i32 lk_ver:i32');
export const portByBrickCall = parseFields('brick:string');
export const portByBrickReply = parseFields('op_ret:i32 op_errno:i32 status:i32 port:i32');

export const brickByPortCall = parseFields('port:i32');
export const brickByPortReply = parseFields('op_ret:i32 op_errno:i32 status:i32 brick:string');
export const signinCall = parseFields('brick:string port:i32 pid:i32');
export const signoutCall = parseFields('brick:string port:i32 rdma_port:i32');
/** The reply to SIGNIN and SIGNOUT. */
export const signReply = parseFields('op_ret:i32 op_errno:i32');

/** The program that glossa's servers offer to glossa's clients only. */
export const GLOSSA_PROGRAM: Program = { name: 'glossa', number: 1_734_700_915, version: 1 };
export const GLOSSA_PROCEDURES = {
  /** The client no longer needs the reply to the call with this xid; the server replies all the same. */
  GIVE_UP: 1,
} as const;

/** The SETVOLUME key under which glossa's clients and servers send their version. */
export const GLOSSA_VERSION_KEY = 'glossa-version';

/** Flag of GETSPEC: the client also wants the names of other volfile servers. */
export const WANTS_SERVERS = 1;

/** Flag of GET_VOLUME_INFO: the client wants the volume's id. */
export const WANTS_ID = 1;

/** Writes the reply to DUMP: the list of programs. */
export function writePrograms(w: XdrWriter, programs: readonly Program[]): void {
  // The id (8 bytes), op_ret and op_errno.
  w.zeros(16);
  // 1 before each program, and 0 at the end.
  for (const { name, number, version } of programs) {
    w.u32(1);
    w.string(name);
    w.u64(number);
    w.u64(version);
  }
  w.u32(0);
}

/** Reads the reply to DUMP. @returns the programs; null if the reply is malformed or a refusal */
export function readPrograms(r: XdrReader): Program[] | null {
  // The id.
  r.skip(8);
  const opRet = r.i32();
  // op_errno.
  r.skip(4);
  const programs: Program[] = [];
  while (r.u32() !== 0) {
    programs.push({ name: r.string(), number: r.u64(), version: r.u64() });
    if (r.isMalformed) return null;
  }
  return r.isMalformed || opRet < 0 ? null : programs;
}

// -- calls of a server -----------------------------------------------------------------------------

export const inodelkContention = parseFields('loc.gfid flock pid:u32 domain:string xdata:opaque');

/** Writes CACHE_INVALIDATION: the gfid is a text, and attributes have the older layout. */
export function writeInvalidation(
  w: XdrWriter,
  { gfid, flags, expireSeconds, stat, parent, oldParent, xattrs }: Invalidation,
): void {
  w.string(gfid);
  w.u32(INVALIDATION_EVENT);
  w.u32(flags);
  w.u32(expireSeconds);
  for (const iatt of [stat, parent, oldParent]) writeOldIatt(w, iatt);
  if (xattrs === null) w.u32(0);
  else writeValues(w, xattrs);
}

/** A brick's report of outdated cache entries of one inode. */
export interface Invalidation {
  readonly gfid: Gfid;
  /** The parts of the inode that have changed: GlusterFS's UP_* bits. */
  readonly flags: number;
  /** Seconds until the client forgets the file. */
  readonly expireSeconds: number;
  readonly stat: Iatt | null;
  /** Attributes of the parent directory; after a rename, of the new one. */
  readonly parent: Iatt | null;
  /** Attributes of the old parent directory after a rename. */
  readonly oldParent: Iatt | null;
  /** The new values of changed extended attributes that a client has asked for; null for none. */
  readonly xattrs: ReadonlyMap<string, Uint8Array> | null;
}
