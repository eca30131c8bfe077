# The instructions that one process executed itself on the way of messages, from a callgrind file: the
# loop, the mechanism, the payload, and what these call of the C library. What it spent waiting for
# the other (transfer/wait.c) is a matter of time and left out. Self costs only: what follows a
# "calls=" line is the cost of the callee, which has a place of its own.
function named(text, names,    id) {
    sub(/^[a-z]+=/, "", text)
    if (!match(text, /^\([0-9]+\)/)) return text
    id = substr(text, 1, RLENGTH)
    if (length(text) > RLENGTH) names[id] = substr(text, RLENGTH + 2)
    return names[id]
}
/^calls=/ { callee = 1; next }
/^fl=/ { file = named($0, files); next }
# An inlined part or a callee tells its own file, whose name may be given here first.
/^(fi|fe|cfi|cfl)=/ { named($0, files); next }
/^cfn=/ { named($0, functions); next }
/^fn=/ {
    name = named($0, functions)
    ours = file ~ /transfer\/(ring|ring_channel|channel[a-z_]*|stream|payload)\.c$/ || file ~ /measure\/loop\.c$/
    library = name ~ /^(__)?mem(cpy|move)/ || name ~ /^(__libc_)?(read|write|vmsplice)$/
    next
}
/^[-+*0-9]/ {
    if (!callee && (ours || library)) sum += $2
    callee = 0
}
END { printf "%d\n", sum }
