/* Numbers into text and out of it. */
#include "check.h"

void numbers_to_text(void)
{
    CHECK(strcmp(digits(0), "0") == 0 && strcmp(digits(-1), "-1") == 0 && strcmp(digits(1234567890), "1234567890") == 0);
    CHECK(strcmp(digits(INT64_MIN), "-9223372036854775808") == 0 && strcmp(digits(INT64_MAX), "9223372036854775807") == 0);
}

void numbers_of_pid_files(void)
{
    const struct {
        const char *text;
        uint32_t pid;
    } cases[] = { { "123", 123 }, { "123\n", 123 }, { " \t\r\n\v\f123 text", 123 }, { "0", 0 }, { "", 0 }, { "-5", 0 }, { "+5", 0 }, { "x5", 0 },
                  { "2147483647", 2147483647 }, { "2147483648", 0 }, { "99999999999999999999", 0 }, { "0x10", 0 }, { "007", 7 }, { "\n", 0 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(pid_of_text(cases[i].text, strlen(cases[i].text)) == cases[i].pid);
    CHECK(pid_of_text("1234", 2) == 12);
}
