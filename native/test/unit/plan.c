/* The plan: whole, in order, exact in every field, or refused. */
#include "check.h"

static struct frame_writer writer;
static size_t nested[4], depth;

/* Frames inside frames: the writer knows one, so lengths are set here. */
static void open_record(uint8_t type)
{
    nested[depth++] = writer.used;
    put_layout(&writer, "114", (const uint64_t[]){ FRAME_STX, type, 0 });
}

static void close_record(void)
{
    size_t begin = nested[--depth];
    uint32_t length = (uint32_t)(writer.used - begin - FRAME_HEADER);
    memcpy(scratch + begin + 2, &length, sizeof length);
    put_u8(&writer, FRAME_ETX);
}

static void record(uint8_t type, const char *layout, const uint64_t *numbers, const char *text)
{
    open_record(type);
    put_layout(&writer, layout, numbers);
    if (text)
        put_text(&writer, text, strlen(text));
    close_record();
}

static void plan_head(uint32_t services, uint32_t identities)
{
    uint8_t digest[32] = { 9 };
    writer = writer_new();
    open_record(1);
    put_layout(&writer, "44", (const uint64_t[]){ 1, 3 });
    put_bytes(&writer, digest, sizeof digest);
    put_layout(&writer, "44", (const uint64_t[]){ services, identities });
    close_record();
}

static void exec_op(void)
{
    open_record(OP_EXEC);
    put_u32(&writer, 1);
    put_text(&writer, "/bin/x", 6);
    put_u32(&writer, 2);
    put_text(&writer, "x", 1);
    put_text(&writer, "", 0);
    close_record();
}

static void open_service(const char *name)
{
    open_record(3);
    put_text(&writer, name, strlen(name));
}

static void program_of_role(uint8_t role)
{
    open_record(0x10);
    put_u8(&writer, role);
    record(OP_SETSID, "", NULL, NULL);
    record(OP_OPEN_LOG, "", NULL, NULL);
    record(OP_STREAMS, "1", (const uint64_t[]){ 1 }, NULL);
    record(OP_ENV_SET, "", NULL, "A=b=c");
    exec_op();
    close_record();
}

static void finish(const char *json)
{
    if (json) {
        open_record(4);
        put_bytes(&writer, json, strlen(json));
        close_record();
    }
    record(5, "", NULL, NULL);
}

static const char *decoded(struct plan *out)
{
    size_t offset;
    return plan_decode(scratch, writer.used, out, &offset);
}

static bool is_taken(void)
{
    struct plan plan;
    bool taken = decoded(&plan) == NULL;
    plan_free(&plan);
    return taken;
}

static void whole(void)
{
    plan_head(2, 1);
    open_record(2);
    put_layout(&writer, "188888", (const uint64_t[]){ 1, 11, 12, 13, 14, 15 });
    put_text(&writer, "/etc/x", 6);
    close_record();
    open_service("a");
    program_of_role(ROLE_MAIN);
    program_of_role(ROLE_STOP);
    open_record(0x12);
    put_layout(&writer, "141", (const uint64_t[]){ LOG_FILE, 4096, 1 });
    put_text(&writer, "/log", 4);
    put_layout(&writer, "44484", (const uint64_t[]){ 0640, UINT32_MAX, 7, 1000, 3 });
    close_record();
    record(0x16, "4", (const uint64_t[]){ UINT32_MAX }, "READY");
    record(0x15, "4", (const uint64_t[]){ 16 }, NULL);
    open_record(0x11);
    put_u8(&writer, SOCKET_UNIX);
    put_text(&writer, "/sock", 5);
    put_layout(&writer, "444", (const uint64_t[]){ 0600, UINT32_MAX, UINT32_MAX });
    close_record();
    close_record();
    open_service("b");
    record(0x14, "", NULL, "a");
    open_record(0x11);
    put_layout(&writer, "142", (const uint64_t[]){ SOCKET_INET, 0x0100007f, 8080 });
    close_record();
    open_record(0x13);
    put_text(&writer, "/pid", 4);
    put_u32(&writer, 42);
    close_record();
    close_record();
    finish("{}");
}

void plan_whole(void)
{
    struct plan plan;
    struct identity identity;
    struct frame piece;
    const uint8_t *at = NULL;
    whole();
    CHECK(decoded(&plan) == NULL);
    CHECK(plan.generation == 3 && plan.digest[0] == 9 && plan.services == 2 && plan.json_bytes == 2);
    const struct service *a = &plan.service[0], *b = &plan.service[1];
    CHECK(strcmp(a->name.bytes, "a") == 0 && a->program[ROLE_MAIN].length && a->program[ROLE_STOP].length && !b->program[ROLE_MAIN].length);
    CHECK(a->program[0].open_log.index == 1 && a->program[0].open_log.type == OP_OPEN_LOG && a->program[0].streams.index == 2);
    CHECK(a->program[0].streams_kind == 1 && a->program[0].open_socket.type == 0);
    CHECK(a->log.type == LOG_FILE && a->log.uid == -1 && a->log.gid == 7 && a->log.rotate_count == 3 && strcmp(a->log.path, "/log") == 0);
    CHECK(a->has_readiness && a->ready_fd == -1 && strcmp(a->ready_variable, "READY") == 0 && a->flags == 16);
    CHECK(a->socket.family == SOCKET_UNIX && a->socket.mode == 0600 && strcmp(b->consumes.bytes, "a") == 0);
    CHECK(b->socket.family == SOCKET_INET && b->socket.address[0] == 127 && b->socket.port == 8080);
    CHECK(strcmp(b->pidfile, "/pid") == 0 && b->pidfile_owner == 42);
    CHECK(plan_identity(&plan, &at, &identity) && identity.inode == 12 && identity.status_changed == 15 && strcmp(identity.path, "/etc/x") == 0);
    CHECK(!plan_identity(&plan, &at, &identity));
    at = NULL;
    CHECK(plan_description(&plan, &at, &piece) && piece.length == 2 && !plan_description(&plan, &at, &piece));
    struct fields ops = { .at = a->program[0].ops, .end = a->program[0].ops + a->program[0].length };
    struct values values;
    uint8_t type, last = 0;
    int count = 0;
    for (; program_next(&ops, &type, &values); count++)
        last = type;
    CHECK(count == 5 && last == OP_EXEC && values.list[1].count == 2);
    plan_free(&plan);
}

/* Whatever byte is changed, the plan is refused or still one: nothing is read outside of it (the sanitizers look). */
void plan_damaged(void)
{
    whole();
    size_t size = writer.used;
    for (size_t i = 0; i < size; i++) {
        const uint8_t values[] = { 0, 1, 2, 3, 0x7f, 0x80, 0xff };
        uint8_t former = scratch[i];
        for (size_t j = 0; j < sizeof values; j++) {
            scratch[i] = values[j];
            bool taken = is_taken();
            CHECK(taken || values[j] != former);
        }
        scratch[i] = former;
    }
    for (writer.used = 0; writer.used < size; writer.used++)
        CHECK(!is_taken());
    writer.used = size + 1;
    CHECK(!is_taken());
}

static void one_op(uint8_t type, const char *layout, const uint64_t *numbers, const char *text)
{
    plan_head(1, 0);
    open_service("a");
    open_record(0x10);
    put_u8(&writer, 0);
    record(type, layout, numbers, text);
    exec_op();
    close_record();
    close_record();
    finish(NULL);
}

void plan_ops(void)
{
    const struct {
        uint8_t type;
        const char *layout;
        uint64_t number[4];
        const char *text;
        bool fits;
    } cases[] = {
        { OP_CHDIR, "", { 0 }, "/x", true },         { OP_UMASK, "4", { 0777 }, NULL, true },      { OP_UMASK, "4", { 01000 }, NULL, false },
        { OP_RLIMIT, "4188", { 7, 3, 1, 1 }, NULL, true }, { OP_RLIMIT, "4188", { 7, 0, 1, 1 }, NULL, false },
        { OP_RLIMIT, "4188", { 7, 4, 1, 1 }, NULL, false }, { OP_NICE, "4", { 5 }, NULL, true },  { OP_NICE, "8", { 5 }, NULL, false },
        { OP_GROUPS, "44", { 1, 5 }, NULL, true },   { OP_GROUPS, "44", { 2, 5 }, NULL, false },   { OP_STREAMS, "1", { 2 }, NULL, false },
        { OP_ENV_SET, "", { 0 }, "A", false },       { OP_ENV_SET, "", { 0 }, "=b", false },       { OP_ENV_UNSET, "", { 0 }, "A=b", false },
        { OP_ENV_IMPORT, "", { 0 }, "", false },     { OP_SETSID, "1", { 0 }, NULL, false },       { OP_EXEC, "44", { 0, 0 }, NULL, false },
        { 0x1f, "", { 0 }, NULL, false },            { 0x34, "", { 0 }, NULL, false },             { OP_ENV_CLEAR, "", { 0 }, NULL, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        one_op(cases[i].type, cases[i].layout, cases[i].number, cases[i].text);
        CHECK(is_taken() == cases[i].fits);
    }
}

void plan_structure(void)
{
    plan_head(0, 0);
    finish(NULL);
    CHECK(is_taken());
    plan_head(1, 0);
    finish(NULL);
    CHECK(!is_taken()); /* fewer services than told */
    plan_head(0, 1);
    finish(NULL);
    CHECK(!is_taken());
    plan_head(MAX_SLOTS + 1, 0);
    finish(NULL);
    CHECK(!is_taken());
    plan_head(1, 0);
    open_service("");
    close_record();
    finish(NULL);
    CHECK(!is_taken()); /* no name */
    plan_head(1, 0);
    open_service("a");
    program_of_role(0);
    program_of_role(0);
    close_record();
    finish(NULL);
    CHECK(!is_taken()); /* one role twice */
    plan_head(1, 0);
    open_service("a");
    record(0x15, "4", (const uint64_t[]){ 1 }, NULL);
    record(0x15, "4", (const uint64_t[]){ 1 }, NULL);
    close_record();
    finish(NULL);
    CHECK(!is_taken());
    plan_head(1, 0);
    open_service("a");
    open_record(0x10);
    put_u8(&writer, 0);
    exec_op();
    record(OP_SETSID, "", NULL, NULL);
    close_record();
    close_record();
    finish(NULL);
    CHECK(!is_taken()); /* something after EXEC */
    plan_head(1, 0);
    finish("{}");
    writer.used -= FRAME_OVERHEAD;
    open_service("a");
    close_record();
    finish(NULL);
    CHECK(!is_taken()); /* a service after the descriptions */
}
