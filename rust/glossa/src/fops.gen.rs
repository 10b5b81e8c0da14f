// Generated from runtime/core/fops.ts by tools/gen/rust.ts (npm run gen). Do not edit.

use crate::core::Kept;
use crate::frame::Frame;
use crate::text::{Errno, Name};
use crate::translator::Translator;
use crate::values::{Dirent, Fd, Inode, Loc, Required, Value};
use crate::{Dict, Flock, Iatt, Statvfs};

/// A row of the table of fops.
#[derive(Debug)]
pub struct FopRow {
    pub number: i32,
    pub name: &'static str,
    /// The name in statistics and traces.
    pub log_name: &'static str,
    /// The kind of each argument, as a letter: l loc, i inode, f fd, a iatt, d dict, s str, n int, b data, e entries, v statvfs, k flock, z lease, m locklist.
    pub args: &'static str,
    /// The same of the reply's parts.
    pub reply: &'static str,
    /// op_ret says how much the first part of the reply holds: it is counted anew.
    pub(crate) counts: bool,
}

const NO_FOP: FopRow =
    FopRow { number: 0, name: "", log_name: "", args: "", reply: "", counts: false };

/// How many numbers of fops there are.
pub(crate) const FOP_COUNT: usize = 59;

/// The fops by number.
pub(crate) static FOPS: [FopRow; FOP_COUNT] = [
    NO_FOP,
    FopRow { number: 1, name: "stat", log_name: "STAT", args: "ld", reply: "ad", counts: false },
    FopRow { number: 2, name: "readlink", log_name: "READLINK", args: "lnd", reply: "sad", counts: true },
    FopRow { number: 3, name: "mknod", log_name: "MKNOD", args: "lnnnd", reply: "iaaad", counts: false },
    FopRow { number: 4, name: "mkdir", log_name: "MKDIR", args: "lnnd", reply: "iaaad", counts: false },
    FopRow { number: 5, name: "unlink", log_name: "UNLINK", args: "lnd", reply: "aad", counts: false },
    FopRow { number: 6, name: "rmdir", log_name: "RMDIR", args: "lnd", reply: "aad", counts: false },
    FopRow { number: 7, name: "symlink", log_name: "SYMLINK", args: "slnd", reply: "iaaad", counts: false },
    FopRow { number: 8, name: "rename", log_name: "RENAME", args: "lld", reply: "aaaaad", counts: false },
    FopRow { number: 9, name: "link", log_name: "LINK", args: "lld", reply: "iaaad", counts: false },
    FopRow { number: 10, name: "truncate", log_name: "TRUNCATE", args: "lnd", reply: "aad", counts: false },
    FopRow { number: 11, name: "open", log_name: "OPEN", args: "lnfd", reply: "fd", counts: false },
    FopRow { number: 12, name: "readv", log_name: "READ", args: "fnnnd", reply: "bad", counts: true },
    FopRow { number: 13, name: "writev", log_name: "WRITE", args: "fbnnd", reply: "aad", counts: false },
    FopRow { number: 14, name: "statfs", log_name: "STATFS", args: "ld", reply: "vd", counts: false },
    FopRow { number: 15, name: "flush", log_name: "FLUSH", args: "fd", reply: "d", counts: false },
    FopRow { number: 16, name: "fsync", log_name: "FSYNC", args: "fnd", reply: "aad", counts: false },
    FopRow { number: 17, name: "setxattr", log_name: "SETXATTR", args: "ldnd", reply: "d", counts: false },
    FopRow { number: 18, name: "getxattr", log_name: "GETXATTR", args: "lsd", reply: "dd", counts: false },
    FopRow { number: 19, name: "removexattr", log_name: "REMOVEXATTR", args: "lsd", reply: "d", counts: false },
    FopRow { number: 20, name: "opendir", log_name: "OPENDIR", args: "lfd", reply: "fd", counts: false },
    FopRow { number: 21, name: "fsyncdir", log_name: "FSYNCDIR", args: "fnd", reply: "d", counts: false },
    FopRow { number: 22, name: "access", log_name: "ACCESS", args: "lnd", reply: "d", counts: false },
    FopRow { number: 23, name: "create", log_name: "CREATE", args: "lnnnfd", reply: "fiaaad", counts: false },
    FopRow { number: 24, name: "ftruncate", log_name: "FTRUNCATE", args: "fnd", reply: "aad", counts: false },
    FopRow { number: 25, name: "fstat", log_name: "FSTAT", args: "fd", reply: "ad", counts: false },
    FopRow { number: 26, name: "lk", log_name: "LK", args: "fnkd", reply: "kd", counts: false },
    FopRow { number: 27, name: "lookup", log_name: "LOOKUP", args: "ld", reply: "iada", counts: false },
    FopRow { number: 28, name: "readdir", log_name: "READDIR", args: "fnnd", reply: "ed", counts: true },
    FopRow { number: 29, name: "inodelk", log_name: "INODELK", args: "slnkd", reply: "d", counts: false },
    FopRow { number: 30, name: "finodelk", log_name: "FINODELK", args: "sfnkd", reply: "d", counts: false },
    FopRow { number: 31, name: "entrylk", log_name: "ENTRYLK", args: "slsnnd", reply: "d", counts: false },
    FopRow { number: 32, name: "fentrylk", log_name: "FENTRYLK", args: "sfsnnd", reply: "d", counts: false },
    FopRow { number: 33, name: "xattrop", log_name: "XATTROP", args: "lndd", reply: "dd", counts: false },
    FopRow { number: 34, name: "fxattrop", log_name: "FXATTROP", args: "fndd", reply: "dd", counts: false },
    FopRow { number: 35, name: "fgetxattr", log_name: "FGETXATTR", args: "fsd", reply: "dd", counts: false },
    FopRow { number: 36, name: "fsetxattr", log_name: "FSETXATTR", args: "fdnd", reply: "d", counts: false },
    FopRow { number: 37, name: "rchecksum", log_name: "RCHECKSUM", args: "fnnd", reply: "nbd", counts: false },
    FopRow { number: 38, name: "setattr", log_name: "SETATTR", args: "land", reply: "aad", counts: false },
    FopRow { number: 39, name: "fsetattr", log_name: "FSETATTR", args: "fand", reply: "aad", counts: false },
    FopRow { number: 40, name: "readdirp", log_name: "READDIRP", args: "fnnd", reply: "ed", counts: true },
    NO_FOP,
    NO_FOP,
    NO_FOP,
    FopRow { number: 44, name: "getspec", log_name: "GETSPEC", args: "sn", reply: "s", counts: true },
    FopRow { number: 45, name: "fremovexattr", log_name: "FREMOVEXATTR", args: "fsd", reply: "d", counts: false },
    FopRow { number: 46, name: "fallocate", log_name: "FALLOCATE", args: "fnnnd", reply: "aad", counts: false },
    FopRow { number: 47, name: "discard", log_name: "DISCARD", args: "fnnd", reply: "aad", counts: false },
    FopRow { number: 48, name: "zerofill", log_name: "ZEROFILL", args: "fnnd", reply: "aad", counts: false },
    FopRow { number: 49, name: "ipc", log_name: "IPC", args: "nd", reply: "d", counts: false },
    FopRow { number: 50, name: "seek", log_name: "SEEK", args: "fnnd", reply: "nd", counts: false },
    FopRow { number: 51, name: "lease", log_name: "LEASE", args: "lzd", reply: "zd", counts: false },
    NO_FOP,
    FopRow { number: 53, name: "getactivelk", log_name: "GETACTIVELK", args: "ld", reply: "md", counts: false },
    FopRow { number: 54, name: "setactivelk", log_name: "SETACTIVELK", args: "lmd", reply: "d", counts: false },
    FopRow { number: 55, name: "put", log_name: "PUT", args: "lnnnbndd", reply: "iaaad", counts: false },
    FopRow { number: 56, name: "icreate", log_name: "ICREATE", args: "lnd", reply: "iad", counts: false },
    FopRow { number: 57, name: "namelink", log_name: "NAMELINK", args: "ld", reply: "aad", counts: false },
    FopRow { number: 58, name: "copy_file_range", log_name: "COPY_FILE_RANGE", args: "fnfnnnd", reply: "aaad", counts: false },
];

// Result codes of calls (bridges/host/guest.ts), which are also states of a frame.
pub(crate) const NOTHING: i32 = 0;
pub(crate) const WIND: i32 = 1;
pub(crate) const TAIL: i32 = 2;
pub(crate) const FAILED: i32 = 3;
pub(crate) const LATER: i32 = 4;
pub(crate) const ANSWERED: i32 = 5;
pub(crate) const SAME: i32 = 16;

// Keys of a reply's xdata (runtime/core/xdata.ts): seconds for which the kernel may cache it.
pub const ENTRY_TIMEOUT: &str = "glossa.entry-timeout";
pub const ATTRIBUTE_TIMEOUT: &str = "glossa.attribute-timeout";
pub const NEGATIVE_TIMEOUT: &str = "glossa.negative-timeout";

/// The arguments of a fop: a struct of [`fop`].
pub trait Args<'a> {
    #[doc(hidden)]
    type Kind: for<'r> ReplyTo<'r> + 'static;
    #[doc(hidden)]
    type Values: AsRef<[Value<'a>]>;
    fn row(&self) -> &'static FopRow;
    fn values(&self) -> Self::Values;
}

/// The reply to a fop: a struct of [`reply`].
pub trait Reply<'a> {
    #[doc(hidden)]
    type Values: AsRef<[Value<'a>]>;
    fn row(&self) -> &'static FopRow;
    /// op_ret and op_errno.
    fn result(&self) -> (i64, Errno);
    fn values(&self) -> Self::Values;
}

/// The kind of a fop, which leads to the type of its reply.
pub trait ReplyTo<'r> {
    type Reply;
    #[doc(hidden)]
    fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply;
}

/// The arguments of each fop.
pub mod fop {
    use super::*;

    /// The arguments of any fop.
    #[derive(Clone, Copy, Debug)]
    pub struct Any<'a> {
        pub row: &'static FopRow,
        pub values: &'a [Value<'a>],
    }

    impl<'a> Any<'a> {
        #[doc(hidden)]
        pub fn read<T: Translator>(frame: &Frame<T>, values: &'a [Value<'a>]) -> Self {
            let row = frame.fop().expect("a fop has its row");
            Any { row, values }
        }
    }

    impl<'a> Args<'a> for Any<'a> {
        type Kind = kind::Any;
        type Values = &'a [Value<'a>];
        fn row(&self) -> &'static FopRow {
            self.row
        }
        fn values(&self) -> Self::Values {
            self.values
        }
    }

    /// Reads the attributes of an object. Asked by: stat(2) and the like, when the kernel's
    /// cached attributes have expired.
    #[derive(Clone, Copy, Debug)]
    pub struct Stat<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Stat<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Stat { loc: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Stat<'a> {
        type Kind = kind::Stat;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[1]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.xdata.into()]
        }
    }

    /// Reads the target of a symbolic link. Asked by: readlink(2), and every path that leads
    /// through the link.
    #[derive(Clone, Copy, Debug)]
    pub struct Readlink<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Maximum number of bytes.
        pub size: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readlink<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Readlink { loc: Required::required(v[0]), size: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Readlink<'a> {
        type Kind = kind::Readlink;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[2]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.size.into(), self.xdata.into()]
        }
    }

    /// Makes a regular file, device, FIFO or socket without opening it. Asked by: mknod(2),
    /// mkfifo(3), bind(2) of a local socket.
    #[derive(Clone, Copy, Debug)]
    pub struct Mknod<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Type and permission bits, as in stat(2), after the umask.
        pub mode: i64,
        /// The device number, for block and character devices.
        pub rdev: i64,
        /// The caller's umask, for a storage with default ACLs.
        pub umask: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Mknod<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Mknod { loc: Required::required(v[0]), mode: Required::required(v[1]), rdev: Required::required(v[2]), umask: Required::required(v[3]), xdata: v[4].into() }
        }
    }

    impl<'a> Args<'a> for Mknod<'a> {
        type Kind = kind::Mknod;
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[3]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.mode.into(), self.rdev.into(), self.umask.into(), self.xdata.into()]
        }
    }

    /// Makes a directory. Asked by: mkdir(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Mkdir<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Type and permission bits, as in stat(2), after the umask.
        pub mode: i64,
        /// The caller's umask, for a storage with default ACLs.
        pub umask: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Mkdir<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Mkdir { loc: Required::required(v[0]), mode: Required::required(v[1]), umask: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Mkdir<'a> {
        type Kind = kind::Mkdir;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[4]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.mode.into(), self.umask.into(), self.xdata.into()]
        }
    }

    /// Removes a name of a file; the file is deleted with its last name and last open fd. Asked
    /// by: unlink(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Unlink<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// GlusterFS-internal; 0 from a mount.
        pub xflag: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Unlink<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Unlink { loc: Required::required(v[0]), xflag: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Unlink<'a> {
        type Kind = kind::Unlink;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[5]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.xflag.into(), self.xdata.into()]
        }
    }

    /// Removes an empty directory; ENOTEMPTY for any other. Asked by: rmdir(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Rmdir<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Not 0: with its content; 0 from a mount.
        pub flags: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Rmdir<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Rmdir { loc: Required::required(v[0]), flags: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Rmdir<'a> {
        type Kind = kind::Rmdir;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[6]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.flags.into(), self.xdata.into()]
        }
    }

    /// Makes a symbolic link. Asked by: symlink(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Symlink<'a> {
        /// The target to store.
        pub linkpath: Name<'a>,
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The caller's umask, for a storage with default ACLs.
        pub umask: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Symlink<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Symlink { linkpath: Required::required(v[0]), loc: Required::required(v[1]), umask: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Symlink<'a> {
        type Kind = kind::Symlink;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[7]
        }
        fn values(&self) -> Self::Values {
            [self.linkpath.into(), self.loc.into(), self.umask.into(), self.xdata.into()]
        }
    }

    /// Renames an object atomically, and replaces an object of the new name. Asked by: rename(2);
    /// the flags of renameat2(2) come in xdata.
    #[derive(Clone, Copy, Debug)]
    pub struct Rename<'a> {
        /// The existing name.
        pub oldloc: &'a Loc<'a>,
        /// The new name; its inode is unset when no object has that name.
        pub newloc: &'a Loc<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Rename<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Rename { oldloc: Required::required(v[0]), newloc: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Rename<'a> {
        type Kind = kind::Rename;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[8]
        }
        fn values(&self) -> Self::Values {
            [self.oldloc.into(), self.newloc.into(), self.xdata.into()]
        }
    }

    /// Adds a name to a file. Asked by: link(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Link<'a> {
        /// The existing name.
        pub oldloc: &'a Loc<'a>,
        /// The new name; its inode is unset when no object has that name.
        pub newloc: &'a Loc<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Link<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Link { oldloc: Required::required(v[0]), newloc: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Link<'a> {
        type Kind = kind::Link;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[9]
        }
        fn values(&self) -> Self::Values {
            [self.oldloc.into(), self.newloc.into(), self.xdata.into()]
        }
    }

    /// Sets the size of a file, by name. Asked by: truncate(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Truncate<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The new size, in bytes.
        pub offset: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Truncate<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Truncate { loc: Required::required(v[0]), offset: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Truncate<'a> {
        type Kind = kind::Truncate;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[10]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.offset.into(), self.xdata.into()]
        }
    }

    /// Opens a file. Asked by: open(2) of an existing file; ftruncate follows for O_TRUNC.
    #[derive(Clone, Copy, Debug)]
    pub struct Open<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Flags of open(2), such as O_RDWR or O_APPEND.
        pub flags: i64,
        /// The open file or directory.
        pub fd: Option<&'a Fd<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Open<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Open { loc: Required::required(v[0]), flags: Required::required(v[1]), fd: v[2].into(), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Open<'a> {
        type Kind = kind::Open;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[11]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.flags.into(), self.fd.into(), self.xdata.into()]
        }
    }

    /// Reads data. Asked by: read(2), pread(2), mmap(2), execve(2); the kernel reads whole pages,
    /// and ahead.
    #[derive(Clone, Copy, Debug)]
    pub struct Readv<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Maximum number of bytes.
        pub size: i64,
        /// Start, in bytes.
        pub offset: i64,
        /// Flags of the open.
        pub flags: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readv<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Readv { fd: Required::required(v[0]), size: Required::required(v[1]), offset: Required::required(v[2]), flags: Required::required(v[3]), xdata: v[4].into() }
        }
    }

    impl<'a> Args<'a> for Readv<'a> {
        type Kind = kind::Readv;
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[12]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.size.into(), self.offset.into(), self.flags.into(), self.xdata.into()]
        }
    }

    /// Writes data. Asked by: write(2), pwrite(2), and written pages of mmap(2); with
    /// `glossa.kill-priv` in xdata the file loses set-user-id and the like.
    #[derive(Clone, Copy, Debug)]
    pub struct Writev<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The data.
        pub vector: &'a [u8],
        /// Start, in bytes.
        pub offset: i64,
        /// Flags of the open, and O_DSYNC or O_SYNC if this write must be on the disk before the
        /// reply.
        pub flags: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Writev<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Writev { fd: Required::required(v[0]), vector: Required::required(v[1]), offset: Required::required(v[2]), flags: Required::required(v[3]), xdata: v[4].into() }
        }
    }

    impl<'a> Args<'a> for Writev<'a> {
        type Kind = kind::Writev;
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[13]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.vector.into(), self.offset.into(), self.flags.into(), self.xdata.into()]
        }
    }

    /// Reads the size and the free space of the storage. Asked by: statfs(2), statvfs(3), df.
    #[derive(Clone, Copy, Debug)]
    pub struct Statfs<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Statfs<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Statfs { loc: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Statfs<'a> {
        type Kind = kind::Statfs;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[14]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.xdata.into()]
        }
    }

    /// Reports the close of one descriptor; others of the file may stay open. Asked by: every
    /// close(2), also at the end of a process.
    #[derive(Clone, Copy, Debug)]
    pub struct Flush<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Flush<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Flush { fd: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Flush<'a> {
        type Kind = kind::Flush;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[15]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.xdata.into()]
        }
    }

    /// Flushes written data to stable storage. Asked by: fsync(2), fdatasync(2), O_SYNC.
    #[derive(Clone, Copy, Debug)]
    pub struct Fsync<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Not 0: only the data and the metadata needed to read it, as fdatasync(2).
        pub datasync: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsync<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fsync { fd: Required::required(v[0]), datasync: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Fsync<'a> {
        type Kind = kind::Fsync;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[16]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.datasync.into(), self.xdata.into()]
        }
    }

    /// Sets extended attributes. Asked by: setxattr(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Setxattr<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA.
        pub flags: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Setxattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Setxattr { loc: Required::required(v[0]), dict: v[1].into(), flags: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Setxattr<'a> {
        type Kind = kind::Setxattr;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[17]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.dict.into(), self.flags.into(), self.xdata.into()]
        }
    }

    /// Reads one or all extended attributes; ENODATA for an absent name. Asked by: getxattr(2),
    /// listxattr(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Getxattr<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The extended attribute's name; none asks for all of them.
        pub name: Option<Name<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Getxattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Getxattr { loc: Required::required(v[0]), name: v[1].into(), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Getxattr<'a> {
        type Kind = kind::Getxattr;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[18]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.name.into(), self.xdata.into()]
        }
    }

    /// Removes an extended attribute; ENODATA for an absent name. Asked by: removexattr(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Removexattr<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The attribute's name.
        pub name: Name<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Removexattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Removexattr { loc: Required::required(v[0]), name: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Removexattr<'a> {
        type Kind = kind::Removexattr;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[19]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.name.into(), self.xdata.into()]
        }
    }

    /// Opens a directory. Asked by: opendir(3).
    #[derive(Clone, Copy, Debug)]
    pub struct Opendir<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The open file or directory.
        pub fd: Option<&'a Fd<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Opendir<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Opendir { loc: Required::required(v[0]), fd: v[1].into(), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Opendir<'a> {
        type Kind = kind::Opendir;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[20]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.fd.into(), self.xdata.into()]
        }
    }

    /// Flushes the names of a directory to stable storage. Asked by: fsync(2) of a directory;
    /// syncfs(2), as that of the root with glossa.sync-volume in xdata.
    #[derive(Clone, Copy, Debug)]
    pub struct Fsyncdir<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Not 0: only the data and the metadata needed to read it, as fdatasync(2).
        pub datasync: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsyncdir<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fsyncdir { fd: Required::required(v[0]), datasync: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Fsyncdir<'a> {
        type Kind = kind::Fsyncdir;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[21]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.datasync.into(), self.xdata.into()]
        }
    }

    /// Checks the caller's rights to an object. Asked by: access(2), chdir(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Access<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The requested access: 4 read, 2 write, 1 execute; 0 asks for existence.
        pub mask: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Access<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Access { loc: Required::required(v[0]), mask: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Access<'a> {
        type Kind = kind::Access;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[22]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.mask.into(), self.xdata.into()]
        }
    }

    /// Makes and opens a file atomically. Asked by: open(2) with O_CREAT of a name that the
    /// kernel does not know.
    #[derive(Clone, Copy, Debug)]
    pub struct Create<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Flags of open(2), such as O_RDWR or O_APPEND.
        pub flags: i64,
        /// Permission bits, after the umask.
        pub mode: i64,
        /// The caller's umask, for a storage with default ACLs.
        pub umask: i64,
        /// The open file or directory.
        pub fd: Option<&'a Fd<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Create<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Create { loc: Required::required(v[0]), flags: Required::required(v[1]), mode: Required::required(v[2]), umask: Required::required(v[3]), fd: v[4].into(), xdata: v[5].into() }
        }
    }

    impl<'a> Args<'a> for Create<'a> {
        type Kind = kind::Create;
        type Values = [Value<'a>; 6];
        fn row(&self) -> &'static FopRow {
            &FOPS[23]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.flags.into(), self.mode.into(), self.umask.into(), self.fd.into(), self.xdata.into()]
        }
    }

    /// Sets the size of an open file. Asked by: ftruncate(2), and open(2) with O_TRUNC, after
    /// open.
    #[derive(Clone, Copy, Debug)]
    pub struct Ftruncate<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The new size, in bytes.
        pub offset: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Ftruncate<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Ftruncate { fd: Required::required(v[0]), offset: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Ftruncate<'a> {
        type Kind = kind::Ftruncate;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[24]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.offset.into(), self.xdata.into()]
        }
    }

    /// Reads the attributes of an open file. Asked by: fstat(2), when the kernel's cached
    /// attributes have expired.
    #[derive(Clone, Copy, Debug)]
    pub struct Fstat<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fstat<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fstat { fd: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Fstat<'a> {
        type Kind = kind::Fstat;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[25]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.xdata.into()]
        }
    }

    /// Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock
    /// of flock(2), independent of record locks. Asked by: fcntl(2) locks and flock(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Lk<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW.
        pub cmd: i64,
        /// Type, range in bytes (len 0: to the end), owner and process of the lock.
        pub flock: &'a Flock<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Lk<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Lk { fd: Required::required(v[0]), cmd: Required::required(v[1]), flock: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Lk<'a> {
        type Kind = kind::Lk;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[26]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.cmd.into(), self.flock.into(), self.xdata.into()]
        }
    }

    /// Finds an object by its name in a directory, or checks that it still exists. Asked by:
    /// every path of every system call, for each part that the kernel does not know.
    #[derive(Clone, Copy, Debug)]
    pub struct Lookup<'a> {
        /// Name in parent; without a name, the inode itself by its gfid.
        pub loc: &'a Loc<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Lookup<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Lookup { loc: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Lookup<'a> {
        type Kind = kind::Lookup;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[27]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.xdata.into()]
        }
    }

    /// Lists names of a directory. Asked by: readdir(3).
    #[derive(Clone, Copy, Debug)]
    pub struct Readdir<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Maximum number of bytes.
        pub size: i64,
        /// Where to continue: the offset of the last listed entry; 0 is the start.
        pub offset: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readdir<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Readdir { fd: Required::required(v[0]), size: Required::required(v[1]), offset: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Readdir<'a> {
        type Kind = kind::Readdir;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[28]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.size.into(), self.offset.into(), self.xdata.into()]
        }
    }

    /// Locks a range of an inode among translators, independent of applications' locks. Asked by:
    /// other translators (replication, healing).
    #[derive(Clone, Copy, Debug)]
    pub struct Inodelk<'a> {
        /// The domain of the lock: locks of different domains do not conflict.
        pub volume: Name<'a>,
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW.
        pub cmd: i64,
        /// Type, range in bytes (len 0: to the end), owner and process of the lock.
        pub flock: &'a Flock<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Inodelk<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Inodelk { volume: Required::required(v[0]), loc: Required::required(v[1]), cmd: Required::required(v[2]), flock: Required::required(v[3]), xdata: v[4].into() }
        }
    }

    impl<'a> Args<'a> for Inodelk<'a> {
        type Kind = kind::Inodelk;
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[29]
        }
        fn values(&self) -> Self::Values {
            [self.volume.into(), self.loc.into(), self.cmd.into(), self.flock.into(), self.xdata.into()]
        }
    }

    /// As inodelk, of an open file. Asked by: other translators.
    #[derive(Clone, Copy, Debug)]
    pub struct Finodelk<'a> {
        /// The domain of the lock: locks of different domains do not conflict.
        pub volume: Name<'a>,
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The command: 5 F_GETLK, 6 F_SETLK, 7 F_SETLKW.
        pub cmd: i64,
        /// Type, range in bytes (len 0: to the end), owner and process of the lock.
        pub flock: &'a Flock<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Finodelk<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Finodelk { volume: Required::required(v[0]), fd: Required::required(v[1]), cmd: Required::required(v[2]), flock: Required::required(v[3]), xdata: v[4].into() }
        }
    }

    impl<'a> Args<'a> for Finodelk<'a> {
        type Kind = kind::Finodelk;
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[30]
        }
        fn values(&self) -> Self::Values {
            [self.volume.into(), self.fd.into(), self.cmd.into(), self.flock.into(), self.xdata.into()]
        }
    }

    /// Locks a name of a directory, among translators. Asked by: other translators (replication,
    /// healing).
    #[derive(Clone, Copy, Debug)]
    pub struct Entrylk<'a> {
        /// The domain of the lock: locks of different domains do not conflict.
        pub volume: Name<'a>,
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The name in the directory; none is the whole directory.
        pub basename: Option<Name<'a>>,
        /// 0 lock, 1 unlock, 2 lock without waiting.
        pub cmd: i64,
        /// 0 shared, 1 exclusive.
        pub r#type: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Entrylk<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Entrylk { volume: Required::required(v[0]), loc: Required::required(v[1]), basename: v[2].into(), cmd: Required::required(v[3]), r#type: Required::required(v[4]), xdata: v[5].into() }
        }
    }

    impl<'a> Args<'a> for Entrylk<'a> {
        type Kind = kind::Entrylk;
        type Values = [Value<'a>; 6];
        fn row(&self) -> &'static FopRow {
            &FOPS[31]
        }
        fn values(&self) -> Self::Values {
            [self.volume.into(), self.loc.into(), self.basename.into(), self.cmd.into(), self.r#type.into(), self.xdata.into()]
        }
    }

    /// As entrylk, of an open directory. Asked by: other translators.
    #[derive(Clone, Copy, Debug)]
    pub struct Fentrylk<'a> {
        /// The domain of the lock: locks of different domains do not conflict.
        pub volume: Name<'a>,
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The name in the directory; none is the whole directory.
        pub basename: Option<Name<'a>>,
        /// 0 lock, 1 unlock, 2 lock without waiting.
        pub cmd: i64,
        /// 0 shared, 1 exclusive.
        pub r#type: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fentrylk<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fentrylk { volume: Required::required(v[0]), fd: Required::required(v[1]), basename: v[2].into(), cmd: Required::required(v[3]), r#type: Required::required(v[4]), xdata: v[5].into() }
        }
    }

    impl<'a> Args<'a> for Fentrylk<'a> {
        type Kind = kind::Fentrylk;
        type Values = [Value<'a>; 6];
        fn row(&self) -> &'static FopRow {
            &FOPS[32]
        }
        fn values(&self) -> Self::Values {
            [self.volume.into(), self.fd.into(), self.basename.into(), self.cmd.into(), self.r#type.into(), self.xdata.into()]
        }
    }

    /// Changes numbers in extended attributes atomically (arrays, big-endian). Asked by: other
    /// translators (counters of replication and quota).
    #[derive(Clone, Copy, Debug)]
    pub struct Xattrop<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set.
        pub optype: i64,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Xattrop<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Xattrop { loc: Required::required(v[0]), optype: Required::required(v[1]), dict: v[2].into(), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Xattrop<'a> {
        type Kind = kind::Xattrop;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[33]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.optype.into(), self.dict.into(), self.xdata.into()]
        }
    }

    /// As xattrop, of an open file. Asked by: other translators.
    #[derive(Clone, Copy, Debug)]
    pub struct Fxattrop<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The operation on stored and given values: 0 add 32-bit, 1 add 64-bit, 4 get and set.
        pub optype: i64,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fxattrop<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fxattrop { fd: Required::required(v[0]), optype: Required::required(v[1]), dict: v[2].into(), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Fxattrop<'a> {
        type Kind = kind::Fxattrop;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[34]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.optype.into(), self.dict.into(), self.xdata.into()]
        }
    }

    /// As getxattr, of an open file. Asked by: fgetxattr(2), flistxattr(2); lsattr(1), for an
    /// attribute of its own.
    #[derive(Clone, Copy, Debug)]
    pub struct Fgetxattr<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The extended attribute's name; none asks for all of them.
        pub name: Option<Name<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fgetxattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fgetxattr { fd: Required::required(v[0]), name: v[1].into(), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Fgetxattr<'a> {
        type Kind = kind::Fgetxattr;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[35]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.name.into(), self.xdata.into()]
        }
    }

    /// As setxattr, of an open file. Asked by: fsetxattr(2); chattr(1), for an attribute of its
    /// own.
    #[derive(Clone, Copy, Debug)]
    pub struct Fsetxattr<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// 1 XATTR_CREATE: fail with EEXIST; 2 XATTR_REPLACE: fail with ENODATA.
        pub flags: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsetxattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fsetxattr { fd: Required::required(v[0]), dict: v[1].into(), flags: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Fsetxattr<'a> {
        type Kind = kind::Fsetxattr;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[36]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.dict.into(), self.flags.into(), self.xdata.into()]
        }
    }

    /// Computes checksums of a range of a file. Asked by: other translators (healing).
    #[derive(Clone, Copy, Debug)]
    pub struct Rchecksum<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Start, in bytes.
        pub offset: i64,
        /// Number of bytes.
        pub len: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Rchecksum<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Rchecksum { fd: Required::required(v[0]), offset: Required::required(v[1]), len: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Rchecksum<'a> {
        type Kind = kind::Rchecksum;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[37]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.offset.into(), self.len.into(), self.xdata.into()]
        }
    }

    /// Changes mode, owner or times. (truncate sets the size.) Asked by: chmod(2), chown(2),
    /// utimensat(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Setattr<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The new values.
        pub stbuf: &'a Iatt,
        /// The valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128 and
        /// 256 set atime and mtime to the present.
        pub valid: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Setattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Setattr { loc: Required::required(v[0]), stbuf: Required::required(v[1]), valid: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Setattr<'a> {
        type Kind = kind::Setattr;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[38]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.stbuf.into(), self.valid.into(), self.xdata.into()]
        }
    }

    /// As setattr, of an open file. Asked by: fchmod(2), fchown(2), futimens(3).
    #[derive(Clone, Copy, Debug)]
    pub struct Fsetattr<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The new values.
        pub stbuf: &'a Iatt,
        /// The valid fields of stbuf: 1 mode, 2 uid, 4 gid, 16 atime, 32 mtime, 64 ctime; 128 and
        /// 256 set atime and mtime to the present.
        pub valid: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsetattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fsetattr { fd: Required::required(v[0]), stbuf: Required::required(v[1]), valid: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Fsetattr<'a> {
        type Kind = kind::Fsetattr;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[39]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.stbuf.into(), self.valid.into(), self.xdata.into()]
        }
    }

    /// Lists names of a directory, with inode and attributes of each. Asked by: readdir(3), when
    /// the kernel expects a stat of each name to follow (ls -l).
    #[derive(Clone, Copy, Debug)]
    pub struct Readdirp<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Maximum number of bytes.
        pub size: i64,
        /// Where to continue: the offset of the last listed entry; 0 is the start.
        pub offset: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readdirp<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Readdirp { fd: Required::required(v[0]), size: Required::required(v[1]), offset: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Readdirp<'a> {
        type Kind = kind::Readdirp;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[40]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.size.into(), self.offset.into(), self.xdata.into()]
        }
    }

    /// Reads the text of a volfile. Asked by: clients of a server, never a mount.
    #[derive(Clone, Copy, Debug)]
    pub struct Getspec<'a> {
        /// The name of the volfile.
        pub key: Name<'a>,
        /// 0.
        pub flags: i64,
    }

    impl<'a> Getspec<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Getspec { key: Required::required(v[0]), flags: Required::required(v[1]) }
        }
    }

    impl<'a> Args<'a> for Getspec<'a> {
        type Kind = kind::Getspec;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[44]
        }
        fn values(&self) -> Self::Values {
            [self.key.into(), self.flags.into()]
        }
    }

    /// As removexattr, of an open file. Asked by: fremovexattr(2).
    #[derive(Clone, Copy, Debug)]
    pub struct Fremovexattr<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// The attribute's name.
        pub name: Name<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fremovexattr<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fremovexattr { fd: Required::required(v[0]), name: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Fremovexattr<'a> {
        type Kind = kind::Fremovexattr;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[45]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.name.into(), self.xdata.into()]
        }
    }

    /// Allocates space for a range. Asked by: fallocate(2), posix_fallocate(3).
    #[derive(Clone, Copy, Debug)]
    pub struct Fallocate<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// 1 FALLOC_FL_KEEP_SIZE keeps the size, 0 may grow it; 17 also writes zeros; a storage
        /// answers EOPNOTSUPP to modes that it does not support.
        pub mode: i64,
        /// Start, in bytes.
        pub offset: i64,
        /// Number of bytes.
        pub len: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fallocate<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Fallocate { fd: Required::required(v[0]), mode: Required::required(v[1]), offset: Required::required(v[2]), len: Required::required(v[3]), xdata: v[4].into() }
        }
    }

    impl<'a> Args<'a> for Fallocate<'a> {
        type Kind = kind::Fallocate;
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[46]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.mode.into(), self.offset.into(), self.len.into(), self.xdata.into()]
        }
    }

    /// Makes a hole: the range reads as zeros, and its space is freed. Asked by: fallocate(2)
    /// with FALLOC_FL_PUNCH_HOLE.
    #[derive(Clone, Copy, Debug)]
    pub struct Discard<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Start, in bytes.
        pub offset: i64,
        /// Number of bytes.
        pub len: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Discard<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Discard { fd: Required::required(v[0]), offset: Required::required(v[1]), len: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Discard<'a> {
        type Kind = kind::Discard;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[47]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.offset.into(), self.len.into(), self.xdata.into()]
        }
    }

    /// Writes zeros over a range. Asked by: fallocate(2) with FALLOC_FL_ZERO_RANGE, and other
    /// programs of the same graph.
    #[derive(Clone, Copy, Debug)]
    pub struct Zerofill<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Start, in bytes.
        pub offset: i64,
        /// Number of bytes.
        pub len: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Zerofill<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Zerofill { fd: Required::required(v[0]), offset: Required::required(v[1]), len: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Zerofill<'a> {
        type Kind = kind::Zerofill;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[48]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.offset.into(), self.len.into(), self.xdata.into()]
        }
    }

    /// Carries a message between translators. Asked by: other translators.
    #[derive(Clone, Copy, Debug)]
    pub struct Ipc<'a> {
        /// The receiver: 0 changelog, 1 ctr, 2 upcall.
        pub op: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Ipc<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Ipc { op: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Ipc<'a> {
        type Kind = kind::Ipc;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[49]
        }
        fn values(&self) -> Self::Values {
            [self.op.into(), self.xdata.into()]
        }
    }

    /// Finds the next data or the next hole. Asked by: lseek(2) with SEEK_DATA or SEEK_HOLE;
    /// ENXIO at or behind the end.
    #[derive(Clone, Copy, Debug)]
    pub struct Seek<'a> {
        /// The open file or directory.
        pub fd: &'a Fd<'a>,
        /// Start, in bytes.
        pub offset: i64,
        /// 0 data, 1 hole.
        pub what: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Seek<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Seek { fd: Required::required(v[0]), offset: Required::required(v[1]), what: Required::required(v[2]), xdata: v[3].into() }
        }
    }

    impl<'a> Args<'a> for Seek<'a> {
        type Kind = kind::Seek;
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[50]
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.offset.into(), self.what.into(), self.xdata.into()]
        }
    }

    /// Takes, queries or returns a lease. Asked by: other programs of the same graph.
    #[derive(Clone, Copy, Debug)]
    pub struct Lease<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Command, type and id of the lease.
        pub lease: &'a crate::Lease,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Lease<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Lease { loc: Required::required(v[0]), lease: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Lease<'a> {
        type Kind = kind::Lease;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[51]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.lease.into(), self.xdata.into()]
        }
    }

    /// Reads all record locks of a file. Asked by: other translators, before they move it.
    #[derive(Clone, Copy, Debug)]
    pub struct Getactivelk<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Getactivelk<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Getactivelk { loc: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Getactivelk<'a> {
        type Kind = kind::Getactivelk;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[53]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.xdata.into()]
        }
    }

    /// Sets the record locks of a file that was moved. Asked by: other translators, after they
    /// moved it.
    #[derive(Clone, Copy, Debug)]
    pub struct Setactivelk<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// The locks held on the file.
        pub locklist: &'a [Flock<'a>],
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Setactivelk<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Setactivelk { loc: Required::required(v[0]), locklist: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Setactivelk<'a> {
        type Kind = kind::Setactivelk;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[54]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.locklist.into(), self.xdata.into()]
        }
    }

    /// Makes a file with data and extended attributes atomically. Asked by: other programs of the
    /// same graph.
    #[derive(Clone, Copy, Debug)]
    pub struct Put<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Type and permission bits, as in stat(2), after the umask.
        pub mode: i64,
        /// The caller's umask, for a storage with default ACLs.
        pub umask: i64,
        /// Flags of open(2), such as O_RDWR or O_APPEND.
        pub flags: i64,
        /// The data.
        pub vector: &'a [u8],
        /// Offset of the data in the file.
        pub offset: i64,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Put<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Put { loc: Required::required(v[0]), mode: Required::required(v[1]), umask: Required::required(v[2]), flags: Required::required(v[3]), vector: Required::required(v[4]), offset: Required::required(v[5]), dict: v[6].into(), xdata: v[7].into() }
        }
    }

    impl<'a> Args<'a> for Put<'a> {
        type Kind = kind::Put;
        type Values = [Value<'a>; 8];
        fn row(&self) -> &'static FopRow {
            &FOPS[55]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.mode.into(), self.umask.into(), self.flags.into(), self.vector.into(), self.offset.into(), self.dict.into(), self.xdata.into()]
        }
    }

    /// Makes a file without a name; loc has its directory, and no name. Asked by: open(2) with
    /// O_TMPFILE; open follows, and a link may give it a name.
    #[derive(Clone, Copy, Debug)]
    pub struct Icreate<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Permission bits, after the umask.
        pub mode: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Icreate<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Icreate { loc: Required::required(v[0]), mode: Required::required(v[1]), xdata: v[2].into() }
        }
    }

    impl<'a> Args<'a> for Icreate<'a> {
        type Kind = kind::Icreate;
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[56]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.mode.into(), self.xdata.into()]
        }
    }

    /// Names an inode without a name. Asked by: other translators.
    #[derive(Clone, Copy, Debug)]
    pub struct Namelink<'a> {
        /// The object, by inode, and by parent and name if they are known.
        pub loc: &'a Loc<'a>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Namelink<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            Namelink { loc: Required::required(v[0]), xdata: v[1].into() }
        }
    }

    impl<'a> Args<'a> for Namelink<'a> {
        type Kind = kind::Namelink;
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[57]
        }
        fn values(&self) -> Self::Values {
            [self.loc.into(), self.xdata.into()]
        }
    }

    /// Copies from one open file to another inside the storage. Asked by: copy_file_range(2), cp.
    #[derive(Clone, Copy, Debug)]
    pub struct CopyFileRange<'a> {
        /// The open source file.
        pub fd_in: &'a Fd<'a>,
        /// Offset in the source, in bytes.
        pub off_in: i64,
        /// The open target file.
        pub fd_out: &'a Fd<'a>,
        /// Offset in the target, in bytes.
        pub off_out: i64,
        /// Number of bytes.
        pub len: i64,
        /// 0.
        pub flags: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> CopyFileRange<'a> {
        #[doc(hidden)]
        pub fn read(v: &[Value<'a>]) -> Self {
            CopyFileRange { fd_in: Required::required(v[0]), off_in: Required::required(v[1]), fd_out: Required::required(v[2]), off_out: Required::required(v[3]), len: Required::required(v[4]), flags: Required::required(v[5]), xdata: v[6].into() }
        }
    }

    impl<'a> Args<'a> for CopyFileRange<'a> {
        type Kind = kind::CopyFileRange;
        type Values = [Value<'a>; 7];
        fn row(&self) -> &'static FopRow {
            &FOPS[58]
        }
        fn values(&self) -> Self::Values {
            [self.fd_in.into(), self.off_in.into(), self.fd_out.into(), self.off_out.into(), self.len.into(), self.flags.into(), self.xdata.into()]
        }
    }
}

/// The replies to each fop. Their objects may be missing, and are after a failure.
pub mod reply {
    use super::*;

    /// The reply to any fop.
    #[derive(Clone, Copy, Debug)]
    pub struct Any<'a> {
        pub row: &'static FopRow,
        pub op_ret: i64,
        pub op_errno: Errno,
        pub values: &'a [Value<'a>],
    }

    impl<'a> Any<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, values: &'a [Value<'a>]) -> Self {
            let Kept { row, op_ret, op_errno, .. } = kept;
            Any { row, op_ret, op_errno, values }
        }
    }

    impl<'a> Reply<'a> for Any<'a> {
        type Values = &'a [Value<'a>];
        fn row(&self) -> &'static FopRow {
            self.row
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            self.values
        }
    }

    impl<'r> ReplyTo<'r> for kind::Any {
        type Reply = Any<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Any::read(kept, values)
        }
    }

    /// buf is the result of stat(2), and the kernel caches it for the attribute timeout.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Stat<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Stat<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Stat { op_ret, op_errno, buf: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Stat { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Stat<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[1]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.buf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Stat {
        type Reply = Stat<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Stat::read(kept, values)
        }
    }

    /// op_ret is the length of path in bytes.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Readlink<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The stored target.
        pub path: Option<Name<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readlink<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Readlink { op_ret, op_errno, path: v[0].into(), buf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Readlink { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Readlink<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[2]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.path.into(), self.buf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Readlink {
        type Reply = Readlink<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Readlink::read(kept, values)
        }
    }

    /// The kernel links the inode under the name and caches buf for a while.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Mknod<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Mknod<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Mknod { op_ret, op_errno, inode: v[0].into(), buf: v[1].into(), preparent: v[2].into(), postparent: v[3].into(), xdata: v[4].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Mknod { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Mknod<'a> {
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[3]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.inode.into(), self.buf.into(), self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Mknod {
        type Reply = Mknod<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Mknod::read(kept, values)
        }
    }

    /// The kernel links the inode under the name and caches buf for a while.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Mkdir<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Mkdir<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Mkdir { op_ret, op_errno, inode: v[0].into(), buf: v[1].into(), preparent: v[2].into(), postparent: v[3].into(), xdata: v[4].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Mkdir { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Mkdir<'a> {
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[4]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.inode.into(), self.buf.into(), self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Mkdir {
        type Reply = Mkdir<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Mkdir::read(kept, values)
        }
    }

    /// Attributes of the directory; the kernel forgets the name.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Unlink<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Unlink<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Unlink { op_ret, op_errno, preparent: v[0].into(), postparent: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Unlink { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Unlink<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[5]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Unlink {
        type Reply = Unlink<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Unlink::read(kept, values)
        }
    }

    /// Attributes of the parent directory; the kernel forgets the name.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Rmdir<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Rmdir<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Rmdir { op_ret, op_errno, preparent: v[0].into(), postparent: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Rmdir { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Rmdir<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[6]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Rmdir {
        type Reply = Rmdir<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Rmdir::read(kept, values)
        }
    }

    /// The kernel links the inode under the name and caches buf for a while.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Symlink<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Symlink<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Symlink { op_ret, op_errno, inode: v[0].into(), buf: v[1].into(), preparent: v[2].into(), postparent: v[3].into(), xdata: v[4].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Symlink { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Symlink<'a> {
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[7]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.inode.into(), self.buf.into(), self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Symlink {
        type Reply = Symlink<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Symlink::read(kept, values)
        }
    }

    /// Attributes of the object and of both directories, before and after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Rename<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Attributes of the old directory before.
        pub preoldparent: Option<&'a Iatt>,
        /// Attributes of the old directory after.
        pub postoldparent: Option<&'a Iatt>,
        /// Attributes of the new directory before.
        pub prenewparent: Option<&'a Iatt>,
        /// Attributes of the new directory after.
        pub postnewparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Rename<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Rename { op_ret, op_errno, buf: v[0].into(), preoldparent: v[1].into(), postoldparent: v[2].into(), prenewparent: v[3].into(), postnewparent: v[4].into(), xdata: v[5].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Rename { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Rename<'a> {
        type Values = [Value<'a>; 6];
        fn row(&self) -> &'static FopRow {
            &FOPS[8]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.buf.into(), self.preoldparent.into(), self.postoldparent.into(), self.prenewparent.into(), self.postnewparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Rename {
        type Reply = Rename<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Rename::read(kept, values)
        }
    }

    /// The kernel links the inode under the name and caches buf for a while.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Link<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Link<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Link { op_ret, op_errno, inode: v[0].into(), buf: v[1].into(), preparent: v[2].into(), postparent: v[3].into(), xdata: v[4].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Link { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Link<'a> {
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[9]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.inode.into(), self.buf.into(), self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Link {
        type Reply = Link<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Link::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Truncate<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Truncate<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Truncate { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Truncate { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Truncate<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[10]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Truncate {
        type Reply = Truncate<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Truncate::read(kept, values)
        }
    }

    /// fd, unchanged. Reads and writes then carry it, until `release`.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Open<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The open file or directory.
        pub fd: Option<&'a Fd<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Open<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Open { op_ret, op_errno, fd: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Open { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Open<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[11]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Open {
        type Reply = Open<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Open::read(kept, values)
        }
    }

    /// op_ret is the number of bytes in vector. Fewer than size means that the file ends there,
    /// and the kernel shows the rest as zeros or as the end.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Readv<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The data.
        pub vector: Option<&'a [u8]>,
        /// Attributes of the file.
        pub stbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readv<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Readv { op_ret, op_errno, vector: v[0].into(), stbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Readv { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Readv<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[12]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.vector.into(), self.stbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Readv {
        type Reply = Readv<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Readv::read(kept, values)
        }
    }

    /// op_ret is the number of bytes written: fewer than given is a short write. Attributes
    /// before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Writev<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Writev<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Writev { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Writev { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Writev<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[13]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Writev {
        type Reply = Writev<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Writev::read(kept, values)
        }
    }

    /// buf is the result of statvfs(3).
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Statfs<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Block sizes and numbers of blocks and files.
        pub buf: Option<&'a Statvfs>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Statfs<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Statfs { op_ret, op_errno, buf: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Statfs { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Statfs<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[14]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.buf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Statfs {
        type Reply = Statfs<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Statfs::read(kept, values)
        }
    }

    /// Success only. close(2) returns an error.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Flush<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Flush<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Flush { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Flush { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Flush<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[15]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Flush {
        type Reply = Flush<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Flush::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fsync<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsync<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fsync { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fsync { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fsync<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[16]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fsync {
        type Reply = Fsync<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fsync::read(kept, values)
        }
    }

    /// Success only.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Setxattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Setxattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Setxattr { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Setxattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Setxattr<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[17]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Setxattr {
        type Reply = Setxattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Setxattr::read(kept, values)
        }
    }

    /// dict has the value under the name, or all names with their values.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Getxattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Getxattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Getxattr { op_ret, op_errno, dict: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Getxattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Getxattr<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[18]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.dict.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Getxattr {
        type Reply = Getxattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Getxattr::read(kept, values)
        }
    }

    /// Success only.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Removexattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Removexattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Removexattr { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Removexattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Removexattr<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[19]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Removexattr {
        type Reply = Removexattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Removexattr::read(kept, values)
        }
    }

    /// fd, unchanged; valid until `releasedir`.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Opendir<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The open file or directory.
        pub fd: Option<&'a Fd<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Opendir<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Opendir { op_ret, op_errno, fd: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Opendir { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Opendir<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[20]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Opendir {
        type Reply = Opendir<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Opendir::read(kept, values)
        }
    }

    /// Success only.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fsyncdir<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsyncdir<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fsyncdir { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fsyncdir { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fsyncdir<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[21]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fsyncdir {
        type Reply = Fsyncdir<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fsyncdir::read(kept, values)
        }
    }

    /// Success only. EACCES is the usual refusal.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Access<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Access<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Access { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Access { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Access<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[22]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Access {
        type Reply = Access<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Access::read(kept, values)
        }
    }

    /// fd, unchanged. The kernel links the inode under the name and caches buf for a while.
    /// EEXIST with O_EXCL for an existing name.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Create<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The open file or directory.
        pub fd: Option<&'a Fd<'a>>,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Create<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Create { op_ret, op_errno, fd: v[0].into(), inode: v[1].into(), buf: v[2].into(), preparent: v[3].into(), postparent: v[4].into(), xdata: v[5].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Create { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Create<'a> {
        type Values = [Value<'a>; 6];
        fn row(&self) -> &'static FopRow {
            &FOPS[23]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.fd.into(), self.inode.into(), self.buf.into(), self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Create {
        type Reply = Create<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Create::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Ftruncate<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Ftruncate<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Ftruncate { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Ftruncate { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Ftruncate<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[24]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Ftruncate {
        type Reply = Ftruncate<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Ftruncate::read(kept, values)
        }
    }

    /// buf is the result of fstat(2).
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fstat<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fstat<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fstat { op_ret, op_errno, buf: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fstat { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fstat<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[25]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.buf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fstat {
        type Reply = Fstat<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fstat::read(kept, values)
        }
    }

    /// flock: for F_GETLK the conflicting lock, or type unlock without one. EAGAIN for a conflict
    /// when cmd does not wait; EDEADLK when it would wait for ever.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Lk<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Type, range in bytes (len 0: to the end), owner and process of the lock.
        pub flock: Option<&'a Flock<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Lk<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Lk { op_ret, op_errno, flock: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Lk { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Lk<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[26]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.flock.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Lk {
        type Reply = Lk<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Lk::read(kept, values)
        }
    }

    /// inode and buf, whose ia_gfid and ia_type identify the object; the kernel caches name and
    /// attributes for their timeouts. ENOENT for an absent name.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Lookup<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
        /// Attributes of the directory.
        pub postparent: Option<&'a Iatt>,
    }

    impl<'a> Lookup<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Lookup { op_ret, op_errno, inode: v[0].into(), buf: v[1].into(), xdata: v[2].into(), postparent: v[3].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Lookup { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Lookup<'a> {
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[27]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.inode.into(), self.buf.into(), self.xdata.into(), self.postparent.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Lookup {
        type Reply = Lookup<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Lookup::read(kept, values)
        }
    }

    /// op_ret is the number of entries; 0 is the end of the directory.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Readdir<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Names with inode number, type and the offset to continue after each.
        pub entries: Option<&'a [Dirent<'a>]>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readdir<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Readdir { op_ret, op_errno, entries: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Readdir { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Readdir<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[28]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.entries.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Readdir {
        type Reply = Readdir<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Readdir::read(kept, values)
        }
    }

    /// Success only. EAGAIN for a conflict when cmd does not wait.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Inodelk<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Inodelk<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Inodelk { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Inodelk { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Inodelk<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[29]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Inodelk {
        type Reply = Inodelk<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Inodelk::read(kept, values)
        }
    }

    /// Success only. EAGAIN for a conflict when cmd does not wait.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Finodelk<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Finodelk<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Finodelk { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Finodelk { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Finodelk<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[30]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Finodelk {
        type Reply = Finodelk<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Finodelk::read(kept, values)
        }
    }

    /// Success only. EAGAIN for a conflict when cmd does not wait.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Entrylk<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Entrylk<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Entrylk { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Entrylk { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Entrylk<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[31]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Entrylk {
        type Reply = Entrylk<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Entrylk::read(kept, values)
        }
    }

    /// Success only. EAGAIN for a conflict when cmd does not wait.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fentrylk<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fentrylk<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fentrylk { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fentrylk { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fentrylk<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[32]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fentrylk {
        type Reply = Fentrylk<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fentrylk::read(kept, values)
        }
    }

    /// dict has the values after the change; before it, for get and set.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Xattrop<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Xattrop<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Xattrop { op_ret, op_errno, dict: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Xattrop { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Xattrop<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[33]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.dict.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Xattrop {
        type Reply = Xattrop<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Xattrop::read(kept, values)
        }
    }

    /// dict has the values after the change; before it, for get and set.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fxattrop<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fxattrop<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fxattrop { op_ret, op_errno, dict: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fxattrop { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fxattrop<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[34]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.dict.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fxattrop {
        type Reply = Fxattrop<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fxattrop::read(kept, values)
        }
    }

    /// dict has the value under the name, or all names with their values.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fgetxattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extended attributes, name to value.
        pub dict: Option<&'a Dict<'a>>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fgetxattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fgetxattr { op_ret, op_errno, dict: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fgetxattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fgetxattr<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[35]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.dict.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fgetxattr {
        type Reply = Fgetxattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fgetxattr::read(kept, values)
        }
    }

    /// Success only.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fsetxattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsetxattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fsetxattr { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fsetxattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fsetxattr<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[36]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fsetxattr {
        type Reply = Fsetxattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fsetxattr::read(kept, values)
        }
    }

    /// A rolling checksum and a strong one of the same bytes.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Rchecksum<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The rolling checksum.
        pub weak: i64,
        /// The strong checksum.
        pub strong: Option<&'a [u8]>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Rchecksum<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Rchecksum { op_ret, op_errno, weak: Required::required(v[0]), strong: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Rchecksum { op_ret: -1, op_errno, weak: -1, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Rchecksum<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[37]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.weak.into(), self.strong.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Rchecksum {
        type Reply = Rchecksum<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Rchecksum::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Setattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub statpre: Option<&'a Iatt>,
        /// Attributes after.
        pub statpost: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Setattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Setattr { op_ret, op_errno, statpre: v[0].into(), statpost: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Setattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Setattr<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[38]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.statpre.into(), self.statpost.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Setattr {
        type Reply = Setattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Setattr::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fsetattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub statpre: Option<&'a Iatt>,
        /// Attributes after.
        pub statpost: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fsetattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fsetattr { op_ret, op_errno, statpre: v[0].into(), statpost: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fsetattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fsetattr<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[39]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.statpre.into(), self.statpost.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fsetattr {
        type Reply = Fsetattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fsetattr::read(kept, values)
        }
    }

    /// op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its
    /// lookup.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Readdirp<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Names with inode number, type and the offset to continue after each.
        pub entries: Option<&'a [Dirent<'a>]>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readdirp<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Readdirp { op_ret, op_errno, entries: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Readdirp { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Readdirp<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[40]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.entries.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Readdirp {
        type Reply = Readdirp<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Readdirp::read(kept, values)
        }
    }

    /// op_ret is the length of spec.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Getspec<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Its text.
        pub spec: Option<Name<'a>>,
    }

    impl<'a> Getspec<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Getspec { op_ret, op_errno, spec: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Getspec { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Getspec<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[44]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.spec.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Getspec {
        type Reply = Getspec<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Getspec::read(kept, values)
        }
    }

    /// Success only.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fremovexattr<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fremovexattr<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fremovexattr { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fremovexattr { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fremovexattr<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[45]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fremovexattr {
        type Reply = Fremovexattr<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fremovexattr::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Fallocate<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Fallocate<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Fallocate { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Fallocate { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Fallocate<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[46]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Fallocate {
        type Reply = Fallocate<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Fallocate::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Discard<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Discard<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Discard { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Discard { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Discard<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[47]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Discard {
        type Reply = Discard<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Discard::read(kept, values)
        }
    }

    /// Attributes before and after; the kernel takes size and times from those after.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Zerofill<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Zerofill<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Zerofill { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Zerofill { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Zerofill<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[48]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Zerofill {
        type Reply = Zerofill<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Zerofill::read(kept, values)
        }
    }

    /// Success only.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Ipc<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Ipc<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Ipc { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Ipc { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Ipc<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[49]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Ipc {
        type Reply = Ipc<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Ipc::read(kept, values)
        }
    }

    /// offset is its start, in bytes.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Seek<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Start, in bytes.
        pub offset: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Seek<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Seek { op_ret, op_errno, offset: Required::required(v[0]), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Seek { op_ret: -1, op_errno, offset: -1, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Seek<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[50]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.offset.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Seek {
        type Reply = Seek<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Seek::read(kept, values)
        }
    }

    /// lease is the held lease.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Lease<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Command, type and id of the lease.
        pub lease: Option<&'a crate::Lease>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Lease<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Lease { op_ret, op_errno, lease: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Lease { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Lease<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[51]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.lease.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Lease {
        type Reply = Lease<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Lease::read(kept, values)
        }
    }

    /// locklist has the locks.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Getactivelk<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The locks held on the file.
        pub locklist: Option<&'a [Flock<'a>]>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Getactivelk<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Getactivelk { op_ret, op_errno, locklist: v[0].into(), xdata: v[1].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Getactivelk { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Getactivelk<'a> {
        type Values = [Value<'a>; 2];
        fn row(&self) -> &'static FopRow {
            &FOPS[53]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.locklist.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Getactivelk {
        type Reply = Getactivelk<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Getactivelk::read(kept, values)
        }
    }

    /// Success only.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Setactivelk<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Setactivelk<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Setactivelk { op_ret, op_errno, xdata: v[0].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Setactivelk { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Setactivelk<'a> {
        type Values = [Value<'a>; 1];
        fn row(&self) -> &'static FopRow {
            &FOPS[54]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Setactivelk {
        type Reply = Setactivelk<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Setactivelk::read(kept, values)
        }
    }

    /// The kernel links the inode under the name and caches buf for a while.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Put<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Attributes of the directory before.
        pub preparent: Option<&'a Iatt>,
        /// Attributes of the directory after.
        pub postparent: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Put<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Put { op_ret, op_errno, inode: v[0].into(), buf: v[1].into(), preparent: v[2].into(), postparent: v[3].into(), xdata: v[4].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Put { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Put<'a> {
        type Values = [Value<'a>; 5];
        fn row(&self) -> &'static FopRow {
            &FOPS[55]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.inode.into(), self.buf.into(), self.preparent.into(), self.postparent.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Put {
        type Reply = Put<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Put::read(kept, values)
        }
    }

    /// The inode and its attributes.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Icreate<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// The inode of the name.
        pub inode: Option<&'a Inode<'a>>,
        /// Attributes of the object, after the fop.
        pub buf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Icreate<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Icreate { op_ret, op_errno, inode: v[0].into(), buf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Icreate { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Icreate<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[56]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.inode.into(), self.buf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Icreate {
        type Reply = Icreate<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Icreate::read(kept, values)
        }
    }

    /// Attributes of the directory.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Namelink<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes before.
        pub prebuf: Option<&'a Iatt>,
        /// Attributes after.
        pub postbuf: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Namelink<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            Namelink { op_ret, op_errno, prebuf: v[0].into(), postbuf: v[1].into(), xdata: v[2].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            Namelink { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for Namelink<'a> {
        type Values = [Value<'a>; 3];
        fn row(&self) -> &'static FopRow {
            &FOPS[57]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.prebuf.into(), self.postbuf.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::Namelink {
        type Reply = Namelink<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            Namelink::read(kept, values)
        }
    }

    /// op_ret is the number of bytes copied.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct CopyFileRange<'a> {
        /// Below 0 for a failure.
        pub op_ret: i64,
        /// The error of a failure.
        pub op_errno: Errno,
        /// Attributes of the source file.
        pub stbuf: Option<&'a Iatt>,
        /// Attributes of the target file before.
        pub prebuf_dst: Option<&'a Iatt>,
        /// Attributes of the target file after.
        pub postbuf_dst: Option<&'a Iatt>,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> CopyFileRange<'a> {
        #[doc(hidden)]
        pub fn read(kept: Kept, v: &[Value<'a>]) -> Self {
            let Kept { op_ret, op_errno, .. } = kept;
            CopyFileRange { op_ret, op_errno, stbuf: v[0].into(), prebuf_dst: v[1].into(), postbuf_dst: v[2].into(), xdata: v[3].into() }
        }

        /// A failure.
        pub fn failure(op_errno: Errno) -> Self {
            CopyFileRange { op_ret: -1, op_errno, ..Self::default() }
        }

        /// The reply of a success; a failure is an `Err`.
        pub fn check(self) -> Result<Self, Errno> {
            if self.op_ret < 0 { Err(self.op_errno) } else { Ok(self) }
        }
    }

    impl<'a> Reply<'a> for CopyFileRange<'a> {
        type Values = [Value<'a>; 4];
        fn row(&self) -> &'static FopRow {
            &FOPS[58]
        }
        fn result(&self) -> (i64, Errno) {
            (self.op_ret, self.op_errno)
        }
        fn values(&self) -> Self::Values {
            [self.stbuf.into(), self.prebuf_dst.into(), self.postbuf_dst.into(), self.xdata.into()]
        }
    }

    impl<'r> ReplyTo<'r> for kind::CopyFileRange {
        type Reply = CopyFileRange<'r>;
        fn make(kept: Kept, values: &'r [Value<'r>]) -> Self::Reply {
            CopyFileRange::read(kept, values)
        }
    }
}

/// A type for each fop, which leads from its arguments to its reply.
#[doc(hidden)]
pub mod kind {
    pub struct Any;
    pub struct Stat;
    pub struct Readlink;
    pub struct Mknod;
    pub struct Mkdir;
    pub struct Unlink;
    pub struct Rmdir;
    pub struct Symlink;
    pub struct Rename;
    pub struct Link;
    pub struct Truncate;
    pub struct Open;
    pub struct Readv;
    pub struct Writev;
    pub struct Statfs;
    pub struct Flush;
    pub struct Fsync;
    pub struct Setxattr;
    pub struct Getxattr;
    pub struct Removexattr;
    pub struct Opendir;
    pub struct Fsyncdir;
    pub struct Access;
    pub struct Create;
    pub struct Ftruncate;
    pub struct Fstat;
    pub struct Lk;
    pub struct Lookup;
    pub struct Readdir;
    pub struct Inodelk;
    pub struct Finodelk;
    pub struct Entrylk;
    pub struct Fentrylk;
    pub struct Xattrop;
    pub struct Fxattrop;
    pub struct Fgetxattr;
    pub struct Fsetxattr;
    pub struct Rchecksum;
    pub struct Setattr;
    pub struct Fsetattr;
    pub struct Readdirp;
    pub struct Getspec;
    pub struct Fremovexattr;
    pub struct Fallocate;
    pub struct Discard;
    pub struct Zerofill;
    pub struct Ipc;
    pub struct Seek;
    pub struct Lease;
    pub struct Getactivelk;
    pub struct Setactivelk;
    pub struct Put;
    pub struct Icreate;
    pub struct Namelink;
    pub struct CopyFileRange;
}

/// Calls a macro with the names of every fop's method and callback, and the fop's type:
/// `stat stat_cbk Stat, …`.
#[macro_export]
macro_rules! each_fop {
    ($callback:ident) => {
        $callback! {
            stat stat_cbk Stat,
            readlink readlink_cbk Readlink,
            mknod mknod_cbk Mknod,
            mkdir mkdir_cbk Mkdir,
            unlink unlink_cbk Unlink,
            rmdir rmdir_cbk Rmdir,
            symlink symlink_cbk Symlink,
            rename rename_cbk Rename,
            link link_cbk Link,
            truncate truncate_cbk Truncate,
            open open_cbk Open,
            readv readv_cbk Readv,
            writev writev_cbk Writev,
            statfs statfs_cbk Statfs,
            flush flush_cbk Flush,
            fsync fsync_cbk Fsync,
            setxattr setxattr_cbk Setxattr,
            getxattr getxattr_cbk Getxattr,
            removexattr removexattr_cbk Removexattr,
            opendir opendir_cbk Opendir,
            fsyncdir fsyncdir_cbk Fsyncdir,
            access access_cbk Access,
            create create_cbk Create,
            ftruncate ftruncate_cbk Ftruncate,
            fstat fstat_cbk Fstat,
            lk lk_cbk Lk,
            lookup lookup_cbk Lookup,
            readdir readdir_cbk Readdir,
            inodelk inodelk_cbk Inodelk,
            finodelk finodelk_cbk Finodelk,
            entrylk entrylk_cbk Entrylk,
            fentrylk fentrylk_cbk Fentrylk,
            xattrop xattrop_cbk Xattrop,
            fxattrop fxattrop_cbk Fxattrop,
            fgetxattr fgetxattr_cbk Fgetxattr,
            fsetxattr fsetxattr_cbk Fsetxattr,
            rchecksum rchecksum_cbk Rchecksum,
            setattr setattr_cbk Setattr,
            fsetattr fsetattr_cbk Fsetattr,
            readdirp readdirp_cbk Readdirp,
            getspec getspec_cbk Getspec,
            fremovexattr fremovexattr_cbk Fremovexattr,
            fallocate fallocate_cbk Fallocate,
            discard discard_cbk Discard,
            zerofill zerofill_cbk Zerofill,
            ipc ipc_cbk Ipc,
            seek seek_cbk Seek,
            lease lease_cbk Lease,
            getactivelk getactivelk_cbk Getactivelk,
            setactivelk setactivelk_cbk Setactivelk,
            put put_cbk Put,
            icreate icreate_cbk Icreate,
            namelink namelink_cbk Namelink,
            copy_file_range copy_file_range_cbk CopyFileRange,
        }
    };
}

/// Makes the entry of a method, by its name, in the list of a translator's methods.
#[doc(hidden)]
#[macro_export]
macro_rules! method {
    (any_fop) => {
        $crate::Method::AnyFop(|it, frame, v| {
            let args = $crate::fop::Any::read(frame, v);
            $crate::Translator::any_fop(it, frame, args)
        })
    };
    (any_cbk) => {
        $crate::Method::AnyCbk(|it, frame, kept, v| {
            $crate::Translator::any_cbk(it, frame, $crate::reply::Any::read(kept, v))
        })
    };
    (any_cancel) => {
        $crate::Method::AnyCancel(|it, frame| $crate::Translator::any_cancel(it, frame))
    };
    (stat) => {
        $crate::Method::Fop(1, |it, frame, v| $crate::Translator::stat(it, frame, $crate::fop::Stat::read(v)))
    };
    (stat_cbk) => {
        $crate::Method::Cbk(1, |it, frame, kept, v| {
            $crate::Translator::stat_cbk(it, frame, $crate::reply::Stat::read(kept, v))
        })
    };
    (stat_cancel) => {
        $crate::Method::Cancel(1, |it, frame| $crate::Translator::stat_cancel(it, frame))
    };
    (readlink) => {
        $crate::Method::Fop(2, |it, frame, v| $crate::Translator::readlink(it, frame, $crate::fop::Readlink::read(v)))
    };
    (readlink_cbk) => {
        $crate::Method::Cbk(2, |it, frame, kept, v| {
            $crate::Translator::readlink_cbk(it, frame, $crate::reply::Readlink::read(kept, v))
        })
    };
    (readlink_cancel) => {
        $crate::Method::Cancel(2, |it, frame| $crate::Translator::readlink_cancel(it, frame))
    };
    (mknod) => {
        $crate::Method::Fop(3, |it, frame, v| $crate::Translator::mknod(it, frame, $crate::fop::Mknod::read(v)))
    };
    (mknod_cbk) => {
        $crate::Method::Cbk(3, |it, frame, kept, v| {
            $crate::Translator::mknod_cbk(it, frame, $crate::reply::Mknod::read(kept, v))
        })
    };
    (mknod_cancel) => {
        $crate::Method::Cancel(3, |it, frame| $crate::Translator::mknod_cancel(it, frame))
    };
    (mkdir) => {
        $crate::Method::Fop(4, |it, frame, v| $crate::Translator::mkdir(it, frame, $crate::fop::Mkdir::read(v)))
    };
    (mkdir_cbk) => {
        $crate::Method::Cbk(4, |it, frame, kept, v| {
            $crate::Translator::mkdir_cbk(it, frame, $crate::reply::Mkdir::read(kept, v))
        })
    };
    (mkdir_cancel) => {
        $crate::Method::Cancel(4, |it, frame| $crate::Translator::mkdir_cancel(it, frame))
    };
    (unlink) => {
        $crate::Method::Fop(5, |it, frame, v| $crate::Translator::unlink(it, frame, $crate::fop::Unlink::read(v)))
    };
    (unlink_cbk) => {
        $crate::Method::Cbk(5, |it, frame, kept, v| {
            $crate::Translator::unlink_cbk(it, frame, $crate::reply::Unlink::read(kept, v))
        })
    };
    (unlink_cancel) => {
        $crate::Method::Cancel(5, |it, frame| $crate::Translator::unlink_cancel(it, frame))
    };
    (rmdir) => {
        $crate::Method::Fop(6, |it, frame, v| $crate::Translator::rmdir(it, frame, $crate::fop::Rmdir::read(v)))
    };
    (rmdir_cbk) => {
        $crate::Method::Cbk(6, |it, frame, kept, v| {
            $crate::Translator::rmdir_cbk(it, frame, $crate::reply::Rmdir::read(kept, v))
        })
    };
    (rmdir_cancel) => {
        $crate::Method::Cancel(6, |it, frame| $crate::Translator::rmdir_cancel(it, frame))
    };
    (symlink) => {
        $crate::Method::Fop(7, |it, frame, v| $crate::Translator::symlink(it, frame, $crate::fop::Symlink::read(v)))
    };
    (symlink_cbk) => {
        $crate::Method::Cbk(7, |it, frame, kept, v| {
            $crate::Translator::symlink_cbk(it, frame, $crate::reply::Symlink::read(kept, v))
        })
    };
    (symlink_cancel) => {
        $crate::Method::Cancel(7, |it, frame| $crate::Translator::symlink_cancel(it, frame))
    };
    (rename) => {
        $crate::Method::Fop(8, |it, frame, v| $crate::Translator::rename(it, frame, $crate::fop::Rename::read(v)))
    };
    (rename_cbk) => {
        $crate::Method::Cbk(8, |it, frame, kept, v| {
            $crate::Translator::rename_cbk(it, frame, $crate::reply::Rename::read(kept, v))
        })
    };
    (rename_cancel) => {
        $crate::Method::Cancel(8, |it, frame| $crate::Translator::rename_cancel(it, frame))
    };
    (link) => {
        $crate::Method::Fop(9, |it, frame, v| $crate::Translator::link(it, frame, $crate::fop::Link::read(v)))
    };
    (link_cbk) => {
        $crate::Method::Cbk(9, |it, frame, kept, v| {
            $crate::Translator::link_cbk(it, frame, $crate::reply::Link::read(kept, v))
        })
    };
    (link_cancel) => {
        $crate::Method::Cancel(9, |it, frame| $crate::Translator::link_cancel(it, frame))
    };
    (truncate) => {
        $crate::Method::Fop(10, |it, frame, v| $crate::Translator::truncate(it, frame, $crate::fop::Truncate::read(v)))
    };
    (truncate_cbk) => {
        $crate::Method::Cbk(10, |it, frame, kept, v| {
            $crate::Translator::truncate_cbk(it, frame, $crate::reply::Truncate::read(kept, v))
        })
    };
    (truncate_cancel) => {
        $crate::Method::Cancel(10, |it, frame| $crate::Translator::truncate_cancel(it, frame))
    };
    (open) => {
        $crate::Method::Fop(11, |it, frame, v| $crate::Translator::open(it, frame, $crate::fop::Open::read(v)))
    };
    (open_cbk) => {
        $crate::Method::Cbk(11, |it, frame, kept, v| {
            $crate::Translator::open_cbk(it, frame, $crate::reply::Open::read(kept, v))
        })
    };
    (open_cancel) => {
        $crate::Method::Cancel(11, |it, frame| $crate::Translator::open_cancel(it, frame))
    };
    (readv) => {
        $crate::Method::Fop(12, |it, frame, v| $crate::Translator::readv(it, frame, $crate::fop::Readv::read(v)))
    };
    (readv_cbk) => {
        $crate::Method::Cbk(12, |it, frame, kept, v| {
            $crate::Translator::readv_cbk(it, frame, $crate::reply::Readv::read(kept, v))
        })
    };
    (readv_cancel) => {
        $crate::Method::Cancel(12, |it, frame| $crate::Translator::readv_cancel(it, frame))
    };
    (writev) => {
        $crate::Method::Fop(13, |it, frame, v| $crate::Translator::writev(it, frame, $crate::fop::Writev::read(v)))
    };
    (writev_cbk) => {
        $crate::Method::Cbk(13, |it, frame, kept, v| {
            $crate::Translator::writev_cbk(it, frame, $crate::reply::Writev::read(kept, v))
        })
    };
    (writev_cancel) => {
        $crate::Method::Cancel(13, |it, frame| $crate::Translator::writev_cancel(it, frame))
    };
    (statfs) => {
        $crate::Method::Fop(14, |it, frame, v| $crate::Translator::statfs(it, frame, $crate::fop::Statfs::read(v)))
    };
    (statfs_cbk) => {
        $crate::Method::Cbk(14, |it, frame, kept, v| {
            $crate::Translator::statfs_cbk(it, frame, $crate::reply::Statfs::read(kept, v))
        })
    };
    (statfs_cancel) => {
        $crate::Method::Cancel(14, |it, frame| $crate::Translator::statfs_cancel(it, frame))
    };
    (flush) => {
        $crate::Method::Fop(15, |it, frame, v| $crate::Translator::flush(it, frame, $crate::fop::Flush::read(v)))
    };
    (flush_cbk) => {
        $crate::Method::Cbk(15, |it, frame, kept, v| {
            $crate::Translator::flush_cbk(it, frame, $crate::reply::Flush::read(kept, v))
        })
    };
    (flush_cancel) => {
        $crate::Method::Cancel(15, |it, frame| $crate::Translator::flush_cancel(it, frame))
    };
    (fsync) => {
        $crate::Method::Fop(16, |it, frame, v| $crate::Translator::fsync(it, frame, $crate::fop::Fsync::read(v)))
    };
    (fsync_cbk) => {
        $crate::Method::Cbk(16, |it, frame, kept, v| {
            $crate::Translator::fsync_cbk(it, frame, $crate::reply::Fsync::read(kept, v))
        })
    };
    (fsync_cancel) => {
        $crate::Method::Cancel(16, |it, frame| $crate::Translator::fsync_cancel(it, frame))
    };
    (setxattr) => {
        $crate::Method::Fop(17, |it, frame, v| $crate::Translator::setxattr(it, frame, $crate::fop::Setxattr::read(v)))
    };
    (setxattr_cbk) => {
        $crate::Method::Cbk(17, |it, frame, kept, v| {
            $crate::Translator::setxattr_cbk(it, frame, $crate::reply::Setxattr::read(kept, v))
        })
    };
    (setxattr_cancel) => {
        $crate::Method::Cancel(17, |it, frame| $crate::Translator::setxattr_cancel(it, frame))
    };
    (getxattr) => {
        $crate::Method::Fop(18, |it, frame, v| $crate::Translator::getxattr(it, frame, $crate::fop::Getxattr::read(v)))
    };
    (getxattr_cbk) => {
        $crate::Method::Cbk(18, |it, frame, kept, v| {
            $crate::Translator::getxattr_cbk(it, frame, $crate::reply::Getxattr::read(kept, v))
        })
    };
    (getxattr_cancel) => {
        $crate::Method::Cancel(18, |it, frame| $crate::Translator::getxattr_cancel(it, frame))
    };
    (removexattr) => {
        $crate::Method::Fop(19, |it, frame, v| $crate::Translator::removexattr(it, frame, $crate::fop::Removexattr::read(v)))
    };
    (removexattr_cbk) => {
        $crate::Method::Cbk(19, |it, frame, kept, v| {
            $crate::Translator::removexattr_cbk(it, frame, $crate::reply::Removexattr::read(kept, v))
        })
    };
    (removexattr_cancel) => {
        $crate::Method::Cancel(19, |it, frame| $crate::Translator::removexattr_cancel(it, frame))
    };
    (opendir) => {
        $crate::Method::Fop(20, |it, frame, v| $crate::Translator::opendir(it, frame, $crate::fop::Opendir::read(v)))
    };
    (opendir_cbk) => {
        $crate::Method::Cbk(20, |it, frame, kept, v| {
            $crate::Translator::opendir_cbk(it, frame, $crate::reply::Opendir::read(kept, v))
        })
    };
    (opendir_cancel) => {
        $crate::Method::Cancel(20, |it, frame| $crate::Translator::opendir_cancel(it, frame))
    };
    (fsyncdir) => {
        $crate::Method::Fop(21, |it, frame, v| $crate::Translator::fsyncdir(it, frame, $crate::fop::Fsyncdir::read(v)))
    };
    (fsyncdir_cbk) => {
        $crate::Method::Cbk(21, |it, frame, kept, v| {
            $crate::Translator::fsyncdir_cbk(it, frame, $crate::reply::Fsyncdir::read(kept, v))
        })
    };
    (fsyncdir_cancel) => {
        $crate::Method::Cancel(21, |it, frame| $crate::Translator::fsyncdir_cancel(it, frame))
    };
    (access) => {
        $crate::Method::Fop(22, |it, frame, v| $crate::Translator::access(it, frame, $crate::fop::Access::read(v)))
    };
    (access_cbk) => {
        $crate::Method::Cbk(22, |it, frame, kept, v| {
            $crate::Translator::access_cbk(it, frame, $crate::reply::Access::read(kept, v))
        })
    };
    (access_cancel) => {
        $crate::Method::Cancel(22, |it, frame| $crate::Translator::access_cancel(it, frame))
    };
    (create) => {
        $crate::Method::Fop(23, |it, frame, v| $crate::Translator::create(it, frame, $crate::fop::Create::read(v)))
    };
    (create_cbk) => {
        $crate::Method::Cbk(23, |it, frame, kept, v| {
            $crate::Translator::create_cbk(it, frame, $crate::reply::Create::read(kept, v))
        })
    };
    (create_cancel) => {
        $crate::Method::Cancel(23, |it, frame| $crate::Translator::create_cancel(it, frame))
    };
    (ftruncate) => {
        $crate::Method::Fop(24, |it, frame, v| $crate::Translator::ftruncate(it, frame, $crate::fop::Ftruncate::read(v)))
    };
    (ftruncate_cbk) => {
        $crate::Method::Cbk(24, |it, frame, kept, v| {
            $crate::Translator::ftruncate_cbk(it, frame, $crate::reply::Ftruncate::read(kept, v))
        })
    };
    (ftruncate_cancel) => {
        $crate::Method::Cancel(24, |it, frame| $crate::Translator::ftruncate_cancel(it, frame))
    };
    (fstat) => {
        $crate::Method::Fop(25, |it, frame, v| $crate::Translator::fstat(it, frame, $crate::fop::Fstat::read(v)))
    };
    (fstat_cbk) => {
        $crate::Method::Cbk(25, |it, frame, kept, v| {
            $crate::Translator::fstat_cbk(it, frame, $crate::reply::Fstat::read(kept, v))
        })
    };
    (fstat_cancel) => {
        $crate::Method::Cancel(25, |it, frame| $crate::Translator::fstat_cancel(it, frame))
    };
    (lk) => {
        $crate::Method::Fop(26, |it, frame, v| $crate::Translator::lk(it, frame, $crate::fop::Lk::read(v)))
    };
    (lk_cbk) => {
        $crate::Method::Cbk(26, |it, frame, kept, v| {
            $crate::Translator::lk_cbk(it, frame, $crate::reply::Lk::read(kept, v))
        })
    };
    (lk_cancel) => {
        $crate::Method::Cancel(26, |it, frame| $crate::Translator::lk_cancel(it, frame))
    };
    (lookup) => {
        $crate::Method::Fop(27, |it, frame, v| $crate::Translator::lookup(it, frame, $crate::fop::Lookup::read(v)))
    };
    (lookup_cbk) => {
        $crate::Method::Cbk(27, |it, frame, kept, v| {
            $crate::Translator::lookup_cbk(it, frame, $crate::reply::Lookup::read(kept, v))
        })
    };
    (lookup_cancel) => {
        $crate::Method::Cancel(27, |it, frame| $crate::Translator::lookup_cancel(it, frame))
    };
    (readdir) => {
        $crate::Method::Fop(28, |it, frame, v| $crate::Translator::readdir(it, frame, $crate::fop::Readdir::read(v)))
    };
    (readdir_cbk) => {
        $crate::Method::Cbk(28, |it, frame, kept, v| {
            $crate::Translator::readdir_cbk(it, frame, $crate::reply::Readdir::read(kept, v))
        })
    };
    (readdir_cancel) => {
        $crate::Method::Cancel(28, |it, frame| $crate::Translator::readdir_cancel(it, frame))
    };
    (inodelk) => {
        $crate::Method::Fop(29, |it, frame, v| $crate::Translator::inodelk(it, frame, $crate::fop::Inodelk::read(v)))
    };
    (inodelk_cbk) => {
        $crate::Method::Cbk(29, |it, frame, kept, v| {
            $crate::Translator::inodelk_cbk(it, frame, $crate::reply::Inodelk::read(kept, v))
        })
    };
    (inodelk_cancel) => {
        $crate::Method::Cancel(29, |it, frame| $crate::Translator::inodelk_cancel(it, frame))
    };
    (finodelk) => {
        $crate::Method::Fop(30, |it, frame, v| $crate::Translator::finodelk(it, frame, $crate::fop::Finodelk::read(v)))
    };
    (finodelk_cbk) => {
        $crate::Method::Cbk(30, |it, frame, kept, v| {
            $crate::Translator::finodelk_cbk(it, frame, $crate::reply::Finodelk::read(kept, v))
        })
    };
    (finodelk_cancel) => {
        $crate::Method::Cancel(30, |it, frame| $crate::Translator::finodelk_cancel(it, frame))
    };
    (entrylk) => {
        $crate::Method::Fop(31, |it, frame, v| $crate::Translator::entrylk(it, frame, $crate::fop::Entrylk::read(v)))
    };
    (entrylk_cbk) => {
        $crate::Method::Cbk(31, |it, frame, kept, v| {
            $crate::Translator::entrylk_cbk(it, frame, $crate::reply::Entrylk::read(kept, v))
        })
    };
    (entrylk_cancel) => {
        $crate::Method::Cancel(31, |it, frame| $crate::Translator::entrylk_cancel(it, frame))
    };
    (fentrylk) => {
        $crate::Method::Fop(32, |it, frame, v| $crate::Translator::fentrylk(it, frame, $crate::fop::Fentrylk::read(v)))
    };
    (fentrylk_cbk) => {
        $crate::Method::Cbk(32, |it, frame, kept, v| {
            $crate::Translator::fentrylk_cbk(it, frame, $crate::reply::Fentrylk::read(kept, v))
        })
    };
    (fentrylk_cancel) => {
        $crate::Method::Cancel(32, |it, frame| $crate::Translator::fentrylk_cancel(it, frame))
    };
    (xattrop) => {
        $crate::Method::Fop(33, |it, frame, v| $crate::Translator::xattrop(it, frame, $crate::fop::Xattrop::read(v)))
    };
    (xattrop_cbk) => {
        $crate::Method::Cbk(33, |it, frame, kept, v| {
            $crate::Translator::xattrop_cbk(it, frame, $crate::reply::Xattrop::read(kept, v))
        })
    };
    (xattrop_cancel) => {
        $crate::Method::Cancel(33, |it, frame| $crate::Translator::xattrop_cancel(it, frame))
    };
    (fxattrop) => {
        $crate::Method::Fop(34, |it, frame, v| $crate::Translator::fxattrop(it, frame, $crate::fop::Fxattrop::read(v)))
    };
    (fxattrop_cbk) => {
        $crate::Method::Cbk(34, |it, frame, kept, v| {
            $crate::Translator::fxattrop_cbk(it, frame, $crate::reply::Fxattrop::read(kept, v))
        })
    };
    (fxattrop_cancel) => {
        $crate::Method::Cancel(34, |it, frame| $crate::Translator::fxattrop_cancel(it, frame))
    };
    (fgetxattr) => {
        $crate::Method::Fop(35, |it, frame, v| $crate::Translator::fgetxattr(it, frame, $crate::fop::Fgetxattr::read(v)))
    };
    (fgetxattr_cbk) => {
        $crate::Method::Cbk(35, |it, frame, kept, v| {
            $crate::Translator::fgetxattr_cbk(it, frame, $crate::reply::Fgetxattr::read(kept, v))
        })
    };
    (fgetxattr_cancel) => {
        $crate::Method::Cancel(35, |it, frame| $crate::Translator::fgetxattr_cancel(it, frame))
    };
    (fsetxattr) => {
        $crate::Method::Fop(36, |it, frame, v| $crate::Translator::fsetxattr(it, frame, $crate::fop::Fsetxattr::read(v)))
    };
    (fsetxattr_cbk) => {
        $crate::Method::Cbk(36, |it, frame, kept, v| {
            $crate::Translator::fsetxattr_cbk(it, frame, $crate::reply::Fsetxattr::read(kept, v))
        })
    };
    (fsetxattr_cancel) => {
        $crate::Method::Cancel(36, |it, frame| $crate::Translator::fsetxattr_cancel(it, frame))
    };
    (rchecksum) => {
        $crate::Method::Fop(37, |it, frame, v| $crate::Translator::rchecksum(it, frame, $crate::fop::Rchecksum::read(v)))
    };
    (rchecksum_cbk) => {
        $crate::Method::Cbk(37, |it, frame, kept, v| {
            $crate::Translator::rchecksum_cbk(it, frame, $crate::reply::Rchecksum::read(kept, v))
        })
    };
    (rchecksum_cancel) => {
        $crate::Method::Cancel(37, |it, frame| $crate::Translator::rchecksum_cancel(it, frame))
    };
    (setattr) => {
        $crate::Method::Fop(38, |it, frame, v| $crate::Translator::setattr(it, frame, $crate::fop::Setattr::read(v)))
    };
    (setattr_cbk) => {
        $crate::Method::Cbk(38, |it, frame, kept, v| {
            $crate::Translator::setattr_cbk(it, frame, $crate::reply::Setattr::read(kept, v))
        })
    };
    (setattr_cancel) => {
        $crate::Method::Cancel(38, |it, frame| $crate::Translator::setattr_cancel(it, frame))
    };
    (fsetattr) => {
        $crate::Method::Fop(39, |it, frame, v| $crate::Translator::fsetattr(it, frame, $crate::fop::Fsetattr::read(v)))
    };
    (fsetattr_cbk) => {
        $crate::Method::Cbk(39, |it, frame, kept, v| {
            $crate::Translator::fsetattr_cbk(it, frame, $crate::reply::Fsetattr::read(kept, v))
        })
    };
    (fsetattr_cancel) => {
        $crate::Method::Cancel(39, |it, frame| $crate::Translator::fsetattr_cancel(it, frame))
    };
    (readdirp) => {
        $crate::Method::Fop(40, |it, frame, v| $crate::Translator::readdirp(it, frame, $crate::fop::Readdirp::read(v)))
    };
    (readdirp_cbk) => {
        $crate::Method::Cbk(40, |it, frame, kept, v| {
            $crate::Translator::readdirp_cbk(it, frame, $crate::reply::Readdirp::read(kept, v))
        })
    };
    (readdirp_cancel) => {
        $crate::Method::Cancel(40, |it, frame| $crate::Translator::readdirp_cancel(it, frame))
    };
    (getspec) => {
        $crate::Method::Fop(44, |it, frame, v| $crate::Translator::getspec(it, frame, $crate::fop::Getspec::read(v)))
    };
    (getspec_cbk) => {
        $crate::Method::Cbk(44, |it, frame, kept, v| {
            $crate::Translator::getspec_cbk(it, frame, $crate::reply::Getspec::read(kept, v))
        })
    };
    (getspec_cancel) => {
        $crate::Method::Cancel(44, |it, frame| $crate::Translator::getspec_cancel(it, frame))
    };
    (fremovexattr) => {
        $crate::Method::Fop(45, |it, frame, v| $crate::Translator::fremovexattr(it, frame, $crate::fop::Fremovexattr::read(v)))
    };
    (fremovexattr_cbk) => {
        $crate::Method::Cbk(45, |it, frame, kept, v| {
            $crate::Translator::fremovexattr_cbk(it, frame, $crate::reply::Fremovexattr::read(kept, v))
        })
    };
    (fremovexattr_cancel) => {
        $crate::Method::Cancel(45, |it, frame| $crate::Translator::fremovexattr_cancel(it, frame))
    };
    (fallocate) => {
        $crate::Method::Fop(46, |it, frame, v| $crate::Translator::fallocate(it, frame, $crate::fop::Fallocate::read(v)))
    };
    (fallocate_cbk) => {
        $crate::Method::Cbk(46, |it, frame, kept, v| {
            $crate::Translator::fallocate_cbk(it, frame, $crate::reply::Fallocate::read(kept, v))
        })
    };
    (fallocate_cancel) => {
        $crate::Method::Cancel(46, |it, frame| $crate::Translator::fallocate_cancel(it, frame))
    };
    (discard) => {
        $crate::Method::Fop(47, |it, frame, v| $crate::Translator::discard(it, frame, $crate::fop::Discard::read(v)))
    };
    (discard_cbk) => {
        $crate::Method::Cbk(47, |it, frame, kept, v| {
            $crate::Translator::discard_cbk(it, frame, $crate::reply::Discard::read(kept, v))
        })
    };
    (discard_cancel) => {
        $crate::Method::Cancel(47, |it, frame| $crate::Translator::discard_cancel(it, frame))
    };
    (zerofill) => {
        $crate::Method::Fop(48, |it, frame, v| $crate::Translator::zerofill(it, frame, $crate::fop::Zerofill::read(v)))
    };
    (zerofill_cbk) => {
        $crate::Method::Cbk(48, |it, frame, kept, v| {
            $crate::Translator::zerofill_cbk(it, frame, $crate::reply::Zerofill::read(kept, v))
        })
    };
    (zerofill_cancel) => {
        $crate::Method::Cancel(48, |it, frame| $crate::Translator::zerofill_cancel(it, frame))
    };
    (ipc) => {
        $crate::Method::Fop(49, |it, frame, v| $crate::Translator::ipc(it, frame, $crate::fop::Ipc::read(v)))
    };
    (ipc_cbk) => {
        $crate::Method::Cbk(49, |it, frame, kept, v| {
            $crate::Translator::ipc_cbk(it, frame, $crate::reply::Ipc::read(kept, v))
        })
    };
    (ipc_cancel) => {
        $crate::Method::Cancel(49, |it, frame| $crate::Translator::ipc_cancel(it, frame))
    };
    (seek) => {
        $crate::Method::Fop(50, |it, frame, v| $crate::Translator::seek(it, frame, $crate::fop::Seek::read(v)))
    };
    (seek_cbk) => {
        $crate::Method::Cbk(50, |it, frame, kept, v| {
            $crate::Translator::seek_cbk(it, frame, $crate::reply::Seek::read(kept, v))
        })
    };
    (seek_cancel) => {
        $crate::Method::Cancel(50, |it, frame| $crate::Translator::seek_cancel(it, frame))
    };
    (lease) => {
        $crate::Method::Fop(51, |it, frame, v| $crate::Translator::lease(it, frame, $crate::fop::Lease::read(v)))
    };
    (lease_cbk) => {
        $crate::Method::Cbk(51, |it, frame, kept, v| {
            $crate::Translator::lease_cbk(it, frame, $crate::reply::Lease::read(kept, v))
        })
    };
    (lease_cancel) => {
        $crate::Method::Cancel(51, |it, frame| $crate::Translator::lease_cancel(it, frame))
    };
    (getactivelk) => {
        $crate::Method::Fop(53, |it, frame, v| $crate::Translator::getactivelk(it, frame, $crate::fop::Getactivelk::read(v)))
    };
    (getactivelk_cbk) => {
        $crate::Method::Cbk(53, |it, frame, kept, v| {
            $crate::Translator::getactivelk_cbk(it, frame, $crate::reply::Getactivelk::read(kept, v))
        })
    };
    (getactivelk_cancel) => {
        $crate::Method::Cancel(53, |it, frame| $crate::Translator::getactivelk_cancel(it, frame))
    };
    (setactivelk) => {
        $crate::Method::Fop(54, |it, frame, v| $crate::Translator::setactivelk(it, frame, $crate::fop::Setactivelk::read(v)))
    };
    (setactivelk_cbk) => {
        $crate::Method::Cbk(54, |it, frame, kept, v| {
            $crate::Translator::setactivelk_cbk(it, frame, $crate::reply::Setactivelk::read(kept, v))
        })
    };
    (setactivelk_cancel) => {
        $crate::Method::Cancel(54, |it, frame| $crate::Translator::setactivelk_cancel(it, frame))
    };
    (put) => {
        $crate::Method::Fop(55, |it, frame, v| $crate::Translator::put(it, frame, $crate::fop::Put::read(v)))
    };
    (put_cbk) => {
        $crate::Method::Cbk(55, |it, frame, kept, v| {
            $crate::Translator::put_cbk(it, frame, $crate::reply::Put::read(kept, v))
        })
    };
    (put_cancel) => {
        $crate::Method::Cancel(55, |it, frame| $crate::Translator::put_cancel(it, frame))
    };
    (icreate) => {
        $crate::Method::Fop(56, |it, frame, v| $crate::Translator::icreate(it, frame, $crate::fop::Icreate::read(v)))
    };
    (icreate_cbk) => {
        $crate::Method::Cbk(56, |it, frame, kept, v| {
            $crate::Translator::icreate_cbk(it, frame, $crate::reply::Icreate::read(kept, v))
        })
    };
    (icreate_cancel) => {
        $crate::Method::Cancel(56, |it, frame| $crate::Translator::icreate_cancel(it, frame))
    };
    (namelink) => {
        $crate::Method::Fop(57, |it, frame, v| $crate::Translator::namelink(it, frame, $crate::fop::Namelink::read(v)))
    };
    (namelink_cbk) => {
        $crate::Method::Cbk(57, |it, frame, kept, v| {
            $crate::Translator::namelink_cbk(it, frame, $crate::reply::Namelink::read(kept, v))
        })
    };
    (namelink_cancel) => {
        $crate::Method::Cancel(57, |it, frame| $crate::Translator::namelink_cancel(it, frame))
    };
    (copy_file_range) => {
        $crate::Method::Fop(58, |it, frame, v| $crate::Translator::copy_file_range(it, frame, $crate::fop::CopyFileRange::read(v)))
    };
    (copy_file_range_cbk) => {
        $crate::Method::Cbk(58, |it, frame, kept, v| {
            $crate::Translator::copy_file_range_cbk(it, frame, $crate::reply::CopyFileRange::read(kept, v))
        })
    };
    (copy_file_range_cancel) => {
        $crate::Method::Cancel(58, |it, frame| $crate::Translator::copy_file_range_cancel(it, frame))
    };
    ($name:ident) => {
        $crate::Method::Hook(stringify!($name))
    };
}
