#!/usr/bin/env bats
# CITATION.cff: what the format demands is there, and says what the project says elsewhere.

load helpers

setup() {
    file=$repository/CITATION.cff
}

# The value of a key of the file.
value_of() {
    sed -n "s/^$1: *//p" "$file"
}

@test "what the format demands is there" {
    [[ $(value_of cff-version) == 1.2.0 ]]
    local key
    for key in message title type version license; do
        [[ -n $(value_of "$key") ]] || {
            echo "no $key" >&2
            return 1
        }
    done
    grep -qx 'authors:' "$file"
    grep -qx '  - name: .*' "$file"
    # No key but those of the format, version 1.2.0.
    [[ -z $(sed -n 's/^\([a-z-]*\):.*/\1/p' "$file" | grep -vx -e cff-version -e message -e title -e abstract \
        -e type -e version -e license -e authors -e keywords) ]]
}

@test "version and licence are those of the project" {
    [[ $(value_of version) == "$(<"$repository/VERSION")" ]]
    [[ $(head -n 1 "$repository/LICENSE") == "$(value_of license) License" ]]
}
