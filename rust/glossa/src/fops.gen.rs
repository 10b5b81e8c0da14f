// Generated from runtime/core/fops.ts by tools/gen/rust.ts (npm run gen). Do not edit.

use crate::core::Kept;
use crate::frame::{Answer, Frame};
use crate::record::Reader;
use crate::text::{Errno, Name};
use crate::translator::Translator;
use crate::values::{list_entries, required, with_values, Required, MOST_VALUES, NO_SLOT};
use crate::values::{Came, Dirent, Fd, Inode, Loc, Value};
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

/// The number of fops, with gaps.
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
    type Kind: Kind;
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

/// The type of a fop's reply.
pub trait ReplyTo<'r> {
    type Reply;
}

/// A type for each fop, which leads from its arguments to its reply.
pub trait Kind: for<'r> ReplyTo<'r> + 'static {
    /// Decodes a reply, and calls the callback.
    #[doc(hidden)]
    fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
    where
        T: Translator,
        F: for<'r> FnOnce(&mut T, &mut Frame<T>, <Self as ReplyTo<'r>>::Reply) -> Answer;
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// Where to continue: the offset of the last listed entry, which is valid in each open; 0
        /// is the start.
        pub offset: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readdir<'a> {
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// Where to continue: the offset of the last listed entry, which is valid in each open; 0
        /// is the start.
        pub offset: i64,
        /// Extra keys between translators; may be missing.
        pub xdata: Option<&'a Dict<'a>>,
    }

    impl<'a> Readdirp<'a> {
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
        /// The arguments among the values of [`Any`].
        pub fn from_values(v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Any {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Any<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { row, op_ret, op_errno, .. } = kept;
            let mut slots = [NO_SLOT; MOST_VALUES];
            from.values(row.reply, Came::of(frame, kept), &mut slots);
            drop(from);
            with_values(row.reply, &slots, |values| {
                frame.core.arrive_reply(kept, values);
                to(it, frame, Any { row, op_ret, op_errno, values })
            })
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Stat {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Stat<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let buf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Stat { op_ret, op_errno, buf: buf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Readlink {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Readlink<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let path = from.text();
            let buf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Readlink { op_ret, op_errno, path, buf: buf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Mknod {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Mknod<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let inode = from.inode();
            let buf = from.iatt();
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Mknod { op_ret, op_errno, inode: inode.as_ref(), buf: buf.as_ref(), preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Mkdir {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Mkdir<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let inode = from.inode();
            let buf = from.iatt();
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Mkdir { op_ret, op_errno, inode: inode.as_ref(), buf: buf.as_ref(), preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Unlink {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Unlink<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Unlink { op_ret, op_errno, preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Rmdir {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Rmdir<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Rmdir { op_ret, op_errno, preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Symlink {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Symlink<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let inode = from.inode();
            let buf = from.iatt();
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Symlink { op_ret, op_errno, inode: inode.as_ref(), buf: buf.as_ref(), preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Rename {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Rename<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let buf = from.iatt();
            let preoldparent = from.iatt();
            let postoldparent = from.iatt();
            let prenewparent = from.iatt();
            let postnewparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Rename { op_ret, op_errno, buf: buf.as_ref(), preoldparent: preoldparent.as_ref(), postoldparent: postoldparent.as_ref(), prenewparent: prenewparent.as_ref(), postnewparent: postnewparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Link {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Link<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let inode = from.inode();
            let buf = from.iatt();
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Link { op_ret, op_errno, inode: inode.as_ref(), buf: buf.as_ref(), preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Truncate {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Truncate<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Truncate { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Open {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Open<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let fd = from.fd();
            let xdata = from.dict();
            drop(from);
            let reply = Open { op_ret, op_errno, fd: fd.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Readv {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Readv<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let vector = from.data();
            let stbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Readv { op_ret, op_errno, vector, stbuf: stbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Writev {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Writev<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Writev { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Statfs {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Statfs<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let buf = from.statvfs();
            let xdata = from.dict();
            drop(from);
            let reply = Statfs { op_ret, op_errno, buf: buf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Flush {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Flush<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Flush { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fsync {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fsync<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Fsync { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Setxattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Setxattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Setxattr { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Getxattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Getxattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let dict = from.dict();
            let xdata = from.dict();
            drop(from);
            let reply = Getxattr { op_ret, op_errno, dict: dict.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Removexattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Removexattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Removexattr { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Opendir {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Opendir<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let fd = from.fd();
            let xdata = from.dict();
            drop(from);
            let reply = Opendir { op_ret, op_errno, fd: fd.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fsyncdir {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fsyncdir<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Fsyncdir { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Access {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Access<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Access { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Create {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Create<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let fd = from.fd();
            let inode = from.inode();
            let buf = from.iatt();
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Create { op_ret, op_errno, fd: fd.as_ref(), inode: inode.as_ref(), buf: buf.as_ref(), preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Ftruncate {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Ftruncate<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Ftruncate { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fstat {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fstat<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let buf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Fstat { op_ret, op_errno, buf: buf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Lk {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Lk<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let flock = from.flock();
            let xdata = from.dict();
            drop(from);
            let reply = Lk { op_ret, op_errno, flock: flock.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Lookup {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Lookup<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let inode = from.inode();
            let buf = from.iatt();
            let xdata = from.dict();
            let postparent = from.iatt();
            drop(from);
            let reply = Lookup { op_ret, op_errno, inode: inode.as_ref(), buf: buf.as_ref(), xdata: xdata.as_ref(), postparent: postparent.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Readdir {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Readdir<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let entries = from.entries(frame, kept);
            let entries = entries.as_deref().map(list_entries);
            let xdata = from.dict();
            drop(from);
            let reply = Readdir { op_ret, op_errno, entries: entries.as_deref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Inodelk {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Inodelk<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Inodelk { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Finodelk {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Finodelk<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Finodelk { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Entrylk {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Entrylk<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Entrylk { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fentrylk {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fentrylk<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Fentrylk { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Xattrop {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Xattrop<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let dict = from.dict();
            let xdata = from.dict();
            drop(from);
            let reply = Xattrop { op_ret, op_errno, dict: dict.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fxattrop {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fxattrop<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let dict = from.dict();
            let xdata = from.dict();
            drop(from);
            let reply = Fxattrop { op_ret, op_errno, dict: dict.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fgetxattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fgetxattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let dict = from.dict();
            let xdata = from.dict();
            drop(from);
            let reply = Fgetxattr { op_ret, op_errno, dict: dict.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fsetxattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fsetxattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Fsetxattr { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Rchecksum {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Rchecksum<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let weak = from.integer();
            let strong = from.data();
            let xdata = from.dict();
            drop(from);
            let reply = Rchecksum { op_ret, op_errno, weak, strong, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Setattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Setattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let statpre = from.iatt();
            let statpost = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Setattr { op_ret, op_errno, statpre: statpre.as_ref(), statpost: statpost.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fsetattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fsetattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let statpre = from.iatt();
            let statpost = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Fsetattr { op_ret, op_errno, statpre: statpre.as_ref(), statpost: statpost.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Readdirp {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Readdirp<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let entries = from.entries(frame, kept);
            let entries = entries.as_deref().map(list_entries);
            let xdata = from.dict();
            drop(from);
            let reply = Readdirp { op_ret, op_errno, entries: entries.as_deref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Getspec {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Getspec<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let spec = from.text();
            drop(from);
            let reply = Getspec { op_ret, op_errno, spec };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fremovexattr {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fremovexattr<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Fremovexattr { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Fallocate {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Fallocate<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Fallocate { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Discard {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Discard<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Discard { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Zerofill {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Zerofill<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Zerofill { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Ipc {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Ipc<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Ipc { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Seek {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Seek<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let offset = from.integer();
            let xdata = from.dict();
            drop(from);
            let reply = Seek { op_ret, op_errno, offset, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Lease {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Lease<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let lease = from.lease();
            let xdata = from.dict();
            drop(from);
            let reply = Lease { op_ret, op_errno, lease: lease.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Getactivelk {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Getactivelk<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let locklist = from.locks();
            let xdata = from.dict();
            drop(from);
            let reply = Getactivelk { op_ret, op_errno, locklist: locklist.as_deref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Setactivelk {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Setactivelk<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let xdata = from.dict();
            drop(from);
            let reply = Setactivelk { op_ret, op_errno, xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Put {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Put<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let inode = from.inode();
            let buf = from.iatt();
            let preparent = from.iatt();
            let postparent = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Put { op_ret, op_errno, inode: inode.as_ref(), buf: buf.as_ref(), preparent: preparent.as_ref(), postparent: postparent.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Icreate {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Icreate<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let inode = from.inode();
            let buf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Icreate { op_ret, op_errno, inode: inode.as_ref(), buf: buf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::Namelink {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, Namelink<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let prebuf = from.iatt();
            let postbuf = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = Namelink { op_ret, op_errno, prebuf: prebuf.as_ref(), postbuf: postbuf.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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
        /// The reply with these results and the values of [`Any`].
        pub fn from_values(op_ret: i64, op_errno: Errno, v: &[Value<'a>]) -> Self {
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
    }

    impl Kind for kind::CopyFileRange {
        fn receive<T, F>(it: &mut T, frame: &mut Frame<T>, kept: Kept, from: Reader, to: F) -> Answer
        where
            T: Translator,
            F: for<'r> FnOnce(&mut T, &mut Frame<T>, CopyFileRange<'r>) -> Answer,
        {
            let mut from = from;
            let Kept { op_ret, op_errno, .. } = kept;
            let stbuf = from.iatt();
            let prebuf_dst = from.iatt();
            let postbuf_dst = from.iatt();
            let xdata = from.dict();
            drop(from);
            let reply = CopyFileRange { op_ret, op_errno, stbuf: stbuf.as_ref(), prebuf_dst: prebuf_dst.as_ref(), postbuf_dst: postbuf_dst.as_ref(), xdata: xdata.as_ref() };
            frame.core.arrive_reply(kept, &reply.values());
            to(it, frame, reply)
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

/// The functions that decode values and call the translator's methods.
#[doc(hidden)]
pub mod glue {
    use super::*;

    pub fn any_fop<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let row = frame.core.row.expect("a fop has its row");
        let mut slots = [NO_SLOT; MOST_VALUES];
        from.values(row.args, Came::default(), &mut slots);
        drop(from);
        with_values(row.args, &slots, |values| {
            frame.core.arrive(values);
            it.any_fop(frame, fop::Any { row, values })
        })
    }

    pub fn any_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Any::receive(it, frame, kept, from, T::any_cbk)
    }

    pub fn stat<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let xdata = from.dict();
        drop(from);
        let args = fop::Stat { loc: &loc, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.stat(frame, args)
    }

    pub fn stat_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Stat::receive(it, frame, kept, from, T::stat_cbk)
    }

    pub fn readlink<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let size = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Readlink { loc: &loc, size, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.readlink(frame, args)
    }

    pub fn readlink_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Readlink::receive(it, frame, kept, from, T::readlink_cbk)
    }

    pub fn mknod<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let mode = from.integer();
        let rdev = from.integer();
        let umask = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Mknod { loc: &loc, mode, rdev, umask, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.mknod(frame, args)
    }

    pub fn mknod_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Mknod::receive(it, frame, kept, from, T::mknod_cbk)
    }

    pub fn mkdir<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let mode = from.integer();
        let umask = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Mkdir { loc: &loc, mode, umask, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.mkdir(frame, args)
    }

    pub fn mkdir_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Mkdir::receive(it, frame, kept, from, T::mkdir_cbk)
    }

    pub fn unlink<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let xflag = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Unlink { loc: &loc, xflag, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.unlink(frame, args)
    }

    pub fn unlink_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Unlink::receive(it, frame, kept, from, T::unlink_cbk)
    }

    pub fn rmdir<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let flags = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Rmdir { loc: &loc, flags, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.rmdir(frame, args)
    }

    pub fn rmdir_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Rmdir::receive(it, frame, kept, from, T::rmdir_cbk)
    }

    pub fn symlink<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let linkpath = from.text();
        let loc = from.loc();
        let umask = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Symlink { linkpath: linkpath.unwrap_or_default(), loc: &loc, umask, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.symlink(frame, args)
    }

    pub fn symlink_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Symlink::receive(it, frame, kept, from, T::symlink_cbk)
    }

    pub fn rename<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let oldloc = from.loc();
        let newloc = from.loc();
        let xdata = from.dict();
        drop(from);
        let args = fop::Rename { oldloc: &oldloc, newloc: &newloc, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.rename(frame, args)
    }

    pub fn rename_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Rename::receive(it, frame, kept, from, T::rename_cbk)
    }

    pub fn link<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let oldloc = from.loc();
        let newloc = from.loc();
        let xdata = from.dict();
        drop(from);
        let args = fop::Link { oldloc: &oldloc, newloc: &newloc, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.link(frame, args)
    }

    pub fn link_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Link::receive(it, frame, kept, from, T::link_cbk)
    }

    pub fn truncate<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let offset = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Truncate { loc: &loc, offset, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.truncate(frame, args)
    }

    pub fn truncate_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Truncate::receive(it, frame, kept, from, T::truncate_cbk)
    }

    pub fn open<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let flags = from.integer();
        let fd = from.fd();
        let xdata = from.dict();
        drop(from);
        let args = fop::Open { loc: &loc, flags, fd: fd.as_ref(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.open(frame, args)
    }

    pub fn open_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Open::receive(it, frame, kept, from, T::open_cbk)
    }

    pub fn readv<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let size = from.integer();
        let offset = from.integer();
        let flags = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Readv { fd: required(&fd), size, offset, flags, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.readv(frame, args)
    }

    pub fn readv_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Readv::receive(it, frame, kept, from, T::readv_cbk)
    }

    pub fn writev<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let vector = from.data();
        let offset = from.integer();
        let flags = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Writev { fd: required(&fd), vector: vector.unwrap_or_default(), offset, flags, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.writev(frame, args)
    }

    pub fn writev_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Writev::receive(it, frame, kept, from, T::writev_cbk)
    }

    pub fn statfs<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let xdata = from.dict();
        drop(from);
        let args = fop::Statfs { loc: &loc, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.statfs(frame, args)
    }

    pub fn statfs_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Statfs::receive(it, frame, kept, from, T::statfs_cbk)
    }

    pub fn flush<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let xdata = from.dict();
        drop(from);
        let args = fop::Flush { fd: required(&fd), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.flush(frame, args)
    }

    pub fn flush_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Flush::receive(it, frame, kept, from, T::flush_cbk)
    }

    pub fn fsync<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let datasync = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fsync { fd: required(&fd), datasync, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fsync(frame, args)
    }

    pub fn fsync_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fsync::receive(it, frame, kept, from, T::fsync_cbk)
    }

    pub fn setxattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let dict = from.dict();
        let flags = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Setxattr { loc: &loc, dict: dict.as_ref(), flags, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.setxattr(frame, args)
    }

    pub fn setxattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Setxattr::receive(it, frame, kept, from, T::setxattr_cbk)
    }

    pub fn getxattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let name = from.text();
        let xdata = from.dict();
        drop(from);
        let args = fop::Getxattr { loc: &loc, name, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.getxattr(frame, args)
    }

    pub fn getxattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Getxattr::receive(it, frame, kept, from, T::getxattr_cbk)
    }

    pub fn removexattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let name = from.text();
        let xdata = from.dict();
        drop(from);
        let args = fop::Removexattr { loc: &loc, name: name.unwrap_or_default(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.removexattr(frame, args)
    }

    pub fn removexattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Removexattr::receive(it, frame, kept, from, T::removexattr_cbk)
    }

    pub fn opendir<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let fd = from.fd();
        let xdata = from.dict();
        drop(from);
        let args = fop::Opendir { loc: &loc, fd: fd.as_ref(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.opendir(frame, args)
    }

    pub fn opendir_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Opendir::receive(it, frame, kept, from, T::opendir_cbk)
    }

    pub fn fsyncdir<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let datasync = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fsyncdir { fd: required(&fd), datasync, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fsyncdir(frame, args)
    }

    pub fn fsyncdir_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fsyncdir::receive(it, frame, kept, from, T::fsyncdir_cbk)
    }

    pub fn access<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let mask = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Access { loc: &loc, mask, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.access(frame, args)
    }

    pub fn access_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Access::receive(it, frame, kept, from, T::access_cbk)
    }

    pub fn create<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let flags = from.integer();
        let mode = from.integer();
        let umask = from.integer();
        let fd = from.fd();
        let xdata = from.dict();
        drop(from);
        let args = fop::Create { loc: &loc, flags, mode, umask, fd: fd.as_ref(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.create(frame, args)
    }

    pub fn create_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Create::receive(it, frame, kept, from, T::create_cbk)
    }

    pub fn ftruncate<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let offset = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Ftruncate { fd: required(&fd), offset, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.ftruncate(frame, args)
    }

    pub fn ftruncate_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Ftruncate::receive(it, frame, kept, from, T::ftruncate_cbk)
    }

    pub fn fstat<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fstat { fd: required(&fd), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fstat(frame, args)
    }

    pub fn fstat_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fstat::receive(it, frame, kept, from, T::fstat_cbk)
    }

    pub fn lk<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let cmd = from.integer();
        let flock = from.flock();
        let xdata = from.dict();
        drop(from);
        let args = fop::Lk { fd: required(&fd), cmd, flock: required(&flock), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.lk(frame, args)
    }

    pub fn lk_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Lk::receive(it, frame, kept, from, T::lk_cbk)
    }

    pub fn lookup<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let xdata = from.dict();
        drop(from);
        let args = fop::Lookup { loc: &loc, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.lookup(frame, args)
    }

    pub fn lookup_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Lookup::receive(it, frame, kept, from, T::lookup_cbk)
    }

    pub fn readdir<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let size = from.integer();
        let offset = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Readdir { fd: required(&fd), size, offset, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.readdir(frame, args)
    }

    pub fn readdir_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Readdir::receive(it, frame, kept, from, T::readdir_cbk)
    }

    pub fn inodelk<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let volume = from.text();
        let loc = from.loc();
        let cmd = from.integer();
        let flock = from.flock();
        let xdata = from.dict();
        drop(from);
        let args = fop::Inodelk { volume: volume.unwrap_or_default(), loc: &loc, cmd, flock: required(&flock), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.inodelk(frame, args)
    }

    pub fn inodelk_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Inodelk::receive(it, frame, kept, from, T::inodelk_cbk)
    }

    pub fn finodelk<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let volume = from.text();
        let fd = from.fd();
        let cmd = from.integer();
        let flock = from.flock();
        let xdata = from.dict();
        drop(from);
        let args = fop::Finodelk { volume: volume.unwrap_or_default(), fd: required(&fd), cmd, flock: required(&flock), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.finodelk(frame, args)
    }

    pub fn finodelk_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Finodelk::receive(it, frame, kept, from, T::finodelk_cbk)
    }

    pub fn entrylk<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let volume = from.text();
        let loc = from.loc();
        let basename = from.text();
        let cmd = from.integer();
        let r#type = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Entrylk { volume: volume.unwrap_or_default(), loc: &loc, basename, cmd, r#type, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.entrylk(frame, args)
    }

    pub fn entrylk_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Entrylk::receive(it, frame, kept, from, T::entrylk_cbk)
    }

    pub fn fentrylk<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let volume = from.text();
        let fd = from.fd();
        let basename = from.text();
        let cmd = from.integer();
        let r#type = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fentrylk { volume: volume.unwrap_or_default(), fd: required(&fd), basename, cmd, r#type, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fentrylk(frame, args)
    }

    pub fn fentrylk_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fentrylk::receive(it, frame, kept, from, T::fentrylk_cbk)
    }

    pub fn xattrop<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let optype = from.integer();
        let dict = from.dict();
        let xdata = from.dict();
        drop(from);
        let args = fop::Xattrop { loc: &loc, optype, dict: dict.as_ref(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.xattrop(frame, args)
    }

    pub fn xattrop_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Xattrop::receive(it, frame, kept, from, T::xattrop_cbk)
    }

    pub fn fxattrop<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let optype = from.integer();
        let dict = from.dict();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fxattrop { fd: required(&fd), optype, dict: dict.as_ref(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fxattrop(frame, args)
    }

    pub fn fxattrop_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fxattrop::receive(it, frame, kept, from, T::fxattrop_cbk)
    }

    pub fn fgetxattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let name = from.text();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fgetxattr { fd: required(&fd), name, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fgetxattr(frame, args)
    }

    pub fn fgetxattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fgetxattr::receive(it, frame, kept, from, T::fgetxattr_cbk)
    }

    pub fn fsetxattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let dict = from.dict();
        let flags = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fsetxattr { fd: required(&fd), dict: dict.as_ref(), flags, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fsetxattr(frame, args)
    }

    pub fn fsetxattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fsetxattr::receive(it, frame, kept, from, T::fsetxattr_cbk)
    }

    pub fn rchecksum<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let offset = from.integer();
        let len = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Rchecksum { fd: required(&fd), offset, len, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.rchecksum(frame, args)
    }

    pub fn rchecksum_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Rchecksum::receive(it, frame, kept, from, T::rchecksum_cbk)
    }

    pub fn setattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let stbuf = from.iatt();
        let valid = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Setattr { loc: &loc, stbuf: required(&stbuf), valid, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.setattr(frame, args)
    }

    pub fn setattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Setattr::receive(it, frame, kept, from, T::setattr_cbk)
    }

    pub fn fsetattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let stbuf = from.iatt();
        let valid = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fsetattr { fd: required(&fd), stbuf: required(&stbuf), valid, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fsetattr(frame, args)
    }

    pub fn fsetattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fsetattr::receive(it, frame, kept, from, T::fsetattr_cbk)
    }

    pub fn readdirp<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let size = from.integer();
        let offset = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Readdirp { fd: required(&fd), size, offset, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.readdirp(frame, args)
    }

    pub fn readdirp_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Readdirp::receive(it, frame, kept, from, T::readdirp_cbk)
    }

    pub fn getspec<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let key = from.text();
        let flags = from.integer();
        drop(from);
        let args = fop::Getspec { key: key.unwrap_or_default(), flags };
        frame.core.arrive(&args.values());
        it.getspec(frame, args)
    }

    pub fn getspec_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Getspec::receive(it, frame, kept, from, T::getspec_cbk)
    }

    pub fn fremovexattr<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let name = from.text();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fremovexattr { fd: required(&fd), name: name.unwrap_or_default(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fremovexattr(frame, args)
    }

    pub fn fremovexattr_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fremovexattr::receive(it, frame, kept, from, T::fremovexattr_cbk)
    }

    pub fn fallocate<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let mode = from.integer();
        let offset = from.integer();
        let len = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Fallocate { fd: required(&fd), mode, offset, len, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.fallocate(frame, args)
    }

    pub fn fallocate_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Fallocate::receive(it, frame, kept, from, T::fallocate_cbk)
    }

    pub fn discard<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let offset = from.integer();
        let len = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Discard { fd: required(&fd), offset, len, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.discard(frame, args)
    }

    pub fn discard_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Discard::receive(it, frame, kept, from, T::discard_cbk)
    }

    pub fn zerofill<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let offset = from.integer();
        let len = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Zerofill { fd: required(&fd), offset, len, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.zerofill(frame, args)
    }

    pub fn zerofill_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Zerofill::receive(it, frame, kept, from, T::zerofill_cbk)
    }

    pub fn ipc<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let op = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Ipc { op, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.ipc(frame, args)
    }

    pub fn ipc_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Ipc::receive(it, frame, kept, from, T::ipc_cbk)
    }

    pub fn seek<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd = from.fd();
        let offset = from.integer();
        let what = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Seek { fd: required(&fd), offset, what, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.seek(frame, args)
    }

    pub fn seek_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Seek::receive(it, frame, kept, from, T::seek_cbk)
    }

    pub fn lease<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let lease = from.lease();
        let xdata = from.dict();
        drop(from);
        let args = fop::Lease { loc: &loc, lease: required(&lease), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.lease(frame, args)
    }

    pub fn lease_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Lease::receive(it, frame, kept, from, T::lease_cbk)
    }

    pub fn getactivelk<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let xdata = from.dict();
        drop(from);
        let args = fop::Getactivelk { loc: &loc, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.getactivelk(frame, args)
    }

    pub fn getactivelk_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Getactivelk::receive(it, frame, kept, from, T::getactivelk_cbk)
    }

    pub fn setactivelk<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let locklist = from.locks();
        let xdata = from.dict();
        drop(from);
        let args = fop::Setactivelk { loc: &loc, locklist: locklist.as_deref().unwrap_or_default(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.setactivelk(frame, args)
    }

    pub fn setactivelk_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Setactivelk::receive(it, frame, kept, from, T::setactivelk_cbk)
    }

    pub fn put<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let mode = from.integer();
        let umask = from.integer();
        let flags = from.integer();
        let vector = from.data();
        let offset = from.integer();
        let dict = from.dict();
        let xdata = from.dict();
        drop(from);
        let args = fop::Put { loc: &loc, mode, umask, flags, vector: vector.unwrap_or_default(), offset, dict: dict.as_ref(), xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.put(frame, args)
    }

    pub fn put_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Put::receive(it, frame, kept, from, T::put_cbk)
    }

    pub fn icreate<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let mode = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::Icreate { loc: &loc, mode, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.icreate(frame, args)
    }

    pub fn icreate_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Icreate::receive(it, frame, kept, from, T::icreate_cbk)
    }

    pub fn namelink<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let loc = from.loc();
        let xdata = from.dict();
        drop(from);
        let args = fop::Namelink { loc: &loc, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.namelink(frame, args)
    }

    pub fn namelink_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::Namelink::receive(it, frame, kept, from, T::namelink_cbk)
    }

    pub fn copy_file_range<T: Translator>(it: &mut T, frame: &mut Frame<T>, from: Reader) -> Answer {
        let mut from = from;
        let fd_in = from.fd();
        let off_in = from.integer();
        let fd_out = from.fd();
        let off_out = from.integer();
        let len = from.integer();
        let flags = from.integer();
        let xdata = from.dict();
        drop(from);
        let args = fop::CopyFileRange { fd_in: required(&fd_in), off_in, fd_out: required(&fd_out), off_out, len, flags, xdata: xdata.as_ref() };
        frame.core.arrive(&args.values());
        it.copy_file_range(frame, args)
    }

    pub fn copy_file_range_cbk<T: Translator>(
        it: &mut T,
        frame: &mut Frame<T>,
        kept: Kept,
        from: Reader,
    ) -> Answer {
        kind::CopyFileRange::receive(it, frame, kept, from, T::copy_file_range_cbk)
    }
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
    (any_fop) => { $crate::Method::AnyFop($crate::glue::any_fop) };
    (any_cbk) => { $crate::Method::AnyCbk($crate::glue::any_cbk) };
    (any_cancel) => { $crate::Method::AnyCancel($crate::Translator::any_cancel) };
    (stat) => { $crate::Method::Fop(1, $crate::glue::stat) };
    (stat_cbk) => { $crate::Method::Cbk(1, $crate::glue::stat_cbk) };
    (stat_cancel) => {
        $crate::Method::Cancel(1, $crate::Translator::stat_cancel)
    };
    (readlink) => { $crate::Method::Fop(2, $crate::glue::readlink) };
    (readlink_cbk) => { $crate::Method::Cbk(2, $crate::glue::readlink_cbk) };
    (readlink_cancel) => {
        $crate::Method::Cancel(2, $crate::Translator::readlink_cancel)
    };
    (mknod) => { $crate::Method::Fop(3, $crate::glue::mknod) };
    (mknod_cbk) => { $crate::Method::Cbk(3, $crate::glue::mknod_cbk) };
    (mknod_cancel) => {
        $crate::Method::Cancel(3, $crate::Translator::mknod_cancel)
    };
    (mkdir) => { $crate::Method::Fop(4, $crate::glue::mkdir) };
    (mkdir_cbk) => { $crate::Method::Cbk(4, $crate::glue::mkdir_cbk) };
    (mkdir_cancel) => {
        $crate::Method::Cancel(4, $crate::Translator::mkdir_cancel)
    };
    (unlink) => { $crate::Method::Fop(5, $crate::glue::unlink) };
    (unlink_cbk) => { $crate::Method::Cbk(5, $crate::glue::unlink_cbk) };
    (unlink_cancel) => {
        $crate::Method::Cancel(5, $crate::Translator::unlink_cancel)
    };
    (rmdir) => { $crate::Method::Fop(6, $crate::glue::rmdir) };
    (rmdir_cbk) => { $crate::Method::Cbk(6, $crate::glue::rmdir_cbk) };
    (rmdir_cancel) => {
        $crate::Method::Cancel(6, $crate::Translator::rmdir_cancel)
    };
    (symlink) => { $crate::Method::Fop(7, $crate::glue::symlink) };
    (symlink_cbk) => { $crate::Method::Cbk(7, $crate::glue::symlink_cbk) };
    (symlink_cancel) => {
        $crate::Method::Cancel(7, $crate::Translator::symlink_cancel)
    };
    (rename) => { $crate::Method::Fop(8, $crate::glue::rename) };
    (rename_cbk) => { $crate::Method::Cbk(8, $crate::glue::rename_cbk) };
    (rename_cancel) => {
        $crate::Method::Cancel(8, $crate::Translator::rename_cancel)
    };
    (link) => { $crate::Method::Fop(9, $crate::glue::link) };
    (link_cbk) => { $crate::Method::Cbk(9, $crate::glue::link_cbk) };
    (link_cancel) => {
        $crate::Method::Cancel(9, $crate::Translator::link_cancel)
    };
    (truncate) => { $crate::Method::Fop(10, $crate::glue::truncate) };
    (truncate_cbk) => { $crate::Method::Cbk(10, $crate::glue::truncate_cbk) };
    (truncate_cancel) => {
        $crate::Method::Cancel(10, $crate::Translator::truncate_cancel)
    };
    (open) => { $crate::Method::Fop(11, $crate::glue::open) };
    (open_cbk) => { $crate::Method::Cbk(11, $crate::glue::open_cbk) };
    (open_cancel) => {
        $crate::Method::Cancel(11, $crate::Translator::open_cancel)
    };
    (readv) => { $crate::Method::Fop(12, $crate::glue::readv) };
    (readv_cbk) => { $crate::Method::Cbk(12, $crate::glue::readv_cbk) };
    (readv_cancel) => {
        $crate::Method::Cancel(12, $crate::Translator::readv_cancel)
    };
    (writev) => { $crate::Method::Fop(13, $crate::glue::writev) };
    (writev_cbk) => { $crate::Method::Cbk(13, $crate::glue::writev_cbk) };
    (writev_cancel) => {
        $crate::Method::Cancel(13, $crate::Translator::writev_cancel)
    };
    (statfs) => { $crate::Method::Fop(14, $crate::glue::statfs) };
    (statfs_cbk) => { $crate::Method::Cbk(14, $crate::glue::statfs_cbk) };
    (statfs_cancel) => {
        $crate::Method::Cancel(14, $crate::Translator::statfs_cancel)
    };
    (flush) => { $crate::Method::Fop(15, $crate::glue::flush) };
    (flush_cbk) => { $crate::Method::Cbk(15, $crate::glue::flush_cbk) };
    (flush_cancel) => {
        $crate::Method::Cancel(15, $crate::Translator::flush_cancel)
    };
    (fsync) => { $crate::Method::Fop(16, $crate::glue::fsync) };
    (fsync_cbk) => { $crate::Method::Cbk(16, $crate::glue::fsync_cbk) };
    (fsync_cancel) => {
        $crate::Method::Cancel(16, $crate::Translator::fsync_cancel)
    };
    (setxattr) => { $crate::Method::Fop(17, $crate::glue::setxattr) };
    (setxattr_cbk) => { $crate::Method::Cbk(17, $crate::glue::setxattr_cbk) };
    (setxattr_cancel) => {
        $crate::Method::Cancel(17, $crate::Translator::setxattr_cancel)
    };
    (getxattr) => { $crate::Method::Fop(18, $crate::glue::getxattr) };
    (getxattr_cbk) => { $crate::Method::Cbk(18, $crate::glue::getxattr_cbk) };
    (getxattr_cancel) => {
        $crate::Method::Cancel(18, $crate::Translator::getxattr_cancel)
    };
    (removexattr) => { $crate::Method::Fop(19, $crate::glue::removexattr) };
    (removexattr_cbk) => { $crate::Method::Cbk(19, $crate::glue::removexattr_cbk) };
    (removexattr_cancel) => {
        $crate::Method::Cancel(19, $crate::Translator::removexattr_cancel)
    };
    (opendir) => { $crate::Method::Fop(20, $crate::glue::opendir) };
    (opendir_cbk) => { $crate::Method::Cbk(20, $crate::glue::opendir_cbk) };
    (opendir_cancel) => {
        $crate::Method::Cancel(20, $crate::Translator::opendir_cancel)
    };
    (fsyncdir) => { $crate::Method::Fop(21, $crate::glue::fsyncdir) };
    (fsyncdir_cbk) => { $crate::Method::Cbk(21, $crate::glue::fsyncdir_cbk) };
    (fsyncdir_cancel) => {
        $crate::Method::Cancel(21, $crate::Translator::fsyncdir_cancel)
    };
    (access) => { $crate::Method::Fop(22, $crate::glue::access) };
    (access_cbk) => { $crate::Method::Cbk(22, $crate::glue::access_cbk) };
    (access_cancel) => {
        $crate::Method::Cancel(22, $crate::Translator::access_cancel)
    };
    (create) => { $crate::Method::Fop(23, $crate::glue::create) };
    (create_cbk) => { $crate::Method::Cbk(23, $crate::glue::create_cbk) };
    (create_cancel) => {
        $crate::Method::Cancel(23, $crate::Translator::create_cancel)
    };
    (ftruncate) => { $crate::Method::Fop(24, $crate::glue::ftruncate) };
    (ftruncate_cbk) => { $crate::Method::Cbk(24, $crate::glue::ftruncate_cbk) };
    (ftruncate_cancel) => {
        $crate::Method::Cancel(24, $crate::Translator::ftruncate_cancel)
    };
    (fstat) => { $crate::Method::Fop(25, $crate::glue::fstat) };
    (fstat_cbk) => { $crate::Method::Cbk(25, $crate::glue::fstat_cbk) };
    (fstat_cancel) => {
        $crate::Method::Cancel(25, $crate::Translator::fstat_cancel)
    };
    (lk) => { $crate::Method::Fop(26, $crate::glue::lk) };
    (lk_cbk) => { $crate::Method::Cbk(26, $crate::glue::lk_cbk) };
    (lk_cancel) => {
        $crate::Method::Cancel(26, $crate::Translator::lk_cancel)
    };
    (lookup) => { $crate::Method::Fop(27, $crate::glue::lookup) };
    (lookup_cbk) => { $crate::Method::Cbk(27, $crate::glue::lookup_cbk) };
    (lookup_cancel) => {
        $crate::Method::Cancel(27, $crate::Translator::lookup_cancel)
    };
    (readdir) => { $crate::Method::Fop(28, $crate::glue::readdir) };
    (readdir_cbk) => { $crate::Method::Cbk(28, $crate::glue::readdir_cbk) };
    (readdir_cancel) => {
        $crate::Method::Cancel(28, $crate::Translator::readdir_cancel)
    };
    (inodelk) => { $crate::Method::Fop(29, $crate::glue::inodelk) };
    (inodelk_cbk) => { $crate::Method::Cbk(29, $crate::glue::inodelk_cbk) };
    (inodelk_cancel) => {
        $crate::Method::Cancel(29, $crate::Translator::inodelk_cancel)
    };
    (finodelk) => { $crate::Method::Fop(30, $crate::glue::finodelk) };
    (finodelk_cbk) => { $crate::Method::Cbk(30, $crate::glue::finodelk_cbk) };
    (finodelk_cancel) => {
        $crate::Method::Cancel(30, $crate::Translator::finodelk_cancel)
    };
    (entrylk) => { $crate::Method::Fop(31, $crate::glue::entrylk) };
    (entrylk_cbk) => { $crate::Method::Cbk(31, $crate::glue::entrylk_cbk) };
    (entrylk_cancel) => {
        $crate::Method::Cancel(31, $crate::Translator::entrylk_cancel)
    };
    (fentrylk) => { $crate::Method::Fop(32, $crate::glue::fentrylk) };
    (fentrylk_cbk) => { $crate::Method::Cbk(32, $crate::glue::fentrylk_cbk) };
    (fentrylk_cancel) => {
        $crate::Method::Cancel(32, $crate::Translator::fentrylk_cancel)
    };
    (xattrop) => { $crate::Method::Fop(33, $crate::glue::xattrop) };
    (xattrop_cbk) => { $crate::Method::Cbk(33, $crate::glue::xattrop_cbk) };
    (xattrop_cancel) => {
        $crate::Method::Cancel(33, $crate::Translator::xattrop_cancel)
    };
    (fxattrop) => { $crate::Method::Fop(34, $crate::glue::fxattrop) };
    (fxattrop_cbk) => { $crate::Method::Cbk(34, $crate::glue::fxattrop_cbk) };
    (fxattrop_cancel) => {
        $crate::Method::Cancel(34, $crate::Translator::fxattrop_cancel)
    };
    (fgetxattr) => { $crate::Method::Fop(35, $crate::glue::fgetxattr) };
    (fgetxattr_cbk) => { $crate::Method::Cbk(35, $crate::glue::fgetxattr_cbk) };
    (fgetxattr_cancel) => {
        $crate::Method::Cancel(35, $crate::Translator::fgetxattr_cancel)
    };
    (fsetxattr) => { $crate::Method::Fop(36, $crate::glue::fsetxattr) };
    (fsetxattr_cbk) => { $crate::Method::Cbk(36, $crate::glue::fsetxattr_cbk) };
    (fsetxattr_cancel) => {
        $crate::Method::Cancel(36, $crate::Translator::fsetxattr_cancel)
    };
    (rchecksum) => { $crate::Method::Fop(37, $crate::glue::rchecksum) };
    (rchecksum_cbk) => { $crate::Method::Cbk(37, $crate::glue::rchecksum_cbk) };
    (rchecksum_cancel) => {
        $crate::Method::Cancel(37, $crate::Translator::rchecksum_cancel)
    };
    (setattr) => { $crate::Method::Fop(38, $crate::glue::setattr) };
    (setattr_cbk) => { $crate::Method::Cbk(38, $crate::glue::setattr_cbk) };
    (setattr_cancel) => {
        $crate::Method::Cancel(38, $crate::Translator::setattr_cancel)
    };
    (fsetattr) => { $crate::Method::Fop(39, $crate::glue::fsetattr) };
    (fsetattr_cbk) => { $crate::Method::Cbk(39, $crate::glue::fsetattr_cbk) };
    (fsetattr_cancel) => {
        $crate::Method::Cancel(39, $crate::Translator::fsetattr_cancel)
    };
    (readdirp) => { $crate::Method::Fop(40, $crate::glue::readdirp) };
    (readdirp_cbk) => { $crate::Method::Cbk(40, $crate::glue::readdirp_cbk) };
    (readdirp_cancel) => {
        $crate::Method::Cancel(40, $crate::Translator::readdirp_cancel)
    };
    (getspec) => { $crate::Method::Fop(44, $crate::glue::getspec) };
    (getspec_cbk) => { $crate::Method::Cbk(44, $crate::glue::getspec_cbk) };
    (getspec_cancel) => {
        $crate::Method::Cancel(44, $crate::Translator::getspec_cancel)
    };
    (fremovexattr) => { $crate::Method::Fop(45, $crate::glue::fremovexattr) };
    (fremovexattr_cbk) => { $crate::Method::Cbk(45, $crate::glue::fremovexattr_cbk) };
    (fremovexattr_cancel) => {
        $crate::Method::Cancel(45, $crate::Translator::fremovexattr_cancel)
    };
    (fallocate) => { $crate::Method::Fop(46, $crate::glue::fallocate) };
    (fallocate_cbk) => { $crate::Method::Cbk(46, $crate::glue::fallocate_cbk) };
    (fallocate_cancel) => {
        $crate::Method::Cancel(46, $crate::Translator::fallocate_cancel)
    };
    (discard) => { $crate::Method::Fop(47, $crate::glue::discard) };
    (discard_cbk) => { $crate::Method::Cbk(47, $crate::glue::discard_cbk) };
    (discard_cancel) => {
        $crate::Method::Cancel(47, $crate::Translator::discard_cancel)
    };
    (zerofill) => { $crate::Method::Fop(48, $crate::glue::zerofill) };
    (zerofill_cbk) => { $crate::Method::Cbk(48, $crate::glue::zerofill_cbk) };
    (zerofill_cancel) => {
        $crate::Method::Cancel(48, $crate::Translator::zerofill_cancel)
    };
    (ipc) => { $crate::Method::Fop(49, $crate::glue::ipc) };
    (ipc_cbk) => { $crate::Method::Cbk(49, $crate::glue::ipc_cbk) };
    (ipc_cancel) => {
        $crate::Method::Cancel(49, $crate::Translator::ipc_cancel)
    };
    (seek) => { $crate::Method::Fop(50, $crate::glue::seek) };
    (seek_cbk) => { $crate::Method::Cbk(50, $crate::glue::seek_cbk) };
    (seek_cancel) => {
        $crate::Method::Cancel(50, $crate::Translator::seek_cancel)
    };
    (lease) => { $crate::Method::Fop(51, $crate::glue::lease) };
    (lease_cbk) => { $crate::Method::Cbk(51, $crate::glue::lease_cbk) };
    (lease_cancel) => {
        $crate::Method::Cancel(51, $crate::Translator::lease_cancel)
    };
    (getactivelk) => { $crate::Method::Fop(53, $crate::glue::getactivelk) };
    (getactivelk_cbk) => { $crate::Method::Cbk(53, $crate::glue::getactivelk_cbk) };
    (getactivelk_cancel) => {
        $crate::Method::Cancel(53, $crate::Translator::getactivelk_cancel)
    };
    (setactivelk) => { $crate::Method::Fop(54, $crate::glue::setactivelk) };
    (setactivelk_cbk) => { $crate::Method::Cbk(54, $crate::glue::setactivelk_cbk) };
    (setactivelk_cancel) => {
        $crate::Method::Cancel(54, $crate::Translator::setactivelk_cancel)
    };
    (put) => { $crate::Method::Fop(55, $crate::glue::put) };
    (put_cbk) => { $crate::Method::Cbk(55, $crate::glue::put_cbk) };
    (put_cancel) => {
        $crate::Method::Cancel(55, $crate::Translator::put_cancel)
    };
    (icreate) => { $crate::Method::Fop(56, $crate::glue::icreate) };
    (icreate_cbk) => { $crate::Method::Cbk(56, $crate::glue::icreate_cbk) };
    (icreate_cancel) => {
        $crate::Method::Cancel(56, $crate::Translator::icreate_cancel)
    };
    (namelink) => { $crate::Method::Fop(57, $crate::glue::namelink) };
    (namelink_cbk) => { $crate::Method::Cbk(57, $crate::glue::namelink_cbk) };
    (namelink_cancel) => {
        $crate::Method::Cancel(57, $crate::Translator::namelink_cancel)
    };
    (copy_file_range) => { $crate::Method::Fop(58, $crate::glue::copy_file_range) };
    (copy_file_range_cbk) => { $crate::Method::Cbk(58, $crate::glue::copy_file_range_cbk) };
    (copy_file_range_cancel) => {
        $crate::Method::Cancel(58, $crate::Translator::copy_file_range_cancel)
    };
    ($name:ident) => {
        $crate::Method::Hook(stringify!($name))
    };
}
