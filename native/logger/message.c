/* See message.h. */
#include "message.h"

const struct frame_rule launcher_rules[] = {
    { MESSAGE_OPEN, 27, OPEN_LARGEST, "OPEN" }, { MESSAGE_FILE, 8, 8, "FILE" },   { MESSAGE_STARTED, 4, 4, "STARTED" },
    { MESSAGE_CLOSE, 4, 4, "CLOSE" },           { MESSAGE_CLEAR, 4, 4, "CLEAR" }, { MESSAGE_FINISH, 0, 0, "FINISH" },
    { 0, 0, 0, NULL },
};

const struct frame_rule reader_rules[] = {
    { MESSAGE_READ, READ_SIZE, READ_SIZE, "READ" },
    { MESSAGE_STOP, 4, 4, "STOP" },
    { 0, 0, 0, NULL },
};

bool launcher_message_of(struct frame frame, struct launcher_message *out)
{
    struct fields fields = fields_of(frame);
    bool valid = true;
    *out = (struct launcher_message){ .type = frame.type };
    if (frame.type != MESSAGE_FINISH)
        out->slot = field_u32(&fields);
    if (frame.type == MESSAGE_FILE) {
        out->error = field_i32(&fields);
        valid = out->error >= 0;
    }
    if (frame.type == MESSAGE_OPEN) {
        field_text(&fields); /* the name is for people who look at the channel */
        uint8_t log = field_u8(&fields);
        out->log = log == LOG_FILE ? LOG_FILE : LOG_BUFFER;
        out->buffer = field_u32(&fields);
        uint8_t timestamps = field_u8(&fields);
        out->has_timestamps = timestamps == 1;
        out->rotate_size = field_u64(&fields);
        field_u32(&fields); /* how many old files to keep is the launcher's business */
        valid = (log == LOG_FILE || log == LOG_BUFFER) && timestamps <= 1;
    }
    return fields_end(&fields) && valid;
}

bool reader_message_of(struct frame frame, struct reader_message *out)
{
    struct fields fields = fields_of(frame);
    uint8_t follow = 0;
    *out = (struct reader_message){ .type = frame.type, .request = field_u32(&fields) };
    if (frame.type == MESSAGE_READ) {
        out->slot = field_u32(&fields);
        out->last = field_u32(&fields);
        follow = field_u8(&fields);
        out->is_follow = follow == 1;
    }
    return fields_end(&fields) && follow <= 1;
}
