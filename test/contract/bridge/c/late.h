/* Winds every fop after its own call has returned, and answers after the callback. */
#ifndef LATE_H
#define LATE_H

#include "shapes.h"

struct late {
    int64_t op_ret;
    int32_t op_errno;
    const glossa_value_t *reply;
};

static inline void late_answer(xlator_t *this, void *data)
{
    UNUSED(this);
    glossa_frame_t *frame = data;
    const struct late *late = frame->local;
    unwind_any(frame, late->op_ret, late->op_errno, late->reply);
}

static inline void late_cbk(ANY_REPLY)
{
    UNUSED(cookie);
    struct late *late = frame_alloc(frame, sizeof *late);
    *late = (struct late){op_ret, op_errno, reply};
    frame->local = late;
    timer_after(this, 0.001, late_answer, frame);
}

static inline void late_wind(xlator_t *this, void *data)
{
    glossa_frame_t *frame = data;
    wind_any(frame, NULL, late_cbk, this->child, frame->args);
}

static inline void late_fop(ANY_CALL)
{
    UNUSED(args);
    timer_after(this, 0, late_wind, frame);
}

#endif
