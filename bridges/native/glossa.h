/*
 * glossa.h: the complete interface for a translator in C.
 *
 *     #include "glossa.h"
 *
 *     static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
 *     {
 *         wind_lookup(frame, NULL, lookup_cbk, this->child, loc, xdata);
 *     }
 *
 *     struct glossa_translator glossa_translator = {.fops = {.lookup = lookup}};
 *
 * Compile it into a shared object and name that in a volfile (type features/native, option
 * module-path): cc -std=c99 -O2 -shared -fPIC -I$(glossa new include-dir) -o mine.so mine.c
 *
 * Rules
 * - Every request is answered exactly once: by unwind_<fop> or glossa_fail, or by the child that it
 *   was handed on to. Answering twice, or winding after the answer, is refused and logged with the
 *   place where it was tried.
 * - What a function decides takes effect when it has returned. No function is called while another
 *   one runs, and all calls come from one thread; do not call from others.
 * - All values of a request (arguments, replies, frame_alloc) lives until the frame's last
 *   callback has returned. The bytes of reads and writes live for the one call that they came with.
 * - What is const is not yours to change: make a copy, and pass that. A dict is yours to change.
 * - Names are bytes ending in NUL, not always UTF-8. Numbers are below 2^53.
 * - A wrong pointer crashes the process, as C does.
 *
 * C99 (and `weak` and `visibility`, which gcc and clang have). Names are GlusterFS's. The files
 * glossa*.h belong together.
 *
 * C++20: a module includes this file for its declarations, and is linked with glossa.c, which is
 * compiled as C. `this` and `private` are words of C++: there they are `xl` and `private_data`.
 */
#ifndef GLOSSA_H
#define GLOSSA_H

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef __wasm__
/* Goes up when a module must be compiled anew to be loaded (test/tidy/abi.test.ts). */
#define GLOSSA_ABI_VERSION 2
#else
#include "glossa_linux.gen.h"
/* The version of docs/wasm-abi.md. */
#define GLOSSA_ABI_VERSION 1
#endif

/* State: one copy in a module, however many of its files include this one. */
#define GLOSSA_HIDDEN __attribute__((weak, visibility("hidden")))
/* Functions: one copy in each file, for the compiler to weave in; for C++ one copy, in glossa.c. */
#if defined(__cplusplus) || defined(GLOSSA_SEPARATE)
#define GLOSSA_API __attribute__((visibility("hidden")))
#else
#define GLOSSA_API static inline
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Where a call was made, for the log. */
struct glossa_place {
    const char *file;
    int line;
    const char *func;
};
#ifndef __cplusplus
#define GLOSSA_HERE (&(const struct glossa_place){__FILE__, __LINE__, __func__})
#define GLOSSA_ADDRESS(gfid) ((const gfid_t[]){gfid})
#else
/* Addresses of values that live until the end of the call. */
#define GLOSSA_HERE (&static_cast<const glossa_place &>(glossa_place{__FILE__, __LINE__, __func__}))
#define GLOSSA_ADDRESS(gfid) (&static_cast<const gfid_t &>(gfid))
#endif

/* -- what fops carry ---------------------------------------------------------------------- */

typedef struct {
    unsigned char bytes[16];
} gfid_t;

/* Types of an inode (ia_type). */
enum { IA_INVAL, IA_IFREG, IA_IFDIR, IA_IFLNK, IA_IFBLK, IA_IFCHR, IA_IFIFO, IA_IFSOCK };

/* struct iatt, statvfs_t, gf_flock_t, gf_lease_t. */
#include "glossa_fields.gen.h"

/* An inode, as one request sees it: two of them are the same inode if their `id` is the same. */
typedef struct {
    uint32_t glossa_magic;
    int64_t id;
    int64_t ia_type;
    gfid_t gfid;      /* null until the inode is known */
    const char *path; /* from the root; NULL without GLOSSA_NEEDS_PATH */
} inode_t;

/* An open file or directory. `id` as above. */
typedef struct {
    uint32_t glossa_magic;
    int64_t id;
    int64_t flags; /* O_* */
    int64_t pid;
    bool is_dir;
    inode_t *inode;
} fd_t;

/*
 * What a fop is about. One of your own needs (parent, name), or an inode, or a gfid; its inode is
 * found or made when it is wound.
 */
typedef struct {
    inode_t *inode;
    inode_t *parent;
    const char *name;
    gfid_t gfid;    /* null until known */
    gfid_t pargfid; /* the parent's */
    const char *path;
} loc_t;

/* Bytes of a read or write. They came for one call: `bytes` is NULL afterwards. */
typedef struct {
    const void *bytes;
    size_t size;
} data_t;

/* An entry of a directory. A changed copy of one that came keeps its inode. */
typedef struct {
    const char *d_name;
    int64_t d_off;  /* where the next readdir continues */
    int64_t d_type; /* DT_* */
    gfid_t d_gfid;
    const struct iatt *d_stat; /* readdirp; else NULL */
    struct {
        uint32_t frame;
        int32_t wind, index, entry;
    } glossa_origin;
} gf_dirent_t;

typedef struct {
    const gf_dirent_t *at;
    size_t count;
} entries_t;

typedef struct {
    const gf_flock_t *at;
    size_t count;
} locklist_t;

/* -- dicts -------------------------------------------------------------------------------- */

typedef struct glossa_dict dict_t;

/* Types of a value, by the letter that dict_type gives. */
enum {
    DICT_INT = 'n',
    DICT_UINT = 'u',
    DICT_DOUBLE = 'g',
    DICT_STR = 's',
    DICT_BIN = 'b',
    DICT_GFUUID = 'U',
    DICT_IATT = 'a',
    DICT_MDATA = 'M'
};

/* A pair, as a walk over a dict sees it: for (p = dict_first(d); p != NULL; p = p->next) */
typedef struct dict_pair {
    const struct dict_pair *next;
    const char *key;
    int type;
    union {
        int64_t integer; /* int, uint */
        double real;
        data_t bytes; /* str (a NUL follows its bytes), bin, mdata */
        gfid_t gfid;
        const struct iatt *iatt;
    } value;
} dict_pair_t;

/* -- frames and translators --------------------------------------------------------------- */

typedef struct glossa_frame glossa_frame_t;
typedef struct glossa_xlator xlator_t;

/* The origin of requests: a mount has one client, a server has one for each connection. */
typedef struct {
    int64_t id;
    const char *uid; /* who it is, also to other processes: GlusterFS's client_uid */
} client_t;

/* Who asks. */
typedef struct {
    uint64_t unique;
    uint32_t uid;
    uint32_t gid;
    int32_t pid;
    const char *lk_owner; /* hexadecimal text */
    const char *op;       /* what the caller asked for, such as "LOOKUP" */
    const uint32_t *groups; /* none without GLOSSA_NEEDS_GROUPS */
    size_t group_count;
    const client_t *client; /* NULL for none, once it is gone, and without GLOSSA_NEEDS_CLIENT */
} glossa_root_t;

/* One argument or part of a reply: `integer` for numbers, `pointer` for all else. */
typedef union {
    const void *pointer;
    int64_t integer;
} glossa_value_t;

typedef void (*glossa_function_t)(void);
typedef void (*glossa_cancel_t)(glossa_frame_t *frame, xlator_t *xl);
typedef void (*glossa_any_t)(glossa_frame_t *frame, xlator_t *xl, const glossa_value_t *args);
typedef void (*glossa_any_cbk_t)(glossa_frame_t *frame, void *cookie, xlator_t *xl,
                                 int64_t op_ret, int32_t op_errno, const glossa_value_t *reply);

/*
 * A row of the table of fops. `args` and `reply` have a letter for each value: l loc_t, i inode_t,
 * f fd_t, a struct iatt, d dict_t, s text, n integer, b data_t, e entries_t, v statvfs_t,
 * k gf_flock_t, z gf_lease_t, m locklist_t.
 */
struct glossa_fop {
    int number;
    const char *name;
    const char *log_name;
    const char *args;
    const char *reply;
    size_t offset; /* of the fop in struct glossa_fops */
    bool counts;   /* op_ret says how much the first part of the reply holds: it is counted anew */
    void (*call)(glossa_function_t, glossa_frame_t *, xlator_t *, const glossa_value_t *);
    void (*back)(glossa_function_t, glossa_frame_t *, void *, xlator_t *, int64_t, int32_t,
                 const glossa_value_t *);
};

/* A subvolume. */
typedef struct {
    const char *name;
    const char *type;
    int32_t index;
    bool up; /* whether it can serve, as it has said last; kept current */
} child_t;

/* An instance of the translator. */
struct glossa_xlator {
    const char *name;
#ifndef __cplusplus
    void *private;         /* yours, from init to fini */
#else
    void *private_data;    /* the same */
#endif
    const child_t *child;  /* the first; NULL if it is absent */
    const child_t *children;
    size_t child_count;
    dict_t *options; /* of those that you declare, those that have a value; their texts stay */
    double now;      /* seconds, when this call began; only GLOSSA_NEEDS_CLOCK moves it */
};

/*
 * One request, as one translator sees it. What is behind `answered` is not yours.
 * - local: your note from the fop to its callback; what frame_alloc gives needs no free.
 * - cookie: in a callback, what the wind was given, otherwise the child_t that answers.
 * - fop: NULL for a request of your own.
 */
struct glossa_frame {
    void *local;
    void *cookie;
#ifndef __cplusplus
    xlator_t *this;
#else
    xlator_t *xl;
#endif
    const struct glossa_fop *fop;
    glossa_root_t root;
    const glossa_value_t *args;
    bool answered;
    struct {
        uint32_t magic;
        uint32_t serial;
        int32_t id;
        int32_t state;
        int32_t owed;
        int32_t wound;
        bool touched;
        bool spoke;
        struct glossa_reply *replies;
        struct glossa_waiter *waiters;
        struct glossa_chunk *memory;
        glossa_frame_t *next;
        glossa_frame_t *next_touched;
    } glossa;
};

/* What wind_<fop> and the like do. */
GLOSSA_API void glossa_wind(const struct glossa_place *at, glossa_frame_t *frame, int fop, void *cookie,
                 glossa_function_t cbk, const child_t *child, const glossa_value_t *args);
GLOSSA_API void glossa_tail(const struct glossa_place *at, glossa_frame_t *frame, int fop,
                 const child_t *child, const glossa_value_t *args);
GLOSSA_API void glossa_unwind(const struct glossa_place *at, glossa_frame_t *frame, int fop, int64_t op_ret,
                   int32_t op_errno, const glossa_value_t *reply);
GLOSSA_API void glossa_fail_at(const struct glossa_place *at, glossa_frame_t *frame, int32_t op_errno);
GLOSSA_API void glossa_wind_any(const struct glossa_place *at, glossa_frame_t *frame, void *cookie,
                     glossa_any_cbk_t cbk, const child_t *child, const glossa_value_t *args);

#include "glossa_fops.gen.h"

/* Answers with an errno: short for unwind_<fop>(frame, -1, errno, NULL, …). */
#define glossa_fail(frame, op_errno) glossa_fail_at(GLOSSA_HERE, frame, op_errno)
/* The same for a frame of any fop, as any_fop and any_cbk need it. */
#define wind_any(frame, cookie, cbk, child, args) \
    glossa_wind_any(GLOSSA_HERE, frame, cookie, cbk, child, args)
#define tail_any(frame, child, args) \
    glossa_tail(GLOSSA_HERE, frame, (frame)->fop->number, child, args)
#define unwind_any(frame, op_ret, op_errno, reply) \
    glossa_unwind(GLOSSA_HERE, frame, (frame)->fop->number, op_ret, op_errno, reply)

/* Zeroed memory that lives as long as the frame. It never fails: without memory, C ends. */
GLOSSA_API void *frame_alloc(glossa_frame_t *frame, size_t size);
GLOSSA_API char *frame_strdup(glossa_frame_t *frame, const char *text);

/*
 * A request of your own: wind with it now, and again in its callbacks. It has no caller to answer,
 * and ends when no reply is owed to it any more.
 */
GLOSSA_API glossa_frame_t *frame_create(xlator_t *xl);

/* -- the translator ----------------------------------------------------------------------- */

/* GlusterFS's types of options. */
enum {
    GF_OPTION_TYPE_STR,
    GF_OPTION_TYPE_INT,
    GF_OPTION_TYPE_SIZET,
    GF_OPTION_TYPE_PERCENT,
    GF_OPTION_TYPE_BOOL,
    GF_OPTION_TYPE_PATH,
    GF_OPTION_TYPE_TIME,
    GF_OPTION_TYPE_DOUBLE
};

/* An option that the volfile may give. The list ends with one that has no key. */
struct volume_options {
    const char *key;
    int type;
    double min, max;       /* checked unless both are 0 */
    const char *value[16]; /* what a STR may be; anything if no page is built */
    const char *default_value; /* as a volfile has it */
    const char *description;
};

/* What has its price, and is only there when it is asked for. */
#define GLOSSA_NEEDS_PATH 1u   /* loc->path, inode->path */
#define GLOSSA_NEEDS_GROUPS 2u /* frame->root.groups */
#define GLOSSA_NEEDS_CLOCK 4u  /* this->now */
/*
 * readv and writev only look on, or all ways to data are defined. Otherwise, where one of the two is
 * defined, copies come as reads and writes, files have no holes, lookups bring no content along, and
 * fallocate, zerofill, discard, rchecksum and put that are not defined are EOPNOTSUPP.
 */
#define GLOSSA_OBSERVES 8u
/*
 * What becomes of fops that are not defined, where there are several subvolumes: they go to the
 * first, or are EOPNOTSUPP. Saying neither is the second, and a warning in the log.
 */
#define GLOSSA_PASSES_THROUGH 16u
#define GLOSSA_REFUSES_OTHERS 32u
#define GLOSSA_NEEDS_CLIENT 64u /* frame->root.client */

/* What a module defines, all of it optional; the runtime looks for this name. */
struct glossa_translator {
    struct glossa_fops fops;       /* those that are defined are routed to it */
    struct glossa_cbks cbks;       /* for winds without one; and alone, for fops that just pass */
    struct glossa_cancels cancels; /* the caller gave up; the request is owed its answer anyway */
    glossa_any_t any_fop;          /* every fop without a callback of its own */
    glossa_any_cbk_t any_cbk;
    glossa_cancel_t any_cancel;
    const struct volume_options *options;
    unsigned needs;
    int32_t (*init)(xlator_t *xl); /* 0, or anything else to refuse: log why */
    void (*fini)(xlator_t *xl);
    /* Such as "CHILD_UP", and the child that it is about; NULL when it is about none. */
    void (*notify)(xlator_t *xl, const char *event, const child_t *child);
    void (*client_disconnect)(xlator_t *xl, const client_t *client); /* it is going */
    void (*reconfigure)(xlator_t *xl); /* this->options are the new ones */
    void (*entry_created)(xlator_t *xl, const loc_t *loc);
    void (*entry_removed)(xlator_t *xl, const loc_t *loc);
    void (*forget)(xlator_t *xl, void *ctx);  /* an inode with a ctx of yours is gone */
    void (*release)(xlator_t *xl, void *ctx); /* the same for an fd */
    /* The same for a client, when its last request has ended. */
    void (*client_destroy)(xlator_t *xl, void *ctx);
    void (*statedump)(xlator_t *xl, dict_t *dump);
    void (*dump_state)(xlator_t *xl, dict_t *state); /* for the code that comes after a reload */
    void (*load_state)(xlator_t *xl, dict_t *state);
};
extern struct glossa_translator glossa_translator;

/*
 * From now on the module says whether its volume is up, and no longer its children. A volume is up
 * while all of its children are, unless this was called: with false in `init`, and with true when
 * the module can serve. A mount waits until its top is up.
 */
GLOSSA_API void say_up(xlator_t *xl, bool up);

/* Your note with an inode, fd or client, until it is gone; NULL if it is absent. */
GLOSSA_API void inode_ctx_set(const inode_t *inode, xlator_t *xl, void *ctx);
GLOSSA_API void *inode_ctx_get(const inode_t *inode, xlator_t *xl);
GLOSSA_API void fd_ctx_set(const fd_t *fd, xlator_t *xl, void *ctx);
GLOSSA_API void *fd_ctx_get(const fd_t *fd, xlator_t *xl);
GLOSSA_API void client_ctx_set(const client_t *client, xlator_t *xl, void *ctx);
GLOSSA_API void *client_ctx_get(const client_t *client, xlator_t *xl);

/*
 * An inode or fd for longer than the request. An inode may be forgotten meanwhile: a wind with it
 * then fails.
 */
GLOSSA_API inode_t *inode_ref(const inode_t *inode);
GLOSSA_API void inode_unref(inode_t *inode);
GLOSSA_API fd_t *fd_ref(const fd_t *fd);
GLOSSA_API void fd_unref(fd_t *fd);
/* Closes an fd of your own: one made by an open, opendir or create wound with a NULL fd. */
#define fd_close(frame, fd) glossa_close_at(GLOSSA_HERE, frame, fd)
GLOSSA_API void glossa_close_at(const struct glossa_place *at, glossa_frame_t *frame, const fd_t *fd);

/* Calls fn(xl, data) after so many seconds, once or ever again. The result stops it. */
typedef void (*glossa_timer_t)(xlator_t *xl, void *data);
GLOSSA_API int32_t timer_after(xlator_t *xl, double seconds, glossa_timer_t fn, void *data);
GLOSSA_API int32_t timer_every(xlator_t *xl, double seconds, glossa_timer_t fn, void *data);
/* Of one that has rung already: nothing. */
GLOSSA_API void timer_cancel(xlator_t *xl, int32_t timer);

/*
 * Takes back what the kernel, and caches above, were told they may cache (by a reply's xdata, under
 * GLOSSA_ENTRY_TIMEOUT and its like): an inode's attributes, and its data with `data`; what a name
 * leads to, or that it is not there; the same for all names. With `expire` a name is only asked for
 * again, where programs are at work below it; invalidate_removed says which inode it led to. It takes
 * effect when the function has returned, and after the answers to all requests under way now.
 */
#define invalidate_inode(xl, gfid, data) glossa_invalid_inode(GLOSSA_HERE, xl, gfid, data)
#define invalidate_entry(xl, parent, name, expire) \
    glossa_invalid_name(GLOSSA_HERE, xl, parent, name, expire, NULL)
#define invalidate_removed(xl, parent, name, gfid) \
    glossa_invalid_name(GLOSSA_HERE, xl, parent, name, false, GLOSSA_ADDRESS(gfid))
#define invalidate_entries(xl) glossa_invalid_entries(GLOSSA_HERE, xl)

/* A dict that lives as long as the frame; dict_copy's may be changed and leaves the other alone. */
GLOSSA_API dict_t *dict_new(glossa_frame_t *frame);
GLOSSA_API dict_t *dict_copy(glossa_frame_t *frame, const dict_t *dict);
GLOSSA_API size_t dict_count(const dict_t *dict);
GLOSSA_API const dict_pair_t *dict_first(const dict_t *dict);
GLOSSA_API const dict_pair_t *dict_get(const dict_t *dict, const char *key); /* also of NULL; or NULL */
GLOSSA_API void dict_del(dict_t *dict, const char *key);
/* 0, or -ENOENT, or -EINVAL for a value of another type (int and uint are one). */
GLOSSA_API int dict_get_int64(const dict_t *dict, const char *key, int64_t *value);
GLOSSA_API int dict_get_double(const dict_t *dict, const char *key, double *value);
GLOSSA_API int dict_get_str(const dict_t *dict, const char *key, const char **value);
GLOSSA_API int dict_get_bin(const dict_t *dict, const char *key, data_t *value);
GLOSSA_API int dict_get_gfuuid(const dict_t *dict, const char *key, gfid_t *value);
GLOSSA_API int dict_get_iatt(const dict_t *dict, const char *key, struct iatt *value);
/* They copy what they are given. */
GLOSSA_API void dict_set_int64(dict_t *dict, const char *key, int64_t value);
GLOSSA_API void dict_set_uint64(dict_t *dict, const char *key, uint64_t value);
GLOSSA_API void dict_set_double(dict_t *dict, const char *key, double value);
GLOSSA_API void dict_set_str(dict_t *dict, const char *key, const char *value);
GLOSSA_API void dict_set_bin(dict_t *dict, const char *key, const void *bytes, size_t size);
GLOSSA_API void dict_set_mdata(dict_t *dict, const char *key, const void *bytes, size_t size);
GLOSSA_API void dict_set_gfuuid(dict_t *dict, const char *key, gfid_t value);
GLOSSA_API void dict_set_iatt(dict_t *dict, const char *key, const struct iatt *value);

#define GFID_TEXT 37
GLOSSA_API bool gfid_is_null(gfid_t gfid);
GLOSSA_API bool gfid_equal(gfid_t one, gfid_t other);
/* Canonical text; the result is `text`. */
GLOSSA_API char *gfid_print(gfid_t gfid, char text[GFID_TEXT]);
/* Returns the null gfid for a malformed text. */
GLOSSA_API gfid_t gfid_parse(const char *text);

/* GlusterFS's levels. */
enum {
    GF_LOG_CRITICAL = 3,
    GF_LOG_ERROR,
    GF_LOG_WARNING,
    GF_LOG_NOTICE,
    GF_LOG_INFO,
    GF_LOG_DEBUG,
    GF_LOG_TRACE
};

/* A line in the volume's log, with its place. Arguments of one that is not written are not made. */
#define gf_log(xl, level, ...)                                 \
    do {                                                         \
        (void)(xl);                                            \
        if (glossa_logs(level))                                  \
            glossa_log(GLOSSA_HERE, level, __VA_ARGS__);         \
    } while (0)
GLOSSA_API bool glossa_logs(int level);
GLOSSA_API void glossa_log(const struct glossa_place *at, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#ifndef __cplusplus
#include "glossa_runtime.h"
#else
} /* extern "C" */
#endif

#endif
