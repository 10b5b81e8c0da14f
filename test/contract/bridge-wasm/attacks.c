/*
 * Attempts to leave the sandbox, to hang or end the process, or to decide for others. getxattr of
 * `user.NAME` makes attempt NAME (attempts.ts); it fails with EPERM after one that the module survives,
 * and with EACCES if it has found what it must not.
 *
 * Messages are forged below the functions of glossa.h.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/api.h>
#include "glossa.h"

#pragma clang diagnostic ignored "-Wunused-parameter"

#define OUT(...)                                                             \
    do {                                                                     \
        const double numbers[] = {__VA_ARGS__};                              \
        for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)        \
            glossa_out_number(numbers[n]);                                   \
    } while (0)
/* A position in a source file, of a null text, line 1 and a null text. */
#define PLACE -1, 1, -1
#define ROOT_GFID "00000000-0000-0000-0000-000000000001"
#define ID frame->glossa.id
/* Bodies of attempts, with the request that made them. */
#define ATTEMPT(name) static void name(glossa_frame_t *frame, xlator_t *this)

enum { SAY_LOG = 1, SAY_WIND, SAY_TAIL, SAY_UNWIND, SAY_FAILED, SAY_TRACK, SAY_TRACK_FD };
enum { SAY_CLOSE = 8, SAY_TIMER, SAY_STOP, SAY_PAIRS, SAY_INVALIDATE, SAY_UP };
enum { STAT = 1, READV = 12, SETXATTR = 17, STATFS = 14, GETXATTR = 18, ACCESS = 22, LOOKUP = 27 };

static volatile int sink, zero;
/* The hook that loops from now on, and whether endless work goes on. */
static const char *volatile looping = "";
static volatile bool goes_on;

static void loop(void)
{
    for (;;)
        sink++;
}

static void loop_in(const char *hook)
{
    if (strcmp(looping, hook) == 0)
        loop();
}

static char *memory_end(void)
{
    return (char *)(__builtin_wasm_memory_size(0) << 16);
}

/* -- memory ------------------------------------------------------------------------------- */

ATTEMPT(read_below) { sink = *(volatile char *)-8; }
ATTEMPT(read_above) { sink = *(volatile char *)memory_end(); }
ATTEMPT(write_above) { *(volatile double *)(memory_end() - 4) = 1; }
ATTEMPT(fill_over_the_end) { memset(memory_end() - 64, sink, 128); }
ATTEMPT(move_over_the_end) { memmove(memory_end() - 64, memory_end() - 256, 128); }
ATTEMPT(overwrite_all) { memset((void *)1024, 0xff, (size_t)memory_end() - 1024); }

ATTEMPT(overwrite_glossa)
{
    memset(&glossa_self.frames, 0xff, sizeof glossa_self - offsetof(__typeof__(glossa_self), frames));
    frame_create(this);
}

ATTEMPT(overwrite_stack)
{
    volatile char room[16];
    /* The pointer must not lie on the stack, which this overwrites. */
    static volatile char *at;
    for (at = room + 15; at > (volatile char *)8; at--)
        *at = (char)0xff;
}

ATTEMPT(grow)
{
    while (__builtin_wasm_memory_grow(0, 1) != (size_t)-1)
        memory_end()[-1] = 1;
}

static __attribute__((noinline)) int recurse(int depth)
{
    volatile char room[64];
    room[depth & 63] = (char)depth;
    return zero != 0 ? 0 : recurse(depth + 1) + room[depth & 63];
}
ATTEMPT(recursion) { sink = recurse(0); }

/* -- functions and ends ------------------------------------------------------------------- */

static int32_t (*volatile pointer)(xlator_t *, double);

ATTEMPT(call_null) { pointer = NULL; pointer(this, 1); }
ATTEMPT(call_other_type)
{
    pointer = (int32_t (*)(xlator_t *, double))(void (*)(void))loop_in;
    pointer(this, 1);
}
ATTEMPT(call_beyond_table)
{
    pointer = (int32_t (*)(xlator_t *, double))(void (*)(void))(uintptr_t)1000000;
    pointer(this, 1);
}
ATTEMPT(trap) { __builtin_trap(); }
ATTEMPT(divide) { sink = 100 / zero; }
ATTEMPT(call_abort) { abort(); }
ATTEMPT(call_exit) { exit(0); }
ATTEMPT(call_proc_exit) { __wasi_proc_exit(7); }

/* -- loops -------------------------------------------------------------------------------- */

ATTEMPT(loop_in_fop) { loop(); }
ATTEMPT(print_for_ever)
{
    for (;;)
        puts("again");
}

static void looping_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                        int32_t op_errno, GLOSSA_REPLY_PARAMS_stat)
{
    loop();
}

static const loc_t root = {.gfid = {{[15] = 1}}};

ATTEMPT(loop_in_callback) { wind_stat(frame, NULL, looping_cbk, this->child, &root, NULL); }

static void winding_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                        int32_t op_errno, GLOSSA_REPLY_PARAMS_stat)
{
    wind_stat(frame, NULL, winding_cbk, this->child, &root, NULL);
}
ATTEMPT(wind_for_ever) { wind_stat(frame, NULL, winding_cbk, this->child, &root, NULL); }

static void own_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                    int32_t op_errno, GLOSSA_REPLY_PARAMS_stat)
{
    for (int i = 0; i < 2 && goes_on; i++)
        wind_stat(frame_create(this), NULL, own_cbk, this->child, &root, NULL);
}
ATTEMPT(own_requests_for_ever)
{
    goes_on = true;
    wind_stat(frame_create(this), NULL, own_cbk, this->child, &root, NULL);
}

static void timer_loop(xlator_t *this, void *data) { loop(); }
static void timer_trap(xlator_t *this, void *data) { __builtin_trap(); }
static void timer_again(xlator_t *this, void *data)
{
    if (goes_on)
        timer_after(this, 0.001, timer_again, NULL);
}

ATTEMPT(loop_in_timer) { timer_after(this, 0, timer_loop, NULL); }
ATTEMPT(trap_in_timer) { timer_after(this, 0, timer_trap, NULL); }
ATTEMPT(timers_for_ever) { goes_on = true; timer_after(this, 0.001, timer_again, NULL); }

/* The context of an inode that the module never got: the host says that it is gone. */
static void track_forged(void)
{
    static int ctx;
    glossa_map_set(&glossa_self.inode_ctx, 123456789, &ctx);
    OUT(SAY_TRACK, 123456789);
}

static void forget(xlator_t *this, void *ctx)
{
    loop_in("forget");
    if (strcmp(looping, "trap in forget") == 0)
        __builtin_trap();
    if (goes_on)
        track_forged();
}

ATTEMPT(forget_for_ever) { goes_on = true; track_forged(); }
ATTEMPT(loop_in_forget) { looping = "forget"; track_forged(); }
ATTEMPT(trap_in_forget) { looping = "trap in forget"; track_forged(); }
ATTEMPT(loop_in_notify) { looping = "notify"; }
ATTEMPT(loop_in_statedump) { looping = "statedump"; }
ATTEMPT(loop_in_reconfigure) { looping = "reconfigure"; }
ATTEMPT(loop_in_entry_created) { looping = "entry_created"; }
ATTEMPT(loop_in_client_disconnect) { looping = "client_disconnect"; }
ATTEMPT(loop_in_fini) { looping = "fini"; }
ATTEMPT(loop_in_cancel)
{
    looping = "cancel";
    frame->glossa.state = GLOSSA_LATER;
}
ATTEMPT(calm) { goes_on = false; looping = ""; }

/* -- malformed messages ------------------------------------------------------------------- */

ATTEMPT(kind_0) { OUT(0); }
ATTEMPT(kind_14) { OUT(14, 1, 2, 3); }
ATTEMPT(kind_nan) { OUT(NAN); }
ATTEMPT(kind_huge) { OUT(1e308); }
ATTEMPT(cut_off) { OUT(SAY_LOG, -1, 1); }
ATTEMPT(text_of_2_53_bytes) { OUT(SAY_LOG, 9007199254740992.0, 1, -1, 4, -1); }
ATTEMPT(text_of_nan_bytes) { OUT(SAY_LOG, NAN, 1, -1, 4, -1); }
ATTEMPT(text_of_half_a_byte) { OUT(SAY_LOG, 0.5, 1, -1, 4, -1); }
ATTEMPT(text_of_infinite_bytes) { OUT(SAY_LOG, INFINITY, 1, -1, 4, -1); }
ATTEMPT(value_unknown) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, 127, 0); }
ATTEMPT(value_of_another_type) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, 'n', 1, 0); }
ATTEMPT(fop_unknown) { OUT(SAY_UNWIND, ID, PLACE, 999, 0, 0, 0, 0); }
ATTEMPT(fop_nan) { OUT(SAY_WIND, ID, PLACE, 0, 0, NAN); }
ATTEMPT(reply_of_another_fop) { OUT(SAY_UNWIND, ID, PLACE, ACCESS, 0, 0, 0); }
ATTEMPT(dict_of_1e15_pairs) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, 'd', 1e15); }
ATTEMPT(dict_of_minus_pairs) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, 'd', -3, 0); }
ATTEMPT(list_of_1e15_entries) { OUT(SAY_UNWIND, ID, PLACE, 40, 1, 0, 'e', 1e15); }
ATTEMPT(list_of_nan_entries) { OUT(SAY_UNWIND, ID, PLACE, 40, 1, 0, 'e', NAN, 0); }

/* A reply of one pair, whose type and value follow. */
static void out_pair(glossa_frame_t *frame)
{
    OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, 'd', 1);
    glossa_out_text("user.number");
}
ATTEMPT(uint_negative) { out_pair(frame); OUT('u', -1, 0); }
ATTEMPT(integer_infinite) { out_pair(frame); OUT('n', INFINITY, 0); }
ATTEMPT(pair_of_unknown_type)
{
    out_pair(frame);
    OUT(NAN);
    glossa_out_text("text");
    OUT(0);
}
ATTEMPT(errno_0) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, -1, 0, 0, 0); }
ATTEMPT(errno_nan) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, -1, NAN, 0, 0); }
ATTEMPT(op_ret_nan) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, NAN, 0, 0, 0); }
ATTEMPT(op_ret_huge) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 1e300, 0, 0, 0); }

/* -- others' objects ---------------------------------------------------------------------- */

#define WIND(child) OUT(SAY_WIND, ID, PLACE, 0, child, STATFS, '=', -1, 0, 0)

ATTEMPT(child_99) { WIND(99); }
ATTEMPT(child_minus_1) { WIND(-1); }
ATTEMPT(child_half) { WIND(0.5); }
ATTEMPT(wind_minus_5) { OUT(SAY_WIND, ID, PLACE, -5, 0, STATFS, '=', -1, 0, 0); }
ATTEMPT(wind_1e300) { OUT(SAY_WIND, ID, PLACE, 1e300, 0, STATFS, '=', -1, 0, 0); }
ATTEMPT(request_0) { OUT(SAY_UNWIND, 0, PLACE, GETXATTR, -1, 5, 0, 0); }
ATTEMPT(request_nan) { OUT(SAY_UNWIND, NAN, PLACE, GETXATTR, -1, 5, 0, 0); }
ATTEMPT(request_half) { OUT(SAY_UNWIND, -0.5, PLACE, GETXATTR, -1, 5, 0, 0); }
ATTEMPT(own_request_answered) { OUT(SAY_UNWIND, -7, PLACE, GETXATTR, -1, 5, 0, 0); }
ATTEMPT(requests_of_others)
{
    for (int id = 1; id < 3000; id++)
        if (id != ID)
            OUT(SAY_FAILED, id);
    OUT(SAY_UNWIND, 12345678, PLACE, GETXATTR, -1, 5, 0, 0);
}

static void wind_to_inode(double id, double inode)
{
    OUT(SAY_WIND, id, PLACE, 0, 0, STAT, 'l', inode, 0, -1);
    glossa_out_gfid((gfid_t){{0}});
    OUT(0);
}
ATTEMPT(inode_forged) { wind_to_inode(ID, 123456789); }
ATTEMPT(inodes_of_others)
{
    for (int inode = 2; inode < 300; inode++)
        wind_to_inode(-inode, inode);
}
ATTEMPT(fds_of_others)
{
    for (int fd = 1; fd < 300; fd++)
        OUT(SAY_WIND, ID, PLACE, fd, 0, READV, 'f', fd, 'n', 100, 'n', 0, 'n', 0, 0);
}
ATTEMPT(close_fds_of_others)
{
    for (int fd = -2; fd < 3000; fd++)
        OUT(SAY_CLOSE, fd);
    OUT(SAY_CLOSE, NAN, SAY_CLOSE, 1e300);
}
ATTEMPT(track_others)
{
    for (int id = -2; id < 3000; id++)
        OUT(SAY_TRACK, id, SAY_TRACK_FD, id);
    OUT(SAY_TRACK, NAN, SAY_TRACK_FD, -INFINITY);
}
ATTEMPT(value_of_another_wind) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, '=', 7, 0, 0); }
ATTEMPT(value_beyond) { OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, '=', -1, 1e9, 0); }

static void wind_name(glossa_frame_t *frame, const char *name, size_t size)
{
    OUT(SAY_WIND, ID, PLACE, 0, 0, LOOKUP, 'l', 0, 1);
    glossa_out_bytes(name, size);
    glossa_out_gfid((gfid_t){{0}});
    OUT(0);
}
ATTEMPT(name_with_slash) { wind_name(frame, "../../etc/passwd", 16); }
ATTEMPT(name_with_nul) { wind_name(frame, "a\0b", 3); }
ATTEMPT(name_empty) { wind_name(frame, "", 0); }

/* -- answers ------------------------------------------------------------------------------ */

ATTEMPT(answer_twice)
{
    frame->glossa.state = GLOSSA_LATER;
    OUT(SAY_UNWIND, ID, PLACE, GETXATTR, -1, EPERM, 0, 0);
    OUT(SAY_UNWIND, ID, PLACE, GETXATTR, -1, EACCES, 0, 0);
}
ATTEMPT(fail_a_million_times)
{
    for (int i = 0; i < 1000000; i++)
        OUT(SAY_FAILED, ID);
}
ATTEMPT(never_answer) { frame->glossa.state = GLOSSA_LATER; }

static double answered_id;
static void answer_again(xlator_t *this, void *data)
{
    OUT(SAY_UNWIND, answered_id, PLACE, GETXATTR, -1, EACCES, 0, 0);
}
ATTEMPT(answer_later_again) { answered_id = ID; timer_after(this, 0, answer_again, NULL); }

/* -- amounts ------------------------------------------------------------------------------ */

#define TIMES(count) for (int i = 0; i < (count); i++)

ATTEMPT(a_million_lines) { TIMES(1000000) OUT(SAY_LOG, -1, i, -1, 4, 1, 0); }
ATTEMPT(too_many_messages) { TIMES(1300000) OUT(SAY_LOG, -1, i, -1, 4, 1, 0); }
ATTEMPT(a_line_of_30_mb)
{
    char *text = malloc(30000001);
    if (text == NULL)
        return;
    memset(text, 'x', 30000000);
    text[30000000] = '\0';
    gf_log(this, GF_LOG_ERROR, "%s", text);
    free(text);
}
ATTEMPT(a_line_that_is_not_utf8) { gf_log(this, GF_LOG_ERROR, "\xff\xfe\xc0\x80\xed\xa0\x80 said"); }
ATTEMPT(a_line_that_forges_another) { gf_log(this, GF_LOG_ERROR, "said\n[2026-01-01] E forged\r\x1b[2J"); }
ATTEMPT(a_million_timers) { TIMES(1000000) OUT(SAY_TIMER, i, 3600000, 0); }
ATTEMPT(timers_of_no_time)
{
    OUT(SAY_TIMER, 1, NAN, 1, SAY_TIMER, 2, -INFINITY, 1, SAY_TIMER, NAN, 1, 0, SAY_TIMER, 4, 1e300, 1);
    OUT(SAY_TIMER, 5, INFINITY, 0, SAY_STOP, NAN, SAY_STOP, 99, SAY_STOP, 1, SAY_STOP, 2);
}
ATTEMPT(a_million_subscriptions) { TIMES(1000000) OUT(SAY_TRACK, 1000000 + i); }
ATTEMPT(up_and_down) { TIMES(200001) OUT(SAY_UP, i % 2 == 0); }
ATTEMPT(invalidate_all) { TIMES(200000) OUT(SAY_INVALIDATE, PLACE, 0); }
ATTEMPT(invalidate_path)
{
    OUT(SAY_INVALIDATE, PLACE, 2);
    glossa_out_text(ROOT_GFID);
    glossa_out_text("../etc");
    OUT(0);
}
ATTEMPT(invalidate_unknown) { OUT(SAY_INVALIDATE, PLACE, 99, -1); }
ATTEMPT(winds_20000) { TIMES(20000) OUT(SAY_WIND, ID, PLACE, i, 0, STATFS, '=', -1, 0, 0); }
ATTEMPT(own_requests_20000)
{
    TIMES(20000)
    {
        OUT(SAY_WIND, -1 - i, PLACE, 0, 0, STATFS, 'l', 0, 0, -1);
        glossa_out_text(ROOT_GFID);
        OUT(0);
    }
}
ATTEMPT(a_dict_of_a_million_pairs)
{
    frame->glossa.state = GLOSSA_LATER;
    OUT(SAY_UNWIND, ID, PLACE, GETXATTR, 0, 0, 'd', 1000000);
    TIMES(1000000)
    {
        char key[16];
        snprintf(key, sizeof key, "user.%d", i);
        glossa_out_text(key);
        OUT('n', i);
    }
    OUT(0);
}
ATTEMPT(a_value_of_30_mb)
{
    frame->glossa.state = GLOSSA_LATER;
    out_pair(frame);
    OUT('b');
    char *bytes = calloc(1, 30000000);
    if (bytes != NULL)
        glossa_out_bytes(bytes, 30000000);
    free(bytes);
    OUT(0);
}
/* 3,000 winds of 16 KiB each: 1,000 are carried out at once, and the others stay in the host. */
ATTEMPT(much_for_the_host)
{
    static char bytes[16384];
    TIMES(3000)
    {
        OUT(SAY_WIND, -1000000 - i, PLACE, 0, 0, SETXATTR, 'l', 0, 0, -1);
        glossa_out_text(ROOT_GFID);
        OUT('d', 1);
        glossa_out_text("user.value");
        OUT('b');
        glossa_out_bytes(bytes, sizeof bytes);
        OUT('n', 0, 0);
    }
}

/* -- WASI --------------------------------------------------------------------------------- */

ATTEMPT(wasi_pointers)
{
    const __wasi_ciovec_t over = {(const uint8_t *)memory_end() - 4, 8};
    const __wasi_ciovec_t below = {(const uint8_t *)-1, 0xffffffff};
    __wasi_size_t size = 0;
    const bool refused =
        __wasi_fd_write(1, &over, 1, &size) != 0 && __wasi_fd_write(2, &below, 1, &size) != 0 &&
        __wasi_fd_write(1, (const __wasi_ciovec_t *)-4, 1, &size) != 0 &&
        __wasi_fd_write(1, &over, 0xffffffff, &size) != 0 &&
        __wasi_fd_write(3, &over, 0, &size) != 0 && __wasi_fd_write(0, &over, 0, &size) != 0 &&
        __wasi_random_get((uint8_t *)memory_end() - 4, 8) != 0 &&
        __wasi_random_get((uint8_t *)1024, 0xfffffff0) != 0 &&
        __wasi_clock_time_get(0, 0, (__wasi_timestamp_t *)-4) != 0 &&
        __wasi_clock_time_get(77, 0, (__wasi_timestamp_t *)1024) != 0 && __wasi_fd_close(3) != 0;
    if (!refused)
        glossa_fail(frame, EACCES);
}

ATTEMPT(wasi_environment)
{
    __wasi_size_t count = 9, size = 9, arguments = 9, bytes = 9;
    const bool empty = __wasi_environ_sizes_get(&count, &size) == 0 && count == 0 && size == 0 &&
                       __wasi_args_sizes_get(&arguments, &bytes) == 0 && arguments == 0 &&
                       getenv("PATH") == NULL && getenv("HOME") == NULL;
    if (!empty)
        glossa_fail(frame, EACCES);
}
/* -- the module --------------------------------------------------------------------------- */

static const struct {
    const char *name;
    void (*run)(glossa_frame_t *frame, xlator_t *this);
} attempts[] = {
#define ROW(name) {#name, name},
    ROW(read_below) ROW(read_above) ROW(write_above) ROW(fill_over_the_end)
    ROW(move_over_the_end) ROW(overwrite_all) ROW(overwrite_glossa) ROW(overwrite_stack)
    ROW(grow) ROW(recursion) ROW(call_null) ROW(call_other_type) ROW(call_beyond_table) ROW(trap)
    ROW(divide) ROW(call_abort) ROW(call_exit) ROW(call_proc_exit) ROW(loop_in_fop)
    ROW(print_for_ever) ROW(loop_in_callback) ROW(wind_for_ever) ROW(own_requests_for_ever)
    ROW(loop_in_timer) ROW(trap_in_timer) ROW(timers_for_ever) ROW(forget_for_ever)
    ROW(loop_in_forget) ROW(trap_in_forget) ROW(loop_in_notify) ROW(loop_in_statedump)
    ROW(loop_in_reconfigure) ROW(loop_in_entry_created) ROW(loop_in_client_disconnect)
    ROW(loop_in_fini) ROW(loop_in_cancel) ROW(calm) ROW(kind_0) ROW(kind_14) ROW(kind_nan) ROW(kind_huge)
    ROW(cut_off) ROW(text_of_2_53_bytes) ROW(text_of_nan_bytes) ROW(text_of_half_a_byte)
    ROW(text_of_infinite_bytes) ROW(value_unknown) ROW(value_of_another_type) ROW(fop_unknown)
    ROW(fop_nan) ROW(reply_of_another_fop) ROW(dict_of_1e15_pairs) ROW(dict_of_minus_pairs)
    ROW(list_of_1e15_entries) ROW(list_of_nan_entries) ROW(uint_negative) ROW(integer_infinite)
    ROW(pair_of_unknown_type) ROW(errno_0) ROW(errno_nan) ROW(op_ret_nan) ROW(op_ret_huge)
    ROW(child_99) ROW(child_minus_1) ROW(child_half) ROW(wind_minus_5) ROW(wind_1e300)
    ROW(request_0) ROW(request_nan) ROW(request_half) ROW(own_request_answered)
    ROW(requests_of_others) ROW(inode_forged) ROW(inodes_of_others) ROW(fds_of_others)
    ROW(close_fds_of_others) ROW(track_others) ROW(value_of_another_wind) ROW(value_beyond)
    ROW(name_with_slash) ROW(name_with_nul) ROW(name_empty) ROW(answer_twice)
    ROW(fail_a_million_times) ROW(never_answer) ROW(answer_later_again) ROW(a_million_lines)
    ROW(too_many_messages) ROW(a_line_of_30_mb) ROW(a_line_that_is_not_utf8)
    ROW(a_line_that_forges_another) ROW(a_million_timers) ROW(timers_of_no_time)
    ROW(a_million_subscriptions) ROW(up_and_down) ROW(invalidate_all) ROW(invalidate_path)
    ROW(invalidate_unknown) ROW(winds_20000) ROW(own_requests_20000)
    ROW(a_dict_of_a_million_pairs) ROW(a_value_of_30_mb) ROW(much_for_the_host)
    ROW(wasi_pointers) ROW(wasi_environment)
};

static void getxattr(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_getxattr)
{
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        if (name == NULL || strncmp(name, "user.", 5) != 0 || strcmp(name + 5, attempts[i].name) != 0)
            continue;
        attempts[i].run(frame, this);
        if (!frame->answered && frame->glossa.wound == 0 && frame->glossa.state == 0)
            glossa_fail(frame, EPERM);
        return;
    }
    tail_getxattr(frame, this->child, loc, name, xdata);
}

static void notify(xlator_t *this, const char *event, const child_t *child)
{
    loop_in("notify");
}

static void reconfigure(xlator_t *this) { loop_in("reconfigure"); }
static void statedump(xlator_t *this, dict_t *dict) { loop_in("statedump"); }
static void entry_created(xlator_t *this, const loc_t *loc) { loop_in("entry_created"); }
static void client_disconnect(xlator_t *this, const client_t *client)
{
    loop_in("client_disconnect");
}
static void cancel(glossa_frame_t *frame, xlator_t *this) { loop_in("cancel"); }
static void fini(xlator_t *this) { loop_in("fini"); }

/* A reply by messages, which stay in the memory after the call. */
static void access(glossa_frame_t *frame, xlator_t *this, GLOSSA_PARAMS_access)
{
    gf_log(this, GF_LOG_INFO, "said before");
    glossa_fail(frame, EPERM);
}

struct glossa_translator glossa_translator = {
    .fops = {.getxattr = getxattr, .access = access},
    .notify = notify,
    .reconfigure = reconfigure,
    .statedump = statedump,
    .forget = forget,
    .entry_created = entry_created,
    .client_disconnect = client_disconnect,
    .any_cancel = cancel,
    .fini = fini,
    .options = (struct volume_options[]){{.key = "edition", .type = GF_OPTION_TYPE_INT}, {0}},
};
