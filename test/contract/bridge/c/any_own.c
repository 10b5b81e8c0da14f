/* Has functions of single fops beside the generic ones. */
#include "shapes.h"

static void fop(ANY_CALL)
{
    gf_log(this, GF_LOG_INFO, "any %s", frame->fop->name);
    wind_any(frame, NULL, NULL, this->child, args);
}

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "any %s_cbk", frame->fop->name);
    unwind_any(frame, op_ret, op_errno, reply);
}

static void stat(CALL(stat))
{
    gf_log(this, GF_LOG_INFO, "own stat");
    wind_stat(frame, NULL, NULL, this->child, loc, xdata);
}

static void stat_cbk(REPLY(stat))
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "own stat_cbk");
    unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void readlink(CALL(readlink))
{
    gf_log(this, GF_LOG_INFO, "own readlink");
    wind_readlink(frame, NULL, NULL, this->child, loc, size, xdata);
}

static void statfs_cbk(REPLY(statfs))
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "own statfs_cbk");
    unwind_statfs(frame, op_ret, op_errno, buf, xdata);
}

struct glossa_translator glossa_translator = {
    .any_fop = fop,
    .any_cbk = cbk,
    .fops = {.stat = stat, .readlink = readlink},
    .cbks = {.stat = stat_cbk, .statfs = statfs_cbk},
};
