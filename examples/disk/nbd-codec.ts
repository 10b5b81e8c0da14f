/**
 * Reads and writes the messages of the NBD protocol, as a server: fixed newstyle negotiation and simple replies. Pure:
 * no sockets.
 *
 * Source: the NBD protocol, `doc/proto.md` of NetworkBlockDevice/nbd.
 */

const GREETING_MAGIC = 0x4e42444d41474943n;
const OPTION_MAGIC = 0x49484156454f5054n;
const OPTION_REPLY_MAGIC = 0x3e889045565a9n;
const REQUEST_MAGIC = 0x25609513;
const REPLY_MAGIC = 0x67446698;

/** Handshake flags: fixed newstyle; the client may omit the zeros after NBD_OPT_EXPORT_NAME. */
const FIXED_NEWSTYLE = 1;
export const NO_ZEROES = 2;

export const OPTION = { EXPORT_NAME: 1, ABORT: 2, LIST: 3, INFO: 6, GO: 7 } as const;
/** Types of replies to options; errors have the highest bit. */
export const OPTION_REPLY = {
  ...{ ACK: 1, SERVER: 2, INFO: 3 },
  ...{ UNSUPPORTED: 0x8000_0001, INVALID: 0x8000_0003, UNKNOWN_EXPORT: 0x8000_0006 },
} as const;
export const COMMAND = { READ: 0, WRITE: 1, DISCONNECT: 2, FLUSH: 3, TRIM: 4, ZERO: 6 } as const;
/** Flag of a command: its data must be on the disk before the reply. */
export const FUA = 1;

const INFO_EXPORT = 0;
const INFO_BLOCK_SIZE = 3;
const TRANSMISSION_FLAGS = {
  ...{
    HAS_FLAGS: 1,
    READ_ONLY: 2,
    FLUSH: 4,
    FUA: 8,
    TRIM: 32,
    ZERO: 64,
    MULTIPLE_CONNECTIONS: 256,
  },
} as const;

/** The most bytes of an option's data, and of the data of one command. */
const MAX_OPTION_BYTES = 64 * 1024;
export const MAX_DATA_BYTES = 32 * 1024 * 1024;
const PREFERRED_BYTES = 4096;

const OPTION_HEADER_BYTES = 16;
const REQUEST_HEADER_BYTES = 28;

export class ProtocolError extends Error {}

export interface Option {
  readonly number: number;
  readonly data: Buffer;
}

export interface Request {
  readonly flags: number;
  readonly command: number;
  /** Chosen by the client; its reply has it, too. */
  readonly cookie: bigint;
  readonly offset: bigint;
  readonly length: number;
  /** Data of a write; empty for the others. */
  readonly data: Buffer;
}

/** A message at the begin of received bytes; null if they have only a part of it. `byteCount` is how many it needs. */
export interface Parsed<T> {
  readonly value: T | null;
  readonly byteCount: number;
}

/** The server's first message. */
export function encodeGreeting(): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeBigUInt64BE(GREETING_MAGIC, 0);
  bytes.writeBigUInt64BE(OPTION_MAGIC, 8);
  bytes.writeUInt16BE(FIXED_NEWSTYLE | NO_ZEROES, 16);
  return bytes;
}

const CLIENT_FLAGS_BYTES = 4;

/** Reads the client's first message: its flags. */
export function parseClientFlags(bytes: Buffer): Parsed<number> {
  const isWhole = bytes.length >= CLIENT_FLAGS_BYTES;
  return { value: isWhole ? bytes.readUInt32BE(0) : null, byteCount: CLIENT_FLAGS_BYTES };
}

/** @throws {ProtocolError} */
export function parseOption(bytes: Buffer): Parsed<Option> {
  if (bytes.length < OPTION_HEADER_BYTES) return { value: null, byteCount: OPTION_HEADER_BYTES };
  if (bytes.readBigUInt64BE(0) !== OPTION_MAGIC) throw new ProtocolError('no option of NBD');
  const length = bytes.readUInt32BE(12);
  if (length > MAX_OPTION_BYTES) throw new ProtocolError(`an option of ${length} bytes`);
  const byteCount = OPTION_HEADER_BYTES + length;
  if (bytes.length < byteCount) return { value: null, byteCount };
  const value = { number: bytes.readUInt32BE(8), data: bytes.subarray(16, byteCount) };
  return { value, byteCount };
}

/** Reads the name of the export in the data of INFO or GO. @returns null if the data is malformed */
export function parseExportName(data: Buffer): string | null {
  if (data.length < 6) return null;
  const length = data.readUInt32BE(0);
  if (length > data.length - 6) return null;
  const count = data.readUInt16BE(4 + length);
  return data.length === 6 + length + 2 * count ? data.toString('utf8', 4, 4 + length) : null;
}

export function encodeOptionReply(
  option: number,
  type: number,
  data: Buffer = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(20);
  header.writeBigUInt64BE(OPTION_REPLY_MAGIC, 0);
  header.writeUInt32BE(option, 8);
  header.writeUInt32BE(type, 12);
  header.writeUInt32BE(data.length, 16);
  return Buffer.concat([header, data]);
}

/** An entry of the list of exports. */
export function encodeListEntry(name: string): Buffer {
  const bytes = Buffer.from(name);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Size and abilities of an export: the reply to EXPORT_NAME, and a part of those to INFO and GO. */
export function encodeExport(size: number, isReadOnly: boolean): Buffer {
  const { READ_ONLY, ...flags } = TRANSMISSION_FLAGS;
  const abilities = Object.values(flags).reduce((all, flag) => all | flag, 0);
  const bytes = Buffer.alloc(10);
  bytes.writeBigUInt64BE(BigInt(size), 0);
  bytes.writeUInt16BE(abilities | (isReadOnly ? READ_ONLY : 0), 8);
  return bytes;
}

/** The data of the replies of type INFO for an export. */
export function encodeInfos(size: number, isReadOnly: boolean): Buffer[] {
  const type = Buffer.alloc(2);
  type.writeUInt16BE(INFO_EXPORT);
  const blocks = Buffer.alloc(14);
  blocks.writeUInt16BE(INFO_BLOCK_SIZE, 0);
  [1, PREFERRED_BYTES, MAX_DATA_BYTES].forEach((bytes, index) => {
    blocks.writeUInt32BE(bytes, 2 + 4 * index);
  });
  return [Buffer.concat([type, encodeExport(size, isReadOnly)]), blocks];
}

/** @throws {ProtocolError} */
export function parseRequest(bytes: Buffer): Parsed<Request> {
  if (bytes.length < REQUEST_HEADER_BYTES) return { value: null, byteCount: REQUEST_HEADER_BYTES };
  if (bytes.readUInt32BE(0) !== REQUEST_MAGIC) throw new ProtocolError('no request of NBD');
  const command = bytes.readUInt16BE(6);
  const length = bytes.readUInt32BE(24);
  const dataLength = command === COMMAND.WRITE ? length : 0;
  if (dataLength > MAX_DATA_BYTES) throw new ProtocolError(`a write of ${length} bytes`);
  const byteCount = REQUEST_HEADER_BYTES + dataLength;
  if (bytes.length < byteCount) return { value: null, byteCount };
  const value = {
    flags: bytes.readUInt16BE(4),
    command,
    cookie: bytes.readBigUInt64BE(8),
    offset: bytes.readBigUInt64BE(16),
    length,
    data: bytes.subarray(REQUEST_HEADER_BYTES, byteCount),
  };
  return { value, byteCount };
}

/** @param errno 0 for a success. The data of a read follows it */
export function encodeReply(cookie: bigint, errno: number): Buffer {
  const bytes = Buffer.alloc(16);
  bytes.writeUInt32BE(REPLY_MAGIC, 0);
  bytes.writeUInt32BE(errno, 4);
  bytes.writeBigUInt64BE(cookie, 8);
  return bytes;
}
