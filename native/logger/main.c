/* reeve-logger UID: collects the output of services into ring buffers and files, and shows it to the daemon, whose uid is UID.
 *
 * Descriptor 3 is the launcher's channel, 4 the listener of readers. One thread; everything is non-blocking; each turn of the loop gives every
 * descriptor that is ready at most one read. It opens no path, starts nothing, and ends when the launcher says so or is gone. */
#include "call.h"
#include "channel.h"
#include "confine.h"
#include "reader.h"
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64, FINISH_PATIENCE = 2000 };

static int epoll;
static uint64_t now, wake_at = UINT64_MAX, finish_at = UINT64_MAX;
static bool is_any_pending;

void warn(const char *what, const char *detail)
{
    char line[256];
    int size = snprintf(line, sizeof line, "reeve-logger: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    if (size > 0)
        CALL(write, STDERR_FILENO, line, (size_t)size < sizeof line ? (size_t)size : sizeof line - 1);
}

_Noreturn void fatal(const char *what, const char *detail)
{
    warn(what, detail);
    _exit(1);
}

uint64_t loop_now(void) { return now; }

void loop_wake_at(uint64_t when) { wake_at = when < wake_at ? when : wake_at; }

bool loop_watch(int fd, struct watched *watched, uint32_t *events, uint32_t wanted)
{
    struct epoll_event event = { .events = wanted, .data = { .ptr = watched } };
    int operation = *events == 0 ? EPOLL_CTL_ADD : wanted == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (*events == wanted)
        return true;
    if (CALL(epoll_ctl, epoll, operation, fd, &event) != 0)
        return false;
    *events = wanted;
    return true;
}

void loop_finish(void)
{
    slots_each(slot_drain);
    finish_at = finish_at == UINT64_MAX ? now + FINISH_PATIENCE : finish_at;
    loop_wake_at(finish_at);
}

static void read_clock(void)
{
    struct timespec time;
    if (CALL(clock_gettime, CLOCK_MONOTONIC, &time) == 0)
        now = (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

static void tick(void)
{
    if (now < wake_at)
        return;
    wake_at = UINT64_MAX;
    slots_each(slot_tick);
    readers_tick();
    loop_wake_at(finish_at);
}

static void see_pending(struct slot *slot) { is_any_pending = is_any_pending || slot_is_pending(slot); }

static bool is_finished(void)
{
    if (finish_at == UINT64_MAX)
        return false;
    is_any_pending = false;
    slots_each(see_pending);
    return !is_any_pending || now >= finish_at;
}

static void turn(void)
{
    struct epoll_event events[BATCH];
    int timeout = wake_at == UINT64_MAX ? -1 : wake_at <= now ? 0 : wake_at - now > 60000 ? 60000 : (int)(wake_at - now);
    int count = CALL(epoll_wait, epoll, events, BATCH, timeout);
    if (count < 0 && errno != EINTR)
        fatal("cannot wait for events", strerror(errno));
    read_clock();
    bool is_due = count == BATCH; /* it may be ready and still not be among so many */
    for (int i = 0; i < count; i++)
        is_due = is_due || channel_is(events[i].data.ptr);
    if (is_due)
        channel_receive();
    for (int i = 0; i < count; i++) {
        struct watched *watched = events[i].data.ptr;
        watched->ready(watched, events[i].events);
    }
    tick();
    readers_pump();
    channel_flush();
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long daemon = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
    if (argc != 2 || end == argv[1] || *end != '\0' || daemon >= UINT32_MAX)
        fatal("must be started by reeve-launcher, with the daemon's uid", NULL);
    struct rlimit files;
    if (CALL(getrlimit, RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < files.rlim_max) {
        files.rlim_cur = files.rlim_max;
        if (CALL(setrlimit, RLIMIT_NOFILE, &files) != 0)
            warn("cannot raise the limit of descriptors", strerror(errno));
    }
    for (size_t i = 0; i < 2; i++)
        if (CALL(sigaction, i ? SIGXFSZ : SIGPIPE, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) != 0)
            fatal("cannot ignore signals", strerror(errno));
    epoll = CALL(epoll_create1, EPOLL_CLOEXEC);
    if (epoll < 0 || !channel_open() || !readers_open((uid_t)daemon))
        fatal("cannot watch descriptors 3 and 4", strerror(errno));
    confine();
    read_clock();
    while (!is_finished())
        turn();
    slots_each(slot_close);
    readers_pump();
    channel_flush();
    return 0;
}
