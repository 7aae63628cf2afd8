/* See reader.h. A connection's output is filled to its bound, sent, and filled again when all of it is gone; positions do the rest. */
#include "reader.h"
#include "call.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LISTENER = 4, CONNECTIONS = 8, REQUESTS = 64, INPUT = 1024, OUTPUT = 262144, RESERVE = 4096, DATA_LARGEST = 65536, DATA_FIELDS = 12, AGAIN = 100 };

struct request {
    bool is_used, is_follow;
    uint32_t number;
    struct slot *slot; /* NULL: only END is still to be sent */
    uint64_t position, until; /* until: where a request that doesn't follow ends */
    uint64_t lost;
};

struct connection {
    struct watched watched;
    bool is_open;
    int fd;
    uint32_t events;
    size_t input_size, output_begin, first; /* first: the request whose turn it is */
    struct frame_writer writer;
    struct request requests[REQUESTS];
    uint8_t input[INPUT], output[OUTPUT];
};

static void listener_ready(struct watched *self, uint32_t events);
static struct watched listener = { listener_ready };
static uint32_t listener_events;
static uid_t allowed;
static struct connection connections[CONNECTIONS];

bool readers_open(uid_t daemon)
{
    allowed = daemon;
    return loop_watch(LISTENER, &listener, &listener_events, EPOLLIN);
}

void readers_tick(void)
{
    if (!loop_watch(LISTENER, &listener, &listener_events, EPOLLIN))
        loop_wake_at(loop_now() + AGAIN);
}

static void drop(struct connection *connection)
{
    loop_watch(connection->fd, &connection->watched, &connection->events, 0);
    CALL(close, connection->fd);
    connection->is_open = false;
}

/* False if there is no room now. */
static bool put_end(struct connection *connection, uint32_t request, int error, uint64_t lost)
{
    frame_begin(&connection->writer, MESSAGE_END);
    put_u32(&connection->writer, request);
    put_i32(&connection->writer, error);
    put_u64(&connection->writer, lost);
    return frame_end(&connection->writer);
}

static bool has_more(const struct request *request)
{
    return request->is_used && (!request->slot || !request->is_follow || request->position < request->slot->ring.end);
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
    size_t room = used < OUTPUT ? OUTPUT - used : 0;
    size = size < room ? size : room;
    size = size < DATA_LARGEST ? size : DATA_LARGEST;
    if (!request->is_follow && size > request->until - request->position)
        size = (size_t)(request->until - request->position);
    if (size == 0)
        return false;
    frame_begin(writer, MESSAGE_DATA);
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
    if (connection->output_begin == connection->writer.used)
        connection->output_begin = connection->writer.used = 0;
    if (connection->output_begin == 0)
        fill(connection);
    while (connection->output_begin < connection->writer.used) {
        ssize_t size = CALL(write, connection->fd, connection->output + connection->output_begin, connection->writer.used - connection->output_begin);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0 && errno != EAGAIN) {
            drop(connection);
            return;
        }
        if (size < 0)
            break;
        connection->output_begin += (size_t)size;
    }
    bool is_wanting = connection->output_begin < connection->writer.used;
    for (size_t i = 0; i < REQUESTS && !is_wanting; i++)
        is_wanting = has_more(&connection->requests[i]);
    if (!loop_watch(connection->fd, &connection->watched, &connection->events, is_wanting ? EPOLLIN | EPOLLOUT : EPOLLIN))
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
    if (message->type == MESSAGE_STOP) { /* of one that has just ended by itself: nothing to do */
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
    *request = (struct request){ .is_used = true, .is_follow = message->is_follow, .number = message->request, .slot = slot, .position = position, .until = end };
    return true;
}

static void connection_ready(struct watched *self, uint32_t events)
{
    struct connection *connection = (struct connection *)self;
    if (!connection->is_open || !(events & ~(uint32_t)EPOLLOUT))
        return;
    ssize_t size = CALL(read, connection->fd, connection->input + connection->input_size, INPUT - connection->input_size);
    if (size < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    bool is_good = size > 0;
    size_t at = 0, used = 0;
    connection->input_size += is_good ? (size_t)size : 0;
    while (is_good) {
        struct frame frame;
        struct reader_message message;
        enum frame_result result = frame_next(reader_rules, connection->input + at, connection->input_size - at, &frame, &used);
        if (result == FRAME_INCOMPLETE)
            break;
        is_good = result == FRAME_COMPLETE && reader_message_of(frame, &message) && handle(connection, &message);
        at += used;
    }
    if (!is_good) {
        drop(connection);
        return;
    }
    memmove(connection->input, connection->input + at, connection->input_size - at);
    connection->input_size -= at;
}

static bool is_allowed(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return CALL(getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == allowed || peer.uid == 0 || peer.uid == geteuid());
}

static void listener_ready(struct watched *self, uint32_t events)
{
    (void)self;
    (void)events;
    int fd = CALL(accept4, LISTENER, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
        loop_watch(LISTENER, &listener, &listener_events, 0); /* it would be ready for ever */
        loop_wake_at(loop_now() + AGAIN);
    }
    if (fd < 0)
        return;
    struct connection *connection = NULL;
    for (size_t i = 0; i < CONNECTIONS && !connection; i++)
        connection = connections[i].is_open ? NULL : &connections[i];
    if (!connection || !is_allowed(fd)) {
        CALL(close, fd);
        return;
    }
    memset(connection, 0, offsetof(struct connection, input));
    connection->watched.ready = connection_ready;
    connection->writer = (struct frame_writer){ .buffer = connection->output, .capacity = OUTPUT };
    connection->fd = fd;
    connection->is_open = true;
    if (!loop_watch(fd, &connection->watched, &connection->events, EPOLLIN))
        drop(connection);
}
