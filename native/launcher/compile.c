/* How plans come in: from the cache when nothing changed, else from the compiler, one compilation at a time; and how the daemon gets its part. */
#include "launcher.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

enum why { CANNOT_START = 1, TIME_LIMIT, EXIT_STATUS, SIGNALLED, MALFORMED };
enum { REQUEST = 1, NAME, ENVIRONMENT, END };

static struct {
    int fd; /* the plan that is being written, -1: none is */
    bool is_overdue, is_stale; /* is_stale: whoever asked for it is gone */
    uint32_t request, generation;
    uint64_t deadline;
    enum { BOOT_PENDING, BOOT_LOADED, BOOT_FAILED } boot;
    struct {
        enum why why;
        int detail;
        char text[96];
    } failure; /* of the boot plan */
} compile = { .fd = -1, .deadline = UINT64_MAX };

static void failed(uint32_t request, enum why why, int detail, const char *text)
{
    if (request == 0) {
        compile.boot = BOOT_FAILED;
        compile.failure.why = why;
        compile.failure.detail = detail;
        strncpy(compile.failure.text, text, sizeof compile.failure.text - 1);
        say("the services cannot be compiled: ", text);
    }
    tell(EVENT_PLAN_FAILED, "414", (const uint64_t[]){ request, why, (uint64_t)detail }, text, strlen(text));
}

/* Gives every service its slot; a name that has none yet, or was forgotten, runs by this plan from now on. */
static const char *adopt(uint8_t *bytes, size_t size, struct plan *plan, uint32_t request)
{
    uint32_t free_plan = 0;
    while (free_plan < MAX_PLANS && plans[free_plan].bytes)
        free_plan++;
    if (free_plan == MAX_PLANS)
        return "too many plans are in use";
    for (uint32_t i = 0; i < plan->services; i++) {
        uint32_t slot = plan->service[i].slot = slot_of_name(plan->service[i].name);
        if (slot == NO_INDEX)
            return "too many services";
        if (slots[slot].seen == plan->generation)
            return "two services have one name";
        slots[slot].seen = plan->generation;
    }
    plans[free_plan] = (struct loaded_plan){ .plan = *plan, .bytes = bytes, .size = size, .request = request, .is_wanted = true };
    for (uint32_t i = 0; i < plan->services; i++)
        if (!slots[plan->service[i].slot].is_loaded)
            slot_use(plan->service[i].slot, free_plan, i);
    if (request == 0)
        compile.boot = BOOT_LOADED;
    if (daemon_is_synced())
        plan_tell(free_plan);
    return NULL;
}

static bool is_unchanged(const struct plan *plan)
{
    struct identity identity;
    const uint8_t *at = NULL;
    const mode_t kinds[] = { 0, S_IFREG, S_IFDIR, S_IFLNK };
    while (plan_identity(plan, &at, &identity)) {
        struct stat about;
        bool is_there = (identity.kind == 3 ? CALL(lstat, identity.path, &about) : CALL(stat, identity.path, &about)) == 0;
        if (!is_there && identity.kind == 0 && (errno == ENOENT || errno == ENOTDIR))
            continue;
        if (!is_there || identity.kind == 0 || (about.st_mode & S_IFMT) != kinds[identity.kind] || about.st_dev != identity.device ||
            about.st_ino != identity.inode || (uint64_t)about.st_size != identity.size ||
            about.st_mtim.tv_sec * 1000000000 + about.st_mtim.tv_nsec != identity.changed ||
            about.st_ctim.tv_sec * 1000000000 + about.st_ctim.tv_nsec != identity.status_changed)
            return false;
    }
    return true;
}

/* Seals, maps, validates and adopts what is in the descriptor. */
static const char *load(int fd, uint32_t generation, uint32_t request, bool is_cached)
{
    uint8_t *bytes;
    size_t size, offset;
    struct plan plan;
    int error = sealed_map(fd, &bytes, &size);
    if (error)
        return strerror(error);
    const char *wrong = plan_decode(bytes, size, &plan, &offset);
    if (!wrong) {
        if (plan.generation != generation || memcmp(plan.digest, settings.digest, DIGEST_SIZE) != 0)
            wrong = "the plan is of other settings";
        else if (is_cached && !is_unchanged(&plan))
            wrong = "a file has changed";
        else
            wrong = adopt(bytes, size, &plan, request);
        if (wrong)
            plan_free(&plan);
    }
    if (wrong)
        munmap(bytes, size);
    return wrong;
}

static bool copy_cache(int from, int to)
{
    static uint8_t piece[65536];
    ssize_t got;
    while ((got = CALL(read, from, piece, sizeof piece)) > 0)
        if (!write_all(to, piece, (size_t)got))
            return false;
    return got == 0;
}

/* The cache is a copy in a memfd before it is looked at: what is validated can no longer change. */
static bool load_cache(void)
{
    struct stat about;
    bool loaded = false;
    int from = settings.cache[0] ? CALL(open, settings.cache, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    int to = from < 0 ? -1 : CALL(memfd_create, "plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (to >= 0 && CALL(fstat, from, &about) == 0 && S_ISREG(about.st_mode) && about.st_uid == geteuid() && !(about.st_mode & 022) &&
        about.st_size <= 1 << 30 && copy_cache(from, to))
        loaded = !load(to, 1, 0, true);
    shut(&to);
    shut(&from);
    return loaded;
}

static int write_request(const uint8_t *names, size_t size, uint32_t count)
{
    static uint8_t bytes[SETTINGS_LARGEST];
    struct frame_writer writer = { .buffer = bytes, .capacity = sizeof bytes };
    struct fields fields = { .at = names, .end = names + size };
    struct text name;
    size_t at = 0;
    bool fits = true;
    frame_begin(&writer, REQUEST);
    put_u32(&writer, compile.generation);
    put_bytes(&writer, settings.digest, DIGEST_SIZE);
    fits = frame_end(&writer);
    for (uint32_t i = 0; fits && (names ? i < count : settings_next(&settings, SETTINGS_NAMES, &at, &name)); i++) {
        name = names ? field_text(&fields) : name;
        frame_begin(&writer, NAME);
        put_text(&writer, name.bytes, name.length);
        fits = frame_end(&writer);
    }
    for (char **entry = environment; fits && *entry; entry++) {
        frame_begin(&writer, ENVIRONMENT);
        put_text(&writer, *entry, strlen(*entry));
        fits = frame_end(&writer);
    }
    frame_begin(&writer, END);
    fits = frame_end(&writer) && fits;
    int fd = CALL(memfd_create, "request", MFD_CLOEXEC);
    if (fd >= 0 && (!fits || CALL(pwrite, fd, bytes, writer.used, 0) != (ssize_t)writer.used))
        shut(&fd);
    return fd;
}

static void begin(uint32_t request, const uint8_t *names, size_t size, uint32_t count)
{
    compile.request = request;
    compile.generation++;
    int input = write_request(names, size, count);
    compile.fd = CALL(memfd_create, "plan", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    const int descriptors[] = { compile.fd, input };
    if (input < 0 || compile.fd < 0 || !component_start(&compiler_component, descriptors, 2, -1)) {
        failed(request, CANNOT_START, errno, strerror(errno));
        shut(&compile.fd);
    } else {
        compile.is_overdue = compile.is_stale = false;
        compile.deadline = now() + settings.compile;
    }
    shut(&input);
}

void compile_boot(void)
{
    if (load_cache())
        compile.generation = 1;
    else
        begin(0, NULL, 0, 0);
}

void compile_request(uint32_t request, struct list names)
{
    size_t size = (size_t)(names.items.end - names.items.at);
    if (compile.fd >= 0)
        failed(request, CANNOT_START, EBUSY, "another compilation is not over");
    else
        begin(request, names.items.at, size, names.count);
}

void compile_ended(int status)
{
    component_ended(&compiler_component, status, false);
    if (compile.is_stale)
        ;
    else if (compile.is_overdue)
        failed(compile.request, TIME_LIMIT, 0, "the plan compiler did not end in time");
    else if (!WIFEXITED(status))
        failed(compile.request, SIGNALLED, WTERMSIG(status), component_end_text(status));
    else if (WEXITSTATUS(status) != 0)
        failed(compile.request, EXIT_STATUS, WEXITSTATUS(status), component_end_text(status));
    else {
        const char *wrong = load(compile.fd, compile.generation, compile.request, false);
        if (wrong)
            failed(compile.request, MALFORMED, 0, wrong);
    }
    shut(&compile.fd);
    compile.deadline = UINT64_MAX;
}

void compile_forget_requests(void)
{
    compile.is_stale = compile.fd >= 0 && compile.request != 0;
    if (compile.is_stale)
        component_kill(compiler_component.pidfd);
    for (uint32_t i = 0; i < MAX_PLANS; i++) {
        plans[i].is_wanted = plans[i].is_wanted && plans[i].plan.generation == 1;
        plan_release(i);
    }
}

uint64_t compile_deadline(void) { return compile.deadline; }

void compile_overdue(uint64_t time)
{
    if (time < compile.deadline)
        return;
    compile.is_overdue = true;
    compile.deadline = UINT64_MAX;
    component_kill(compiler_component.pidfd);
}

void plan_tell(uint32_t index)
{
    const struct plan *plan = &plans[index].plan;
    const uint8_t *at = NULL;
    struct frame piece;
    TELL(EVENT_PLAN_BEGIN, "444", plan->generation, plans[index].request, plan->json_bytes);
    while (plan_description(plan, &at, &piece))
        if (piece.length)
            tell(EVENT_PLAN_DATA, "", NULL, (const char *)piece.payload, piece.length);
    tell_list(EVENT_PLAN_END, plan->generation, plan->service, plan->services);
    plans[index].request = 0; /* told again it is part of a resync */
}

uint32_t boot_generation(void) { return compile.boot == BOOT_LOADED ? 1 : 0; }

void boot_tell(void)
{
    const char *text = compile.failure.text;
    if (compile.boot == BOOT_FAILED)
        tell(EVENT_PLAN_FAILED, "414", (const uint64_t[]){ 0, compile.failure.why, (uint64_t)compile.failure.detail }, text, strlen(text));
}
