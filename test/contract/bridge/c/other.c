/* Winds a stat before it passes a removal on. */
#include "shapes.h"

static void looked(REPLY(stat))
{
    UNUSED(cookie);
    UNUSED(xdata);
    if (op_ret < 0) {
        glossa_fail(frame, op_errno);
        return;
    }
    gf_log(this, GF_LOG_INFO, "it has %d bytes", (int)buf->ia_size);
    tail_any(frame, this->child, frame->args);
}

static void unlink(CALL(unlink))
{
    UNUSED(xflag);
    UNUSED(xdata);
    wind_stat(frame, NULL, looked, this->child, loc, NULL);
}

static void rmdir(CALL(rmdir))
{
    UNUSED(flags);
    UNUSED(xdata);
    wind_stat(frame, NULL, looked, this->child, loc, NULL);
}

struct glossa_translator glossa_translator = {.fops = {.unlink = unlink, .rmdir = rmdir}};
