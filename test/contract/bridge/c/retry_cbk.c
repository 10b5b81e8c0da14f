/* Winds to the child again after a failure, from the callback. */
#include "shapes.h"

static void stat_cbk(REPLY(stat))
{
    UNUSED(cookie);
    if (op_ret < 0 && op_errno == EAGAIN)
        wind_any(frame, NULL, NULL, this->child, frame->args);
    else
        unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

struct glossa_translator glossa_translator = {.cbks = {.stat = stat_cbk}};
