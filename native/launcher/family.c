/* What belongs to a process, by /proc: signals to all of it, and whether the process that a pid file names is one of ours. */
#include "launcher.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/syscall.h>

enum { MOST = 32768, ROUNDS = 16, DEEPEST = 1024, SCOPE_PROCESS = 0, SCOPE_GROUP, SCOPE_EVERYTHING, PIDFILE_LARGEST = 20 };
enum { SUPERVISED, CANNOT_OPEN, NOT_TRUSTED, NO_NUMBER, NO_PROCESS, NOT_OURS, ANOTHER_SERVICE };

struct relative {
    pid_t pid, parent, session;
    uint64_t started;
    bool is_of, is_signalled, is_zombie;
};

uint32_t pid_of_text(const char *bytes, size_t size)
{
    uint64_t number = 0;
    size_t at = 0;
    while (at < size && (bytes[at] == ' ' || (bytes[at] >= '\t' && bytes[at] <= '\r')))
        at++;
    for (; at < size && bytes[at] >= '0' && bytes[at] <= '9' && number <= INT32_MAX; at++)
        number = number * 10 + (uint64_t)(bytes[at] - '0');
    return number <= INT32_MAX ? (uint32_t)number : 0;
}

/* The parts of /proc/PID/stat that are needed; the name in it may contain anything, so the fields are counted from its last bracket. */
static bool stat_read(pid_t pid, struct relative *out)
{
    char path[32] = "/proc/", text[1024];
    strcat(strcat(path, digits(pid)), "/stat");
    int fd = CALL(open, path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : CALL(read, fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[got > 0 ? got : 0] = 0;
    const char *at = strrchr(text, ')');
    if (!at || at[1] != ' ')
        return false;
    *out = (struct relative){ .pid = pid, .is_zombie = at[2] == 'Z' };
    for (int field = 2; (at = strchr(at + 1, ' ')) && field < 22; field++) {
        if (field == 3)
            out->parent = (pid_t)strtol(at, NULL, 10);
        else if (field == 5)
            out->session = (pid_t)strtol(at, NULL, 10);
        else if (field == 21)
            out->started = strtoull(at, NULL, 10);
    }
    return out->started != 0;
}

static size_t everybody(struct relative *out)
{
    static char entries[32768] __attribute__((aligned(8)));
    size_t count = 0;
    int fd = CALL(open, "/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (long got; fd >= 0 && (got = CALL(syscall, SYS_getdents64, fd, entries, sizeof entries)) > 0;)
        for (long at = 0; at < got && count < MOST;) {
            uint16_t length;
            memcpy(&length, entries + at + 16, sizeof length); /* linux_dirent64: ino, off, reclen, type, name */
            const char *name = entries + at + 19;
            pid_t pid = (pid_t)pid_of_text(name, strlen(name));
            count += pid > 0 && stat_read(pid, &out[count]);
            at += length;
        }
    if (fd >= 0)
        close(fd);
    return count;
}

/* Marks who descends from the root or is in the session; who is marked already, from an earlier walk, counts like the root. */
static void mark_family(struct relative *all, size_t count, pid_t root, pid_t session)
{
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < count; i++) {
            bool is_of = all[i].is_of || all[i].parent == root || (session && all[i].session == session);
            for (size_t j = 0; !is_of && j < count; j++)
                is_of = all[j].is_of && all[j].pid == all[i].parent;
            changed = changed || is_of != all[i].is_of;
            all[i].is_of = is_of;
        }
    }
}

/* To the process that was seen, or, if it is gone and the number is another's now, to nobody. */
static void signal_seen(const struct relative *seen, int signal)
{
    struct relative again;
    int fd = (int)CALL(syscall, SYS_pidfd_open, seen->pid, 0);
    if (fd >= 0 && stat_read(seen->pid, &again) && again.started == seen->started)
        CALL(syscall, SYS_pidfd_send_signal, fd, signal, NULL, 0);
    if (fd >= 0)
        close(fd);
}

/* Walks until nobody new is found, and signals each once. The leader, if there is one, comes first, but after the first walk: at its end its children
 * become ours, and nothing says any more that they were its. True if nobody was found. */
static bool signal_family(pid_t root, pid_t session, int leader, int signal)
{
    static struct relative all[MOST];
    static struct {
        pid_t pid;
        uint64_t started;
    } done[MOST];
    size_t signalled = 0;
    for (int round = 0; round < ROUNDS; round++) {
        size_t count = everybody(all), before = signalled;
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < signalled && !all[i].is_of; j++)
                all[i].is_of = all[i].is_signalled = done[j].pid == all[i].pid && done[j].started == all[i].started;
        mark_family(all, count, root, session);
        if (round == 0 && leader >= 0)
            CALL(syscall, SYS_pidfd_send_signal, leader, signal, NULL, 0);
        for (size_t i = 0; i < count && signalled < MOST; i++) {
            if (!all[i].is_of || all[i].is_signalled || all[i].is_zombie || all[i].pid == root || all[i].pid == getpid())
                continue;
            signal_seen(&all[i], signal);
            done[signalled].pid = all[i].pid;
            done[signalled++].started = all[i].started;
        }
        if (signalled == before)
            break;
    }
    return signalled == 0;
}

bool kill_descendants(void) { return signal_family(getpid(), 0, -1, SIGKILL); }

int signal_process(const struct process *process, int signal, uint8_t scope)
{
    struct relative leader;
    if (process->pidfd < 0)
        return ESRCH;
    if (scope == SCOPE_EVERYTHING && stat_read(process->pid, &leader)) {
        signal_family(process->pid, leader.session == getsid(0) ? 0 : leader.session, process->pidfd, signal);
        return 0;
    }
    /* Before its setsid a child is still in the launcher's own group, which must never be meant. While the process lives its group does too, and
     * the number means that group: so it is asked after the number was read. */
    pid_t group = scope == SCOPE_PROCESS ? 0 : getpgid(process->pid);
    bool is_group = group > 0 && group != getpgrp();
    if (CALL(syscall, SYS_pidfd_send_signal, process->pidfd, is_group ? 0 : signal, NULL, 0) != 0)
        return errno;
    return !is_group || CALL(kill, -group, signal) == 0 ? 0 : errno;
}

static uint8_t number_in_file(const struct service *service, uint32_t *pid)
{
    struct stat about;
    char text[PIDFILE_LARGEST];
    uint8_t result = NO_NUMBER;
    int fd = CALL(open, service->pidfile, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (fd < 0)
        return CANNOT_OPEN;
    if (CALL(fstat, fd, &about) != 0)
        result = CANNOT_OPEN;
    else if (!S_ISREG(about.st_mode) || (about.st_uid != 0 && about.st_uid != service->pidfile_owner) || (about.st_mode & 022))
        result = NOT_TRUSTED;
    ssize_t got = result == NO_NUMBER ? CALL(pread, fd, text, sizeof text, 0) : 0;
    *pid = got > 0 ? pid_of_text(text, (size_t)got) : 0;
    if (got < 0)
        result = CANNOT_OPEN;
    int error = errno;
    close(fd);
    errno = error;
    return *pid ? SUPERVISED : result;
}

static bool descends(pid_t pid, pid_t *parent)
{
    struct relative seen;
    *parent = 0;
    for (int depth = 0; pid > 1 && depth < DEEPEST && stat_read(pid, &seen); depth++) {
        *parent = *parent ? *parent : seen.parent;
        if (seen.parent == getpid())
            return true;
        pid = seen.parent;
    }
    return false;
}

static uint8_t adopt(uint32_t slot, uint32_t run, pid_t pid)
{
    struct process *process = &slots[slot].process[ROLE_MAIN];
    uint32_t other;
    uint8_t role;
    pid_t parent;
    if (process_of_pid(pid, &other, &role))
        return ANOTHER_SERVICE;
    if (pid == getpid() || pid == daemon_component.pid || pid == logger_component.pid || pid == compiler_component.pid)
        return NOT_OURS;
    int fd = (int)CALL(syscall, SYS_pidfd_open, pid, 0);
    if (fd < 0)
        return errno == ESRCH || errno == ENOENT || errno == EINVAL ? NO_PROCESS : NOT_OURS;
    /* It lives after the walk, so the number meant it all the while. */
    bool is_ours = descends(pid, &parent) && CALL(syscall, SYS_pidfd_send_signal, fd, 0, NULL, 0) == 0;
    if (!is_ours || (parent != getpid() && !watch(fd, EPOLLIN, WATCH_PIDFD, slot))) {
        close(fd);
        return NOT_OURS;
    }
    *process = (struct process){ .pid = pid, .pidfd = fd, .execution = -1, .readiness = -1, .run = run, .phase = PHASE_RUNNING, .since = now() };
    process_enter(slot, ROLE_MAIN);
    return SUPERVISED;
}

void pidfile_read(uint32_t slot, uint32_t run)
{
    uint32_t pid = 0;
    errno = 0;
    uint8_t result = number_in_file(service_of_slot(slot), &pid);
    if (result == SUPERVISED)
        result = adopt(slot, run, (pid_t)pid);
    TELL(EVENT_PIDFILE, "44144", slot, run, result, result == CANNOT_OPEN ? (uint64_t)errno : 0, pid);
}
