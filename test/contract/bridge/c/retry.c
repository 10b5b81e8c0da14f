/* Asks one child after the other until one succeeds. */
#include "shapes.h"

static void stat_cbk(REPLY(stat))
{
    const child_t *child = cookie;
    const size_t next = (size_t)child->index + 1;
    if (op_ret < 0 && next < this->child_count)
        wind_any(frame, NULL, NULL, &this->children[next], frame->args);
    else
        unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void stat(CALL(stat))
{
    wind_stat(frame, NULL, NULL, this->child, loc, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.stat = stat}, .cbks = {.stat = stat_cbk}};
