/* See logger.h. */
#include "logger.h"
#include <fcntl.h>

enum { CHUNK = 65536, LARGEST_PIPE = 1 << 20 };

static struct slot slots[MAX_SLOTS + 1]; /* by number + 1, so that OWN_SLOT is the first; touched as far as it is used */
static uint32_t used;

struct slot *slot_find(uint32_t number)
{
    uint32_t index = number + 1;
    return index <= MAX_SLOTS && slots[index].is_open ? &slots[index] : NULL;
}

uint32_t slot_number(const struct slot *slot) { return (uint32_t)(slot - slots) - 1; }

void slots_each(void (*visit)(struct slot *slot))
{
    for (uint32_t i = 0; i < used; i++)
        if (slots[i].is_open)
            visit(&slots[i]);
}

static bool is_pending(const struct slot *slot) { return slot->is_open && slot->log == LOG_FILE && slot->written < slot->ring.end; }

bool slots_are_pending(void)
{
    uint32_t i = 0;
    while (i < used && !is_pending(&slots[i]))
        i++;
    return i < used;
}

uint64_t slot_oldest(const struct slot *slot) { return slot->ring.begin > slot->cleared ? slot->ring.begin : slot->cleared; }

static void rewatch(struct slot *slot)
{
    if (slot->pipe >= 0)
        watch(slot->pipe, slot_number(slot) + 1, &slot->events, slot->paused_until ? 0 : EPOLLIN);
}

static void close_pipe(struct slot *slot)
{
    if (slot->pipe < 0)
        return;
    watch(slot->pipe, slot_number(slot) + 1, &slot->events, 0); /* the launcher has the pipe too, so closing it does not suffice */
    CALL(close, slot->pipe);
    slot->pipe = -1;
    slot->events = 0;
}

static void append(struct slot *slot, const uint8_t *data, size_t size)
{
    if (slot->log == LOG_FILE)
        sink_append(slot, data, size);
    ring_append(&slot->ring, data, size);
    if (slot->log == LOG_FILE)
        sink_lose(slot, slot->ring.begin);
}

/* Each line gets the time at which its first byte was read. */
static void append_stamped(struct slot *slot, const uint8_t *data, size_t size, bool is_mid_line)
{
    static uint8_t lines[CHUNK];
    char stamp[STAMP_SIZE + 1];
    size_t length = 0;
    stamp_now(stamp);
    while (size > 0) {
        if (sizeof lines - length <= STAMP_SIZE) {
            append(slot, lines, length);
            length = 0;
        }
        if (!is_mid_line) {
            memcpy(lines + length, stamp, STAMP_SIZE);
            length += STAMP_SIZE;
        }
        size_t most = sizeof lines - length < size ? sizeof lines - length : size;
        const uint8_t *newline = memchr(data, '\n', most);
        size_t part = newline ? (size_t)(newline - data) + 1 : most;
        memcpy(lines + length, data, part);
        length += part;
        data += part;
        size -= part;
        is_mid_line = !newline;
    }
    append(slot, lines, length);
}

static void take(struct slot *slot, const void *data, size_t size)
{
    if (slot->has_timestamps)
        append_stamped(slot, data, size, slot->is_mid_line);
    else
        append(slot, data, size);
    slot->is_mid_line = ((const uint8_t *)data)[size - 1] != '\n';
}

static size_t read_once(struct slot *slot)
{
    static uint8_t chunk[CHUNK];
    ssize_t size = slot->pipe < 0 ? -1 : CALL(read, slot->pipe, chunk, slot->log == LOG_FILE ? sink_room(slot, sizeof chunk) : sizeof chunk);
    if (size > 0)
        take(slot, chunk, (size_t)size);
    if (size == 0) /* nobody can write any more */
        close_pipe(slot);
    return size > 0 ? (size_t)size : 0;
}

void slot_ready(uint32_t tag)
{
    if (slots[tag].events == 0) /* closed in this very turn */
        return;
    read_once(&slots[tag]);
    rewatch(&slots[tag]);
}

void slot_drain(struct slot *slot)
{
    for (size_t total = 0, size; total < LARGEST_PIPE && (size = read_once(slot)) > 0;)
        total += size;
}

static void open_pipe(struct slot *slot, int pipe)
{
    int flags = CALL(fcntl, pipe, F_GETFL);
    slot->pipe = pipe;
    if (flags < 0 || CALL(fcntl, pipe, F_SETFL, flags | O_NONBLOCK) != 0) {
        channel_owe(slot, EVENT_LOST, 0, pipe < 0 ? EMFILE : errno);
        close_pipe(slot);
    }
    rewatch(slot);
}

void slot_open(const struct launcher_message *open, int pipe, int file)
{
    uint32_t index = open->slot + 1;
    struct slot *slot = &slots[index];
    if (slot->is_open) { /* with new settings: what is in the ring stays */
        slot_drain(slot);
        close_pipe(slot);
        sink_close(slot);
    } else
        *slot = (struct slot){ .is_open = true, .file = -1, .next_file = -1 };
    used = index >= used ? index + 1 : used;
    int error = ring_resize(&slot->ring, open->buffer);
    if (error != 0)
        channel_owe(slot, EVENT_LOST, 0, error);
    if (slot->log == LOG_FILE)
        sink_lose(slot, open->log == LOG_FILE ? slot->ring.begin : slot->ring.end);
    slot->written = slot->log == LOG_FILE ? slot->written : slot->ring.end;
    slot->log = open->log;
    slot->has_timestamps = open->timestamps;
    slot->rotate_size = open->rotate_size;
    slot->is_rotating = slot->is_full = false;
    slot->paused_until = slot->line_size = 0;
    if (file >= 0)
        sink_file(slot, file, 0);
    open_pipe(slot, pipe);
}

void slot_started(struct slot *slot)
{
    static const char restarted[] = "(reeve: note: service restarted)\n";
    slot_drain(slot);
    bool is_empty = slot->log == LOG_BUFFER && slot->ring.end == slot_oldest(slot);
    if (slot->is_mid_line && !is_empty)
        take(slot, "\n", 1);
    if (slot->log == LOG_BUFFER && !is_empty)
        take(slot, restarted, sizeof restarted - 1);
    slot->is_mid_line = false;
}

void slot_close(struct slot *slot)
{
    slot_drain(slot);
    close_pipe(slot);
    if (slot->log == LOG_FILE && !sink_flush(slot))
        sink_lose(slot, slot->ring.end);
    if (slot->amounts[EVENT_LOST] > 0)
        channel_owe(slot, EVENT_LOST, 0, 0);
    sink_close(slot);
    readers_pump();
    ring_resize(&slot->ring, 0);
    slot->is_open = false;
}

void slot_tick(struct slot *slot)
{
    if (now() >= slot->paused_until)
        slot->paused_until = 0;
    else
        wake_at(slot->paused_until);
    if (is_pending(slot) && now() >= slot->retry_at)
        sink_flush(slot);
    if (is_pending(slot))
        wake_at(slot->retry_at);
    channel_report(slot);
    rewatch(slot);
}
