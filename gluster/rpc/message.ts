/**
 * Encodes and decodes the headers of calls and replies, with the credentials that name the caller. Layouts and
 * limits: GlusterFS 10 `rpc/rpc-lib/src/{xdr-rpc,auth-glusterfs}.c`, RFC 5531.
 */
import { computePaddedLength, type XdrReader, type XdrWriter } from '../../runtime/wire/xdr.ts';

/** The types of messages, and the status of a reply (`reply_stat`). */
export const CALL = 0;
export const REPLY = 1;
const RPC_VERSION = 2;
const ACCEPTED = 0;
const DENIED = 1;
/** The reason of a denied call (`reject_stat`), and the detail that follows it (`auth_stat`): none. */
const AUTH_ERROR = 1;
const AUTH_OK = 0;

/** The status of an accepted call; only SUCCESS is followed by results. */
export const ACCEPT_STATUS = {
  SUCCESS: 0,
  PROG_UNAVAIL: 1,
  PROG_MISMATCH: 2,
  PROC_UNAVAIL: 3,
  GARBAGE_ARGS: 4,
  SYSTEM_ERR: 5,
} as const;

export const AUTH_NULL = 0;
/** Credentials in GlusterFS's second and third layout. */
export const AUTH_V2 = 390_039;
export const AUTH_V3 = 390_040;

/** The most bytes of a call's credentials. */
const MAX_CREDENTIALS_BYTES = 400;
/** The most groups and bytes of the lock owner together, by layout: GlusterFS counts them in one sum. */
const MAX_OWNER_AND_GROUPS_V2 = 95;
const MAX_OWNER_AND_GROUPS_V3 = 91;

/** The process for which a call is made. */
export interface Caller {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  /** The lock owner as hexadecimal text; empty to send the pid instead. */
  readonly lkOwner: string;
  /** TIME_BITS (`core/ctime.ts`); 0 when no translator has set the time of the request. */
  readonly flags: number;
  /** Time of the request: seconds since 1970. */
  readonly ctime: number;
  readonly ctimeNsec: number;
}

/** The caller of calls that a client or server makes for itself. */
export const SELF_CALLER: Caller = {
  pid: 0,
  uid: 0,
  gid: 0,
  groups: [],
  lkOwner: '',
  flags: 0,
  ctime: 0,
  ctimeNsec: 0,
};

/** The number of a call, and the procedure that it calls. */
export interface CallHeader {
  readonly xid: number;
  readonly program: number;
  readonly version: number;
  readonly procedure: number;
}

/** The xid of a reply to a call with a malformed header. */
export const NO_XID = 0;

/** Whether credentials of this flavor have room for the lock owner. */
export const hasRoomForOwner = (lkOwner: string, flavor: number): boolean =>
  lkOwner.length / 2 <= (flavor === AUTH_V3 ? MAX_OWNER_AND_GROUPS_V3 : MAX_OWNER_AND_GROUPS_V2);

/** Writes the header of a call with its credentials; the arguments follow. @param caller null for no credentials */
export function writeCall(
  w: XdrWriter,
  { xid, program, version, procedure }: CallHeader,
  flavor: number,
  caller: Caller | null,
): void {
  w.u32(xid);
  w.u32(CALL);
  w.u32(RPC_VERSION);
  w.u32(program);
  w.u32(version);
  w.u32(procedure);
  // Without credentials: flavor AUTH_NULL, and length 0.
  if (caller === null) w.zeros(8);
  else writeCredentials(w, flavor, caller);
  // The verifier: flavor AUTH_NULL, and length 0.
  w.zeros(8);
}

/** Writes a caller as credentials, with as many of its groups as have room. */
function writeCredentials(w: XdrWriter, flavor: number, caller: Caller): void {
  const { pid, uid, gid, groups, lkOwner, flags, ctime, ctimeNsec } = caller;
  const isV3 = flavor === AUTH_V3;
  w.u32(flavor);
  const lengthPosition = w.position;
  w.u32(0);
  w.i32(pid);
  w.u32(uid);
  w.u32(gid);
  if (isV3) {
    w.u32(flags);
    w.u32(ctimeNsec);
    w.u64(ctime);
  }
  // Without a lock owner, the pid is sent: 4 bytes.
  const ownerBytes = lkOwner.length / 2 || 4;
  const groupCount = Math.min(
    groups.length,
    (isV3 ? MAX_OWNER_AND_GROUPS_V3 : MAX_OWNER_AND_GROUPS_V2) - ownerBytes,
  );
  w.u32(groupCount);
  for (let index = 0; index < groupCount; index++) w.u32(groups[index]!);
  w.u32(ownerBytes);
  w.reserve(ownerBytes + 3);
  const { bytes, view } = w;
  if (lkOwner === '') view.setInt32(w.position, pid, true);
  else for (let i = 0; i < ownerBytes; i++) bytes[w.position + i] = parseHexByte(lkOwner, i * 2);
  w.position += ownerBytes;
  w.zeros(-ownerBytes & 3);
  w.patch(lengthPosition, w.position - lengthPosition - 4);
}

const HEX_DIGITS = '0123456789abcdef';
const digitValues = new Uint8Array(128);
for (let value = 0; value < 16; value++) digitValues[HEX_DIGITS.charCodeAt(value)] = value;

const parseHexByte = (hex: string, index: number): number =>
  (digitValues[hex.charCodeAt(index)]! << 4) | digitValues[hex.charCodeAt(index + 1)]!;

/** Formats bytes as hexadecimal text, without separators. */
export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += HEX_DIGITS[byte >> 4]! + HEX_DIGITS[byte & 15]!;
  return text;
}

/** Parses text of `toHex`. */
export function parseHex(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseHexByte(hex, i * 2);
  return bytes;
}

/** The header of a received call. */
export interface ReceivedCall extends CallHeader {
  /** The credentials; null for AUTH_NULL and for unknown flavors. */
  readonly caller: Caller | null;
  /** The layout of the credentials (AUTH_*). */
  readonly flavor: number;
  /** The reason for a refusal: a malformed header, or too long a lock owner; else null. */
  readonly refusal: 'malformed' | 'owner-too-long' | null;
}

/** Reads the header of a call after xid and type; leaves the reader at the arguments. */
export function readCall(r: XdrReader, xid: number): ReceivedCall {
  const rpcVersion = r.u32();
  const program = r.u32();
  const version = r.u32();
  const procedure = r.u32();
  const flavor = r.u32();
  const length = r.u32();
  const end = r.position + length;
  const isKnownFlavor = flavor === AUTH_V2 || flavor === AUTH_V3;
  const isLengthValid = length <= MAX_CREDENTIALS_BYTES && length <= r.remaining;
  const credentials = isKnownFlavor && isLengthValid ? readCredentials(r, flavor, end) : null;
  if (isLengthValid) {
    r.position = end;
    r.skip(-length & 3);
  } else r.markMalformed();
  skipVerifier(r);
  const isMalformed = r.isMalformed || rpcVersion !== RPC_VERSION || credentials === 'malformed';
  const isOwnerTooLong = credentials === 'owner-too-long';
  const refusal = isMalformed ? 'malformed' : isOwnerTooLong ? credentials : null;
  const caller = typeof credentials === 'string' ? null : credentials;
  return { xid, program, version, procedure, caller, flavor, refusal };
}

/** Skips the verifier, which is not checked: its flavor, its length, and its bytes. */
function skipVerifier(r: XdrReader): void {
  r.skip(4);
  r.skip(computePaddedLength(r.u32()));
}

/** Reads credentials that end at position `end`. @returns the caller, or the reason for a refusal */
function readCredentials(
  r: XdrReader,
  flavor: number,
  end: number,
): Caller | 'malformed' | 'owner-too-long' {
  const isV3 = flavor === AUTH_V3;
  const pid = r.i32();
  const uid = r.u32();
  const gid = r.u32();
  const flags = isV3 ? r.u32() : 0;
  const ctimeNsec = isV3 ? r.u32() : 0;
  const ctime = isV3 ? r.u64() : 0;
  const groupCount = r.u32();
  if (r.isMalformed || groupCount * 4 > end - r.position) return 'malformed';
  const groups: number[] = [];
  for (let i = 0; i < groupCount; i++) groups.push(r.u32());
  const owner = r.opaque();
  if (r.isMalformed || r.position > end) return 'malformed';
  if (owner.length > (isV3 ? MAX_OWNER_AND_GROUPS_V3 : MAX_OWNER_AND_GROUPS_V2) - groupCount)
    return 'owner-too-long';
  return { pid, uid, gid, groups, lkOwner: toHex(owner), flags, ctime, ctimeNsec };
}

/** Writes the header of a reply; results follow SUCCESS only. */
export function writeReply(w: XdrWriter, xid: number, acceptStatus: number): void {
  w.u32(xid);
  w.u32(REPLY);
  w.u32(ACCEPTED);
  // The verifier: flavor AUTH_NULL, and length 0.
  w.zeros(8);
  w.u32(acceptStatus);
  // GlusterFS sends zeros for the lowest and highest supported version.
  if (acceptStatus === ACCEPT_STATUS.PROG_MISMATCH) w.zeros(8);
}

/** Writes the reply to rejected credentials. */
export function writeDenied(w: XdrWriter, xid: number): void {
  for (const word of [xid, REPLY, DENIED, AUTH_ERROR, AUTH_OK]) w.u32(word);
}

/** Reads the header of a reply after its xid and type. @returns whether results follow */
export function readReply(r: XdrReader): boolean {
  if (r.u32() !== ACCEPTED) return false;
  skipVerifier(r);
  return r.u32() === ACCEPT_STATUS.SUCCESS && !r.isMalformed;
}
