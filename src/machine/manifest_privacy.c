#include "machine/manifest_privacy.h"

#include "machine/manifest.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REDACTED "(redacted)"

enum {
    /* Shorter names are parts of too many words ("pi", "vm") to be taken out everywhere. */
    SHORT_NAME_LENGTH = 3,
    /* A run of letters and digits this long is a key, a hash or an identity. */
    SECRET_LENGTH = 24,
    UUID_LENGTH = 36,
    HARDWARE_ADDRESS_COLONS = 5,
    INTERNET_ADDRESS_DOTS = 3
};

/* Parameters whose values name disks, networks, hosts or programs. "*": any ending. */
static const char *const identifying[] = {
    "root",        "resume",    "init",        "rdinit",     "initrd",        "BOOT_IMAGE",
    "BOOTIF",      "ip",        "nfsroot",     "nfsaddrs",   "hostname",      "host",
    "name",        "user",      "username",    "password",   "token",         "ds",
    "url",         "ks",        "netroot",     "netdev",     "nameserver",    "ifname",
    "vlan",        "bond",      "bridge",      "team",       "macaddr",       "mac",
    "cryptdevice", "cryptopts", "luks*",       "rd.*",       "systemd.*",     "inst.*",
    "iscsi*",      "cloud-*",   "autoinstall", "preseed*",   "ostree",        "zfs*",
    "label",       "uuid",      "machine*",    "netconsole", "dm-mod.create", "address",
};

static bool is_identifying(const char *name, size_t length)
{
    for (size_t index = 0; index < sizeof identifying / sizeof *identifying; index++) {
        const char *pattern = identifying[index];
        size_t fixed = strcspn(pattern, "*");
        bool open = pattern[fixed] == '*';
        if ((open ? length >= fixed : length == fixed) && strncasecmp(name, pattern, fixed) == 0)
            return true;
    }
    return false;
}

static bool has_uuid(const char *value, size_t length)
{
    static const char shape[] = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    for (size_t start = 0; start + UUID_LENGTH <= length; start++) {
        size_t same = 0;
        while (same < UUID_LENGTH &&
               (shape[same] == 'x' ? isxdigit((unsigned char)value[start + same]) != 0
                                   : value[start + same] == '-'))
            same++;
        if (same == UUID_LENGTH)
            return true;
    }
    return false;
}

/* Groups of digits with three dots between them, or of hexadecimal digits with five colons, or
 * with two colons in a row: internet and hardware addresses. */
static bool has_address(const char *value, size_t length)
{
    size_t dots = 0;
    size_t colons = 0;
    for (size_t index = 0; index < length; index++) {
        char next = value[index];
        bool hexadecimal = isxdigit((unsigned char)next) != 0;
        dots = next == '.' ? dots + 1 : isdigit((unsigned char)next) ? dots : 0;
        if (next == ':' && index > 0 && value[index - 1] == ':')
            return true;
        colons = next == ':' ? colons + 1 : hexadecimal ? colons : 0;
        if (dots >= INTERNET_ADDRESS_DOTS || colons >= HARDWARE_ADDRESS_COLONS)
            return true;
    }
    return false;
}

static bool has_secret(const char *value, size_t length)
{
    size_t run = 0;
    for (size_t index = 0; index < length; index++) {
        run = isalnum((unsigned char)value[index]) || strchr("+/=", value[index]) ? run + 1 : 0;
        if (run >= SECRET_LENGTH)
            return true;
    }
    return false;
}

static bool has_text(const char *value, size_t length, const char *text)
{
    return memmem(value, length, text, strlen(text)) != NULL;
}

static bool looks_identifying(const char *value, size_t length)
{
    return has_uuid(value, length) || has_address(value, length) || has_secret(value, length) ||
           has_text(value, length, "@") || has_text(value, length, "//") ||
           has_text(value, length, "/home/") || has_text(value, length, "/dev/") ||
           has_text(value, length, "UUID=") || has_text(value, length, "LABEL=");
}

/* The end of the parameter at `text`: a space outside of double quotes, as the kernel splits. */
static const char *parameter_end(const char *text)
{
    bool quoted = false;
    while (*text != '\0' && (quoted || !isspace((unsigned char)*text))) {
        if (*text == '"')
            quoted = !quoted;
        text++;
    }
    return text;
}

static void print_parameter(FILE *stream, const char *parameter, size_t length)
{
    const char *equals = memchr(parameter, '=', length);
    if (equals == NULL) {
        bool shown = !looks_identifying(parameter, length);
        fprintf(stream, "%.*s", shown ? (int)length : (int)strlen(REDACTED),
                shown ? parameter : REDACTED);
        return;
    }
    /* The kernel takes a "name=value" in quotes as a whole, too. */
    const char *name = *parameter == '"' ? parameter + 1 : parameter;
    size_t name_length = (size_t)(equals - name);
    size_t value_length = length - (size_t)(equals + 1 - parameter);
    if (is_identifying(name, name_length) || looks_identifying(equals + 1, value_length))
        fprintf(stream, "%.*s=" REDACTED, (int)name_length, name);
    else
        fprintf(stream, "%.*s", (int)length, parameter);
}

char *privacy_redact_command_line(const char *line)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    if (stream == NULL)
        return NULL;
    const char *separator = "";
    for (const char *next = line; *next != '\0';) {
        const char *end = parameter_end(next);
        size_t length = (size_t)(end - next);
        bool ends = length == 2 && strncmp(next, "--", 2) == 0;
        if (length > 0) {
            fputs(separator, stream);
            print_parameter(stream, next, length);
            separator = " ";
        }
        if (ends) {
            fputs(" " REDACTED, stream);
            break;
        }
        next = *end != '\0' ? end + 1 : end;
    }
    if (fclose(stream) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static bool is_word_character(char character)
{
    return isalnum((unsigned char)character) || character == '_';
}

/* Writes `text` with `name` replaced. A short name is only replaced where it stands alone. */
static char *replace(const char *text, const char *name, const char *by, bool alone)
{
    char *result = NULL;
    size_t bytes = 0;
    size_t length = strlen(name);
    FILE *stream = open_memstream(&result, &bytes);
    if (stream == NULL)
        return NULL;
    for (const char *next = text; *next != '\0';) {
        bool matches = length > 0 && strncmp(next, name, length) == 0;
        if (matches && alone)
            matches =
                (next == text || !is_word_character(next[-1])) && !is_word_character(next[length]);
        if (matches)
            fputs(by, stream);
        else
            fputc(*next, stream);
        next += matches ? length : 1;
    }
    if (fclose(stream) != 0) {
        free(result);
        return NULL;
    }
    return result;
}

/* Names that tell nothing of anybody, and would take out parts of common words. */
static bool is_common_name(const char *name)
{
    return strcmp(name, "root") == 0 || strcmp(name, "localhost") == 0;
}

/* Replaces the malloc'ed *text by one without `name`. */
static int take_out(char **text, const char *name, const char *by)
{
    if (*name == '\0' || is_common_name(name))
        return 0;
    char *without = replace(*text, name, by, strlen(name) <= SHORT_NAME_LENGTH);
    if (without == NULL)
        return -ENOMEM;
    free(*text);
    *text = without;
    return 0;
}

/* "/home/NAME" of anybody becomes "~": a build may have been made under another account. */
static void fold_homes(char *text)
{
    static const char prefix[] = "/home/";
    for (char *found = text; (found = strstr(found, prefix)) != NULL;) {
        const char *rest = found + strlen(prefix);
        rest += strcspn(rest, "/ \t\n\"':;,=");
        *found++ = '~';
        memmove(found, rest, strlen(rest) + 1);
    }
}

struct identity privacy_identity(void)
{
    struct identity identity = {0};
    if (gethostname(identity.host, sizeof identity.host - 1) != 0)
        identity.host[0] = '\0';
    const struct passwd *account = getpwuid(getuid());
    const char *home = getenv("HOME");
    const char *sudo_user = getenv("SUDO_USER");
    if (home == NULL && account != NULL)
        home = account->pw_dir;
    if (account != NULL)
        snprintf(identity.user, sizeof identity.user, "%s", account->pw_name);
    if (home != NULL)
        snprintf(identity.home, sizeof identity.home, "%s", home);
    if (sudo_user != NULL)
        snprintf(identity.other_user, sizeof identity.other_user, "%s", sudo_user);
    return identity;
}

char *privacy_scrub(const char *text, const struct identity *identity)
{
    char *scrubbed = strdup(text);
    if (scrubbed == NULL)
        return NULL;
    char host_label[sizeof identity->host];
    snprintf(host_label, sizeof host_label, "%.*s", (int)strcspn(identity->host, "."),
             identity->host);
    /* The home path first: it mostly holds the user's name. */
    int result = strlen(identity->home) > 1 ? take_out(&scrubbed, identity->home, "~") : 0;
    fold_homes(scrubbed);
    if (result == 0)
        result = take_out(&scrubbed, identity->host, "(host)");
    if (result == 0)
        result = take_out(&scrubbed, host_label, "(host)");
    if (result == 0)
        result = take_out(&scrubbed, identity->user, "(user)");
    if (result == 0)
        result = take_out(&scrubbed, identity->other_user, "(user)");
    if (result == 0)
        return scrubbed;
    free(scrubbed);
    return NULL;
}

char *manifest_scrub(const char *text)
{
    const struct identity identity = privacy_identity();
    return privacy_scrub(text, &identity);
}

static int scrub_string(json_t *value, const struct identity *identity)
{
    char *scrubbed = privacy_scrub(json_string_value(value), identity);
    int result = scrubbed != NULL && json_string_set(value, scrubbed) == 0 ? 0 : -ENOMEM;
    free(scrubbed);
    return result;
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the facts are nested, that is twice
int privacy_scrub_json(json_t *value, const struct identity *identity)
{
    const char *name;
    size_t index;
    json_t *child;
    int result = 0;
    if (json_is_string(value))
        return scrub_string(value, identity);
    json_object_foreach(value, name, child)
    {
        if (result == 0)
            result = privacy_scrub_json(child, identity);
    }
    json_array_foreach(value, index, child)
    {
        if (result == 0)
            result = privacy_scrub_json(child, identity);
    }
    return result;
}
