/* See plan.h. */
#include "plan.h"
#include "call.h"
#include <string.h>
#include <sys/mman.h>

enum { PLAN = 1, IDENTITY, SERVICE, DESCRIPTIONS, END, PROGRAM = 0x10, SOCKET, LOG, PIDFILE, CONSUMES, FLAGS, READINESS, LARGEST = 1 << 20 };

static const struct frame_rule plan_rules[] = {
    { PLAN, 48, 64, "PLAN" },
    { IDENTITY, 46, 4352, "IDENTITY" },
    { SERVICE, 5, LARGEST, "SERVICE" },
    { DESCRIPTIONS, 0, 65536, "DESCRIPTIONS" },
    { END, 0, 0, "END" },
    { 0, 0, 0, NULL },
};

static const struct frame_rule service_rules[] = {
    { PROGRAM, 1, LARGEST, "PROGRAM" },   { SOCKET, 7, LARGEST, "SOCKET" }, { LOG, 35, LARGEST, "LOG" },
    { PIDFILE, 9, LARGEST, "PIDFILE" },   { CONSUMES, 5, LARGEST, "CONSUMES" }, { FLAGS, 4, 4, "FLAGS" },
    { READINESS, 9, LARGEST, "READINESS" }, { 0, 0, 0, NULL },
};

static const struct frame_rule op_rules[] = {
    { OP_CHDIR, 5, LARGEST, "CHDIR" },
    { OP_UMASK, 4, 4, "UMASK" },
    { OP_RLIMIT, 21, 21, "RLIMIT" },
    { OP_NICE, 4, 4, "NICE" },
    { OP_IOPRIO, 4, 4, "IOPRIO" },
    { OP_OOM_SCORE_ADJ, 4, 4, "OOM_SCORE_ADJ" },
    { OP_GROUPS, 4, LARGEST, "GROUPS" },
    { OP_GID, 4, 4, "GID" },
    { OP_UID, 4, 4, "UID" },
    { OP_NO_NEW_PRIVS, 0, 0, "NO_NEW_PRIVS" },
    { OP_STREAMS, 1, 1, "STREAMS" },
    { OP_SETSID, 0, 0, "SETSID" },
    { OP_ENV_CLEAR, 0, 0, "ENV_CLEAR" },
    { OP_ENV_UNSET, 5, LARGEST, "ENV_UNSET" },
    { OP_ENV_IMPORT, 5, LARGEST, "ENV_IMPORT" },
    { OP_ENV_SET, 5, LARGEST, "ENV_SET" },
    { OP_EXEC, 8, LARGEST, "EXEC" },
    { OP_OPEN_LOG, 0, 0, "OPEN_LOG" },
    { OP_OPEN_SOCKET, 0, 0, "OPEN_SOCKET" },
    { OP_PASS_DESCRIPTORS, 0, 0, "PASS_DESCRIPTORS" },
    { 0, 0, 0, NULL },
};

static const char *const op_layouts[] = { "s", "4", "4188", "4", "4", "4", "L", "4", "4", "", "1", "", "", "s", "s", "s", "SS", "", "", "" };

bool program_next(struct fields *ops, uint8_t *type, struct values *out)
{
    struct frame frame;
    if (!field_frame(ops, op_rules, &frame))
        return false;
    *type = frame.type;
    ops->bad = !decode(frame, op_layouts[frame.type - OP_CHDIR], out);
    return !ops->bad;
}

static bool is_op_sound(uint8_t type, struct values *v)
{
    switch (type) {
    case OP_UMASK: return (v->number[0] & ~0777ULL) == 0;
    case OP_RLIMIT: return v->number[1] >= 1 && v->number[1] <= 3;
    case OP_STREAMS: return v->number[0] <= 1;
    case OP_ENV_SET: return strchr(v->text[0].bytes, '=') > v->text[0].bytes;
    case OP_ENV_UNSET:
    case OP_ENV_IMPORT: return v->text[0].length > 0 && !strchr(v->text[0].bytes, '=');
    case OP_EXEC: return v->list[0].count > 0 && v->list[1].count > 0 && v->list[1].count <= MAX_ARGUMENTS;
    default: return true;
    }
}

/* A program is its ops, and the last of them, and no other, is EXEC. */
static bool program_of(struct frame frame, struct service *service)
{
    struct fields fields = fields_of(frame);
    struct values values;
    uint8_t role = field_u8(&fields), type = 0;
    if (role >= ROLES || service->program[role].length)
        return false;
    struct program program = { .ops = fields.at, .length = frame.length - 1 };
    for (uint32_t i = 0; type != OP_EXEC && program_next(&fields, &type, &values); i++) {
        struct step step = { i, type };
        if (!is_op_sound(type, &values))
            return false;
        if (type == OP_STREAMS)
            program.streams_kind = (uint8_t)values.number[0];
        *(type == OP_OPEN_LOG ? &program.open_log : type == OP_OPEN_SOCKET ? &program.open_socket : type == OP_STREAMS ? &program.streams : &step) = step;
    }
    service->program[role] = program;
    return type == OP_EXEC && fields_end(&fields);
}

static bool socket_of(struct frame frame, struct socket_spec *out)
{
    struct fields fields = fields_of(frame);
    struct values v = { 0 };
    out->family = field_u8(&fields);
    if (out->family == SOCKET_UNIX) {
        read_layout(&fields, "s444", &v);
        out->path = v.text[0].bytes;
        out->mode = (uint32_t)v.number[0];
        out->uid = (int32_t)v.number[1];
        out->gid = (int32_t)v.number[2];
        return fields_end(&fields) && (out->mode & ~0777U) == 0 && v.text[0].length > 0;
    }
    size_t size = out->family == SOCKET_INET ? 4 : 16;
    const uint8_t *address = field_bytes(&fields, size);
    out->port = field_u16(&fields);
    if (address)
        memcpy(out->address, address, size);
    return fields_end(&fields) && (out->family == SOCKET_INET || out->family == SOCKET_INET6);
}

static bool log_of(struct frame frame, struct log_spec *out)
{
    struct values v;
    bool whole = decode(frame, "141s44484", &v);
    *out = (struct log_spec){
        .type = (uint8_t)v.number[0], .buffer = (uint32_t)v.number[1], .timestamps = (uint8_t)v.number[2], .path = v.text[0].bytes,
        .mode = (uint32_t)v.number[3], .uid = (int32_t)v.number[4], .gid = (int32_t)v.number[5],
        .rotate_size = v.number[6], .rotate_count = (uint32_t)v.number[7],
    };
    return whole && out->type <= LOG_PIPE && out->timestamps <= 1 && (out->mode & ~0777U) == 0 && (out->type != LOG_FILE || v.text[0].length > 0);
}

static bool record_of(struct frame frame, struct service *out)
{
    struct values v;
    switch (frame.type) {
    case PROGRAM: return program_of(frame, out);
    case SOCKET: return socket_of(frame, &out->socket);
    case LOG: return log_of(frame, &out->log);
    case PIDFILE:
        if (!decode(frame, "s4", &v))
            return false;
        out->pidfile = v.text[0].bytes;
        out->pidfile_owner = (uint32_t)v.number[0];
        return v.text[0].length > 0;
    case CONSUMES:
        if (!decode(frame, "s", &v))
            return false;
        out->consumes = v.text[0];
        return v.text[0].length > 0;
    case FLAGS:
        if (!decode(frame, "4", &v))
            return false;
        out->flags = (uint32_t)v.number[0];
        return out->flags <= 31;
    default:
        if (!decode(frame, "4s", &v))
            return false;
        out->has_readiness = true;
        out->ready_fd = (int32_t)v.number[0];
        out->ready_variable = v.text[0].bytes;
        return out->ready_fd >= -1 && out->ready_fd <= LARGEST_FD && (out->ready_fd >= 0 || v.text[0].length > 0) && !strchr(out->ready_variable, '=');
    }
}

static bool service_of(struct frame frame, struct service *out)
{
    struct fields fields = fields_of(frame);
    uint32_t seen = 0;
    *out = (struct service){ .name = field_text(&fields), .consumes = { .bytes = "" } };
    while (field_frame(&fields, service_rules, &frame)) {
        uint32_t bit = 1U << (frame.type - PROGRAM);
        if ((frame.type != PROGRAM && (seen & bit)) || !record_of(frame, out))
            return false;
        seen |= bit;
    }
    return fields_end(&fields) && out->name.length > 0;
}

static bool identity_of(struct frame frame, struct identity *out)
{
    struct values v;
    bool whole = decode(frame, "188888s", &v);
    *out = (struct identity){ .kind = (uint8_t)v.number[0], .device = v.number[1], .inode = v.number[2], .size = v.number[3],
                              .changed = (int64_t)v.number[4], .status_changed = (int64_t)v.number[5], .path = v.text[0].bytes };
    return whole && out->kind <= 3 && v.text[0].length > 0;
}

static const char *head_of(struct frame frame, struct plan *out)
{
    struct values v;
    if (frame.type != PLAN || !decode(frame, "44D44", &v) || v.number[0] != 1 || v.number[1] == 0)
        return "the head of the plan is wrong";
    *out = (struct plan){ .generation = (uint32_t)v.number[1], .digest = v.digest };
    if (v.number[2] > MAX_SLOTS)
        return "too many services";
    out->services = (uint32_t)v.number[2];
    out->identities = (uint32_t)v.number[3];
    out->service = plan_table((size_t)out->services + 1, sizeof *out->service);
    return out->service ? NULL : "out of memory";
}

/* The records in their order: `stage` is the type that may come, or a later one when its number is reached. */
static const char *body_of(struct frame frame, struct plan *out, uint32_t *identities, uint32_t *services, uint8_t *stage)
{
    struct identity identity;
    if (frame.type < *stage || frame.type == PLAN)
        return "a record is where it does not belong";
    *stage = frame.type;
    switch (frame.type) {
    case IDENTITY: return ++*identities > out->identities || !identity_of(frame, &identity) ? "a bad file identity" : NULL;
    case SERVICE: return *services == out->services || !service_of(frame, &out->service[(*services)++]) ? "a bad service" : NULL;
    case DESCRIPTIONS:
        if (!out->descriptions)
            out->descriptions = frame.payload - FRAME_HEADER;
        out->json_bytes += frame.length;
        return out->json_bytes > 1U << 30 ? "the descriptions are too large" : NULL;
    default:
        out->end = frame.payload - FRAME_HEADER;
        return *identities != out->identities || *services != out->services ? "the numbers of the head do not agree" : NULL;
    }
}

const char *plan_decode(const uint8_t *bytes, size_t size, struct plan *out, size_t *offset)
{
    uint32_t identities = 0, services = 0;
    uint8_t stage = 0;
    const char *wrong = NULL;
    *out = (struct plan){ 0 };
    for (*offset = 0; !wrong && !out->end;) {
        struct frame frame;
        size_t used;
        if (frame_next(plan_rules, bytes + *offset, size - *offset, &frame, &used) != FRAME_COMPLETE) {
            *offset += used;
            wrong = "not a whole plan";
        } else if (*offset == 0) {
            wrong = head_of(frame, out);
        } else {
            wrong = body_of(frame, out, &identities, &services, &stage);
        }
        *offset += wrong ? 0 : used;
    }
    if (!wrong && *offset != size)
        wrong = "something follows the end of the plan";
    if (wrong)
        plan_free(out);
    return wrong;
}

void *plan_table(size_t count, size_t size)
{
    void *table = CALL(mmap, NULL, count * size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (table == MAP_FAILED)
        return NULL;
    madvise(table, count * size, MADV_DONTFORK);
    return table;
}

void plan_free(struct plan *plan)
{
    if (plan->service)
        munmap(plan->service, ((size_t)plan->services + 1) * sizeof *plan->service);
    plan->service = NULL;
}

static bool record_after(const struct plan *plan, const uint8_t **at, uint8_t type, struct frame *out)
{
    size_t used;
    if (frame_next(plan_rules, *at, (size_t)(plan->end - *at) + FRAME_OVERHEAD, out, &used) != FRAME_COMPLETE || out->type != type)
        return false;
    *at += used;
    return true;
}

bool plan_identity(const struct plan *plan, const uint8_t **at, struct identity *out)
{
    struct frame frame;
    size_t head = FRAME_OVERHEAD + 48;
    if (!*at)
        *at = plan->digest - FRAME_HEADER - 8 + head;
    return record_after(plan, at, IDENTITY, &frame) && identity_of(frame, out);
}

bool plan_description(const struct plan *plan, const uint8_t **at, struct frame *out)
{
    if (!*at)
        *at = plan->descriptions ? plan->descriptions : plan->end;
    return record_after(plan, at, DESCRIPTIONS, out);
}
