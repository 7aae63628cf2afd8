/* What the daemon may say: one row a message, with its size, the phase it is permitted in, its layout and its handler. Whatever is not exactly this
 * ends the daemon. What is well-formed but cannot be done now is answered with REFUSED. */
#include "launcher.h"

/* A handler gives 0, the errno of a refusal (told with the first number as the slot), or BAD: the value can't have been meant. */
enum { BAD = -1 };

static int on_hello(struct values *v) { return daemon_hello(v->number[0], v->number[1]) ? 0 : BAD; }
static int on_acknowledge(struct values *v) { return daemon_acknowledge((uint32_t)v->number[0]) ? 0 : BAD; }
static int on_forget(struct values *v) { return slot_forget((uint32_t)v->number[0]); }

static int on_compile(struct values *v)
{
    if (v->number[0] == 0 || v->list[0].count == 0)
        return BAD;
    compile_request((uint32_t)v->number[0], v->list[0]);
    return 0;
}

static uint32_t plan_of_generation(uint64_t generation)
{
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        if (plans[i].bytes && plans[i].plan.generation == generation)
            return i;
    return NO_INDEX;
}

/* Lists of slots mostly have the plan's order: the search goes on where the last one ended. */
static uint32_t place_in(const struct plan *plan, uint32_t slot, uint32_t from)
{
    for (uint32_t i = 0; i < plan->services; i++)
        if (plan->service[(from + i) % plan->services].slot == slot)
            return (from + i) % plan->services;
    return plan->services;
}

static int on_use(struct values *v)
{
    uint32_t plan = plan_of_generation(v->number[0]);
    for (uint32_t i = 0, place = 0; plan != NO_INDEX && i < v->list[0].count; i++) {
        uint32_t slot = field_u32(&v->list[0].items);
        place = place_in(&plans[plan].plan, slot, place);
        bool is_there = place < plans[plan].plan.services;
        bool is_older = is_there && slots[slot].is_loaded && plans[slots[slot].plan].plan.generation > v->number[0];
        if (is_there && !is_older)
            slot_use(slot, plan, place);
        else
            TELL(EVENT_REFUSED, "144", MESSAGE_USE, slot, is_older ? ESTALE : ENOENT);
    }
    v->number[0] = NO_INDEX;
    return plan == NO_INDEX ? ENOENT : 0;
}

static int on_discard(struct values *v)
{
    uint32_t plan = plan_of_generation(v->number[0]);
    v->number[0] = NO_INDEX;
    if (plan == NO_INDEX)
        return ENOENT;
    plans[plan].is_wanted = false;
    plan_release(plan);
    return 0;
}

static int on_start(struct values *v)
{
    if (v->number[1] >= ROLES || v->number[3] > CONSOLE_EXCLUSIVE)
        return BAD;
    return start_process((uint32_t)v->number[0], (uint8_t)v->number[1], (uint32_t)v->number[2], (uint8_t)v->number[3]);
}

static int on_signal(struct values *v)
{
    if (v->number[1] >= ROLES || v->number[2] < 1 || v->number[2] > 64 || v->number[3] > 2)
        return BAD;
    uint32_t slot = (uint32_t)v->number[0];
    int error = service_of_slot(slot) ? signal_process(&slots[slot].process[v->number[1]], (int)v->number[2], (uint8_t)v->number[3]) : ESRCH;
    if (error)
        TELL(EVENT_SIGNAL_FAILED, "4114", slot, v->number[1], v->number[2], (uint64_t)error);
    return 0;
}

static int on_read_pidfile(struct values *v)
{
    uint32_t slot = (uint32_t)v->number[0];
    const struct service *service = service_of_slot(slot);
    if (!service || !service->pidfile)
        return ENOENT;
    if (slots[slot].process[ROLE_MAIN].pidfd >= 0)
        return EBUSY;
    pidfile_read(slot, (uint32_t)v->number[1]);
    return 0;
}

static int on_close_socket(struct values *v)
{
    if (!service_of_slot((uint32_t)v->number[0]))
        return ENOENT;
    shut(&slots[v->number[0]].socket);
    return 0;
}

static void tell_environment(int result, struct text text)
{
    tell(EVENT_ENVIRONMENT, "1", (const uint64_t[]){ (uint64_t)result }, text.bytes, text.length);
}

static int on_setenv(struct values *v) { return tell_environment(environment_set(v->text[0]), v->text[0]), 0; }
static int on_unsetenv(struct values *v) { return tell_environment(environment_unset(v->text[0]), v->text[0]), 0; }
static int on_timer(struct values *v) { return daemon_timer(v->number[0]), 0; }
static int on_exit_message(struct values *v) { return launcher_exit((uint8_t)v->number[0]), 0; }

static int on_log_clear(struct values *v)
{
    bool is_own = v->number[0] == NO_INDEX;
    if (!is_own && !service_of_slot((uint32_t)v->number[0]))
        return ENOENT;
    log_clear(is_own ? OWN_SLOT : (uint32_t)v->number[0]);
    return 0;
}

static int on_renew(struct values *v)
{
    if (v->number[0] < 1 || v->number[0] > 3)
        return BAD;
    daemon_component.is_renewed = v->number[0] & COMPONENT_DAEMON;
    logger_component.is_renewed = v->number[0] & COMPONENT_LOGGER && logger_component.pid;
    if (logger_component.is_renewed)
        component_kill(logger_component.pidfd);
    return 0;
}

enum { LARGEST_TEXT = 131072 + 5, LARGEST_NAMES = 65536, POLICIES = 16 };

static const struct policy {
    struct frame_rule rule;
    enum channel_phase phase;
    const char *layout;
    int (*handle)(struct values *values);
} policies[POLICIES] = {
    { { MESSAGE_HELLO, 8, 8, "HELLO" }, CHANNEL_GREETING, "44", on_hello },
    { { MESSAGE_ACK, 4, 4, "ACK" }, CHANNEL_SYNCED, "4", on_acknowledge },
    { { MESSAGE_COMPILE, 8, LARGEST_NAMES, "COMPILE" }, CHANNEL_SYNCED, "4S", on_compile },
    { { MESSAGE_USE, 8, 8 + 4 * MAX_SLOTS, "USE" }, CHANNEL_SYNCED, "4L", on_use },
    { { MESSAGE_DISCARD, 4, 4, "DISCARD" }, CHANNEL_SYNCED, "4", on_discard },
    { { MESSAGE_FORGET, 4, 4, "FORGET" }, CHANNEL_SYNCED, "4", on_forget },
    { { MESSAGE_START, 10, 10, "START" }, CHANNEL_SYNCED, "4141", on_start },
    { { MESSAGE_SIGNAL, 7, 7, "SIGNAL" }, CHANNEL_SYNCED, "4111", on_signal },
    { { MESSAGE_READ_PIDFILE, 8, 8, "READ_PIDFILE" }, CHANNEL_SYNCED, "44", on_read_pidfile },
    { { MESSAGE_CLOSE_SOCKET, 4, 4, "CLOSE_SOCKET" }, CHANNEL_SYNCED, "4", on_close_socket },
    { { MESSAGE_SETENV, 5, LARGEST_TEXT, "SETENV" }, CHANNEL_SYNCED, "s", on_setenv },
    { { MESSAGE_UNSETENV, 5, LARGEST_TEXT, "UNSETENV" }, CHANNEL_SYNCED, "s", on_unsetenv },
    { { MESSAGE_TIMER, 8, 8, "TIMER" }, CHANNEL_SYNCED, "8", on_timer },
    { { MESSAGE_EXIT, 1, 1, "EXIT" }, CHANNEL_SYNCED, "1", on_exit_message },
    { { MESSAGE_LOG_CLEAR, 4, 4, "LOG_CLEAR" }, CHANNEL_SYNCED, "4", on_log_clear },
    { { MESSAGE_RENEW, 1, 1, "RENEW" }, CHANNEL_SYNCED, "1", on_renew },
};

struct frame_rule policy_rules[POLICIES + 1];

void policy_begin(void)
{
    for (int i = 0; i < POLICIES; i++)
        policy_rules[i] = policies[i].rule;
}

static const struct policy *policy_of(struct frame frame)
{
    const struct policy *policy = policies;
    while (policy->rule.type != frame.type) /* frame_next let only these through */
        policy++;
    return policy;
}

bool policy_decode(struct frame frame, struct values *out) { return decode(frame, policy_of(frame)->layout, out); }

const char *policy_apply(struct frame frame, enum channel_phase phase)
{
    struct values values;
    if (policy_of(frame)->phase != phase)
        return "a message is not permitted now";
    if (!policy_decode(frame, &values))
        return "a message is malformed";
    int result = policy_of(frame)->handle(&values);
    if (result > 0)
        TELL(EVENT_REFUSED, "144", frame.type, values.number[0], (uint64_t)result);
    return result == BAD ? "a message has a bad value" : NULL;
}
