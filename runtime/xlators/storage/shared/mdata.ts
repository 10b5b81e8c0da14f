/**
 * Encodes and decodes the times that clients set (core/ctime.ts), in GlusterFS's two formats: an extended attribute
 * on disk (mdata), and a dict's value on the wire.
 *
 * Source: GlusterFS 10 `xlators/storage/posix/src/posix-metadata-disk.h`; `gfx_mdata_iatt` of
 * `rpc/xdr/src/glusterfs4-xdr.x`.
 */
import type { Iatt } from '../../../core/iatt.ts';

/** The name of the extended attribute. */
export const MDATA = 'trusted.glusterfs.mdata';
/** The key of setxattr by which features/utime stores the first times of an inode; of type mdata. */
export const SET_MDATA = 'set-ctime-mdata';

/** The access, modification and change times, in an iatt's fields. */
export type Times = Pick<
  Iatt,
  'iaAtime' | 'iaAtimeNsec' | 'iaMtime' | 'iaMtimeNsec' | 'iaCtime' | 'iaCtimeNsec'
>;

/** The only version of the attribute's format. */
const MDATA_VERSION = 1;
/** Bytes of the attribute: a version, unused flags, and three times of 16 bytes. */
export const MDATA_SIZE = 1 + 8 + 3 * 16;
/** Offset of the first time, after the version and the flags. */
const FIRST_TIME_OFFSET = 9;
/** Bytes on the wire: the seconds of three times, then their nanoseconds. */
const WIRE_SIZE = 3 * 8 + 3 * 4;
/** Offset of the nanoseconds on the wire. */
const WIRE_NSEC_OFFSET = 3 * 8;

/** The order of the times in the attribute; each is 8 bytes of seconds and 8 of nanoseconds. */
const DISK_ORDER = [
  ['iaCtime', 'iaCtimeNsec'],
  ['iaMtime', 'iaMtimeNsec'],
  ['iaAtime', 'iaAtimeNsec'],
] as const;
/** The order of the times on the wire. */
const WIRE_ORDER = [
  ['iaAtime', 'iaAtimeNsec'],
  ['iaMtime', 'iaMtimeNsec'],
  ['iaCtime', 'iaCtimeNsec'],
] as const;

/** Makes a view of the same bytes for reading and writing numbers. */
const makeView = ({ buffer, byteOffset, byteLength }: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);

/** Makes times that the caller fills in. */
const makeZeroTimes = (): { -readonly [key in keyof Times]: number } => ({
  ...{ iaAtime: 0, iaAtimeNsec: 0, iaMtime: 0, iaMtimeNsec: 0, iaCtime: 0, iaCtimeNsec: 0 },
});

/** Encodes times as the value of the attribute. */
export function encodeMdata(times: Times): Uint8Array {
  const bytes = new Uint8Array(MDATA_SIZE);
  const view = makeView(bytes);
  bytes[0] = MDATA_VERSION;
  DISK_ORDER.forEach(([sec, nsec], index) => {
    view.setBigInt64(FIRST_TIME_OFFSET + index * 16, BigInt(times[sec]));
    view.setBigInt64(FIRST_TIME_OFFSET + index * 16 + 8, BigInt(times[nsec]));
  });
  return bytes;
}

/** Decodes the attribute's value; null for malformed bytes. A later version may append fields. */
export function decodeMdata(bytes: Uint8Array): Times | null {
  if (bytes.length < MDATA_SIZE || bytes[0]! < MDATA_VERSION) return null;
  const view = makeView(bytes);
  const times = makeZeroTimes();
  DISK_ORDER.forEach(([sec, nsec], index) => {
    times[sec] = Number(view.getBigInt64(FIRST_TIME_OFFSET + index * 16));
    times[nsec] = Number(view.getBigInt64(FIRST_TIME_OFFSET + index * 16 + 8));
  });
  return times;
}

/** Encodes times as a dict's value. */
export function encodeWireMdata(times: Times): Uint8Array {
  const bytes = new Uint8Array(WIRE_SIZE);
  const view = makeView(bytes);
  WIRE_ORDER.forEach(([sec, nsec], index) => {
    view.setBigInt64(index * 8, BigInt(times[sec]));
    view.setUint32(WIRE_NSEC_OFFSET + index * 4, times[nsec]);
  });
  return bytes;
}

/** Decodes a dict's value; null for malformed bytes. */
export function decodeWireMdata(bytes: Uint8Array): Times | null {
  if (bytes.length !== WIRE_SIZE) return null;
  const view = makeView(bytes);
  const times = makeZeroTimes();
  WIRE_ORDER.forEach(([sec, nsec], index) => {
    times[sec] = Number(view.getBigInt64(index * 8));
    times[nsec] = view.getUint32(WIRE_NSEC_OFFSET + index * 4);
  });
  return times;
}

/** Returns, for each of the three times, the later one. */
export function selectLatestTimes(a: Times, b: Times): Times {
  const times = makeZeroTimes();
  for (const [sec, nsec] of DISK_ORDER) {
    const isFirstLater = a[sec] === b[sec] ? a[nsec] > b[nsec] : a[sec] > b[sec];
    const later = isFirstLater ? a : b;
    times[sec] = later[sec];
    times[nsec] = later[nsec];
  }
  return times;
}

/** Returns only the times of an iatt. */
export function copyTimes(buf: Times): Times {
  const { iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec, iaCtime, iaCtimeNsec } = buf;
  return { iaAtime, iaAtimeNsec, iaMtime, iaMtimeNsec, iaCtime, iaCtimeNsec };
}
