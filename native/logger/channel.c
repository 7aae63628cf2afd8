/* See channel.h. Descriptors come in the order of the frames that claim them; the kernel may cut them short when we have no room for more. */
#include "channel.h"
#include "call.h"
#include "sink.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHANNEL = 3, AT_ONCE = 253, INPUT = FRAME_OVERHEAD + OPEN_LARGEST + 16384, OUTPUT = 16384 };

static void channel_ready(struct watched *self, uint32_t events);
static struct watched watched = { channel_ready };
static uint32_t watched_events;
static uint8_t input[INPUT], output[OUTPUT];
static size_t input_size, output_begin;
static struct frame_writer writer = { .buffer = output, .capacity = sizeof output };
static int descriptors[2 * AT_ONCE];
static size_t descriptor_count;
static bool has_ended;
static bool is_short; /* the kernel cut descriptors short */
static bool is_owing; /* some slot has an event that did not fit */

bool channel_open(void) { return loop_watch(CHANNEL, &watched, &watched_events, EPOLLIN); }

static int claim(const char *frame)
{
    if (descriptor_count == 0) {
        if (!is_short)
            fatal("a message from the launcher came without its descriptor", frame);
        return -1;
    }
    int fd = descriptors[0];
    memmove(descriptors, descriptors + 1, --descriptor_count * sizeof *descriptors);
    return fd;
}

static void handle_open(const struct launcher_message *message)
{
    int pipe = claim("OPEN"), file = message->log == LOG_FILE ? claim("OPEN") : -1;
    is_short = false;
    if (!slot_open(message, pipe, file))
        warn("the table of logs is full", NULL);
}

static void handle_file(const struct launcher_message *message)
{
    struct slot *slot = slot_find(message->slot);
    int file = message->error == 0 ? claim("FILE") : -1, error = message->error == 0 && file < 0 ? EMFILE : message->error;
    is_short = is_short && message->error != 0;
    if (slot && slot->log == LOG_FILE)
        sink_file(slot, file, error);
    else if (file >= 0)
        CALL(close, file);
    if (slot)
        slot_tick(slot);
}

static void handle(const struct launcher_message *message)
{
    struct slot *slot = slot_find(message->slot);
    switch (message->type) {
    case MESSAGE_OPEN: handle_open(message); break;
    case MESSAGE_FILE: handle_file(message); break;
    case MESSAGE_FINISH: loop_finish(); break;
    case MESSAGE_STARTED:
        if (slot)
            slot_started(slot);
        break;
    case MESSAGE_CLOSE:
        if (slot)
            slot_close(slot);
        break;
    case MESSAGE_CLEAR:
        if (slot)
            slot->cleared = slot->ring.end;
        break;
    }
}

static void take_descriptors(struct msghdr *header)
{
    struct cmsghdr *part = CMSG_FIRSTHDR(header); /* nothing else was asked for, so there is at most this one */
    if (part && part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS) {
        size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        if (count > 2 * AT_ONCE - descriptor_count)
            fatal("the launcher sent descriptors that nothing claims", NULL);
        memcpy(descriptors + descriptor_count, CMSG_DATA(part), count * sizeof(int));
        descriptor_count += count;
    }
    is_short = is_short || header->msg_flags & MSG_CTRUNC;
}

static void decode(void)
{
    size_t at = 0, used = 0;
    struct frame frame;
    struct launcher_message message;
    enum frame_result result;
    while ((result = frame_next(launcher_rules, input + at, input_size - at, &frame, &used)) == FRAME_COMPLETE) {
        if (!launcher_message_of(frame, &message))
            fatal("malformed message from the launcher", frame_rule_of(launcher_rules, frame.type)->name);
        handle(&message);
        at += used;
    }
    if (result == FRAME_BAD)
        fatal("malformed frame from the launcher", NULL);
    memmove(input, input + at, input_size - at);
    input_size -= at;
    if (input_size == 0 && descriptor_count > 0)
        fatal("the launcher sent descriptors that nothing claims", NULL);
}

bool channel_is(const struct watched *self) { return self == &watched; }

void channel_receive(void)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(AT_ONCE * sizeof(int))];
    } control;
    struct iovec piece = { input + input_size, sizeof input - input_size };
    struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
    if (has_ended)
        return;
    ssize_t size = CALL(recvmsg, CHANNEL, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOMEM))
        return;
    if (size <= 0) {
        has_ended = true;
        loop_watch(CHANNEL, &watched, &watched_events, 0);
        loop_finish();
        return;
    }
    take_descriptors(&header);
    input_size += (size_t)size;
    decode();
}

static void channel_ready(struct watched *self, uint32_t events)
{
    (void)self; /* the loop receives before all others have their turn: a mark must not come after the first words of a new process */
    (void)events;
}

static void report(struct slot *slot)
{
    for (enum log_event event = 0; event < EVENT_COUNT; event++) {
        if (!(slot->owed & 1 << event))
            continue;
        frame_begin(&writer, event == EVENT_ROTATE ? MESSAGE_ROTATE : MESSAGE_LOG_EVENT);
        put_u32(&writer, slot->number);
        if (event != EVENT_ROTATE) {
            put_u8(&writer, (uint8_t)event);
            put_u64(&writer, slot->amounts[event]);
            put_i32(&writer, slot->errors[event]);
        }
        if (!frame_end(&writer)) {
            is_owing = true;
            return;
        }
        slot->amounts[event] = 0;
        slot->owed &= (uint8_t)~(1 << event);
    }
}

void channel_owe(struct slot *slot, enum log_event event, uint64_t amount, int error)
{
    slot->owed |= (uint8_t)(1 << event);
    slot->amounts[event] += amount;
    slot->errors[event] = error;
    report(slot);
}

void channel_flush(void)
{
    while (!has_ended && output_begin < writer.used) {
        ssize_t size = CALL(write, CHANNEL, output + output_begin, writer.used - output_begin);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            break; /* full: EPOLLOUT will tell; broken: so will the end of the channel */
        output_begin += (size_t)size;
        if (output_begin < writer.used)
            continue;
        output_begin = writer.used = 0;
        if (is_owing) {
            is_owing = false;
            slots_each(report);
        }
    }
    if (!has_ended && !loop_watch(CHANNEL, &watched, &watched_events, output_begin < writer.used ? EPOLLIN | EPOLLOUT : EPOLLIN))
        loop_wake_at(loop_now() + 100);
}
