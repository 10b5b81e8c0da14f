/* Replaces every argument and every part of a reply. */
#include "shapes.h"

#define MAKE(name)                                                                     \
    static void cbk_##name(REPLY(name))                                                \
    {                                                                                  \
        UNUSED(cookie);                                                                \
        UNUSED(this);                                                                  \
        glossa_value_t v[] = {GLOSSA_REPLY_VALUES_##name};                             \
        change(frame, frame->fop->reply, v);                                           \
        unwind_##name(frame, op_ret, op_errno, GLOSSA_REPLY_CASTS_##name(v));          \
    }                                                                                  \
    static void fop_##name(CALL(name))                                                 \
    {                                                                                  \
        glossa_value_t v[] = {GLOSSA_VALUES_##name};                                   \
        change(frame, frame->fop->args, v);                                            \
        wind_##name(frame, NULL, cbk_##name, this->child, GLOSSA_CASTS_##name(v));     \
    }
GLOSSA_EACH_FOP(MAKE)

struct glossa_translator glossa_translator = {.fops = {EVERY_FOP}};
