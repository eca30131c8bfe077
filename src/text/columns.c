#include "text/columns.h"

#include "base/plain_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct range {
    uint32_t first;
    uint32_t last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character)
{
    for (size_t index = 0; index < count; index++) {
        if (character >= ranges[index].first && character <= ranges[index].last)
            return true;
    }
    return false;
}

/* Unicode's East Asian Width, W and F (UAX 11), in blocks. */
static bool is_wide(uint32_t character)
{
    static const struct range wide[] = {
        {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0xA4CF},   {0xA960, 0xA97F},
        {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE10, 0xFE19},   {0xFE30, 0xFE6F},
        {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x1F300, 0x1F64F}, {0x1F900, 0x1F9FF},
        {0x20000, 0x2FFFD}, {0x30000, 0x3FFFD},
    };
    return is_in(wide, sizeof wide / sizeof *wide, character);
}

/* Marks that stand on the character before. */
static bool is_without_width(uint32_t character)
{
    static const struct range marks[] = {{0x0300, 0x036F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF},
                                         {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};
    return plain_text_is_invisible(character) ||
           is_in(marks, sizeof marks / sizeof *marks, character);
}

/* Reads a character, and what it takes; returns its length in bytes. */
static size_t take(const char *text, uint32_t *character, size_t *columns)
{
    size_t length = plain_text_decode(text, character);
    if (length == 0) {
        *character = 0xFFFD;
        *columns = 1;
        return 1;
    }
    *columns = is_without_width(*character) ? 0 : is_wide(*character) ? 2 : 1;
    return length;
}

static bool is_among(const char *characters, uint32_t wanted)
{
    while (*characters != '\0') {
        uint32_t character = 0;
        size_t columns;
        characters += take(characters, &character, &columns);
        if (character == wanted)
            return true;
    }
    return false;
}

/* Between these two characters, neither of them a space: Chinese breaks anywhere, but not before
 * what closes nor behind what opens. */
static bool may_break(uint32_t before, uint32_t behind)
{
    return (is_wide(before) || is_wide(behind)) &&
           !is_among("，。、；：！？）》」』】”’…%)],.;:", behind) &&
           !is_among("（《「『【“‘([", before);
}

size_t text_columns(const char *text)
{
    size_t all = 0;
    while (*text != '\0') {
        uint32_t character = 0;
        size_t columns;
        text += take(text, &character, &columns);
        all += columns;
    }
    return all;
}

size_t text_break(const char *text, size_t columns)
{
    uint32_t before = ' ';
    size_t used = 0;
    size_t end = 0; /* the last place to break */
    size_t at = 0;
    while (text[at] != '\0') {
        uint32_t character = 0;
        size_t width;
        size_t length = take(text + at, &character, &width);
        if (at > 0 && before != ' ' && (character == ' ' || may_break(before, character)))
            end = at;
        if (character != ' ' && used + width > columns)
            return end > 0 ? end : at;
        used += width;
        at += length;
        before = character;
    }
    while (at > 0 && text[at - 1] == ' ')
        at--;
    return at;
}
