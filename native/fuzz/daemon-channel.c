/* What the daemon may send: any bytes are messages of the table, decoded to their last byte, or the daemon's end. */
#include "launcher.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame frame;
    struct values values;
    size_t used;
    policy_begin();
    while (frame_next(policy_rules, data, size, &frame, &used) == FRAME_COMPLETE) {
        if (policy_decode(frame, &values))
            for (int i = 0; i < 2; i++)
                if (values.list[i].count > frame.length / 4 || values.text[i].length > frame.length)
                    abort();
        data += used;
        size -= used;
    }
    return 0;
}
