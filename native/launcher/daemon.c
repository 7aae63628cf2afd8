/* The daemon: its channel, its end and its beginning. A new one is told everything from the tables, then the news (docs/protocol.md, section 6).
 * There is no heartbeat: a daemon is wedged when frames are unacknowledged and it has acknowledged nothing for the time of the settings. */
#include "launcher.h"
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { BATCH = 16, BACKLOG = 1 << 20, INPUT = 8 + 4 * MAX_SLOTS + FRAME_OVERHEAD + 4096, IDLE_OUTPUT = 65536, MOST_SIGNAL = 31 };
static const uint64_t greeting_limit = 10000000000;

bool is_ending;

static struct {
    int fd, journal;
    enum channel_phase phase;
    uint32_t watched;
    uint8_t *out;
    size_t have, written, used, capacity;
    uint64_t consumed; /* bytes of messages handled */
    uint32_t sent, acknowledged, synced; /* synced: the frame that said so */
    uint64_t progress; /* when the acknowledgements last advanced, or the oldest frame was queued */
    bool is_condemned, has_timer;
    uint64_t timer;
    uint32_t requested[MOST_SIGNAL + 1], unanswered; /* signals to tell: the frame that told them, NO_INDEX = untold, 0 = none */
} channel = { .fd = -1, .journal = -1 };
static uint8_t input[INPUT];

bool daemon_is_synced(void) { return channel.phase == CHANNEL_SYNCED; }

static bool reserve(size_t more)
{
    if (channel.capacity - channel.used >= more)
        return true;
    size_t capacity = (channel.capacity + more) * 2;
    uint8_t *larger = CALL_MEMORY(realloc, channel.out, capacity);
    if (!larger) {
        daemon_condemn("there is no memory for its events");
        return false;
    }
    channel.out = larger;
    channel.capacity = capacity;
    return true;
}

static uint32_t finish(struct frame_writer *writer)
{
    frame_end(writer);
    channel.used = writer->used;
    if (channel.sent == channel.acknowledged)
        channel.progress = now();
    return ++channel.sent;
}

uint32_t tell(uint8_t type, const char *layout, const uint64_t *numbers, const char *text, size_t length)
{
    if (daemon_component.is_asleep)
        daemon_wake();
    if (channel.phase != CHANNEL_SYNCED || !reserve(FRAME_OVERHEAD + 8 * strlen(layout) + length + 5))
        return 0;
    struct frame_writer writer = { .buffer = channel.out, .capacity = channel.capacity, .used = channel.used };
    frame_begin(&writer, type);
    put_layout(&writer, layout, numbers);
    if (text && type == EVENT_PLAN_DATA)
        put_bytes(&writer, text, length);
    else if (text)
        put_text(&writer, text, length);
    return finish(&writer);
}

void tell_list(uint8_t type, uint32_t first, const struct service *services, uint32_t count)
{
    if (channel.phase != CHANNEL_SYNCED || !reserve(FRAME_OVERHEAD + 8 + 5 * (size_t)count))
        return;
    struct frame_writer writer = { .buffer = channel.out, .capacity = channel.capacity, .used = channel.used };
    frame_begin(&writer, type);
    put_u32(&writer, first);
    put_u32(&writer, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct slot *slot = &slots[services[i].slot];
        put_u32(&writer, services[i].slot);
        put_u8(&writer, slot->is_loaded && plans[slot->plan].plan.generation == first);
    }
    finish(&writer);
}

static void rewatch(void)
{
    size_t waiting = channel.used - channel.written;
    uint32_t wanted = (waiting < BACKLOG && channel.have < INPUT ? EPOLLIN : 0) | (waiting ? EPOLLOUT : 0);
    if (channel.fd >= 0 && wanted != channel.watched)
        watch_again(channel.fd, wanted, WATCH_DAEMON, 0);
    channel.watched = wanted;
}

void daemon_flush(void)
{
    while (channel.fd >= 0 && channel.written < channel.used) {
        ssize_t sent = CALL(send, channel.fd, channel.out + channel.written, channel.used - channel.written, MSG_NOSIGNAL);
        if (sent <= 0)
            break; /* full: EPOLLOUT comes; broken: its end comes */
        channel.written += (size_t)sent;
    }
    if (channel.written == channel.used) {
        channel.written = channel.used = 0;
        if (channel.capacity > IDLE_OUTPUT) {
            free(channel.out);
            channel.out = NULL;
            channel.capacity = 0;
        }
    }
    rewatch();
}

/* Nothing more is heard from it or told to it; it may end by itself, but not take longer than for an acknowledgement. */
static void hang_up(void)
{
    channel.phase = CHANNEL_NONE;
    channel.used = channel.written = channel.have = 0;
    channel.progress = now();
    shut(&channel.fd);
}

void daemon_condemn(const char *why)
{
    if (!channel.is_condemned) {
        strncpy(daemon_component.why, why, sizeof daemon_component.why - 1);
        say("the daemon is not to be trusted: ", why);
    }
    channel.is_condemned = true;
    hang_up();
    component_kill(daemon_component.pidfd);
}

static ssize_t receive(void)
{
    ssize_t got = CALL(recv, channel.fd, input + channel.have, INPUT - channel.have, 0);
    if (got > 0)
        channel.have += (size_t)got;
    return got;
}

void daemon_event(uint32_t events)
{
    if (channel.fd < 0 || !(events & (EPOLLIN | EPOLLHUP | EPOLLERR)) || channel.have == INPUT)
        return;
    ssize_t got = receive();
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR && errno != ENOMEM && errno != ENOBUFS)) {
        while (daemon_work())
            ;
        hang_up();
    }
}

bool daemon_work(void)
{
    size_t at = 0, used = 0;
    enum frame_result result = FRAME_INCOMPLETE;
    for (int i = 0; channel.phase != CHANNEL_NONE && channel.used - channel.written < BACKLOG; i++) {
        struct frame frame;
        result = frame_next(policy_rules, input + at, channel.have - at, &frame, &used);
        if (result != FRAME_COMPLETE || i == BATCH)
            break;
        const char *wrong = policy_apply(frame, channel.phase);
        if (wrong)
            daemon_condemn(wrong);
        at += used;
    }
    if (result == FRAME_BAD) {
        char text[96] = "malformed message at byte ";
        daemon_condemn(strcat(text, digits((int64_t)(channel.consumed + at + used))));
    }
    if (channel.phase == CHANNEL_NONE)
        return false;
    memmove(input, input + at, channel.have - at);
    channel.have -= at;
    channel.consumed += at;
    if (result != FRAME_COMPLETE || channel.used - channel.written >= BACKLOG)
        return false;
    channel.progress = now(); /* its acknowledgements may be behind what we have not handled */
    return true;
}

void daemon_start(void)
{
    int descriptors[2 + MAX_CONTROLS], count = 2;
    daemon_component.is_asleep = false;
    for (uint32_t i = 0; i < settings.controls; i++) {
        epoll_ctl(epoll_fd, EPOLL_CTL_DEL, control_fds[i], NULL);
        descriptors[count++] = control_fds[i];
    }
    if (channel.journal < 0)
        channel.journal = CALL(memfd_create, "journal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    descriptors[1] = channel.journal;
    channel.fd = component_open(&daemon_component, descriptors, count, settings.foreground ? -1 : slots[OWN_SLOT].log_write, WATCH_DAEMON);
    channel.phase = channel.fd < 0 ? CHANNEL_NONE : CHANNEL_GREETING;
    channel.watched = EPOLLIN;
    channel.have = channel.used = channel.written = 0;
    channel.sent = channel.acknowledged = 0;
    channel.consumed = 0;
    channel.is_condemned = channel.has_timer = false;
}

/* What was acknowledged is over; of the rest it is as if nobody had been told. */
static void forget_told(void)
{
    for (uint32_t i = 0; i < slot_count * ROLES; i++) {
        struct process *process = &slots[i / ROLES].process[i % ROLES];
        if (process->phase >= PHASE_FAILED && process->told && (int32_t)(channel.acknowledged - process->told) >= 0)
            process->phase = PHASE_NONE;
        process->told = 0;
    }
    for (int i = 0; i <= MOST_SIGNAL; i++)
        channel.requested[i] = channel.requested[i] ? NO_INDEX : 0;
}

void daemon_ended(int status)
{
    while (channel.phase != CHANNEL_NONE && (daemon_work() || receive() > 0))
        ; /* what it said before it ended counts */
    bool sleeps = !channel.is_condemned && channel.has_timer && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!channel.is_condemned)
        strcpy(daemon_component.why, component_end_text(status));
    hang_up();
    forget_told();
    compile_forget_requests();
    component_ended(&daemon_component, status, sleeps);
    if (!sleeps || is_ending)
        return;
    daemon_component.is_asleep = true;
    /* What was told while it fell asleep has not been heard. */
    daemon_component.restart_at = channel.sent != channel.acknowledged ? 0 : channel.timer ? channel.timer : UINT64_MAX;
    for (uint32_t i = 0; i < settings.controls; i++)
        watch(control_fds[i], EPOLLIN, WATCH_CONTROL, i);
}

void daemon_wake(void) { daemon_component.restart_at = daemon_component.is_asleep ? 0 : daemon_component.restart_at; }

bool daemon_hello(uint64_t version, uint64_t pid)
{
    if (version != 1 || pid != (uint64_t)daemon_component.pid)
        return false;
    channel.phase = CHANNEL_SYNCED;
    const uint64_t numbers[] = { 1, (uint64_t)getpid(), settings.mode, daemon_component.starts, boot_generation(), daemon_component.is_former };
    tell(EVENT_WELCOME, "441441", numbers, daemon_component.why, strlen(daemon_component.why));
    for (uint32_t told = 0, next; (next = plan_after(told)) != NO_INDEX; told = plans[next].plan.generation)
        plan_tell(next);
    for (uint32_t i = 0; i < slot_count * ROLES; i++) {
        const struct process *p = &slots[i / ROLES].process[i % ROLES];
        if (p->phase != PHASE_NONE)
            TELL(EVENT_PROCESS, "4144118", i / ROLES, i % ROLES, p->run, (uint64_t)p->pid, p->phase == PHASE_RUNNING || p->phase == PHASE_EXITED,
                 p->ready == READINESS_READY, p->since);
    }
    for (char **entry = environment; *entry; entry++)
        tell(EVENT_ENVIRONMENT, "1", (const uint64_t[]){ 0 }, *entry, strlen(*entry));
    channel.synced = TELL(EVENT_SYNCED, "", 0);
    boot_tell();
    for (uint32_t i = 0; i < slot_count * ROLES; i++) {
        const struct process *process = &slots[i / ROLES].process[i % ROLES];
        if (process->phase != PHASE_NONE && process->ready == READINESS_CLOSED)
            TELL(EVENT_READY_CLOSED, "44", i / ROLES, process->run);
        if (process->phase >= PHASE_FAILED)
            exit_tell(i / ROLES, (uint8_t)(i % ROLES));
    }
    for (int i = 0; i <= MOST_SIGNAL; i++)
        if (channel.requested[i])
            channel.requested[i] = TELL(EVENT_REQUESTED, "1", (uint64_t)i);
    return true;
}

bool daemon_acknowledge(uint32_t count)
{
    if (count - channel.acknowledged > channel.sent - channel.acknowledged)
        return false;
    channel.acknowledged = count;
    daemon_component.is_ready = daemon_component.is_ready || (int32_t)(count - channel.synced) >= 0;
    channel.progress = now();
    for (int i = 0; i <= MOST_SIGNAL; i++)
        if (channel.requested[i] && (int32_t)(count - channel.requested[i]) >= 0)
            channel.requested[i] = channel.unanswered = 0;
    return true;
}

void daemon_request(uint8_t signal)
{
    uint32_t told = TELL(EVENT_REQUESTED, "1", signal);
    channel.requested[signal] = told ? told : NO_INDEX;
    if (signal == SIGINT || signal == SIGTERM)
        channel.unanswered++;
    if (channel.unanswered >= 3 && channel.phase != CHANNEL_SYNCED)
        launcher_give_up();
}

void daemon_release(void) { hang_up(); }

void daemon_timer(uint64_t deadline)
{
    channel.has_timer = true;
    channel.timer = deadline;
}

uint64_t daemon_deadline(void)
{
    if (channel.phase == CHANNEL_GREETING)
        return daemon_component.started + greeting_limit + settings.acknowledge;
    if (channel.phase == CHANNEL_SYNCED)
        return channel.sent == channel.acknowledged ? UINT64_MAX : channel.progress + settings.acknowledge;
    return daemon_component.pid ? channel.progress + settings.acknowledge : daemon_component.restart_at;
}

void daemon_overdue(uint64_t time)
{
    if (time < daemon_deadline())
        return;
    if (channel.phase != CHANNEL_NONE)
        daemon_condemn(channel.phase == CHANNEL_GREETING ? "it did not say HELLO in time" : "it did not acknowledge an event in time");
    else if (!daemon_component.pid)
        daemon_start();
    else
        component_kill(daemon_component.pidfd);
    channel.progress = time;
}
