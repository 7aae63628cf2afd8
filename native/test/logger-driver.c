/* Plays the launcher towards a real reeve-logger, on the word of a test: one command a line on standard input, one answer a line (`= …`).
 * What happens by itself is told as it happens: `rotate SLOT`, `event SLOT WHAT AMOUNT ERRNO`, `wrote SLOT HOW NUMBER`, `exited HOW NUMBER`.
 *
 *     start PROGRAM UID SOCKET FSIZE NOFILE   starts a logger (0 = no limit); the pipes of an earlier one are kept
 *     open SLOT TYPE BUFFER STAMPS ROTATE PATH  the first time with a new pipe; PATH - for a buffer
 *     file SLOT PATH | failed SLOT ERRNO      answers ROTATE
 *     rotating SLOT                           from now on ROTATE is answered at once: PATH becomes PATH.1, PATH.2, … in the order of time
 *     started SLOT | close SLOT | clear SLOT | finish | hangup | raw HEX
 *     write SLOT HEX | flood SLOT PROGRAM LINES SIZE   into the pipe: bytes, or what native/test/flood.c prints
 *     unwritten SLOT | waiting SLOT           closes our writing end of the pipe; how many bytes are in it
 *     signal NUMBER                           to the logger
 *     trespass NUMBER                         makes the logger's next system call this one (x86-64) */
#include "frame.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
enum { SLOTS = 16384, WORDS = 8 };
static struct {
    bool has_pipe, is_rotating;
    int read_end, write_end, rotations;
    pid_t writer;
    char path[256];
} slots[SLOTS];

static const struct frame_rule rules[] = { { 0xa1, 4, 4, "ROTATE" }, { 0xa2, 17, 17, "LOG_EVENT" }, { 0, 0, 0, NULL } };
static int channel = -1, listener = -1;
static pid_t logger;
static uint8_t input[65536];
static size_t input_size;
__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vdprintf(STDOUT_FILENO, format, arguments);
    va_end(arguments);
}

__attribute__((noreturn)) static void end(int status)
{
    if (logger > 0)
        kill(logger, SIGKILL);
    for (uint32_t slot = 0; slot < SLOTS; slot++)
        if (slots[slot].writer > 0)
            kill(slots[slot].writer, SIGKILL);
    exit(status);
}

__attribute__((noreturn)) static void give_up(const char *what)
{
    say("driver: %s: %s\n", what, strerror(errno));
    end(1);
}

static uint32_t number(const char *text) { return (uint32_t)strtoul(text, NULL, 0); }

static void send_frame(const struct frame_writer *writer, const int *fds, size_t count)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct iovec piece = { writer->buffer, writer->used };
    struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1 };
    if (count > 0) {
        header.msg_control = control.bytes;
        header.msg_controllen = CMSG_SPACE(count * sizeof(int));
        control.align = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(count * sizeof(int)) };
        memcpy(CMSG_DATA(&control.align), fds, count * sizeof(int));
    }
    ssize_t sent = sendmsg(channel, &header, MSG_NOSIGNAL);
    if (sent >= 0 && (size_t)sent < writer->used)
        give_up("short send");
}

static void send_slot(uint8_t type, uint32_t slot)
{
    uint8_t bytes[64];
    struct frame_writer writer = { .buffer = bytes, .capacity = sizeof bytes };
    frame_begin(&writer, type);
    if (type != 0x86)
        put_u32(&writer, slot);
    frame_end(&writer);
    send_frame(&writer, NULL, 0);
}

static int open_log(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        give_up(path);
    return fd;
}

static void send_file(uint32_t slot, const char *path, int error)
{
    uint8_t bytes[64];
    struct frame_writer writer = { .buffer = bytes, .capacity = sizeof bytes };
    frame_begin(&writer, 0x82);
    put_u32(&writer, slot);
    put_i32(&writer, error);
    frame_end(&writer);
    int fd = error ? -1 : open_log(path);
    send_frame(&writer, &fd, error ? 0 : 1);
    close(fd);
}

static void command_open(char **words)
{
    uint32_t slot = number(words[1]);
    uint8_t bytes[128];
    struct frame_writer writer = { .buffer = bytes, .capacity = sizeof bytes };
    int ends[2];
    if (!slots[slot].has_pipe) {
        if (pipe2(ends, O_CLOEXEC) != 0)
            give_up("pipe2");
        slots[slot].read_end = ends[0];
        slots[slot].write_end = ends[1];
        slots[slot].has_pipe = true;
    }
    frame_begin(&writer, 0x81);
    put_u32(&writer, slot);
    put_text(&writer, "service", 7);
    put_u8(&writer, (uint8_t)number(words[2]));
    put_u32(&writer, number(words[3]));
    put_u8(&writer, (uint8_t)number(words[4]));
    put_u64(&writer, strtoull(words[5], NULL, 0));
    put_u32(&writer, 3);
    frame_end(&writer);
    int fds[2] = { slots[slot].read_end, -1 };
    if (strcmp(words[6], "-") != 0) {
        snprintf(slots[slot].path, sizeof slots[slot].path, "%s", words[6]);
        fds[1] = open_log(words[6]);
    }
    send_frame(&writer, fds, fds[1] < 0 ? 1 : 2);
    close(fds[1]);
}

static void rotate(uint32_t slot)
{
    char old[300];
    if (slot >= SLOTS || !slots[slot].is_rotating)
        return;
    snprintf(old, sizeof old, "%s.%d", slots[slot].path, ++slots[slot].rotations);
    if (rename(slots[slot].path, old) != 0)
        give_up(old);
    send_file(slot, slots[slot].path, 0);
}

static void receive(void)
{
    ssize_t size = read(channel, input + input_size, sizeof input - input_size);
    if (size <= 0) { /* the logger is gone; its exit is told elsewhere */
        close(channel);
        channel = -1;
        return;
    }
    input_size += (size_t)size;
    size_t at = 0, used = 0;
    struct frame frame;
    enum frame_result result;
    while ((result = frame_next(rules, input + at, input_size - at, &frame, &used)) == FRAME_COMPLETE) {
        struct fields fields = fields_of(frame);
        uint32_t slot = field_u32(&fields);
        if (frame.type == 0xa1) {
            say("rotate %u\n", slot);
            rotate(slot);
        } else {
            unsigned what = field_u8(&fields);
            unsigned long amount = field_u64(&fields);
            say("event %u %u %lu %d\n", slot, what, amount, field_i32(&fields));
        }
        at += used;
    }
    if (result == FRAME_BAD)
        give_up("malformed frame from the logger");
    memmove(input, input + at, input_size - at);
    input_size -= at;
}

static void listen_at(const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 16) != 0)
        give_up(path);
}

/* The soft limit of descriptors is low, as it is on most machines. */
static void limit(const char *largest_file, const char *descriptors)
{
    rlim_t bytes = strtoul(largest_file, NULL, 0), count = strtoul(descriptors, NULL, 0);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_max = count ? count : files.rlim_max;
    files.rlim_cur = count ? count : 64;
    setrlimit(RLIMIT_NOFILE, &files);
    if (bytes)
        setrlimit(RLIMIT_FSIZE, &(struct rlimit){ bytes, bytes });
}

static void command_start(char **words)
{
    int ends[2];
    if (listener < 0)
        listen_at(words[3]);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        give_up("socketpair");
    if (channel >= 0)
        close(channel);
    channel = ends[0];
    input_size = 0;
    logger = fork();
    if (logger < 0) /* signals to -1 would go to everybody */
        give_up("fork");
    if (logger == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        int theirs = fcntl(ends[1], F_DUPFD, 10), listening = fcntl(listener, F_DUPFD, 10);
        dup2(STDERR_FILENO, STDOUT_FILENO);
        dup2(theirs, 3);
        dup2(listening, 4);
        close_range(5, ~0U, 0);
        limit(words[4], words[5]);
        execl(words[1], "reeve-logger", words[2], (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
}

static void command_flood(char **words)
{
    uint32_t slot = number(words[1]);
    sigset_t none;
    sigemptyset(&none);
    slots[slot].writer = fork();
    if (slots[slot].writer != 0)
        return;
    sigprocmask(SIG_SETMASK, &none, NULL);
    dup2(slots[slot].write_end, STDOUT_FILENO);
    execl(words[2], "flood", words[3], words[4], (char *)NULL);
    _exit(127);
}

static size_t bytes_of_hex(const char *hex, uint8_t *bytes, size_t capacity)
{
    size_t size = 0;
    for (; hex[0] && hex[1] && size < capacity; hex += 2) {
        const char pair[3] = { hex[0], hex[1], 0 };
        bytes[size++] = (uint8_t)strtoul(pair, NULL, 16);
    }
    return size;
}

/* Stops the logger at the entry of its next system call and makes it another. */
static void command_trespass(long call)
{
#ifdef __x86_64__
    int status = 0;
    struct user_regs_struct registers;
    if (ptrace(PTRACE_SEIZE, logger, NULL, PTRACE_O_TRACESYSGOOD) != 0 || ptrace(PTRACE_INTERRUPT, logger, NULL, NULL) != 0)
        give_up("ptrace");
    while (waitpid(logger, &status, 0) == logger && WIFSTOPPED(status) && WSTOPSIG(status) != (SIGTRAP | 0x80))
        ptrace(PTRACE_SYSCALL, logger, NULL, NULL);
    ptrace(PTRACE_GETREGS, logger, NULL, &registers);
    registers.orig_rax = (unsigned long long)call;
    ptrace(PTRACE_SETREGS, logger, NULL, &registers);
    ptrace(PTRACE_DETACH, logger, NULL, NULL);
    say("= ok\n");
#else
    say("= skipped %ld\n", call);
#endif
}

static void command(char **words, size_t count)
{
    static uint8_t bytes[65536];
    const char *name = words[0];
    uint32_t slot = count > 1 ? number(words[1]) : 0;
    int waiting = 0;
    if (strcmp(name, "start") == 0)
        command_start(words);
    else if (strcmp(name, "open") == 0)
        command_open(words);
    else if (strcmp(name, "file") == 0)
        send_file(slot, words[2], 0);
    else if (strcmp(name, "failed") == 0)
        send_file(slot, NULL, (int)number(words[2]));
    else if (strcmp(name, "rotating") == 0)
        slots[slot].is_rotating = true;
    else if (strcmp(name, "started") == 0 || strcmp(name, "close") == 0 || strcmp(name, "clear") == 0 || strcmp(name, "finish") == 0)
        send_slot(name[0] == 's' ? 0x83 : name[0] == 'f' ? 0x86 : name[2] == 'o' ? 0x84 : 0x85, slot);
    else if (strcmp(name, "hangup") == 0)
        shutdown(channel, SHUT_RDWR);
    else if (strcmp(name, "raw") == 0)
        send_frame(&(struct frame_writer){ .buffer = bytes, .used = bytes_of_hex(words[1], bytes, sizeof bytes) }, NULL, 0);
    else if (strcmp(name, "write") == 0) {
        size_t size = bytes_of_hex(words[2], bytes, sizeof bytes);
        if (write(slots[slot].write_end, bytes, size) != (ssize_t)size)
            give_up("write");
    } else if (strcmp(name, "flood") == 0)
        command_flood(words);
    else if (strcmp(name, "unwritten") == 0)
        close(slots[slot].write_end);
    else if (strcmp(name, "waiting") == 0)
        ioctl(slots[slot].read_end, FIONREAD, &waiting);
    else if (strcmp(name, "signal") == 0)
        waiting = logger > 0 ? kill(logger, (int)number(words[1])) : -1; /* never to a group of processes */
    else if (strcmp(name, "trespass") == 0) {
        command_trespass((long)number(words[1]));
        return;
    } else
        give_up(name);
    say("= %d\n", strcmp(name, "start") == 0 ? (int)logger : waiting);
}

static void reap(void)
{
    int status = 0;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        int value = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
        if (pid == logger) {
            while (channel >= 0) /* what it said before it ended comes first */
                receive();
            say("exited %s %d\n", WIFSIGNALED(status) ? "signal" : "status", value);
            logger = 0;
        }
        for (uint32_t slot = 0; slot < SLOTS; slot++)
            if (slots[slot].writer == pid) {
                slots[slot].writer = 0;
                say("wrote %u %s %d\n", slot, WIFSIGNALED(status) ? "signal" : "status", value);
            }
    }
}

static void read_commands(void)
{
    static char line[262144];
    static size_t used;
    ssize_t size = read(STDIN_FILENO, line + used, sizeof line - used - 1);
    if (size <= 0)
        end(0);
    used += (size_t)size;
    char *at = line, *newline;
    while ((newline = memchr(at, '\n', used - (size_t)(at - line)))) {
        char *words[WORDS] = { "" }, *rest = NULL;
        size_t count = 0;
        *newline = '\0';
        for (char *word = strtok_r(at, " ", &rest); word && count < WORDS; word = strtok_r(NULL, " ", &rest))
            words[count++] = word;
        command(words, count);
        at = newline + 1;
    }
    used -= (size_t)(at - line);
    memmove(line, at, used);
}

int main(void)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_BLOCK, &child, NULL);
    int signals = signalfd(-1, &child, SFD_CLOEXEC);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    for (;;) {
        struct pollfd ready[3] = { { STDIN_FILENO, POLLIN, 0 }, { signals, POLLIN, 0 }, { channel, POLLIN, 0 } };
        struct signalfd_siginfo info;
        if (poll(ready, 3, -1) < 0 && errno != EINTR)
            give_up("poll");
        if (ready[2].revents)
            receive();
        if (ready[1].revents && read(signals, &info, sizeof info) == sizeof info)
            reap();
        if (ready[0].revents)
            read_commands();
    }
}
