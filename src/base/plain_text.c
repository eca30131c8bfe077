#include "base/plain_text.h"

#include <string.h>

size_t plain_text_decode(const char *text, uint32_t *character)
{
    const unsigned char *byte = (const unsigned char *)text;
    if (byte[0] < 0x80) {
        *character = byte[0];
        return 1;
    }
    size_t length = byte[0] >= 0xf0 ? 4 : byte[0] >= 0xe0 ? 3 : 2;
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (byte[0] < 0xc2 || byte[0] > 0xf4)
        return 0;
    uint32_t value = byte[0] & (0xffU >> (length + 1));
    for (size_t index = 1; index < length; index++) {
        if ((byte[index] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (byte[index] & 0x3fU);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *character = value;
    return length;
}

bool plain_text_is_invisible(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0xad ||
           character == 0x61c || (character >= 0x200b && character <= 0x200f) ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2060 && character <= 0x206f) || character == 0xfeff ||
           (character >= 0xfff9 && character <= 0xfffb) || character >= 0xe0000;
}

static bool is_space(uint32_t character)
{
    return character == '\t' || character == '\n' || character == '\r';
}

char *plain_text_make(const char *source, char *text, size_t text_bytes)
{
    size_t used = 0;
    while (*source != '\0') {
        uint32_t character = 0;
        size_t length = plain_text_decode(source, &character);
        bool shown = length > 0 && (is_space(character) || !plain_text_is_invisible(character));
        if (shown && used + length >= text_bytes)
            break;
        if (shown && is_space(character))
            text[used++] = ' ';
        else if (shown)
            memmove(text + used, source, length);
        used += shown && !is_space(character) ? length : 0;
        source += length > 0 ? length : 1;
    }
    text[used] = '\0';
    return text;
}
