#!/usr/bin/env bats
# Completion for bash: it knows the options and words that the programs know, no others, and bundles.

load helpers

setup() {
    # shellcheck source=../scripts/completion/pipe-vs-shm
    source "$repository/scripts/completion/pipe-vs-shm"
    cd "$BATS_TEST_TMPDIR"
}

# completed WORD...: what is offered for the last word, sorted, one a line.
completed() {
    COMP_WORDS=("$repository/run_bench.sh" "$@")
    COMP_CWORD=$#
    COMPREPLY=()
    _pipe_vs_shm "${COMP_WORDS[0]}"
    [[ ${#COMPREPLY[@]} -eq 0 ]] || printf '%s\n' "${COMPREPLY[@]}" | sort
}

options_of() {
    "$bin/$1" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p'
}

# same NAME WORD...: what was completed (standard input) is just these words.
same() {
    local name=$1
    shift
    diff <(printf '%s\n' "$@" | sort) - || {
        echo "completion (right) of $name" >&2
        return 1
    }
}

@test "the options of a run are those of --help" {
    # shellcheck disable=SC2046
    completed -- | same "a run" $(options_of suite) \
        $("$repository/run_bench.sh" help | sed -n '/^All other/q; s/^  \(--[a-z-]*\).*/\1/p' | grep -vx -e --like -e --resume)
    [[ $(completed -- | wc -l) -gt 25 ]]
}

@test "the options of a command are those of its program" {
    local command
    for command in report gallery export verify claims clean; do
        # shellcheck disable=SC2046
        completed "$command" -- | same "$command" $(options_of "$command") --no-install
    done
    # shellcheck disable=SC2046
    completed compare -- | same compare $(options_of compare) --out --no-charts --no-install
}

@test "the words of an option are those of --help" {
    local command option expected line count=0
    for command in suite report compare export claims; do
        # --option WORD   text [one|two|three] (default one), or text [auto...]
        while read -r option line; do
            expected=$(sed -n 's/.*\[\([a-z|-]*|[a-z|-]*\)\].*/\1/p' <<<"$line" | tr '|' ' ')
            [[ -n $expected ]] || continue
            # shellcheck disable=SC2086
            completed ${command/#suite/--quick} "$option" "" | same "$option" $expected
            count=$((count + 1))
        done < <("$bin/$command" --help | sed -n 's/^  \(--[a-z-]* .*\)/\1/p')
    done
    [[ $count -ge 6 ]]
    # Lists say in words what they take.
    # shellcheck disable=SC2086
    completed --mechanisms "" | same --mechanisms all $mechanisms
    for option in --tests --waits --modes --placement; do
        line=$("$bin/suite" --help | grep -- "^  $option ")
        for word in $(completed "$option" ""); do
            [[ $line == *[[,\ ]"$word"[],\ ]* || $line == *"$word,"* || $line == *",$word"* || $line == *" $word:"* ]] || {
                echo "$option does not know $word" >&2
                return 1
            }
        done
    done
}

@test "every command is offered, and --help has no other" {
    # shellcheck disable=SC2046
    completed "" | same commands \
        $("$repository/run_bench.sh" help | sed -n 's/^  \.\/run_bench\.sh \([a-z]*\) .*/\1/p')
    completed re | same commands report
}

@test "lists are completed behind each comma, and values behind =" {
    completed --waits block,s | same --waits block,spin block,semop
    completed --color = | same --color always auto never
    completed report --format = ma | same --format markdown
}

@test "bundles are offered, interrupted runs for --resume alone" {
    mkdir -p "results/a run" results/b.partial results/none else
    touch "results/a run/manifest.json" results/b.partial/manifest.json else/manifest.json
    completed show "" | same show "results/a run" else
    completed compare "results/a run" results/a | same compare "results/a run"
    completed --resume "" | same --resume results/b.partial
    completed --like = results/ | same --like "results/a run"
    completed --like results/ | same --like "results/a run"
    # Where there is none, the way to one.
    mkdir -p way/to
    completed report w | same report way
}

@test "test offers the tests of the clone" {
    completed test completi | same test completion
    completed test ratio_b | same test ratio_bar
}

@test "it speaks a shell's language: a line completed by bash itself" {
    run bash -c 'source "$1"; complete -p pipe-vs-shm run_bench.sh' - "$repository/scripts/completion/pipe-vs-shm"
    assert_done
    [[ ${#lines[@]} -eq 2 ]] || complain "not registered"
}
