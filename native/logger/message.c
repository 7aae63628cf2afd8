/* See docs/protocol.md, sections 7 and 8. */
#include "logger.h"

const struct frame_rule launcher_rules[] = {
    { OPEN, 27, LARGEST_OPEN, "OPEN" }, { FILE_AGAIN, 8, 8, "FILE" }, { STARTED, 4, 4, "STARTED" }, { CLOSE, 4, 4, "CLOSE" },
    { CLEAR, 4, 4, "CLEAR" },           { FINISH, 0, 0, "FINISH" },   { 0, 0, 0, NULL },
};
const struct frame_rule reader_rules[] = { { READ, 13, 13, "READ" }, { STOP, 4, 4, "STOP" }, { 0, 0, 0, NULL } };

bool launcher_message_of(struct frame frame, struct launcher_message *out)
{
    struct fields fields = fields_of(frame);
    *out = (struct launcher_message){ .type = frame.type, .slot = frame.type == FINISH ? 0 : field_u32(&fields) };
    if (frame.type == FILE_AGAIN)
        out->error = field_i32(&fields);
    if (frame.type != OPEN)
        return fields_end(&fields) && out->error >= 0;
    field_text(&fields); /* the name is for people who look at the channel */
    out->log = field_u8(&fields);
    out->buffer = field_u32(&fields);
    out->timestamps = field_u8(&fields);
    out->rotate_size = field_u64(&fields);
    field_u32(&fields); /* how many old files to keep is the launcher's business */
    bool has_place = out->slot < MAX_SLOTS || out->slot == OWN_SLOT;
    return fields_end(&fields) && has_place && (out->log == LOG_FILE || out->log == LOG_BUFFER) && out->timestamps <= 1;
}

bool reader_message_of(struct frame frame, struct reader_message *out)
{
    struct fields fields = fields_of(frame);
    *out = (struct reader_message){ .type = frame.type, .request = field_u32(&fields) };
    if (frame.type == READ) {
        out->slot = field_u32(&fields);
        out->last = field_u32(&fields);
        out->follow = field_u8(&fields);
    }
    return fields_end(&fields) && out->follow <= 1;
}
