/*
 * The languages in which people are spoken to. Files that programs read have none. Knows no texts
 * and asks no environment: whoever calls passes what stands there.
 */
#ifndef LANGUAGE_H
#define LANGUAGE_H

enum language { LANGUAGE_ENGLISH, LANGUAGE_CHINESE, LANGUAGE_COUNT };

/* What --lang calls them: "en", "zh"; indexed by the enum above and ended by NULL. */
extern const char *const language_names[LANGUAGE_COUNT + 1];

/* What a page says of its language: "en", "zh-CN". */
const char *language_tag(enum language language);

/*
 * The language of a locale, from the values of LC_ALL, LC_MESSAGES and LANG, each of which may be
 * NULL: the first that is not empty decides, as setlocale(3) does it. Chinese for "zh" and whatever
 * follows it ("zh_CN.UTF-8", "zh-Hans"); English for all others, and without any.
 */
enum language language_of_locale(const char *lc_all, const char *lc_messages, const char *lang);

#endif
