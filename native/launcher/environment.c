/* The daemon environment: what every service starts from. The settings give it, SETENV and UNSETENV change it. */
#include "launcher.h"

/* What SETENV may add or take away at most; the rest of the table is for the ops of a program. */
enum { MOST = 1024, LARGEST_ENTRY = 131072 };

char *environment[ENVIRONMENT_SIZE + 1];

/* Variables by which a loader, a shell or an interpreter is made to run something else: never set in system mode, whatever the allow-list says. */
static const char *const forbidden[] = { "LD_*", "GCONV_PATH", "NODE_*", "BASH_ENV", "ENV", "IFS", "PATH", "SHELLOPTS", "BASHOPTS", "PYTHON*", "PERL*",
                                         "RUBY*", NULL };

static size_t name_length(const char *entry) { return strcspn(entry, "="); }

static char **place_of(char *const *list, const char *name)
{
    size_t length = name_length(name);
    for (; *list; list++)
        if (strncmp(*list, name, length) == 0 && (*list)[length] == '=')
            break;
    return (char **)list;
}

char *environment_find(char *const *list, const char *name) { return *place_of(list, name); }

bool environment_put(char **list, char *entry)
{
    char **place = place_of(list, entry);
    if (place - list >= ENVIRONMENT_SIZE)
        return false;
    if (!*place)
        place[1] = NULL;
    *place = entry;
    return true;
}

void environment_drop(char **list, const char *name)
{
    char **place = place_of(list, name);
    for (; *place; place++)
        place[0] = place[1];
}

bool environment_begin(void)
{
    struct text text;
    bool fits = true;
    for (size_t at = 0; settings_next(&settings, SETTINGS_ENVIRONMENT, &at, &text) && fits;)
        fits = environment_put(environment, (char *)text.bytes);
    return fits;
}

static bool matches(const char *pattern, const char *name, size_t length)
{
    size_t stem = strcspn(pattern, "*");
    return pattern[stem] ? length >= stem && memcmp(pattern, name, stem) == 0 : length == stem && memcmp(pattern, name, length) == 0;
}

static bool is_allowed(const char *name)
{
    size_t length = name_length(name), at = 0;
    struct text allowed;
    if (length == 0)
        return false;
    if (settings.mode == MODE_USER)
        return true;
    for (const char *const *pattern = forbidden; *pattern; pattern++)
        if (matches(*pattern, name, length))
            return false;
    while (settings_next(&settings, SETTINGS_SETENV_ALLOW, &at, &allowed))
        if (allowed.length == length && memcmp(allowed.bytes, name, length) == 0)
            return true;
    return false;
}

static void release(const char *entry)
{
    if (entry && (entry < (const char *)settings.bytes || entry >= (const char *)settings.bytes + settings.size))
        free((char *)entry);
}

#ifndef __clang__ /* gcc's analyzer does not see that `place` is in the table */
#pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif
int environment_set(struct text text)
{
    if (text.length > LARGEST_ENTRY || !strchr(text.bytes, '=') || !is_allowed(text.bytes))
        return 2;
    char **place = place_of(environment, text.bytes), *former = *place;
    char *entry = !former && place - environment >= MOST ? NULL : CALL_MEMORY(strdup, text.bytes);
    if (!entry)
        return 3;
    if (!former)
        place[1] = NULL;
    *place = entry;
    release(former);
    return 0;
}

int environment_unset(struct text name)
{
    if (strchr(name.bytes, '=') || !is_allowed(name.bytes))
        return 2;
    char *former = environment_find(environment, name.bytes);
    environment_drop(environment, name.bytes);
    release(former);
    return 1;
}
