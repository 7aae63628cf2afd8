/* The slot table, the table of pids, and which slots use which plan. All of fixed size; what is never used costs no memory. */
#include "launcher.h"
#include <sys/mman.h>

enum { BUCKETS = 4096 };

struct slot *slots;
uint32_t slot_count;
struct loaded_plan plans[MAX_PLANS];
static uint32_t by_name[BUCKETS], by_pid[BUCKETS]; /* 0: empty, else the number + 1 */

static uint32_t *name_bucket(const char *name)
{
    uint32_t hash = 2166136261u;
    for (; *name; name++)
        hash = (hash ^ (uint8_t)*name) * 16777619u;
    return &by_name[hash % BUCKETS];
}

bool slots_begin(void)
{
    slots = plan_table(MAX_SLOTS + 1, sizeof *slots);
    return slots;
}

void slot_clear(uint32_t index)
{
    slots[index] = (struct slot){ .log_read = -1, .log_write = -1, .log_file = -1, .socket = -1 };
    for (int role = 0; role < ROLES; role++)
        slots[index].process[role] = (struct process){ .pidfd = -1, .execution = -1, .readiness = -1 };
}

uint32_t slot_of_name(struct text name)
{
    uint32_t *bucket = name_bucket(name.bytes);
    for (uint32_t entry = *bucket; entry; entry = slots[entry - 1].next_name)
        if (strcmp(slots[entry - 1].name, name.bytes) == 0)
            return entry - 1;
    char *copy = slot_count == MAX_SLOTS ? NULL : CALL_MEMORY(strdup, name.bytes);
    if (!copy)
        return NO_INDEX;
    slot_clear(slot_count);
    slots[slot_count].name = copy;
    slots[slot_count].next_name = *bucket;
    *bucket = ++slot_count;
    return slot_count - 1;
}

struct service *service_of_slot(uint32_t index)
{
    if (index >= slot_count || !slots[index].is_loaded)
        return NULL;
    return &plans[slots[index].plan].plan.service[slots[index].index];
}

void plan_release(uint32_t index)
{
    struct loaded_plan *loaded = &plans[index];
    if (loaded->is_wanted || loaded->users || !loaded->bytes)
        return;
    munmap(loaded->bytes, loaded->size);
    plan_free(&loaded->plan);
    *loaded = (struct loaded_plan){ 0 };
}

uint32_t plan_after(uint32_t generation)
{
    uint32_t best = NO_INDEX;
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        if (plans[i].bytes && plans[i].plan.generation > generation && (best == NO_INDEX || plans[i].plan.generation < plans[best].plan.generation))
            best = i;
    return best;
}

void slot_use(uint32_t index, uint32_t plan, uint32_t place)
{
    struct slot *slot = &slots[index];
    uint32_t former = slot->plan;
    bool had = slot->is_loaded;
    plans[plan].users++;
    slot->plan = plan;
    slot->index = place;
    slot->is_loaded = true;
    if (had) {
        plans[former].users--;
        plan_release(former);
    }
}

int slot_forget(uint32_t index)
{
    if (!service_of_slot(index))
        return ENOENT;
    struct slot *slot = &slots[index];
    for (int role = 0; role < ROLES; role++) {
        if (slot->process[role].pidfd >= 0)
            return EBUSY;
        slot->process[role].phase = PHASE_NONE;
    }
    shut(&slot->socket);
    log_forget(index);
    slot->is_loaded = false;
    plans[slot->plan].users--;
    plan_release(slot->plan);
    return 0;
}

static uint32_t *pid_bucket(pid_t pid) { return &by_pid[(uint32_t)pid % BUCKETS]; }

void process_enter(uint32_t slot, uint8_t role)
{
    struct process *process = &slots[slot].process[role];
    uint32_t *bucket = pid_bucket(process->pid);
    process->next = *bucket;
    *bucket = slot * ROLES + role + 1;
}

void process_leave(uint32_t slot, uint8_t role)
{
    struct process *process = &slots[slot].process[role];
    uint32_t entry = slot * ROLES + role + 1, *link = pid_bucket(process->pid);
    while (*link && *link != entry)
        link = &slots[(*link - 1) / ROLES].process[(*link - 1) % ROLES].next;
    *link = *link ? process->next : 0;
    shut(&process->pidfd);
}

struct process *process_of_pid(pid_t pid, uint32_t *slot, uint8_t *role)
{
    for (uint32_t entry = *pid_bucket(pid); entry;) {
        struct process *process = &slots[(entry - 1) / ROLES].process[(entry - 1) % ROLES];
        *slot = (entry - 1) / ROLES;
        *role = (uint8_t)((entry - 1) % ROLES);
        if (process->pid == pid)
            return process;
        entry = process->next;
    }
    return NULL;
}
