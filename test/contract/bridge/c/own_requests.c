/* Winds its own requests from init, hooks, notify, and after an answer. */
#include "shapes.h"

struct look {
    char *when;
    int64_t size;
    char *key;
};

static void tell(xlator_t *this, void *data)
{
    struct look *look = data;
    gf_log(this, GF_LOG_INFO, "%s: %d bytes, %s", look->when, (int)look->size,
           look->key == NULL ? "-" : look->key);
    free(look->when);
    free(look->key);
    free(look);
}

static char *copy(const char *text)
{
    return strcpy(malloc(strlen(text) + 1), text);
}

static void looked(REPLY(stat))
{
    const char *key;
    struct look *look = calloc(1, sizeof *look);
    look->when = copy(frame->local);
    look->size = buf->ia_size;
    if (dict_get_str(xdata, "key", &key) == 0)
        look->key = copy(key);
    timer_after(this, 0.001, tell, look);
}

static void look(xlator_t *this, const char *when)
{
    glossa_frame_t *frame = frame_create(this);
    const loc_t root = {.gfid = {{[15] = 1}}};
    frame->local = frame_strdup(frame, when);
    wind_stat(frame, NULL, looked, this->child, &root, NULL);
}

static int32_t init(xlator_t *this)
{
    look(this, "init");
    return 0;
}

static void entry_created(xlator_t *this, const loc_t *loc)
{
    look(this, loc->name);
}

static void notify(xlator_t *this, const char *event, const child_t *child)
{
    if (strcmp(event, "CHILD_UP") == 0)
        look(this, event);
}

static void linked(REPLY(readlink))
{
    if (op_ret < 0)
        gf_log(this, GF_LOG_INFO, "readlink: %s", op_errno == ENOENT ? "ENOENT" : "other");
}

static void access(CALL(access))
{
    unwind_access(frame, 0, 0, NULL);
    wind_readlink(frame_create(this), NULL, linked, this->child, loc, 100, NULL);
}

static void beside(REPLY(lookup))
{
    if (op_ret >= 0)
        gf_log(this, GF_LOG_INFO, "beside: type %d", (int)buf->ia_type);
}

static void back(REPLY(lookup))
{
    unwind_lookup(frame, op_ret, op_errno, inode, buf, xdata, postparent);
}

static void lookup(CALL(lookup))
{
    /* A loc of one's own: the host finds or makes its inode. */
    char *name = frame_alloc(frame, strlen(loc->name) + 5);
    sprintf(name, "%s.old", loc->name);
    const loc_t other = {.parent = loc->parent, .name = name};
    wind_lookup(frame, NULL, back, this->child, loc, xdata);
    wind_lookup(frame, NULL, beside, this->child, &other, NULL);
}

struct glossa_translator glossa_translator = {
    .init = init,
    .entry_created = entry_created,
    .notify = notify,
    .fops = {.access = access, .lookup = lookup},
};
