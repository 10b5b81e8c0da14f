/* Logs the values of its options. */
#include "shapes.h"

static const struct volume_options options[] = {
    {.key = "text", .type = GF_OPTION_TYPE_STR, .default_value = "quiet", .description = "some text"},
    {.key = "choice", .type = GF_OPTION_TYPE_STR, .value = {"one", "two"}},
    {.key = "count", .type = GF_OPTION_TYPE_INT, .min = 1, .max = 10, .default_value = "3"},
    {.key = "share", .type = GF_OPTION_TYPE_DOUBLE, .default_value = "0.5"},
    {.key = "enabled", .type = GF_OPTION_TYPE_BOOL, .default_value = "on"},
    {.key = "cache-size", .type = GF_OPTION_TYPE_SIZET, .default_value = "1KB"},
    {.key = "timeout", .type = GF_OPTION_TYPE_TIME, .default_value = "60"},
    {.key = "part", .type = GF_OPTION_TYPE_PERCENT},
    {.key = "folder", .type = GF_OPTION_TYPE_PATH},
    {.key = "later", .type = GF_OPTION_TYPE_TIME},
    {.key = NULL},
};

static void put_option(struct text *text, const xlator_t *this, const struct volume_options *option)
{
    const dict_pair_t *pair = dict_get(this->options, option->key);
    if (pair == NULL)
        put(text, "null");
    else if (option->type == GF_OPTION_TYPE_BOOL)
        put(text, pair->value.integer ? "true" : "false");
    else if (pair->type == DICT_STR)
        put_string(text, pair->value.bytes.bytes);
    else if (pair->type == DICT_DOUBLE)
        put_real(text, pair->value.real);
    else
        put_integer(text, pair->value.integer);
}

static int32_t init(xlator_t *this)
{
    struct text text = {NULL, 0, 0};
    put(&text, "{");
    for (const struct volume_options *option = options; option->key != NULL; option++) {
        put(&text, option == options ? "" : ",");
        put_string(&text, option->key);
        put(&text, ":");
        put_option(&text, this, option);
    }
    put(&text, "}");
    gf_log(this, GF_LOG_INFO, "%s", text.at);
    free(text.at);
    return 0;
}

struct glossa_translator glossa_translator = {.init = init, .options = options};
