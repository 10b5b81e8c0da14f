/* Does not declare a target for undefined fops. */
#include "several.h"

struct glossa_translator glossa_translator = {
    .fops = {.stat = stat},
    .cbks = {.readlink = readlink_cbk},
};
