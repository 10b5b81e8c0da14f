/**
 * The table of structures that travel field by field between host and modules. `npm run gen` generates their
 * classes, C structs, codecs and types for all languages from it. A row is a member's C name (GlusterFS's or
 * POSIX's) and its meaning. Other languages omit the prefix (`f_bsize` is `bsize`); JavaScript uses camel case.
 * Fields travel in this order. To add a field, add a row and run `npm run gen`.
 *
 * Source: GlusterFS `iatt.h`, `gf_flock`, `gf_lease`; statvfs(3), statx(2).
 */

/** An integer is exact below 2^53; a gfid is 16 bytes in C, and UUID text elsewhere. */
export type FieldKind = 'integer' | 'gfid' | 'text';

export interface Field {
  readonly member: string;
  readonly kind: FieldKind;
  /** Unit and meaning; may be empty. */
  readonly about: string;
  /** Initial value of an integer; a gfid starts as null, a text empty. */
  readonly initial: number;
}

export interface Struct {
  /** The class in TypeScript, Python and JavaScript. */
  readonly name: string;
  /** The type in C. */
  readonly inC: string;
  /** Prefix of the members' names in C. */
  readonly prefix: string;
  readonly about: string;
  readonly fields: readonly Field[];
}

const integer = (member: string, about = '', initial = 0): Field => ({
  member,
  kind: 'integer',
  about,
  initial,
});
const gfid = (member: string, about: string): Field => ({
  ...integer(member, about),
  kind: 'gfid',
});
const text = (member: string, about: string): Field => ({
  ...integer(member, about),
  kind: 'text',
});

export const structs: readonly Struct[] = [
  {
    name: 'Iatt',
    inC: 'struct iatt',
    prefix: '',
    about: 'the attributes of an inode',
    fields: [
      gfid('ia_gfid', 'null when the storage did not fill it'),
      integer('ia_type', 'one of IA_*'),
      integer('ia_prot', 'the low 12 bits of st_mode: permissions, setuid, setgid, sticky'),
      integer('ia_nlink', 'number of names'),
      integer('ia_uid'),
      integer('ia_gid'),
      integer('ia_size', 'bytes'),
      integer('ia_blocks', 'units of 512 bytes'),
      integer('ia_blksize', 'preferred size of a read or write, in bytes'),
      integer('ia_dev'),
      integer('ia_rdev', 'of a device file: major * 2^32 + minor'),
      integer('ia_atime', 'last read: whole seconds since 1970, may be negative'),
      integer('ia_atime_nsec', 'last read: nanoseconds beyond that, 0 to 999999999'),
      integer('ia_mtime', 'data last changed: seconds'),
      integer('ia_mtime_nsec', 'data last changed: nanoseconds'),
      integer('ia_ctime', 'attributes last changed: seconds'),
      integer('ia_ctime_nsec', 'attributes last changed: nanoseconds'),
      integer('ia_btime', 'made: seconds'),
      integer('ia_btime_nsec', 'made: nanoseconds'),
      integer('ia_flags', 'the fields that the storage filled (IATT_*); 0 when it does not tell'),
      integer('ia_attributes', 'STATX_ATTR_*'),
      integer('ia_attributes_mask', 'the STATX_ATTR_* that the storage knows'),
    ],
  },
  {
    name: 'Statvfs',
    inC: 'statvfs_t',
    prefix: 'f_',
    about: 'the size and free space of a file system, as by statvfs(3)',
    fields: [
      integer('f_bsize', 'preferred size of a read or write, in bytes', 4096),
      integer('f_frsize', 'size of a block in bytes', 4096),
      integer('f_blocks', 'size of the file system in blocks of frsize bytes'),
      integer('f_bfree', 'free blocks'),
      integer('f_bavail', 'free blocks for users other than root'),
      integer('f_files', 'total number of inodes'),
      integer('f_ffree', 'free inodes'),
      integer('f_favail', 'free inodes for users other than root'),
      integer('f_fsid'),
      integer('f_flag', 'ST_*'),
      integer('f_namemax', 'bytes of the longest possible name', 255),
    ],
  },
  {
    name: 'Flock',
    inC: 'gf_flock_t',
    prefix: 'l_',
    about: 'a lock on a range of bytes',
    fields: [
      integer('l_type', '0 read, 1 write, 2 unlock'),
      integer('l_whence', 'base of start: SEEK_*'),
      integer('l_start'),
      integer('l_len', '0: to the end of the file, also after growth'),
      integer('l_pid'),
      text('l_owner', "the owner's bytes as hexadecimal text"),
    ],
  },
  {
    name: 'Lease',
    inC: 'gf_lease_t',
    prefix: 'lease_',
    about: 'a lease',
    fields: [
      integer('cmd', '1 get, 2 set, 3 unlock'),
      integer('lease_type', '0 none, 1 read, 2 read and write'),
      gfid('lease_id', 'its 16 bytes'),
      integer('lease_flags'),
    ],
  },
];

/** A field's name without the structure's prefix. */
export const nameOf = ({ prefix }: Struct, { member }: Field): string =>
  member.startsWith(prefix) ? member.slice(prefix.length) : member;
