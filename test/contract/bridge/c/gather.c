/* Asks all children at once, and waits for what it needs of their replies. */
#include "shapes.h"

struct answers {
    size_t count;
    const struct iatt *buf;
    dict_t *xdata;
};

static void stat_cbk(REPLY(stat))
{
    UNUSED(cookie);
    struct answers *answers = frame->local;
    if (frame->answered)
        return;
    if (op_ret < 0) {
        glossa_fail(frame, op_errno);
        return;
    }
    if (answers->buf == NULL || buf->ia_size > answers->buf->ia_size)
        *answers = (struct answers){answers->count, buf, xdata};
    if (++answers->count == this->child_count)
        unwind_stat(frame, 0, 0, answers->buf, answers->xdata);
}

static void stat(CALL(stat))
{
    frame->local = frame_alloc(frame, sizeof(struct answers));
    for (size_t i = 0; i < this->child_count; i++)
        wind_stat(frame, NULL, stat_cbk, &this->children[i], loc, xdata);
}

/* Any success counts. */
static void access_cbk(REPLY(access))
{
    UNUSED(cookie);
    size_t *count = frame->local;
    ++*count;
    if (!frame->answered && (op_ret >= 0 || *count == this->child_count))
        unwind_access(frame, op_ret, op_errno, xdata);
}

static void access(CALL(access))
{
    frame->local = frame_alloc(frame, sizeof(size_t));
    for (size_t i = 0; i < this->child_count; i++)
        wind_access(frame, NULL, access_cbk, &this->children[i], loc, mask, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.stat = stat, .access = access}};
