/* Asks every child at once, and answers with the worst result when the last has replied. */
#include "shapes.h"

struct answers {
    size_t count;
    int64_t op_ret;
    int32_t op_errno;
    const struct iatt *pre, *post;
    dict_t *xdata;
};

static void setattr_cbk(REPLY(setattr))
{
    struct answers *answers = frame->local;
    gf_log(this, GF_LOG_INFO, "%s: %d", ((const child_t *)cookie)->name, (int)op_ret);
    if (answers->count++ == 0 || op_ret < answers->op_ret)
        *answers = (struct answers){answers->count, op_ret, op_errno, statpre, statpost, xdata};
    if (answers->count == this->child_count)
        unwind_setattr(frame, answers->op_ret, answers->op_errno, answers->pre, answers->post,
                       answers->xdata);
}

static void setattr(CALL(setattr))
{
    frame->local = frame_alloc(frame, sizeof(struct answers));
    for (size_t i = 0; i < this->child_count; i++)
        wind_setattr(frame, NULL, setattr_cbk, &this->children[i], loc, stbuf, valid, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.setattr = setattr}};
