/* Winds stat to the last subvolume. */
#include "shapes.h"

static void stat(CALL(stat))
{
    tail_stat(frame, &this->children[this->child_count - 1], loc, xdata);
}

static void readlink_cbk(REPLY(readlink))
{
    UNUSED(cookie);
    UNUSED(this);
    unwind_readlink(frame, op_ret, op_errno, path, buf, xdata);
}
