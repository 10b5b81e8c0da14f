/* Logs frame->cookie in callbacks: the given cookie, or the child that replied. */
#include "shapes.h"

static void stat_cbk(REPLY(stat))
{
    gf_log(this, GF_LOG_INFO, "%s", ((const child_t *)cookie)->name);
    unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void stat(CALL(stat))
{
    wind_stat(frame, NULL, stat_cbk, this->child, loc, xdata);
}

static void access_cbk(REPLY(access))
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "%s", ((const child_t *)frame->cookie)->name);
    unwind_access(frame, op_ret, op_errno, xdata);
}

static void access(CALL(access))
{
    wind_access(frame, NULL, access_cbk, &this->children[1], loc, mask, xdata);
}

static void readlink_cbk(REPLY(readlink))
{
    gf_log(this, GF_LOG_INFO, "%s", (const char *)cookie);
    unwind_readlink(frame, op_ret, op_errno, path, buf, xdata);
}

static void readlink(CALL(readlink))
{
    wind_readlink(frame, "a note", readlink_cbk, this->child, loc, size, xdata);
}

struct glossa_translator glossa_translator = {
    .fops = {.stat = stat, .access = access, .readlink = readlink}};
