/*
 * All that we say, in simplified Chinese: pairs of the English in the code and its translation,
 * sorted by the bytes of the English (`LC_ALL=C sort`). Terms are those of docs/TERMS.md. Where
 * Chinese wants another order of the arguments, all of them have positions: %2$s.
 */
#include "text/text.h"

/* tests/texts.bats reads this file by it. */
#define PAIR(english, translation)                                                                 \
    {                                                                                              \
        english, translation                                                                       \
    }

const struct text_pair text_chinese[] = {
    PAIR("The article's claims were not tried in this bundle: it has no %s "
         "(build/bin/claims writes it).",
         "本结果包没有检验文章的论断：其中没有 %s（由 build/bin/claims 写出）。"),
    PAIR("The claims", "论断"),
    PAIR("What the article says, and what this machine says to it; %s. Unresolved means that the "
         "data does not carry an answer.",
         "文章的说法，以及这台机器给出的回答；%s。“未能判定”表示数据不足以给出答案。"),
    PAIR("claim", "论断"),
    PAIR("evidence", "证据"),
    PAIR("id", "编号"),
    PAIR("verdict", "判定"),
};

const size_t text_chinese_count = sizeof text_chinese / sizeof *text_chinese;
