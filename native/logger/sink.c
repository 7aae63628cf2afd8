/* A file is finished by the line that brings it to the rotate size; a line is split only when it is itself as long as that. */
#include "logger.h"

enum { ROTATE_PATIENCE = 3000, ROTATE_AGAIN = 10000 };

/* Changes to the next file as soon as that splits no line. */
static void try_switch(struct slot *slot)
{
    bool is_in_line = slot->line_size > 0 && (slot->rotate_size == 0 || slot->line_size < slot->rotate_size);
    if (slot->next_file < 0 || (slot->file >= 0 && is_in_line))
        return;
    if (slot->is_rotating)
        tell(slot, EVENT_ROTATED, slot->file_size, 0);
    shut(slot->file);
    slot->file = slot->next_file;
    off_t size = CALL(lseek, slot->file, 0, SEEK_END);
    slot->file_size = size > 0 ? (uint64_t)size : 0;
    slot->line_size = 0;
    slot->next_file = -1;
    slot->is_rotating = false;
}

void sink_file(struct slot *slot, int file, int error)
{
    slot->rotate_at = error ? now + ROTATE_AGAIN : 0;
    if (error) {
        slot->is_rotating = false;
        tell(slot, EVENT_ROTATION_FAILED, 0, error);
        return;
    }
    shut(slot->next_file);
    slot->next_file = file;
    try_switch(slot);
}

static void wrote(struct slot *slot, const uint8_t *data, size_t size)
{
    const uint8_t *newline = memrchr(data, '\n', size);
    slot->file_size += size;
    slot->line_size = newline ? (size_t)(data + size - 1 - newline) : slot->line_size + size;
    slot->written += size;
    try_switch(slot);
    bool is_finished = slot->rotate_size > 0 && slot->file_size >= slot->rotate_size;
    if (!is_finished || slot->is_rotating || slot->next_file >= 0 || now < slot->rotate_at)
        return;
    slot->is_rotating = tell(slot, EVENT_ROTATE, 0, 0);
    slot->rotate_at = now + ROTATE_PATIENCE;
}

bool sink_write(struct slot *slot, const uint8_t *data, size_t size)
{
    for (ssize_t count; size > 0; data += count, size -= (size_t)count) {
        const uint8_t *newline = slot->next_file < 0 ? NULL : memchr(data, '\n', size); /* the rest goes to the next file */
        count = CALL(write, slot->file, data, newline ? (size_t)(newline + 1 - data) : size);
        if (count <= 0) {
            if (!slot->is_full)
                tell(slot, EVENT_DISK_FULL, 0, count < 0 ? errno : ENOSPC);
            slot->is_full = true;
            again();
            return false;
        }
        wrote(slot, data, (size_t)count);
    }
    if (slot->is_full && slot->written >= slot->ring.end) {
        slot->is_full = false;
        tell(slot, EVENT_DISK_BACK, 0, 0);
    }
    return true;
}

bool sink_flush(struct slot *slot)
{
    const uint8_t *piece = NULL;
    for (size_t size; (size = ring_piece(&slot->ring, slot->written, &piece)) > 0;)
        if (!sink_write(slot, piece, size))
            return false;
    return true;
}

void sink_lose(struct slot *slot, uint64_t first_kept)
{
    slot->lost += slot->written < first_kept ? first_kept - slot->written : 0;
    slot->written = slot->written < first_kept ? first_kept : slot->written;
    if (!slot->is_full && slot->lost > slot->told && tell(slot, EVENT_LOST, slot->lost - slot->told, 0)) /* while it is full they are only counted */
        slot->told = slot->lost;
}
