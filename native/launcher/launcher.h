/* What the launcher's files share: the tables of slots and processes, and each file's few entry points.
 *
 * One thread, one epoll loop (main.c). Nothing in it waits: every descriptor that is read is non-blocking, every answer is queued and written once a
 * turn. What a new daemon must learn lives in the slot table, not in a queue, so a daemon may die at any point and nothing is lost. */
#pragma once
#include "call.h"
#include "plan.h"
#include "settings.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <unistd.h>

enum { OWN_SLOT = MAX_SLOTS, NO_INDEX = 0xffffffff, MAX_PLANS = 64 };
enum watched { WATCH_SIGNALS, WATCH_DAEMON, WATCH_LOGGER, WATCH_EXECUTION, WATCH_READINESS, WATCH_PIDFD, WATCH_CONTROL };
enum process_phase { PHASE_NONE, PHASE_EXECUTING, PHASE_RUNNING, PHASE_FAILED, PHASE_EXITED };
enum console { CONSOLE_NONE, CONSOLE_SHARED, CONSOLE_EXCLUSIVE };
enum readiness { READINESS_NONE, READINESS_READY, READINESS_CLOSED };

/* The process of one role of a slot. FAILED and EXITED wait for the daemon's acknowledgement of the frame that said so. */
struct process {
    pid_t pid;
    int pidfd, execution, readiness; /* execution: what the child reports, end of file = executed */
    uint32_t run, next;              /* next: in the table of pids */
    uint8_t phase, console, ready;
    uint32_t told;  /* the number of the frame that told the end, 0 = none */
    uint64_t since; /* the start; when it was executed; its end */
    struct step step;
    int32_t error; /* FAILED */
    uint8_t code;  /* EXITED, with what follows */
    int32_t status;
    uint64_t user, system, peak;
};

struct slot {
    char *name;
    bool is_loaded, is_open; /* is_open: the logger was told of it since it began */
    bool is_owed;            /* in the list of those that something is owed for: */
    uint8_t owed;            /* messages to the logger, a bit each (logs.c) */
    uint32_t plan, index;    /* the plan it runs by, and its place in it */
    uint32_t seen;           /* the last generation that had its name */
    uint32_t next_name, next_owed;
    int log_read, log_write, log_file, socket;
    int file_error;
    uint32_t log_generation; /* where `log`, what the logger was told, is from */
    struct log_spec log;
    struct process process[ROLES];
};

struct loaded_plan {
    struct plan plan;
    uint8_t *bytes;
    size_t size;
    uint32_t users, request;
    bool is_wanted; /* not discarded yet */
};

/* One that does not get healthy TRIES times in a row is replaced by its former program, the copy that was kept because it worked, and the other way
 * round. Healthy is who does its work (is_ready) and has lived for a while. */
struct component {
    const char *name;
    uint8_t which;
    const struct command *commands[2]; /* the present program and the former */
    pid_t pid;                         /* 0: not running */
    int pidfd;
    uint64_t started, restart_at, delay, minute;     /* restart_at: UINT64_MAX = never; minute: its deaths are counted from here */
    uint32_t starts, deaths, failures;               /* failures: in a row */
    bool is_former, is_ready, is_renewed, is_asleep; /* is_renewed: its end is meant, so that the program on disk takes over */
    char why[160];                                   /* it ended last */
};
enum { COMPONENT_DAEMON = 1, COMPONENT_LOGGER, COMPONENT_COMPILER, CODE_EXITED = 1, CODE_KILLED, CODE_CORE };

extern struct settings settings;
extern struct slot *slots; /* MAX_SLOTS + 1 */
extern uint32_t slot_count;
extern struct loaded_plan plans[MAX_PLANS];
extern struct component daemon_component, logger_component, compiler_component;
extern struct rlimit original_files;
extern int null_fd, epoll_fd, control_fds[MAX_CONTROLS];
extern bool is_ending;

/* system.c: small things over the kernel. */
uint64_t now(void);
#define write_line(...) write_texts(__VA_ARGS__, (const char *)NULL) /* descriptor, texts: at most twelve */
#define say(...) write_line(STDERR_FILENO, "reeve-launcher: ", __VA_ARGS__)
void write_texts(int fd, ...) __attribute__((sentinel));
const char *digits(int64_t number);                        /* valid until the fourth call after it */
bool watch(int fd, uint32_t events, enum watched kind, uint32_t index);
void watch_again(int fd, uint32_t events, enum watched kind, uint32_t index);
void shut(int *fd); /* closes what is open and sets -1; watched or not */
bool write_all(int fd, const void *bytes, size_t size);
int sealed_map(int fd, uint8_t **bytes, size_t *size);
int listen_at(const struct socket_spec *spec, int *out); /* 0 or an errno; EADDRINUSE: somebody listens there */
/* Makes the descriptors the numbers from `base` on (-1: none), all others from `base` on closed. */
bool arrange(const int *from, int count, int base, int flags);
bool put_file(const char *path, const char *text);

/* main.c */
void launcher_exit(uint8_t status);
void launcher_give_up(void);

/* slots.c */
bool slots_begin(void);
void slot_clear(uint32_t index);
uint32_t plan_after(uint32_t generation); /* the next one by generation; NO_INDEX: none */
uint32_t slot_of_name(struct text name); /* NO_INDEX: no memory or table full */
struct service *service_of_slot(uint32_t index);
void slot_use(uint32_t index, uint32_t plan, uint32_t place);
int slot_forget(uint32_t index);
void process_enter(uint32_t slot, uint8_t role);
void process_leave(uint32_t slot, uint8_t role);
struct process *process_of_pid(pid_t pid, uint32_t *slot, uint8_t *role);
void plan_release(uint32_t index);

/* environment.c */
extern char *environment[];
bool environment_begin(void);
int environment_set(struct text text);   /* 0 set, 2 not allowed, 3 too many */
int environment_unset(struct text name); /* 1 unset, 2 not allowed */
char *environment_find(char *const *list, const char *name);
bool environment_put(char **list, char *entry);
void environment_drop(char **list, const char *name);
enum { ENVIRONMENT_SIZE = 4096 };

/* component.c */
bool component_start(struct component *component, const int *descriptors, int count, int output);
void component_kill(int pidfd);
void component_ended(struct component *component, int status, bool is_meant);
/* The same with a channel: its end is put in front of the descriptors, ours is given back; -1: not started, it will be tried again. */
int component_open(struct component *component, int *descriptors, int count, int output, enum watched kind);
const char *component_end_text(int status);
/* RUN/launcher.status: what reevectl shows when no daemon answers. Written when daemon or logger began or ended. */
void status_write(void);

/* compile.c */
void compile_boot(void);
void compile_request(uint32_t request, struct list names);
void compile_ended(int status);
void compile_forget_requests(void); /* the daemon that made them is gone */
uint64_t compile_deadline(void);
void compile_overdue(uint64_t time);
void plan_tell(uint32_t index);
void boot_tell(void);
uint32_t boot_generation(void);

/* daemon.c: the channel and the life of the daemon. */
void daemon_start(void);
void daemon_event(uint32_t events);
bool daemon_work(void); /* handles some of what came; true if there is more */
void daemon_flush(void);
void daemon_condemn(const char *why);
void daemon_ended(int status);
void daemon_wake(void);
bool daemon_is_synced(void);
uint64_t daemon_deadline(void);
void daemon_overdue(uint64_t time);
void daemon_request(uint8_t signal);
/* Queues a frame: the numbers by the layout, then the text if there is one. Its number on this channel, 0 if there is no daemon. */
uint32_t tell(uint8_t type, const char *layout, const uint64_t *numbers, const char *text, size_t length);
#define TELL(type, layout, ...) tell(type, layout, (const uint64_t[]){ __VA_ARGS__ }, NULL, 0)
void tell_list(uint8_t type, uint32_t first, const struct service *services, uint32_t count);

enum message {
    MESSAGE_HELLO = 1, MESSAGE_ACK, MESSAGE_COMPILE, MESSAGE_USE, MESSAGE_DISCARD, MESSAGE_FORGET, MESSAGE_START, MESSAGE_SIGNAL, MESSAGE_READ_PIDFILE,
    MESSAGE_CLOSE_SOCKET, MESSAGE_SETENV, MESSAGE_UNSETENV, MESSAGE_TIMER, MESSAGE_EXIT, MESSAGE_LOG_CLEAR, MESSAGE_RENEW,
    EVENT_WELCOME = 0x41, EVENT_PLAN_BEGIN, EVENT_PLAN_DATA, EVENT_PLAN_END, EVENT_PLAN_FAILED, EVENT_PROCESS, EVENT_SYNCED, EVENT_EXECUTED,
    EVENT_START_FAILED, EVENT_EXITED, EVENT_READY, EVENT_READY_CLOSED, EVENT_PIDFILE, EVENT_SIGNAL_FAILED, EVENT_ENVIRONMENT, EVENT_REQUESTED,
    EVENT_COMPONENT, EVENT_LOG_EVENT, EVENT_REFUSED,
};

/* policy.c: the one table of what the daemon may say, and when. */
enum channel_phase { CHANNEL_NONE, CHANNEL_GREETING, CHANNEL_SYNCED };
extern struct frame_rule policy_rules[];
void policy_begin(void);
bool policy_decode(struct frame frame, struct values *out);
const char *policy_apply(struct frame frame, enum channel_phase phase); /* NULL, or why the daemon is not to be trusted */
/* daemon.c, for it */
bool daemon_hello(uint64_t version, uint64_t pid);
bool daemon_acknowledge(uint32_t count);
void daemon_timer(uint64_t deadline);
void daemon_release(void); /* after EXIT: nothing more is heard or told */

/* start.c and child.c */
struct start {
    uint32_t slot;
    uint8_t role, console;
    const struct service *service;
    const struct program *program;
    int execution, readiness, socket, input, output;
};
/* What the child writes when a step fails. */
struct report {
    uint32_t index, type;
    int32_t error;
};
int start_process(uint32_t slot, uint8_t role, uint32_t run, uint8_t console); /* 0, or the errno of a refusal */
void start_settle(uint32_t slot, uint8_t role);   /* reads what the child reported */
void readiness_settle(uint32_t slot, bool is_end);
void console_return(const struct process *process);
_Noreturn void child_run(struct start *start);

/* exits.c */
bool reap(void); /* false: it has to be tried again */
void process_ended(uint32_t slot, uint8_t role, int status, const struct rusage *usage);
void exit_tell(uint32_t slot, uint8_t role);
void pidfd_event(uint32_t slot);

/* family.c: what belongs to a process, by /proc. */
int signal_process(const struct process *process, int signal, uint8_t scope); /* 0 or an errno */
void pidfile_read(uint32_t slot, uint32_t run);
bool kill_descendants(void); /* true when none is left */
uint32_t pid_of_text(const char *bytes, size_t size); /* 0: no number */

/* logs.c: the logger, its channel, pipes and log files. */
int logs_begin(const char *listener, int *out); /* 0 or an errno */
void logger_start(void);
void logger_event(uint32_t events);
void logger_ended(int status);
int log_prepare(uint32_t slot, const struct service *service); /* 0 or an errno */
int log_pipe(uint32_t slot);
void log_clear(uint32_t slot);
void log_forget(uint32_t slot);
void logs_flush(void);
void logs_finish(void);
uint64_t logs_deadline(void);
void logs_overdue(uint64_t time);
