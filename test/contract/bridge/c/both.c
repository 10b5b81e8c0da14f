/* Passes every fop and its reply on. */
#include "shapes.h"

#define MAKE(name)                                                             \
    static void cbk_##name(REPLY(name))                                        \
    {                                                                          \
        UNUSED(cookie);                                                        \
        UNUSED(this);                                                          \
        unwind_##name(frame, op_ret, op_errno, GLOSSA_REPLY_ARGS_##name);      \
    }                                                                          \
    static void fop_##name(CALL(name))                                         \
    {                                                                          \
        wind_##name(frame, NULL, cbk_##name, this->child, GLOSSA_ARGS_##name); \
    }
GLOSSA_EACH_FOP(MAKE)

struct glossa_translator glossa_translator = {.fops = {EVERY_FOP}};
