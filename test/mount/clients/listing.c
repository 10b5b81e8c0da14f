/* Lists a directory by opendir, telldir, seekdir and rewinddir. Prints errors and counts. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Several replies of a server: each has room for some 25 entries with their attributes. */
#define COUNT 250

static int number_of(const struct dirent *entry) {
    return entry->d_name[0] == 'n' ? atoi(entry->d_name + 1) : -1;
}

/* The name of the first entry behind a position, or the reason why it is missing. */
static const char *first_at(int fd, off_t at, char *name) {
    union { struct dirent64 entry; char bytes[300]; } buf;
    lseek(fd, at, SEEK_SET);
    ssize_t got = getdents64(fd, &buf, sizeof buf);
    return strcpy(name, got < 0 ? strerror(errno) : got == 0 ? "the end" : buf.entry.d_name);
}

int main(void) {
    char name[300];
    long at[COUNT + 2];
    int numbers[COUNT + 2], seen[COUNT] = {0}, count = 0, dots = 0, good = 0;
    mkdir("l", 0755);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "l/n%d", i);
        if (i % 3 == 0) mkdir(name, 0755);
        else if (i % 3 == 1 && symlink("x", name) != 0) perror(name);
        else if (i % 3 == 2) close(open(name, O_CREAT | O_WRONLY, 0644));
    }
    DIR *dir = opendir("l");
    struct dirent *entry;
    for (at[0] = telldir(dir); (entry = readdir(dir)) != NULL; at[++count] = telldir(dir)) {
        int n = numbers[count] = number_of(entry);
        int type = n < 0 || n % 3 == 0 ? DT_DIR : n % 3 == 1 ? DT_LNK : DT_REG;
        if (n < 0) dots++;
        else if (seen[n]++ > 0) printf("%s comes twice\n", entry->d_name);
        if (entry->d_type != type && entry->d_type != DT_UNKNOWN) puts("a wrong type");
        if (count == COUNT + 1) break;
    }
    printf("%d dots\n", dots);
    for (int i = 0; i < COUNT; i++) good += seen[i] == 1;
    printf("%d listed\n", good);
    good = 0;
    /* Back and forth, also after the removal of an entry. */
    for (int step = 0; step < 100; step++) {
        int to = step * 7919 % (COUNT + 2);
        seekdir(dir, at[to]);
        entry = readdir(dir);
        if (entry != NULL && number_of(entry) == numbers[to]) good++;
    }
    printf("%d found again\n", good);
    /* From the beginning far ahead, with few entries read in between. */
    char far[300], again[300];
    int fd = open("l", O_RDONLY | O_DIRECTORY);
    for (char buf[300]; lseek(fd, 0, SEEK_CUR) != at[COUNT - 20];)
        if (getdents64(fd, buf, 32) <= 0) break;
    first_at(fd, at[COUNT - 20], far);
    first_at(fd, 0, again);
    if (strcmp(far, first_at(fd, at[COUNT - 20], again)) != 0) printf("not again: %s\n", again);
    close(fd);
    unlink("l/n1");
    close(open("l/new", O_CREAT | O_WRONLY, 0644));
    rewinddir(dir);
    count = 0;
    int news = 0;
    while ((entry = readdir(dir)) != NULL) {
        count++;
        news += strcmp(entry->d_name, "new") == 0;
        if (strcmp(entry->d_name, "n1") == 0) puts("still there");
    }
    printf("%d after rewinddir, %d of them new\n", count, news);
    /* Through a second descriptor of the same directory, in turns. */
    DIR *other = opendir("l");
    rewinddir(dir);
    good = 0;
    while ((entry = readdir(dir)) != NULL) {
        snprintf(name, sizeof name, "%s", entry->d_name);
        struct dirent *same = readdir(other);
        good += same != NULL && strcmp(same->d_name, name) == 0;
    }
    printf("%d in step\n", good);
    closedir(dir);
    closedir(other);
    for (int i = 0; i < COUNT; i++) {
        snprintf(name, sizeof name, "l/n%d", i);
        if (remove(name) != 0 && i != 1) perror(name);
    }
    unlink("l/new");
    printf("removed: %d\n", rmdir("l"));
    return 0;
}
