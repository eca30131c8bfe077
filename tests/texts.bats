#!/usr/bin/env bats
# Every text that we say has a translation, and every translation belongs to a text that we say.

setup() {
    cd "$BATS_TEST_DIRNAME/.." || return 1
    command -v xgettext >/dev/null || skip "needs xgettext (package gettext)"
}

# Whose argument is looked up in the table (text/text.h), and which argument that is.
readonly looked_up="text_in:2 TEXT:1 sentence_add:2 sentence_word:2 document_say:2 document_text:2 figure_word:2 figure_say:2 write_text:2 word_of:2 figure_word:2 figure_say:2
    document_heading:3 document_begin_fold:3 document_column:3 document_write:3
    finding_say:3 finding_add:2 finding_add_word:2"

# texts_of KEYWORDS FILE...: the texts, one a line as they stand between quotes in C.
texts_of() {
    local keywords=() keyword
    for keyword in $1; do
        keywords+=("--keyword=$keyword")
    done
    shift
    xgettext --keyword "${keywords[@]}" --language=C --from-code=UTF-8 --no-location --omit-header --no-wrap \
        --output=- "$@" |
        awk '/^msgid "/ { text = substr($0, 8, length($0) - 8); open = 1; next }
             open && /^"/ { text = text substr($0, 2, length($0) - 2); next }
             open { print text; open = 0 }' | LC_ALL=C sort -u
}

# Of texts on standard input those with anything to translate: words, or punctuation between what is filled in.
with_words() {
    awk '{ rest = $0
           gsub(/%<PRI[a-zA-Z0-9]+>/, "", rest)
           gsub(/%([0-9]+\$)?[-+ #0-9.*]*(hh|h|ll|l|z|j|t)?[a-zA-Z%]/, "", rest)
           if (rest ~ /[A-Za-z,;:.()]/) print }'
}

# What speaks all languages so far.
readonly sources=(src/document/*.c src/report/*.c src/claims/*.c bench/report.c)

said_by() {
    texts_of "$looked_up" "$@" | with_words
}

translated() {
    texts_of PAIR:1 src/text/text_chinese.c
}

@test "every text that is said has a translation" {
    local missing
    missing=$(LC_ALL=C comm -23 <(said_by "${sources[@]}" ) <(translated))
    [[ -z $missing ]] || {
        echo "no entry in src/text/text_chinese.c for:"
        echo "$missing"
        return 1
    }
}

@test "every translation is of a text that is said" {
    local stale
    stale=$(LC_ALL=C comm -13 <(texts_of "$looked_up" "${sources[@]}") <(translated))
    [[ -z $stale ]] || {
        echo "entries in src/text/text_chinese.c that nobody says:"
        echo "$stale"
        return 1
    }
}

@test "a text without an entry is found, also within another call" {
    local source="$BATS_TEST_TMPDIR/new.c"
    cat >"$source" <<'END'
void f(void)
{
    sentence_add(sentence, "said %s "
                           "by nobody", sentence_word(sentence, some ? TEXT("one word") : TEXT("other word")));
    document_write(document, DOCUMENT_CELL, "%s", text);
    document_column(document, DOCUMENT_WORDS, "a \"column\"");
}
END
    run said_by "$source"
    [[ $output == 'a \"column\"
one word
other word
said %s by nobody' ]]
}

@test "what the scripts of the charts say is brought to them, and nothing else" {
    local difference
    difference=$(diff <(grep -oh 'say("[^"]*")' plots/*.gp | sed 's/^say("\(.*\)")$/\1/' | LC_ALL=C sort -u) \
        <(texts_of TEXT:1 src/report/chart_words.c)) || {
        printf 'plots/*.gp (<) and src/report/chart_words.c (>) differ:\n%s\n' "$difference"
        return 1
    }
}
