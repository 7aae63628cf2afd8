/* The frame codec: any bytes are frames within the table, an unfinished one, or an error inside the data. */
#include "frame.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct frame_rule rules[] = { { 1, 0, 0, "EMPTY" }, { 2, 0, 4, "SHORT" }, { 3, 4, 4, "EXACT" }, { 255, 1, 65536, "LARGE" }, { 0, 0, 0, NULL } };
    struct frame frame, nested;
    size_t used;
    enum frame_result result;
    while ((result = frame_next(rules, data, size, &frame, &used)) == FRAME_COMPLETE) {
        const struct frame_rule *rule = frame_rule_of(rules, frame.type);
        if (used > size || used != frame.length + FRAME_OVERHEAD || !rule || frame.length < rule->smallest || frame.length > rule->largest)
            abort();
        struct fields fields = fields_of(frame);
        while (field_frame(&fields, rules, &nested))
            if (nested.payload < frame.payload || nested.payload + nested.length > frame.payload + frame.length)
                abort();
        fields = fields_of(frame);
        struct text text = field_text(&fields);
        if (text.bytes[text.length] != 0)
            abort();
        data += used;
        size -= used;
    }
    if (result == FRAME_BAD && used >= size)
        abort();
    return 0;
}
