#include "document/page.h"

#include "page_parts.h" /* generated: page_style, page_script */

#include <stddef.h>

static const char *const *const styles[] = {page_style, NULL};
static const char *const *const scripts[] = {page_script, NULL};
static const struct page_frame frame = {.styles = styles, .scripts = scripts};

const char *const *page_style_lines(void)
{
    return page_style;
}

void page_begin(const char *title, enum language language, FILE *stream)
{
    page_frame_begin(&frame, title, language, stream);
}

void page_end(FILE *stream)
{
    page_frame_end(&frame, stream);
}
