/* Logs its construction, init, events and fini. */
#include "shapes.h"

static int32_t init(xlator_t *this)
{
    gf_log(this, GF_LOG_INFO, "made %s over ['%s']", this->name, this->child->name);
    gf_log(this, GF_LOG_INFO, "init, %s", this->child->type);
    return 0;
}

static void notify(xlator_t *this, const char *event, const child_t *child)
{
    UNUSED(child);
    gf_log(this, GF_LOG_INFO, "event %s", event);
}

static void fini(xlator_t *this)
{
    gf_log(this, GF_LOG_INFO, "fini");
}

struct glossa_translator glossa_translator = {.init = init, .notify = notify, .fini = fini};
