/*
 * The functions that the host calls. The other side is bridges/compiled/guest.ts. Part of glossa.h: include that.
 */
#ifndef GLOSSA_ENTRY_H
#define GLOSSA_ENTRY_H

/* -- requests ----------------------------------------------------------------------------- */

/* The record: a client's number, and its uid when it is a new one. */
GLOSSA_API const client_t *glossa_in_client(struct glossa_in *in)
{
    const int64_t id = glossa_in_integer(in);
    const char *uid = glossa_in_text(in);
    struct glossa_client *client = id == 0 ? NULL : glossa_map_get(&glossa_self.clients, id);
    if (client == NULL && uid != NULL) {
        client = glossa_need(malloc(sizeof *client + strlen(uid) + 1));
        *client = (struct glossa_client){{id, strcpy((char *)(client + 1), uid)}, NULL};
        glossa_map_set(&glossa_self.clients, id, client);
    }
    return client == NULL ? NULL : &client->it;
}

GLOSSA_API void glossa_in_root(struct glossa_in *in, glossa_frame_t *frame)
{
    glossa_root_t *root = &frame->root;
    root->unique = (uint64_t)glossa_in_integer(in);
    root->uid = (uint32_t)glossa_in_integer(in);
    root->gid = (uint32_t)glossa_in_integer(in);
    root->pid = (int32_t)glossa_in_integer(in);
    root->lk_owner = glossa_in_text(in);
    if (root->lk_owner == NULL)
        root->lk_owner = "";
    root->op = glossa_in_text(in);
    if (root->op == NULL)
        root->op = frame->fop->log_name;
    if ((glossa_translator.needs & GLOSSA_NEEDS_CLIENT) != 0)
        root->client = glossa_in_client(in);
    if ((glossa_translator.needs & GLOSSA_NEEDS_GROUPS) == 0)
        return;
    root->group_count = (size_t)glossa_in_integer(in);
    uint32_t *groups = glossa_get(in->memory, root->group_count * sizeof *groups);
    for (size_t i = 0; i < root->group_count; i++)
        groups[i] = (uint32_t)glossa_in_integer(in);
    root->groups = groups;
}

/* The frame of a request whose arguments the record has. */
GLOSSA_API glossa_frame_t *glossa_in_frame(struct glossa_in *in, int32_t id,
                                              const struct glossa_fop *fop)
{
    glossa_frame_t *frame = glossa_new_frame(id, fop);
    in->memory = &frame->glossa.memory;
    glossa_in_root(in, frame);
    frame->args = glossa_in_values(in, fop->args, frame->glossa.serial, -1);
    return frame;
}

/* What a frame's function has decided, for the host. */
GLOSSA_API int32_t glossa_leave(glossa_frame_t *frame)
{
    const int32_t state = frame->glossa.state;
    glossa_self.current = NULL;
    if (frame->answered || frame->fop == NULL)
        glossa_touch(frame);
    if (frame->glossa.owed > 0 || !frame->answered)
        glossa_map_set(&glossa_self.frames, frame->glossa.id, frame);
    if (state == GLOSSA_FAILED)
        return state;
    frame->glossa.state = frame->answered ? GLOSSA_ANSWERED : GLOSSA_LATER;
    return state == GLOSSA_LATER || state == GLOSSA_ANSWERED ? GLOSSA_NOTHING : state;
}

GLOSSA_API int32_t glossa_enter_fop(struct glossa_in *in, const struct glossa_fop *fop)
{
    const int32_t id = (int32_t)glossa_in_integer(in);
    glossa_frame_t *frame = glossa_in_frame(in, id, fop);
    const glossa_function_t own = glossa_member(&glossa_translator.fops, fop);
    glossa_self.current = frame;
    if (own != NULL)
        fop->call(own, frame, &glossa_self.this, frame->args);
    else
        glossa_translator.any_fop(frame, &glossa_self.this, frame->args);
    return glossa_leave(frame);
}

/* The one who waits for the reply to a wind. */
GLOSSA_API struct glossa_waiter *glossa_take_waiter(glossa_frame_t *frame, int32_t wind)
{
    for (struct glossa_waiter **at = &frame->glossa.waiters; *at != NULL; at = &(*at)->next) {
        struct glossa_waiter *waiter = *at;
        if (waiter->wind != wind)
            continue;
        *at = waiter->next;
        return waiter;
    }
    return NULL;
}

GLOSSA_API void glossa_own_fd(const struct glossa_reply *reply)
{
    const char *at = strchr(reply->fop->reply, 'f');
    const fd_t *fd = reply->values[at - reply->fop->reply].pointer;
    if (reply->op_ret >= 0 && fd != NULL)
        glossa_map_set(&glossa_self.own_fds, fd->id, &glossa_self);
}

/* The record: id, wind, whether the arguments come too (a callback without a fop), the reply. */
GLOSSA_API int32_t glossa_enter_reply(struct glossa_in *in, const struct glossa_fop *fop)
{
    const int32_t id = (int32_t)glossa_in_integer(in), wind = (int32_t)glossa_in_integer(in);
    const bool comes = glossa_in_integer(in) != 0;
    glossa_frame_t *frame;
    if (comes) {
        bool any;
        frame = glossa_in_frame(in, id, fop);
        const glossa_function_t cbk = glossa_own_cbk(fop, &any);
        glossa_wait(frame, cbk, any, (void *)glossa_self.this.child, false);
    } else {
        frame = glossa_map_get(&glossa_self.frames, id);
    }
    struct glossa_waiter *waiter = frame == NULL ? NULL : glossa_take_waiter(frame, wind);
    if (waiter == NULL)
        return GLOSSA_NOTHING;
    in->memory = &frame->glossa.memory;
    struct glossa_reply *reply = glossa_get(in->memory, sizeof *reply);
    reply->fop = fop;
    reply->wind = wind;
    reply->op_ret = glossa_in_integer(in);
    reply->op_errno = (int32_t)glossa_in_integer(in);
    reply->values = glossa_in_values(in, fop->reply, frame->glossa.serial, wind);
    reply->next = frame->glossa.replies;
    frame->glossa.replies = reply;
    frame->glossa.owed--;
    if (waiter->opens)
        glossa_own_fd(reply);
    if (frame->fop != NULL)
        frame->glossa.state = frame->answered ? GLOSSA_ANSWERED : 0;
    frame->cookie = waiter->cookie;
    glossa_self.current = frame;
    if (waiter->any)
        ((glossa_any_cbk_t)waiter->cbk)(frame, waiter->cookie, &glossa_self.this, reply->op_ret,
                                        reply->op_errno, reply->values);
    else
        fop->back(waiter->cbk, frame, waiter->cookie, &glossa_self.this, reply->op_ret,
                  reply->op_errno, reply->values);
    frame->cookie = NULL;
    return glossa_leave(frame);
}

/* The caller has given up. What the function decides goes as messages. */
GLOSSA_API int32_t glossa_interrupt(struct glossa_in *in)
{
    glossa_frame_t *frame = glossa_map_get(&glossa_self.frames, glossa_in_integer(in));
    if (frame == NULL || frame->answered || frame->fop == NULL)
        return GLOSSA_NOTHING;
    glossa_cancel_t cancel =
        (glossa_cancel_t)glossa_member(&glossa_translator.cancels, frame->fop);
    if (cancel == NULL)
        cancel = glossa_translator.any_cancel;
    if (cancel != NULL)
        cancel(frame, &glossa_self.this);
    return GLOSSA_NOTHING;
}

/* -- the volume --------------------------------------------------------------------------- */

/* The record: the volume's name, of each child name, type and whether it is up, the options. */
GLOSSA_API int32_t glossa_create(struct glossa_in *in)
{
    xlator_t *this = &glossa_self.this;
    in->memory = &glossa_self.memory;
    this->name = glossa_in_text(in);
    this->child_count = (size_t)glossa_in_integer(in);
    child_t *children = glossa_get(in->memory, this->child_count * sizeof *children + 1);
    for (size_t i = 0; i < this->child_count; i++) {
        children[i].name = glossa_in_text(in);
        children[i].type = glossa_in_text(in);
        children[i].index = (int32_t)i;
        children[i].up = glossa_in_integer(in) != 0;
    }
    this->children = children;
    this->child = this->child_count == 0 ? NULL : children;
    this->options = glossa_in_dict(in);
    return glossa_translator.init == NULL ? 0 : glossa_translator.init(this);
}

/* The record: the event, and the child that it is about with whether that is up; -1 for none. */
GLOSSA_API void glossa_notify(struct glossa_in *in)
{
    const char *event = glossa_in_text(in);
    const int64_t index = glossa_in_integer(in);
    /* The module sees it as const: it is the host's to change. */
    child_t *child = index < 0 ? NULL : (child_t *)glossa_self.this.children + index;
    if (child != NULL)
        child->up = glossa_in_integer(in) != 0;
    if (glossa_translator.notify != NULL)
        glossa_translator.notify(&glossa_self.this, event, child);
}

GLOSSA_API void glossa_reconfigure(struct glossa_in *in)
{
    /* Those before stay where they are: the module may have kept a text of them. */
    in->memory = &glossa_self.memory;
    glossa_self.this.options = glossa_in_dict(in);
    if (glossa_translator.reconfigure != NULL)
        glossa_translator.reconfigure(&glossa_self.this);
}

GLOSSA_API void glossa_tell(void (*teller)(xlator_t *, dict_t *))
{
    struct glossa_chunk *memory = NULL;
    dict_t *dict = glossa_new_dict(&memory);
    teller(&glossa_self.this, dict);
    glossa_out_number(GLOSSA_SAY_TOLD);
    glossa_out_dict(dict);
    glossa_free(&memory);
}

/* What the module defines: of each fop 1 for itself, 2 for a callback, 4 for cancel, and so on. */
GLOSSA_API void glossa_describe(void)
{
    const struct glossa_translator *it = &glossa_translator;
    for (int i = 0; i < GLOSSA_FOP_COUNT; i++) {
        const struct glossa_fop *fop = &glossa_fop_table[i];
        if (fop->name == NULL) {
            glossa_out_number(0);
            continue;
        }
        const bool own = it->any_fop != NULL || glossa_member(&it->fops, fop) != NULL;
        const bool cbk = it->any_cbk != NULL || glossa_member(&it->cbks, fop) != NULL;
        const bool cancel = it->any_cancel != NULL || glossa_member(&it->cancels, fop) != NULL;
        glossa_out_number(own + 2 * cbk + 4 * cancel);
    }
    glossa_out_number(it->needs);
    const bool hooks[] = {it->fini != NULL,          it->notify != NULL,
                          it->client_disconnect != NULL,
                          it->entry_created != NULL, it->entry_removed != NULL,
                          it->reconfigure != NULL,   it->load_state != NULL,
                          it->statedump != NULL,     it->dump_state != NULL};
    for (size_t i = 0; i < sizeof hooks / sizeof *hooks; i++)
        glossa_out_number(hooks[i]);
    for (const struct volume_options *o = it->options; o != NULL && o->key != NULL; o++) {
        glossa_out_text(o->key);
        glossa_out_number(o->type);
        glossa_out_number(o->min);
        glossa_out_number(o->max);
        for (size_t i = 0; i < 16 && o->value[i] != NULL; i++)
            glossa_out_text(o->value[i]);
        glossa_out_text(NULL);
        glossa_out_text(o->default_value);
        glossa_out_text(o->description);
    }
    glossa_out_text(NULL);
}

GLOSSA_API void glossa_ring(int64_t id)
{
    struct glossa_timer *timer = glossa_map_get(&glossa_self.timers, id);
    if (timer == NULL)
        return;
    const struct glossa_timer it = *timer;
    if (!it.again)
        free(glossa_map_take(&glossa_self.timers, id));
    it.fn(&glossa_self.this, it.data);
}

GLOSSA_API void glossa_gone(struct glossa_map *map, int64_t id,
                               void (*tell)(xlator_t *, void *))
{
    void *ctx = glossa_map_take(map, id);
    if (ctx != NULL && tell != NULL)
        tell(&glossa_self.this, ctx);
}

/* A client is gone: nothing leads to it any more. */
GLOSSA_API void glossa_forget_client(int64_t id)
{
    struct glossa_client *client = glossa_map_take(&glossa_self.clients, id);
    if (client == NULL)
        return;
    for (size_t i = 0; i < glossa_self.frames.room; i++) {
        glossa_frame_t *frame = glossa_self.frames.values[i];
        if (frame != NULL && frame->root.client == &client->it)
            frame->root.client = NULL;
    }
    if (client->ctx != NULL && glossa_translator.client_destroy != NULL)
        glossa_translator.client_destroy(&glossa_self.this, client->ctx);
    free(client);
}

/* Everything that is not the module's own is given back. */
GLOSSA_API void glossa_end(void)
{
    struct glossa_map *maps[] = {&glossa_self.frames, &glossa_self.inode_ctx,
                                 &glossa_self.fd_ctx, &glossa_self.clients, &glossa_self.own_fds,
                                 &glossa_self.timers};
    for (size_t i = 0; i < glossa_self.frames.room; i++)
        if (glossa_self.frames.keys[i] != 0) {
            glossa_frame_t *frame = glossa_self.frames.values[i];
            glossa_free(&frame->glossa.memory);
            free(frame);
        }
    for (size_t i = 0; i < glossa_self.timers.room; i++)
        free(glossa_self.timers.values[i]);
    for (size_t i = 0; i < glossa_self.clients.room; i++)
        free(glossa_self.clients.values[i]);
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
        free(maps[i]->keys);
        free(maps[i]->values);
        *maps[i] = (struct glossa_map){NULL, NULL, 0, 0};
    }
    while (glossa_self.resting > 0) {
        glossa_frame_t *frame = glossa_self.oldest;
        glossa_self.oldest = frame->glossa.next;
        glossa_self.resting--;
        free(frame);
    }
    glossa_free(&glossa_self.memory);
    while (glossa_spare.count > 0) {
        struct glossa_chunk *chunk = glossa_spare.oldest;
        glossa_spare.oldest = chunk->next;
        glossa_spare.count--;
        free(chunk);
    }
    free(glossa_out.at);
    glossa_out.at = NULL;
    glossa_out.count = glossa_out.room = 0;
}

/* -- what the host calls ------------------------------------------------------------------ */

/* guest.ts has the same. */
enum {
    GLOSSA_DO_FOP,
    GLOSSA_DO_REPLY,
    GLOSSA_DO_DESCRIBE,
    GLOSSA_DO_CREATE,
    GLOSSA_DO_FINI,
    GLOSSA_DO_NOTIFY,
    GLOSSA_DO_CLIENT_DISCONNECT,
    GLOSSA_DO_ENTRY_CREATED,
    GLOSSA_DO_ENTRY_REMOVED,
    GLOSSA_DO_RECONFIGURE,
    GLOSSA_DO_LOAD_STATE,
    GLOSSA_DO_STATEDUMP,
    GLOSSA_DO_DUMP_STATE,
    GLOSSA_DO_CANCEL,
    GLOSSA_DO_INTERRUPT,
    GLOSSA_DO_FORGET,
    GLOSSA_DO_RELEASE,
    GLOSSA_DO_FORGET_CLIENT,
    GLOSSA_DO_TIMER,
    GLOSSA_DO_END
};

GLOSSA_API int32_t glossa_do(int32_t what, struct glossa_in *in)
{
    const struct glossa_translator *it = &glossa_translator;
    xlator_t *this = &glossa_self.this;
    switch (what) {
    case GLOSSA_DO_DESCRIBE:
        glossa_describe();
        break;
    case GLOSSA_DO_CREATE:
        return glossa_create(in);
    case GLOSSA_DO_FINI:
        it->fini(this);
        break;
    case GLOSSA_DO_NOTIFY:
        glossa_notify(in);
        break;
    case GLOSSA_DO_CLIENT_DISCONNECT:
        it->client_disconnect(this, glossa_in_client(in));
        break;
    case GLOSSA_DO_ENTRY_CREATED:
        it->entry_created(this, glossa_in_loc(in));
        break;
    case GLOSSA_DO_ENTRY_REMOVED:
        it->entry_removed(this, glossa_in_loc(in));
        break;
    case GLOSSA_DO_RECONFIGURE:
        glossa_reconfigure(in);
        break;
    case GLOSSA_DO_LOAD_STATE:
        it->load_state(this, glossa_in_dict(in));
        break;
    case GLOSSA_DO_STATEDUMP:
        glossa_tell(it->statedump);
        break;
    case GLOSSA_DO_DUMP_STATE:
        glossa_tell(it->dump_state);
        break;
    case GLOSSA_DO_CANCEL: {
        glossa_frame_t *frame = glossa_map_get(&glossa_self.frames, glossa_in_integer(in));
        if (frame != NULL)
            glossa_end_frame(frame);
        break;
    }
    case GLOSSA_DO_INTERRUPT:
        return glossa_interrupt(in);
    case GLOSSA_DO_FORGET:
        glossa_gone(&glossa_self.inode_ctx, glossa_in_integer(in), it->forget);
        break;
    case GLOSSA_DO_RELEASE:
        glossa_gone(&glossa_self.fd_ctx, glossa_in_integer(in), it->release);
        break;
    case GLOSSA_DO_FORGET_CLIENT:
        glossa_forget_client(glossa_in_integer(in));
        break;
    case GLOSSA_DO_TIMER:
        glossa_ring(glossa_in_integer(in));
        break;
    default:
        glossa_end();
    }
    return GLOSSA_NOTHING;
}

/* `what`: one of GLOSSA_DO_*, and for requests 256 times the fop. */
GLOSSA_API int32_t glossa_run(int32_t what, uint8_t *data)
{
    struct glossa_chunk *memory = NULL;
    struct glossa_in in = {glossa_self.area + 3, &memory, data, NULL};
    glossa_self.this.now = glossa_self.area[2];
    int32_t result;
    if ((what & 255) == GLOSSA_DO_FOP)
        result = glossa_enter_fop(&in, &glossa_fop_table[what >> 8]);
    else if ((what & 255) == GLOSSA_DO_REPLY)
        result = glossa_enter_reply(&in, &glossa_fop_table[what >> 8]);
    else
        result = glossa_do(what, &in);
    if (in.holder != NULL)
        in.holder->bytes = NULL;
    glossa_settle();
    if (memory != NULL)
        glossa_free(&memory);
    glossa_self.area[0] = (double)glossa_out.count;
    return result;
}

#ifdef __wasm__

/* docs/wasm-abi.md: the host looks into this module's memory, and allocates nothing in it. */
#define GLOSSA_EXPORT(name) __attribute__((weak, export_name(#name))) name
#define GLOSSA_FIRST_AREA 65536

/* Read by the host without running the module. */
__asm__(".section .custom_section.glossa,\"\",@\n"
        "    .ascii \"{\\\"interface\\\":1}\\n\"\n"
        "    .section .text,\"\",@\n");

GLOSSA_HIDDEN double glossa_first_area[GLOSSA_FIRST_AREA / sizeof(double)];

/* The data of one fop or reply. */
GLOSSA_HIDDEN struct {
    uint8_t *at;
    size_t room;
} glossa_window;

int32_t GLOSSA_EXPORT(glossa_abi_version)(void)
{
    return GLOSSA_ABI_VERSION;
}

/* Memory for records, with what was in it; NULL without memory. */
double *GLOSSA_EXPORT(glossa_area)(size_t size)
{
    static size_t room = GLOSSA_FIRST_AREA;
    double *old = glossa_self.area == NULL ? glossa_first_area : glossa_self.area;
    if (size > room) {
        double *grown = malloc(size);
        if (grown == NULL)
            return NULL;
        memcpy(grown, old, room);
        if (old != glossa_first_area)
            free(old);
        old = grown;
        room = size;
    }
    glossa_self.area = old;
    return old;
}

/* Memory for the data of the next fop or reply; NULL without memory. */
uint8_t *GLOSSA_EXPORT(glossa_data)(size_t size)
{
    if (size > glossa_window.room || glossa_window.at == NULL) {
        free(glossa_window.at);
        glossa_window.at = malloc(size + 1);
        glossa_window.room = glossa_window.at == NULL ? 0 : size;
    }
    return glossa_window.at;
}

int32_t GLOSSA_EXPORT(glossa_enter)(int32_t what, uint8_t *data)
{
    glossa_out.count = 0;
    return glossa_run(what, data);
}

/* The messages of the last call, whose number is in the area. */
double *GLOSSA_EXPORT(glossa_messages)(void)
{
    return glossa_out.at;
}

#else

#define GLOSSA_EXPORT __attribute__((weak, visibility("default")))

GLOSSA_EXPORT int32_t glossa_abi_version(void)
{
    return GLOSSA_ABI_VERSION;
}

/* Where records are from now on. */
GLOSSA_EXPORT void glossa_use_area(uint8_t *area)
{
    glossa_self.area = (double *)(void *)area;
}

GLOSSA_EXPORT int32_t glossa_enter_with(int32_t what, uint8_t *data)
{
    return glossa_run(what, data);
}

GLOSSA_EXPORT int32_t glossa_enter(int32_t what)
{
    return glossa_run(what, NULL);
}

/* Gives the messages of the last call to the host, which knows their size. */
GLOSSA_EXPORT void glossa_take(uint8_t *to)
{
    memcpy(to, glossa_out.at, glossa_out.count * sizeof(double));
    glossa_out.count = 0;
}

#endif

#endif
