/* The child's half of a start: the ops of its program in their order. Forked from the launcher, it may use the launcher's memory as its own copy;
 * nothing here is ever seen by the parent but the report. */
#include "launcher.h"
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>

enum { EXECUTION, READINESS, SOCKET, INPUT, OUTPUT, HANDED, LISTEN_FD = 3, VARIABLE = 4096 };

static char *variables[ENVIRONMENT_SIZE + 1];
static bool passes;
static int base; /* the descriptors that were handed to us begin here, above every number a service can be promised */

static _Noreturn void report(const struct start *start, uint32_t index, uint8_t type)
{
    struct report text = { .index = index, .type = type, .error = errno };
    if (CALL(write, base + EXECUTION, &text, sizeof text) < 0)
        CALL(write, start->execution, &text, sizeof text);
    _exit(127);
}

/* With a console: the terminal of our session gets a new foreground group; one that has no session yet becomes ours. */
static bool new_session(const struct start *start)
{
    if (start->console == CONSOLE_NONE || tcgetsid(STDIN_FILENO) != getsid(0)) {
        if (CALL(setsid) < 0)
            return false;
        if (start->console != CONSOLE_NONE)
            ioctl(STDIN_FILENO, TIOCSCTTY, 0); /* of another session, or no terminal: then without */
        return true;
    }
    return CALL(setpgid, 0, 0) == 0 && (start->console == CONSOLE_SHARED || CALL(tcsetpgrp, STDIN_FILENO, getpid()) == 0);
}

static bool limit(const struct values *v)
{
    struct rlimit limits;
    int resource = (int)v->number[0];
    if (CALL(getrlimit, resource, &limits) != 0)
        return false;
    limits.rlim_cur = v->number[1] & 1 ? v->number[2] : limits.rlim_cur;
    limits.rlim_max = v->number[1] & 2 ? v->number[3] : limits.rlim_max;
    if (v->number[1] == 2 && limits.rlim_cur > limits.rlim_max)
        limits.rlim_cur = limits.rlim_max;
    return CALL(setrlimit, resource, &limits) == 0;
}

static bool groups(const struct values *v)
{
    static gid_t list[65536];
    struct fields items = v->list[0].items;
    for (uint32_t i = 0; i < v->list[0].count && i < 65536; i++)
        list[i] = field_u32(&items);
    return CALL(setgroups, v->list[0].count, list) == 0;
}

static bool streams(const struct start *start)
{
    if (start->console != CONSOLE_NONE)
        return true;
    return CALL(dup3, base + INPUT, STDIN_FILENO, 0) >= 0 && CALL(dup3, base + OUTPUT, STDOUT_FILENO, 0) >= 0 &&
           CALL(dup3, base + OUTPUT, STDERR_FILENO, 0) >= 0;
}

static bool pass_descriptors(const struct start *start)
{
    passes = true;
    if (start->socket >= 0 && CALL(dup3, base + SOCKET, LISTEN_FD, 0) < 0)
        return false;
    if (start->readiness < 0)
        return true;
    if (start->service->ready_fd >= 0)
        return CALL(dup3, base + READINESS, start->service->ready_fd, 0) >= 0;
    return CALL(fcntl, base + READINESS, F_SETFD, 0) == 0;
}

static bool set_variable(char *into, const char *name, int64_t value)
{
    const char *text = digits(value);
    if (strlen(name) + strlen(text) + 2 > VARIABLE) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcat(strcat(strcpy(into, name), "="), text);
    return environment_put(variables, into);
}

/* What PASS_DESCRIPTORS promised goes on top of every other variable. */
static bool set_passed(const struct start *start)
{
    static char fds[VARIABLE], pid[VARIABLE], ready[VARIABLE];
    if (passes && start->socket >= 0 && !(set_variable(fds, "LISTEN_FDS", 1) && set_variable(pid, "LISTEN_PID", getpid())))
        return false;
    return !passes || start->readiness < 0 || start->service->ready_fd >= 0 || set_variable(ready, start->service->ready_variable, base + READINESS);
}

static bool execute(const struct start *start, const struct values *v)
{
    static char *argv[MAX_ARGUMENTS + 1];
    struct fields words = v->list[1].items, candidates = v->list[0].items;
    bool was_denied = false;
    sigset_t blocked;
    sigemptyset(&blocked);
    if (start->console == CONSOLE_EXCLUSIVE)
        for (const int *signal = (const int[]){ SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, start->service->flags & FLAG_UNMASK_INTERRUPT ? 0 : SIGINT, 0 }; *signal; signal++)
            sigaddset(&blocked, *signal);
    for (uint32_t i = 0; i < v->list[1].count; i++)
        argv[i] = (char *)field_text(&words).bytes;
    if (!set_passed(start) || CALL(sigprocmask, SIG_SETMASK, &blocked, NULL) != 0)
        return false;
    for (uint32_t i = 0; i < v->list[0].count; i++) {
        CALL(execve, field_text(&candidates).bytes, argv, variables);
        was_denied = was_denied || errno == EACCES;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
            return false;
    }
    errno = was_denied ? EACCES : errno;
    return false;
}

static bool set_nice(int value)
{
    value = value < -20 ? -20 : value > 19 ? 19 : value;
    put_file("/proc/self/autogroup", digits(value)); /* not every kernel has it */
    return CALL(setpriority, PRIO_PROCESS, 0, value) == 0;
}

static bool perform(const struct start *start, uint8_t type, const struct values *v)
{
    uint32_t number = (uint32_t)v->number[0];
    switch (type) {
    case OP_CHDIR: return CALL(chdir, v->text[0].bytes) == 0;
    case OP_UMASK: umask((mode_t)number); return true;
    case OP_RLIMIT: return limit(v);
    case OP_NICE: return set_nice((int)number);
    case OP_IOPRIO: return CALL(syscall, SYS_ioprio_set, 1, 0, number) == 0;
    case OP_OOM_SCORE_ADJ: return put_file("/proc/self/oom_score_adj", digits((int32_t)number));
    case OP_GROUPS: return groups(v);
    case OP_GID: return CALL(setresgid, number, number, number) == 0;
    case OP_UID: return CALL(setresuid, number, number, number) == 0;
    case OP_NO_NEW_PRIVS: return CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    case OP_STREAMS: return streams(start);
    case OP_SETSID: return new_session(start);
    case OP_ENV_CLEAR: variables[0] = NULL; return true;
    case OP_ENV_UNSET: environment_drop(variables, v->text[0].bytes); return true;
    case OP_ENV_IMPORT: {
        char *entry = environment_find(environment, v->text[0].bytes);
        return !entry || environment_put(variables, entry);
    }
    case OP_ENV_SET: return environment_put(variables, (char *)v->text[0].bytes);
    case OP_EXEC: return execute(start, v);
    case OP_PASS_DESCRIPTORS: return pass_descriptors(start);
    default: return true; /* OPEN_LOG and OPEN_SOCKET were done before the fork */
    }
}

_Noreturn void child_run(struct start *start)
{
    const int handed[HANDED] = { start->execution, start->readiness, start->socket, start->input, start->output };
    struct fields ops = { .at = start->program->ops, .end = start->program->ops + start->program->length };
    struct values values;
    uint8_t type = 0;
    base = (start->service->ready_fd > LISTEN_FD ? start->service->ready_fd : LISTEN_FD) + 1;
    if (!arrange(handed, HANDED, base, O_CLOEXEC) || CALL(setrlimit, RLIMIT_NOFILE, &original_files) != 0)
        report(start, 0, 0);
    CALL(syscall, SYS_close_range, 3, (unsigned)base - 1, 0);
    memcpy(variables, environment, sizeof variables);
    for (uint32_t index = 0; program_next(&ops, &type, &values); index++) {
        errno = E2BIG; /* the one thing that fails without a system call: no room in the environment */
        if (!perform(start, type, &values))
            report(start, index, type);
    }
    errno = ENOEXEC;
    report(start, 0, 0);
}
