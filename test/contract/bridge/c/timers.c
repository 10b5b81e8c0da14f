/* Sets timers. */
#include "shapes.h"

struct again {
    int32_t timer;
    int count;
};

static void once(xlator_t *this, void *data)
{
    gf_log(this, GF_LOG_INFO, "once %s", (const char *)data);
}

static void count_up(xlator_t *this, void *data)
{
    struct again *again = data;
    gf_log(this, GF_LOG_INFO, "again %d", ++again->count);
    if (again->count == 3)
        timer_cancel(this, again->timer);
}

static void fail(xlator_t *this, void *data)
{
    gf_log(this, GF_LOG_ERROR, "%s: out of order", __func__);
}

static void asked(REPLY(statfs))
{
    gf_log(this, GF_LOG_INFO, "asked, %d", (int)op_ret);
}

static void ask(xlator_t *this, void *data)
{
    const loc_t root = {.gfid = {{[15] = 1}}};
    wind_statfs(frame_create(this), NULL, asked, this->child, &root, NULL);
}

static int32_t init(xlator_t *this)
{
    struct again *again = calloc(1, sizeof *again);
    if (again == NULL)
        return -1;
    this->private = again;
    timer_after(this, 1, once, "a, b");
    again->timer = timer_every(this, 2, count_up, again);
    timer_after(this, 3, fail, NULL);
    timer_after(this, 5, ask, NULL);
    timer_cancel(this, timer_after(this, 1, once, "never"));
    return 0;
}

static void fini(xlator_t *this)
{
    free(this->private);
}

static void answer(xlator_t *this, void *frame)
{
    unwind_fsync(frame, 7, 0, NULL, NULL, NULL);
}

static void fsync(CALL(fsync))
{
    timer_after(this, 0.05, answer, frame);
}

struct glossa_translator glossa_translator = {
    .init = init, .fini = fini, .fops = {.fsync = fsync}};
