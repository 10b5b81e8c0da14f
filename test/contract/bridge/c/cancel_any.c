/* Handles every interrupted caller in one generic cancel method. */
#include "shapes.h"

static void fop(ANY_CALL)
{
    wind_any(frame, NULL, NULL, this->child, args);
}

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    UNUSED(this);
    if (!frame->answered)
        unwind_any(frame, op_ret, op_errno, reply);
}

static void any_cancel(glossa_frame_t *frame, xlator_t *this)
{
    gf_log(this, GF_LOG_INFO, "any %s", frame->fop->name);
    glossa_fail(frame, EINTR);
}

static void stat_cancel(glossa_frame_t *frame, xlator_t *this)
{
    gf_log(this, GF_LOG_INFO, "own %s", frame->fop->name);
    glossa_fail(frame, EINTR);
}

struct glossa_translator glossa_translator = {
    .any_fop = fop,
    .any_cbk = cbk,
    .any_cancel = any_cancel,
    .cancels = {.stat = stat_cancel},
};
