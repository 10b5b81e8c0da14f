/* Answers every fop with a reply of its own. */
#include "shapes.h"

#define MAKE(name)                                               \
    static void fop_##name(CALL(name))                           \
    {                                                            \
        UNUSED(this);                                            \
        (void)sizeof((glossa_value_t[]){GLOSSA_VALUES_##name});  \
        const glossa_value_t *v = own_reply(frame);              \
        unwind_##name(frame, own_ret(frame, 3), 0, GLOSSA_REPLY_CASTS_##name(v)); \
    }
GLOSSA_EACH_FOP(MAKE)

struct glossa_translator glossa_translator = {.fops = {EVERY_FOP}};
