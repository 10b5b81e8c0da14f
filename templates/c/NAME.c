/* Keeps files with a certain ending from being removed. */
#include "glossa.h"

struct state {
    const char *suffix; /* the option's, which lives as long as the volume */
    int64_t refused;
};

static bool ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name), end = strlen(suffix);
    return length >= end && strcmp(name + length - end, suffix) == 0;
}

static void keep(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, int64_t xflag,
                 dict_t *xdata)
{
    struct state *state = this->private;

    if (ends_in(loc->name, state->suffix)) {
        state->refused++;
        gf_log(this, GF_LOG_INFO, "%s stays", loc->path);
        glossa_fail(frame, EPERM);
        return;
    }
    tail_unlink(frame, this->child, loc, xflag, xdata);
}

static int32_t init(xlator_t *this)
{
    struct state *state = this->private = calloc(1, sizeof *state);

    return state == NULL || dict_get_str(this->options, "suffix", &state->suffix) != 0;
}

static void fini(xlator_t *this)
{
    free(this->private);
}

static void statedump(xlator_t *this, dict_t *dump)
{
    struct state *state = this->private;

    dict_set_int64(dump, "refused", state->refused);
}

static const struct volume_options options[] = {
    {.key = "suffix",
     .type = GF_OPTION_TYPE_STR,
     .default_value = ".keep",
     .description = "Names that end so are kept."},
    {.key = NULL},
};

struct glossa_translator glossa_translator = {
    .fops = {.unlink = keep},
    .options = options,
    .needs = GLOSSA_NEEDS_PATH,
    .init = init,
    .fini = fini,
    .statedump = statedump,
};
