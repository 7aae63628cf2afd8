/* A connection's output is one frame, and the next when all of it is gone. Requests know only their position in the log, and take turns. */
#include "logger.h"
#include <sys/socket.h>

enum { CONNECTIONS = 8, REQUESTS = 64, AT_ONCE = 4 * REQUESTS, LARGEST_DATA = 65536, OUTPUT = LARGEST_DATA + FRAME_OVERHEAD + 12 };

const struct frame_rule reader_rules[] = { { READ, 13, 13, "READ" }, { STOP, 4, 4, "STOP" }, { 0, 0, 0, NULL } };
uid_t readers_uid;

struct request {
    bool is_used;
    int error; /* no such log */
    uint32_t number, slot;
    uint64_t position, until; /* until: where it ends, UINT64_MAX = it follows */
};

static struct connection {
    struct source source; /* fd 0 or -1 = there is none */
    struct frame_writer output;
    size_t turn; /* the request that is served next */
    struct request requests[REQUESTS];
} connections[CONNECTIONS];
static uint8_t output_bytes[CONNECTIONS][OUTPUT];

bool reader_message(struct frame frame, struct values *out)
{
    return decode(frame, frame.type == READ ? "4441" : "4", out) && out->number[3] <= 1;
}

/* One DATA, or END. False if there was nothing to put. */
static bool put_next(struct frame_writer *writer, struct request *request)
{
    const uint8_t *piece = NULL;
    const struct slot *slot = slot_find(request->slot);
    if (!request->is_used)
        return false;
    if (!slot || request->position >= request->until) {
        frame_begin(writer, END);
        put_layout(writer, "448", (const uint64_t[]){ request->number, (uint32_t)request->error, slot ? slot->lost : 0 });
        request->is_used = false;
        return frame_end(writer);
    }
    if (request->position < slot->ring.begin || request->position > slot->ring.end)
        request->position = slot->ring.begin;
    size_t size = least(ring_piece(&slot->ring, request->position, &piece), least(request->until - request->position, LARGEST_DATA));
    if (size == 0)
        return false;
    frame_begin(writer, DATA);
    put_layout(writer, "48", (const uint64_t[]){ request->number, request->position });
    put_bytes(writer, piece, size);
    request->position += size;
    return frame_end(writer);
}

/* As much as the socket takes, but not for ever: then the services have their turn. */
static void pump(struct connection *connection)
{
    int fd = connection->source.fd, error = send_frames(fd, &connection->output);
    size_t idle = 0;
    for (size_t i = 0; i < AT_ONCE && idle < REQUESTS && !error; i++) {
        idle = put_next(&connection->output, &connection->requests[connection->turn]) ? 0 : idle + 1;
        connection->turn = (connection->turn + 1) % REQUESTS;
        error = send_frames(fd, &connection->output);
    }
    if (error == 0 || error == EAGAIN || error == EINTR)
        watch(&connection->source, idle < REQUESTS ? EPOLLIN | EPOLLOUT : EPOLLIN);
    else
        unwatch(&connection->source);
}

void readers_pump(void)
{
    for (size_t i = 0; i < CONNECTIONS; i++)
        if (connections[i].source.fd > 0)
            pump(&connections[i]);
}

/* False: this reader is confused, or asks for too much. */
static bool handle(struct connection *connection, uint8_t type, const uint64_t *message)
{
    struct request *request = connection->requests, *end = request + REQUESTS, *unused = NULL;
    for (; request < end && !(request->is_used && request->number == message[0]); request++)
        unused = request->is_used ? unused : request;
    if (type == STOP && request < end)
        request->until = 0;
    if (type == STOP) /* of one that has just ended by itself: nothing to do */
        return true;
    if (request < end || !unused)
        return false;
    const struct slot *slot = slot_find(message[1]);
    uint64_t last = slot ? slot->ring.end : 0, held = slot ? last - slot->ring.begin : 0;
    uint64_t position = last - (message[2] ? least(held, message[2]) : held), until = message[3] ? UINT64_MAX : last;
    *unused = (struct request){ true, slot ? 0 : ENOENT, (uint32_t)message[0], (uint32_t)message[1], position, until };
    return true;
}

static void connection_ready(struct source *source)
{
    struct frame frame;
    struct values message;
    enum received received = receive(source->fd, reader_rules, &frame, NULL);
    if (received == RECEIVED && reader_message(frame, &message) && handle((struct connection *)source, frame.type, message.number))
        return;
    if (received != NOTHING)
        unwatch(source);
}

static bool is_allowed(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;
    return CALL(getsockopt, fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == readers_uid || peer.uid == 0 || peer.uid == geteuid());
}

static void listener_ready(struct source *source)
{
    size_t i = 0;
    while (i < CONNECTIONS && connections[i].source.fd > 0)
        i++;
    int fd = CALL(accept4, source->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) { /* it might be ready for ever */
        watch(source, 0);
        again();
    } else if (i == CONNECTIONS || !is_allowed(fd))
        shut(fd);
    else {
        connections[i] = (struct connection){ .source = { fd, 0, connection_ready }, .output = { .buffer = output_bytes[i], .capacity = OUTPUT } };
        watch(&connections[i].source, EPOLLIN);
    }
}

struct source listener = { 4, 0, listener_ready };
