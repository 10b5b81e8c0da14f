/**
 * The programs that GlusterFS 10 speaks on a connection, and the messages of those that are no fops.
 * Source: `rpc/rpc-lib/src/protocol-common.h`, `rpc/xdr/src/{rpc-common-xdr,glusterfs3-xdr,portmap-xdr}.x`.
 */

import type { Gfid } from '../../runtime/core/gfid.ts';
import type { Iatt } from '../../runtime/core/iatt.ts';
import { fieldsOf } from './fields.ts';
import { writeOldIatt } from './iatt.ts';
import type { XdrReader, XdrWriter } from './xdr.ts';

/** The kind of news that CACHE_INVALIDATION is. */
const INVALIDATION = 1;

export interface Program {
  readonly name: string;
  readonly number: number;
  readonly version: number;
}

export const DUMP_PROGRAM: Program = { name: 'GF-DUMP', number: 123_451_501, version: 1 };
export const HANDSHAKE: Program = { name: 'GlusterFS Handshake', number: 14_398_633, version: 2 };
export const FOPS4: Program = { name: 'GlusterFS 4.x v1', number: 1_298_437, version: 400 };
export const PORTMAP: Program = { name: 'Portmap', number: 34_123_456, version: 1 };
/** What a server asks of a client, which never answers. */
export const CALLBACK: Program = { name: 'GlusterFS Callback', number: 52_743_234, version: 1 };

export const DUMP = { NULL: 0, DUMP: 1, PING: 2 } as const;
export const HAND = {
  NULL: 0,
  SETVOLUME: 1,
  GETSPEC: 2,
  PING: 3,
  SET_LK_VER: 4,
  EVENT_NOTIFY: 5,
  GET_VOLUME_INFO: 6,
} as const;
export const PMAP = {
  NULL: 0,
  PORTBYBRICK: 1,
  BRICKBYPORT: 2,
  SIGNIN: 4,
  SIGNOUT: 5,
} as const;
export const CBK = {
  FETCHSPEC: 1,
  CACHE_INVALIDATION: 5,
  CHILD_UP: 6,
  CHILD_DOWN: 7,
  RECALL_LEASE: 8,
  INODELK_CONTENTION: 10,
  ENTRYLK_CONTENTION: 11,
} as const;

/** What a client says who asks for the programs. */
export const DUMP_ID = 0xcaed;

/** Of NULL, PING and others without results: op_ret, op_errno, nothing more. */
export const commonReply = fieldsOf('op_ret:i32 op_errno:i32 xdata:opaque');
export const getspecCall = fieldsOf('flags:u32 key:string xdata:opaque');
export const getspecReply = fieldsOf('op_ret:i32 op_errno:i32 spec:string xdata:opaque');
export const volumeInfoReply = fieldsOf('op_ret:i32 op_errno:i32 op_errstr:string');
export const setLkVerCall = fieldsOf('uid:string lk_ver:i32');
export const setLkVerReply = fieldsOf('op_ret:i32 op_errno:i32 lk_ver:i32');
export const portByBrickCall = fieldsOf('brick:string');
export const portByBrickReply = fieldsOf('op_ret:i32 op_errno:i32 status:i32 port:i32');

export const brickByPortCall = fieldsOf('port:i32');
export const brickByPortReply = fieldsOf('op_ret:i32 op_errno:i32 status:i32 brick:string');
export const signinCall = fieldsOf('brick:string port:i32 pid:i32');
export const signoutCall = fieldsOf('brick:string port:i32 rdma_port:i32');
/** Of both. */
export const signReply = fieldsOf('op_ret:i32 op_errno:i32');

/** What servers of ours are asked besides, and nobody else. */
export const OWN: Program = { name: 'glossa', number: 1_734_700_915, version: 1 };
export const OWN_CALLS = {
  /** Nobody wants the answer of a call any more, which is sent all the same: its xid. */
  GIVE_UP: 1,
} as const;

/** What clients and servers of ours say of themselves with SETVOLUME, beside what all say. */
export const GLOSSA = 'glossa-version';

/** What is in the flags of GETSPEC: whether the names of other volfile servers are wanted. */
export const WANTS_SERVERS = 1;

export function writePrograms(w: XdrWriter, programs: readonly Program[]): void {
  w.zeros(16);
  for (const { name, number, version } of programs) {
    w.u32(1);
    w.string(name);
    w.u64(number);
    w.u64(version);
  }
  w.u32(0);
}

/** Null when it is no list, or one that was refused. */
export function readPrograms(r: XdrReader): Program[] | null {
  r.skip(8);
  const opRet = r.i32();
  r.skip(4);
  const programs: Program[] = [];
  while (r.u32() !== 0) {
    programs.push({ name: r.string(), number: r.u64(), version: r.u64() });
    if (r.short) return null;
  }
  return r.short || opRet < 0 ? null : programs;
}

// -- what a server tells -----------------------------------------------------------------------------

export const inodelkContention = fieldsOf('loc.gfid flock pid:u32 domain:string xdata:opaque');

/** CACHE_INVALIDATION: the gfid is a text, and attributes have the older layout. */
export function writeInvalidation(
  w: XdrWriter,
  { gfid, flags, expire, stat, parent, oldParent }: Invalidation,
): void {
  w.string(gfid);
  w.u32(INVALIDATION);
  w.u32(flags);
  w.u32(expire);
  for (const iatt of [stat, parent, oldParent]) writeOldIatt(w, iatt);
  w.u32(0);
}

export interface Invalidation {
  readonly gfid: Gfid;
  readonly flags: number;
  /** Seconds. */
  readonly expire: number;
  readonly stat: Iatt | null;
  /** Of its folder, and the folder where it was before. */
  readonly parent: Iatt | null;
  readonly oldParent: Iatt | null;
}
