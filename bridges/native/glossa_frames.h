/*
 * The state of an instance, its log, and its frames. Part of glossa.h: include that.
 *
 * A volume loads a copy of the module of its own, so that all state here is one instance's.
 *
 * A frame's state is one number: 0 while its function runs undecided, the result for the host once
 * decided (see bridges/host/guest.ts), or LATER: no function runs, or one has sent messages, so that
 * further decisions are messages.
 */
#ifndef GLOSSA_FRAMES_H
#define GLOSSA_FRAMES_H

/* Kinds of messages; messages.ts has the same. */
enum {
    GLOSSA_SAY_LOG = 1,
    GLOSSA_SAY_WIND,
    GLOSSA_SAY_TAIL,
    GLOSSA_SAY_UNWIND,
    GLOSSA_SAY_FAILED,
    GLOSSA_SAY_TRACK,
    GLOSSA_SAY_TRACK_FD,
    GLOSSA_SAY_CLOSE_FD,
    GLOSSA_SAY_TIMER,
    GLOSSA_SAY_UNTIMER,
    GLOSSA_SAY_TOLD,
    GLOSSA_SAY_INVALIDATE,
    GLOSSA_SAY_UP
};

#define GLOSSA_LIVE 0x6c697665u
#define GLOSSA_DEAD 0x64656164u
/* Frames that are dead wait so long for their next request, so that a late use is found out. */
#define GLOSSA_REST 16
#define GLOSSA_OWN_PID (-100)

/* A child's answer. */
struct glossa_reply {
    struct glossa_reply *next;
    const struct glossa_fop *fop;
    int64_t op_ret;
    int32_t op_errno, wind;
    const glossa_value_t *values;
};

/* Who waits for one. */
struct glossa_waiter {
    struct glossa_waiter *next;
    glossa_function_t cbk;
    void *cookie;
    int32_t wind;
    bool any, opens;
};

struct glossa_timer {
    glossa_timer_t fn;
    void *data;
    bool again;
};

/* A client that the module has seen. Its uid is behind it. */
struct glossa_client {
    client_t it;
    void *ctx;
};

GLOSSA_HIDDEN struct {
    double *area; /* [0] length of the messages, [1] log level, [2] the clock, then the record */
    xlator_t this;
    glossa_frame_t *current;
    glossa_frame_t *touched; /* may be over when the call has ended */
    glossa_frame_t *oldest, *newest;
    size_t resting;
    uint32_t serial;
    int32_t own_id, timer_id;
    struct glossa_map frames, inode_ctx, fd_ctx, clients, own_fds, timers;
    struct glossa_chunk *memory; /* the volume's */
} glossa_self;

/* -- talk --------------------------------------------------------------------------------- */

GLOSSA_API void glossa_out_place(const struct glossa_place *at)
{
    glossa_out_text(at->file);
    glossa_out_number(at->line);
    glossa_out_text(at->func);
}

GLOSSA_API bool glossa_logs(int level)
{
    return level <= glossa_self.area[1];
}

GLOSSA_API void glossa_vlog(const struct glossa_place *at, int level, const char *format,
                               va_list args)
{
    char plain[512], *text = plain;
    va_list again;
    va_copy(again, args);
    const int length = vsnprintf(plain, sizeof plain, format, args);
    if (length >= (int)sizeof plain) {
        text = glossa_need(malloc((size_t)length + 1));
        vsnprintf(text, (size_t)length + 1, format, again);
    }
    va_end(again);
    glossa_out_number(GLOSSA_SAY_LOG);
    glossa_out_place(at);
    glossa_out_number(level);
    glossa_out_text(length < 0 ? format : text);
    if (text != plain)
        free(text);
}

GLOSSA_API void glossa_log(const struct glossa_place *at, int level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    glossa_vlog(at, level, format, args);
    va_end(args);
}

/* -- frames ------------------------------------------------------------------------------- */

/* Of functions by fop: struct glossa_fops, glossa_cbks and glossa_cancels have one layout. */
GLOSSA_API glossa_function_t glossa_member(const void *table, const struct glossa_fop *fop)
{
    glossa_function_t found;
    memcpy(&found, (const char *)table + fop->offset, sizeof found);
    return found;
}

GLOSSA_API glossa_frame_t *glossa_new_frame(int32_t id, const struct glossa_fop *fop)
{
    glossa_frame_t *frame = glossa_self.oldest;
    if (glossa_self.resting > GLOSSA_REST) {
        glossa_self.oldest = frame->glossa.next;
        glossa_self.resting--;
    } else {
        frame = glossa_need(malloc(sizeof *frame));
    }
    *frame = (glossa_frame_t){.this = &glossa_self.this, .fop = fop};
    frame->glossa.magic = GLOSSA_LIVE;
    frame->glossa.serial = ++glossa_self.serial;
    frame->glossa.id = id;
    return frame;
}

GLOSSA_API void glossa_end_frame(glossa_frame_t *frame)
{
    glossa_map_take(&glossa_self.frames, frame->glossa.id);
    glossa_free(&frame->glossa.memory);
    frame->local = NULL;
    frame->answered = true;
    frame->glossa.magic = GLOSSA_DEAD;
    frame->glossa.next = NULL;
    if (glossa_self.resting++ == 0)
        glossa_self.oldest = frame;
    else
        glossa_self.newest->glossa.next = frame;
    glossa_self.newest = frame;
}

GLOSSA_API void glossa_touch(glossa_frame_t *frame)
{
    if (frame->glossa.touched)
        return;
    frame->glossa.touched = true;
    frame->glossa.next_touched = glossa_self.touched;
    glossa_self.touched = frame;
}

/* What is over ends. */
GLOSSA_API void glossa_settle(void)
{
    while (glossa_self.touched != NULL) {
        glossa_frame_t *frame = glossa_self.touched;
        glossa_self.touched = frame->glossa.next_touched;
        frame->glossa.touched = false;
        if (frame->glossa.owed == 0 && (frame->answered || frame->fop == NULL))
            glossa_end_frame(frame);
    }
}

GLOSSA_API void glossa_fail_frame(glossa_frame_t *frame)
{
    if (frame->glossa.state == GLOSSA_FAILED)
        return;
    frame->glossa.state = GLOSSA_FAILED;
    frame->answered = true;
    frame->glossa.owed = 0;
    if (frame != glossa_self.current) {
        glossa_out_number(GLOSSA_SAY_FAILED);
        glossa_out_number(frame->glossa.id);
    }
    glossa_touch(frame);
}

/* A mistake of the module's: into the log with its place, and the request fails. */
GLOSSA_API void __attribute__((format(printf, 3, 4)))
glossa_refuse(const struct glossa_place *at, glossa_frame_t *frame, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    glossa_vlog(at, GF_LOG_ERROR, format, args);
    va_end(args);
    if (frame != NULL)
        glossa_fail_frame(frame);
}

GLOSSA_API const char *glossa_name(const glossa_frame_t *frame)
{
    return frame->fop == NULL ? "a request of its own" : frame->fop->name;
}

GLOSSA_API bool glossa_usable(const struct glossa_place *at, glossa_frame_t *frame,
                                 const char *what)
{
    if (frame == NULL || frame->glossa.magic != GLOSSA_LIVE) {
        glossa_refuse(at, NULL, "%s: the request has ended", what);
        return false;
    }
    if (frame->glossa.state == GLOSSA_FAILED)
        return false;
    if (!frame->answered)
        return true;
    glossa_refuse(at, frame, "%s: %s after the request was answered or handed on (is a return "
                  "missing, or a look at frame->answered?)", glossa_name(frame), what);
    return false;
}

GLOSSA_API void glossa_answered(glossa_frame_t *frame, int32_t state)
{
    frame->glossa.state = state;
    frame->answered = true;
    if (frame != glossa_self.current)
        glossa_touch(frame);
}

GLOSSA_API void *frame_alloc(glossa_frame_t *frame, size_t size)
{
    return memset(glossa_get(&frame->glossa.memory, size), 0, size);
}

GLOSSA_API char *frame_strdup(glossa_frame_t *frame, const char *text)
{
    return glossa_copy_text(&frame->glossa.memory, text, strlen(text));
}

GLOSSA_API glossa_frame_t *frame_create(xlator_t *this)
{
    (void)this;
    /* Numbers of requests of its own are negative: after the lowest, -1 comes again. */
    glossa_self.own_id = glossa_self.own_id == INT32_MIN ? -1 : glossa_self.own_id - 1;
    glossa_frame_t *frame = glossa_new_frame(glossa_self.own_id, NULL);
    frame->root = (glossa_root_t){.pid = GLOSSA_OWN_PID, .lk_owner = "", .op = "NULL"};
    frame->glossa.state = GLOSSA_LATER;
    glossa_map_set(&glossa_self.frames, frame->glossa.id, frame);
    glossa_touch(frame);
    return frame;
}

GLOSSA_API dict_t *dict_new(glossa_frame_t *frame)
{
    return glossa_new_dict(&frame->glossa.memory);
}

GLOSSA_API dict_t *dict_copy(glossa_frame_t *frame, const dict_t *dict)
{
    dict_t *copy = dict_new(frame);
    glossa_copy_pairs(copy, dict);
    return copy;
}

#endif
