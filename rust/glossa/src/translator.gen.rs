// Generated from tools/gen/translator.rs.in and runtime/core/fops.ts by tools/gen/rust.ts (npm run gen). Do not edit.

use crate::core::Client;
use crate::dict::Dict;
use crate::fops::{fop, reply};
use crate::frame::{Answer, Frame};
use crate::methods::Method;
use crate::options::Options;
use crate::runtime::State;
use crate::values::Loc;
use crate::volume::{Child, Volume};

/// A translator. Only the methods that [`translator!`](crate::translator) sees in the `impl` are
/// called; a fop without a method bypasses the translator at no cost.
///
/// A method named as a fop gets the request on its way down, and `<fop>_cbk` the reply on its way
/// up. `<fop>_cancel` runs when the caller is interrupted; the request is owed its answer anyway.
/// A fop that winds has a callback only where one is defined: without one the reply goes up as it is.
pub trait Translator: Sized + Home + 'static {
    /// The note of a request, which [`Frame::local`] carries from the fop to its callbacks. Without
    /// this line it is `()`.
    type Local: Default + 'static;

    #[doc(hidden)]
    const METHODS: &'static [Method<Self>];

    /// The options that the volfile may set.
    const OPTIONS: Options = &[];

    /// Values that have a cost, and declarations: the sum of numbers in [`needs`](crate::needs).
    const NEEDS: u32 = 0;

    /// Makes the translator of a volume. An `Err` refuses the start, with the reason.
    fn init(volume: Volume<Self>) -> Result<Self, String>;

    /// Ends the translator.
    fn fini(&mut self) {}

    /// An event, such as `CHILD_UP`, and the child that it is about.
    fn notify(&mut self, event: &str, child: Option<&'static Child>) {
        let _ = (event, child);
    }

    /// A client disconnects. Its note is dropped when its last request has ended.
    fn client_disconnect(&mut self, client: &Client) {
        let _ = client;
    }

    /// A fop has made this name: called before its reply goes up.
    fn entry_created(&mut self, loc: &Loc) {
        let _ = loc;
    }

    /// A fop has removed this name: called before its reply goes up.
    fn entry_removed(&mut self, loc: &Loc) {
        let _ = loc;
    }

    /// Options have changed: [`Volume::get`] reads the new values.
    fn reconfigure(&mut self) {}

    /// Gets the state of the code before a reload.
    fn load_state(&mut self, state: &Dict) {
        let _ = state;
    }

    /// Adds to the volume's statedump.
    fn statedump(&mut self, dump: &mut Dict<'static>) {
        let _ = dump;
    }

    /// Hands state to the code after a reload.
    fn dump_state(&mut self, state: &mut Dict<'static>) {
        let _ = state;
    }

    /// Every fop that has no method of its own.
    fn any_fop(&mut self, frame: &mut Frame<Self>, it: fop::Any) -> Answer {
        Ok(frame.tail(it))
    }

    /// Every reply that has no callback of its own.
    fn any_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Any) -> Answer {
        Ok(frame.unwind(reply))
    }

    /// Every interrupted request whose fop has no cancel method of its own.
    fn any_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads the attributes of an object. Asked by: stat(2) and the like, when the kernel's
    /// cached attributes have expired.
    fn stat(&mut self, frame: &mut Frame<Self>, it: fop::Stat) -> Answer {
        Ok(frame.tail(it))
    }
    /// buf is the result of stat(2), and the kernel caches it for the attribute timeout.
    fn stat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Stat) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a stat is interrupted.
    fn stat_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads the target of a symbolic link. Asked by: readlink(2), and every path that leads
    /// through the link.
    fn readlink(&mut self, frame: &mut Frame<Self>, it: fop::Readlink) -> Answer {
        Ok(frame.tail(it))
    }
    /// op_ret is the length of path in bytes.
    fn readlink_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readlink) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a readlink is interrupted.
    fn readlink_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Makes a regular file, device, FIFO or socket without opening it. Asked by: mknod(2),
    /// mkfifo(3), bind(2) of a local socket.
    fn mknod(&mut self, frame: &mut Frame<Self>, it: fop::Mknod) -> Answer {
        Ok(frame.tail(it))
    }
    /// The kernel links the inode under the name and caches buf for a while.
    fn mknod_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Mknod) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a mknod is interrupted.
    fn mknod_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Makes a directory. Asked by: mkdir(2).
    fn mkdir(&mut self, frame: &mut Frame<Self>, it: fop::Mkdir) -> Answer {
        Ok(frame.tail(it))
    }
    /// The kernel links the inode under the name and caches buf for a while.
    fn mkdir_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Mkdir) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a mkdir is interrupted.
    fn mkdir_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Removes a name of a file; the file is deleted with its last name and last open fd. Asked
    /// by: unlink(2).
    fn unlink(&mut self, frame: &mut Frame<Self>, it: fop::Unlink) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes of the directory; the kernel forgets the name.
    fn unlink_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Unlink) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a unlink is interrupted.
    fn unlink_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Removes an empty directory; ENOTEMPTY for any other. Asked by: rmdir(2).
    fn rmdir(&mut self, frame: &mut Frame<Self>, it: fop::Rmdir) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes of the parent directory; the kernel forgets the name.
    fn rmdir_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Rmdir) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a rmdir is interrupted.
    fn rmdir_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Makes a symbolic link. Asked by: symlink(2).
    fn symlink(&mut self, frame: &mut Frame<Self>, it: fop::Symlink) -> Answer {
        Ok(frame.tail(it))
    }
    /// The kernel links the inode under the name and caches buf for a while.
    fn symlink_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Symlink) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a symlink is interrupted.
    fn symlink_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Renames an object atomically, and replaces an object of the new name. Asked by: rename(2);
    /// the flags of renameat2(2) come in xdata.
    fn rename(&mut self, frame: &mut Frame<Self>, it: fop::Rename) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes of the object and of both directories, before and after.
    fn rename_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Rename) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a rename is interrupted.
    fn rename_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Adds a name to a file. Asked by: link(2).
    fn link(&mut self, frame: &mut Frame<Self>, it: fop::Link) -> Answer {
        Ok(frame.tail(it))
    }
    /// The kernel links the inode under the name and caches buf for a while.
    fn link_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Link) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a link is interrupted.
    fn link_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Sets the size of a file, by name. Asked by: truncate(2).
    fn truncate(&mut self, frame: &mut Frame<Self>, it: fop::Truncate) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn truncate_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Truncate) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a truncate is interrupted.
    fn truncate_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Opens a file. Asked by: open(2) of an existing file; ftruncate follows for O_TRUNC.
    fn open(&mut self, frame: &mut Frame<Self>, it: fop::Open) -> Answer {
        Ok(frame.tail(it))
    }
    /// fd, unchanged. Reads and writes then carry it, until `release`.
    fn open_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Open) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a open is interrupted.
    fn open_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads data. Asked by: read(2), pread(2), mmap(2), execve(2); the kernel reads whole pages,
    /// and ahead.
    fn readv(&mut self, frame: &mut Frame<Self>, it: fop::Readv) -> Answer {
        Ok(frame.tail(it))
    }
    /// op_ret is the number of bytes in vector. Fewer than size means that the file ends there,
    /// and the kernel shows the rest as zeros or as the end.
    fn readv_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readv) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a readv is interrupted.
    fn readv_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Writes data. Asked by: write(2), pwrite(2), and written pages of mmap(2); with
    /// `glossa.kill-priv` in xdata the file loses set-user-id and the like.
    fn writev(&mut self, frame: &mut Frame<Self>, it: fop::Writev) -> Answer {
        Ok(frame.tail(it))
    }
    /// op_ret is the number of bytes written: fewer than given is a short write. Attributes
    /// before and after; the kernel takes size and times from those after.
    fn writev_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Writev) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a writev is interrupted.
    fn writev_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads the size and the free space of the storage. Asked by: statfs(2), statvfs(3), df.
    fn statfs(&mut self, frame: &mut Frame<Self>, it: fop::Statfs) -> Answer {
        Ok(frame.tail(it))
    }
    /// buf is the result of statvfs(3).
    fn statfs_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Statfs) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a statfs is interrupted.
    fn statfs_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reports the close of one descriptor; others of the file may stay open. Asked by: every
    /// close(2), also at the end of a process.
    fn flush(&mut self, frame: &mut Frame<Self>, it: fop::Flush) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only. close(2) returns an error.
    fn flush_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Flush) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a flush is interrupted.
    fn flush_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Flushes written data to stable storage. Asked by: fsync(2), fdatasync(2), O_SYNC.
    fn fsync(&mut self, frame: &mut Frame<Self>, it: fop::Fsync) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn fsync_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fsync) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fsync is interrupted.
    fn fsync_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Sets extended attributes. Asked by: setxattr(2).
    fn setxattr(&mut self, frame: &mut Frame<Self>, it: fop::Setxattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only.
    fn setxattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Setxattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a setxattr is interrupted.
    fn setxattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads one or all extended attributes; ENODATA for an absent name. Asked by: getxattr(2),
    /// listxattr(2).
    fn getxattr(&mut self, frame: &mut Frame<Self>, it: fop::Getxattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// dict has the value under the name, or all names with their values.
    fn getxattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Getxattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a getxattr is interrupted.
    fn getxattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Removes an extended attribute; ENODATA for an absent name. Asked by: removexattr(2).
    fn removexattr(&mut self, frame: &mut Frame<Self>, it: fop::Removexattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only.
    fn removexattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Removexattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a removexattr is interrupted.
    fn removexattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Opens a directory. Asked by: opendir(3).
    fn opendir(&mut self, frame: &mut Frame<Self>, it: fop::Opendir) -> Answer {
        Ok(frame.tail(it))
    }
    /// fd, unchanged; valid until `releasedir`.
    fn opendir_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Opendir) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a opendir is interrupted.
    fn opendir_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Flushes the names of a directory to stable storage. Asked by: fsync(2) of a directory;
    /// syncfs(2), as that of the root with glossa.sync-volume in xdata.
    fn fsyncdir(&mut self, frame: &mut Frame<Self>, it: fop::Fsyncdir) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only.
    fn fsyncdir_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fsyncdir) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fsyncdir is interrupted.
    fn fsyncdir_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Checks the caller's rights to an object. Asked by: access(2), chdir(2).
    fn access(&mut self, frame: &mut Frame<Self>, it: fop::Access) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only. EACCES is the usual refusal.
    fn access_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Access) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a access is interrupted.
    fn access_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Makes and opens a file atomically. Asked by: open(2) with O_CREAT of a name that the
    /// kernel does not know.
    fn create(&mut self, frame: &mut Frame<Self>, it: fop::Create) -> Answer {
        Ok(frame.tail(it))
    }
    /// fd, unchanged. The kernel links the inode under the name and caches buf for a while.
    /// EEXIST with O_EXCL for an existing name.
    fn create_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Create) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a create is interrupted.
    fn create_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Sets the size of an open file. Asked by: ftruncate(2), and open(2) with O_TRUNC, after
    /// open.
    fn ftruncate(&mut self, frame: &mut Frame<Self>, it: fop::Ftruncate) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn ftruncate_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Ftruncate) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a ftruncate is interrupted.
    fn ftruncate_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads the attributes of an open file. Asked by: fstat(2), when the kernel's cached
    /// attributes have expired.
    fn fstat(&mut self, frame: &mut Frame<Self>, it: fop::Fstat) -> Answer {
        Ok(frame.tail(it))
    }
    /// buf is the result of fstat(2).
    fn fstat_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fstat) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fstat is interrupted.
    fn fstat_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Sets, removes or tests a lock of an application. With glossa.flock in xdata it is a lock
    /// of flock(2), independent of record locks. Asked by: fcntl(2) locks and flock(2).
    fn lk(&mut self, frame: &mut Frame<Self>, it: fop::Lk) -> Answer {
        Ok(frame.tail(it))
    }
    /// flock: for F_GETLK the conflicting lock, or type unlock without one. EAGAIN for a conflict
    /// when cmd does not wait; EDEADLK when it would wait for ever.
    fn lk_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Lk) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a lk is interrupted.
    fn lk_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Finds an object by its name in a directory, or checks that it still exists. Asked by:
    /// every path of every system call, for each part that the kernel does not know.
    fn lookup(&mut self, frame: &mut Frame<Self>, it: fop::Lookup) -> Answer {
        Ok(frame.tail(it))
    }
    /// inode and buf, whose ia_gfid and ia_type identify the object; the kernel caches name and
    /// attributes for their timeouts. ENOENT for an absent name.
    fn lookup_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Lookup) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a lookup is interrupted.
    fn lookup_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Lists names of a directory. Asked by: readdir(3).
    fn readdir(&mut self, frame: &mut Frame<Self>, it: fop::Readdir) -> Answer {
        Ok(frame.tail(it))
    }
    /// op_ret is the number of entries; 0 is the end of the directory.
    fn readdir_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readdir) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a readdir is interrupted.
    fn readdir_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Locks a range of an inode among translators, independent of applications' locks. Asked by:
    /// other translators (replication, healing).
    fn inodelk(&mut self, frame: &mut Frame<Self>, it: fop::Inodelk) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only. EAGAIN for a conflict when cmd does not wait.
    fn inodelk_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Inodelk) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a inodelk is interrupted.
    fn inodelk_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// As inodelk, of an open file. Asked by: other translators.
    fn finodelk(&mut self, frame: &mut Frame<Self>, it: fop::Finodelk) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only. EAGAIN for a conflict when cmd does not wait.
    fn finodelk_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Finodelk) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a finodelk is interrupted.
    fn finodelk_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Locks a name of a directory, among translators. Asked by: other translators (replication,
    /// healing).
    fn entrylk(&mut self, frame: &mut Frame<Self>, it: fop::Entrylk) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only. EAGAIN for a conflict when cmd does not wait.
    fn entrylk_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Entrylk) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a entrylk is interrupted.
    fn entrylk_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// As entrylk, of an open directory. Asked by: other translators.
    fn fentrylk(&mut self, frame: &mut Frame<Self>, it: fop::Fentrylk) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only. EAGAIN for a conflict when cmd does not wait.
    fn fentrylk_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fentrylk) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fentrylk is interrupted.
    fn fentrylk_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Changes numbers in extended attributes atomically (arrays, big-endian). Asked by: other
    /// translators (counters of replication and quota).
    fn xattrop(&mut self, frame: &mut Frame<Self>, it: fop::Xattrop) -> Answer {
        Ok(frame.tail(it))
    }
    /// dict has the values after the change; before it, for get and set.
    fn xattrop_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Xattrop) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a xattrop is interrupted.
    fn xattrop_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// As xattrop, of an open file. Asked by: other translators.
    fn fxattrop(&mut self, frame: &mut Frame<Self>, it: fop::Fxattrop) -> Answer {
        Ok(frame.tail(it))
    }
    /// dict has the values after the change; before it, for get and set.
    fn fxattrop_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fxattrop) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fxattrop is interrupted.
    fn fxattrop_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// As getxattr, of an open file. Asked by: fgetxattr(2), flistxattr(2); lsattr(1), for an
    /// attribute of its own.
    fn fgetxattr(&mut self, frame: &mut Frame<Self>, it: fop::Fgetxattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// dict has the value under the name, or all names with their values.
    fn fgetxattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fgetxattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fgetxattr is interrupted.
    fn fgetxattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// As setxattr, of an open file. Asked by: fsetxattr(2); chattr(1), for an attribute of its
    /// own.
    fn fsetxattr(&mut self, frame: &mut Frame<Self>, it: fop::Fsetxattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only.
    fn fsetxattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fsetxattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fsetxattr is interrupted.
    fn fsetxattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Computes checksums of a range of a file. Asked by: other translators (healing).
    fn rchecksum(&mut self, frame: &mut Frame<Self>, it: fop::Rchecksum) -> Answer {
        Ok(frame.tail(it))
    }
    /// A rolling checksum and a strong one of the same bytes.
    fn rchecksum_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Rchecksum) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a rchecksum is interrupted.
    fn rchecksum_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Changes mode, owner or times. (truncate sets the size.) Asked by: chmod(2), chown(2),
    /// utimensat(2).
    fn setattr(&mut self, frame: &mut Frame<Self>, it: fop::Setattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn setattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Setattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a setattr is interrupted.
    fn setattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// As setattr, of an open file. Asked by: fchmod(2), fchown(2), futimens(3).
    fn fsetattr(&mut self, frame: &mut Frame<Self>, it: fop::Fsetattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn fsetattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fsetattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fsetattr is interrupted.
    fn fsetattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Lists names of a directory, with inode and attributes of each. Asked by: readdir(3), when
    /// the kernel expects a stat of each name to follow (ls -l).
    fn readdirp(&mut self, frame: &mut Frame<Self>, it: fop::Readdirp) -> Answer {
        Ok(frame.tail(it))
    }
    /// op_ret is the number of entries; 0 is the end. An entry with inode and stat saves its
    /// lookup.
    fn readdirp_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Readdirp) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a readdirp is interrupted.
    fn readdirp_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads the text of a volfile. Asked by: clients of a server, never a mount.
    fn getspec(&mut self, frame: &mut Frame<Self>, it: fop::Getspec) -> Answer {
        Ok(frame.tail(it))
    }
    /// op_ret is the length of spec.
    fn getspec_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Getspec) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a getspec is interrupted.
    fn getspec_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// As removexattr, of an open file. Asked by: fremovexattr(2).
    fn fremovexattr(&mut self, frame: &mut Frame<Self>, it: fop::Fremovexattr) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only.
    fn fremovexattr_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fremovexattr) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fremovexattr is interrupted.
    fn fremovexattr_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Allocates space for a range. Asked by: fallocate(2), posix_fallocate(3).
    fn fallocate(&mut self, frame: &mut Frame<Self>, it: fop::Fallocate) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn fallocate_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Fallocate) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a fallocate is interrupted.
    fn fallocate_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Makes a hole: the range reads as zeros, and its space is freed. Asked by: fallocate(2)
    /// with FALLOC_FL_PUNCH_HOLE.
    fn discard(&mut self, frame: &mut Frame<Self>, it: fop::Discard) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn discard_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Discard) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a discard is interrupted.
    fn discard_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Writes zeros over a range. Asked by: fallocate(2) with FALLOC_FL_ZERO_RANGE, and other
    /// programs of the same graph.
    fn zerofill(&mut self, frame: &mut Frame<Self>, it: fop::Zerofill) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes before and after; the kernel takes size and times from those after.
    fn zerofill_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Zerofill) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a zerofill is interrupted.
    fn zerofill_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Carries a message between translators. Asked by: other translators.
    fn ipc(&mut self, frame: &mut Frame<Self>, it: fop::Ipc) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only.
    fn ipc_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Ipc) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a ipc is interrupted.
    fn ipc_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Finds the next data or the next hole. Asked by: lseek(2) with SEEK_DATA or SEEK_HOLE;
    /// ENXIO at or behind the end.
    fn seek(&mut self, frame: &mut Frame<Self>, it: fop::Seek) -> Answer {
        Ok(frame.tail(it))
    }
    /// offset is its start, in bytes.
    fn seek_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Seek) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a seek is interrupted.
    fn seek_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Takes, queries or returns a lease. Asked by: other programs of the same graph.
    fn lease(&mut self, frame: &mut Frame<Self>, it: fop::Lease) -> Answer {
        Ok(frame.tail(it))
    }
    /// lease is the held lease.
    fn lease_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Lease) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a lease is interrupted.
    fn lease_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Reads all record locks of a file. Asked by: other translators, before they move it.
    fn getactivelk(&mut self, frame: &mut Frame<Self>, it: fop::Getactivelk) -> Answer {
        Ok(frame.tail(it))
    }
    /// locklist has the locks.
    fn getactivelk_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Getactivelk) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a getactivelk is interrupted.
    fn getactivelk_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Sets the record locks of a file that was moved. Asked by: other translators, after they
    /// moved it.
    fn setactivelk(&mut self, frame: &mut Frame<Self>, it: fop::Setactivelk) -> Answer {
        Ok(frame.tail(it))
    }
    /// Success only.
    fn setactivelk_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Setactivelk) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a setactivelk is interrupted.
    fn setactivelk_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Makes a file with data and extended attributes atomically. Asked by: other programs of the
    /// same graph.
    fn put(&mut self, frame: &mut Frame<Self>, it: fop::Put) -> Answer {
        Ok(frame.tail(it))
    }
    /// The kernel links the inode under the name and caches buf for a while.
    fn put_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Put) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a put is interrupted.
    fn put_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Makes a file without a name; loc has its directory, and no name. Asked by: open(2) with
    /// O_TMPFILE; open follows, and a link may give it a name.
    fn icreate(&mut self, frame: &mut Frame<Self>, it: fop::Icreate) -> Answer {
        Ok(frame.tail(it))
    }
    /// The inode and its attributes.
    fn icreate_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Icreate) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a icreate is interrupted.
    fn icreate_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Names an inode without a name. Asked by: other translators.
    fn namelink(&mut self, frame: &mut Frame<Self>, it: fop::Namelink) -> Answer {
        Ok(frame.tail(it))
    }
    /// Attributes of the directory.
    fn namelink_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::Namelink) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a namelink is interrupted.
    fn namelink_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }

    /// Copies from one open file to another inside the storage. Asked by: copy_file_range(2), cp.
    fn copy_file_range(&mut self, frame: &mut Frame<Self>, it: fop::CopyFileRange) -> Answer {
        Ok(frame.tail(it))
    }
    /// op_ret is the number of bytes copied.
    fn copy_file_range_cbk(&mut self, frame: &mut Frame<Self>, reply: reply::CopyFileRange) -> Answer {
        Ok(frame.unwind(reply))
    }
    /// The caller of a copy_file_range is interrupted.
    fn copy_file_range_cancel(&mut self, frame: &mut Frame<Self>) -> Answer {
        Ok(frame.later())
    }
}

/// The place of a translator's state, which [`translator!`](crate::translator) makes.
pub trait Home: Sized {
    #[doc(hidden)]
    fn state() -> &'static State<Self>
    where
        Self: Translator;
}

/// The hooks, in the order of the host.
pub(crate) const HOOKS: &[&str] = &[
    "fini",
    "notify",
    "client_disconnect",
    "entry_created",
    "entry_removed",
    "reconfigure",
    "load_state",
    "statedump",
    "dump_state",
];
