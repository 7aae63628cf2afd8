/* See logger.h. */
#include "logger.h"
#include <time.h>

static void digits(char *at, int count, int64_t value)
{
    for (; count > 0; value /= 10)
        at[--count] = (char)('0' + value % 10);
}

/* The civil date, counted in eras of 400 years that begin on a 1st of March, so that the leap day is a year's last. */
void stamp_write(int64_t seconds, long nanoseconds, char text[STAMP_SIZE + 1])
{
    int64_t days = seconds / 86400 + 719468, second = seconds % 86400; /* 719468: from 0000-03-01 to 1970-01-01 */
    int64_t era = days / 146097, day = days % 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    int64_t month = (5 * day + 2) / 153; /* 0 = March */
    memcpy(text, "0000-00-00T00:00:00.000000Z ", STAMP_SIZE + 1);
    digits(text, 4, year + 400 * era + (month > 9));
    digits(text + 5, 2, month > 9 ? month - 9 : month + 3);
    digits(text + 8, 2, day - (153 * month + 2) / 5 + 1);
    digits(text + 11, 2, second / 3600);
    digits(text + 14, 2, second / 60 % 60);
    digits(text + 17, 2, second % 60);
    digits(text + 20, 6, nanoseconds / 1000);
}

void stamp_now(char text[STAMP_SIZE + 1])
{
    static struct timespec last; /* what is shown if the clock can't be read */
    struct timespec time;
    if (CALL(clock_gettime, CLOCK_REALTIME, &time) == 0 && time.tv_sec >= 0)
        last = time;
    stamp_write(last.tv_sec, last.tv_nsec, text);
}
