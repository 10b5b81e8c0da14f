"""Generated from runtime/core/fields.ts by tools/gen/python.ts (npm run gen). Do not edit.

The fields of the structures that are sent field by field, in this order, with initial values.
"""

IATT_FIELDS = {
    "ia_gfid": "00000000-0000-0000-0000-000000000000",
    "ia_type": 0,
    "ia_prot": 0,
    "ia_nlink": 0,
    "ia_uid": 0,
    "ia_gid": 0,
    "ia_size": 0,
    "ia_blocks": 0,
    "ia_blksize": 0,
    "ia_dev": 0,
    "ia_rdev": 0,
    "ia_atime": 0,
    "ia_atime_nsec": 0,
    "ia_mtime": 0,
    "ia_mtime_nsec": 0,
    "ia_ctime": 0,
    "ia_ctime_nsec": 0,
    "ia_btime": 0,
    "ia_btime_nsec": 0,
    "ia_flags": 0,
    "ia_attributes": 0,
    "ia_attributes_mask": 0,
}
STATVFS_FIELDS = {
    "bsize": 4096,
    "frsize": 4096,
    "blocks": 0,
    "bfree": 0,
    "bavail": 0,
    "files": 0,
    "ffree": 0,
    "favail": 0,
    "fsid": 0,
    "flag": 0,
    "namemax": 255,
}
FLOCK_FIELDS = {
    "type": 0,
    "whence": 0,
    "start": 0,
    "len": 0,
    "pid": 0,
    "owner": "",
}
LEASE_FIELDS = {
    "cmd": 0,
    "type": 0,
    "id": "00000000-0000-0000-0000-000000000000",
    "flags": 0,
}
