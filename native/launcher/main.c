/* reeve-launcher SETTINGS-FILE: the tiny root of reeve.
 *
 * It starts the daemon (which decides), the logger (which reads the services' output) and the plan compiler (which reads files), and runs services by
 * numbers out of a sealed plan when the daemon says so. It holds every service process and survives the daemon. All signals are blocked for ever and
 * read from a descriptor, so no system call is interrupted and a closed pipe is only an error. */
#include "launcher.h"
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

enum { EVENTS = 256, KILL_ROUNDS = 500 };
static const uint64_t ending_limit = 3000000000;

struct settings settings;
struct rlimit original_files;
int control_fds[MAX_CONTROLS] = { -1, -1, -1, -1 };
static char logger_path[4096];
static int signals = -1, logger_listener = -1;
static uint64_t ending_deadline = UINT64_MAX;
static uint8_t ending_status;

static _Noreturn void leave(int status)
{
    for (uint32_t i = 0; i < settings.controls; i++)
        if (control_fds[i] >= 0)
            unlink(settings.control[i].path);
    if (logger_listener >= 0)
        unlink(logger_path);
    exit(status);
}

static _Noreturn void refuse(const char *what, const char *which, const char *why)
{
    say("cannot ", what, which, ": ", why);
    leave(1);
}

void launcher_exit(uint8_t status)
{
    is_ending = true;
    ending_status = status;
    ending_deadline = now() + ending_limit;
    logs_finish();
    daemon_release();
}

void launcher_give_up(void)
{
    say("the daemon cannot be reached: ending everything");
    for (int i = 0; i < KILL_ROUNDS && !kill_descendants(); i++) {
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        poll(NULL, 0, 10);
    }
    leave(1);
}

static void ending(uint64_t time)
{
    if (!daemon_component.pid && !logger_component.pid)
        leave(ending_status);
    if (time < ending_deadline)
        return;
    say("daemon or logger does not end, killing it");
    component_kill(daemon_component.pidfd);
    component_kill(logger_component.pidfd);
    leave(ending_status);
}

static bool is_reaped = true;

static void signals_read(void)
{
    struct signalfd_siginfo info[16];
    ssize_t got = CALL(read, signals, info, sizeof info);
    for (ssize_t i = 0; i < got / (ssize_t)sizeof *info; i++)
        if (info[i].ssi_signo != SIGCHLD)
            daemon_request((uint8_t)info[i].ssi_signo);
    is_reaped = reap();
}

static void handle(const struct epoll_event *event)
{
    uint32_t index = (uint32_t)event->data.u64;
    switch ((enum watched)(event->data.u64 >> 32)) {
    case WATCH_SIGNALS: signals_read(); break;
    case WATCH_DAEMON: daemon_event(event->events); break;
    case WATCH_LOGGER: logger_event(event->events); break;
    case WATCH_EXECUTION: start_settle(index / ROLES, (uint8_t)(index % ROLES)); break;
    case WATCH_READINESS: readiness_settle(index, false); break;
    case WATCH_PIDFD: pidfd_event(index); break;
    case WATCH_CONTROL: daemon_wake(); break;
    }
}

static uint64_t earliest(uint64_t a, uint64_t b) { return a < b ? a : b; }

static int time_left(void)
{
    uint64_t deadline = earliest(earliest(daemon_deadline(), logs_deadline()), earliest(compile_deadline(), ending_deadline)), time = now();
    if (deadline == UINT64_MAX)
        return -1;
    uint64_t left = deadline <= time ? 0 : (deadline - time + 999999) / 1000000;
    return left > 3600000 ? 3600000 : (int)left;
}

static _Noreturn void loop(void)
{
    static struct epoll_event events[EVENTS];
    for (bool more = false;;) {
        int count = CALL(epoll_wait, epoll_fd, events, EVENTS, more ? 0 : time_left());
        for (int i = 0; i < count; i++)
            handle(&events[i]);
        if (!is_reaped)
            is_reaped = reap();
        more = daemon_work() || !is_reaped;
        uint64_t time = now();
        if (is_ending) {
            ending(time);
        } else {
            daemon_overdue(time);
            logs_overdue(time);
        }
        compile_overdue(time);
        logs_flush();
        daemon_flush();
        status_write();
    }
}

/* Known state, whoever started us: 0 to 2 open, nothing else inherited, default dispositions, everything blocked. */
static void clean(void)
{
    sigset_t every;
    struct sigaction action = { .sa_handler = SIG_DFL };
    int fd;
    while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
        ;
    syscall(SYS_close_range, 3, ~0U, 0);
    for (int signal = 1; signal < 65; signal++)
        sigaction(signal, &action, NULL);
    sigfillset(&every);
    sigprocmask(SIG_SETMASK, &every, NULL);
}

static void check(void)
{
    const struct command *commands[] = { &settings.daemon, &settings.logger, &settings.compiler };
    uid_t own = geteuid();
    if (settings.mode == MODE_SYSTEM && own != 0)
        refuse("run in system mode", "", "must be root");
    for (size_t i = 0; i < 3; i++)
        if ((settings.mode == MODE_USER || i == 2) && (commands[i]->uid != own || commands[i]->gid != getegid()))
            refuse("run as another user: ", commands[i]->argv[0], i == 2 ? "the compiler must be the launcher's own user" : "only system mode can");
}

static void open_basics(void)
{
    const int read_signals[] = { SIGCHLD, SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1 };
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof read_signals / sizeof *read_signals; i++)
        sigaddset(&set, read_signals[i]);
    epoll_fd = CALL(epoll_create1, EPOLL_CLOEXEC);
    signals = CALL(signalfd, -1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    null_fd = CALL(open, "/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (epoll_fd < 0 || signals < 0 || null_fd < 0 || !watch(signals, EPOLLIN, WATCH_SIGNALS, 0))
        refuse("open what is needed", "", strerror(errno));
    if (CALL(prctl, PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
        refuse("become the parent of orphans", "", strerror(errno));
    if (CALL(getrlimit, RLIMIT_NOFILE, &original_files) != 0)
        refuse("read the limit of descriptors", "", strerror(errno));
    const struct rlimit most = { .rlim_cur = original_files.rlim_max, .rlim_max = original_files.rlim_max };
    CALL(setrlimit, RLIMIT_NOFILE, &most); /* refused: as many as there are */
}

static void open_listeners(void)
{
    for (uint32_t i = 0; i < settings.controls; i++) {
        const struct socket_spec spec = { .family = SOCKET_UNIX, .path = settings.control[i].path, .mode = settings.control[i].mode, .uid = -1, .gid = -1 };
        int error = listen_at(&spec, &control_fds[i]);
        if (error)
            refuse("listen at ", spec.path, error == EADDRINUSE ? "another reeve is running" : strerror(error));
    }
    if (strlen(settings.run) > sizeof logger_path - 32)
        refuse("use the run directory ", settings.run, strerror(ENAMETOOLONG));
    strcat(strcpy(logger_path, settings.run), "/logger.sock");
    if (CALL(mkdir, settings.run, settings.mode == MODE_SYSTEM ? 0755 : 0700) != 0 && errno != EEXIST)
        refuse("make the run directory ", settings.run, strerror(errno));
    int error = logs_begin(logger_path, &logger_listener);
    if (error)
        refuse("listen at ", logger_path, error == EADDRINUSE ? "another reeve is running" : strerror(error));
}

int main(int count, char **words)
{
    clean();
    if (count != 2) {
        say("use: reeve-launcher SETTINGS-FILE");
        return 1;
    }
    const char *wrong = settings_read(words[1], &settings);
    if (wrong)
        refuse("use the settings file ", words[1], wrong);
    if (!environment_begin())
        refuse("use the settings file ", words[1], "too many variables");
    check();
    open_basics();
    if (!slots_begin())
        refuse("make the table of slots", "", strerror(errno));
    open_listeners();
    policy_begin();
    logger_start();
    daemon_start();
    compile_boot();
    loop();
}
