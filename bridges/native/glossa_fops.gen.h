/*
 * Generated from runtime/core/fops.ts by tools/gen/native.ts (npm run gen). Do not edit.
 *
 * For every fop, the types of its function and its callback, and
 *
 *   wind_<fop>(frame, cookie, cbk, child, arguments…)    pass it down; cbk sees the reply
 *   tail_<fop>(frame, child, arguments…)                 pass it down for good: no callback
 *   unwind_<fop>(frame, op_ret, op_errno, reply…)        answer it
 *
 * Include glossa.h, which includes this file.
 */
#ifndef GLOSSA_FOPS_GEN_H
#define GLOSSA_FOPS_GEN_H

/* Result codes of functions (bridges/host/guest.ts), which are also states of a frame. */
enum {
    GLOSSA_NOTHING = 0,
    GLOSSA_WIND = 1,
    GLOSSA_TAIL = 2,
    GLOSSA_FAILED = 3,
    GLOSSA_LATER = 4,
    GLOSSA_ANSWERED = 5,
    GLOSSA_SAME = 16,
};

/* Keys of a reply's xdata (runtime/core/xdata.ts): seconds for which the kernel may cache it. */
#define GLOSSA_ENTRY_TIMEOUT "glossa.entry-timeout"
#define GLOSSA_ATTRIBUTE_TIMEOUT "glossa.attribute-timeout"
#define GLOSSA_NEGATIVE_TIMEOUT "glossa.negative-timeout"

/* Defines the types and functions of one fop from the lists of its arguments. */
#define GLOSSA_DEFINE_FOP(name, number)                                                           \
    typedef void (*glossa_##name##_t)(glossa_frame_t *frame, xlator_t *xl, GLOSSA_PARAMS_##name); \
    typedef void (*glossa_##name##_cbk_t)(glossa_frame_t *frame, void *cookie, xlator_t *xl,      \
                                          int64_t op_ret, int32_t op_errno,                       \
                                          GLOSSA_REPLY_PARAMS_##name);                            \
    static inline void glossa_wind_##name(const struct glossa_place *at, glossa_frame_t *frame,   \
                                          void *cookie, glossa_##name##_cbk_t cbk,                \
                                          const child_t *child, GLOSSA_PARAMS_##name)             \
    {                                                                                             \
        const glossa_value_t values[] = {GLOSSA_VALUES_##name};                                   \
        glossa_wind(at, frame, number, cookie, (glossa_function_t)cbk, child, values);            \
    }                                                                                             \
    static inline void glossa_tail_##name(const struct glossa_place *at, glossa_frame_t *frame,   \
                                          const child_t *child, GLOSSA_PARAMS_##name)             \
    {                                                                                             \
        const glossa_value_t values[] = {GLOSSA_VALUES_##name};                                   \
        glossa_tail(at, frame, number, child, values);                                            \
    }                                                                                             \
    static inline void glossa_unwind_##name(const struct glossa_place *at, glossa_frame_t *frame, \
                                            int64_t op_ret, int32_t op_errno,                     \
                                            GLOSSA_REPLY_PARAMS_##name)                           \
    {                                                                                             \
        const glossa_value_t values[] = {GLOSSA_REPLY_VALUES_##name};                             \
        glossa_unwind(at, frame, number, op_ret, op_errno, values);                               \
    }

/* Defines the functions that call the module's own function of a fop. */
#define GLOSSA_DEFINE_CALLS(name)                                                                 \
    static inline void glossa_call_##name(glossa_function_t f, glossa_frame_t *frame,             \
                                          xlator_t *xl, const glossa_value_t *v)                  \
    {                                                                                             \
        ((glossa_##name##_t)f)(frame, xl, GLOSSA_CASTS_##name(v));                                \
    }                                                                                             \
    static inline void glossa_back_##name(glossa_function_t f, glossa_frame_t *frame,             \
                                          void *cookie, xlator_t *xl, int64_t op_ret,             \
                                          int32_t op_errno, const glossa_value_t *v)              \
    {                                                                                             \
        ((glossa_##name##_cbk_t)f)(frame, cookie, xl, op_ret, op_errno,                           \
                                   GLOSSA_REPLY_CASTS_##name(v));                                 \
    }

/* X(name) for every fop. */
#define GLOSSA_EACH_FOP(X) \
    X(stat) \
    X(readlink) \
    X(mknod) \
    X(mkdir) \
    X(unlink) \
    X(rmdir) \
    X(symlink) \
    X(rename) \
    X(link) \
    X(truncate) \
    X(open) \
    X(readv) \
    X(writev) \
    X(statfs) \
    X(flush) \
    X(fsync) \
    X(setxattr) \
    X(getxattr) \
    X(removexattr) \
    X(opendir) \
    X(fsyncdir) \
    X(access) \
    X(create) \
    X(ftruncate) \
    X(fstat) \
    X(lk) \
    X(lookup) \
    X(readdir) \
    X(inodelk) \
    X(finodelk) \
    X(entrylk) \
    X(fentrylk) \
    X(xattrop) \
    X(fxattrop) \
    X(fgetxattr) \
    X(fsetxattr) \
    X(rchecksum) \
    X(setattr) \
    X(fsetattr) \
    X(readdirp) \
    X(getspec) \
    X(fremovexattr) \
    X(fallocate) \
    X(discard) \
    X(zerofill) \
    X(ipc) \
    X(seek) \
    X(lease) \
    X(getactivelk) \
    X(setactivelk) \
    X(put) \
    X(icreate) \
    X(namelink) \
    X(copy_file_range)

#define GLOSSA_PARAMS_stat const loc_t *loc, dict_t *xdata
#define GLOSSA_ARGS_stat loc, xdata
#define GLOSSA_VALUES_stat {.pointer = loc}, {.pointer = xdata}
#define GLOSSA_CASTS_stat(v) v[0].pointer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_stat const struct iatt *buf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_stat buf, xdata
#define GLOSSA_REPLY_VALUES_stat {.pointer = buf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_stat(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(stat, 1)
#define wind_stat(...) glossa_wind_stat(GLOSSA_HERE, __VA_ARGS__)
#define tail_stat(...) glossa_tail_stat(GLOSSA_HERE, __VA_ARGS__)
#define unwind_stat(...) glossa_unwind_stat(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_readlink const loc_t *loc, int64_t size, dict_t *xdata
#define GLOSSA_ARGS_readlink loc, size, xdata
#define GLOSSA_VALUES_readlink {.pointer = loc}, {.integer = size}, {.pointer = xdata}
#define GLOSSA_CASTS_readlink(v) v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_readlink const char *path, const struct iatt *buf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_readlink path, buf, xdata
#define GLOSSA_REPLY_VALUES_readlink {.pointer = path}, {.pointer = buf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_readlink(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(readlink, 2)
#define wind_readlink(...) glossa_wind_readlink(GLOSSA_HERE, __VA_ARGS__)
#define tail_readlink(...) glossa_tail_readlink(GLOSSA_HERE, __VA_ARGS__)
#define unwind_readlink(...) glossa_unwind_readlink(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_mknod const loc_t *loc, int64_t mode, int64_t rdev, int64_t umask, dict_t *xdata
#define GLOSSA_ARGS_mknod loc, mode, rdev, umask, xdata
#define GLOSSA_VALUES_mknod {.pointer = loc}, {.integer = mode}, {.integer = rdev}, {.integer = umask}, {.pointer = xdata}
#define GLOSSA_CASTS_mknod(v) v[0].pointer, v[1].integer, v[2].integer, v[3].integer, (dict_t *)v[4].pointer
#define GLOSSA_REPLY_PARAMS_mknod inode_t *inode, const struct iatt *buf, const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_mknod inode, buf, preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_mknod {.pointer = inode}, {.pointer = buf}, {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_mknod(v) (inode_t *)v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, (dict_t *)v[4].pointer
GLOSSA_DEFINE_FOP(mknod, 3)
#define wind_mknod(...) glossa_wind_mknod(GLOSSA_HERE, __VA_ARGS__)
#define tail_mknod(...) glossa_tail_mknod(GLOSSA_HERE, __VA_ARGS__)
#define unwind_mknod(...) glossa_unwind_mknod(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_mkdir const loc_t *loc, int64_t mode, int64_t umask, dict_t *xdata
#define GLOSSA_ARGS_mkdir loc, mode, umask, xdata
#define GLOSSA_VALUES_mkdir {.pointer = loc}, {.integer = mode}, {.integer = umask}, {.pointer = xdata}
#define GLOSSA_CASTS_mkdir(v) v[0].pointer, v[1].integer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_mkdir inode_t *inode, const struct iatt *buf, const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_mkdir inode, buf, preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_mkdir {.pointer = inode}, {.pointer = buf}, {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_mkdir(v) (inode_t *)v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, (dict_t *)v[4].pointer
GLOSSA_DEFINE_FOP(mkdir, 4)
#define wind_mkdir(...) glossa_wind_mkdir(GLOSSA_HERE, __VA_ARGS__)
#define tail_mkdir(...) glossa_tail_mkdir(GLOSSA_HERE, __VA_ARGS__)
#define unwind_mkdir(...) glossa_unwind_mkdir(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_unlink const loc_t *loc, int64_t xflag, dict_t *xdata
#define GLOSSA_ARGS_unlink loc, xflag, xdata
#define GLOSSA_VALUES_unlink {.pointer = loc}, {.integer = xflag}, {.pointer = xdata}
#define GLOSSA_CASTS_unlink(v) v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_unlink const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_unlink preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_unlink {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_unlink(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(unlink, 5)
#define wind_unlink(...) glossa_wind_unlink(GLOSSA_HERE, __VA_ARGS__)
#define tail_unlink(...) glossa_tail_unlink(GLOSSA_HERE, __VA_ARGS__)
#define unwind_unlink(...) glossa_unwind_unlink(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_rmdir const loc_t *loc, int64_t flags, dict_t *xdata
#define GLOSSA_ARGS_rmdir loc, flags, xdata
#define GLOSSA_VALUES_rmdir {.pointer = loc}, {.integer = flags}, {.pointer = xdata}
#define GLOSSA_CASTS_rmdir(v) v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_rmdir const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_rmdir preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_rmdir {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_rmdir(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(rmdir, 6)
#define wind_rmdir(...) glossa_wind_rmdir(GLOSSA_HERE, __VA_ARGS__)
#define tail_rmdir(...) glossa_tail_rmdir(GLOSSA_HERE, __VA_ARGS__)
#define unwind_rmdir(...) glossa_unwind_rmdir(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_symlink const char *linkpath, const loc_t *loc, int64_t umask, dict_t *xdata
#define GLOSSA_ARGS_symlink linkpath, loc, umask, xdata
#define GLOSSA_VALUES_symlink {.pointer = linkpath}, {.pointer = loc}, {.integer = umask}, {.pointer = xdata}
#define GLOSSA_CASTS_symlink(v) v[0].pointer, v[1].pointer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_symlink inode_t *inode, const struct iatt *buf, const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_symlink inode, buf, preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_symlink {.pointer = inode}, {.pointer = buf}, {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_symlink(v) (inode_t *)v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, (dict_t *)v[4].pointer
GLOSSA_DEFINE_FOP(symlink, 7)
#define wind_symlink(...) glossa_wind_symlink(GLOSSA_HERE, __VA_ARGS__)
#define tail_symlink(...) glossa_tail_symlink(GLOSSA_HERE, __VA_ARGS__)
#define unwind_symlink(...) glossa_unwind_symlink(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_rename const loc_t *oldloc, const loc_t *newloc, dict_t *xdata
#define GLOSSA_ARGS_rename oldloc, newloc, xdata
#define GLOSSA_VALUES_rename {.pointer = oldloc}, {.pointer = newloc}, {.pointer = xdata}
#define GLOSSA_CASTS_rename(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_rename const struct iatt *buf, const struct iatt *preoldparent, const struct iatt *postoldparent, const struct iatt *prenewparent, const struct iatt *postnewparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_rename buf, preoldparent, postoldparent, prenewparent, postnewparent, xdata
#define GLOSSA_REPLY_VALUES_rename {.pointer = buf}, {.pointer = preoldparent}, {.pointer = postoldparent}, {.pointer = prenewparent}, {.pointer = postnewparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_rename(v) v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, v[4].pointer, (dict_t *)v[5].pointer
GLOSSA_DEFINE_FOP(rename, 8)
#define wind_rename(...) glossa_wind_rename(GLOSSA_HERE, __VA_ARGS__)
#define tail_rename(...) glossa_tail_rename(GLOSSA_HERE, __VA_ARGS__)
#define unwind_rename(...) glossa_unwind_rename(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_link const loc_t *oldloc, const loc_t *newloc, dict_t *xdata
#define GLOSSA_ARGS_link oldloc, newloc, xdata
#define GLOSSA_VALUES_link {.pointer = oldloc}, {.pointer = newloc}, {.pointer = xdata}
#define GLOSSA_CASTS_link(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_link inode_t *inode, const struct iatt *buf, const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_link inode, buf, preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_link {.pointer = inode}, {.pointer = buf}, {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_link(v) (inode_t *)v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, (dict_t *)v[4].pointer
GLOSSA_DEFINE_FOP(link, 9)
#define wind_link(...) glossa_wind_link(GLOSSA_HERE, __VA_ARGS__)
#define tail_link(...) glossa_tail_link(GLOSSA_HERE, __VA_ARGS__)
#define unwind_link(...) glossa_unwind_link(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_truncate const loc_t *loc, int64_t offset, dict_t *xdata
#define GLOSSA_ARGS_truncate loc, offset, xdata
#define GLOSSA_VALUES_truncate {.pointer = loc}, {.integer = offset}, {.pointer = xdata}
#define GLOSSA_CASTS_truncate(v) v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_truncate const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_truncate prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_truncate {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_truncate(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(truncate, 10)
#define wind_truncate(...) glossa_wind_truncate(GLOSSA_HERE, __VA_ARGS__)
#define tail_truncate(...) glossa_tail_truncate(GLOSSA_HERE, __VA_ARGS__)
#define unwind_truncate(...) glossa_unwind_truncate(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_open const loc_t *loc, int64_t flags, fd_t *fd, dict_t *xdata
#define GLOSSA_ARGS_open loc, flags, fd, xdata
#define GLOSSA_VALUES_open {.pointer = loc}, {.integer = flags}, {.pointer = fd}, {.pointer = xdata}
#define GLOSSA_CASTS_open(v) v[0].pointer, v[1].integer, (fd_t *)v[2].pointer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_open fd_t *fd, dict_t *xdata
#define GLOSSA_REPLY_ARGS_open fd, xdata
#define GLOSSA_REPLY_VALUES_open {.pointer = fd}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_open(v) (fd_t *)v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(open, 11)
#define wind_open(...) glossa_wind_open(GLOSSA_HERE, __VA_ARGS__)
#define tail_open(...) glossa_tail_open(GLOSSA_HERE, __VA_ARGS__)
#define unwind_open(...) glossa_unwind_open(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_readv fd_t *fd, int64_t size, int64_t offset, int64_t flags, dict_t *xdata
#define GLOSSA_ARGS_readv fd, size, offset, flags, xdata
#define GLOSSA_VALUES_readv {.pointer = fd}, {.integer = size}, {.integer = offset}, {.integer = flags}, {.pointer = xdata}
#define GLOSSA_CASTS_readv(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, v[3].integer, (dict_t *)v[4].pointer
#define GLOSSA_REPLY_PARAMS_readv const data_t *vector, const struct iatt *stbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_readv vector, stbuf, xdata
#define GLOSSA_REPLY_VALUES_readv {.pointer = vector}, {.pointer = stbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_readv(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(readv, 12)
#define wind_readv(...) glossa_wind_readv(GLOSSA_HERE, __VA_ARGS__)
#define tail_readv(...) glossa_tail_readv(GLOSSA_HERE, __VA_ARGS__)
#define unwind_readv(...) glossa_unwind_readv(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_writev fd_t *fd, const data_t *vector, int64_t offset, int64_t flags, dict_t *xdata
#define GLOSSA_ARGS_writev fd, vector, offset, flags, xdata
#define GLOSSA_VALUES_writev {.pointer = fd}, {.pointer = vector}, {.integer = offset}, {.integer = flags}, {.pointer = xdata}
#define GLOSSA_CASTS_writev(v) (fd_t *)v[0].pointer, v[1].pointer, v[2].integer, v[3].integer, (dict_t *)v[4].pointer
#define GLOSSA_REPLY_PARAMS_writev const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_writev prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_writev {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_writev(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(writev, 13)
#define wind_writev(...) glossa_wind_writev(GLOSSA_HERE, __VA_ARGS__)
#define tail_writev(...) glossa_tail_writev(GLOSSA_HERE, __VA_ARGS__)
#define unwind_writev(...) glossa_unwind_writev(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_statfs const loc_t *loc, dict_t *xdata
#define GLOSSA_ARGS_statfs loc, xdata
#define GLOSSA_VALUES_statfs {.pointer = loc}, {.pointer = xdata}
#define GLOSSA_CASTS_statfs(v) v[0].pointer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_statfs const statvfs_t *buf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_statfs buf, xdata
#define GLOSSA_REPLY_VALUES_statfs {.pointer = buf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_statfs(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(statfs, 14)
#define wind_statfs(...) glossa_wind_statfs(GLOSSA_HERE, __VA_ARGS__)
#define tail_statfs(...) glossa_tail_statfs(GLOSSA_HERE, __VA_ARGS__)
#define unwind_statfs(...) glossa_unwind_statfs(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_flush fd_t *fd, dict_t *xdata
#define GLOSSA_ARGS_flush fd, xdata
#define GLOSSA_VALUES_flush {.pointer = fd}, {.pointer = xdata}
#define GLOSSA_CASTS_flush(v) (fd_t *)v[0].pointer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_flush dict_t *xdata
#define GLOSSA_REPLY_ARGS_flush xdata
#define GLOSSA_REPLY_VALUES_flush {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_flush(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(flush, 15)
#define wind_flush(...) glossa_wind_flush(GLOSSA_HERE, __VA_ARGS__)
#define tail_flush(...) glossa_tail_flush(GLOSSA_HERE, __VA_ARGS__)
#define unwind_flush(...) glossa_unwind_flush(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fsync fd_t *fd, int64_t datasync, dict_t *xdata
#define GLOSSA_ARGS_fsync fd, datasync, xdata
#define GLOSSA_VALUES_fsync {.pointer = fd}, {.integer = datasync}, {.pointer = xdata}
#define GLOSSA_CASTS_fsync(v) (fd_t *)v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_fsync const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_fsync prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_fsync {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fsync(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(fsync, 16)
#define wind_fsync(...) glossa_wind_fsync(GLOSSA_HERE, __VA_ARGS__)
#define tail_fsync(...) glossa_tail_fsync(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fsync(...) glossa_unwind_fsync(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_setxattr const loc_t *loc, dict_t *dict, int64_t flags, dict_t *xdata
#define GLOSSA_ARGS_setxattr loc, dict, flags, xdata
#define GLOSSA_VALUES_setxattr {.pointer = loc}, {.pointer = dict}, {.integer = flags}, {.pointer = xdata}
#define GLOSSA_CASTS_setxattr(v) v[0].pointer, (dict_t *)v[1].pointer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_setxattr dict_t *xdata
#define GLOSSA_REPLY_ARGS_setxattr xdata
#define GLOSSA_REPLY_VALUES_setxattr {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_setxattr(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(setxattr, 17)
#define wind_setxattr(...) glossa_wind_setxattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_setxattr(...) glossa_tail_setxattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_setxattr(...) glossa_unwind_setxattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_getxattr const loc_t *loc, const char *name, dict_t *xdata
#define GLOSSA_ARGS_getxattr loc, name, xdata
#define GLOSSA_VALUES_getxattr {.pointer = loc}, {.pointer = name}, {.pointer = xdata}
#define GLOSSA_CASTS_getxattr(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_getxattr dict_t *dict, dict_t *xdata
#define GLOSSA_REPLY_ARGS_getxattr dict, xdata
#define GLOSSA_REPLY_VALUES_getxattr {.pointer = dict}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_getxattr(v) (dict_t *)v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(getxattr, 18)
#define wind_getxattr(...) glossa_wind_getxattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_getxattr(...) glossa_tail_getxattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_getxattr(...) glossa_unwind_getxattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_removexattr const loc_t *loc, const char *name, dict_t *xdata
#define GLOSSA_ARGS_removexattr loc, name, xdata
#define GLOSSA_VALUES_removexattr {.pointer = loc}, {.pointer = name}, {.pointer = xdata}
#define GLOSSA_CASTS_removexattr(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_removexattr dict_t *xdata
#define GLOSSA_REPLY_ARGS_removexattr xdata
#define GLOSSA_REPLY_VALUES_removexattr {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_removexattr(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(removexattr, 19)
#define wind_removexattr(...) glossa_wind_removexattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_removexattr(...) glossa_tail_removexattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_removexattr(...) glossa_unwind_removexattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_opendir const loc_t *loc, fd_t *fd, dict_t *xdata
#define GLOSSA_ARGS_opendir loc, fd, xdata
#define GLOSSA_VALUES_opendir {.pointer = loc}, {.pointer = fd}, {.pointer = xdata}
#define GLOSSA_CASTS_opendir(v) v[0].pointer, (fd_t *)v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_opendir fd_t *fd, dict_t *xdata
#define GLOSSA_REPLY_ARGS_opendir fd, xdata
#define GLOSSA_REPLY_VALUES_opendir {.pointer = fd}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_opendir(v) (fd_t *)v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(opendir, 20)
#define wind_opendir(...) glossa_wind_opendir(GLOSSA_HERE, __VA_ARGS__)
#define tail_opendir(...) glossa_tail_opendir(GLOSSA_HERE, __VA_ARGS__)
#define unwind_opendir(...) glossa_unwind_opendir(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fsyncdir fd_t *fd, int64_t datasync, dict_t *xdata
#define GLOSSA_ARGS_fsyncdir fd, datasync, xdata
#define GLOSSA_VALUES_fsyncdir {.pointer = fd}, {.integer = datasync}, {.pointer = xdata}
#define GLOSSA_CASTS_fsyncdir(v) (fd_t *)v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_fsyncdir dict_t *xdata
#define GLOSSA_REPLY_ARGS_fsyncdir xdata
#define GLOSSA_REPLY_VALUES_fsyncdir {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fsyncdir(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(fsyncdir, 21)
#define wind_fsyncdir(...) glossa_wind_fsyncdir(GLOSSA_HERE, __VA_ARGS__)
#define tail_fsyncdir(...) glossa_tail_fsyncdir(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fsyncdir(...) glossa_unwind_fsyncdir(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_access const loc_t *loc, int64_t mask, dict_t *xdata
#define GLOSSA_ARGS_access loc, mask, xdata
#define GLOSSA_VALUES_access {.pointer = loc}, {.integer = mask}, {.pointer = xdata}
#define GLOSSA_CASTS_access(v) v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_access dict_t *xdata
#define GLOSSA_REPLY_ARGS_access xdata
#define GLOSSA_REPLY_VALUES_access {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_access(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(access, 22)
#define wind_access(...) glossa_wind_access(GLOSSA_HERE, __VA_ARGS__)
#define tail_access(...) glossa_tail_access(GLOSSA_HERE, __VA_ARGS__)
#define unwind_access(...) glossa_unwind_access(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_create const loc_t *loc, int64_t flags, int64_t mode, int64_t umask, fd_t *fd, dict_t *xdata
#define GLOSSA_ARGS_create loc, flags, mode, umask, fd, xdata
#define GLOSSA_VALUES_create {.pointer = loc}, {.integer = flags}, {.integer = mode}, {.integer = umask}, {.pointer = fd}, {.pointer = xdata}
#define GLOSSA_CASTS_create(v) v[0].pointer, v[1].integer, v[2].integer, v[3].integer, (fd_t *)v[4].pointer, (dict_t *)v[5].pointer
#define GLOSSA_REPLY_PARAMS_create fd_t *fd, inode_t *inode, const struct iatt *buf, const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_create fd, inode, buf, preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_create {.pointer = fd}, {.pointer = inode}, {.pointer = buf}, {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_create(v) (fd_t *)v[0].pointer, (inode_t *)v[1].pointer, v[2].pointer, v[3].pointer, v[4].pointer, (dict_t *)v[5].pointer
GLOSSA_DEFINE_FOP(create, 23)
#define wind_create(...) glossa_wind_create(GLOSSA_HERE, __VA_ARGS__)
#define tail_create(...) glossa_tail_create(GLOSSA_HERE, __VA_ARGS__)
#define unwind_create(...) glossa_unwind_create(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_ftruncate fd_t *fd, int64_t offset, dict_t *xdata
#define GLOSSA_ARGS_ftruncate fd, offset, xdata
#define GLOSSA_VALUES_ftruncate {.pointer = fd}, {.integer = offset}, {.pointer = xdata}
#define GLOSSA_CASTS_ftruncate(v) (fd_t *)v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_ftruncate const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_ftruncate prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_ftruncate {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_ftruncate(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(ftruncate, 24)
#define wind_ftruncate(...) glossa_wind_ftruncate(GLOSSA_HERE, __VA_ARGS__)
#define tail_ftruncate(...) glossa_tail_ftruncate(GLOSSA_HERE, __VA_ARGS__)
#define unwind_ftruncate(...) glossa_unwind_ftruncate(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fstat fd_t *fd, dict_t *xdata
#define GLOSSA_ARGS_fstat fd, xdata
#define GLOSSA_VALUES_fstat {.pointer = fd}, {.pointer = xdata}
#define GLOSSA_CASTS_fstat(v) (fd_t *)v[0].pointer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_fstat const struct iatt *buf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_fstat buf, xdata
#define GLOSSA_REPLY_VALUES_fstat {.pointer = buf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fstat(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(fstat, 25)
#define wind_fstat(...) glossa_wind_fstat(GLOSSA_HERE, __VA_ARGS__)
#define tail_fstat(...) glossa_tail_fstat(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fstat(...) glossa_unwind_fstat(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_lk fd_t *fd, int64_t cmd, const gf_flock_t *flock, dict_t *xdata
#define GLOSSA_ARGS_lk fd, cmd, flock, xdata
#define GLOSSA_VALUES_lk {.pointer = fd}, {.integer = cmd}, {.pointer = flock}, {.pointer = xdata}
#define GLOSSA_CASTS_lk(v) (fd_t *)v[0].pointer, v[1].integer, v[2].pointer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_lk const gf_flock_t *flock, dict_t *xdata
#define GLOSSA_REPLY_ARGS_lk flock, xdata
#define GLOSSA_REPLY_VALUES_lk {.pointer = flock}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_lk(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(lk, 26)
#define wind_lk(...) glossa_wind_lk(GLOSSA_HERE, __VA_ARGS__)
#define tail_lk(...) glossa_tail_lk(GLOSSA_HERE, __VA_ARGS__)
#define unwind_lk(...) glossa_unwind_lk(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_lookup const loc_t *loc, dict_t *xdata
#define GLOSSA_ARGS_lookup loc, xdata
#define GLOSSA_VALUES_lookup {.pointer = loc}, {.pointer = xdata}
#define GLOSSA_CASTS_lookup(v) v[0].pointer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_lookup inode_t *inode, const struct iatt *buf, dict_t *xdata, const struct iatt *postparent
#define GLOSSA_REPLY_ARGS_lookup inode, buf, xdata, postparent
#define GLOSSA_REPLY_VALUES_lookup {.pointer = inode}, {.pointer = buf}, {.pointer = xdata}, {.pointer = postparent}
#define GLOSSA_REPLY_CASTS_lookup(v) (inode_t *)v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer, v[3].pointer
GLOSSA_DEFINE_FOP(lookup, 27)
#define wind_lookup(...) glossa_wind_lookup(GLOSSA_HERE, __VA_ARGS__)
#define tail_lookup(...) glossa_tail_lookup(GLOSSA_HERE, __VA_ARGS__)
#define unwind_lookup(...) glossa_unwind_lookup(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_readdir fd_t *fd, int64_t size, int64_t offset, dict_t *xdata
#define GLOSSA_ARGS_readdir fd, size, offset, xdata
#define GLOSSA_VALUES_readdir {.pointer = fd}, {.integer = size}, {.integer = offset}, {.pointer = xdata}
#define GLOSSA_CASTS_readdir(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_readdir const entries_t *entries, dict_t *xdata
#define GLOSSA_REPLY_ARGS_readdir entries, xdata
#define GLOSSA_REPLY_VALUES_readdir {.pointer = entries}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_readdir(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(readdir, 28)
#define wind_readdir(...) glossa_wind_readdir(GLOSSA_HERE, __VA_ARGS__)
#define tail_readdir(...) glossa_tail_readdir(GLOSSA_HERE, __VA_ARGS__)
#define unwind_readdir(...) glossa_unwind_readdir(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_inodelk const char *volume, const loc_t *loc, int64_t cmd, const gf_flock_t *flock, dict_t *xdata
#define GLOSSA_ARGS_inodelk volume, loc, cmd, flock, xdata
#define GLOSSA_VALUES_inodelk {.pointer = volume}, {.pointer = loc}, {.integer = cmd}, {.pointer = flock}, {.pointer = xdata}
#define GLOSSA_CASTS_inodelk(v) v[0].pointer, v[1].pointer, v[2].integer, v[3].pointer, (dict_t *)v[4].pointer
#define GLOSSA_REPLY_PARAMS_inodelk dict_t *xdata
#define GLOSSA_REPLY_ARGS_inodelk xdata
#define GLOSSA_REPLY_VALUES_inodelk {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_inodelk(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(inodelk, 29)
#define wind_inodelk(...) glossa_wind_inodelk(GLOSSA_HERE, __VA_ARGS__)
#define tail_inodelk(...) glossa_tail_inodelk(GLOSSA_HERE, __VA_ARGS__)
#define unwind_inodelk(...) glossa_unwind_inodelk(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_finodelk const char *volume, fd_t *fd, int64_t cmd, const gf_flock_t *flock, dict_t *xdata
#define GLOSSA_ARGS_finodelk volume, fd, cmd, flock, xdata
#define GLOSSA_VALUES_finodelk {.pointer = volume}, {.pointer = fd}, {.integer = cmd}, {.pointer = flock}, {.pointer = xdata}
#define GLOSSA_CASTS_finodelk(v) v[0].pointer, (fd_t *)v[1].pointer, v[2].integer, v[3].pointer, (dict_t *)v[4].pointer
#define GLOSSA_REPLY_PARAMS_finodelk dict_t *xdata
#define GLOSSA_REPLY_ARGS_finodelk xdata
#define GLOSSA_REPLY_VALUES_finodelk {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_finodelk(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(finodelk, 30)
#define wind_finodelk(...) glossa_wind_finodelk(GLOSSA_HERE, __VA_ARGS__)
#define tail_finodelk(...) glossa_tail_finodelk(GLOSSA_HERE, __VA_ARGS__)
#define unwind_finodelk(...) glossa_unwind_finodelk(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_entrylk const char *volume, const loc_t *loc, const char *basename, int64_t cmd, int64_t type, dict_t *xdata
#define GLOSSA_ARGS_entrylk volume, loc, basename, cmd, type, xdata
#define GLOSSA_VALUES_entrylk {.pointer = volume}, {.pointer = loc}, {.pointer = basename}, {.integer = cmd}, {.integer = type}, {.pointer = xdata}
#define GLOSSA_CASTS_entrylk(v) v[0].pointer, v[1].pointer, v[2].pointer, v[3].integer, v[4].integer, (dict_t *)v[5].pointer
#define GLOSSA_REPLY_PARAMS_entrylk dict_t *xdata
#define GLOSSA_REPLY_ARGS_entrylk xdata
#define GLOSSA_REPLY_VALUES_entrylk {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_entrylk(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(entrylk, 31)
#define wind_entrylk(...) glossa_wind_entrylk(GLOSSA_HERE, __VA_ARGS__)
#define tail_entrylk(...) glossa_tail_entrylk(GLOSSA_HERE, __VA_ARGS__)
#define unwind_entrylk(...) glossa_unwind_entrylk(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fentrylk const char *volume, fd_t *fd, const char *basename, int64_t cmd, int64_t type, dict_t *xdata
#define GLOSSA_ARGS_fentrylk volume, fd, basename, cmd, type, xdata
#define GLOSSA_VALUES_fentrylk {.pointer = volume}, {.pointer = fd}, {.pointer = basename}, {.integer = cmd}, {.integer = type}, {.pointer = xdata}
#define GLOSSA_CASTS_fentrylk(v) v[0].pointer, (fd_t *)v[1].pointer, v[2].pointer, v[3].integer, v[4].integer, (dict_t *)v[5].pointer
#define GLOSSA_REPLY_PARAMS_fentrylk dict_t *xdata
#define GLOSSA_REPLY_ARGS_fentrylk xdata
#define GLOSSA_REPLY_VALUES_fentrylk {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fentrylk(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(fentrylk, 32)
#define wind_fentrylk(...) glossa_wind_fentrylk(GLOSSA_HERE, __VA_ARGS__)
#define tail_fentrylk(...) glossa_tail_fentrylk(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fentrylk(...) glossa_unwind_fentrylk(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_xattrop const loc_t *loc, int64_t optype, dict_t *dict, dict_t *xdata
#define GLOSSA_ARGS_xattrop loc, optype, dict, xdata
#define GLOSSA_VALUES_xattrop {.pointer = loc}, {.integer = optype}, {.pointer = dict}, {.pointer = xdata}
#define GLOSSA_CASTS_xattrop(v) v[0].pointer, v[1].integer, (dict_t *)v[2].pointer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_xattrop dict_t *dict, dict_t *xdata
#define GLOSSA_REPLY_ARGS_xattrop dict, xdata
#define GLOSSA_REPLY_VALUES_xattrop {.pointer = dict}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_xattrop(v) (dict_t *)v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(xattrop, 33)
#define wind_xattrop(...) glossa_wind_xattrop(GLOSSA_HERE, __VA_ARGS__)
#define tail_xattrop(...) glossa_tail_xattrop(GLOSSA_HERE, __VA_ARGS__)
#define unwind_xattrop(...) glossa_unwind_xattrop(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fxattrop fd_t *fd, int64_t optype, dict_t *dict, dict_t *xdata
#define GLOSSA_ARGS_fxattrop fd, optype, dict, xdata
#define GLOSSA_VALUES_fxattrop {.pointer = fd}, {.integer = optype}, {.pointer = dict}, {.pointer = xdata}
#define GLOSSA_CASTS_fxattrop(v) (fd_t *)v[0].pointer, v[1].integer, (dict_t *)v[2].pointer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_fxattrop dict_t *dict, dict_t *xdata
#define GLOSSA_REPLY_ARGS_fxattrop dict, xdata
#define GLOSSA_REPLY_VALUES_fxattrop {.pointer = dict}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fxattrop(v) (dict_t *)v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(fxattrop, 34)
#define wind_fxattrop(...) glossa_wind_fxattrop(GLOSSA_HERE, __VA_ARGS__)
#define tail_fxattrop(...) glossa_tail_fxattrop(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fxattrop(...) glossa_unwind_fxattrop(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fgetxattr fd_t *fd, const char *name, dict_t *xdata
#define GLOSSA_ARGS_fgetxattr fd, name, xdata
#define GLOSSA_VALUES_fgetxattr {.pointer = fd}, {.pointer = name}, {.pointer = xdata}
#define GLOSSA_CASTS_fgetxattr(v) (fd_t *)v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_fgetxattr dict_t *dict, dict_t *xdata
#define GLOSSA_REPLY_ARGS_fgetxattr dict, xdata
#define GLOSSA_REPLY_VALUES_fgetxattr {.pointer = dict}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fgetxattr(v) (dict_t *)v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(fgetxattr, 35)
#define wind_fgetxattr(...) glossa_wind_fgetxattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_fgetxattr(...) glossa_tail_fgetxattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fgetxattr(...) glossa_unwind_fgetxattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fsetxattr fd_t *fd, dict_t *dict, int64_t flags, dict_t *xdata
#define GLOSSA_ARGS_fsetxattr fd, dict, flags, xdata
#define GLOSSA_VALUES_fsetxattr {.pointer = fd}, {.pointer = dict}, {.integer = flags}, {.pointer = xdata}
#define GLOSSA_CASTS_fsetxattr(v) (fd_t *)v[0].pointer, (dict_t *)v[1].pointer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_fsetxattr dict_t *xdata
#define GLOSSA_REPLY_ARGS_fsetxattr xdata
#define GLOSSA_REPLY_VALUES_fsetxattr {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fsetxattr(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(fsetxattr, 36)
#define wind_fsetxattr(...) glossa_wind_fsetxattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_fsetxattr(...) glossa_tail_fsetxattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fsetxattr(...) glossa_unwind_fsetxattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_rchecksum fd_t *fd, int64_t offset, int64_t len, dict_t *xdata
#define GLOSSA_ARGS_rchecksum fd, offset, len, xdata
#define GLOSSA_VALUES_rchecksum {.pointer = fd}, {.integer = offset}, {.integer = len}, {.pointer = xdata}
#define GLOSSA_CASTS_rchecksum(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_rchecksum int64_t weak, const data_t *strong, dict_t *xdata
#define GLOSSA_REPLY_ARGS_rchecksum weak, strong, xdata
#define GLOSSA_REPLY_VALUES_rchecksum {.integer = weak}, {.pointer = strong}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_rchecksum(v) v[0].integer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(rchecksum, 37)
#define wind_rchecksum(...) glossa_wind_rchecksum(GLOSSA_HERE, __VA_ARGS__)
#define tail_rchecksum(...) glossa_tail_rchecksum(GLOSSA_HERE, __VA_ARGS__)
#define unwind_rchecksum(...) glossa_unwind_rchecksum(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_setattr const loc_t *loc, const struct iatt *stbuf, int64_t valid, dict_t *xdata
#define GLOSSA_ARGS_setattr loc, stbuf, valid, xdata
#define GLOSSA_VALUES_setattr {.pointer = loc}, {.pointer = stbuf}, {.integer = valid}, {.pointer = xdata}
#define GLOSSA_CASTS_setattr(v) v[0].pointer, v[1].pointer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_setattr const struct iatt *statpre, const struct iatt *statpost, dict_t *xdata
#define GLOSSA_REPLY_ARGS_setattr statpre, statpost, xdata
#define GLOSSA_REPLY_VALUES_setattr {.pointer = statpre}, {.pointer = statpost}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_setattr(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(setattr, 38)
#define wind_setattr(...) glossa_wind_setattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_setattr(...) glossa_tail_setattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_setattr(...) glossa_unwind_setattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fsetattr fd_t *fd, const struct iatt *stbuf, int64_t valid, dict_t *xdata
#define GLOSSA_ARGS_fsetattr fd, stbuf, valid, xdata
#define GLOSSA_VALUES_fsetattr {.pointer = fd}, {.pointer = stbuf}, {.integer = valid}, {.pointer = xdata}
#define GLOSSA_CASTS_fsetattr(v) (fd_t *)v[0].pointer, v[1].pointer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_fsetattr const struct iatt *statpre, const struct iatt *statpost, dict_t *xdata
#define GLOSSA_REPLY_ARGS_fsetattr statpre, statpost, xdata
#define GLOSSA_REPLY_VALUES_fsetattr {.pointer = statpre}, {.pointer = statpost}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fsetattr(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(fsetattr, 39)
#define wind_fsetattr(...) glossa_wind_fsetattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_fsetattr(...) glossa_tail_fsetattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fsetattr(...) glossa_unwind_fsetattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_readdirp fd_t *fd, int64_t size, int64_t offset, dict_t *xdata
#define GLOSSA_ARGS_readdirp fd, size, offset, xdata
#define GLOSSA_VALUES_readdirp {.pointer = fd}, {.integer = size}, {.integer = offset}, {.pointer = xdata}
#define GLOSSA_CASTS_readdirp(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_readdirp const entries_t *entries, dict_t *xdata
#define GLOSSA_REPLY_ARGS_readdirp entries, xdata
#define GLOSSA_REPLY_VALUES_readdirp {.pointer = entries}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_readdirp(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(readdirp, 40)
#define wind_readdirp(...) glossa_wind_readdirp(GLOSSA_HERE, __VA_ARGS__)
#define tail_readdirp(...) glossa_tail_readdirp(GLOSSA_HERE, __VA_ARGS__)
#define unwind_readdirp(...) glossa_unwind_readdirp(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_getspec const char *key, int64_t flags
#define GLOSSA_ARGS_getspec key, flags
#define GLOSSA_VALUES_getspec {.pointer = key}, {.integer = flags}
#define GLOSSA_CASTS_getspec(v) v[0].pointer, v[1].integer
#define GLOSSA_REPLY_PARAMS_getspec const char *spec
#define GLOSSA_REPLY_ARGS_getspec spec
#define GLOSSA_REPLY_VALUES_getspec {.pointer = spec}
#define GLOSSA_REPLY_CASTS_getspec(v) v[0].pointer
GLOSSA_DEFINE_FOP(getspec, 44)
#define wind_getspec(...) glossa_wind_getspec(GLOSSA_HERE, __VA_ARGS__)
#define tail_getspec(...) glossa_tail_getspec(GLOSSA_HERE, __VA_ARGS__)
#define unwind_getspec(...) glossa_unwind_getspec(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fremovexattr fd_t *fd, const char *name, dict_t *xdata
#define GLOSSA_ARGS_fremovexattr fd, name, xdata
#define GLOSSA_VALUES_fremovexattr {.pointer = fd}, {.pointer = name}, {.pointer = xdata}
#define GLOSSA_CASTS_fremovexattr(v) (fd_t *)v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_fremovexattr dict_t *xdata
#define GLOSSA_REPLY_ARGS_fremovexattr xdata
#define GLOSSA_REPLY_VALUES_fremovexattr {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fremovexattr(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(fremovexattr, 45)
#define wind_fremovexattr(...) glossa_wind_fremovexattr(GLOSSA_HERE, __VA_ARGS__)
#define tail_fremovexattr(...) glossa_tail_fremovexattr(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fremovexattr(...) glossa_unwind_fremovexattr(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_fallocate fd_t *fd, int64_t mode, int64_t offset, int64_t len, dict_t *xdata
#define GLOSSA_ARGS_fallocate fd, mode, offset, len, xdata
#define GLOSSA_VALUES_fallocate {.pointer = fd}, {.integer = mode}, {.integer = offset}, {.integer = len}, {.pointer = xdata}
#define GLOSSA_CASTS_fallocate(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, v[3].integer, (dict_t *)v[4].pointer
#define GLOSSA_REPLY_PARAMS_fallocate const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_fallocate prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_fallocate {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_fallocate(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(fallocate, 46)
#define wind_fallocate(...) glossa_wind_fallocate(GLOSSA_HERE, __VA_ARGS__)
#define tail_fallocate(...) glossa_tail_fallocate(GLOSSA_HERE, __VA_ARGS__)
#define unwind_fallocate(...) glossa_unwind_fallocate(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_discard fd_t *fd, int64_t offset, int64_t len, dict_t *xdata
#define GLOSSA_ARGS_discard fd, offset, len, xdata
#define GLOSSA_VALUES_discard {.pointer = fd}, {.integer = offset}, {.integer = len}, {.pointer = xdata}
#define GLOSSA_CASTS_discard(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_discard const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_discard prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_discard {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_discard(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(discard, 47)
#define wind_discard(...) glossa_wind_discard(GLOSSA_HERE, __VA_ARGS__)
#define tail_discard(...) glossa_tail_discard(GLOSSA_HERE, __VA_ARGS__)
#define unwind_discard(...) glossa_unwind_discard(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_zerofill fd_t *fd, int64_t offset, int64_t len, dict_t *xdata
#define GLOSSA_ARGS_zerofill fd, offset, len, xdata
#define GLOSSA_VALUES_zerofill {.pointer = fd}, {.integer = offset}, {.integer = len}, {.pointer = xdata}
#define GLOSSA_CASTS_zerofill(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_zerofill const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_zerofill prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_zerofill {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_zerofill(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(zerofill, 48)
#define wind_zerofill(...) glossa_wind_zerofill(GLOSSA_HERE, __VA_ARGS__)
#define tail_zerofill(...) glossa_tail_zerofill(GLOSSA_HERE, __VA_ARGS__)
#define unwind_zerofill(...) glossa_unwind_zerofill(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_ipc int64_t op, dict_t *xdata
#define GLOSSA_ARGS_ipc op, xdata
#define GLOSSA_VALUES_ipc {.integer = op}, {.pointer = xdata}
#define GLOSSA_CASTS_ipc(v) v[0].integer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_ipc dict_t *xdata
#define GLOSSA_REPLY_ARGS_ipc xdata
#define GLOSSA_REPLY_VALUES_ipc {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_ipc(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(ipc, 49)
#define wind_ipc(...) glossa_wind_ipc(GLOSSA_HERE, __VA_ARGS__)
#define tail_ipc(...) glossa_tail_ipc(GLOSSA_HERE, __VA_ARGS__)
#define unwind_ipc(...) glossa_unwind_ipc(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_seek fd_t *fd, int64_t offset, int64_t what, dict_t *xdata
#define GLOSSA_ARGS_seek fd, offset, what, xdata
#define GLOSSA_VALUES_seek {.pointer = fd}, {.integer = offset}, {.integer = what}, {.pointer = xdata}
#define GLOSSA_CASTS_seek(v) (fd_t *)v[0].pointer, v[1].integer, v[2].integer, (dict_t *)v[3].pointer
#define GLOSSA_REPLY_PARAMS_seek int64_t offset, dict_t *xdata
#define GLOSSA_REPLY_ARGS_seek offset, xdata
#define GLOSSA_REPLY_VALUES_seek {.integer = offset}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_seek(v) v[0].integer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(seek, 50)
#define wind_seek(...) glossa_wind_seek(GLOSSA_HERE, __VA_ARGS__)
#define tail_seek(...) glossa_tail_seek(GLOSSA_HERE, __VA_ARGS__)
#define unwind_seek(...) glossa_unwind_seek(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_lease const loc_t *loc, const gf_lease_t *lease, dict_t *xdata
#define GLOSSA_ARGS_lease loc, lease, xdata
#define GLOSSA_VALUES_lease {.pointer = loc}, {.pointer = lease}, {.pointer = xdata}
#define GLOSSA_CASTS_lease(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_lease const gf_lease_t *lease, dict_t *xdata
#define GLOSSA_REPLY_ARGS_lease lease, xdata
#define GLOSSA_REPLY_VALUES_lease {.pointer = lease}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_lease(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(lease, 51)
#define wind_lease(...) glossa_wind_lease(GLOSSA_HERE, __VA_ARGS__)
#define tail_lease(...) glossa_tail_lease(GLOSSA_HERE, __VA_ARGS__)
#define unwind_lease(...) glossa_unwind_lease(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_getactivelk const loc_t *loc, dict_t *xdata
#define GLOSSA_ARGS_getactivelk loc, xdata
#define GLOSSA_VALUES_getactivelk {.pointer = loc}, {.pointer = xdata}
#define GLOSSA_CASTS_getactivelk(v) v[0].pointer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_getactivelk const locklist_t *locklist, dict_t *xdata
#define GLOSSA_REPLY_ARGS_getactivelk locklist, xdata
#define GLOSSA_REPLY_VALUES_getactivelk {.pointer = locklist}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_getactivelk(v) v[0].pointer, (dict_t *)v[1].pointer
GLOSSA_DEFINE_FOP(getactivelk, 53)
#define wind_getactivelk(...) glossa_wind_getactivelk(GLOSSA_HERE, __VA_ARGS__)
#define tail_getactivelk(...) glossa_tail_getactivelk(GLOSSA_HERE, __VA_ARGS__)
#define unwind_getactivelk(...) glossa_unwind_getactivelk(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_setactivelk const loc_t *loc, const locklist_t *locklist, dict_t *xdata
#define GLOSSA_ARGS_setactivelk loc, locklist, xdata
#define GLOSSA_VALUES_setactivelk {.pointer = loc}, {.pointer = locklist}, {.pointer = xdata}
#define GLOSSA_CASTS_setactivelk(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_setactivelk dict_t *xdata
#define GLOSSA_REPLY_ARGS_setactivelk xdata
#define GLOSSA_REPLY_VALUES_setactivelk {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_setactivelk(v) (dict_t *)v[0].pointer
GLOSSA_DEFINE_FOP(setactivelk, 54)
#define wind_setactivelk(...) glossa_wind_setactivelk(GLOSSA_HERE, __VA_ARGS__)
#define tail_setactivelk(...) glossa_tail_setactivelk(GLOSSA_HERE, __VA_ARGS__)
#define unwind_setactivelk(...) glossa_unwind_setactivelk(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_put const loc_t *loc, int64_t mode, int64_t umask, int64_t flags, const data_t *vector, int64_t offset, dict_t *dict, dict_t *xdata
#define GLOSSA_ARGS_put loc, mode, umask, flags, vector, offset, dict, xdata
#define GLOSSA_VALUES_put {.pointer = loc}, {.integer = mode}, {.integer = umask}, {.integer = flags}, {.pointer = vector}, {.integer = offset}, {.pointer = dict}, {.pointer = xdata}
#define GLOSSA_CASTS_put(v) v[0].pointer, v[1].integer, v[2].integer, v[3].integer, v[4].pointer, v[5].integer, (dict_t *)v[6].pointer, (dict_t *)v[7].pointer
#define GLOSSA_REPLY_PARAMS_put inode_t *inode, const struct iatt *buf, const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata
#define GLOSSA_REPLY_ARGS_put inode, buf, preparent, postparent, xdata
#define GLOSSA_REPLY_VALUES_put {.pointer = inode}, {.pointer = buf}, {.pointer = preparent}, {.pointer = postparent}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_put(v) (inode_t *)v[0].pointer, v[1].pointer, v[2].pointer, v[3].pointer, (dict_t *)v[4].pointer
GLOSSA_DEFINE_FOP(put, 55)
#define wind_put(...) glossa_wind_put(GLOSSA_HERE, __VA_ARGS__)
#define tail_put(...) glossa_tail_put(GLOSSA_HERE, __VA_ARGS__)
#define unwind_put(...) glossa_unwind_put(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_icreate const loc_t *loc, int64_t mode, dict_t *xdata
#define GLOSSA_ARGS_icreate loc, mode, xdata
#define GLOSSA_VALUES_icreate {.pointer = loc}, {.integer = mode}, {.pointer = xdata}
#define GLOSSA_CASTS_icreate(v) v[0].pointer, v[1].integer, (dict_t *)v[2].pointer
#define GLOSSA_REPLY_PARAMS_icreate inode_t *inode, const struct iatt *buf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_icreate inode, buf, xdata
#define GLOSSA_REPLY_VALUES_icreate {.pointer = inode}, {.pointer = buf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_icreate(v) (inode_t *)v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(icreate, 56)
#define wind_icreate(...) glossa_wind_icreate(GLOSSA_HERE, __VA_ARGS__)
#define tail_icreate(...) glossa_tail_icreate(GLOSSA_HERE, __VA_ARGS__)
#define unwind_icreate(...) glossa_unwind_icreate(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_namelink const loc_t *loc, dict_t *xdata
#define GLOSSA_ARGS_namelink loc, xdata
#define GLOSSA_VALUES_namelink {.pointer = loc}, {.pointer = xdata}
#define GLOSSA_CASTS_namelink(v) v[0].pointer, (dict_t *)v[1].pointer
#define GLOSSA_REPLY_PARAMS_namelink const struct iatt *prebuf, const struct iatt *postbuf, dict_t *xdata
#define GLOSSA_REPLY_ARGS_namelink prebuf, postbuf, xdata
#define GLOSSA_REPLY_VALUES_namelink {.pointer = prebuf}, {.pointer = postbuf}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_namelink(v) v[0].pointer, v[1].pointer, (dict_t *)v[2].pointer
GLOSSA_DEFINE_FOP(namelink, 57)
#define wind_namelink(...) glossa_wind_namelink(GLOSSA_HERE, __VA_ARGS__)
#define tail_namelink(...) glossa_tail_namelink(GLOSSA_HERE, __VA_ARGS__)
#define unwind_namelink(...) glossa_unwind_namelink(GLOSSA_HERE, __VA_ARGS__)

#define GLOSSA_PARAMS_copy_file_range fd_t *fd_in, int64_t off_in, fd_t *fd_out, int64_t off_out, int64_t len, int64_t flags, dict_t *xdata
#define GLOSSA_ARGS_copy_file_range fd_in, off_in, fd_out, off_out, len, flags, xdata
#define GLOSSA_VALUES_copy_file_range {.pointer = fd_in}, {.integer = off_in}, {.pointer = fd_out}, {.integer = off_out}, {.integer = len}, {.integer = flags}, {.pointer = xdata}
#define GLOSSA_CASTS_copy_file_range(v) (fd_t *)v[0].pointer, v[1].integer, (fd_t *)v[2].pointer, v[3].integer, v[4].integer, v[5].integer, (dict_t *)v[6].pointer
#define GLOSSA_REPLY_PARAMS_copy_file_range const struct iatt *stbuf, const struct iatt *prebuf_dst, const struct iatt *postbuf_dst, dict_t *xdata
#define GLOSSA_REPLY_ARGS_copy_file_range stbuf, prebuf_dst, postbuf_dst, xdata
#define GLOSSA_REPLY_VALUES_copy_file_range {.pointer = stbuf}, {.pointer = prebuf_dst}, {.pointer = postbuf_dst}, {.pointer = xdata}
#define GLOSSA_REPLY_CASTS_copy_file_range(v) v[0].pointer, v[1].pointer, v[2].pointer, (dict_t *)v[3].pointer
GLOSSA_DEFINE_FOP(copy_file_range, 58)
#define wind_copy_file_range(...) glossa_wind_copy_file_range(GLOSSA_HERE, __VA_ARGS__)
#define tail_copy_file_range(...) glossa_tail_copy_file_range(GLOSSA_HERE, __VA_ARGS__)
#define unwind_copy_file_range(...) glossa_unwind_copy_file_range(GLOSSA_HERE, __VA_ARGS__)

/* The fops of a translator: the host routes the defined ones to it. */
struct glossa_fops {
    glossa_stat_t stat;
    glossa_readlink_t readlink;
    glossa_mknod_t mknod;
    glossa_mkdir_t mkdir;
    glossa_unlink_t unlink;
    glossa_rmdir_t rmdir;
    glossa_symlink_t symlink;
    glossa_rename_t rename;
    glossa_link_t link;
    glossa_truncate_t truncate;
    glossa_open_t open;
    glossa_readv_t readv;
    glossa_writev_t writev;
    glossa_statfs_t statfs;
    glossa_flush_t flush;
    glossa_fsync_t fsync;
    glossa_setxattr_t setxattr;
    glossa_getxattr_t getxattr;
    glossa_removexattr_t removexattr;
    glossa_opendir_t opendir;
    glossa_fsyncdir_t fsyncdir;
    glossa_access_t access;
    glossa_create_t create;
    glossa_ftruncate_t ftruncate;
    glossa_fstat_t fstat;
    glossa_lk_t lk;
    glossa_lookup_t lookup;
    glossa_readdir_t readdir;
    glossa_inodelk_t inodelk;
    glossa_finodelk_t finodelk;
    glossa_entrylk_t entrylk;
    glossa_fentrylk_t fentrylk;
    glossa_xattrop_t xattrop;
    glossa_fxattrop_t fxattrop;
    glossa_fgetxattr_t fgetxattr;
    glossa_fsetxattr_t fsetxattr;
    glossa_rchecksum_t rchecksum;
    glossa_setattr_t setattr;
    glossa_fsetattr_t fsetattr;
    glossa_readdirp_t readdirp;
    glossa_getspec_t getspec;
    glossa_fremovexattr_t fremovexattr;
    glossa_fallocate_t fallocate;
    glossa_discard_t discard;
    glossa_zerofill_t zerofill;
    glossa_ipc_t ipc;
    glossa_seek_t seek;
    glossa_lease_t lease;
    glossa_getactivelk_t getactivelk;
    glossa_setactivelk_t setactivelk;
    glossa_put_t put;
    glossa_icreate_t icreate;
    glossa_namelink_t namelink;
    glossa_copy_file_range_t copy_file_range;
};

/* Callbacks for replies to winds without a callback of their own. */
struct glossa_cbks {
    glossa_stat_cbk_t stat;
    glossa_readlink_cbk_t readlink;
    glossa_mknod_cbk_t mknod;
    glossa_mkdir_cbk_t mkdir;
    glossa_unlink_cbk_t unlink;
    glossa_rmdir_cbk_t rmdir;
    glossa_symlink_cbk_t symlink;
    glossa_rename_cbk_t rename;
    glossa_link_cbk_t link;
    glossa_truncate_cbk_t truncate;
    glossa_open_cbk_t open;
    glossa_readv_cbk_t readv;
    glossa_writev_cbk_t writev;
    glossa_statfs_cbk_t statfs;
    glossa_flush_cbk_t flush;
    glossa_fsync_cbk_t fsync;
    glossa_setxattr_cbk_t setxattr;
    glossa_getxattr_cbk_t getxattr;
    glossa_removexattr_cbk_t removexattr;
    glossa_opendir_cbk_t opendir;
    glossa_fsyncdir_cbk_t fsyncdir;
    glossa_access_cbk_t access;
    glossa_create_cbk_t create;
    glossa_ftruncate_cbk_t ftruncate;
    glossa_fstat_cbk_t fstat;
    glossa_lk_cbk_t lk;
    glossa_lookup_cbk_t lookup;
    glossa_readdir_cbk_t readdir;
    glossa_inodelk_cbk_t inodelk;
    glossa_finodelk_cbk_t finodelk;
    glossa_entrylk_cbk_t entrylk;
    glossa_fentrylk_cbk_t fentrylk;
    glossa_xattrop_cbk_t xattrop;
    glossa_fxattrop_cbk_t fxattrop;
    glossa_fgetxattr_cbk_t fgetxattr;
    glossa_fsetxattr_cbk_t fsetxattr;
    glossa_rchecksum_cbk_t rchecksum;
    glossa_setattr_cbk_t setattr;
    glossa_fsetattr_cbk_t fsetattr;
    glossa_readdirp_cbk_t readdirp;
    glossa_getspec_cbk_t getspec;
    glossa_fremovexattr_cbk_t fremovexattr;
    glossa_fallocate_cbk_t fallocate;
    glossa_discard_cbk_t discard;
    glossa_zerofill_cbk_t zerofill;
    glossa_ipc_cbk_t ipc;
    glossa_seek_cbk_t seek;
    glossa_lease_cbk_t lease;
    glossa_getactivelk_cbk_t getactivelk;
    glossa_setactivelk_cbk_t setactivelk;
    glossa_put_cbk_t put;
    glossa_icreate_cbk_t icreate;
    glossa_namelink_cbk_t namelink;
    glossa_copy_file_range_cbk_t copy_file_range;
};

/* Functions that the host calls when the caller of a request has given up. */
struct glossa_cancels {
    glossa_cancel_t stat;
    glossa_cancel_t readlink;
    glossa_cancel_t mknod;
    glossa_cancel_t mkdir;
    glossa_cancel_t unlink;
    glossa_cancel_t rmdir;
    glossa_cancel_t symlink;
    glossa_cancel_t rename;
    glossa_cancel_t link;
    glossa_cancel_t truncate;
    glossa_cancel_t open;
    glossa_cancel_t readv;
    glossa_cancel_t writev;
    glossa_cancel_t statfs;
    glossa_cancel_t flush;
    glossa_cancel_t fsync;
    glossa_cancel_t setxattr;
    glossa_cancel_t getxattr;
    glossa_cancel_t removexattr;
    glossa_cancel_t opendir;
    glossa_cancel_t fsyncdir;
    glossa_cancel_t access;
    glossa_cancel_t create;
    glossa_cancel_t ftruncate;
    glossa_cancel_t fstat;
    glossa_cancel_t lk;
    glossa_cancel_t lookup;
    glossa_cancel_t readdir;
    glossa_cancel_t inodelk;
    glossa_cancel_t finodelk;
    glossa_cancel_t entrylk;
    glossa_cancel_t fentrylk;
    glossa_cancel_t xattrop;
    glossa_cancel_t fxattrop;
    glossa_cancel_t fgetxattr;
    glossa_cancel_t fsetxattr;
    glossa_cancel_t rchecksum;
    glossa_cancel_t setattr;
    glossa_cancel_t fsetattr;
    glossa_cancel_t readdirp;
    glossa_cancel_t getspec;
    glossa_cancel_t fremovexattr;
    glossa_cancel_t fallocate;
    glossa_cancel_t discard;
    glossa_cancel_t zerofill;
    glossa_cancel_t ipc;
    glossa_cancel_t seek;
    glossa_cancel_t lease;
    glossa_cancel_t getactivelk;
    glossa_cancel_t setactivelk;
    glossa_cancel_t put;
    glossa_cancel_t icreate;
    glossa_cancel_t namelink;
    glossa_cancel_t copy_file_range;
};

#ifndef __cplusplus

GLOSSA_EACH_FOP(GLOSSA_DEFINE_CALLS)

#define GLOSSA_FOP_COUNT 59

/* The table, by number; numbers without a fop have no name. */
GLOSSA_HIDDEN const struct glossa_fop glossa_fop_table[GLOSSA_FOP_COUNT] = {
    [1] = {1, "stat", "STAT", "ld", "ad", offsetof(struct glossa_fops, stat), false,
        glossa_call_stat, glossa_back_stat},
    [2] = {2, "readlink", "READLINK", "lnd", "sad", offsetof(struct glossa_fops, readlink), true,
        glossa_call_readlink, glossa_back_readlink},
    [3] = {3, "mknod", "MKNOD", "lnnnd", "iaaad", offsetof(struct glossa_fops, mknod), false,
        glossa_call_mknod, glossa_back_mknod},
    [4] = {4, "mkdir", "MKDIR", "lnnd", "iaaad", offsetof(struct glossa_fops, mkdir), false,
        glossa_call_mkdir, glossa_back_mkdir},
    [5] = {5, "unlink", "UNLINK", "lnd", "aad", offsetof(struct glossa_fops, unlink), false,
        glossa_call_unlink, glossa_back_unlink},
    [6] = {6, "rmdir", "RMDIR", "lnd", "aad", offsetof(struct glossa_fops, rmdir), false,
        glossa_call_rmdir, glossa_back_rmdir},
    [7] = {7, "symlink", "SYMLINK", "slnd", "iaaad", offsetof(struct glossa_fops, symlink), false,
        glossa_call_symlink, glossa_back_symlink},
    [8] = {8, "rename", "RENAME", "lld", "aaaaad", offsetof(struct glossa_fops, rename), false,
        glossa_call_rename, glossa_back_rename},
    [9] = {9, "link", "LINK", "lld", "iaaad", offsetof(struct glossa_fops, link), false,
        glossa_call_link, glossa_back_link},
    [10] = {10, "truncate", "TRUNCATE", "lnd", "aad", offsetof(struct glossa_fops, truncate), false,
        glossa_call_truncate, glossa_back_truncate},
    [11] = {11, "open", "OPEN", "lnfd", "fd", offsetof(struct glossa_fops, open), false,
        glossa_call_open, glossa_back_open},
    [12] = {12, "readv", "READ", "fnnnd", "bad", offsetof(struct glossa_fops, readv), true,
        glossa_call_readv, glossa_back_readv},
    [13] = {13, "writev", "WRITE", "fbnnd", "aad", offsetof(struct glossa_fops, writev), false,
        glossa_call_writev, glossa_back_writev},
    [14] = {14, "statfs", "STATFS", "ld", "vd", offsetof(struct glossa_fops, statfs), false,
        glossa_call_statfs, glossa_back_statfs},
    [15] = {15, "flush", "FLUSH", "fd", "d", offsetof(struct glossa_fops, flush), false,
        glossa_call_flush, glossa_back_flush},
    [16] = {16, "fsync", "FSYNC", "fnd", "aad", offsetof(struct glossa_fops, fsync), false,
        glossa_call_fsync, glossa_back_fsync},
    [17] = {17, "setxattr", "SETXATTR", "ldnd", "d", offsetof(struct glossa_fops, setxattr), false,
        glossa_call_setxattr, glossa_back_setxattr},
    [18] = {18, "getxattr", "GETXATTR", "lsd", "dd", offsetof(struct glossa_fops, getxattr), false,
        glossa_call_getxattr, glossa_back_getxattr},
    [19] = {19, "removexattr", "REMOVEXATTR", "lsd", "d", offsetof(struct glossa_fops, removexattr), false,
        glossa_call_removexattr, glossa_back_removexattr},
    [20] = {20, "opendir", "OPENDIR", "lfd", "fd", offsetof(struct glossa_fops, opendir), false,
        glossa_call_opendir, glossa_back_opendir},
    [21] = {21, "fsyncdir", "FSYNCDIR", "fnd", "d", offsetof(struct glossa_fops, fsyncdir), false,
        glossa_call_fsyncdir, glossa_back_fsyncdir},
    [22] = {22, "access", "ACCESS", "lnd", "d", offsetof(struct glossa_fops, access), false,
        glossa_call_access, glossa_back_access},
    [23] = {23, "create", "CREATE", "lnnnfd", "fiaaad", offsetof(struct glossa_fops, create), false,
        glossa_call_create, glossa_back_create},
    [24] = {24, "ftruncate", "FTRUNCATE", "fnd", "aad", offsetof(struct glossa_fops, ftruncate), false,
        glossa_call_ftruncate, glossa_back_ftruncate},
    [25] = {25, "fstat", "FSTAT", "fd", "ad", offsetof(struct glossa_fops, fstat), false,
        glossa_call_fstat, glossa_back_fstat},
    [26] = {26, "lk", "LK", "fnkd", "kd", offsetof(struct glossa_fops, lk), false,
        glossa_call_lk, glossa_back_lk},
    [27] = {27, "lookup", "LOOKUP", "ld", "iada", offsetof(struct glossa_fops, lookup), false,
        glossa_call_lookup, glossa_back_lookup},
    [28] = {28, "readdir", "READDIR", "fnnd", "ed", offsetof(struct glossa_fops, readdir), true,
        glossa_call_readdir, glossa_back_readdir},
    [29] = {29, "inodelk", "INODELK", "slnkd", "d", offsetof(struct glossa_fops, inodelk), false,
        glossa_call_inodelk, glossa_back_inodelk},
    [30] = {30, "finodelk", "FINODELK", "sfnkd", "d", offsetof(struct glossa_fops, finodelk), false,
        glossa_call_finodelk, glossa_back_finodelk},
    [31] = {31, "entrylk", "ENTRYLK", "slsnnd", "d", offsetof(struct glossa_fops, entrylk), false,
        glossa_call_entrylk, glossa_back_entrylk},
    [32] = {32, "fentrylk", "FENTRYLK", "sfsnnd", "d", offsetof(struct glossa_fops, fentrylk), false,
        glossa_call_fentrylk, glossa_back_fentrylk},
    [33] = {33, "xattrop", "XATTROP", "lndd", "dd", offsetof(struct glossa_fops, xattrop), false,
        glossa_call_xattrop, glossa_back_xattrop},
    [34] = {34, "fxattrop", "FXATTROP", "fndd", "dd", offsetof(struct glossa_fops, fxattrop), false,
        glossa_call_fxattrop, glossa_back_fxattrop},
    [35] = {35, "fgetxattr", "FGETXATTR", "fsd", "dd", offsetof(struct glossa_fops, fgetxattr), false,
        glossa_call_fgetxattr, glossa_back_fgetxattr},
    [36] = {36, "fsetxattr", "FSETXATTR", "fdnd", "d", offsetof(struct glossa_fops, fsetxattr), false,
        glossa_call_fsetxattr, glossa_back_fsetxattr},
    [37] = {37, "rchecksum", "RCHECKSUM", "fnnd", "nbd", offsetof(struct glossa_fops, rchecksum), false,
        glossa_call_rchecksum, glossa_back_rchecksum},
    [38] = {38, "setattr", "SETATTR", "land", "aad", offsetof(struct glossa_fops, setattr), false,
        glossa_call_setattr, glossa_back_setattr},
    [39] = {39, "fsetattr", "FSETATTR", "fand", "aad", offsetof(struct glossa_fops, fsetattr), false,
        glossa_call_fsetattr, glossa_back_fsetattr},
    [40] = {40, "readdirp", "READDIRP", "fnnd", "ed", offsetof(struct glossa_fops, readdirp), true,
        glossa_call_readdirp, glossa_back_readdirp},
    [44] = {44, "getspec", "GETSPEC", "sn", "s", offsetof(struct glossa_fops, getspec), true,
        glossa_call_getspec, glossa_back_getspec},
    [45] = {45, "fremovexattr", "FREMOVEXATTR", "fsd", "d", offsetof(struct glossa_fops, fremovexattr), false,
        glossa_call_fremovexattr, glossa_back_fremovexattr},
    [46] = {46, "fallocate", "FALLOCATE", "fnnnd", "aad", offsetof(struct glossa_fops, fallocate), false,
        glossa_call_fallocate, glossa_back_fallocate},
    [47] = {47, "discard", "DISCARD", "fnnd", "aad", offsetof(struct glossa_fops, discard), false,
        glossa_call_discard, glossa_back_discard},
    [48] = {48, "zerofill", "ZEROFILL", "fnnd", "aad", offsetof(struct glossa_fops, zerofill), false,
        glossa_call_zerofill, glossa_back_zerofill},
    [49] = {49, "ipc", "IPC", "nd", "d", offsetof(struct glossa_fops, ipc), false,
        glossa_call_ipc, glossa_back_ipc},
    [50] = {50, "seek", "SEEK", "fnnd", "nd", offsetof(struct glossa_fops, seek), false,
        glossa_call_seek, glossa_back_seek},
    [51] = {51, "lease", "LEASE", "lzd", "zd", offsetof(struct glossa_fops, lease), false,
        glossa_call_lease, glossa_back_lease},
    [53] = {53, "getactivelk", "GETACTIVELK", "ld", "md", offsetof(struct glossa_fops, getactivelk), false,
        glossa_call_getactivelk, glossa_back_getactivelk},
    [54] = {54, "setactivelk", "SETACTIVELK", "lmd", "d", offsetof(struct glossa_fops, setactivelk), false,
        glossa_call_setactivelk, glossa_back_setactivelk},
    [55] = {55, "put", "PUT", "lnnnbndd", "iaaad", offsetof(struct glossa_fops, put), false,
        glossa_call_put, glossa_back_put},
    [56] = {56, "icreate", "ICREATE", "lnd", "iad", offsetof(struct glossa_fops, icreate), false,
        glossa_call_icreate, glossa_back_icreate},
    [57] = {57, "namelink", "NAMELINK", "ld", "aad", offsetof(struct glossa_fops, namelink), false,
        glossa_call_namelink, glossa_back_namelink},
    [58] = {58, "copy_file_range", "COPY_FILE_RANGE", "fnfnnnd", "aaad", offsetof(struct glossa_fops, copy_file_range), false,
        glossa_call_copy_file_range, glossa_back_copy_file_range},
};

#endif

#endif
