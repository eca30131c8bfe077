# What the scripts here share to leave nothing behind, however they end. Sourced, never run.
# shellcheck shell=bash

# Sets scratch to a private folder for temporary files; the caller removes it in its EXIT trap. It is
# made as the programs make theirs (src/base/leftover_register.h): the lock on its register, which
# this shell and all that it starts hold, tells `clean` that somebody lives who needs it.
make_scratch() {
    local parent=${TMPDIR:-/tmp}
    if ! command -v flock >/dev/null; then
        # Under a name that `clean` does not know: without a lock it could not judge.
        scratch=$(mktemp -d "$parent/scratch-XXXXXX")
        return
    fi
    scratch=$(mktemp -d "$parent/pipe-vs-shm-XXXXXX") || return
    (umask 077 && : >"$scratch/register") || return
    exec {scratch_lock}>>"$scratch/register"
    flock "$scratch_lock" && echo script >&"$scratch_lock"
}

# Becomes the command given, which gets SIGTERM when the process that started this shell ends:
# nothing shall go on measuring for a script that was killed. To be called in a subshell or in the
# background. Where the system has no such means the command goes on to its end.
become_bound() {
    if setpriv --pdeathsig TERM true 2>/dev/null; then
        exec setpriv --pdeathsig TERM "$@"
    fi
    exec "$@"
}
