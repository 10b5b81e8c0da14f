/**
 * Encodes all values of a call as one JSON text, for guests that read them from the request
 * (`Guest.readsRequest`), and makes the request that such a guest reads from it. Inodes and fds
 * cross as their fields. Bytes of data cross beside the record.
 */
import type { Dict } from '../../runtime/core/dict.ts';
import type { Fd } from '../../runtime/core/fd.ts';
import type { Arg, ArgType } from '../../runtime/core/fops.ts';
import type { Dirent } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Loc } from '../../runtime/core/loc.ts';
import { type StructType, structTypes } from '../../runtime/core/struct-types.ts';
import { packValue, unpackFetchedDict } from '../host/crossing/message.ts';
import type { MemoryTools } from '../host/machine.ts';

type PackedInode = readonly [id: number, iaType: number, gfid: string, path: string] | null;

const packInode = (inode: Inode | null): PackedInode =>
  inode === null ? null : [inode.id, inode.iaType, inode.gfid, inode.path];

const unpackInode = (packed: PackedInode): Inode | null => {
  if (packed === null) return null;
  const [id, iaType, gfid, path] = packed;
  return { id, iaType, gfid, path } as Inode;
};

/** Encodes the values of these arguments. */
export const packRecord = (
  args: readonly Arg[],
  values: readonly unknown[],
  memory: MemoryTools,
): unknown[] =>
  args.map(({ type }, index) => {
    const value = values[index] ?? null;
    if (value === null || type === 'int' || type === 'str') return value;
    if (type === 'data') return (value as Uint8Array).length;
    if (type === 'inode') return packInode(value as Inode);
    if (type === 'loc') {
      const { inode, parent, name, gfid } = value as Loc;
      return [packInode(inode), packInode(parent), name, gfid];
    }
    if (type === 'fd') {
      const { id, flags, pid, isDir, inode } = value as Fd;
      return [id, flags, pid, isDir, packInode(inode)];
    }
    return packValue(type, value, 0, 0, memory);
  });

/** Decodes a record. @param bytes the data's bytes, by the index of the value */
export const unpackRecord = (
  args: readonly Arg[],
  packed: readonly unknown[],
  bytes: (index: number) => Uint8Array,
  memory: MemoryTools,
): unknown[] =>
  args.map(({ type }, index) => {
    const value = packed[index];
    if (value === null || type === 'int' || type === 'str') return value;
    if (type === 'data') return bytes(index);
    if (type === 'inode') return unpackInode(value as PackedInode);
    if (type === 'loc') {
      const [inode, parent, name, gfid] = value as [PackedInode, PackedInode, string, string];
      return new Loc(unpackInode(inode), unpackInode(parent), name, gfid);
    }
    if (type === 'fd') {
      const [id, flags, pid, isDir, inode] = value as [
        number,
        number,
        number,
        boolean,
        PackedInode,
      ];
      return { id, flags, pid, isDir, inode: unpackInode(inode) };
    }
    return unpackJson(type, value as string, memory);
  });

function unpackJson(type: ArgType, json: string, memory: MemoryTools): unknown {
  if (type === 'dict') return unpackFetchedDict(json, memory) satisfies Dict;
  const packed = JSON.parse(json) as unknown[];
  if (type === 'locklist') return packed.map((fields) => makeStruct('flock', fields as unknown[]));
  if (type !== 'entries') return makeStruct(type as StructType, packed);
  return packed.map((entry) => {
    const [name, off, kind, gfid, stat] = entry as unknown[];
    return {
      ...{ name, off, type: kind, gfid, dict: null, inode: null },
      stat: stat === null ? null : makeStruct('iatt', stat as unknown[]),
    } as Dirent;
  });
}

/** Makes a structure of its fields in order. */
function makeStruct(type: StructType, fields: readonly unknown[]): object {
  const { names, make } = structTypes[type];
  const entries = names.map((name, index) => [name, fields[index]]);
  return Object.assign(make(), Object.fromEntries(entries));
}
