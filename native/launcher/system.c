/* Small things over the kernel that several files need. */
#include "launcher.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>

int epoll_fd = -1, null_fd = -1;

uint64_t now(void)
{
    struct timespec time = { 0 };
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

void write_texts(int fd, ...)
{
    enum { PARTS = 12 };
    struct iovec parts[PARTS + 1];
    int count = 0;
    va_list more;
    va_start(more, fd);
    for (const char *text; count < PARTS && (text = va_arg(more, const char *));)
        parts[count++] = (struct iovec){ .iov_base = (char *)text, .iov_len = strlen(text) };
    va_end(more);
    parts[count++] = (struct iovec){ .iov_base = "\n", .iov_len = 1 };
    ssize_t ignored = CALL(writev, fd, parts, count);
    (void)ignored;
}

const char *digits(int64_t number)
{
    static char texts[4][24]; /* cppcheck-suppress constVariable ; written through `at` */
    static unsigned turn;
    char *at = texts[turn++ % 4] + 23;
    uint64_t rest = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    *at = 0;
    do
        *--at = (char)('0' + rest % 10);
    while (rest /= 10);
    if (number < 0)
        *--at = '-';
    return at;
}

bool watch(int fd, uint32_t events, enum watched kind, uint32_t index)
{
    struct epoll_event event = { .events = events, .data.u64 = (uint64_t)kind << 32 | index };
    return CALL(epoll_ctl, epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

void watch_again(int fd, uint32_t events, enum watched kind, uint32_t index)
{
    struct epoll_event event = { .events = events, .data.u64 = (uint64_t)kind << 32 | index };
    CALL(epoll_ctl, epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

void shut(int *fd)
{
    if (*fd < 0)
        return;
    /* A child that has not executed yet holds a duplicate: without this its events would go on. */
    epoll_ctl(epoll_fd, EPOLL_CTL_DEL, *fd, NULL);
    close(*fd);
    *fd = -1;
}

bool write_all(int fd, const void *bytes, size_t size)
{
    while (size > 0) {
        ssize_t written = CALL(write, fd, bytes, size);
        if (written <= 0)
            return false;
        bytes = (const char *)bytes + written;
        size -= (size_t)written;
    }
    return true;
}

bool put_file(const char *path, const char *text)
{
    int fd = CALL(open, path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool done = fd >= 0 && write_all(fd, text, strlen(text));
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return done;
}

int sealed_map(int fd, uint8_t **bytes, size_t *size)
{
    struct stat about;
    if (CALL(fcntl, fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0 || CALL(fstat, fd, &about) != 0)
        return errno;
    if (about.st_size <= 0 || about.st_size > 1 << 30)
        return EFBIG;
    *size = (size_t)about.st_size;
    void *map = CALL(mmap, NULL, *size, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return errno;
    *bytes = map;
    return 0;
}

/* Somebody listens at the path: EADDRINUSE. A socket that nobody listens at is removed; anything else stays, and bind fails. */
static int make_way(const struct sockaddr_un *address, socklen_t size)
{
    struct stat about;
    if (CALL(lstat, address->sun_path, &about) != 0)
        return errno == ENOENT ? 0 : errno;
    if (!S_ISSOCK(about.st_mode))
        return EEXIST;
    int probe = CALL(socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (probe < 0)
        return errno;
    int error = CALL(connect, probe, (const struct sockaddr *)address, size) == 0 || errno == EAGAIN ? EADDRINUSE : errno;
    close(probe);
    return error != ECONNREFUSED ? error : CALL(unlink, address->sun_path) == 0 ? 0 : errno;
}

static int bind_unix(int fd, const struct socket_spec *spec)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    size_t length = strlen(spec->path);
    if (length >= sizeof address.sun_path)
        return ENAMETOOLONG;
    memcpy(address.sun_path, spec->path, length);
    int error = make_way(&address, sizeof address);
    if (error)
        return error;
    /* The file gets the mode of the socket less the umask: right from its first moment, and no chmod that could follow a link. */
    mode_t mask = umask(0777 & ~spec->mode);
    bool bound = CALL(bind, fd, (const struct sockaddr *)&address, sizeof address) == 0;
    error = bound ? 0 : errno;
    umask(mask);
    if (bound && (spec->uid != -1 || spec->gid != -1) && CALL(lchown, spec->path, (uid_t)spec->uid, (gid_t)spec->gid) != 0) {
        error = errno;
        unlink(spec->path);
    }
    return error;
}

static int bind_internet(int fd, const struct socket_spec *spec)
{
    int on = 1;
    struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons(spec->port) };
    struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons(spec->port) };
    bool is_four = spec->family == SOCKET_INET;
    memcpy(&four.sin_addr, spec->address, 4);
    memcpy(&six.sin6_addr, spec->address, 16);
    if (CALL(setsockopt, fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        CALL(bind, fd, is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six, is_four ? sizeof four : sizeof six) != 0)
        return errno;
    return 0;
}

int listen_at(const struct socket_spec *spec, int *out)
{
    const int families[] = { 0, AF_UNIX, AF_INET, AF_INET6 };
    int fd = CALL(socket, families[spec->family], SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    int error = spec->family == SOCKET_UNIX ? bind_unix(fd, spec) : bind_internet(fd, spec);
    if (!error && CALL(listen, fd, 128) != 0) {
        error = errno;
        if (spec->family == SOCKET_UNIX)
            unlink(spec->path);
    }
    if (error)
        close(fd);
    else
        *out = fd;
    return error;
}

bool arrange(const int *from, int count, int base, int flags)
{
    enum { MOST = 16 };
    int high[MOST];
    for (int i = 0; i < count && i < MOST; i++) {
        high[i] = from[i] < 0 ? -1 : CALL(fcntl, from[i], F_DUPFD_CLOEXEC, base + count);
        if (from[i] >= 0 && high[i] < 0)
            return false;
    }
    for (int i = 0; i < count && i < MOST; i++) {
        if (high[i] < 0)
            close(base + i);
        else if (CALL(dup3, high[i], base + i, flags) < 0)
            return false;
    }
    /* Everything of ours is close-on-exec; this is the second lock, missing before Linux 5.9. */
    return CALL(syscall, SYS_close_range, (unsigned)(base + count), ~0U, 0) == 0 || errno == ENOSYS;
}
