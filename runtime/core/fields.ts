/**
 * Defines the structures that travel field by field between the host and modules. `npm run gen` generates classes,
 * C structs, codecs and types for all languages from this table. A row has the member's name in C and its meaning;
 * the order of rows is the order in messages. Names elsewhere lack the prefix (`f_bsize` is `bsize`), and are in camel
 * case in JavaScript. To add a field, add a row and run `npm run gen`.
 *
 * Source: GlusterFS `iatt.h`, `gf_flock`, `gf_lease`; statvfs(3), statx(2).
 */

/** The type of a field. An integer is exact below 2^53; a gfid is 16 bytes in C, and UUID text elsewhere. */
export type FieldKind = 'integer' | 'gfid' | 'text';

export interface Field {
  /** Name in C, with the prefix. */
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
  readonly typeInC: string;
  /** Prefix of the members' names in C. */
  readonly prefix: string;
  readonly about: string;
  readonly fields: readonly Field[];
}

const integerField = (member: string, about = '', initial = 0): Field => ({
  member,
  kind: 'integer',
  about,
  initial,
});
const gfidField = (member: string, about: string): Field => ({
  ...integerField(member, about),
  kind: 'gfid',
});
const textField = (member: string, about: string): Field => ({
  ...integerField(member, about),
  kind: 'text',
});

export const structs: readonly Struct[] = [
  {
    name: 'Iatt',
    typeInC: 'struct iatt',
    prefix: '',
    about: 'the attributes of an inode',
    fields: [
      gfidField('ia_gfid', 'all zeros if the storage did not fill it'),
      integerField('ia_type', 'one of IA_*'),
      integerField('ia_prot', 'the low 12 bits of st_mode: permissions, setuid, setgid, sticky'),
      integerField('ia_nlink', 'number of names'),
      integerField('ia_uid'),
      integerField('ia_gid'),
      integerField('ia_size', 'bytes'),
      integerField('ia_blocks', 'units of 512 bytes'),
      integerField('ia_blksize', 'preferred size of a read or write, in bytes'),
      integerField('ia_dev'),
      integerField('ia_rdev', 'of a device file: major * 2^32 + minor'),
      integerField('ia_atime', 'last read: whole seconds since 1970, may be negative'),
      integerField('ia_atime_nsec', 'last read: nanoseconds beyond that, 0 to 999999999'),
      integerField('ia_mtime', 'data last changed: seconds'),
      integerField('ia_mtime_nsec', 'data last changed: nanoseconds'),
      integerField('ia_ctime', 'attributes last changed: seconds'),
      integerField('ia_ctime_nsec', 'attributes last changed: nanoseconds'),
      integerField('ia_btime', 'created: seconds'),
      integerField('ia_btime_nsec', 'created: nanoseconds'),
      integerField(
        'ia_flags',
        'the fields that the storage filled (IATT_*); 0 when the storage does not report them',
      ),
      integerField('ia_attributes', 'STATX_ATTR_*'),
      integerField('ia_attributes_mask', 'the STATX_ATTR_* that the storage supports'),
    ],
  },
  {
    name: 'Statvfs',
    typeInC: 'statvfs_t',
    prefix: 'f_',
    about: 'the size and free space of a file system, as by statvfs(3)',
    fields: [
      integerField('f_bsize', 'preferred size of a read or write, in bytes', 4096),
      integerField('f_frsize', 'size of a block in bytes', 4096),
      integerField('f_blocks', 'size of the file system in blocks of frsize bytes'),
      integerField('f_bfree', 'free blocks'),
      integerField('f_bavail', 'free blocks for users other than root'),
      integerField('f_files', 'total number of inodes'),
      integerField('f_ffree', 'free inodes'),
      integerField('f_favail', 'free inodes for users other than root'),
      integerField('f_fsid'),
      integerField('f_flag', 'ST_*'),
      integerField('f_namemax', 'bytes of the longest possible name', 255),
    ],
  },
  {
    name: 'Flock',
    typeInC: 'gf_flock_t',
    prefix: 'l_',
    about: 'a lock on a range of bytes',
    fields: [
      integerField('l_type', '0 read, 1 write, 2 unlock'),
      integerField('l_whence', 'base of start: SEEK_*'),
      integerField('l_start'),
      integerField('l_len', '0: to the end of the file, also after growth'),
      integerField('l_pid'),
      textField('l_owner', "the owner's bytes as hexadecimal text"),
    ],
  },
  {
    name: 'Lease',
    typeInC: 'gf_lease_t',
    prefix: 'lease_',
    about: 'a lease',
    fields: [
      integerField('cmd', '1 get, 2 set, 3 unlock'),
      integerField('lease_type', '0 none, 1 read, 2 read and write'),
      gfidField('lease_id', "the client's id of the lease: 16 bytes, as a gfid"),
      integerField('lease_flags'),
    ],
  },
];

/** Makes a field's name without the structure's prefix. */
export const makeShortName = ({ prefix }: Struct, { member }: Field): string =>
  member.startsWith(prefix) ? member.slice(prefix.length) : member;
