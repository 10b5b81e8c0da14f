/* Remembers failed lookups, and answers them without asking the storage again. */
#include "glossa.h"

#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

/* Names that were absent, until times in seconds. A key is the gfid of the directory and the name. */
class Cache {
public:
    int64_t epoch = 0; /* goes up with every name that is created */

    bool has(std::string_view key, double now) const
    {
        const auto place = places.find(key);
        return place != places.end() && now < place->second->until;
    }

    void remember(const std::string &key, double until, size_t limit)
    {
        forget(key);
        names.push_back({key, until});
        places[names.back().key] = std::prev(names.end());
        if (names.size() > limit)
            forget(names.front().key); /* it makes room */
    }

    void forget(std::string_view key)
    {
        const auto place = places.find(key);
        if (place == places.end())
            return;
        const auto name = place->second;
        places.erase(place);
        names.erase(name);
    }

    void forget_all()
    {
        places.clear();
        names.clear();
    }

private:
    struct Absent {
        std::string key;
        double until;
    };
    std::list<Absent> names; /* the oldest first */
    std::unordered_map<std::string_view, std::list<Absent>::iterator> places;
};

Cache &cache_of(xlator_t *xl)
{
    return *static_cast<Cache *>(xl->private_data);
}

std::string make_key(const loc_t *loc)
{
    const auto *gfid = reinterpret_cast<const char *>(loc->pargfid.bytes);
    return std::string(gfid, sizeof loc->pargfid.bytes) + loc->name;
}

int64_t option(xlator_t *xl, const char *key)
{
    int64_t value = 0;
    dict_get_int64(xl->options, key, &value);
    return value;
}

void remember(xlator_t *xl, const loc_t *loc)
{
    const double until = xl->now + static_cast<double>(option(xl, "timeout"));
    cache_of(xl).remember(make_key(loc), until, static_cast<size_t>(option(xl, "limit")));
}

/* For who watches the cache at work (`glossa mount --debug`). */
void tell(xlator_t *xl, const char *what, const loc_t *loc)
{
    char dir[GFID_TEXT];
    gf_log(xl, GF_LOG_DEBUG, "%s <gfid:%s>/%s", what, gfid_print(loc->pargfid, dir), loc->name);
}

/* "There is no such name", for as long as the kernel may cache it; 0: as the mount has it. */
void fail_absent(glossa_frame_t *frame, xlator_t *xl)
{
    const int64_t seconds = option(xl, "kernel-timeout");
    dict_t *xdata = seconds > 0 ? dict_new(frame) : nullptr;
    if (xdata != nullptr)
        dict_set_int64(xdata, GLOSSA_NEGATIVE_TIMEOUT, seconds);
    unwind_lookup(frame, -1, ENOENT, nullptr, nullptr, xdata, nullptr);
}

/* What the callback needs to know. The loc is the frame's, and as old as it gets. */
struct Local {
    const loc_t *loc;
    int64_t epoch;
};

void keep(glossa_frame_t *frame, xlator_t *xl, const loc_t *loc)
{
    auto *local = static_cast<Local *>(frame_alloc(frame, sizeof(Local)));
    *local = {loc, cache_of(xl).epoch};
    frame->local = local;
}

void lookup_cbk(glossa_frame_t *frame, void *, xlator_t *xl, int64_t op_ret, int32_t op_errno,
                inode_t *inode, const struct iatt *buf, dict_t *xdata,
                const struct iatt *postparent)
{
    Cache &cache = cache_of(xl);
    const auto *local = static_cast<const Local *>(frame->local);
    if (local->loc->name != nullptr) {
        cache.forget(make_key(local->loc));
        if (op_ret < 0 && op_errno == ENOENT && local->epoch == cache.epoch) {
            remember(xl, local->loc);
            fail_absent(frame, xl);
            return;
        }
    }
    unwind_lookup(frame, op_ret, op_errno, inode, buf, xdata, postparent);
}

void lookup(glossa_frame_t *frame, xlator_t *xl, const loc_t *loc, dict_t *xdata)
{
    if (loc->name != nullptr) {
        /* What has a gfid was seen by a client, in a listing for example. */
        if (gfid_is_null(loc->gfid) && cache_of(xl).has(make_key(loc), xl->now)) {
            tell(xl, "HIT", loc);
            fail_absent(frame, xl);
            return;
        }
        tell(xl, "MISS", loc);
    }
    keep(frame, xl, loc);
    wind_lookup(frame, nullptr, lookup_cbk, xl->child, loc, xdata);
}

/* A name was removed, or was not. */
void removed(glossa_frame_t *frame, xlator_t *xl, int64_t op_ret)
{
    const auto *local = static_cast<const Local *>(frame->local);
    if (op_ret >= 0 && local->epoch == cache_of(xl).epoch)
        remember(xl, local->loc);
}

void unlink_cbk(glossa_frame_t *frame, void *, xlator_t *xl, int64_t op_ret, int32_t op_errno,
                const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata)
{
    removed(frame, xl, op_ret);
    unwind_unlink(frame, op_ret, op_errno, preparent, postparent, xdata);
}

void rmdir_cbk(glossa_frame_t *frame, void *, xlator_t *xl, int64_t op_ret, int32_t op_errno,
               const struct iatt *preparent, const struct iatt *postparent, dict_t *xdata)
{
    removed(frame, xl, op_ret);
    unwind_rmdir(frame, op_ret, op_errno, preparent, postparent, xdata);
}

void negative_unlink(glossa_frame_t *frame, xlator_t *xl, const loc_t *loc, int64_t flags,
                     dict_t *xdata)
{
    keep(frame, xl, loc);
    wind_unlink(frame, nullptr, unlink_cbk, xl->child, loc, flags, xdata);
}

void negative_rmdir(glossa_frame_t *frame, xlator_t *xl, const loc_t *loc, int64_t flags,
                    dict_t *xdata)
{
    keep(frame, xl, loc);
    wind_rmdir(frame, nullptr, rmdir_cbk, xl->child, loc, flags, xdata);
}

int32_t init(xlator_t *xl)
{
    xl->private_data = new Cache;
    return 0;
}

void fini(xlator_t *xl)
{
    delete &cache_of(xl);
}

void notify(xlator_t *xl, const char *event, const child_t *)
{
    if (std::string_view(event) != "UPCALL")
        return;
    cache_of(xl).epoch++; /* the storage has changed behind our back */
    cache_of(xl).forget_all();
}

void entry_created(xlator_t *xl, const loc_t *loc)
{
    cache_of(xl).epoch++;
    cache_of(xl).forget(make_key(loc));
}

const struct volume_options options[] = {
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
    {.key = nullptr},
};

} // namespace

struct glossa_translator glossa_translator = {
    .fops = {.unlink = negative_unlink, .rmdir = negative_rmdir, .lookup = lookup},
    .options = options,
    .needs = GLOSSA_NEEDS_CLOCK,
    .init = init,
    .fini = fini,
    .notify = notify,
    .entry_created = entry_created,
};
