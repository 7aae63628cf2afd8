/* reeve-logger UID: collects the output of services into ring buffers and files, and shows it to the daemon, whose uid is UID.
 *
 * Descriptor 3 is the launcher's channel, 4 the listener of readers. One thread; nothing in it waits but epoll; each turn of the loop hears all that
 * the launcher says and gives every other descriptor that is ready one read. It opens no path, starts nothing, and ends when the launcher says so
 * or is gone. */
#include "logger.h"
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

enum { BATCH = 64, AGAIN = 500 };

uint64_t now;
bool is_finishing;
static uint64_t tick_at; /* UINT64_MAX = there is no need */
static int epoll;

void warn(const char *what, const char *detail)
{
    char line[256];
    int size = snprintf(line, sizeof line, "reeve-logger: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
    CALL(write, STDERR_FILENO, line, least((uint64_t)size, sizeof line - 1));
}

_Noreturn void fatal(const char *what, const char *detail)
{
    warn(what, detail);
    _exit(1);
}

int shut(int fd)
{
    if (fd >= 0)
        CALL(close, fd);
    return -1;
}

void again(void) { tick_at = tick_at < now + AGAIN ? tick_at : now + AGAIN; }

void watch(struct source *source, uint32_t events)
{
    struct epoll_event event = { .events = events, .data = { .ptr = source } };
    int operation = source->events == 0 ? EPOLL_CTL_ADD : events == 0 ? EPOLL_CTL_DEL : EPOLL_CTL_MOD;
    if (source->fd < 0 || source->events == events)
        return;
    if (CALL(epoll_ctl, epoll, operation, source->fd, &event) == 0)
        source->events = events;
    else
        again();
}

void unwatch(struct source *source)
{
    watch(source, 0); /* closing would not suffice for a pipe, for the launcher has it too */
    source->fd = shut(source->fd);
    source->events = 0;
}

static void turn(void)
{
    struct epoll_event events[BATCH];
    static struct timespec time;
    int count = CALL(epoll_wait, epoll, events, BATCH, tick_at == UINT64_MAX ? -1 : tick_at <= now ? 0 : (int)(tick_at - now));
    if (count < 0 && errno != EINTR)
        fatal("cannot wait for events", strerror(errno));
    CALL(clock_gettime, CLOCK_MONOTONIC, &time); /* if that fails, it is as late as it was */
    now = (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
    channel.ready(&channel); /* first: the mark of a new process must not come after its first words */
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        source->ready(source);
    }
    if (now >= tick_at) {
        tick_at = UINT64_MAX;
        watch(&channel, EPOLLIN);
        watch(&listener, EPOLLIN);
        slots_each(slot_tick);
    }
    readers_pump();
    channel_send();
}

int main(int argc, char **argv)
{
    char *end = NULL;
    unsigned long daemon = argc == 2 ? strtoul(argv[1], &end, 10) : 0;
    if (argc != 2 || end == argv[1] || *end != '\0' || daemon >= UINT32_MAX)
        fatal("must be started by reeve-launcher, with the daemon's uid", NULL);
    struct rlimit files = { 0 };
    if (CALL(getrlimit, RLIMIT_NOFILE, &files) != 0 || CALL(setrlimit, RLIMIT_NOFILE, &(struct rlimit){ files.rlim_max, files.rlim_max }) != 0)
        warn("cannot raise the limit of descriptors", strerror(errno));
    if (CALL(sigaction, SIGXFSZ, &(struct sigaction){ .sa_handler = SIG_IGN }, NULL) != 0)
        fatal("cannot ignore the signal of a file that is too large", strerror(errno));
    epoll = CALL(epoll_create1, EPOLL_CLOEXEC);
    if (epoll < 0)
        fatal("cannot watch descriptors", strerror(errno));
    readers_uid = (uid_t)daemon;
    confine();
    while (!is_finishing)
        turn();
    slots_each(slot_close);
    readers_pump();
    channel_send();
    return 0;
}
