/* Changes dicts in place, and all else in copies. */
#include "shapes.h"

static const glossa_value_t *touch(glossa_frame_t *frame, const char *letters,
                                   const glossa_value_t *values)
{
    glossa_value_t *copy = same_again(frame, values, strlen(letters) * sizeof *copy);
    for (int i = 0; letters[i] != '\0'; i++) {
        if (letters[i] == 'n')
            copy[i].integer++;
        else if (letters[i] == 'd' && copy[i].pointer != NULL)
            dict_set_int64((dict_t *)copy[i].pointer, "changed", 1);
        else if (copy[i].pointer != NULL)
            copy[i].pointer = changed(frame, letters[i], copy[i].pointer);
    }
    return copy;
}

static void fop(ANY_CALL)
{
    wind_any(frame, NULL, NULL, this->child, touch(frame, frame->fop->args, args));
}

static void cbk(ANY_REPLY)
{
    UNUSED(cookie);
    UNUSED(this);
    unwind_any(frame, op_ret, op_errno, touch(frame, frame->fop->reply, reply));
}

struct glossa_translator glossa_translator = {.any_fop = fop, .any_cbk = cbk};
