/* The second edition of a module that is edited. */
#include "shapes.h"

static int64_t count;

static void fail_counted(CALL(statfs))
{
    UNUSED(this); UNUSED(loc); UNUSED(xdata);
    glossa_fail(frame, (int32_t)++count);
}

static void refuse(CALL(access))
{
    UNUSED(this); UNUSED(loc); UNUSED(mask); UNUSED(xdata);
    glossa_fail(frame, EACCES);
}

static void load_state(xlator_t *this, dict_t *state)
{
    UNUSED(this);
    dict_get_int64(state, "count", &count);
}

struct glossa_translator glossa_translator = {
    .fops = {.statfs = fail_counted, .access = refuse},
    .load_state = load_state,
};
