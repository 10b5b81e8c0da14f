/* Remembers failed lookups, and answers them without asking the storage again. */
#include "glossa.h"

#define BUCKETS 4096

/* A name that was absent. */
struct absent {
    struct absent *next; /* in its bucket */
    struct absent *older, *newer;
    double until; /* when to ask the storage again */
    gfid_t dir;
    char name[];
};

struct cache {
    struct absent *buckets[BUCKETS];
    struct absent *oldest, *newest;
    int64_t count;
    int64_t epoch; /* goes up with every name that is created */
};

/* Where a name hangs, or the end of its bucket. */
static struct absent **find(struct cache *cache, gfid_t dir, const char *name)
{
    uint32_t hash = 2166136261u;
    for (const char *c = name; *c != '\0'; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    hash ^= (uint32_t)dir.bytes[14] << 8 | dir.bytes[15];
    struct absent **at = &cache->buckets[hash % BUCKETS];
    while (*at != NULL && !(gfid_equal((*at)->dir, dir) && strcmp((*at)->name, name) == 0))
        at = &(*at)->next;
    return at;
}

static void forget(struct cache *cache, gfid_t dir, const char *name)
{
    struct absent **at = find(cache, dir, name), *it = *at;
    if (it == NULL)
        return;
    *at = it->next;
    *(it->older != NULL ? &it->older->newer : &cache->oldest) = it->newer;
    *(it->newer != NULL ? &it->newer->older : &cache->newest) = it->older;
    cache->count--;
    free(it);
}

static int64_t option(xlator_t *this, const char *key)
{
    int64_t value = 0;
    dict_get_int64(this->options, key, &value);
    return value;
}

static void remember(xlator_t *this, gfid_t dir, const char *name)
{
    struct cache *cache = this->private;
    const double until = this->now + (double)option(this, "timeout");
    forget(cache, dir, name);
    struct absent *it = malloc(sizeof *it + strlen(name) + 1);
    if (it == NULL)
        return; /* a cache may always forget */
    *it = (struct absent){.older = cache->newest, .until = until, .dir = dir};
    strcpy(it->name, name);
    *find(cache, dir, name) = it;
    *(cache->newest != NULL ? &cache->newest->newer : &cache->oldest) = it;
    cache->newest = it;
    cache->count++;
    if (cache->count > option(this, "limit"))
        forget(cache, cache->oldest->dir, cache->oldest->name); /* it makes room */
}

/* For who watches the cache at work (`glossa mount --debug`). */
static void tell(xlator_t *this, const char *what, const loc_t *loc)
{
    char dir[GFID_TEXT];
    gf_log(this, GF_LOG_DEBUG, "%s <gfid:%s>/%s", what, gfid_print(loc->pargfid, dir), loc->name);
}

/* "There is no such name", for as long as the kernel may cache it; 0: as the mount has it. */
static void fail_absent(glossa_frame_t *frame, xlator_t *this)
{
    const int64_t seconds = option(this, "kernel-timeout");
    dict_t *xdata = seconds > 0 ? dict_new(frame) : NULL;
    if (xdata != NULL)
        dict_set_int64(xdata, GLOSSA_NEGATIVE_TIMEOUT, seconds);
    unwind_lookup(frame, -1, ENOENT, NULL, NULL, xdata, NULL);
}

static int32_t init(xlator_t *this)
{
    this->private = calloc(1, sizeof(struct cache));
    return this->private == NULL ? -1 : 0;
}

static void fini(xlator_t *this)
{
    struct cache *cache = this->private;
    while (cache->oldest != NULL)
        forget(cache, cache->oldest->dir, cache->oldest->name);
    free(cache);
}

/* What the callback needs to know. The loc is the frame's, and as old as it gets. */
struct local {
    const loc_t *loc;
    int64_t epoch;
};

static void keep(glossa_frame_t *frame, xlator_t *this, const loc_t *loc)
{
    const struct cache *cache = this->private;
    struct local *local = frame_alloc(frame, sizeof *local);
    *local = (struct local){loc, cache->epoch};
    frame->local = local;
}

static void lookup_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                       int32_t op_errno, inode_t *inode, const struct iatt *buf, dict_t *xdata,
                       const struct iatt *postparent)
{
    (void)cookie;
    struct cache *cache = this->private;
    const struct local *local = frame->local;
    const loc_t *loc = local->loc;
    if (loc->name != NULL) {
        forget(cache, loc->pargfid, loc->name);
        if (op_ret < 0 && op_errno == ENOENT && local->epoch == cache->epoch) {
            remember(this, loc->pargfid, loc->name);
            fail_absent(frame, this);
            return;
        }
    }
    unwind_lookup(frame, op_ret, op_errno, inode, buf, xdata, postparent);
}

static void lookup(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, dict_t *xdata)
{
    struct cache *cache = this->private;
    /* What has a gfid was seen by a client, in a listing for example. */
    if (loc->name != NULL && gfid_is_null(loc->gfid)) {
        const struct absent *it = *find(cache, loc->pargfid, loc->name);
        if (it != NULL && this->now < it->until) {
            tell(this, "HIT", loc);
            fail_absent(frame, this);
            return;
        }
    }
    if (loc->name != NULL)
        tell(this, "MISS", loc);
    keep(frame, this, loc);
    wind_lookup(frame, NULL, lookup_cbk, this->child, loc, xdata);
}

static void entry_created(xlator_t *this, const loc_t *loc)
{
    struct cache *cache = this->private;
    cache->epoch++;
    forget(cache, loc->pargfid, loc->name);
}

/* A name was removed, or was not. */
static void removed(glossa_frame_t *frame, xlator_t *this, int64_t op_ret)
{
    const struct cache *cache = this->private;
    const struct local *local = frame->local;
    if (op_ret >= 0 && local->epoch == cache->epoch)
        remember(this, local->loc->pargfid, local->loc->name);
}

static void unlink_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                       int32_t op_errno, const struct iatt *preparent,
                       const struct iatt *postparent, dict_t *xdata)
{
    (void)cookie;
    removed(frame, this, op_ret);
    unwind_unlink(frame, op_ret, op_errno, preparent, postparent, xdata);
}

static void rmdir_cbk(glossa_frame_t *frame, void *cookie, xlator_t *this, int64_t op_ret,
                      int32_t op_errno, const struct iatt *preparent,
                      const struct iatt *postparent, dict_t *xdata)
{
    (void)cookie;
    removed(frame, this, op_ret);
    unwind_rmdir(frame, op_ret, op_errno, preparent, postparent, xdata);
}

static void negative_unlink(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, int64_t flags,
                            dict_t *xdata)
{
    keep(frame, this, loc);
    wind_unlink(frame, NULL, unlink_cbk, this->child, loc, flags, xdata);
}

static void negative_rmdir(glossa_frame_t *frame, xlator_t *this, const loc_t *loc, int64_t flags,
                           dict_t *xdata)
{
    keep(frame, this, loc);
    wind_rmdir(frame, NULL, rmdir_cbk, this->child, loc, flags, xdata);
}

static void notify(xlator_t *this, const char *event, const child_t *child)
{
    (void)child;
    struct cache *cache = this->private;
    if (strcmp(event, "UPCALL") != 0)
        return;
    cache->epoch++; /* the storage has changed behind our back */
    while (cache->oldest != NULL)
        forget(cache, cache->oldest->dir, cache->oldest->name);
}

static const struct volume_options options[] = {
    {.key = "timeout",
     .type = GF_OPTION_TYPE_TIME,
     .default_value = "60",
     .description = "how long a name that was absent is remembered"},
    {.key = "limit",
     .type = GF_OPTION_TYPE_INT,
     .min = 1,
     .max = 1e9,
     .default_value = "65536",
     .description = "how many names are remembered at most"},
    {.key = "kernel-timeout",
     .type = GF_OPTION_TYPE_TIME,
     .default_value = "0",
     .description = "how long the kernel caches it, without asking here"},
    {.key = NULL},
};

struct glossa_translator glossa_translator = {
    .fops = {.lookup = lookup, .unlink = negative_unlink, .rmdir = negative_rmdir},
    .entry_created = entry_created,
    .notify = notify,
    .init = init,
    .fini = fini,
    .options = options,
    .needs = GLOSSA_NEEDS_CLOCK,
};
