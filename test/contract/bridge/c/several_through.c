/* Passes undefined fops to the first subvolume. */
#include "several.h"

struct glossa_translator glossa_translator = {
    .fops = {.stat = stat},
    .cbks = {.readlink = readlink_cbk},
    .needs = GLOSSA_PASSES_THROUGH,
};
