/*
 * Objects that outlive requests: contexts, references, timers. Part of glossa.h: include that.
 */
#ifndef GLOSSA_THINGS_H
#define GLOSSA_THINGS_H

/* -- contexts and references -------------------------------------------------------------- */

GLOSSA_API void glossa_say_number(int kind, double number)
{
    glossa_out_number(kind);
    glossa_out_number(number);
}

GLOSSA_API void glossa_ctx_set(struct glossa_map *map, int64_t id, void *ctx, int track)
{
    if (ctx == NULL) {
        glossa_map_take(map, id);
        return;
    }
    if (glossa_map_get(map, id) == NULL)
        glossa_say_number(track, (double)id);
    glossa_map_set(map, id, ctx);
}

GLOSSA_API void inode_ctx_set(const inode_t *inode, xlator_t *this, void *ctx)
{
    (void)this;
    if (inode->glossa_magic == GLOSSA_INODE)
        glossa_ctx_set(&glossa_self.inode_ctx, inode->id, ctx, GLOSSA_SAY_TRACK);
}

GLOSSA_API void *inode_ctx_get(const inode_t *inode, xlator_t *this)
{
    (void)this;
    if (inode->glossa_magic != GLOSSA_INODE)
        return NULL;
    return glossa_map_get(&glossa_self.inode_ctx, inode->id);
}

GLOSSA_API void fd_ctx_set(const fd_t *fd, xlator_t *this, void *ctx)
{
    (void)this;
    if (fd->glossa_magic == GLOSSA_FD)
        glossa_ctx_set(&glossa_self.fd_ctx, fd->id, ctx, GLOSSA_SAY_TRACK_FD);
}

GLOSSA_API void *fd_ctx_get(const fd_t *fd, xlator_t *this)
{
    (void)this;
    if (fd->glossa_magic != GLOSSA_FD)
        return NULL;
    return glossa_map_get(&glossa_self.fd_ctx, fd->id);
}

GLOSSA_API void client_ctx_set(const client_t *client, xlator_t *this, void *ctx)
{
    (void)this;
    struct glossa_client *found = glossa_map_get(&glossa_self.clients, client->id);
    if (found != NULL)
        found->ctx = ctx;
}

GLOSSA_API void *client_ctx_get(const client_t *client, xlator_t *this)
{
    (void)this;
    const struct glossa_client *found = glossa_map_get(&glossa_self.clients, client->id);
    return found == NULL ? NULL : found->ctx;
}

/* Paths are hints of the moment: a reference has no path. */
GLOSSA_API inode_t *inode_ref(const inode_t *inode)
{
    inode_t *copy = glossa_need(malloc(sizeof *copy));
    *copy = *inode;
    copy->path = NULL;
    return copy;
}

GLOSSA_API void inode_unref(inode_t *inode)
{
    if (inode != NULL)
        inode->glossa_magic = 0;
    free(inode);
}

GLOSSA_API fd_t *fd_ref(const fd_t *fd)
{
    fd_t *copy = glossa_need(malloc(sizeof *copy));
    *copy = *fd;
    copy->inode = fd->inode == NULL ? NULL : inode_ref(fd->inode);
    /* The host has to know it by its number. */
    glossa_say_number(GLOSSA_SAY_TRACK_FD, (double)fd->id);
    return copy;
}

GLOSSA_API void fd_unref(fd_t *fd)
{
    if (fd == NULL)
        return;
    inode_unref(fd->inode);
    fd->glossa_magic = 0;
    free(fd);
}

GLOSSA_API void glossa_close_at(const struct glossa_place *at, glossa_frame_t *frame,
                                   const fd_t *fd)
{
    if (fd->glossa_magic != GLOSSA_FD)
        glossa_refuse(at, frame, "the fd's request has ended (fd_ref keeps one)");
    else if (fd->id > 0 && glossa_map_take(&glossa_self.own_fds, fd->id) != NULL)
        glossa_say_number(GLOSSA_SAY_CLOSE_FD, (double)fd->id);
    else
        glossa_refuse(at, frame, "the fd was not opened by this module, or is closed already");
}

/* -- timers ------------------------------------------------------------------------------- */

GLOSSA_API int32_t glossa_start_timer(double seconds, glossa_timer_t fn, void *data, bool again)
{
    struct glossa_timer *timer = glossa_need(malloc(sizeof *timer));
    *timer = (struct glossa_timer){fn, data, again};
    const int32_t id = ++glossa_self.timer_id;
    glossa_map_set(&glossa_self.timers, id, timer);
    glossa_say_number(GLOSSA_SAY_TIMER, id);
    glossa_out_number(seconds * 1000);
    glossa_out_number(again);
    return id;
}

GLOSSA_API int32_t timer_after(xlator_t *this, double seconds, glossa_timer_t fn, void *data)
{
    (void)this;
    return glossa_start_timer(seconds, fn, data, false);
}

GLOSSA_API int32_t timer_every(xlator_t *this, double seconds, glossa_timer_t fn, void *data)
{
    (void)this;
    return glossa_start_timer(seconds, fn, data, true);
}

GLOSSA_API void timer_cancel(xlator_t *this, int32_t timer)
{
    (void)this;
    void *found = glossa_map_take(&glossa_self.timers, timer);
    if (found != NULL)
        glossa_say_number(GLOSSA_SAY_UNTIMER, timer);
    free(found);
}

/* -- being up ----------------------------------------------------------------------------- */

GLOSSA_API void say_up(xlator_t *this, bool up)
{
    (void)this;
    glossa_say_number(GLOSSA_SAY_UP, up);
}

/* -- what is out of date ----------------------------------------------------------- */

/* What it is about; messages.ts has the same. */
enum { GLOSSA_EVERY_ENTRY, GLOSSA_OF_INODE, GLOSSA_OF_ENTRY, GLOSSA_OF_REMOVED };

GLOSSA_API void glossa_say_invalid(const struct glossa_place *at, int what)
{
    glossa_out_number(GLOSSA_SAY_INVALIDATE);
    glossa_out_place(at);
    glossa_out_number(what);
}

GLOSSA_API void glossa_invalid_inode(const struct glossa_place *at, xlator_t *this, gfid_t gfid,
                                     bool data)
{
    (void)this;
    glossa_say_invalid(at, GLOSSA_OF_INODE);
    glossa_out_gfid(gfid);
    glossa_out_number(data);
}

GLOSSA_API void glossa_invalid_name(const struct glossa_place *at, xlator_t *this, gfid_t parent,
                                    const char *name, bool expire, const gfid_t *removed)
{
    (void)this;
    glossa_say_invalid(at, removed == NULL ? GLOSSA_OF_ENTRY : GLOSSA_OF_REMOVED);
    glossa_out_gfid(parent);
    glossa_out_text(name);
    if (removed == NULL)
        glossa_out_number(expire);
    else
        glossa_out_gfid(*removed);
}

GLOSSA_API void glossa_invalid_entries(const struct glossa_place *at, xlator_t *this)
{
    (void)this;
    glossa_say_invalid(at, GLOSSA_EVERY_ENTRY);
}

#endif
