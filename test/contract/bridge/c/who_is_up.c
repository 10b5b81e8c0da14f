/* Logs the state of each child on access. */
#include "shapes.h"

static void access(CALL(access))
{
    UNUSED(loc);
    UNUSED(mask);
    UNUSED(xdata);
    char text[8] = "";
    for (size_t i = 0; i < this->child_count; i++)
        strcat(text, this->children[i].up ? "+" : "-");
    gf_log(this, GF_LOG_INFO, "%s", text);
    unwind_access(frame, 0, 0, NULL);
}

struct glossa_translator glossa_translator = {
    .fops = {.access = access},
    .needs = GLOSSA_REFUSES_OTHERS,
};
