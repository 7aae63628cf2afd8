/* A file is finished by the line that brings it to the rotate size; a line is split only when it is itself as long as that. */
#include "logger.h"

enum { LARGEST_DELAY = 5000, ROTATE_PATIENCE = 3000, ROTATE_AGAIN = 10000 };

/* Changes to the next file as soon as that splits no line. */
static void try_switch(struct slot *slot)
{
    bool is_in_line = slot->line_size > 0 && (slot->rotate_size == 0 || slot->line_size < slot->rotate_size);
    if (slot->next_file < 0 || (slot->file >= 0 && is_in_line))
        return;
    if (slot->is_rotating)
        channel_owe(slot, EVENT_ROTATED, slot->file_size, 0);
    if (slot->file >= 0)
        CALL(close, slot->file);
    off_t size = CALL(lseek, slot->next_file, 0, SEEK_END);
    slot->file = slot->next_file;
    slot->file_size = size > 0 ? (uint64_t)size : 0;
    slot->line_size = 0;
    slot->next_file = -1;
    slot->is_rotating = false;
}

static void wrote(struct slot *slot, const uint8_t *data, size_t size)
{
    const uint8_t *newline = memrchr(data, '\n', size);
    slot->file_size += size;
    slot->line_size = newline ? (size_t)(data + size - 1 - newline) : slot->line_size + size;
    slot->written += size;
    slot->retry_delay = 0;
    try_switch(slot);
    bool is_due = slot->rotate_size > 0 && slot->file_size >= slot->rotate_size && now() >= slot->rotate_after;
    if (!is_due || slot->is_rotating || slot->next_file >= 0)
        return;
    slot->is_rotating = true;
    slot->paused_until = now() + ROTATE_PATIENCE;
    wake_at(slot->paused_until);
    channel_owe(slot, EVENT_ROTATE, 0, 0);
}

static bool failed(struct slot *slot, int error)
{
    slot->retry_delay = slot->retry_delay == 0 ? AGAIN : slot->retry_delay < LARGEST_DELAY / 2 ? slot->retry_delay * 2 : LARGEST_DELAY;
    slot->retry_at = now() + slot->retry_delay;
    wake_at(slot->retry_at);
    if (!slot->is_full)
        channel_owe(slot, EVENT_DISK_FULL, 0, error);
    slot->is_full = true;
    return false;
}

/* False if not everything could be written. */
static bool write_all(struct slot *slot, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const uint8_t *newline = slot->next_file < 0 ? NULL : memchr(data, '\n', size); /* the rest goes to the next file */
        ssize_t count = CALL(write, slot->file, data, newline ? (size_t)(newline - data) + 1 : size);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            return failed(slot, count < 0 ? errno : ENOSPC);
        wrote(slot, data, (size_t)count);
        data += count;
        size -= (size_t)count;
    }
    if (slot->is_full && slot->written >= slot->ring.end) {
        slot->is_full = false;
        channel_owe(slot, EVENT_DISK_BACK, 0, 0);
        sink_lose(slot, 0);
    }
    return true;
}

bool sink_flush(struct slot *slot)
{
    const uint8_t *piece = NULL;
    for (size_t size; (size = ring_piece(&slot->ring, slot->written, &piece)) > 0;)
        if (!write_all(slot, piece, size))
            return false;
    return true;
}

void sink_append(struct slot *slot, const uint8_t *data, size_t size)
{
    if (sink_flush(slot))
        write_all(slot, data, size);
}

void sink_lose(struct slot *slot, uint64_t first_kept)
{
    uint64_t lost = first_kept > slot->written ? first_kept - slot->written : 0;
    slot->written += lost;
    slot->lost += lost;
    slot->amounts[EVENT_LOST] += lost;
    if (!slot->is_full && slot->amounts[EVENT_LOST] > 0) /* while the disk is full it is only counted */
        channel_owe(slot, EVENT_LOST, 0, 0);
}

void sink_file(struct slot *slot, int file, int error)
{
    slot->paused_until = 0;
    if (error != 0) {
        slot->is_rotating = false;
        slot->rotate_after = now() + ROTATE_AGAIN;
        channel_owe(slot, EVENT_ROTATION_FAILED, 0, error);
        return;
    }
    if (slot->next_file >= 0)
        CALL(close, slot->next_file);
    slot->next_file = file;
    slot->retry_at = 0;
    try_switch(slot);
}

void sink_close(struct slot *slot)
{
    if (slot->file >= 0)
        CALL(close, slot->file);
    if (slot->next_file >= 0)
        CALL(close, slot->next_file);
    slot->file = slot->next_file = -1;
}

size_t sink_room(const struct slot *slot, size_t most)
{
    uint64_t used = slot->next_file < 0 ? slot->file_size : 0;
    uint64_t room = slot->rotate_size > used ? slot->rotate_size - used : most;
    return room < most ? (size_t)room : most;
}
