/* No new privileges, no path, no port, and no system call but a dozen. The filter is written by hand: libseccomp is larger than the whole logger. */
#include "logger.h"
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
enum { ARCHITECTURE = AUDIT_ARCH_X86_64 };
#elif defined(__aarch64__)
enum { ARCHITECTURE = AUDIT_ARCH_AARCH64 };
#else
enum { ARCHITECTURE = 0 };
#endif

/* The sanitizers and the fault log need more: there the same calls are made, and forbid next to nothing. */
#if defined(__SANITIZE_ADDRESS__) || defined(REEVE_FAULTS) || defined(REEVE_UNCONFINED)
enum { OTHERWISE = SECCOMP_RET_ALLOW, FILE_RIGHTS = 1 << 11, OTHER_RIGHTS = 0 };
#else
enum { OTHERWISE = (int)SECCOMP_RET_KILL_PROCESS, FILE_RIGHTS = 0xffff, OTHER_RIGHTS = 3 };
#endif

static const uint32_t permitted[] = {
#ifdef __NR_epoll_wait
    __NR_epoll_wait,
#endif
    __NR_epoll_pwait, __NR_clock_gettime, __NR_read,    __NR_write, __NR_epoll_ctl,  __NR_recvmsg, __NR_accept4, __NR_getsockopt,
    __NR_geteuid,     __NR_fcntl,         __NR_lseek,   __NR_close, __NR_mmap,       __NR_munmap,  __NR_exit_group,
};

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_EQUAL(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), (uint8_t)(then), (uint8_t)(otherwise))
#define ANSWER(action) BPF_STMT(BPF_RET | BPF_K, (uint32_t)(action))

/* Calls of the 32-bit and x32 kinds have another architecture or another number, so they are none of these. */
static int filter_calls(void)
{
    enum { ROWS = sizeof permitted / sizeof *permitted };
    struct sock_filter code[ROWS + 5] = { LOAD(arch), IF_EQUAL(ARCHITECTURE, 0, ROWS + 1), LOAD(nr) };
    for (size_t i = 0; i < ROWS; i++)
        code[3 + i] = (struct sock_filter)IF_EQUAL(permitted[i], ROWS - i, 0);
    code[ROWS + 3] = (struct sock_filter)ANSWER(OTHERWISE);
    code[ROWS + 4] = (struct sock_filter)ANSWER(SECCOMP_RET_ALLOW);
    struct sock_fprog program = { .len = sizeof code / sizeof *code, .filter = code };
    return CALL(prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0);
}

/* Denies all rights that this kernel's Landlock knows. What it may be told grew with its versions, as did the structure: paths, ports, scopes. */
static int forbid_paths(void)
{
    static const uint64_t known[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff };
    long version = CALL(syscall, __NR_landlock_create_ruleset, NULL, 0, 1);
    const uint64_t rules[3] = { version < 1 ? 0 : known[version < 5 ? version : 5] & FILE_RIGHTS, OTHER_RIGHTS, OTHER_RIGHTS };
    int set = version < 1 ? -1 : (int)CALL(syscall, __NR_landlock_create_ruleset, rules, version >= 6 ? 24 : version >= 4 ? 16 : 8, 0);
    int result = set < 0 ? -1 : (int)CALL(syscall, __NR_landlock_restrict_self, set, 0);
    if (set >= 0)
        CALL(close, set);
    return result;
}

void confine(void)
{
    if (CALL(prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        warn("cannot give up new privileges", strerror(errno));
    if (forbid_paths() != 0)
        warn("runs without Landlock", strerror(errno));
    if (ARCHITECTURE == 0 || filter_calls() != 0)
        warn("runs without a system call filter", ARCHITECTURE == 0 ? "unknown architecture" : strerror(errno));
}
