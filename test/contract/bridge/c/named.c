/* Passes every fop on with its arguments named. */
#include "shapes.h"

#define MAKE(name)                                            \
    static void fop_##name(CALL(name))                        \
    {                                                         \
        tail_##name(frame, this->child, GLOSSA_ARGS_##name);  \
    }
GLOSSA_EACH_FOP(MAKE)

struct glossa_translator glossa_translator = {.fops = {EVERY_FOP}};
