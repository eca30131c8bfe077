/* Comparisons as Markdown and as a page. */
#include "compare/compare_document.h"

#include "document/figure_html.h"
#include "document/page.h"

#include <errno.h>

/* Of all charts of a page together: each takes some 250 bytes. */
enum { MOST_POINTS_ON_A_PAGE = 12000 };

int compare_write_markdown(const struct compare_story *story, FILE *stream)
{
    struct document document = {.stream = stream, .format = &document_markdown};
    int result = compare_document_write(story, NULL, &document);
    return result == 0 && ferror(stream) ? -EIO : result;
}

/* `state` is the number of points so far. */
static void draw(void *state, const struct figure *figure, const char *name, const char *title,
                 struct document *document)
{
    size_t *points = state;
    if (*points + figure->points_count > MOST_POINTS_ON_A_PAGE) {
        document_write(document, DOCUMENT_PARAGRAPH,
                       "The chart `%s` has too many points for this page.", name);
        return;
    }
    *points += figure->points_count;
    figure_write_html(figure, name, title, document->stream);
}

int compare_write_html(const struct compare_story *story, FILE *stream)
{
    size_t points = 0;
    const struct compare_drawer drawer = {.draw = draw, .state = &points};
    struct document document = {.stream = stream, .format = &document_html};
    struct sentence title = sentence_in(LANGUAGE_ENGLISH);
    compare_document_say_title(story, &title);
    page_begin(title.text, LANGUAGE_ENGLISH, stream);
    int result = compare_document_write(story, &drawer, &document);
    page_end(stream);
    return result == 0 && ferror(stream) ? -EIO : result;
}
