/* Reconfigures its option while it runs, and has a statedump. */
#include "shapes.h"

static int64_t size;

static int64_t read_size(xlator_t *this)
{
    int64_t value = 0;
    dict_get_int64(this->options, "size", &value);
    return value;
}

static int32_t init(xlator_t *this)
{
    size = read_size(this);
    return 0;
}

static void reconfigure(xlator_t *this)
{
    const int64_t before = size;
    size = read_size(this);
    gf_log(this, GF_LOG_INFO, "size %d, was %d", (int)size, (int)before);
}

static void statedump(xlator_t *this, dict_t *dump)
{
    dict_set_int64(dump, "size", size);
    dict_set_str(dump, "what", "a test");
}

static const struct volume_options options[] = {
    {.key = "size", .type = GF_OPTION_TYPE_INT, .default_value = "1"},
    {.key = NULL},
};

struct glossa_translator glossa_translator = {
    .init = init,
    .reconfigure = reconfigure,
    .statedump = statedump,
    .options = options,
};
