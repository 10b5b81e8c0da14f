/*
 * Requests that share replies: one request to the child for all who ask at the same time, and
 * requests that answer with each other's reply.
 */
#include "shapes.h"

struct waiting {
    glossa_frame_t *stats[8], *links[2];
    const char *paths[2];
    const struct iatt *bufs[2];
    size_t stat_count, link_count;
};

static int32_t init(xlator_t *this)
{
    this->private = calloc(1, sizeof(struct waiting));
    return this->private == NULL;
}

static void fini(xlator_t *this)
{
    free(this->private);
}

static void stat_cbk(REPLY(stat))
{
    struct waiting *waiting = this->private;
    for (size_t i = 0; i < waiting->stat_count; i++)
        unwind_stat(waiting->stats[i], op_ret, op_errno, buf, xdata);
    waiting->stat_count = 0;
}

static void stat(CALL(stat))
{
    struct waiting *waiting = this->private;
    waiting->stats[waiting->stat_count++] = frame;
    if (waiting->stat_count == 1)
        wind_stat(frame, NULL, stat_cbk, this->child, loc, xdata);
}

static void readlink_cbk(REPLY(readlink))
{
    struct waiting *waiting = this->private;
    const size_t mine = waiting->link_count++;
    waiting->links[mine] = frame;
    waiting->paths[mine] = path;
    waiting->bufs[mine] = buf;
    for (size_t i = 0; waiting->link_count == 2 && i < 2; i++)
        unwind_readlink(waiting->links[i], op_ret, 0, waiting->paths[1 - i], waiting->bufs[1 - i],
                        NULL);
}

static void readlink(CALL(readlink))
{
    wind_readlink(frame, NULL, readlink_cbk, this->child, loc, size, xdata);
}

struct glossa_translator glossa_translator = {
    .init = init, .fini = fini, .fops = {.stat = stat, .readlink = readlink}};
