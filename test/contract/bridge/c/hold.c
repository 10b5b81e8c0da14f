/* Stores requests until another request releases them. */
#include "shapes.h"

struct kept {
    glossa_frame_t *frames[8];
    size_t count;
};

static void keep(xlator_t *this, glossa_frame_t *frame)
{
    struct kept *kept = this->private;
    kept->frames[kept->count++] = frame;
}

static int32_t init(xlator_t *this)
{
    this->private = calloc(1, sizeof(struct kept));
    return this->private == NULL;
}

static void fini(xlator_t *this)
{
    free(this->private);
}

static void stat(CALL(stat))
{
    UNUSED(xdata);
    frame->local = frame_strdup(frame, loc->name);
    keep(this, frame);
}

static void stat_cbk(REPLY(stat))
{
    UNUSED(cookie);
    gf_log(this, GF_LOG_INFO, "%s is back", (const char *)frame->local);
    unwind_stat(frame, op_ret, op_errno, buf, xdata);
}

static void readlink(CALL(readlink))
{
    UNUSED(loc);
    UNUSED(size);
    UNUSED(xdata);
    keep(this, frame);
}

static void flush(CALL(flush))
{
    struct kept *kept = this->private;
    for (size_t i = 0; i < kept->count; i++)
        wind_any(kept->frames[i], NULL, NULL, this->child, kept->frames[i]->args);
    kept->count = 0;
    tail_flush(frame, this->child, fd, xdata);
}

struct glossa_translator glossa_translator = {
    .init = init,
    .fini = fini,
    .fops = {.stat = stat, .readlink = readlink, .flush = flush},
    .cbks = {.stat = stat_cbk},
};
