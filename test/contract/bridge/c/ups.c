/* Is up while any child is up, and logs the events of each child. */
#include "shapes.h"

static int32_t init(xlator_t *this)
{
    say_up(this, false);
    return 0;
}

static void notify(xlator_t *this, const char *event, const child_t *child)
{
    gf_log(this, GF_LOG_INFO, "%s %s", event, child == NULL ? "None" : child->name);
    if (child == NULL)
        return;
    bool any = false;
    for (size_t i = 0; i < this->child_count; i++)
        any = any || this->children[i].up;
    say_up(this, any);
}

struct glossa_translator glossa_translator = {
    .init = init,
    .notify = notify,
    .needs = GLOSSA_PASSES_THROUGH,
};
