/* Ends of processes: every child and every orphan that came to us is reaped, and what was a service's is told with its status and what it used. */
#include "launcher.h"
#include <sys/wait.h>

void exit_tell(uint32_t slot, uint8_t role)
{
    struct process *p = &slots[slot].process[role];
    if (p->phase == PHASE_FAILED)
        p->told = TELL(EVENT_START_FAILED, "414414", slot, role, p->run, p->step.index, p->step.type, (uint64_t)p->error);
    else
        p->told = TELL(EVENT_EXITED, "4144148888", slot, role, p->run, (uint64_t)p->pid, p->code, (uint64_t)p->status, p->since, p->user, p->system, p->peak);
}

static uint64_t nanoseconds(struct timeval time) { return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_usec * 1000; }

void process_ended(uint32_t slot, uint8_t role, int status, const struct rusage *usage)
{
    struct process *process = &slots[slot].process[role];
    start_settle(slot, role);
    if (process->phase == PHASE_FAILED)
        return;
    if (process->phase == PHASE_EXECUTING) { /* killed before its report could be read */
        shut(&process->execution);
        TELL(EVENT_EXECUTED, "41448", slot, role, process->run, (uint64_t)process->pid, now());
    }
    if (role == ROLE_MAIN)
        readiness_settle(slot, true);
    shut(&process->readiness);
    process_leave(slot, role);
    console_return(process);
    process->phase = PHASE_EXITED;
    process->since = now();
    process->code = CODE_EXITED;
    process->status = -1; /* unknown: a supervised process that was never ours to reap */
    if (usage) {
        bool is_exit = WIFEXITED(status);
        process->code = is_exit ? CODE_EXITED : WCOREDUMP(status) ? CODE_CORE : CODE_KILLED;
        process->status = is_exit ? WEXITSTATUS(status) : WTERMSIG(status);
        process->user = nanoseconds(usage->ru_utime);
        process->system = nanoseconds(usage->ru_stime);
        process->peak = (uint64_t)usage->ru_maxrss * 1024;
    }
    exit_tell(slot, role);
}

static void ended(pid_t pid, int status, const struct rusage *usage)
{
    uint32_t slot;
    uint8_t role;
    if (pid == daemon_component.pid)
        daemon_ended(status);
    else if (pid == logger_component.pid)
        logger_ended(status);
    else if (pid == compiler_component.pid)
        compile_ended(status);
    else if (process_of_pid(pid, &slot, &role))
        process_ended(slot, role, status, usage);
}

bool reap(void)
{
    struct rusage usage;
    int status;
    pid_t pid;
    while ((pid = CALL(wait4, -1, &status, WNOHANG, &usage)) > 0)
        ended(pid, status, &usage);
    return pid == 0 || errno == ECHILD;
}

void pidfd_event(uint32_t slot)
{
    struct process *process = &slots[slot].process[ROLE_MAIN];
    struct rusage usage;
    int status;
    if (process->pidfd < 0)
        return;
    pid_t pid = CALL(wait4, process->pid, &status, WNOHANG, &usage);
    if (pid == process->pid)
        process_ended(slot, ROLE_MAIN, status, &usage);
    else if (pid < 0 && errno == ECHILD)
        process_ended(slot, ROLE_MAIN, 0, NULL);
}
