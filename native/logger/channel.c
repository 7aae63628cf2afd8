/* See logger.h. Whoever sends a frame to the logger sends it in one piece, small enough for the kernel to take it whole or not at all: then a frame
 * is looked at first, and taken with the descriptors that came with it, and there is never a part of one to be kept. */
#include "logger.h"
#include <sys/socket.h>

enum { OUTPUT = 1 << 20 };

const struct frame_rule launcher_rules[] = {
    { OPEN, 27, LARGEST_OPEN, "OPEN" }, { FILE_AGAIN, 8, 8, "FILE" }, { STARTED, 4, 4, "STARTED" }, { CLOSE, 4, 4, "CLOSE" },
    { CLEAR, 4, 4, "CLEAR" },           { FINISH, 0, 0, "FINISH" },   { 0, 0, 0, NULL },
};
static const char *const layouts[] = { "4s14184", "44", "4", "4", "4", "" }; /* from OPEN on */
static uint8_t output_bytes[OUTPUT];
static struct frame_writer output = { .buffer = output_bytes, .capacity = OUTPUT };

bool launcher_message(struct frame frame, struct values *out)
{
    if (!decode(frame, layouts[frame.type - OPEN], out))
        return false;
    const uint64_t *number = out->number;
    bool is_log = (number[1] == LOG_FILE || number[1] == LOG_BUFFER) && number[3] <= 1;
    return frame.type != OPEN || (is_log && slot_place(number[0]) <= MAX_SLOTS);
}

enum received receive(int fd, const struct frame_rule *rules, struct frame *frame, int descriptors[2])
{
    static uint8_t input[FRAME_OVERHEAD + LARGEST_OPEN];
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(2 * sizeof(int))];
    struct iovec piece = { input, sizeof input };
    struct msghdr header = { .msg_iov = &piece, .msg_iovlen = 1 };
    ssize_t size = CALL(recvmsg, fd, &header, MSG_DONTWAIT | MSG_PEEK);
    if (size <= 0)
        return size < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOMEM) ? NOTHING : ENDED;
    if (frame_next(rules, input, (size_t)size, frame, &piece.iov_len) != FRAME_COMPLETE)
        return MALFORMED;
    if (descriptors) {
        descriptors[0] = descriptors[1] = -1;
        header.msg_control = control;
        header.msg_controllen = sizeof control;
    }
    if (CALL(recvmsg, fd, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) < 0)
        return NOTHING;
    struct cmsghdr *part = CMSG_FIRSTHDR(&header); /* fewer than were sent if there is no room for more */
    if (descriptors && part)
        memcpy(descriptors, CMSG_DATA(part), part->cmsg_len - CMSG_LEN(0));
    return RECEIVED;
}

static void handle(uint8_t type, const uint64_t *number, const int *descriptors)
{
    struct slot *slot = slot_find(number[0]);
    if (type == OPEN)
        slot_open(number, descriptors[0], descriptors[1]);
    else if (type == FINISH)
        is_finishing = true;
    else if (!slot)
        shut(descriptors[0]);
    else if (type == FILE_AGAIN)
        sink_file(slot, descriptors[0], number[1] == 0 && descriptors[0] < 0 ? EMFILE : (int)number[1]);
    else if (type == STARTED)
        slot_started(slot);
    else if (type == CLOSE)
        slot_close(slot);
    else
        slot->ring.begin = slot->written; /* CLEAR: what still waits for the disk stays */
    if (slot)
        slot_tick(slot);
}

static void channel_ready(struct source *source)
{
    struct frame frame;
    struct values message;
    int descriptors[2];
    enum received received;
    while ((received = receive(source->fd, launcher_rules, &frame, descriptors)) == RECEIVED && launcher_message(frame, &message))
        handle(frame.type, message.number, descriptors);
    if (received == ENDED) {
        unwatch(source);
        is_finishing = true;
    } else if (received != NOTHING)
        fatal("malformed message from the launcher", NULL);
}

struct source channel = { .fd = 3, .ready = channel_ready };

bool tell(const struct slot *slot, enum event event, uint64_t amount, int error)
{
    frame_begin(&output, event == EVENT_ROTATE ? ROTATE : LOG_EVENT);
    put_layout(&output, event == EVENT_ROTATE ? "4" : "4184", (const uint64_t[]){ slot->number, event, amount, (uint32_t)error });
    return frame_end(&output);
}

void channel_send(void)
{
    if (send_frames(channel.fd, &output) != 0)
        again();
}

int send_frames(int fd, struct frame_writer *writer)
{
    while (writer->used > 0) {
        ssize_t size = CALL(send, fd, writer->buffer, writer->used, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (size < 0)
            return errno;
        writer->used -= (size_t)size;
        memmove(writer->buffer, writer->buffer + size, writer->used);
    }
    return 0;
}
