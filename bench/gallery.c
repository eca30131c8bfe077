/* Builds one page over many finished bundles. */
#include "base/exit_code.h"
#include "base/options.h"
#include "base/plain_text.h"
#include "base/replace_file.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "gallery/gallery_folder.h"
#include "gallery/gallery_page.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct arguments {
    const char *out;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "out",
     .operand = "DIR",
     .help =
         "the gallery's folder: new, empty or a gallery; without it `gallery` beside the bundles",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct arguments, out)},
    {.name = "help",
     .help = "print this page",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, help)},
    {.name = "version",
     .help = "print the version",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, version)},
    {.name = NULL},
};

static int print_help(void)
{
    const struct arguments defaults = {.out = NULL};
    puts("usage: gallery FOLDER... [--out DIR]\n\n"
         "Builds one page over many bundles. A FOLDER is a bundle or holds bundles, one level "
         "deep;\n"
         "links in it are passed over. The page leads to the bundles where they lie now, relative\n"
         "to its own place, so both are to be moved together. Prints the page's name.\n");
    options_print_help(rows, &defaults, stdout);
    return EXIT_CODE_DONE;
}

static void print_line(const char *text)
{
    char line[FAILURE_TEXT_BYTES];
    fprintf(stderr, "gallery: %s\n", plain_text_make(text, line, sizeof line));
}

static int complain(const struct failure *failure, int exit_code)
{
    print_line(failure->text);
    return exit_code;
}

static int collect(char **folders, int count, struct gallery_collection *collection,
                   struct failure *failure)
{
    int result = 0;
    for (int index = 0; index < count && result == 0; index++)
        result = gallery_collect(collection, folders[index], failure);
    if (result == 0)
        result = gallery_settle(collection, failure);
    for (size_t index = 0; index < collection->warnings_count; index++)
        print_line(collection->warnings[index].text);
    if (result == 0 && collection->count == 0)
        result =
            failure_say(failure, -EINVAL, "there is no bundle: give it folders such as results/");
    return result;
}

/* `gallery` in the first folder, or beside it when it is a bundle. */
static int choose_folder(const char *first, char folder[PATH_MAX], struct failure *failure)
{
    char manifest[PATH_MAX];
    struct stat status;
    char *path = realpath(first, NULL);
    if (path == NULL)
        return failure_set(failure, -errno, "%.160s", first);
    bool fits =
        snprintf(manifest, sizeof manifest, "%s/manifest.json", path) < (int)sizeof manifest;
    if (fits && lstat(manifest, &status) == 0)
        *strrchr(path, '/') = '\0';
    fits = fits && snprintf(folder, PATH_MAX, "%s/gallery", path) < PATH_MAX;
    free(path);
    return fits ? 0 : failure_set(failure, -ENAMETOOLONG, "%.160s", first);
}

static int write_gallery(const char *folder, const struct gallery_collection *collection,
                         struct failure *failure)
{
    char resolved[PATH_MAX];
    struct gallery_summary summary;
    bool made = false;
    int result = gallery_summarise(collection, &summary);
    if (result < 0)
        return failure_set(failure, result, "summing up");
    result = gallery_folder_prepare(folder, &made, failure);
    if (result == 0 && realpath(folder, resolved) == NULL)
        result = failure_set(failure, -errno, "%.160s", folder);
    const struct gallery_content content = {
        .collection = collection, .summary = &summary, .folder = resolved};
    if (result == 0)
        result = replace_file(folder, GALLERY_PAGE, gallery_page_write, &content, failure);
    if (result < 0 && made)
        rmdir(folder);
    return result;
}

static int build(char **folders, int count, const char *out, struct failure *failure)
{
    struct gallery_collection collection = {.count = 0};
    char folder[PATH_MAX];
    char shown[PATH_MAX];
    int result = collect(folders, count, &collection, failure);
    if (result == 0 && out == NULL)
        result = choose_folder(folders[0], folder, failure);
    else if (result == 0 && snprintf(folder, sizeof folder, "%s", out) >= (int)sizeof folder)
        result = failure_set(failure, -ENAMETOOLONG, "--out %.160s", out);
    if (result == 0)
        result = write_gallery(folder, &collection, failure);
    if (result == 0)
        printf("%s/" GALLERY_PAGE "\n", plain_text_make(folder, shown, sizeof shown));
    gallery_collection_free(&collection);
    return result;
}

static int answer(int count, char **words)
{
    struct arguments arguments = {.out = NULL};
    struct failure failure = {0};
    int operands = 0;
    int result = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (result == 0 && arguments.help)
        return print_help();
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("gallery"));
        return EXIT_CODE_DONE;
    }
    if (result == 0 && operands == 0)
        result = failure_say(&failure, -EINVAL,
                             "needs a FOLDER or more, such as results/; --help says more");
    if (result == 0 && arguments.out != NULL && *arguments.out == '\0')
        result = failure_say(&failure, -EINVAL, "--out '' is no folder's name");
    if (result == 0)
        result = build(words + 1, operands, arguments.out, &failure);
    if (result < 0)
        return complain(&failure, (int)exit_code_for_path(result));
    if (fflush(stdout) != 0 || ferror(stdout)) {
        failure_set(&failure, errno > 0 ? -errno : -EIO, "can't write to standard output");
        return complain(&failure, EXIT_CODE_FAILED);
    }
    return EXIT_CODE_DONE;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("gallery", answer(count, words));
}
