/* No new privileges, no path, no port, and no system call but a dozen. The filter is written by hand: libseccomp is larger than the whole logger. */
#include "logger.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* The sanitizers and the fault log need more: there the same calls are made, and forbid next to nothing. */
#if defined(__SANITIZE_ADDRESS__) || defined(REEVE_FAULTS)
enum { OTHERWISE = SECCOMP_RET_ALLOW, STRICT = 0 };
#else
enum { OTHERWISE = (int)SECCOMP_RET_KILL_PROCESS, STRICT = 1 };
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_EQUAL(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (value), (then), (otherwise))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (uint32_t)(action))
#define PERMIT(call) IF_EQUAL(__NR_##call, 0, 1), ANSWER(SECCOMP_RET_ALLOW)

/* Calls of the 32-bit and x32 kinds have another architecture or another number, so they are none of these. */
static int filter_calls(void)
{
    struct sock_filter code[] = {
        LOAD(arch), IF_EQUAL(ARCHITECTURE, 1, 0), ANSWER(OTHERWISE), LOAD(nr),
#ifdef __NR_epoll_wait
        PERMIT(epoll_wait),
#endif
        PERMIT(epoll_pwait), PERMIT(clock_gettime), PERMIT(read), PERMIT(write), PERMIT(epoll_ctl), PERMIT(recvmsg), PERMIT(sendto), PERMIT(accept4),
        PERMIT(getsockopt), PERMIT(geteuid), PERMIT(fcntl), PERMIT(lseek), PERMIT(close), PERMIT(mmap), PERMIT(munmap), PERMIT(exit_group),
        ANSWER(OTHERWISE),
    };
    struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };
    return CALL(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Denies all rights to paths, ports and scopes that this kernel's Landlock knows: it refuses a set with one that it doesn't. */
static int forbid_paths(void)
{
    static const uint64_t sets[][3] = { { 0xffff, 3, 3 }, { 0xffff, 3, 0 }, { 0x7fff, 3, 0 }, { 0x7fff, 0, 0 }, { 0x3fff, 0, 0 }, { 0x1fff, 0, 0 }, { 1 << 11, 0, 0 } };
    enum { SETS = sizeof sets / sizeof *sets };
    int set = -1, result = -1;
    for (size_t i = STRICT ? 0 : SETS - 1; set < 0 && i < SETS; i++)
        set = (int)CALL(syscall, __NR_landlock_create_ruleset, sets[i], sizeof *sets, 0);
    if (set >= 0)
        result = (int)CALL(syscall, __NR_landlock_restrict_self, set, 0);
    shut(set);
    return result;
}

void confine(void)
{
    tzset(); /* the C library looks for a file of time zones, but only the first time */
    if (CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        warn("cannot give up new privileges", strerror(errno));
    if (forbid_paths() != 0)
        warn("runs without Landlock", strerror(errno));
    if (filter_calls() != 0)
        warn("runs without a system call filter", strerror(errno));
}
