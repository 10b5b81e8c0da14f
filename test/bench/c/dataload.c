/*
 * dataload: times the data of one large file, and prints one line of JSON.
 *
 *   dataload write FILE MIB [CPU]                   a new file in blocks of 1 MiB, close() included
 *   dataload read FILE MIB [CPU]                    it in blocks of 1 MiB, from first to last
 *   dataload random FILE MIB THREADS COUNT [CPU]    COUNT of its pages of 4 KiB in an order that
 *                                                   looks like chance, none of them twice
 *
 * FILE has MIB times 1 MiB, and is written by this program before it is read. Before the clock runs
 * a reader drops what the kernel has of FILE in its page cache: of a FUSE mount each page then comes
 * from the server, and on tmpfs nothing is dropped. With CPU all threads run on that one alone.
 *
 * Prints the bytes and the seconds they took. Each page says which one it is; a wrong one, or
 * a call that fails, makes the time worthless, and the exit status is 3. 2: it did not measure.
 */
#include "measure.h"

#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#define PAGE 4096
#define BLOCK (1 << 20)
#define PAGES_OF_BLOCK (BLOCK / PAGE)

static void stamp(unsigned char *page, uint64_t number)
{
    memcpy(page, &number, sizeof number);
    number = ~number;
    memcpy(page + PAGE - sizeof number, &number, sizeof number);
}

static int is_page(const unsigned char *page, uint64_t number)
{
    uint64_t first, last;
    memcpy(&first, page, sizeof first);
    memcpy(&last, page + PAGE - sizeof last, sizeof last);
    return first == number && last == ~number;
}

static void tell(long bytes, int64_t ns)
{
    printf("{\"bytes\":%ld,\"seconds\":%.6f}\n", bytes, (double)ns / 1e9);
}

static unsigned char *block_of_memory(void)
{
    unsigned char *block = aligned_alloc(PAGE, BLOCK);
    if (!block)
        die("memory");
    memset(block, 0x5a, BLOCK);
    return block;
}

static int open_cold(const char *file)
{
    int fd = open(file, O_RDONLY);
    if (fd < 0)
        die(file);
    if ((errno = posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED)))
        die("posix_fadvise");
    return fd;
}

static void write_file(const char *file, long blocks)
{
    unsigned char *block = block_of_memory();
    long wrong = 0;
    int64_t begin = now_ns();
    int fd = open(file, O_CREAT | O_EXCL | O_WRONLY, 0644);
    if (fd < 0)
        die(file);
    for (long at = 0; at < blocks; at++) {
        for (long page = 0; page < PAGES_OF_BLOCK; page++)
            stamp(block + page * PAGE, (uint64_t)(at * PAGES_OF_BLOCK + page));
        wrong += write(fd, block, BLOCK) != BLOCK;
    }
    wrong += close(fd) != 0;
    int64_t ns = now_ns() - begin;
    expect_right(wrong, blocks + 1);
    tell(blocks * BLOCK, ns);
}

static void read_file(const char *file, long blocks)
{
    unsigned char *block = block_of_memory();
    int fd = open_cold(file);
    long wrong = 0;
    int64_t begin = now_ns();
    for (long at = 0; at < blocks; at++) {
        ssize_t got = read(fd, block, BLOCK);
        for (long page = 0; page < PAGES_OF_BLOCK; page++)
            wrong += got != BLOCK || !is_page(block + page * PAGE, (uint64_t)(at * PAGES_OF_BLOCK + page));
    }
    int64_t ns = now_ns() - begin;
    expect_right(wrong, blocks * PAGES_OF_BLOCK);
    close(fd);
    tell(blocks * BLOCK, ns);
}

struct reader {
    pthread_t thread;
    int fd;
    const uint32_t *pages;
    long count;
    long wrong;
};

static void *read_pages(void *given)
{
    struct reader *reader = given;
    unsigned char page[PAGE];
    for (long i = 0; i < reader->count; i++) {
        uint32_t number = reader->pages[i];
        ssize_t got = pread(reader->fd, page, PAGE, (off_t)number * PAGE);
        reader->wrong += got != PAGE || !is_page(page, number);
    }
    return NULL;
}

/* All pages of the file, shuffled. */
static uint32_t *shuffled(long pages)
{
    uint32_t *order = malloc((size_t)pages * sizeof *order);
    if (!order)
        die("memory");
    for (long i = 0; i < pages; i++) {
        long other = (long)(scatter((uint64_t)i) % (uint64_t)(i + 1));
        order[i] = order[other];
        order[other] = (uint32_t)i;
    }
    return order;
}

static void read_random(const char *file, long blocks, long threads, long count)
{
    long each = count / threads, wrong = 0;
    struct reader *readers = calloc((size_t)threads, sizeof *readers);
    uint32_t *pages = shuffled(blocks * PAGES_OF_BLOCK);
    if (!readers)
        die("memory");
    if (each == 0 || count > blocks * PAGES_OF_BLOCK) {
        errno = EINVAL;
        die("COUNT");
    }
    int fd = open_cold(file);
    int64_t begin = now_ns();
    for (long i = 0; i < threads; i++) {
        readers[i].fd = fd;
        readers[i].pages = pages + i * each;
        readers[i].count = each;
        if ((errno = pthread_create(&readers[i].thread, NULL, read_pages, &readers[i])))
            die("pthread_create");
    }
    for (long i = 0; i < threads; i++) {
        pthread_join(readers[i].thread, NULL);
        wrong += readers[i].wrong;
    }
    int64_t ns = now_ns() - begin;
    expect_right(wrong, each * threads);
    close(fd);
    tell(each * threads * PAGE, ns);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    int random = !strcmp(what, "random");
    int needed = random ? 6 : 4;

    if (argc < needed || argc > needed + 1 ||
        (!random && strcmp(what, "read") && strcmp(what, "write"))) {
        fputs("usage: dataload write|read FILE MIB [CPU]\n"
              "       dataload random FILE MIB THREADS COUNT [CPU]\n", stderr);
        return NOT_MEASURED;
    }
    if (argc > needed)
        stay_on(argv[needed]);
    long blocks = number(argv[3], 1);
    if (random)
        read_random(argv[2], blocks, number(argv[4], 1), number(argv[5], 1));
    else if (!strcmp(what, "read"))
        read_file(argv[2], blocks);
    else
        write_file(argv[2], blocks);
    return 0;
}
