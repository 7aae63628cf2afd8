/* reeve-logger UID: collects the output of services into ring buffers and files, and shows it to the daemon, whose uid is UID.
 *
 * Descriptor 3 is the launcher's channel, 4 the listener of readers. One thread; everything is non-blocking; each turn of the loop gives every
 * descriptor that is ready at most one read. It opens no path, starts nothing, and ends when the launcher says so or is gone. */
#include "logger.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH = 64, FINISH_PATIENCE = 2000 };

static int epoll;
static uint64_t clock_now, tick_at = UINT64_MAX, finish_at = UINT64_MAX;

void warn(const char *what, const char *detail)
{
    char line[256];
    int size = snprintf(line, sizeof line, "reeve-logger: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    CALL(write, STDERR_FILENO, line, (size_t)size < sizeof line ? (size_t)size : sizeof line - 1);
}

_Noreturn void fatal(const char *what, const char *detail)
{
    warn(what, detail);
    _exit(1);
}

uint64_t now(void) { return clock_now; }

void wake_at(uint64_t when) { tick_at = when < tick_at ? when : tick_at; }

bool watch(int fd, uint32_t tag, uint32_t *events, uint32_t wanted)
{
    struct epoll_event event = { .events = wanted, .data = { .u32 = tag } };
    int operation = *events == 0 ? EPOLL_CTL_ADD : wanted == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (*events != wanted && CALL(epoll_ctl, epoll, operation, fd, &event) != 0) {
        wake_at(clock_now + AGAIN);
        return false;
    }
    *events = wanted;
    return true;
}

void finish(void)
{
    slots_each(slot_drain);
    finish_at = finish_at == UINT64_MAX ? clock_now + FINISH_PATIENCE : finish_at;
    wake_at(finish_at);
}

static void read_clock(void)
{
    struct timespec time;
    if (CALL(clock_gettime, CLOCK_MONOTONIC, &time) == 0)
        clock_now = (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* The channel comes first: the mark of a new process must not come after its first words. */
static void turn(void)
{
    struct epoll_event events[BATCH];
    int timeout = tick_at == UINT64_MAX ? -1 : tick_at <= clock_now ? 0 : (int)(tick_at - clock_now);
    int count = CALL(epoll_wait, epoll, events, BATCH, timeout);
    if (count < 0 && errno != EINTR)
        fatal("cannot wait for events", strerror(errno));
    read_clock();
    bool is_due = count == BATCH; /* it may be ready and still not be among so many */
    for (int i = 0; i < count; i++)
        is_due = is_due || events[i].data.u32 == TAG_CHANNEL;
    if (is_due)
        channel_receive();
    for (int i = 0; i < count; i++)
        if (events[i].data.u32 <= MAX_SLOTS)
            slot_ready(events[i].data.u32);
        else if (events[i].data.u32 == TAG_LISTENER)
            listener_ready();
        else if (events[i].data.u32 != TAG_CHANNEL)
            connection_ready(events[i].data.u32, events[i].events);
    if (clock_now >= tick_at) {
        tick_at = finish_at;
        slots_each(slot_tick);
        readers_tick();
    }
    readers_pump();
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
    while (finish_at == UINT64_MAX || (slots_are_pending() && clock_now < finish_at))
        turn();
    slots_each(slot_close);
    readers_pump();
    return 0;
}
