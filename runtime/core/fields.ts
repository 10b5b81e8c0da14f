/**
 * Defines the structures that travel field by field between the host and modules. `npm run gen` generates classes,
 * C structs, codecs and types for all languages from this table. A row has the member's name in C and its meaning;
 * the order of rows is the order in messages. Names elsewhere lack the prefix (`f_bsize` is `bsize`), and are in camel
 * case in JavaScript. CONTRIBUTING.md has the steps of a new field.
 *
 * Source: GlusterFS `iatt.h`, `gf_flock`, `gf_lease`; statvfs(3), statx(2).
 */

/** The type of a field. An integer is exact below 2^53; a gfid is 16 bytes in C, and UUID text elsewhere. */
export type FieldKind = 'integer' | 'gfid' | 'text';

/** A field of a structure. */
export interface Field {
  /** Name in C, with the prefix. */
  readonly member: string;
  readonly kind: FieldKind;
  /** The unit and the meaning; may be empty. */
  readonly about: string;
  /** Initial value of an integer; a gfid starts as null, a text empty. */
  readonly initialValue: number;
}

/** A structure in the languages of modules. */
export interface Struct {
  /** The class in TypeScript, Python and JavaScript. */
  readonly name: string;
  /** The type in C. */
  readonly typeInC: string;
  /** Prefix of the members' names in C. */
  readonly prefix: string;
  /** The meaning, as a noun phrase. */
  readonly about: string;
  readonly fields: readonly Field[];
}

const defineInteger = (member: string, about = '', initialValue = 0): Field => ({
  member,
  kind: 'integer',
  about,
  initialValue,
});
const defineGfid = (member: string, about: string): Field => ({
  ...defineInteger(member, about),
  kind: 'gfid',
});
const defineText = (member: string, about: string): Field => ({
  ...defineInteger(member, about),
  kind: 'text',
});

/** The structures, with their fields. */
export const structs: readonly Struct[] = [
  {
    name: 'Iatt',
    typeInC: 'struct iatt',
    prefix: '',
    about: 'the attributes of an inode',
    fields: [
      defineGfid('ia_gfid', 'all zeros if the storage did not fill it'),
      defineInteger('ia_type', 'one of IA_*'),
      defineInteger('ia_prot', 'the low 12 bits of st_mode: permissions, setuid, setgid, sticky'),
      defineInteger('ia_nlink', 'number of names'),
      defineInteger('ia_uid'),
      defineInteger('ia_gid'),
      defineInteger('ia_size', 'bytes'),
      defineInteger('ia_blocks', 'units of 512 bytes'),
      defineInteger('ia_blksize', 'preferred size of a read or write, in bytes'),
      defineInteger('ia_dev'),
      defineInteger('ia_rdev', 'of a device file: major * 2^32 + minor'),
      defineInteger('ia_atime', 'last read: whole seconds since 1970, may be negative'),
      defineInteger('ia_atime_nsec', 'last read: nanoseconds beyond that, 0 to 999999999'),
      defineInteger('ia_mtime', 'data last changed: seconds'),
      defineInteger('ia_mtime_nsec', 'data last changed: nanoseconds'),
      defineInteger('ia_ctime', 'attributes last changed: seconds'),
      defineInteger('ia_ctime_nsec', 'attributes last changed: nanoseconds'),
      defineInteger('ia_btime', 'created: seconds'),
      defineInteger('ia_btime_nsec', 'created: nanoseconds'),
      defineInteger(
        'ia_flags',
        "the fields that the storage filled, by GlusterFS's bits IATT_* (iatt.h); 0: not reported",
      ),
      defineInteger(
        'ia_attributes',
        'STATX_ATTR_*, from bricks of GlusterFS; storages here leave 0',
      ),
      defineInteger('ia_attributes_mask', 'the STATX_ATTR_* that such a brick supports'),
    ],
  },
  {
    name: 'Statvfs',
    typeInC: 'statvfs_t',
    prefix: 'f_',
    about: 'the size and free space of a file system, as by statvfs(3)',
    fields: [
      defineInteger('f_bsize', 'preferred size of a read or write, in bytes', 4096),
      defineInteger('f_frsize', 'size of a block in bytes', 4096),
      defineInteger('f_blocks', 'size of the file system in blocks of frsize bytes'),
      defineInteger('f_bfree', 'free blocks'),
      defineInteger('f_bavail', 'free blocks for users other than root'),
      defineInteger('f_files', 'total number of inodes'),
      defineInteger('f_ffree', 'free inodes'),
      defineInteger('f_favail', 'free inodes for users other than root'),
      defineInteger('f_fsid'),
      defineInteger('f_flag', 'ST_*'),
      defineInteger('f_namemax', 'bytes of the longest possible name', 255),
    ],
  },
  {
    name: 'Flock',
    typeInC: 'gf_flock_t',
    prefix: 'l_',
    about: 'a lock on a range of bytes',
    fields: [
      defineInteger('l_type', '0 read, 1 write, 2 unlock'),
      defineInteger('l_whence', 'base of start: SEEK_*'),
      defineInteger('l_start'),
      defineInteger('l_len', '0: to the end of the file, also after growth'),
      defineInteger('l_pid'),
      defineText('l_owner', "the owner's bytes as hexadecimal text"),
    ],
  },
  {
    name: 'Lease',
    typeInC: 'gf_lease_t',
    prefix: 'lease_',
    about: 'a lease',
    fields: [
      defineInteger('cmd', '1 get, 2 set, 3 unlock'),
      defineInteger('lease_type', '0 none, 1 read, 2 read and write'),
      defineGfid('lease_id', "the client's id of the lease: 16 bytes, as a gfid"),
      defineInteger('lease_flags'),
    ],
  },
];

/** Makes a field's name without the structure's prefix. */
export const makeShortName = ({ prefix }: Struct, { member }: Field): string =>
  member.startsWith(prefix) ? member.slice(prefix.length) : member;
