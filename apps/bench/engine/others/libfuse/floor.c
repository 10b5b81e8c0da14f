/*
 * floor: the least work of a FUSE server for an absent name, as a baseline for the bench.
 *
 *   floor MOUNTPOINT ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT [BUSY-POLL-US [PORT REQUESTS]]
 *
 * One thread on libfuse's low-level interface. It remembers one directory at most, the last one made,
 * and replies ENOENT to every other name at once.
 *
 * With BUSY-POLL-US above 0 it polls that long for a request before it sleeps, as `glossa mount
 * --busy-poll` does: it yields the CPU first, and each poll without a request doubles the number of
 * waits until the next poll, up to 1024.
 *
 * With PORT it asks the brick there for each absent name first: the least work of a client of one brick. The file
 * REQUESTS has what it sends, as three parts behind their lengths: the record of the handshake; of a lookup, what
 * follows the record's mark and number up to the name, and what follows the name (test/bench/relay.ts).
 */
#define _GNU_SOURCE
#define FUSE_USE_VERSION 312
#include <arpa/inet.h>
#include <errno.h>
#include <fuse_lowlevel.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define DIRECTORY_INO 2

static char made[NAME_MAX + 1];
static double entry_timeout, attribute_timeout, negative_timeout, awake_us;

static double now_us(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1e6 + ts.tv_nsec / 1e3;
}

/* -- the brick -------------------------------------------------------------------------------------- */

#define LAST_PART 0x80000000u
#define REPLY 1
#define RECORD_MAX (1 << 16)
#define CALLS_PER_CPU_CHECK 256

struct part {
    uint32_t length;
    unsigned char bytes[4096];
};

static int brick = -1;
static struct part handshake, before_name, after_name;
static uint32_t last_xid = 1;

static void read_part(FILE *file, struct part *part)
{
    if (fread(&part->length, 4, 1, file) != 1 || (part->length = ntohl(part->length)) > sizeof part->bytes ||
        fread(part->bytes, 1, part->length, file) != part->length) {
        fputs("floor: the file of requests is not whole\n", stderr);
        exit(2);
    }
}

static int send_all(const unsigned char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(brick, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0)
            return -1;
        bytes += sent;
        length -= sent;
    }
    return 0;
}

/*
 * Whether the process may use several CPUs. On one, the brick runs only while this process sleeps. The kernel is
 * asked at some calls only: the bench assigns the CPUs once the mount is there.
 */
static int has_several_cpus(void)
{
    static unsigned calls;
    static int several;
    cpu_set_t cpus;
    if (calls++ % CALLS_PER_CPU_CHECK == 0)
        several = !sched_getaffinity(0, sizeof cpus, &cpus) && CPU_COUNT(&cpus) > 1;
    return several;
}

/* Receives so many bytes; waits awake at first, if the brick can run meanwhile. */
static int receive_all(unsigned char *bytes, size_t length)
{
    struct pollfd waiting = { .fd = brick, .events = POLLIN };
    double until = awake_us > 0 && has_several_cpus() ? now_us() + awake_us : 0;
    while (length > 0) {
        ssize_t got = recv(brick, bytes, length, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
            if (until == 0 || now_us() > until)
                poll(&waiting, 1, -1);
            else
                sched_yield();
            continue;
        }
        if (got <= 0)
            return -1;
        bytes += got;
        length -= got;
    }
    return 0;
}

/* Receives the reply with this number, and returns the errno of its operation, or EIO. */
static int receive_errno(uint32_t xid)
{
    static unsigned char record[RECORD_MAX];
    uint32_t mark, word[8];
    for (;;) {
        if (receive_all((unsigned char *)&mark, 4))
            return EIO;
        uint32_t length = ntohl(mark) & ~LAST_PART;
        if (length > sizeof record || receive_all(record, length))
            return EIO;
        memcpy(word, record, sizeof word);
        /* Its number, REPLY, accepted, an empty verifier in two words, success; op_ret and op_errno. */
        if (length >= sizeof word && ntohl(word[0]) == xid && ntohl(word[1]) == REPLY)
            return (int32_t)ntohl(word[6]) < 0 ? (int)ntohl(word[7]) : 0;
    }
}

static int connect_to_brick(int port, const char *requests)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    FILE *file = fopen(requests, "r");
    int on = 1;
    if (!file)
        return -1;
    read_part(file, &handshake);
    read_part(file, &before_name);
    read_part(file, &after_name);
    fclose(file);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    brick = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    /* Bricks may ask for a port of root's; without one, the handshake tells. */
    bindresvport(brick, NULL);
    setsockopt(brick, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(brick, (struct sockaddr *)&address, sizeof address) ||
        send_all(handshake.bytes, handshake.length))
        return -1;
    errno = receive_errno(last_xid);
    return errno == 0 ? 0 : -1;
}

/* Asks the brick for a name in its root, and returns the errno: 0 if the name is there. */
static int ask_brick(const char *name)
{
    static unsigned char record[sizeof before_name.bytes + sizeof after_name.bytes + NAME_MAX + 16];
    uint32_t length = strlen(name), word;
    unsigned char *end = record + 4;
#define PUT_WORD(value) (word = htonl(value), memcpy(end, &word, 4), end += 4)
#define PUT(from, count) (memcpy(end, from, count), end += (count))
    PUT_WORD(++last_xid);
    PUT(before_name.bytes, before_name.length);
    PUT_WORD(length);
    PUT(name, length);
    while ((end - record) % 4)
        *end++ = 0;
    PUT(after_name.bytes, after_name.length);
    word = htonl(LAST_PART | (uint32_t)(end - record - 4));
    memcpy(record, &word, 4);
    return send_all(record, end - record) ? EIO : receive_errno(last_xid);
}

/* -- the mount -------------------------------------------------------------------------------------- */

static void fill(fuse_ino_t ino, struct stat *st)
{
    memset(st, 0, sizeof *st);
    st->st_ino = ino;
    st->st_mode = S_IFDIR | 0755;
    st->st_nlink = 2;
}

static void on_init(void *data, struct fuse_conn_info *conn)
{
    (void)data;
    /* Without splice, libfuse need not set up pipes. */
    conn->want &= ~(unsigned)(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
}

static void reply_directory(fuse_req_t req)
{
    struct fuse_entry_param entry;
    memset(&entry, 0, sizeof entry);
    entry.ino = DIRECTORY_INO;
    entry.entry_timeout = entry_timeout;
    entry.attr_timeout = attribute_timeout;
    fill(DIRECTORY_INO, &entry.attr);
    fuse_reply_entry(req, &entry);
}

/* Replies that a name is absent: an error, or an entry without an inode if the kernel may cache it. */
static void reply_absent(fuse_req_t req)
{
    struct fuse_entry_param entry;
    memset(&entry, 0, sizeof entry);
    entry.entry_timeout = negative_timeout;
    if (negative_timeout > 0)
        fuse_reply_entry(req, &entry);
    else
        fuse_reply_err(req, ENOENT);
}

static void on_lookup(fuse_req_t req, fuse_ino_t parent, const char *name)
{
    int error = ENOENT;
    if (parent == FUSE_ROOT_ID && !strcmp(name, made))
        reply_directory(req);
    else if (brick < 0 || strlen(name) > NAME_MAX || (error = ask_brick(name)) == ENOENT)
        reply_absent(req);
    else
        fuse_reply_err(req, error == 0 ? EIO : error);
}

static void on_mkdir(fuse_req_t req, fuse_ino_t parent, const char *name, mode_t mode)
{
    (void)mode;
    if (parent != FUSE_ROOT_ID || strlen(name) > NAME_MAX) {
        fuse_reply_err(req, EPERM);
        return;
    }
    strcpy(made, name);
    reply_directory(req);
}

static void on_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi)
{
    struct stat st;
    (void)fi;
    fill(ino, &st);
    fuse_reply_attr(req, &st, attribute_timeout);
}

static const struct fuse_lowlevel_ops operations = {
    .init = on_init,
    .lookup = on_lookup,
    .mkdir = on_mkdir,
    .getattr = on_getattr,
};

#define INTERVAL_MAX 1024

/* Receives a request. The descriptor does not block: -EAGAIN when no request is waiting. */
static int receive(struct fuse_session *session, struct fuse_buf *buf)
{
    int got;
    do
        got = fuse_session_receive_buf(session, buf);
    while (got == -EINTR && !fuse_session_exited(session));
    return got;
}

static int loop_awake(struct fuse_session *session, double limit_us)
{
    struct fuse_buf buf = { .mem = NULL };
    struct pollfd waiting = { .fd = fuse_session_fd(session), .events = POLLIN };
    int interval = 1, waits = 0, got = 0;

    fcntl(waiting.fd, F_SETFL, fcntl(waiting.fd, F_GETFL) | O_NONBLOCK);
    while (!fuse_session_exited(session)) {
        got = receive(session, &buf);
        if (got == -EAGAIN) {
            sched_yield();
            got = receive(session, &buf);
        }
        if (got == -EAGAIN && waits > 0) {
            waits--;
        } else if (got == -EAGAIN) {
            double until = now_us() + limit_us;
            do
                got = receive(session, &buf);
            while (got == -EAGAIN && now_us() < until);
            interval = got > 0 ? 1 : interval < INTERVAL_MAX ? interval * 2 : INTERVAL_MAX;
            waits = interval - 1;
        }
        if (got == -EAGAIN) {
            poll(&waiting, 1, -1);
            continue;
        }
        if (got <= 0)
            break;
        fuse_session_process_buf(session, &buf);
    }
    free(buf.mem);
    return got < 0 && got != -EAGAIN && got != -EINTR ? got : 0;
}

int main(int argc, char **argv)
{
    char *given[] = { argv[0], "-ofsname=floor", NULL };
    struct fuse_args args = FUSE_ARGS_INIT(2, given);
    int status = 1;

    if (argc != 5 && argc != 6 && argc != 8) {
        fputs("usage: floor MOUNTPOINT ENTRY-TIMEOUT ATTRIBUTE-TIMEOUT NEGATIVE-TIMEOUT"
              " [BUSY-POLL-US [PORT REQUESTS]]\n",
              stderr);
        return 2;
    }
    entry_timeout = atof(argv[2]);
    attribute_timeout = atof(argv[3]);
    negative_timeout = atof(argv[4]);
    awake_us = argc > 5 ? atof(argv[5]) : 0;
    if (argc > 6 && connect_to_brick(atoi(argv[6]), argv[7])) {
        perror("floor: the brick");
        return 1;
    }
    struct fuse_session *session = fuse_session_new(&args, &operations, sizeof operations, NULL);
    if (session && !fuse_set_signal_handlers(session)) {
        if (!fuse_session_mount(session, argv[1])) {
            status = (awake_us > 0 ? loop_awake(session, awake_us) : fuse_session_loop(session)) != 0;
            fuse_session_unmount(session);
        }
        fuse_remove_signal_handlers(session);
    }
    if (session)
        fuse_session_destroy(session);
    fuse_opt_free_args(&args);
    return status;
}
