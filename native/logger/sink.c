/* A file is finished by the line that brings it to the rotate size; a line is split only when it is itself as long as that. */
#include "logger.h"

enum { FIRST_DELAY = 100, LARGEST_DELAY = 5000, ROTATE_PATIENCE = 1000, ROTATE_AGAIN = 10000 };

static void switch_file(struct slot *slot)
{
    uint64_t finished = slot->file_size;
    if (slot->file >= 0)
        CALL(close, slot->file);
    slot->file = slot->next_file;
    slot->file_size = slot->next_file_size;
    slot->next_file = -1;
    slot->line_size = 0;
    if (slot->is_rotating)
        channel_owe(slot, EVENT_ROTATED, finished, 0);
    slot->is_rotating = false;
}

/* Changes to the next file as soon as that splits no line. */
static void try_switch(struct slot *slot)
{
    bool is_in_line = slot->line_size > 0 && (slot->rotate_size == 0 || slot->line_size < slot->rotate_size);
    if (slot->next_file >= 0 && (slot->file < 0 || !is_in_line))
        switch_file(slot);
}

static void ask_for_rotation(struct slot *slot)
{
    slot->is_rotating = true;
    slot->paused_until = now() + ROTATE_PATIENCE;
    wake_at(slot->paused_until);
    channel_owe(slot, EVENT_ROTATE, 0, 0);
}

static void wrote(struct slot *slot, const uint8_t *data, size_t size)
{
    const uint8_t *newline = memrchr(data, '\n', size);
    slot->file_size += size;
    slot->line_size = newline ? (size_t)(data + size - 1 - newline) : slot->line_size + size;
    slot->written += size;
    slot->retry_delay = 0;
    try_switch(slot);
    if (slot->rotate_size && slot->file_size >= slot->rotate_size && !slot->is_rotating && slot->next_file < 0 && now() >= slot->rotate_after)
        ask_for_rotation(slot);
}

static void failed(struct slot *slot, int error)
{
    slot->retry_delay = slot->retry_delay == 0 ? FIRST_DELAY : slot->retry_delay < LARGEST_DELAY / 2 ? slot->retry_delay * 2 : LARGEST_DELAY;
    slot->retry_at = now() + slot->retry_delay;
    wake_at(slot->retry_at);
    if (!slot->is_full)
        channel_owe(slot, EVENT_DISK_FULL, 0, error);
    slot->is_full = true;
}

/* False if not everything could be written. */
static bool write_all(struct slot *slot, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const uint8_t *newline = slot->next_file < 0 ? NULL : memchr(data, '\n', size); /* the rest goes to the next file */
        size_t part = newline ? (size_t)(newline - data) + 1 : size;
        ssize_t count = slot->file < 0 ? (errno = EBADF, -1) : CALL(write, slot->file, data, part);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0) {
            failed(slot, count < 0 ? errno : ENOSPC);
            return false;
        }
        wrote(slot, data, (size_t)count);
        data += count;
        size -= (size_t)count;
    }
    return true;
}

static void recovered(struct slot *slot)
{
    if (!slot->is_full)
        return;
    slot->is_full = slot->is_losing = false;
    channel_owe(slot, EVENT_DISK_BACK, 0, 0);
    if (slot->amounts[EVENT_LOST] > 0)
        channel_owe(slot, EVENT_LOST, 0, 0);
}

bool sink_flush(struct slot *slot)
{
    const uint8_t *piece = NULL;
    bool has_written = false;
    for (size_t size; (size = ring_piece(&slot->ring, slot->written, &piece)) > 0; has_written = true)
        if (!write_all(slot, piece, size))
            return false;
    if (has_written)
        recovered(slot);
    return true;
}

void sink_append(struct slot *slot, const uint8_t *data, size_t size)
{
    if (sink_flush(slot) && write_all(slot, data, size))
        recovered(slot);
}

void sink_count_lost(struct slot *slot, uint64_t first_kept)
{
    if (slot->written >= first_kept)
        return;
    uint64_t lost = first_kept - slot->written;
    slot->written = first_kept;
    slot->lost += lost;
    slot->amounts[EVENT_LOST] += lost;
    if (!slot->is_losing)
        channel_owe(slot, EVENT_LOST, 0, 0);
    slot->is_losing = true; /* the rest is told when the disk is back, or at the end */
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
    off_t size = CALL(lseek, file, 0, SEEK_END); /* a terminal or a FIFO has none */
    slot->next_file = file;
    slot->next_file_size = size > 0 ? (uint64_t)size : 0;
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
    uint64_t used = slot->next_file < 0 ? slot->file_size : slot->next_file_size;
    uint64_t room = slot->rotate_size > used ? slot->rotate_size - used : most;
    return room < most ? (size_t)room : most;
}
