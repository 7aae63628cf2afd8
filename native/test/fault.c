/* The fault-injection build's side of call.h: parses REEVE_FAULT once, then counts. Never part of a normal build. */
#include "call.h"
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define NAME_ROW(name) #name,
static const char *const names[CALL_COUNT] = { CALL_TABLE(NAME_ROW) };

static struct {
    bool ready, child;
    int call, error; /* call: -1 = any */
    long number, times;
    pid_t owner;       /* the process that REEVE_FAULT was read in */
    pid_t counting;    /* the process that `count` belongs to: a forked child starts from zero */
    long count;
    long skip, turn;   /* children to spare; which child this is, from 1 */
    struct {
        atomic_long done, children;
    } *shared; /* with forked children, so that a fault happens `times` times in all */
} fault = { .call = -2 };

static void parse(const char *text)
{
    fault.ready = true;
    fault.owner = fault.counting = getpid();
    char name[32] = "";
    fault.times = 1;
    if (!text || sscanf(text, "%31[^:]:%ld:%d:%ld", name, &fault.number, &fault.error, &fault.times) < 3)
        return;
    const char *bare = name;
    if (strncmp(name, "child/", 6) == 0) {
        fault.child = true;
        bare += 6;
    }
    for (int i = 0; i < CALL_COUNT; i++)
        if (strcmp(names[i], bare) == 0)
            fault.call = i;
    if (strcmp(bare, "any") == 0)
        fault.call = -1;
    fault.skip = getenv("REEVE_FAULT_SKIP") ? atol(getenv("REEVE_FAULT_SKIP")) : 0;
    fault.shared = mmap(NULL, sizeof *fault.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (fault.call == -2 || fault.shared == MAP_FAILED) {
        fprintf(stderr, "REEVE_FAULT: cannot use '%s'\n", text);
        abort();
    }
}

static void record(enum call call)
{
    const char *path = getenv("REEVE_FAULT_LOG");
    int fd = path ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd < 0)
        return;
    dprintf(fd, "%s%s %ld %d\n", getpid() == fault.owner ? "" : "child/", names[call], fault.count, fault.error);
    close(fd);
}

bool call_must_fail(enum call call)
{
    if (!fault.ready)
        parse(getenv("REEVE_FAULT"));
    pid_t self = getpid();
    if (fault.call == -2 || fault.child != (self != fault.owner))
        return false;
    if (self != fault.counting) {
        fault.counting = self;
        fault.count = 0;
        fault.turn = atomic_fetch_add(&fault.shared->children, 1) + 1;
    }
    if ((fault.call >= 0 && fault.call != (int)call) || (fault.child && fault.turn <= fault.skip))
        return false;
    fault.count++;
    if (fault.count < fault.number || atomic_fetch_add(&fault.shared->done, 1) >= fault.times)
        return false;
    record(call);
    errno = fault.error;
    return true;
}
