/* A connection's output is filled to its bound, sent, and filled again when all of it is gone. Requests know only their position in the log. */
#include "logger.h"
#include <stddef.h>
#include <sys/socket.h>

enum { REQUESTS = 64, INPUT = 1024, OUTPUT = 262144, LARGEST_DATA = 65536 };

struct request {
    bool is_used, is_follow, is_known; /* is_known: there was such a log */
    uint32_t number, slot;
    uint64_t position, until; /* until: where a request that doesn't follow ends */
};

static struct connection {
    bool is_open;
    int fd;
    uint32_t events;
    size_t input_size, output_begin, turn; /* turn: the request that is served first */
    struct frame_writer writer;
    struct request requests[REQUESTS];
    uint8_t input[INPUT], output[OUTPUT];
} connections[CONNECTIONS];
static uint32_t listener_events;
static uid_t allowed;

static bool watch_connection(struct connection *connection, uint32_t wanted)
{
    return watch(connection->fd, TAG_CONNECTION + (uint32_t)(connection - connections), &connection->events, wanted);
}

static void drop(struct connection *connection)
{
    watch_connection(connection, 0);
    CALL(close, connection->fd);
    connection->is_open = false;
}

static bool put_end(struct frame_writer *writer, struct request *request, uint64_t lost)
{
    frame_begin(writer, END);
    put_u32(writer, request->number);
    put_i32(writer, request->is_known ? 0 : ENOENT);
    put_u64(writer, lost);
    request->is_used = !frame_end(writer);
    return !request->is_used;
}

/* One DATA of at most the room that is left, or END. False if there was nothing to put, or no room. */
static bool put_next(struct frame_writer *writer, struct request *request)
{
    const uint8_t *piece = NULL;
    struct slot *slot = slot_find(request->slot);
    if (!request->is_used)
        return false;
    if (slot && (request->position < slot_oldest(slot) || request->position > slot->ring.end))
        request->position = slot_oldest(slot);
    if (!slot || (!request->is_follow && request->position >= request->until))
        return put_end(writer, request, slot ? slot->lost : 0);
    size_t size = ring_piece(&slot->ring, request->position, &piece), used = writer->used + FRAME_OVERHEAD + 12;
    uint64_t room = used < writer->capacity ? writer->capacity - used : 0, rest = request->until - request->position;
    size = size < LARGEST_DATA ? size : LARGEST_DATA;
    size = size < room ? size : room;
    size = request->is_follow || size < rest ? size : rest;
    frame_begin(writer, DATA);
    put_u32(writer, request->number);
    put_u64(writer, request->position);
    put_bytes(writer, piece, size);
    request->position += size;
    writer->full = writer->full || size == 0;
    return frame_end(writer);
}

static void pump(struct connection *connection)
{
    struct frame_writer *writer = &connection->writer;
    if (connection->output_begin == writer->used) {
        connection->output_begin = writer->used = 0;
        for (size_t idle = 0; idle < REQUESTS; connection->turn = (connection->turn + 1) % REQUESTS)
            idle = put_next(writer, &connection->requests[connection->turn]) ? 0 : idle + 1;
    }
    ssize_t size = 0;
    if (writer->used > 0)
        size = CALL(write, connection->fd, connection->output + connection->output_begin, writer->used - connection->output_begin);
    bool is_broken = size < 0 && errno != EAGAIN && errno != EINTR;
    connection->output_begin += size > 0 ? (size_t)size : 0;
    if (is_broken || !watch_connection(connection, writer->used > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN))
        drop(connection);
}

void readers_pump(void)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (connections[i].is_open)
            pump(&connections[i]);
}

/* False: this reader is confused, or asks for too much. */
static bool handle(struct connection *connection, const struct reader_message *message)
{
    struct request *request = NULL, *unused = NULL;
    for (size_t i = 0; i < REQUESTS; i++)
        if (!connection->requests[i].is_used)
            unused = &connection->requests[i];
        else if (connection->requests[i].number == message->request)
            request = &connection->requests[i];
    if (message->type == STOP && request)
        *request = (struct request){ true, false, true, request->number, request->slot, 0, 0 };
    if (message->type == STOP) /* of one that has just ended by itself: nothing to do */
        return true;
    if (request || !unused)
        return false;
    struct slot *slot = slot_find(message->slot);
    uint64_t end = slot ? slot->ring.end : 0, position = slot ? slot_oldest(slot) : 0;
    if (message->last != 0 && end - position > message->last)
        position = end - message->last;
    *unused = (struct request){ true, message->follow, slot != NULL, message->request, message->slot, position, end };
    return true;
}

void connection_ready(uint32_t tag, uint32_t events)
{
    struct connection *connection = &connections[tag - TAG_CONNECTION];
    if (!connection->is_open || !(events & ~(uint32_t)EPOLLOUT))
        return;
    ssize_t size = CALL(read, connection->fd, connection->input + connection->input_size, INPUT - connection->input_size);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    connection->input_size += size > 0 ? (size_t)size : 0;
    size_t at = 0, used = 0;
    struct frame frame;
    struct reader_message message;
    enum frame_result result = size > 0 ? FRAME_COMPLETE : FRAME_BAD;
    while (result == FRAME_COMPLETE) {
        result = frame_next(reader_rules, connection->input + at, connection->input_size - at, &frame, &used);
        if (result == FRAME_COMPLETE && !(reader_message_of(frame, &message) && handle(connection, &message)))
            result = FRAME_BAD;
        at += used;
    }
    if (result == FRAME_BAD) {
        drop(connection);
        return;
    }
    connection->input_size -= at;
    memmove(connection->input, connection->input + at, connection->input_size);
}

static bool is_allowed(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return CALL(getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == allowed || peer.uid == 0 || peer.uid == geteuid());
}

void listener_ready(void)
{
    struct connection *connection = connections;
    while (connection < connections + CONNECTIONS && connection->is_open)
        connection++;
    int fd = CALL(accept4, LISTENER, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
        watch(LISTENER, TAG_LISTENER, &listener_events, 0); /* it would be ready for ever */
        wake_at(now() + AGAIN);
    }
    if (fd >= 0 && (connection == connections + CONNECTIONS || !is_allowed(fd)))
        CALL(close, fd);
    else if (fd >= 0) {
        memset(connection, 0, offsetof(struct connection, input));
        connection->writer = (struct frame_writer){ .buffer = connection->output, .capacity = OUTPUT };
        connection->fd = fd;
        connection->is_open = true;
        if (!watch_connection(connection, EPOLLIN))
            drop(connection);
    }
}

bool readers_open(uid_t daemon)
{
    allowed = daemon;
    return watch(LISTENER, TAG_LISTENER, &listener_events, EPOLLIN);
}

void readers_tick(void) { watch(LISTENER, TAG_LISTENER, &listener_events, EPOLLIN); }
