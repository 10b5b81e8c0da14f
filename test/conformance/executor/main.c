/*
 * executor ROOT: runs scripts of system calls, each in processes of its own below a folder of ROOT,
 * and writes one line of result for each line of a script.
 *
 *   begin NAME UID:GID[:GROUP,GROUP] …   a new folder, and a worker for each of these callers
 *   [WORKER][!] OPERATION ARGUMENT …     a system call made by a worker; its result
 *   end                                  ends the workers
 *   tree PATH [XATTR]                    what is there, without the attribute of that name
 *   remove PATH                          takes a tree away
 *   done                                 answers with a line `done`
 *
 * A worker is chrooted into the folder: nothing a script does can get out of it. The `!` looks at
 * what the operation is about before and afterwards, and says which of the times a(time), m(time)
 * and c(time) have changed. Looking refreshes what the kernel has cached, so there are operations
 * without it.
 * Arguments: a path is percent-encoded, `""` is the empty one, `@3,name` starts at the directory
 * open in slot 3; a slot is its number; numbers may be names of constants joined by `|`; bytes are
 * hexadecimal digits, or `*LENGTH` for many. A result is the returned number, `ok` or the name of
 * the errno, and what was read.
 *
 * `executor --grain FOLDER` fails where times are taken from the last tick of the clock, so that two
 * changes may have the same: nothing can be watched there.
 */
#include "executor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <mntent.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct slot slots[SLOTS];
struct map maps[MAPS];
pid_t pids[WORKERS];
unsigned char *data;

static int to_worker[WORKERS], from_worker[WORKERS];

static int hex(char c) {
    const char *digits = "0123456789abcdef", *at = strchr(digits, c);
    return c == '\0' || at == NULL ? -1 : (int)(at - digits);
}

/* Decodes %XX in place. */
static char *decoded(char *text) {
    char *to = text;
    for (char *from = text; *from != '\0'; from++) {
        if (*from == '%' && hex(from[1]) >= 0 && hex(from[2]) >= 0) {
            *to++ = (char)(hex(from[1]) * 16 + hex(from[2]));
            from += 2;
        } else *to++ = *from;
    }
    *to = '\0';
    return text;
}

static int slot_of(const char *text) { return atoi(text) & (SLOTS - 1); }

static void read_path(struct arg *arg, char *text) {
    arg->fd = AT_FDCWD;
    if (*text == '@') {
        arg->fd = slots[slot_of(text + 1)].fd;
        char *comma = strchr(text, ',');
        text = comma == NULL ? text + strlen(text) : comma + 1;
    }
    arg->text = strcmp(text, "\"\"") == 0 ? text + 2 : decoded(text);
}

static void read_bytes(struct arg *arg, char *text) {
    static unsigned char bytes[1 << 17];
    arg->data = bytes;
    if (*text == '*') {
        arg->len = (size_t)atol(text + 1) & (sizeof bytes - 1);
        pattern(bytes, arg->len, 1);
        return;
    }
    arg->len = 0;
    for (; hex(text[0]) >= 0 && hex(text[1]) >= 0; text += 2) {
        bytes[arg->len++] = (unsigned char)(hex(text[0]) * 16 + hex(text[1]));
    }
}

static void read_arg(struct arg *arg, char letter, char *text) {
    memset(arg, 0, sizeof *arg);
    if (letter == 'p') read_path(arg, text);
    else if (letter == 'v') read_bytes(arg, text);
    else if (letter == 'x') arg->text = strcmp(text, "\"\"") == 0 ? text + 2 : decoded(text);
    else if (letter == 'i') {
        if (!number_of(text, &arg->n)) say(" (no number: %s)", text);
    } else {
        arg->slot = slot_of(text);
        arg->fd = slots[arg->slot].fd;
    }
}

static const struct operation *operation_of(const char *name) {
    const struct operation *tables[] = {
        open_operations,      file_operations,   transfer_operations, name_operations,
        attribute_operations, notify_operations, system_operations,
    };
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const struct operation *op = tables[i]; op->name != NULL; op++) {
            if (strcmp(op->name, name) == 0) return op;
        }
    }
    return NULL;
}

/* Reads the attributes of an operation's subjects: open files, names, and their directories. */
struct watch {
    int fd;
    char path[4200];
    char label[16];
    bool there;
    struct stat st;
};

static void look(struct watch *watch, struct stat *st, bool *there) {
    int flags = watch->path[0] == '\0' ? AT_EMPTY_PATH : AT_SYMLINK_NOFOLLOW;
    *there = fstatat(watch->fd, watch->path, st, flags) == 0;
}

static size_t start_watching(struct watch *watches, const char *signature, struct arg *args) {
    size_t count = 0;
    for (int i = 0; signature[i] != '\0'; i++) {
        if (signature[i] == 's' && args[i].fd >= 0) {
            struct watch *watch = &watches[count++];
            *watch = (struct watch){.fd = args[i].fd};
            snprintf(watch->label, sizeof watch->label, "%d:fd", i);
        } else if (signature[i] == 'p' && strlen(args[i].text) < 4096) {
            struct watch *watch = &watches[count++];
            *watch = (struct watch){.fd = args[i].fd};
            snprintf(watch->path, sizeof watch->path, "%s", args[i].text);
            snprintf(watch->label, sizeof watch->label, "%d:it", i);
            struct watch *above = &watches[count++];
            *above = *watch;
            snprintf(above->label, sizeof above->label, "%d:dir", i);
            size_t len = strlen(above->path);
            while (len > 0 && above->path[len - 1] == '/') len--;
            while (len > 0 && above->path[len - 1] != '/') len--;
            snprintf(above->path + len, sizeof above->path - len, ".");
        }
    }
    for (size_t i = 0; i < count; i++) look(&watches[i], &watches[i].st, &watches[i].there);
    return count;
}

static bool differ(struct timespec a, struct timespec b) {
    return a.tv_sec != b.tv_sec || a.tv_nsec != b.tv_nsec;
}

/* A directory in which names come and go: some file systems have finer times only for files. */
static bool is_fine(const char *root) {
    char path[4200];
    struct stat before = {0}, st;
    bool fine = true;
    snprintf(path, sizeof path, "%s/.grain", root);
    for (int i = 0; i < 64 && fine; i++, before = st) {
        if (i % 2 != 0) unlink(path);
        else close(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600));
        fine = stat(root, &st) == 0 && differ(st.st_ctim, before.st_ctim);
    }
    unlink(path);
    return fine;
}

static void say_changes(struct watch *watch) {
    struct stat st, *before = &watch->st;
    bool there;
    look(watch, &st, &there);
    say(" %s=", watch->label);
    if (!there || !watch->there || st.st_ino != before->st_ino) {
        say("%s", !there ? watch->there ? "gone" : "none" : watch->there ? "other" : "new");
        return;
    }
    if (differ(st.st_atim, before->st_atim)) say("a");
    if (differ(st.st_mtim, before->st_mtim)) say("m");
    if (differ(st.st_ctim, before->st_ctim)) say("c");
}

static void perform(char *text) {
    bool watched = *text == '!';
    char *words[ARGS + 2], *rest = NULL;
    size_t count = 0;
    for (char *at = strtok_r(text + watched, " ", &rest); at != NULL && count < ARGS + 2;) {
        words[count++] = at;
        at = strtok_r(NULL, " ", &rest);
    }
    const struct operation *op = count == 0 ? NULL : operation_of(words[0]);
    if (op == NULL || strlen(op->signature) != count - 1) {
        say("no such operation");
        say_line();
        return;
    }
    struct arg args[ARGS];
    for (size_t i = 0; i + 1 < count; i++) read_arg(&args[i], op->signature[i], words[i + 1]);
    static struct watch watches[4];
    size_t watching = watched ? start_watching(watches, op->signature, args) : 0;
    errno = 0;
    long result = op->run(args);
    int error = errno;
    for (size_t i = 0; i < watching; i++) say_changes(&watches[i]);
    say_result(result, error);
}

static void become(const char *caller) {
    gid_t groups[16];
    size_t count = 0;
    char *at;
    uid_t uid = strtoul(caller, &at, 10);
    gid_t gid = strtoul(at + 1, &at, 10);
    while (*at != '\0' && count < 16) groups[count++] = strtoul(at + 1, &at, 10);
    if (uid == 0) return;
    if (setgroups(count, groups) < 0 || setgid(gid) < 0 || setuid(uid) < 0) _exit(2);
}

static void work(const char *folder, const char *caller, int in, int out) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (chroot(folder) < 0 || chdir("/") < 0) _exit(2);
    umask(022);
    become(caller);
    FILE *script = fdopen(in, "r");
    char *text = NULL;
    size_t room = 0;
    for (;;) {
        ssize_t len = getline(&text, &room, script);
        if (len <= 0) {
            clean_up();
            _exit(0);
        }
        text[strcspn(text, "\n")] = '\0';
        if (strcmp(text, "pids") == 0) {
            if (fread(pids, sizeof pids, 1, script) != 1) _exit(2);
        } else perform(text);
        if (write(out, "", 1) != 1) _exit(0);
    }
}

static void tell(int worker, const void *text, size_t len) {
    char byte;
    if (write(to_worker[worker], text, len) != (ssize_t)len) exit(1);
    if (read(from_worker[worker], &byte, 1) != 1) {
        put_out(" worker died\n", 13);
        exit(1);
    }
}

static void begin(char *root, char *args) {
    char folder[4096], *rest = NULL;
    char *name = strtok_r(args, " ", &rest);
    snprintf(folder, sizeof folder, "%s/%s", root, name);
    if (mkdir(folder, 0777) < 0 || chmod(folder, 0777) < 0) {
        fprintf(stderr, "%s: %s\n", folder, errno_name(errno));
        exit(1);
    }
    int count = 0;
    for (char *caller; (caller = strtok_r(NULL, " ", &rest)) != NULL && count < WORKERS; count++) {
        int there[2], back[2];
        if (pipe2(there, O_CLOEXEC) < 0 || pipe2(back, O_CLOEXEC) < 0) exit(1);
        pid_t pid = fork();
        if (pid == 0) {
            for (int i = 0; i < count; i++) close(to_worker[i]);
            close(there[1]);
            work(folder, caller, there[0], back[1]);
        }
        close(there[0]);
        close(back[1]);
        pids[count] = pid;
        to_worker[count] = there[1];
        from_worker[count] = back[0];
    }
    char message[5 + sizeof pids] = "pids\n";
    memcpy(message + 5, pids, sizeof pids);
    for (int i = 0; i < count; i++) tell(i, message, sizeof message);
}

static void end(void) {
    for (int i = 0; i < WORKERS; i++) {
        if (pids[i] == 0) continue;
        close(to_worker[i]);
        close(from_worker[i]);
        waitpid(pids[i], NULL, 0);
        pids[i] = 0;
    }
}

/*
 * Detaches the other mounts in the new namespace: their servers could not end while this process
 * has them mounted.
 */
static void leave_others(const char *root) {
    FILE *mounts = setmntent("/proc/self/mounts", "r");
    if (mounts == NULL) return;
    char **others = NULL;
    size_t count = 0;
    for (struct mntent *at; (at = getmntent(mounts)) != NULL;) {
        if (strncmp(at->mnt_type, "fuse", 4) != 0) continue;
        if (strncmp(root, at->mnt_dir, strlen(at->mnt_dir)) == 0) continue;
        char **longer = realloc(others, (count + 1) * sizeof *others);
        if (longer == NULL) break;
        others = longer;
        others[count++] = strdup(at->mnt_dir);
    }
    endmntent(mounts);
    while (count > 0) {
        char *other = others[--count];
        if (other != NULL) umount2(other, MNT_DETACH);
        free(other);
    }
    free(others);
}

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    if (strcmp(argv[1], "--wait") == 0) return pause();
    if (strcmp(argv[1], "--grain") == 0) return is_fine(argv[2]) ? 0 : 1;
    own_program = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    /* Mounts of a script are private, and end with this process. */
    if (unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) {
        leave_others(argv[1]);
    }
    for (int i = 0; i < SLOTS; i++) slots[i].fd = -1;
    if (posix_memalign((void **)&data, 4096, DATA_MAX + 4096) != 0) return 1;
    char *text = NULL;
    size_t room = 0;
    ssize_t len;
    while ((len = getline(&text, &room, stdin)) > 0) {
        char first[4200];
        if (text[0] >= '0' && text[0] < '0' + WORKERS) {
            if (pids[text[0] - '0'] == 0) put_out(" no such worker\n", 16);
            else tell(text[0] - '0', text + 1, len - 1);
            continue;
        }
        text[strcspn(text, "\n")] = '\0';
        if (sscanf(text, "%4199s", first) != 1) continue;
        char *args = text + strlen(first) + (text[strlen(first)] == ' ');
        char *second = strchr(args, ' ');
        if (second != NULL && strcmp(first, "tree") == 0) *second++ = '\0';
        if (strcmp(first, "begin") == 0) begin(argv[1], args);
        else if (strcmp(first, "end") == 0) end();
        else if (strcmp(first, "tree") == 0) dump_tree(args, second);
        else if (strcmp(first, "remove") == 0) remove_tree(args);
        else if (strcmp(first, "done") == 0) put_out("done\n", 5);
    }
    end();
    return 0;
}
