/* flood LINES SIZE: writes numbered lines of SIZE bytes to standard output, as fast as it is taken. Ends with 0 when all are written. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char block[65536];
    unsigned long lines = argc == 3 ? strtoul(argv[1], NULL, 10) : 0;
    size_t size = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, used = 0;
    if (size < 9 || size > sizeof block)
        return 2;
    for (unsigned long i = 0; i < lines; i++) {
        char digits[24];
        snprintf(digits, sizeof digits, "%08lu", i % 100000000);
        memset(block + used, '.', size);
        memcpy(block + used, digits, 8);
        block[used + size - 1] = '\n';
        used += size;
        if (used + size <= sizeof block && i + 1 < lines)
            continue;
        for (size_t at = 0; at < used;) {
            ssize_t count = write(STDOUT_FILENO, block + at, used - at);
            if (count < 0)
                return 1;
            at += (size_t)count;
        }
        used = 0;
    }
    return 0;
}
