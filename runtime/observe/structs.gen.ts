/**
 * Generated from runtime/core/fields.ts by tools/gen/recorded-structs.ts (npm run gen). Do not edit.
 *
 * A structure in a recording: whether it is present, a mask of the fields that differ from the initial
 * values (the first field is the lowest bit), and these fields.
 */
import { NULL_GFID } from '../core/gfid.ts';
import type { Iatt, Statvfs } from '../core/iatt.ts';
import type { Flock, Lease } from '../core/lock.ts';
import type { RecordingWriter } from './recording-bytes.ts';

export function writeIatt(out: RecordingWriter, value: Iatt | null): void {
  out.writeByte(value === null ? 0 : 1);
  if (value === null) return;
  let mask = 0;
  if (value.iaGfid !== NULL_GFID) mask |= 1;
  if (value.iaType !== 0) mask |= 2;
  if (value.iaProt !== 0) mask |= 4;
  if (value.iaNlink !== 0) mask |= 8;
  if (value.iaUid !== 0) mask |= 16;
  if (value.iaGid !== 0) mask |= 32;
  if (value.iaSize !== 0) mask |= 64;
  if (value.iaBlocks !== 0) mask |= 128;
  if (value.iaBlksize !== 0) mask |= 256;
  if (value.iaDev !== 0) mask |= 512;
  if (value.iaRdev !== 0) mask |= 1024;
  if (value.iaAtime !== 0) mask |= 2048;
  if (value.iaAtimeNsec !== 0) mask |= 4096;
  if (value.iaMtime !== 0) mask |= 8192;
  if (value.iaMtimeNsec !== 0) mask |= 16384;
  if (value.iaCtime !== 0) mask |= 32768;
  if (value.iaCtimeNsec !== 0) mask |= 65536;
  if (value.iaBtime !== 0) mask |= 131072;
  if (value.iaBtimeNsec !== 0) mask |= 262144;
  if (value.iaFlags !== 0) mask |= 524288;
  if (value.iaAttributes !== 0) mask |= 1048576;
  if (value.iaAttributesMask !== 0) mask |= 2097152;
  out.writeUint(mask);
  if ((mask & 1) !== 0) out.writeGfid(value.iaGfid);
  if ((mask & 2) !== 0) out.writeNumber(value.iaType);
  if ((mask & 4) !== 0) out.writeNumber(value.iaProt);
  if ((mask & 8) !== 0) out.writeNumber(value.iaNlink);
  if ((mask & 16) !== 0) out.writeNumber(value.iaUid);
  if ((mask & 32) !== 0) out.writeNumber(value.iaGid);
  if ((mask & 64) !== 0) out.writeNumber(value.iaSize);
  if ((mask & 128) !== 0) out.writeNumber(value.iaBlocks);
  if ((mask & 256) !== 0) out.writeNumber(value.iaBlksize);
  if ((mask & 512) !== 0) out.writeNumber(value.iaDev);
  if ((mask & 1024) !== 0) out.writeNumber(value.iaRdev);
  if ((mask & 2048) !== 0) out.writeNumber(value.iaAtime);
  if ((mask & 4096) !== 0) out.writeNumber(value.iaAtimeNsec);
  if ((mask & 8192) !== 0) out.writeNumber(value.iaMtime);
  if ((mask & 16384) !== 0) out.writeNumber(value.iaMtimeNsec);
  if ((mask & 32768) !== 0) out.writeNumber(value.iaCtime);
  if ((mask & 65536) !== 0) out.writeNumber(value.iaCtimeNsec);
  if ((mask & 131072) !== 0) out.writeNumber(value.iaBtime);
  if ((mask & 262144) !== 0) out.writeNumber(value.iaBtimeNsec);
  if ((mask & 524288) !== 0) out.writeNumber(value.iaFlags);
  if ((mask & 1048576) !== 0) out.writeNumber(value.iaAttributes);
  if ((mask & 2097152) !== 0) out.writeNumber(value.iaAttributesMask);
}

export function writeStatvfs(out: RecordingWriter, value: Statvfs | null): void {
  out.writeByte(value === null ? 0 : 1);
  if (value === null) return;
  let mask = 0;
  if (value.bsize !== 4096) mask |= 1;
  if (value.frsize !== 4096) mask |= 2;
  if (value.blocks !== 0) mask |= 4;
  if (value.bfree !== 0) mask |= 8;
  if (value.bavail !== 0) mask |= 16;
  if (value.files !== 0) mask |= 32;
  if (value.ffree !== 0) mask |= 64;
  if (value.favail !== 0) mask |= 128;
  if (value.fsid !== 0) mask |= 256;
  if (value.flag !== 0) mask |= 512;
  if (value.namemax !== 255) mask |= 1024;
  out.writeUint(mask);
  if ((mask & 1) !== 0) out.writeNumber(value.bsize);
  if ((mask & 2) !== 0) out.writeNumber(value.frsize);
  if ((mask & 4) !== 0) out.writeNumber(value.blocks);
  if ((mask & 8) !== 0) out.writeNumber(value.bfree);
  if ((mask & 16) !== 0) out.writeNumber(value.bavail);
  if ((mask & 32) !== 0) out.writeNumber(value.files);
  if ((mask & 64) !== 0) out.writeNumber(value.ffree);
  if ((mask & 128) !== 0) out.writeNumber(value.favail);
  if ((mask & 256) !== 0) out.writeNumber(value.fsid);
  if ((mask & 512) !== 0) out.writeNumber(value.flag);
  if ((mask & 1024) !== 0) out.writeNumber(value.namemax);
}

export function writeFlock(out: RecordingWriter, value: Flock | null): void {
  out.writeByte(value === null ? 0 : 1);
  if (value === null) return;
  let mask = 0;
  if (value.type !== 0) mask |= 1;
  if (value.whence !== 0) mask |= 2;
  if (value.start !== 0) mask |= 4;
  if (value.len !== 0) mask |= 8;
  if (value.pid !== 0) mask |= 16;
  if (value.owner !== '') mask |= 32;
  out.writeUint(mask);
  if ((mask & 1) !== 0) out.writeNumber(value.type);
  if ((mask & 2) !== 0) out.writeNumber(value.whence);
  if ((mask & 4) !== 0) out.writeNumber(value.start);
  if ((mask & 8) !== 0) out.writeNumber(value.len);
  if ((mask & 16) !== 0) out.writeNumber(value.pid);
  if ((mask & 32) !== 0) out.writeText(value.owner);
}

export function writeLease(out: RecordingWriter, value: Lease | null): void {
  out.writeByte(value === null ? 0 : 1);
  if (value === null) return;
  let mask = 0;
  if (value.cmd !== 0) mask |= 1;
  if (value.type !== 0) mask |= 2;
  if (value.id !== NULL_GFID) mask |= 4;
  if (value.flags !== 0) mask |= 8;
  out.writeUint(mask);
  if ((mask & 1) !== 0) out.writeNumber(value.cmd);
  if ((mask & 2) !== 0) out.writeNumber(value.type);
  if ((mask & 4) !== 0) out.writeGfid(value.id);
  if ((mask & 8) !== 0) out.writeNumber(value.flags);
}
