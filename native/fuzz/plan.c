/* The plan validator: any bytes are refused, or a table of which every pointer is inside of them. */
#include "plan.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const struct service *service, const uint8_t *data, size_t size)
{
    for (int role = 0; role < ROLES; role++) {
        const struct program *program = &service->program[role];
        if (!program->length)
            continue;
        struct fields ops = { .at = program->ops, .end = program->ops + program->length };
        struct values values;
        uint8_t type = 0;
        if (program->ops < data || program->ops + program->length > data + size)
            abort();
        while (program_next(&ops, &type, &values))
            for (uint32_t i = 0; type == OP_EXEC && i < values.list[1].count; i++)
                if (strlen(field_text(&values.list[1].items).bytes) > size)
                    abort();
        if (type != OP_EXEC || !fields_end(&ops))
            abort(); /* the child would run out of its program */
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct plan plan;
    struct identity identity;
    struct frame piece;
    const uint8_t *at = NULL;
    size_t offset;
    uint32_t identities = 0, bytes = 0;
    if (plan_decode(data, size, &plan, &offset)) {
        if (offset > size || plan.service)
            abort();
        return 0;
    }
    for (uint32_t i = 0; i < plan.services; i++)
        look(&plan.service[i], data, size);
    while (plan_identity(&plan, &at, &identity))
        identities++;
    at = NULL;
    while (plan_description(&plan, &at, &piece))
        bytes += piece.length;
    if (identities != plan.identities || bytes != plan.json_bytes)
        abort();
    plan_free(&plan);
    return 0;
}
