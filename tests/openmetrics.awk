# Whether a text is OpenMetrics 1.0, strictly: the grammar of its specification
# (https://prometheus.io/docs/specs/om/open_metrics_spec/), as far as gauges and infos go, and what
# it asks of families beside: each stands together and once, its unit ends its name, no sample comes
# twice. Prints what is wrong, one line each; exit code 1 then.
function wrong(what) {
    print "line " NR ": " what ": " $0
    failed = 1
}

# To ask an array for what it lacks would add it.
function type_of(name) {
    return name in type ? type[name] : ""
}

# The family that a sample's name belongs to.
function family_of(name) {
    if (type_of(family) == "info")
        sub(/_info$/, "", name)
    return name
}

function read_labels(text,    seen, name) {
    if (text == "")
        return
    if (text !~ /^\{.*\}$/) {
        wrong("no labels")
        return
    }
    text = substr(text, 2, length(text) - 2)
    while (text != "") {
        if (!match(text, /^[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*"/)) {
            wrong("a label that is none")
            return
        }
        name = text
        sub(/=.*/, "", name)
        if (name in seen)
            wrong("a label twice")
        seen[name] = 1
        text = substr(text, RLENGTH + 1)
        if (text != "" && text !~ /^,./) {
            wrong("no comma between labels")
            return
        }
        sub(/^,/, "", text)
    }
}

function begin_family(name) {
    if (name == family)
        return
    if (name in begun)
        wrong("a family in two places")
    begun[name] = 1
    family = name
}

ended { wrong("something behind the end") }
/\r/ { wrong("a carriage return") }

/^# EOF$/ { ended = 1; next }
/^# TYPE / {
    if (NF != 4 || $3 !~ /^[a-zA-Z_:][a-zA-Z0-9_:]*$/ || $4 !~ /^(gauge|info)$/)
        wrong("no TYPE")
    begin_family($3)
    if ($3 in type)
        wrong("TYPE twice")
    type[$3] = $4
    next
}
/^# UNIT / {
    begin_family($3)
    if (NF != 4 || $4 !~ /^[a-zA-Z0-9_:]+$/)
        wrong("no UNIT")
    if (substr($3, length($3) - length($4)) != "_" $4)
        wrong("a unit that does not end the name")
    if (type_of($3) == "info")
        wrong("an info has no unit")
    if ($3 in unit)
        wrong("UNIT twice")
    unit[$3] = $4
    next
}
/^# HELP / {
    begin_family($3)
    if (NF < 4 || /\\[^\\n"]/)
        wrong("no HELP")
    if ($3 in help)
        wrong("HELP twice")
    help[$3] = 1
    next
}
/^#/ { wrong("a comment"); next }
/^[a-zA-Z_:]/ {
    match($0, /^[a-zA-Z0-9_:]+/)
    name = substr($0, 1, RLENGTH)
    rest = substr($0, RLENGTH + 1)
    if (!match(rest, / [^ ]+$/)) {
        wrong("no value")
        next
    }
    value = substr(rest, RSTART + 1)
    labels = substr(rest, 1, RSTART - 1)
    if (value !~ /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/)
        wrong("a value that is no number")
    if (family_of(name) != family || !(family in type))
        wrong("a sample outside of its family")
    if (type_of(family) == "info" && (name !~ /_info$/ || value != "1"))
        wrong("no info")
    read_labels(labels)
    if ((name labels) in samples)
        wrong("a sample twice")
    samples[name labels] = 1
    count++
    next
}
{ wrong("no line of the format") }

END {
    if (!ended) {
        print "no # EOF"
        failed = 1
    }
    if (!failed)
        print count " samples"
    exit failed
}
