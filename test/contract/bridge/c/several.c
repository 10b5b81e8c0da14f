/* Says nothing of the fops that it does not define. */
#include "several.h"

struct glossa_translator glossa_translator = {
    .fops = {.stat = stat},
    .cbks = {.readlink = readlink_cbk},
};
