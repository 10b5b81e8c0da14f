/* Makes dicts, and changes those of requests. */
#include "shapes.h"

static void stat(CALL(stat))
{
    dict_t *dict = dict_new(frame);
    dict_set_int64(dict, "int", 1);
    dict_set_str(dict, "str", "s");
    dict_set_bin(dict, "bin", "\x00\xff", 2);
    dict_set_double(dict, "half", 0.5);
    dict_set_int64(dict, "yes", 1);
    tail_stat(frame, this->child, loc, dict);
}

static void access(CALL(access))
{
    struct iatt buf;
    if (dict_get_iatt(xdata, "buf", &buf) != 0) {
        glossa_fail(frame, EINVAL);
        return;
    }
    buf.ia_size = 5;
    dict_set_uint64(xdata, "count", 2);
    dict_set_gfuuid(xdata, "gfid-req", (gfid_t){{0}});
    dict_set_int64(xdata, "text", 3);
    dict_set_uint64(xdata, "owner", 7);
    dict_del(xdata, "gone");
    dict_set_iatt(xdata, "buf", &buf);
    tail_access(frame, this->child, loc, mask, xdata);
}

struct glossa_translator glossa_translator = {.fops = {.stat = stat, .access = access}};
