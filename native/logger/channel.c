/* Descriptors come in the order of the frames that claim them. The kernel cuts them short when we have no room for more: then a log goes without. */
#include "logger.h"
#include <sys/socket.h>

enum { AT_ONCE = 2, INPUT = FRAME_OVERHEAD + LARGEST_OPEN + 16384 };

static uint8_t input[INPUT];
static size_t input_size, descriptor_count;
static int descriptors[2 * AT_ONCE]; /* of a frame that is not complete, and of the next */
static uint32_t events;

bool channel_open(void) { return watch(CHANNEL, TAG_CHANNEL, &events, EPOLLIN); }

static int claim(void)
{
    if (descriptor_count == 0)
        return -1;
    int fd = descriptors[0];
    memmove(descriptors, descriptors + 1, --descriptor_count * sizeof *descriptors);
    return fd;
}

static void handle(const struct launcher_message *message)
{
    struct slot *slot = slot_find(message->slot);
    int first = message->type == OPEN || (message->type == FILE_AGAIN && message->error == 0) ? claim() : -1;
    if (message->type == OPEN)
        slot_open(message, first, message->log == LOG_FILE ? claim() : -1);
    else if (message->type == FINISH)
        finish();
    else if (slot && message->type == FILE_AGAIN) {
        sink_file(slot, first, message->error == 0 && first < 0 ? EMFILE : message->error);
        slot_tick(slot);
    } else if (first >= 0)
        CALL(close, first);
    else if (slot && message->type == STARTED)
        slot_started(slot);
    else if (slot && message->type == CLOSE)
        slot_close(slot);
    else if (slot && message->type == CLEAR)
        slot->cleared = slot->ring.end;
}

static void decode(void)
{
    size_t at = 0, size = 0;
    struct frame frame;
    struct launcher_message message;
    enum frame_result result;
    while ((result = frame_next(launcher_rules, input + at, input_size - at, &frame, &size)) == FRAME_COMPLETE) {
        if (!launcher_message_of(frame, &message))
            fatal("malformed message from the launcher", frame_rule_of(launcher_rules, frame.type)->name);
        handle(&message);
        at += size;
    }
    if (result == FRAME_BAD)
        fatal("malformed frame from the launcher", NULL);
    input_size -= at;
    memmove(input, input + at, input_size);
    if (input_size == 0 && descriptor_count > 0)
        fatal("a descriptor that nothing claims from the launcher", NULL);
}

void channel_receive(void)
{
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(AT_ONCE * sizeof(int))];
    } control;
    struct iovec piece = { input + input_size, sizeof input - input_size };
    struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes };
    ssize_t size = events == 0 ? -1 : CALL(recvmsg, CHANNEL, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (events == 0 || (size < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOMEM)))
        return;
    if (size <= 0) {
        watch(CHANNEL, TAG_CHANNEL, &events, 0);
        finish();
        return;
    }
    struct cmsghdr *part = CMSG_FIRSTHDR(&header); /* nothing else was asked for, so there is at most this one */
    size_t count = part && part->cmsg_type == SCM_RIGHTS ? (part->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;
    if (count > 2 * AT_ONCE - descriptor_count)
        fatal("descriptors that nothing claims from the launcher", NULL);
    if (count > 0)
        memcpy(descriptors + descriptor_count, CMSG_DATA(part), count * sizeof(int));
    descriptor_count += count;
    input_size += (size_t)size;
    decode();
}

void channel_report(struct slot *slot)
{
    for (int event = 0; event < EVENT_COUNT && events != 0; event++) {
        uint8_t bytes[32];
        struct frame_writer writer = { .buffer = bytes, .capacity = sizeof bytes };
        if (!(slot->owed & 1 << event))
            continue;
        frame_begin(&writer, event == EVENT_ROTATE ? ROTATE : LOG_EVENT);
        put_u32(&writer, slot_number(slot));
        if (event != EVENT_ROTATE) {
            put_u8(&writer, (uint8_t)event);
            put_u64(&writer, slot->amounts[event]);
            put_i32(&writer, slot->errors[event]);
        }
        frame_end(&writer);
        if (CALL(write, CHANNEL, bytes, writer.used) < 0) { /* so few bytes are written whole, or not at all */
            wake_at(now() + AGAIN);
            return;
        }
        slot->amounts[event] = 0;
        slot->owed &= (uint8_t)~(1 << event);
    }
}

void channel_owe(struct slot *slot, enum event event, uint64_t amount, int error)
{
    slot->owed |= (uint8_t)(1 << event);
    slot->amounts[event] += amount;
    slot->errors[event] = error;
    channel_report(slot);
}
