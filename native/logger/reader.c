/* A connection's output is filled to its bound, sent, and filled again when all of it is gone. Requests know only their position in the log. */
#include "logger.h"
#include <stddef.h>
#include <sys/socket.h>

enum { REQUESTS = 64, INPUT = 1024, OUTPUT = 262144, RESERVE = 4096, LARGEST_DATA = 65536, DATA_FIELDS = 12 }; /* RESERVE: for what ends at once */

struct request {
    bool is_used, is_follow;
    uint32_t number;
    struct slot *slot;        /* NULL: only END is still to be sent */
    uint64_t position, until; /* until: where a request that doesn't follow ends */
    uint64_t lost;
};

static struct connection {
    bool is_open;
    int fd;
    uint32_t events;
    size_t input_size, output_begin, first; /* first: the request whose turn it is */
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
    memset(connection->requests, 0, sizeof connection->requests);
}

/* False if there is no room now. */
static bool put_end(struct connection *connection, uint32_t request, int error, uint64_t lost)
{
    frame_begin(&connection->writer, END);
    put_u32(&connection->writer, request);
    put_i32(&connection->writer, error);
    put_u64(&connection->writer, lost);
    return frame_end(&connection->writer);
}

static bool has_more(const struct request *request)
{
    return request->is_used && (!request->slot || !request->is_follow || request->position < request->slot->ring.end);
}

static size_t smallest(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t least = a < b ? a : b;
    return (size_t)(least < c ? least : c);
}

/* One DATA of at most the room that is left, or END. False if nothing was put. */
static bool put_next(struct connection *connection, struct request *request)
{
    struct frame_writer *writer = &connection->writer;
    struct slot *slot = request->slot;
    const uint8_t *piece = NULL;
    if (slot && request->position < slot_oldest(slot))
        request->position = slot_oldest(slot);
    if (!slot || (!request->is_follow && request->position >= request->until)) {
        request->is_used = !put_end(connection, request->number, 0, slot ? slot->lost : request->lost);
        return !request->is_used;
    }
    size_t size = ring_piece(&slot->ring, request->position, &piece), used = writer->used + FRAME_OVERHEAD + DATA_FIELDS + RESERVE;
    size = smallest(size, request->is_follow ? UINT64_MAX : request->until - request->position, LARGEST_DATA);
    size = smallest(size, used < OUTPUT ? OUTPUT - used : 0, LARGEST_DATA);
    if (size == 0)
        return false;
    frame_begin(writer, DATA);
    put_u32(writer, request->number);
    put_u64(writer, request->position);
    put_bytes(writer, piece, size);
    request->position += size;
    return frame_end(writer);
}

/* Each request in turn, so that none starves; the one after the last served is the first next time. */
static void fill(struct connection *connection)
{
    for (size_t idle = 0; idle < REQUESTS; connection->first = (connection->first + 1) % REQUESTS) {
        struct request *request = &connection->requests[connection->first];
        idle = has_more(request) && put_next(connection, request) ? 0 : idle + 1;
    }
}

static void pump(struct connection *connection)
{
    struct frame_writer *writer = &connection->writer;
    ssize_t size = 0;
    if (connection->output_begin == writer->used)
        connection->output_begin = writer->used = 0;
    if (connection->output_begin == 0)
        fill(connection);
    while (connection->output_begin < writer->used && size >= 0) {
        size = CALL(write, connection->fd, connection->output + connection->output_begin, writer->used - connection->output_begin);
        connection->output_begin += size > 0 ? (size_t)size : 0;
    }
    bool is_broken = size < 0 && errno != EAGAIN && errno != EINTR, is_wanting = connection->output_begin < writer->used;
    for (size_t i = 0; i < REQUESTS && !is_wanting; i++)
        is_wanting = has_more(&connection->requests[i]);
    if (is_broken || !watch_connection(connection, is_wanting ? EPOLLIN | EPOLLOUT : EPOLLIN))
        drop(connection);
}

void readers_pump(void)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (connections[i].is_open)
            pump(&connections[i]);
}

void readers_forget(struct slot *slot)
{
    readers_pump();
    for (size_t i = 0; i < CONNECTIONS * REQUESTS; i++) {
        struct request *request = &connections[i / REQUESTS].requests[i % REQUESTS];
        if (request->slot != slot)
            continue;
        request->slot = NULL;
        request->lost = slot->lost;
    }
}

static struct request *request_of(struct connection *connection, bool is_used, uint32_t number)
{
    for (size_t i = 0; i < REQUESTS; i++)
        if (connection->requests[i].is_used == is_used && (!is_used || connection->requests[i].number == number))
            return &connection->requests[i];
    return NULL;
}

/* False: this reader is confused, or asks without reading what it gets. */
static bool handle(struct connection *connection, const struct reader_message *message)
{
    struct request *request = request_of(connection, true, message->request);
    struct slot *slot = slot_find(message->slot);
    if (message->type == STOP) { /* of one that has just ended by itself: nothing to do */
        if (!request || !request->slot)
            return true;
        request->is_used = false;
        return put_end(connection, request->number, 0, request->slot->lost);
    }
    if (request)
        return false;
    request = request_of(connection, false, 0);
    if (!slot || !request)
        return put_end(connection, message->request, slot ? ENOBUFS : ENOENT, 0);
    uint64_t end = slot->ring.end, position = slot_oldest(slot);
    if (message->last != 0 && end - position > message->last)
        position = end - message->last;
    *request = (struct request){ true, message->follow, message->request, slot, position, end, 0 };
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
    enum frame_result result = FRAME_BAD;
    while (size > 0 && (result = frame_next(reader_rules, connection->input + at, connection->input_size - at, &frame, &used)) == FRAME_COMPLETE) {
        if (!reader_message_of(frame, &message) || !handle(connection, &message))
            size = 0;
        at += used;
    }
    connection->input_size -= at;
    memmove(connection->input, connection->input + at, connection->input_size);
    if (size <= 0 || result == FRAME_BAD)
        drop(connection);
}

static bool is_allowed(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return CALL(getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == allowed || peer.uid == 0 || peer.uid == geteuid());
}

void listener_ready(void)
{
    int fd = CALL(accept4, LISTENER, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
        watch(LISTENER, TAG_LISTENER, &listener_events, 0); /* it would be ready for ever */
        wake_at(now() + AGAIN);
    }
    if (fd < 0)
        return;
    struct connection *connection = connections;
    while (connection < connections + CONNECTIONS && connection->is_open)
        connection++;
    if (connection == connections + CONNECTIONS || !is_allowed(fd)) {
        CALL(close, fd);
        return;
    }
    memset(connection, 0, offsetof(struct connection, requests));
    connection->writer = (struct frame_writer){ .buffer = connection->output, .capacity = OUTPUT };
    connection->fd = fd;
    connection->is_open = true;
    if (!watch_connection(connection, EPOLLIN))
        drop(connection);
}

bool readers_open(uid_t daemon)
{
    allowed = daemon;
    return watch(LISTENER, TAG_LISTENER, &listener_events, EPOLLIN);
}

void readers_tick(void)
{
    if (!watch(LISTENER, TAG_LISTENER, &listener_events, EPOLLIN))
        wake_at(now() + AGAIN);
}
