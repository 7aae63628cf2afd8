/* The parent's half of a start: everything that can fail is made before the fork, and what the child reports is read afterwards. */
#include "launcher.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/syscall.h>

static pid_t foreground = -1; /* who had the terminal before the service that has it now */

static int fail(uint32_t slot, uint8_t role, struct step step, int error)
{
    struct process *process = &slots[slot].process[role];
    shut(&process->execution);
    shut(&process->readiness);
    process->phase = PHASE_FAILED;
    process->step = step;
    process->error = error;
    exit_tell(slot, role);
    return 0;
}

/* A pipe whose read end is ours, non-blocking and watched; its write end is like any other for the service. */
static int watched_pipe(int *ours, enum watched kind, uint32_t index)
{
    int ends[2];
    if (CALL(pipe2, ends, O_CLOEXEC) != 0)
        return -1;
    *ours = ends[0];
    if (CALL(fcntl, ends[0], F_SETFL, O_NONBLOCK) == 0 && watch(ends[0], EPOLLIN, kind, index))
        return ends[1];
    int error = errno;
    shut(ours);
    shut(&ends[1]);
    errno = error;
    return -1;
}

/* Log, input and socket of this start; the step that failed is in *step. */
static int prepare(struct start *start, struct step *step)
{
    struct slot *slot = &slots[start->slot];
    const struct service *service = start->service;
    const struct program *program = start->program;
    bool shares = program->streams_kind == 0;
    start->input = start->output = null_fd;
    if (program->streams.type && start->console == CONSOLE_NONE && service->log.type != LOG_NONE && (shares || service->log.type == LOG_FILE)) {
        *step = program->open_log.type ? program->open_log : program->streams;
        int error = log_prepare(start->slot, service);
        if (error)
            return error;
        start->output = slot->log_write;
    }
    if (program->streams.type && shares && start->console == CONSOLE_NONE && service->consumes.length) {
        *step = program->streams;
        uint32_t producer = slot_of_name(service->consumes);
        int error = producer == NO_INDEX ? ENOMEM : log_pipe(producer);
        if (error)
            return error;
        start->input = slots[producer].log_read;
    }
    *step = program->open_socket;
    int error = step->type && service->socket.family && slot->socket < 0 ? listen_at(&service->socket, &slot->socket) : 0;
    start->socket = slot->socket;
    return error;
}

int start_process(uint32_t slot, uint8_t role, uint32_t run, uint8_t console)
{
    struct service *service = service_of_slot(slot);
    if (!service || !service->program[role].length)
        return ENOENT;
    struct process *process = &slots[slot].process[role];
    if (process->pidfd >= 0)
        return EBUSY;
    const struct step nowhere = { 0 };
    struct step step = nowhere;
    const struct service copy = *service; /* the child has no tables, see plan_table */
    struct start start = { .slot = slot, .role = role, .console = console, .service = &copy, .program = &copy.program[role], .readiness = -1 };
    *process = (struct process){ .pidfd = -1, .execution = -1, .readiness = -1, .run = run, .console = console, .since = now() };
    int error = prepare(&start, &step);
    if (error)
        return fail(slot, role, step, error);
    start.execution = watched_pipe(&process->execution, WATCH_EXECUTION, slot * ROLES + role);
    if (start.execution >= 0 && role == ROLE_MAIN && service->has_readiness)
        start.readiness = watched_pipe(&process->readiness, WATCH_READINESS, slot);
    bool has_pipes = start.execution >= 0 && (process->readiness >= 0) == (role == ROLE_MAIN && service->has_readiness);
    if (console == CONSOLE_EXCLUSIVE)
        foreground = tcgetpgrp(STDIN_FILENO);
    pid_t pid = has_pipes ? CALL(fork) : -1;
    if (pid == 0)
        child_run(&start);
    error = errno;
    if (pid > 0) {
        process->pidfd = (int)CALL(syscall, SYS_pidfd_open, pid, 0);
        error = errno;
        if (process->pidfd < 0) /* unreaped, so the number is still its own */
            kill(pid, SIGKILL);
    }
    shut(&start.execution);
    shut(&start.readiness);
    if (process->pidfd < 0)
        return fail(slot, role, nowhere, error);
    process->pid = pid;
    process->phase = PHASE_EXECUTING;
    process_enter(slot, role);
    return 0;
}

void start_settle(uint32_t slot, uint8_t role)
{
    struct process *process = &slots[slot].process[role];
    struct report report;
    if (process->execution < 0)
        return;
    ssize_t got = CALL(read, process->execution, &report, sizeof report);
    if (got < 0 && errno == EAGAIN)
        return;
    struct step step = { 0 };
    int error = errno;
    shut(&process->execution);
    if (got == 0) {
        process->phase = PHASE_RUNNING;
        process->since = now();
        TELL(EVENT_EXECUTED, "41448", slot, role, process->run, (uint64_t)process->pid, process->since);
        return;
    }
    component_kill(process->pidfd); /* it ends by itself, unless it is the report that could not be read */
    process_leave(slot, role);
    console_return(process);
    if (got > 0) {
        step = (struct step){ report.index, (uint8_t)report.type };
        error = report.error;
    }
    fail(slot, role, step, error);
}

void readiness_settle(uint32_t slot, bool is_end)
{
    struct process *process = &slots[slot].process[ROLE_MAIN];
    char bytes[64];
    start_settle(slot, ROLE_MAIN);
    if (process->readiness < 0 || process->ready != READINESS_NONE)
        return;
    ssize_t got = CALL(read, process->readiness, bytes, sizeof bytes);
    if (got < 0 && errno == EAGAIN && !is_end)
        return;
    process->ready = got > 0 ? READINESS_READY : READINESS_CLOSED;
    TELL(got > 0 ? EVENT_READY : EVENT_READY_CLOSED, "44", slot, process->run);
    if (got > 0) /* stays open, unread: a service that writes again must not get SIGPIPE */
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, process->readiness, NULL);
    else
        shut(&process->readiness);
}

void console_return(const struct process *process)
{
    if (process->console != CONSOLE_EXCLUSIVE || foreground <= 0)
        return;
    if (tcsetpgrp(STDIN_FILENO, foreground) != 0)
        tcsetpgrp(STDIN_FILENO, getpgrp());
    foreground = -1;
}
