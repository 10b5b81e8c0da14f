/* Asks every child at once, and answers with the first success, or the last failure. */
#include "shapes.h"

static void stat_cbk(REPLY(stat))
{
    size_t *left = frame->local;
    --*left;
    gf_log(this, GF_LOG_INFO, "%s: %d%s", ((const child_t *)cookie)->name, (int)op_ret,
           frame->answered ? " late" : "");
    if (!frame->answered && (op_ret >= 0 || *left == 0))
        unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void stat(CALL(stat))
{
    size_t *left = frame_alloc(frame, sizeof *left);
    *left = this->child_count;
    frame->local = left;
    for (size_t i = 0; i < this->child_count; i++)
        wind_stat(frame, NULL, stat_cbk, &this->children[i], loc, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.stat = stat}};
