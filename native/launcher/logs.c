/* Pipes, log files and the logger. For every service that logs the launcher keeps both ends of its pipe: a logger that dies costs neither a byte nor
 * a SIGPIPE. What the logger is still to be told is a set of flags a slot, so it is bounded, and after a logger's end it is simply set again. */
#include "launcher.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>

enum { FIRST_MESSAGE = 0x81, OPEN = 0, FILE_AGAIN, STARTED, CLOSE, CLEAR, FINISH, ASK_ROTATE = 0xa1, ASK_EVENT };
enum { OWN_BUFFER = 65536, LARGEST_NAME = 1024, AGAIN = 50000000 };

static const struct frame_rule rules[] = { { ASK_ROTATE, 4, 4, "ROTATE" }, { ASK_EVENT, 17, 17, "LOG_EVENT" }, { 0, 0, 0, NULL } };

static struct {
    int fd, listener;
    uint8_t in[4096], out[LARGEST_NAME + 128];
    size_t have, written, used;
    uint32_t first, last; /* slots that something is owed for, linked */
    uint64_t again;       /* when to try after a failure that no event will end */
    bool finishes, is_full;
} logger = { .fd = -1, .listener = -1, .first = NO_INDEX, .again = UINT64_MAX };

static void owe(uint32_t index, int message)
{
    struct slot *slot = &slots[index];
    slot->owed |= (uint8_t)(1 << message);
    if (slot->is_owed)
        return;
    slot->is_owed = true;
    slot->next_owed = NO_INDEX;
    *(logger.first == NO_INDEX ? &logger.first : &slots[logger.last].next_owed) = index;
    logger.last = index;
}

int log_pipe(uint32_t index)
{
    struct slot *slot = &slots[index];
    int ends[2];
    if (slot->log_read >= 0)
        return 0;
    if (CALL(pipe2, ends, O_CLOEXEC) != 0)
        return errno;
    slot->log_read = ends[0];
    slot->log_write = ends[1];
    return 0;
}

/* Never through a link of any kind, never anything but a file. */
static int open_file(const struct log_spec *spec, int *out)
{
    struct stat about;
    int fd = CALL(open, spec->path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
    if (fd < 0)
        return errno;
    int error = CALL(fstat, fd, &about) != 0 ? errno : !S_ISREG(about.st_mode) ? EINVAL : about.st_nlink > 1 ? EMLINK : 0;
    if (!error && (spec->uid != -1 || spec->gid != -1) && CALL(fchown, fd, (uid_t)spec->uid, (gid_t)spec->gid) != 0)
        error = errno;
    if (!error && CALL(fchmod, fd, spec->mode) != 0)
        error = errno;
    if (error)
        close(fd);
    else
        *out = fd;
    return error;
}

int log_prepare(uint32_t index, const struct service *service)
{
    struct slot *slot = &slots[index];
    int fd = -1, error = service->log.type == LOG_FILE ? open_file(&service->log, &fd) : 0;
    if (!error)
        error = log_pipe(index);
    if (error) {
        shut(&fd);
        return error;
    }
    shut(&slot->log_file);
    slot->log_file = fd;
    bool is_same = slot->is_open && slot->log_generation == plans[slot->plan].plan.generation;
    slot->log = service->log;
    slot->log_generation = plans[slot->plan].plan.generation;
    slot->file_error = 0;
    if (service->log.type == LOG_PIPE)
        return 0;
    if (slot->is_open) /* else it is the first that the logger sees of it */
        owe(index, STARTED);
    if (!is_same)
        owe(index, OPEN);
    else if (service->log.type == LOG_FILE)
        owe(index, FILE_AGAIN);
    logs_flush(); /* before the process can write */
    return 0;
}

void log_clear(uint32_t index)
{
    if (slots[index].is_open)
        owe(index, CLEAR);
}

static void close_ends(struct slot *slot)
{
    shut(&slot->log_read);
    shut(&slot->log_write);
    shut(&slot->log_file);
    slot->is_open = false;
    slot->owed = 0;
}

/* What the logger knows of stays until it was told, so that it reads what is left. */
void log_forget(uint32_t index)
{
    if (slots[index].is_open)
        owe(index, CLOSE);
    else
        close_ends(&slots[index]);
}

/* The frame into logger.out, the descriptors that go with it into the array: their number. */
static int compose(uint32_t index, int message, int *descriptors)
{
    struct slot *slot = &slots[index];
    struct frame_writer writer = { .buffer = logger.out, .capacity = sizeof logger.out };
    const struct log_spec *log = &slot->log;
    bool has_file = log->type == LOG_FILE && slot->log_file >= 0 && !slot->file_error;
    int count = 0;
    frame_begin(&writer, (uint8_t)(FIRST_MESSAGE + message));
    if (message != FINISH)
        put_u32(&writer, index == OWN_SLOT ? NO_INDEX : index);
    if (message == OPEN) {
        put_text(&writer, slot->name, strnlen(slot->name, LARGEST_NAME));
        put_layout(&writer, "14184", (const uint64_t[]){ log->type, log->buffer, log->timestamps, log->rotate_size, log->rotate_count });
        descriptors[count++] = slot->log_read;
    }
    if (message == FILE_AGAIN)
        put_i32(&writer, has_file ? 0 : slot->file_error);
    if ((message == OPEN || message == FILE_AGAIN) && has_file)
        descriptors[count++] = slot->log_file;
    frame_end(&writer);
    logger.used = writer.used;
    logger.written = 0;
    return count;
}

/* True when all of logger.out is gone. */
static bool push(const int *descriptors, int count)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = { 0 };
    socklen_t size = (socklen_t)((size_t)count * sizeof(int));
    while (logger.written < logger.used) {
        struct iovec part = { .iov_base = logger.out + logger.written, .iov_len = logger.used - logger.written };
        struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
        if (count && logger.written == 0) {
            message.msg_control = &control;
            message.msg_controllen = (socklen_t)CMSG_SPACE(size);
            control.align = (struct cmsghdr){ .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = (socklen_t)CMSG_LEN(size) };
            memcpy(CMSG_DATA(&control.align), descriptors, size);
        }
        ssize_t sent = CALL(sendmsg, logger.fd, &message, MSG_NOSIGNAL);
        if (sent <= 0) {
            logger.is_full = sent < 0 && errno == EAGAIN;
            logger.again = logger.is_full ? UINT64_MAX : now() + AGAIN;
            return false;
        }
        logger.written += (size_t)sent;
    }
    return true;
}

/* Sends what is owed for one slot; a flag is cleared when the first byte is gone, for then the frame will be finished. */
static bool pay(uint32_t index)
{
    static const uint8_t order[] = { OPEN, FILE_AGAIN, STARTED, CLEAR, CLOSE };
    struct slot *slot = &slots[index];
    if (slot->is_loaded || index == OWN_SLOT)
        slot->owed &= (uint8_t) ~(1 << CLOSE); /* loaded again before it was closed */
    for (size_t i = 0; i < sizeof order; i++) {
        int descriptors[2];
        if (!(slot->owed & 1 << order[i]))
            continue;
        bool done = push(descriptors, compose(index, order[i], descriptors));
        if (logger.written == 0) {
            logger.used = 0;
            return false;
        }
        slot->owed &= (uint8_t) ~(1 << order[i] | (order[i] == OPEN ? 1 << FILE_AGAIN : 0));
        slot->is_open = slot->is_open || order[i] == OPEN;
        if (order[i] == CLOSE)
            close_ends(slot);
        if (!done)
            return false;
    }
    return true;
}

void logs_flush(void)
{
    if (logger.fd < 0)
        return;
    bool was_full = logger.is_full;
    logger.is_full = false;
    logger.again = UINT64_MAX;
    bool flows = push(NULL, 0);
    while (flows && logger.first != NO_INDEX) {
        struct slot *slot = &slots[logger.first];
        flows = pay(logger.first);
        if (slot->owed)
            break;
        slot->is_owed = false;
        logger.first = slot->next_owed;
    }
    if (flows && logger.finishes && logger.first == NO_INDEX) {
        logger.finishes = false;
        push(NULL, compose(OWN_SLOT, FINISH, NULL));
    }
    if (was_full != logger.is_full)
        watch_again(logger.fd, EPOLLIN | (logger.is_full ? EPOLLOUT : 0), WATCH_LOGGER, 0);
}

void logs_finish(void) { logger.finishes = true; }

uint64_t logs_deadline(void)
{
    if (logger.fd >= 0)
        return logger.again;
    return logger_component.pid || is_ending ? UINT64_MAX : logger_component.restart_at;
}

void logs_overdue(uint64_t time)
{
    if (logger.fd < 0 && time >= logs_deadline())
        logger_start();
}

/* PATH.N-1 becomes PATH.N, ... PATH becomes PATH.1, and a new PATH is opened. */
static void rotate(uint32_t index)
{
    static char from[PATH_MAX], to[PATH_MAX];
    struct slot *slot = &slots[index];
    const struct service *service = service_of_slot(index);
    int fd = -1, error = !service || service->log.type != LOG_FILE ? ENOENT : strlen(service->log.path) > PATH_MAX - 16 ? ENAMETOOLONG : 0;
    for (uint32_t i = error ? 0 : service->log.rotate_count; i > 0; i--) {
        strcat(strcat(strcpy(to, service->log.path), "."), digits(i));
        strcpy(from, service->log.path);
        if (i > 1)
            strcat(strcat(from, "."), digits(i - 1));
        if (CALL(rename, from, to) != 0 && errno != ENOENT)
            error = errno;
    }
    if (!error && service->log.rotate_count == 0 && CALL(unlink, service->log.path) != 0 && errno != ENOENT)
        error = errno;
    error = error ? error : open_file(&service->log, &fd);
    if (!error) {
        shut(&slot->log_file);
        slot->log_file = fd;
    }
    slot->file_error = error;
    owe(index, FILE_AGAIN);
}

static bool handle(struct frame frame)
{
    struct values v;
    bool is_whole = decode(frame, frame.type == ASK_ROTATE ? "4" : "4184", &v);
    uint32_t slot = (uint32_t)v.number[0];
    if (!is_whole || (slot != NO_INDEX && slot >= slot_count))
        return false;
    if (frame.type == ASK_ROTATE && slot != NO_INDEX && slots[slot].is_open)
        rotate(slot);
    else if (frame.type == ASK_EVENT && !TELL(EVENT_LOG_EVENT, "4184", slot, v.number[1], v.number[2], v.number[3]))
        say("no daemon hears of the log of ", slots[slot == NO_INDEX ? OWN_SLOT : slot].name, ": event ", digits((int64_t)v.number[1]), ", ",
            digits((int64_t)v.number[2]), " bytes, errno ", digits((int64_t)v.number[3]));
    return frame.type == ASK_EVENT || slot != NO_INDEX;
}

static void lose(const char *why)
{
    if (why)
        say("the logger is not to be trusted: ", why);
    shut(&logger.fd);
    component_kill(logger_component.pidfd);
}

void logger_event(uint32_t events)
{
    if (logger.fd < 0 || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return;
    ssize_t got = CALL(recv, logger.fd, logger.in + logger.have, sizeof logger.in - logger.have, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR && errno != ENOMEM)) {
        lose(NULL);
        return;
    }
    logger.have += got > 0 ? (size_t)got : 0;
    size_t at = 0, used;
    struct frame frame;
    enum frame_result result;
    while ((result = frame_next(rules, logger.in + at, logger.have - at, &frame, &used)) == FRAME_COMPLETE && handle(frame))
        at += used;
    memmove(logger.in, logger.in + at, logger.have - at);
    logger.have -= at;
    if (result != FRAME_INCOMPLETE)
        lose("malformed message");
}

void logger_start(void)
{
    int descriptors[] = { -1, logger.listener };
    logger.fd = component_open(&logger_component, descriptors, 2, -1, WATCH_LOGGER);
    logger.have = logger.used = logger.written = 0;
    logger.is_full = false;
}

void logger_ended(int status)
{
    shut(&logger.fd);
    strcpy(logger_component.why, component_end_text(status));
    component_ended(&logger_component, status, false);
    for (uint32_t i = 0; i < slot_count + 1; i++) {
        uint32_t index = i == slot_count ? OWN_SLOT : i;
        if (!slots[index].is_open)
            continue;
        slots[index].is_open = false;
        owe(index, OPEN);
    }
}

int logs_begin(const char *listener, int *out)
{
    const struct socket_spec spec = { .family = SOCKET_UNIX, .path = listener, .mode = 0600,
                                      .uid = settings.daemon.uid == geteuid() ? -1 : (int32_t)settings.daemon.uid, .gid = -1 };
    slot_clear(OWN_SLOT);
    slots[OWN_SLOT].name = "reeve";
    slots[OWN_SLOT].log = (struct log_spec){ .type = LOG_BUFFER, .buffer = OWN_BUFFER };
    int error = listen_at(&spec, &logger.listener);
    if (!error && !settings.foreground)
        error = log_pipe(OWN_SLOT);
    if (!error && !settings.foreground)
        owe(OWN_SLOT, OPEN);
    *out = logger.listener;
    return error;
}
