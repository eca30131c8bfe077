# One look for all charts: a mechanism has the same colour and point shape everywhere, a way of
# waiting the same dashes. Colours are those of M. Okabe and K. Ito (Color Universal Design, 2008),
# which stay apart for the colour-blind; shapes differ too, so that a grey print can be read. There
# are eight of those colours: mechanisms that are measured on request have others between them,
# darker or lighter, akin within a kind (shared memory orange, sockets violet, queues olive), with other shapes.
# Needs nothing newer than gnuplot 5.2.

width = 1000 # pixels, of every chart

# What we say, in the language of the chart. NAME.data brings the texts: how many, each in English as it stands in these scripts,
# and said in that language. A text that it does not bring stays as it is.
set encoding utf8
if (!exists("texts")) { texts = 0 }
said(text, i) = i > texts ? text : text_english[i] eq text ? text_said[i] : said(text, i + 1)
say(text) = said(text, 1)

# How wide a text is, in Latin letters of the same size: a Han character is about as wide as two.
latin = " !#$%&()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|}~"
letters_of(text) = strlen(text) == 0 ? 0.0 : \
    sum [letter = 1:strlen(text)] (strstrt(latin, text[letter:letter]) > 0 ? 1.0 : 2.0)

color_of(role) = role eq "pipe"             ? "#0072B2" : \
                 role eq "fifo"             ? "#56B4E9" : \
                 role eq "shm"              ? "#D55E00" : \
                 role eq "posix_shm"        ? "#E69F00" : \
                 role eq "memfd"            ? "#8C510A" : \
                 role eq "unix_stream"      ? "#6A3D9A" : \
                 role eq "unix_seqpacket"   ? "#B294D0" : \
                 role eq "tcp"              ? "#1B1E77" : \
                 role eq "posix_mq"         ? "#8A8D00" : \
                 role eq "sysv_mq"          ? "#5C5F00" : \
                 role eq "vmsplice"         ? "#009E73" : \
                 role eq "process_vm_readv" ? "#CC79A7" : \
                 role eq "null"             ? "#999999" : \
                 role eq "memcpy"           ? "#000000" : \
                 role eq "bounce"           ? "#000000" : "#666666"

is_reference(role) = role eq "null" || role eq "memcpy" || role eq "bounce"

# Filled where a side blocks, hollow where it spins. A reference line has no points.
shape_of(role) = role eq "pipe" ? 6 : role eq "fifo" ? 4 : role eq "shm" ? 8 : \
                 role eq "posix_shm" ? 10 : role eq "memfd" ? 12 : \
                 role eq "unix_stream" ? 4 : role eq "unix_seqpacket" ? 14 : role eq "tcp" ? 6 : \
                 role eq "posix_mq" ? 8 : role eq "sysv_mq" ? 4 : \
                 role eq "vmsplice" ? 12 : role eq "process_vm_readv" ? 10 : 14
point_of(role, wait) = is_reference(role) ? 0 : shape_of(role) + (wait eq "spin" ? 0 : 1)
# A pipe and a FIFO are the same kernel code and lie on each other: the FIFO is drawn first, wide
# and light, and the pipe narrow on top of it.
point_size_of(role) = is_reference(role) ? 0 : role eq "fifo" ? 1.1 : 0.85
width_of(role, wait) = role eq "fifo" ? fifo_width : is_reference(role) ? 1.6 : 1.8

set dashtype 11 (9, 5)
set dashtype 12 (9, 4, 2, 4)
set dashtype 13 (2, 4)
set dashtype 14 (2, 3)
dashes_of(role, wait) = role eq "memcpy" || role eq "bounce" ? 12 : role eq "null" ? 14 : \
                        wait eq "spin" ? 11 : wait eq "hybrid" ? 12 : wait eq "semop" ? 13 : 1

name_of(role) = role eq "fifo"     ? "FIFO" : \
                role eq "null"     ? say("null: harness alone") : \
                role eq "memcpy"   ? say("memcpy ceiling") : \
                role eq "bounce"   ? say("cache-line bounce floor") : role

mode_name_of(copies) = copies eq "own" ? say("own: private buffer to private buffer") : \
                       copies eq "inplace" ? say("inplace: each mechanism at its best") : copies
