#include "gallery/gallery_page.h"

#include "document/page.h"
#include "gallery/gallery_charts.h"
#include "gallery/gallery_folder.h"
#include "gallery/gallery_table.h"

#include "gallery_page_parts.h" /* generated: page_style, page_script */

#include <errno.h>

static void write_title(struct document *document)
{
    document_begin(document, DOCUMENT_TITLE);
    document_say(document, "Pipe against shared memory: many runs side by side");
    document_end(document, DOCUMENT_TITLE);
}

static int write_charts(const struct gallery_content *content, struct document *document)
{
    document_heading(document, DOCUMENT_SECTION, "Charts");
    document_write(document, DOCUMENT_PARAGRAPH,
                   "A line per bundle, each in the first placement it measured. Throughput and "
                   "latency are over what the same machine can do at best, so that machines "
                   "compare. Colours and dashes say how shared memory did at 64 KiB, matched.");
    return gallery_charts_write(content->collection, document->stream);
}

static void write_bundles(const struct gallery_content *content, struct document *document)
{
    document_heading(document, DOCUMENT_SECTION, "Bundles");
    document_write(document, DOCUMENT_PARAGRAPH,
                   "Each name leads to the bundle's report. Square brackets hold 95 %% intervals; "
                   "the ratio is throughput, both sides block, payload in own buffers; the share "
                   "is that of the size that the bundle's report tells about.");
    gallery_table_write(content->collection, content->folder, document->stream);
}

int gallery_page_write(const void *content, FILE *stream)
{
    const struct gallery_content *about = content;
    const char *const *const styles[] = {page_style_lines(), page_style, NULL};
    const char *const *const scripts[] = {page_script, NULL};
    const struct page_frame frame = {.styles = styles, .scripts = scripts, .mark = GALLERY_MARK};
    struct document document = {.stream = stream, .format = &document_html};
    page_frame_begin(&frame, "Pipe against shared memory: gallery", LANGUAGE_ENGLISH, stream);
    document_begin(&document, DOCUMENT_WHOLE);
    write_title(&document);
    gallery_answer_write(about->collection, about->summary, &document);
    int result = write_charts(about, &document);
    write_bundles(about, &document);
    document_end(&document, DOCUMENT_WHOLE);
    page_frame_end(&frame, stream);
    return result == 0 && ferror(stream) ? -EIO : result;
}
