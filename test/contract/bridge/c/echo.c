/* Logs all that every fop and every reply carry, and passes them on. */
#include "shapes.h"

static void say(xlator_t *this, const char *letters, const glossa_value_t *values)
{
    char *text = describe(letters, values);
    gf_log(this, GF_LOG_INFO, "%s", text);
    free(text);
}

#define MAKE(name)                                                                   \
    static void cbk_##name(REPLY(name))                                              \
    {                                                                                \
        UNUSED(cookie);                                                              \
        say(this, frame->fop->reply, (glossa_value_t[]){GLOSSA_REPLY_VALUES_##name}); \
        unwind_##name(frame, op_ret, op_errno, GLOSSA_REPLY_ARGS_##name);            \
    }                                                                                \
    static void fop_##name(CALL(name))                                               \
    {                                                                                \
        say(this, frame->fop->args, (glossa_value_t[]){GLOSSA_VALUES_##name});       \
        wind_##name(frame, NULL, cbk_##name, this->child, GLOSSA_ARGS_##name);       \
    }
GLOSSA_EACH_FOP(MAKE)

struct glossa_translator glossa_translator = {.fops = {EVERY_FOP}, .needs = GLOSSA_NEEDS_PATH};
