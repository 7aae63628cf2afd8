/* The programs that belong to reeve itself: started with a fixed map of descriptors and nothing else, confined, and started again with growing
 * delay when they end. */
#include "launcher.h"
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { TRIES = 3, OFTEN = 5 };
static const uint64_t minute = 60000000000, healthy_age = 3000000000, well_lived = 1000000000;

struct component daemon_component = { "reeve-daemon", COMPONENT_DAEMON, { &settings.daemon, &settings.former_daemon }, .pidfd = -1 };
struct component logger_component = { "reeve-logger", COMPONENT_LOGGER, { &settings.logger, &settings.former_logger }, .pidfd = -1 };
struct component compiler_component = { "the plan compiler", COMPONENT_COMPILER, { &settings.compiler }, .pidfd = -1 };
static bool is_status_stale;

/* Another user where the settings say so, and in any case no capability and no way to gain one. */
static bool confine(const struct command *command)
{
    struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
    struct __user_cap_data_struct none[2] = { { 0 } };
    bool is_other = command->uid != geteuid() || command->gid != getegid();
    for (int capability = 0; capability < 64; capability++)
        if (CALL(prctl, PR_CAPBSET_DROP, capability, 0, 0, 0) != 0 && errno != EINVAL && errno != EPERM)
            return false;
    if (is_other && (CALL(setgroups, 0, NULL) != 0 || CALL(setresgid, command->gid, command->gid, command->gid) != 0 ||
                     CALL(setresuid, command->uid, command->uid, command->uid) != 0))
        return false;
    return CALL(syscall, SYS_capset, &header, none) == 0 && CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static _Noreturn void run(const struct component *component, const int *descriptors, int count, int output)
{
    const struct command *command = component->commands[component->is_former];
    int all[16] = { null_fd, output < 0 ? STDOUT_FILENO : output, output < 0 ? STDERR_FILENO : output };
    sigset_t nothing;
    sigemptyset(&nothing);
    memcpy(all + 3, descriptors, (size_t)count * sizeof *descriptors);
    const char *what = "arrange the descriptors of ";
    if (arrange(all, 3 + count, 0, 0)) {
        what = "confine ";
        setsid(); /* signals of the terminal are for the launcher alone */
        if (component->which == COMPONENT_COMPILER || confine(component->commands[0])) {
            what = "execute ";
            /* Not the environment that SETENV changes: what a client may add is for services. */
            static char *own[ENVIRONMENT_SIZE + 1];
            struct text text;
            for (size_t at = 0; component->which != COMPONENT_LOGGER && settings_next(&settings, SETTINGS_ENVIRONMENT, &at, &text);)
                environment_put(own, (char *)text.bytes);
            sigprocmask(SIG_SETMASK, &nothing, NULL);
            CALL(execve, command->argv[0], (char **)command->argv, own);
        }
    }
    say("cannot ", what, component->name, ": ", command->argv[0], ": ", strerror(errno));
    _exit(127);
}

static void component_delay(struct component *component)
{
    uint64_t time = now();
    bool lived = component->started && time - component->started > settings.largest_delay + well_lived;
    uint64_t next = lived || !component->delay ? settings.first_delay : component->delay * 2;
    bool is_new = time - component->minute > minute;
    component->minute = is_new ? time : component->minute;
    component->deaths = is_new ? 1 : component->deaths + 1;
    component->delay = next > settings.largest_delay || component->deaths >= OFTEN ? settings.largest_delay : next;
    component->restart_at = time + component->delay;
    component->started = 0;
    if (component->deaths == OFTEN)
        say(component->name, " failed five times within a minute: it is tried slowly from now on; services go on");
}

bool component_start(struct component *component, const int *descriptors, int count, int output)
{
    component->restart_at = UINT64_MAX;
    pid_t pid = CALL(fork);
    if (pid == 0)
        run(component, descriptors, count, output);
    if (pid > 0)
        component->pidfd = (int)CALL(syscall, SYS_pidfd_open, pid, 0);
    if (pid < 0 || component->pidfd < 0) {
        int error = errno;
        if (pid > 0) /* unreaped, so the number is still its own */
            kill(pid, SIGKILL);
        errno = error;
        return false;
    }
    component->pid = pid;
    component->starts++;
    component->started = now();
    component->is_ready = component->which == COMPONENT_LOGGER;
    if (component->which != COMPONENT_DAEMON)
        TELL(EVENT_COMPONENT, "114144", component->which, 1, (uint64_t)pid, 0, 0, component->starts);
    return true;
}

int component_open(struct component *component, int *descriptors, int count, int output, enum watched kind)
{
    int ends[2] = { -1, -1 };
    is_status_stale = true;
    bool is_started = CALL(socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0 && CALL(fcntl, ends[0], F_SETFL, O_RDWR | O_NONBLOCK) == 0 &&
                      watch(ends[0], EPOLLIN, kind, 0);
    descriptors[0] = ends[1];
    is_started = is_started && component_start(component, descriptors, count, output);
    if (!is_started) {
        strncat(strcpy(component->why, "cannot be started: "), strerror(errno), 100);
        say(component->name, " ", component->why);
        component_delay(component);
        shut(&ends[0]);
    }
    shut(&ends[1]);
    return ends[0];
}

void component_kill(int pidfd)
{
    if (pidfd >= 0)
        syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
}

const char *component_end_text(int status)
{
    static char text[64];
    bool is_exit = WIFEXITED(status);
    strcpy(text, is_exit ? "exited with status " : "killed by signal ");
    strcat(text, digits(is_exit ? WEXITSTATUS(status) : WTERMSIG(status)));
    return text;
}

void component_ended(struct component *component, int status, bool is_meant)
{
    bool is_exit = WIFEXITED(status);
    uint64_t code = is_exit ? CODE_EXITED : WCOREDUMP(status) ? CODE_CORE : CODE_KILLED;
    TELL(EVENT_COMPONENT, "114144", component->which, 2, (uint64_t)component->pid, code, (uint64_t)(is_exit ? WEXITSTATUS(status) : WTERMSIG(status)),
         component->starts);
    shut(&component->pidfd);
    component->pid = 0;
    if (component->which == COMPONENT_COMPILER || is_ending)
        return;
    bool is_healthy = component->is_ready && now() - component->started > healthy_age, is_renewed = component->is_renewed;
    is_status_stale = true;
    component->is_renewed = false;
    component->is_former = component->is_former && !is_renewed;
    component->restart_at = component->started + settings.first_delay;
    /* A renewed program has one try: there is another that works. */
    component->failures = is_renewed ? TRIES - 1 : is_meant || is_healthy ? 0 : component->failures + 1;
    if (is_meant || is_renewed)
        return;
    component_delay(component);
    say(component->name, " ", component_end_text(status), ", starting it again in ", digits((int64_t)(component->delay / 1000000)), " ms");
    if (component->failures < TRIES || !component->commands[1]->argv[0])
        return;
    component->failures = 0;
    component->is_former = !component->is_former;
    say(component->name, " does not work: ", component->is_former ? "going back to its former program" : "trying its present program again");
}

static void write_component(int fd, const struct component *component)
{
    uint64_t time = now(), at = component->restart_at;
    const char *state = component->pid ? " running " : component->is_asleep ? " asleep " : " waiting ";
    write_line(fd, component->name, state, digits(component->pid ? component->pid : at > time ? (int64_t)((at - time) / 1000000) : 0),
               component->is_former ? " former " : " present ", digits(component->starts), " ", digits(component->deaths), " ", component->why);
}

void status_write(void)
{
    static char path[4096];
    if (!is_status_stale)
        return;
    is_status_stale = false;
    strcat(strcpy(path, settings.run), "/launcher.status");
    int fd = CALL(open, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) {
        say("cannot write ", path, ": ", strerror(errno));
        return;
    }
    write_line(fd, "launcher ", digits(getpid()));
    write_component(fd, &daemon_component);
    write_component(fd, &logger_component);
    for (uint32_t i = 0; i < slot_count * ROLES; i++) {
        const struct process *process = &slots[i / ROLES].process[i % ROLES];
        if (process->pidfd >= 0)
            write_line(fd, i % ROLES == ROLE_MAIN ? "service " : "stop ", digits(process->pid), " ", slots[i / ROLES].name);
    }
    write_line(fd, "end");
    close(fd);
}
