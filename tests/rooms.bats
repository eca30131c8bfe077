#!/usr/bin/env bats
# The rooms of src/ and their order (CONTRIBUTING.md): an include that points the wrong way fails.

setup() {
    cd "$BATS_TEST_DIRNAME/.." || return 1
}

# uses ROOM ALLOWED...: every include of a room names itself or an allowed room.
uses() {
    local room=$1 target wrong=""
    shift
    for target in $(sed -n 's/^#include "\([a-z]*\)\/.*/\1/p' src/"$room"/*.[ch] | sort -u); do
        case " $room generated $* " in
        *" $target "*) ;;
        *) wrong+=" $target" ;;
        esac
    done
    [[ -z $wrong ]] || {
        echo "src/$room must not use:$wrong"
        return 1
    }
}

@test "base uses nothing" { uses base; }
@test "text uses base" { uses text base; }
@test "machine uses base" { uses machine base; }
@test "transfer uses base" { uses transfer base; }
@test "demo uses base, transfer" { uses demo base transfer; }
@test "measure uses base, machine, transfer" { uses measure base machine transfer; }
@test "results uses base, measure" { uses results base measure; }
@test "conduct uses all below" { uses conduct base machine measure results; }
@test "claims uses base, results, conduct, text" { uses claims base results conduct text; }
@test "clean uses what can be left behind" { uses clean base transfer demo measure; }
@test "document knows no bundle" { uses document base text; }
@test "report works from a bundle alone" { uses report base results text document; }
@test "compare works from bundles alone" { uses compare base results document report text; }
@test "export works from a bundle alone" { uses export base results; }
@test "gallery works from bundles alone" { uses gallery base text results document report; }

@test "verify uses what makes bundles and what reads them" {
    uses verify base measure results conduct claims report text
}

@test "no room is missing here" {
    [[ $(cd src && echo *) == "base claims clean compare conduct demo document export gallery machine measure report results text transfer verify" ]]
}

@test "the three matched mains differ in names and summary only" {
    local name
    for name in pipe fifo shm; do
        # Without comments, the mechanism's name and the line that describes it.
        sed -e '/^\/\*/,/\*\//d' -e '/\.summary/d' -e "s/channel_$name/channel_X/" bench/"$name".c \
            >"$BATS_TEST_TMPDIR/$name"
    done
    diff "$BATS_TEST_TMPDIR/pipe" "$BATS_TEST_TMPDIR/fifo"
    diff "$BATS_TEST_TMPDIR/pipe" "$BATS_TEST_TMPDIR/shm"
}
