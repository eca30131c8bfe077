# The raw rows of a large bundle from those of a small one: see large-bundle.sh. Reads samples.tsv, then latency.tsv of the
# source; writes files of the same names into `folder`, and what the manifest must say of them to standard output.
# Variables: folder, rows (wanted), cells (wanted at least).

# A whole number in [0, bound), the same on every machine: 31 bits of state keep every product exact in a double.
function draw(bound) {
    state = (state * 1103515 + 12345) % 2147483648
    return int(state / 2147483648 * bound)
}

function real(value) {
    return sprintf("%.9g", value)
}

# How the rows of a copied cell differ from the source's: its placement, and a size that no cell of the source has.
function copied_placement(word, copy) {
    return copy == 0 ? word : word "-" copy
}

function divisor(left, right,    rest) {
    while (right > 0) {
        rest = left % right
        left = right
        right = rest
    }
    return left
}

# A histogram of the source, every value times `factor`, as rows that lack round and order, in piece[key, 1 .. pieces[key]];
# made once. Leaves the median of one way in median[key].
function histogram(sample, level,    key, factor, count, index_, value, width, lower, last, last_width, sum, below, needed) {
    key = sample SUBSEP level
    if (key in pieces)
        return
    factor = 0.95 + level / 160
    count = bucket_count[sample]
    needed = int((messages_of[sample] + 1) / 2)
    below = 0
    last = -1
    for (index_ = 1; index_ <= count + 1; index_++) {
        if (index_ <= count) {
            value = int(bucket_lower[sample, index_] * factor)
            width = 1
            while (value >= 256 * width)
                width *= 2
            lower = value - value % width
        }
        if (index_ > 1 && (index_ > count || lower != last)) {
            piece[key, ++pieces[key]] = sprintf("\t%.0f\t%.0f\t%.0f\n", last, last + last_width, sum)
            if (below < needed && below + sum >= needed)
                median[key] = real((last + (last_width - 1) / 2) / 2)
            below += sum
            sum = 0
        }
        last = lower
        last_width = width
        sum += bucket_values[sample, index_]
    }
}

FNR == 1 && NR == 1 {
    OFS = FS
    for (i = 1; i <= NF; i++)
        column[$i] = i
    header = $0
    next
}
FNR == 1 {
    latency_header = $0
    in_latencies = 1
    for (i = 1; i <= NF; i++)
        column_of_bucket[$i] = i
    next
}
in_latencies {
    sample = place[$column_of_bucket["round"], $column_of_bucket["order"]]
    count = ++bucket_count[sample]
    bucket_lower[sample, count] = $column_of_bucket["round_trip_lower_ns"]
    bucket_values[sample, count] = $column_of_bucket["count"]
    next
}
{
    samples++
    text[samples] = $0
    messages_of[samples] = $column["messages"]
    place[$column["round"], $column["order"]] = samples
    key = ""
    for (i = column["mechanism"]; i <= column["size_bytes"]; i++)
        key = key FS $i
    if (!(key in cell_of)) {
        cell_of[key] = ++bases
        is_bounce[bases] = $column["test"] == "bounce"
    }
    base = cell_of[key]
    members[base, ++member_count[base]] = samples
}

END {
    made = 0
    placements = 4
    copies = int((cells + bases - 1) / bases)
    # A cell has a thousand rounds at most.
    if (copies * bases * 1000 < rows)
        copies = int(rows / (bases * 1000)) + 1
    if (copies < placements)
        placements = copies
    sizes = int((copies + placements - 1) / placements)
    for (base = 1; base <= bases; base++) {
        for (copy = 0; copy < placements; copy++) {
            for (size = 0; size < (is_bounce[base] ? 1 : sizes); size++) {
                cell_base[made] = base
                cell_copy[made] = copy
                cell_size[made++] = size
            }
        }
    }
    rounds = int(rows / (made - 1))
    rounds = rounds > 1000 ? 1000 : rounds < 1 ? 1 : rounds
    step = int(made * 0.618) + 1
    while (divisor(step, made) != 1)
        step++
    print header >(folder "/samples.tsv")
    print latency_header >(folder "/latency.tsv")
    state = 20261125
    for (round = 1; round <= rounds; round++) {
        # Another cell is missing in every round: so no round is whole, and none has to be in the order of a seed.
        for (order = 1; order < made; order++) {
            cell = (order * step + round) % made
            base = cell_base[cell]
            sample = members[base, 1 + draw(member_count[base])]
            write_sample()
        }
    }
    print "placements", placements
    print "sizes", sizes
    print "cells", made
    print "rounds", rounds
    print "samples", rounds * (made - 1)
}

function write_sample(    factor, level, size, times, cpu_ns) {
    $0 = text[sample]
    factor = 0.95 + draw(100000) / 1000000
    $column["round"] = round
    $column["order"] = order
    $column["at_s"] = sprintf("%.3f", (round - 1) * made / 50 + order / 50)
    $column["placement"] = copied_placement($column["placement"], cell_copy[cell])
    if (cell_size[cell] > 0) {
        size = $column["size_bytes"]
        times = $column["messages"] * size
        $column["size_bytes"] = size + cell_size[cell]
        if (times > 0)
            $column["bytes"] = sprintf("%.0f", $column["bytes"] / times * $column["messages"] * (size + cell_size[cell]))
    }
    $column["wall_ns"] = sprintf("%.0f", $column["wall_ns"] * factor)
    cpu_ns = 0
    for (i = column["writer_user_ns"]; i <= column["reader_sys_ns"]; i++) {
        $i = sprintf("%.0f", $i * factor)
        cpu_ns += $i
    }
    if ($column["throughput_bytes_per_s"] != "nan")
        $column["throughput_bytes_per_s"] = real($column["bytes"] / $column["wall_ns"] * 1e9)
    if ($column["messages_per_s"] != "nan")
        $column["messages_per_s"] = real($column["messages"] / $column["wall_ns"] * 1e9)
    if ($column["cpu_ns_per_kib"] != "nan")
        $column["cpu_ns_per_kib"] = real(cpu_ns / ($column["bytes"] / 1024))
    if ($column["latency_mean_ns"] != "nan")
        $column["latency_mean_ns"] = real($column["latency_mean_ns"] * factor)
    if (sample in bucket_count) {
        level = int((factor - 0.95) * 160)
        histogram(sample, level)
        $column["latency_p50_ns"] = median[sample, level]
        for (i = 1; i <= pieces[sample, level]; i++)
            printf "%s%s", round FS order, piece[sample, level, i] >(folder "/latency.tsv")
    } else if ($column["latency_p50_ns"] != "nan")
        $column["latency_p50_ns"] = real($column["latency_p50_ns"] * factor)
    print >(folder "/samples.tsv")
}
