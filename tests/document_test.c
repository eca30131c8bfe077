/* One document in both formats, against what can be written by hand; and that nothing cited is
 * markup in either. */
#include "document/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static char *text;
static size_t length;
static struct document document;

static void begin(const struct document_format *format)
{
    document = (struct document){.stream = open_memstream(&text, &length), .format = format};
    assert_non_null(document.stream);
}

static void assert_written(const char *wanted)
{
    fclose(document.stream);
    assert_string_equal(text, wanted);
    free(text);
    text = NULL;
}

static void write_blocks(void)
{
    document_begin(&document, DOCUMENT_WHOLE);
    document_begin(&document, DOCUMENT_TITLE);
    document_say(&document, "Title: ");
    document_cite(&document, "<b> & *c* \"d\"");
    document_end(&document, DOCUMENT_TITLE);
    document_write(&document, DOCUMENT_WARNING, "%d < 3", 2);
    document_heading(&document, DOCUMENT_SECTION, "The gap, %s", "apart");
    document_write(&document, DOCUMENT_PARAGRAPH,
                   "A **strong** word, `code`, 1.5 [1.2, 1.8] and [a page](../x.md).");
    document_end(&document, DOCUMENT_WHOLE);
}

static void test_blocks(void **state)
{
    (void)state;
    begin(&document_markdown);
    write_blocks();
    assert_written("# Title: &lt;b&gt; &amp; \\*c\\* \"d\"\n\n> 2 < 3\n\n## The gap, apart\n\n"
                   "A **strong** word, `code`, 1.5 [1.2, 1.8] and [a page](../x.md).\n");
    begin(&document_html);
    write_blocks();
    assert_written(
        "<header>\n<h1>Title: &lt;b&gt; &amp; *c* &#34;d&#34;</h1>\n</header>\n<main id=\"main\">\n"
        "<section class=\"answer\" id=\"answer\" aria-label=\"The answer\">\n"
        "<p class=\"warning\">2 &lt; 3</p>\n</section>\n"
        "<section id=\"the-gap-apart\" aria-labelledby=\"the-gap-apart-title\">\n"
        "<h2 id=\"the-gap-apart-title\">The gap, apart</h2>\n"
        "<p>A <strong>strong</strong> word, <code>code</code>, 1.5 [1.2, 1.8] and "
        "<a href=\"../x.md\">a page</a>.</p>\n</section>\n</main>\n");
}

/* A list, in it a fold with a list of its own; and a list of nothing. */
static void write_lists(void)
{
    document_begin(&document, DOCUMENT_NUMBERS);
    document_begin(&document, DOCUMENT_ITEM);
    document_say(&document, "one");
    document_begin_fold(&document, DOCUMENT_FOLD, "Which");
    document_begin(&document, DOCUMENT_BULLETS);
    document_write(&document, DOCUMENT_ITEM, "inner");
    document_end(&document, DOCUMENT_BULLETS);
    document_end_fold(&document, DOCUMENT_FOLD);
    document_end(&document, DOCUMENT_ITEM);
    document_write(&document, DOCUMENT_ITEM, "two");
    document_end(&document, DOCUMENT_NUMBERS);
    document_begin(&document, DOCUMENT_BULLETS);
    document_end(&document, DOCUMENT_BULLETS);
    document_begin_fold(&document, DOCUMENT_FOLD_ON_PAGES, "more");
    document_write(&document, DOCUMENT_PARAGRAPH, "x");
    document_end_fold(&document, DOCUMENT_FOLD_ON_PAGES);
}

static void test_lists_and_folds(void **state)
{
    (void)state;
    begin(&document_markdown);
    write_lists();
    assert_written("1. one\n\n  <details><summary>Which</summary>\n\n  - inner\n\n  </details>\n\n"
                   "2. two\n\n\nx\n");
    begin(&document_html);
    write_lists();
    assert_written("<ol>\n<li>one<details>\n<summary>Which</summary>\n<ul>\n<li>inner</li>\n</ul>\n"
                   "</details>\n</li>\n<li>two</li>\n</ol>\n"
                   "<details>\n<summary>more</summary>\n<p>x</p>\n</details>\n");
}

static void write_table(void)
{
    document_begin(&document, DOCUMENT_TABLE);
    document_column(&document, DOCUMENT_WORDS, "what");
    document_column(&document, DOCUMENT_FIGURES, "%s p50", "pipe");
    document_column(&document, DOCUMENT_SENTENCES, "note");
    document_begin(&document, DOCUMENT_ROW);
    document_write(&document, DOCUMENT_CELL, "a");
    document_write(&document, DOCUMENT_CELL, "%d", 7);
    document_cite_cell(&document, "x|</td>y");
    document_end(&document, DOCUMENT_ROW);
    document_end(&document, DOCUMENT_TABLE);
}

static void test_tables(void **state)
{
    (void)state;
    begin(&document_markdown);
    write_table();
    assert_written("| what | pipe p50 | note |\n|---|---:|---|\n| a | 7 | x\\|&lt;/td&gt;y |\n");
    begin(&document_html);
    write_table();
    assert_written(
        "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"Table 1: \">\n"
        "<table>\n<thead><tr><th scope=\"col\">what</th>"
        "<th scope=\"col\" class=\"number\">pipe p50</th>"
        "<th scope=\"col\" class=\"long\">note</th></tr></thead>\n<tbody>\n"
        "<tr><th scope=\"row\">a</th><td class=\"number\">7</td>"
        "<td class=\"long\">x|&lt;/td&gt;y</td></tr>\n</tbody>\n</table>\n</div>\n");
    /* Without rows it is a table all the same. */
    begin(&document_markdown);
    document_begin(&document, DOCUMENT_TABLE);
    document_column(&document, DOCUMENT_WORDS, "a");
    document_end(&document, DOCUMENT_TABLE);
    assert_written("| a |\n|---|\n");
}

static void cite(const char *cited, const char *wanted)
{
    begin(&document_html);
    document_cite(&document, cited);
    assert_written(wanted);
}

static void test_cited_is_no_markup(void **state)
{
    (void)state;
    cite("**a** `b` [c](d)", "**a** `b` [c](d)");
    cite("</script><!--]]>'\"&amp;", "&lt;/script&gt;&lt;!--]]&gt;&#39;&#34;&amp;amp;");
    cite("a\x01\x1b[31m\x7f"
         "b\tc\nd\xc2\x9b\xe2\x80\xae\xff",
         "a[31mb c d");
    cite("\xef\xbf\xbe\xf0\x9d\x84\x9e\xc3\xa9", "\xf0\x9d\x84\x9e\xc3\xa9");
    /* Of a very long text there is a beginning, which ends between characters. */
    enum { LONG = 100000 };
    char *longer = malloc(LONG + 1);
    assert_non_null(longer);
    memset(longer, '<', LONG);
    longer[LONG] = '\0';
    begin(&document_html);
    document_cite(&document, longer);
    fclose(document.stream);
    assert_in_range(length, 4 * 4096, 5 * 4096);
    assert_int_equal(length % 4, 0);
    assert_string_equal(text + length - 4, "&lt;");
    free(text);
    free(longer);
}

/* What looks like a link and is none stays as it is; a mark that is not closed harms nobody else.
 */
static void test_brackets(void **state)
{
    (void)state;
    begin(&document_html);
    document_say(&document, "[1, 2] [a](b [c] (d) [");
    assert_written("[1, 2] [a](b [c] (d) [");
    begin(&document_html);
    document_say(&document, "[x\"<y](z\"<w)");
    assert_written("<a href=\"z&#34;&lt;w\">x&#34;&lt;y</a>");
}

/* Formats and words are looked up; addresses stay English, and no byte of a character is lost. */
static void write_chinese(void)
{
    document.language = LANGUAGE_CHINESE;
    document_begin(&document, DOCUMENT_TITLE);
    document_say(&document, "Charts");
    document_end(&document, DOCUMENT_TITLE);
    document_heading(&document, DOCUMENT_SECTION, "The claims");
    document_write(&document, DOCUMENT_PARAGRAPH, "**%s**: ", document_text(&document, "Charts"));
    document_write(&document, DOCUMENT_PARAGRAPH, "said by nobody, `%s`, [%s](x)", "图", "表");
}

static void test_languages(void **state)
{
    (void)state;
    begin(&document_html);
    write_chinese();
    assert_written("<header>\n<h1>图表</h1>\n</header>\n<main id=\"main\">\n"
                   "<section class=\"answer\" id=\"answer\" aria-label=\"答案\">\n"
                   "</section>\n<section id=\"the-claims\" aria-labelledby=\"the-claims-title\">\n"
                   "<h2 id=\"the-claims-title\">论断</h2>\n<p><strong>图表</strong>：</p>\n"
                   "<p>said by nobody, <code>图</code>, <a href=\"x\">表</a></p>\n");
    begin(&document_markdown);
    write_chinese();
    assert_written("# 图表\n\n## 论断\n\n**图表**：\n\nsaid by nobody, `图`, [表](x)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),   cmocka_unit_test(test_lists_and_folds),
        cmocka_unit_test(test_tables),   cmocka_unit_test(test_cited_is_no_markup),
        cmocka_unit_test(test_brackets), cmocka_unit_test(test_languages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
