/* Drops, renames, changes and adds entries of listings, and keeps one for later. */
#include "shapes.h"

struct cache {
    gf_dirent_t at[8];
    struct iatt stats[8];
    char names[8][64];
    entries_t entries;
};

static int32_t init(xlator_t *this)
{
    this->private = calloc(1, sizeof(struct cache));
    return this->private == NULL;
}

static void fini(xlator_t *this)
{
    free(this->private);
}

static const char *upper(glossa_frame_t *frame, const char *name)
{
    char *copy = frame_strdup(frame, name);
    for (char *c = copy; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z')
            *c = (char)(*c - 'a' + 'A');
    return copy;
}

/* What comes with a request ends with it: a cache copies. */
static void keep(struct cache *cache, const entries_t *entries)
{
    for (size_t i = 0; i < entries->count; i++) {
        cache->at[i] = entries->at[i];
        cache->stats[i] = *entries->at[i].d_stat;
        snprintf(cache->names[i], sizeof cache->names[i], "%s", entries->at[i].d_name);
        cache->at[i].d_stat = &cache->stats[i];
        cache->at[i].d_name = cache->names[i];
    }
    cache->entries = (entries_t){cache->at, entries->count};
}

static void readdirp_cbk(REPLY(readdirp))
{
    static const struct iatt three = {.ia_size = 3};
    gf_dirent_t *at = frame_alloc(frame, (entries->count + 1) * sizeof *at);
    size_t count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        if (entries->at[i].d_name[0] == '.')
            continue;
        at[count] = entries->at[i];
        at[count].d_name = upper(frame, at[count].d_name);
        count++;
    }
    at[count++] = (gf_dirent_t){.d_name = "added", .d_off = 99, .d_type = 8, .d_stat = &three};
    const entries_t kept = {at, count};
    keep(this->private, &kept);
    unwind_readdirp(frame, op_ret, op_errno, &kept, xdata);
}

static void readdir(CALL(readdir))
{
    struct cache *cache = this->private;
    if (cache->entries.count == 0)
        wind_readdir(frame, NULL, NULL, this->child, fd, size, offset, xdata);
    else /* from another request: its inodes are not this one's to give */
        unwind_readdir(frame, 0, 0, &cache->entries, NULL);
}

static void readdir_cbk(REPLY(readdir))
{
    gf_dirent_t *at = same_again(frame, entries->at, entries->count * sizeof *at);
    struct iatt stat = *at[1].d_stat;
    stat.ia_size = 77;
    at[1].d_stat = &stat;
    const entries_t kept = {at + 1, entries->count - 1};
    unwind_readdir(frame, op_ret, op_errno, &kept, xdata);
}

struct glossa_translator glossa_translator = {
    .init = init,
    .fini = fini,
    .fops = {.readdir = readdir},
    .cbks = {.readdir = readdir_cbk, .readdirp = readdirp_cbk},
};
