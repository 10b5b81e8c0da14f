/*
 * Generated from runtime/core/fields.ts by tools/gen/native-fields.ts (npm run gen). Do not edit.
 *
 * Structures that cross boundaries field by field. A NULL text counts as empty. Include glossa.h, which
 * includes this file.
 */
#ifndef GLOSSA_FIELDS_GEN_H
#define GLOSSA_FIELDS_GEN_H

/* The attributes of an inode. */
struct iatt {
    gfid_t ia_gfid;             /* all zeros if the storage did not fill it */
    int64_t ia_type;            /* one of IA_* */
    int64_t ia_prot;            /* the low 12 bits of st_mode: permissions, setuid, setgid, sticky */
    int64_t ia_nlink;           /* number of names */
    int64_t ia_uid;
    int64_t ia_gid;
    int64_t ia_size;            /* bytes */
    int64_t ia_blocks;          /* units of 512 bytes */
    int64_t ia_blksize;         /* preferred size of a read or write, in bytes */
    int64_t ia_dev;
    int64_t ia_rdev;            /* of a device file: major * 2^32 + minor */
    int64_t ia_atime;           /* last read: whole seconds since 1970, may be negative */
    int64_t ia_atime_nsec;      /* last read: nanoseconds beyond that, 0 to 999999999 */
    int64_t ia_mtime;           /* data last changed: seconds */
    int64_t ia_mtime_nsec;      /* data last changed: nanoseconds */
    int64_t ia_ctime;           /* attributes last changed: seconds */
    int64_t ia_ctime_nsec;      /* attributes last changed: nanoseconds */
    int64_t ia_btime;           /* created: seconds */
    int64_t ia_btime_nsec;      /* created: nanoseconds */
    int64_t ia_flags;           /* the fields that the storage filled (IATT_*); 0 when the storage does not report them */
    int64_t ia_attributes;      /* STATX_ATTR_* */
    int64_t ia_attributes_mask; /* the STATX_ATTR_* that the storage supports */
};

/* The size and free space of a file system, as by statvfs(3). */
typedef struct {
    int64_t f_bsize;   /* preferred size of a read or write, in bytes */
    int64_t f_frsize;  /* size of a block in bytes */
    int64_t f_blocks;  /* size of the file system in blocks of frsize bytes */
    int64_t f_bfree;   /* free blocks */
    int64_t f_bavail;  /* free blocks for users other than root */
    int64_t f_files;   /* total number of inodes */
    int64_t f_ffree;   /* free inodes */
    int64_t f_favail;  /* free inodes for users other than root */
    int64_t f_fsid;
    int64_t f_flag;    /* ST_* */
    int64_t f_namemax; /* bytes of the longest possible name */
} statvfs_t;

/* A lock on a range of bytes. */
typedef struct {
    int64_t l_type;      /* 0 read, 1 write, 2 unlock */
    int64_t l_whence;    /* base of start: SEEK_* */
    int64_t l_start;
    int64_t l_len;       /* 0: to the end of the file, also after growth */
    int64_t l_pid;
    const char *l_owner; /* the owner's bytes as hexadecimal text */
} gf_flock_t;

/* A lease. */
typedef struct {
    int64_t cmd;         /* 1 get, 2 set, 3 unlock */
    int64_t lease_type;  /* 0 none, 1 read, 2 read and write */
    gfid_t lease_id;     /* the client's id of the lease: 16 bytes, as a gfid */
    int64_t lease_flags;
} gf_lease_t;

/*
 * X(kind, member, name) for every field in order. kind: integer, gfid or text; name: the field's name in
 * other languages.
 */
#define GLOSSA_IATT_FIELDS(X) \
    X(gfid, ia_gfid, ia_gfid) \
    X(integer, ia_type, ia_type) \
    X(integer, ia_prot, ia_prot) \
    X(integer, ia_nlink, ia_nlink) \
    X(integer, ia_uid, ia_uid) \
    X(integer, ia_gid, ia_gid) \
    X(integer, ia_size, ia_size) \
    X(integer, ia_blocks, ia_blocks) \
    X(integer, ia_blksize, ia_blksize) \
    X(integer, ia_dev, ia_dev) \
    X(integer, ia_rdev, ia_rdev) \
    X(integer, ia_atime, ia_atime) \
    X(integer, ia_atime_nsec, ia_atime_nsec) \
    X(integer, ia_mtime, ia_mtime) \
    X(integer, ia_mtime_nsec, ia_mtime_nsec) \
    X(integer, ia_ctime, ia_ctime) \
    X(integer, ia_ctime_nsec, ia_ctime_nsec) \
    X(integer, ia_btime, ia_btime) \
    X(integer, ia_btime_nsec, ia_btime_nsec) \
    X(integer, ia_flags, ia_flags) \
    X(integer, ia_attributes, ia_attributes) \
    X(integer, ia_attributes_mask, ia_attributes_mask)
#define GLOSSA_STATVFS_FIELDS(X) \
    X(integer, f_bsize, bsize) \
    X(integer, f_frsize, frsize) \
    X(integer, f_blocks, blocks) \
    X(integer, f_bfree, bfree) \
    X(integer, f_bavail, bavail) \
    X(integer, f_files, files) \
    X(integer, f_ffree, ffree) \
    X(integer, f_favail, favail) \
    X(integer, f_fsid, fsid) \
    X(integer, f_flag, flag) \
    X(integer, f_namemax, namemax)
#define GLOSSA_FLOCK_FIELDS(X) \
    X(integer, l_type, type) \
    X(integer, l_whence, whence) \
    X(integer, l_start, start) \
    X(integer, l_len, len) \
    X(integer, l_pid, pid) \
    X(text, l_owner, owner)
#define GLOSSA_LEASE_FIELDS(X) \
    X(integer, cmd, cmd) \
    X(integer, lease_type, type) \
    X(gfid, lease_id, id) \
    X(integer, lease_flags, flags)

#endif
