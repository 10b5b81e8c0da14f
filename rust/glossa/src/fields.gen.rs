// Generated from runtime/core/fields.ts by tools/gen/rust.ts (npm run gen). Do not edit.

use crate::message::Messages;
use crate::record::Reader;
use crate::text::{Gfid, Name};

/// The attributes of an inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Iatt {
    /// All zeros if the storage did not fill it.
    pub ia_gfid: Gfid,
    /// One of IA_*.
    pub ia_type: i64,
    /// The low 12 bits of st_mode: permissions, setuid, setgid, sticky.
    pub ia_prot: i64,
    /// Number of names.
    pub ia_nlink: i64,
    pub ia_uid: i64,
    pub ia_gid: i64,
    /// Bytes.
    pub ia_size: i64,
    /// Units of 512 bytes.
    pub ia_blocks: i64,
    /// Preferred size of a read or write, in bytes.
    pub ia_blksize: i64,
    pub ia_dev: i64,
    /// Of a device file: major * 2^32 + minor.
    pub ia_rdev: i64,
    /// Last read: whole seconds since 1970, may be negative.
    pub ia_atime: i64,
    /// Last read: nanoseconds beyond that, 0 to 999999999.
    pub ia_atime_nsec: i64,
    /// Data last changed: seconds.
    pub ia_mtime: i64,
    /// Data last changed: nanoseconds.
    pub ia_mtime_nsec: i64,
    /// Attributes last changed: seconds.
    pub ia_ctime: i64,
    /// Attributes last changed: nanoseconds.
    pub ia_ctime_nsec: i64,
    /// Created: seconds.
    pub ia_btime: i64,
    /// Created: nanoseconds.
    pub ia_btime_nsec: i64,
    /// The fields that the storage filled (IATT_*); 0 when the storage does not report them.
    pub ia_flags: i64,
    /// STATX_ATTR_*.
    pub ia_attributes: i64,
    /// The STATX_ATTR_* that the storage supports.
    pub ia_attributes_mask: i64,
}

impl Default for Iatt {
    fn default() -> Self {
        Iatt {
            ia_gfid: Default::default(),
            ia_type: 0,
            ia_prot: 0,
            ia_nlink: 0,
            ia_uid: 0,
            ia_gid: 0,
            ia_size: 0,
            ia_blocks: 0,
            ia_blksize: 0,
            ia_dev: 0,
            ia_rdev: 0,
            ia_atime: 0,
            ia_atime_nsec: 0,
            ia_mtime: 0,
            ia_mtime_nsec: 0,
            ia_ctime: 0,
            ia_ctime_nsec: 0,
            ia_btime: 0,
            ia_btime_nsec: 0,
            ia_flags: 0,
            ia_attributes: 0,
            ia_attributes_mask: 0,
        }
    }
}

impl Iatt {
    pub(crate) fn read(from: &mut Reader) -> Self {
        let ia_gfid = from.gfid();
        let [ia_type, ia_prot, ia_nlink, ia_uid, ia_gid, ia_size, ia_blocks, ia_blksize, ia_dev, ia_rdev, ia_atime, ia_atime_nsec, ia_mtime, ia_mtime_nsec, ia_ctime, ia_ctime_nsec, ia_btime, ia_btime_nsec, ia_flags, ia_attributes, ia_attributes_mask] = from.integers();
        Iatt { ia_gfid, ia_type, ia_prot, ia_nlink, ia_uid, ia_gid, ia_size, ia_blocks, ia_blksize, ia_dev, ia_rdev, ia_atime, ia_atime_nsec, ia_mtime, ia_mtime_nsec, ia_ctime, ia_ctime_nsec, ia_btime, ia_btime_nsec, ia_flags, ia_attributes, ia_attributes_mask }
    }

    pub(crate) fn write(&self, to: &mut Messages) {
        to.gfid(self.ia_gfid);
        to.integer(self.ia_type);
        to.integer(self.ia_prot);
        to.integer(self.ia_nlink);
        to.integer(self.ia_uid);
        to.integer(self.ia_gid);
        to.integer(self.ia_size);
        to.integer(self.ia_blocks);
        to.integer(self.ia_blksize);
        to.integer(self.ia_dev);
        to.integer(self.ia_rdev);
        to.integer(self.ia_atime);
        to.integer(self.ia_atime_nsec);
        to.integer(self.ia_mtime);
        to.integer(self.ia_mtime_nsec);
        to.integer(self.ia_ctime);
        to.integer(self.ia_ctime_nsec);
        to.integer(self.ia_btime);
        to.integer(self.ia_btime_nsec);
        to.integer(self.ia_flags);
        to.integer(self.ia_attributes);
        to.integer(self.ia_attributes_mask);
    }
}

/// The size and free space of a file system, as by statvfs(3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Statvfs {
    /// Preferred size of a read or write, in bytes.
    pub bsize: i64,
    /// Size of a block in bytes.
    pub frsize: i64,
    /// Size of the file system in blocks of frsize bytes.
    pub blocks: i64,
    /// Free blocks.
    pub bfree: i64,
    /// Free blocks for users other than root.
    pub bavail: i64,
    /// Total number of inodes.
    pub files: i64,
    /// Free inodes.
    pub ffree: i64,
    /// Free inodes for users other than root.
    pub favail: i64,
    pub fsid: i64,
    /// ST_*.
    pub flag: i64,
    /// Bytes of the longest possible name.
    pub namemax: i64,
}

impl Default for Statvfs {
    fn default() -> Self {
        Statvfs {
            bsize: 4096,
            frsize: 4096,
            blocks: 0,
            bfree: 0,
            bavail: 0,
            files: 0,
            ffree: 0,
            favail: 0,
            fsid: 0,
            flag: 0,
            namemax: 255,
        }
    }
}

impl Statvfs {
    pub(crate) fn read(from: &mut Reader) -> Self {
        let [bsize, frsize, blocks, bfree, bavail, files, ffree, favail, fsid, flag, namemax] = from.integers();
        Statvfs { bsize, frsize, blocks, bfree, bavail, files, ffree, favail, fsid, flag, namemax }
    }

    pub(crate) fn write(&self, to: &mut Messages) {
        to.integer(self.bsize);
        to.integer(self.frsize);
        to.integer(self.blocks);
        to.integer(self.bfree);
        to.integer(self.bavail);
        to.integer(self.files);
        to.integer(self.ffree);
        to.integer(self.favail);
        to.integer(self.fsid);
        to.integer(self.flag);
        to.integer(self.namemax);
    }
}

/// A lock on a range of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flock<'a> {
    /// 0 read, 1 write, 2 unlock.
    pub r#type: i64,
    /// Base of start: SEEK_*.
    pub whence: i64,
    pub start: i64,
    /// 0: to the end of the file, also after growth.
    pub len: i64,
    pub pid: i64,
    /// The owner's bytes as hexadecimal text.
    pub owner: Name<'a>,
}

impl<'a> Default for Flock<'a> {
    fn default() -> Self {
        Flock {
            r#type: 0,
            whence: 0,
            start: 0,
            len: 0,
            pid: 0,
            owner: Default::default(),
        }
    }
}

impl<'a> Flock<'a> {
    pub(crate) fn read(from: &mut Reader<'a, '_>) -> Self {
        let [r#type, whence, start, len, pid] = from.integers();
        let owner = from.name();
        Flock { r#type, whence, start, len, pid, owner }
    }

    pub(crate) fn write(&self, to: &mut Messages) {
        to.integer(self.r#type);
        to.integer(self.whence);
        to.integer(self.start);
        to.integer(self.len);
        to.integer(self.pid);
        to.bytes(&self.owner);
    }
}

/// A lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lease {
    /// 1 get, 2 set, 3 unlock.
    pub cmd: i64,
    /// 0 none, 1 read, 2 read and write.
    pub r#type: i64,
    /// The client's id of the lease: 16 bytes, as a gfid.
    pub id: Gfid,
    pub flags: i64,
}

impl Default for Lease {
    fn default() -> Self {
        Lease {
            cmd: 0,
            r#type: 0,
            id: Default::default(),
            flags: 0,
        }
    }
}

impl Lease {
    pub(crate) fn read(from: &mut Reader) -> Self {
        let [cmd, r#type] = from.integers();
        let id = from.gfid();
        let [flags] = from.integers();
        Lease { cmd, r#type, id, flags }
    }

    pub(crate) fn write(&self, to: &mut Messages) {
        to.integer(self.cmd);
        to.integer(self.r#type);
        to.gfid(self.id);
        to.integer(self.flags);
    }
}
