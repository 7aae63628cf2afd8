/* A daemon for tests that has no will of its own: it connects its launcher channel (descriptor 3) to the Unix socket SOCKET, where the test plays the
 * daemon. First it sends its process number there, as four bytes. It ends with status 0 when either side closes. */
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static bool copy(int from, int to)
{
    static char bytes[65536];
    ssize_t got = read(from, bytes, sizeof bytes);
    for (ssize_t at = 0, put; at < got; at += put)
        if ((put = write(to, bytes + at, (size_t)(got - at))) <= 0)
            return false;
    return got > 0;
}

int main(int count, char **words)
{
    enum { CHANNEL = 3 };
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int32_t pid = getpid();
    int test = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (count != 2 || strlen(words[1]) >= sizeof address.sun_path)
        return 2;
    strcpy(address.sun_path, words[1]);
    if (test < 0 || connect(test, (struct sockaddr *)&address, sizeof address) != 0 || write(test, &pid, sizeof pid) != sizeof pid)
        return 1;
    for (;;) {
        struct pollfd sides[] = { { .fd = CHANNEL, .events = POLLIN }, { .fd = test, .events = POLLIN } };
        if (poll(sides, 2, -1) < 0)
            return 1;
        if ((sides[1].revents && !copy(test, CHANNEL)) || (sides[0].revents && !copy(CHANNEL, test)))
            return 0;
    }
}
