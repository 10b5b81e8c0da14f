/* Operations that report changes: inotify(7). */
#include "executor.h"

#include <errno.h>
#include <sys/inotify.h>
#include <unistd.h>

/* Watches of this worker; -1 before the first. */
static int queue = -1;

static const struct {
    uint32_t mask;
    const char *name;
} events[] = {
    {IN_ACCESS, "access"},           {IN_MODIFY, "modify"},
    {IN_ATTRIB, "attrib"},           {IN_CLOSE_WRITE, "close-write"},
    {IN_CLOSE_NOWRITE, "close"},     {IN_OPEN, "open"},
    {IN_MOVED_FROM, "moved-from"},   {IN_MOVED_TO, "moved-to"},
    {IN_CREATE, "create"},           {IN_DELETE, "delete"},
    {IN_DELETE_SELF, "delete-self"}, {IN_MOVE_SELF, "move-self"},
    {IN_UNMOUNT, "unmount"},         {IN_Q_OVERFLOW, "overflow"},
    {IN_IGNORED, "ignored"},         {IN_ISDIR, "dir"},
};

/* inotify PATH MASK: watches a path; returns the number of the watch. */
static long op_inotify(struct arg *a) {
    if (queue < 0) queue = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    return inotify_add_watch(queue, a[0].text, a[1].n);
}

/* What is called so has no name: see the named differences. */
static bool is_unnamed(const struct inotify_event *event) {
    return event->len > 0 && (event->name[0] == '#' || event->name[0] == '/');
}

static void say_event(const struct inotify_event *event) {
    say(" %d:", event->wd);
    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (event->mask & events[i].mask) say("%s,", events[i].name);
    }
    if (is_unnamed(event)) say("unnamed");
    else if (event->len > 0) say_name(event->name);
}

/* Reads of directories: see the named differences. */
static bool is_listing(const struct inotify_event *event) {
    return (event->mask & IN_ACCESS) != 0 && (event->mask & IN_ISDIR) != 0;
}

/* The kernel merges equal events in a row, and names could make these equal. */
static bool is_repeated(const struct inotify_event *event, const struct inotify_event *last) {
    return last != NULL && is_unnamed(event) && is_unnamed(last) && event->wd == last->wd &&
           event->mask == last->mask;
}

/* events: prints the events since the last call. */
static long op_events(struct arg *a) {
    (void)a;
    ssize_t got = queue < 0 ? 0 : read(queue, data, DATA_MAX);
    const struct inotify_event *last = NULL;
    for (ssize_t at = 0; at < got;) {
        const struct inotify_event *event = (const struct inotify_event *)(data + at);
        if (!is_listing(event) && !is_repeated(event, last)) say_event(event);
        last = event;
        at += (ssize_t)sizeof *event + event->len;
    }
    return 0;
}

const struct operation notify_operations[] = {
    {"inotify", "pi", op_inotify},
    {"events", "", op_events},
    {0},
};
