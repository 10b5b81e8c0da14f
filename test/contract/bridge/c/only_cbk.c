/* Passes every reply on; defines no fop. */
#include "shapes.h"

#define MAKE(name)                                                        \
    static void cbk_##name(REPLY(name))                                   \
    {                                                                     \
        UNUSED(cookie);                                                   \
        UNUSED(this);                                                     \
        unwind_##name(frame, op_ret, op_errno, GLOSSA_REPLY_ARGS_##name); \
    }
GLOSSA_EACH_FOP(MAKE)

struct glossa_translator glossa_translator = {.cbks = {EVERY_CBK}};
