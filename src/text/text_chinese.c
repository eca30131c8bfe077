/*
 * All that we say, in simplified Chinese: pairs of the English in the code and its translation,
 * sorted by the bytes of the English (`LC_ALL=C sort`). Terms are those of docs/TERMS.md. Where
 * Chinese wants another order of the arguments, all of them have positions: %2$s.
 */
#include "text/text.h"

#include <inttypes.h>

/* tests/texts.bats reads this file by it. */
#define PAIR(english, translation)                                                                 \
    {                                                                                              \
        english, translation                                                                       \
    }

const struct text_pair text_chinese[] = {
    PAIR("  %s, %s, %s: %sx (%s)", "  %s（%s，%s）：%sx（%s）"),
    PAIR(" %zu cells have too few rounds (fewer than %d) to tell.",
         "%zu 个测量单元的轮数太少（少于 %d 轮），无从判断。"),
    PAIR(" (%.24s guest)", "（%.24s 虚拟机）"),
    PAIR(" (%s)", "（%s）"),
    PAIR(" (errors.tsv). The first: %s %s, %s:", "（errors.tsv）。第一个：%s %s，%s："),
    PAIR(" (not resolved)", "（不可分辨）"),
    PAIR(" (pipe, 4 copies, block: %s ns/KiB; shm, 1 copy, spin: %s ns/KiB)",
         "（pipe，4 次拷贝，block：%s ns/KiB；shm，1 次拷贝，spin：%s ns/KiB）"),
    PAIR(" (touch %s)", "（触碰 %s）"),
    PAIR(" [%s, %s]", " [%s, %s]"),
    PAIR(" and ", "、"),
    PAIR(" and %" PRIu64 " more", "，另有 %" PRIu64 " 轮"),
    PAIR(" and %zu more", "，另有 %zu 个"),
    PAIR(" in %.0f s", "，历时 %.0f s"),
    PAIR(" in %s of %.0f: %s", "，见于共 %2$.0f 轮中的%1$s：%3$s"),
    PAIR(" in %s: %s", "，见于%s：%s"),
    PAIR(" ns/KiB", " ns/KiB"),
    PAIR(" the bytes of one pair", "（以单独一对所传的字节数为 1x）"),
    PAIR(" to %s", " 至 %s"),
    PAIR(" to %s (CPUs %d and %d)", " 至 %s（CPU %d 和 %d）"),
    PAIR(" to %sx (%s)", "至 %sx（%s）"),
    PAIR("![%s%s](../../plots/%s/%s%s.svg)", "![%s%s](../../plots/%s/%s%s.svg)"),
    PAIR("%.*s is %s", "%.*s 即 %s"),
    PAIR("%.0f events", "%.0f 次"),
    PAIR("%llu pairs of %s (%s) move %sx", "%llu 对 %s（%s）传送 %sx"),
    PAIR("%" PRIu64 " samples were measured in another state of the machine than most (its CPUs "
         "had moved, or a stranger was on their cores) and count in no figure",
         "有 %" PRIu64 " 个样本测量时机器的状态与大多数样本不同（CPU "
         "换了位置，或有别的进程占用其核心），不计入任何数字"),
    PAIR("%s %s to %s, %s", "%s %s 到 %s，%s"),
    PAIR("%s %s to %s, %s: ", "%s %s 到 %s，%s："),
    PAIR("%s %sx", "%s %sx"),
    PAIR("%s %sx to %sx", "%s %sx 至 %sx"),
    PAIR("%s (%s, %s): ", "%s（%s，%s）："),
    PAIR("%s (%sx)", "%s（%sx）"),
    PAIR("%s (CPUs %d, %d)", "%s（CPU %d，%d）"),
    PAIR("%s A figure is a cell's throughput or median latency, or its ratio to the pipe; it is "
         "settled when half the width of its 95 %% interval is within that part of its median. The "
         "column `settled` of summary.tsv says it of each.",
         "%s这里的一个数字是指一个测量单元的吞吐量、延迟中位数，或它与管道之比；当其 95 %% "
         "置信区间的半宽不超过中位数的这一比例时，即为已稳定。summary.tsv 的 `settled` "
         "列逐一列出。"),
    PAIR("%s against %s", "%s 对 %s"),
    PAIR("%s at %s %s (%s, %s%s)", "%2$s 时的%1$s为 %3$s（%4$s，%5$s%6$s）"),
    PAIR("%s copies as the article counts", "按文章的数法，拷贝 %s"),
    PAIR("%s is slower than the pipe in %zu of %zu cells",
         "在 %3$zu 个测量单元中，%1$s 有 %2$zu 个慢于管道"),
    PAIR("%s is so many times as fast as the pipe: ", "%s 与管道的速度之比："),
    PAIR("%s of %s", "%s / %s"),
    PAIR("%s p99", "%s p99"),
    PAIR("%s to %s", "%s 至 %s"),
    PAIR("%s tripped, %zu of %zu: %s", "%1$s 触发，%3$zu 个中有 %2$zu 个：%4$s"),
    PAIR("%s%s%s.", "%s%s%s。"),
    PAIR("%s, %llu pair: ", "%s，%llu 对："),
    PAIR("%s, %llu pairs: ", "%s，%llu 对："),
    PAIR("%s, %s", "%s，%s"),
    PAIR("%s, %s%s%s: ", "%s，%s%s%s："),
    PAIR("%s, %s, %s at %s", "%4$s 时的%1$s（%2$s，%3$s）"),
    PAIR("%s, %s, %s copies: ", "%s，%s，%s 次拷贝："),
    PAIR("%s, %s, %s: at %s **%s**", "%s（%s，%s）：%s 时 **%s**"),
    PAIR("%s, %s: ", "%s，%s："),
    PAIR("%s, %s: %s (CPUs %d and %d)", "%s，%s：%s（CPU %d 和 %d）"),
    PAIR("%s, %s; placement %s, touch %s", "%s，%s；放置 %s，触碰 %s"),
    PAIR("%s, CPUs %d and %d: ", "%s，CPU %d 和 %d："),
    PAIR("%s.", "%s。"),
    PAIR("%s/pipe", "%s/pipe"),
    PAIR("%s/pipe: %s by our clock, %.2fx by hyperfine's: %s.",
         "%s/pipe：按我们的时钟为 %s，按 hyperfine 的时钟为 %.2fx：%s。"),
    PAIR("%s: ", "%s："),
    PAIR("%s: %s ns/KiB per copy", "%s：每次拷贝 %s ns/KiB"),
    PAIR("%s: %s%s of the gap is copies", "%s：差距的 %s%s 来自拷贝"),
    PAIR("%s: placement %s, touch %s, wait %s%s%s", "%s：放置 %s，触碰 %s，等待方式 %s%s%s"),
    PAIR("%s; in %s", "%s；单位 %s"),
    PAIR("%s; touch %s", "%s；触碰 %s"),
    PAIR("%zu facts could not be read; manifest.json says of each why.",
         "有 %zu 项事实无法读取；manifest.json 逐一说明了原因。"),
    PAIR("%zu of %lld", "%zu / %lld"),
    PAIR("%zu of %zu claims do not hold", "%2$zu 条论断中有 %1$zu 条不成立"),
    PAIR("%zu of %zu figures are settled at %.3g %%",
         "%2$zu 个数字中有 %1$zu 个在 %3$.3g %% 的精度上已稳定"),
    PAIR("%zu samples FAILED", "有 %zu 个样本失败"),
    PAIR("%zu samples failed and are in no figure here.",
         "有 %zu 个样本失败，不计入这里的任何数字。"),
    PAIR("%zu samples failed and are in no figure here; the first of them.",
         "有 %zu 个样本失败，不计入这里的任何数字；以下是最先失败的一些。"),
    PAIR("%zu samples failed and are in no figure here; they are listed below.",
         "有 %zu 个样本失败，不计入这里的任何数字；后文列出了它们。"),
    PAIR("%zu single rounds of %zu cells lie far from the others of their cell; about one cell in "
         "six has such a round by chance alone with six rounds. Nothing was dropped: medians and "
         "intervals rest on all rounds.",
         "%2$zu 个测量单元中共有 %1$zu "
         "个单独的轮次远离同一单元的其他轮次；在只有六轮时，仅凭偶然，大约每六个单元就会有一个出现"
         "这样的轮次。没有剔除任何数据：中位数和区间都依据全部轮次。"),
    PAIR("**%s %s to %s, %s disagrees**: ", "**%s %s 到 %s，%s 不一致**："),
    PAIR("**%s against %s** %s", "%3$s：**%1$s 对 %2$s**"),
    PAIR("**%s**: ", "**%s**："),
    PAIR("**fewer than chance lets: something favours one of the two**",
         "**少于偶然所容许的数目：有什么偏袒了二者之一**"),
    PAIR("**no**", "**否**"),
    PAIR("**outside the interval**", "**在区间之外**"),
    PAIR(", ", "、"),
    PAIR(", %llu extra copies (%s)", "，额外拷贝 %llu 次（%s）"),
    PAIR(", %" PRIu64 " rounds", "，%" PRIu64 " 轮"),
    PAIR(", %" PRIu64 " sample", "，%" PRIu64 " 个样本"),
    PAIR(", %" PRIu64 " samples", "，%" PRIu64 " 个样本"),
    PAIR(", %s (%s, %s%s)", "，%s（%s，%s%s）"),
    PAIR(", %s extra copies (%s)", "，额外拷贝 %s 次（%s）"),
    PAIR(", %s file to file", "，文件到文件为 %s"),
    PAIR(", %s to %s", "，%s 到 %s"),
    PAIR(", 95 %% interval %s to %s", "，95 %% 置信区间 %s 至 %s"),
    PAIR(", Linux %.60s", "，Linux %.60s"),
    PAIR(", and not told apart from it in %zu", "，另有 %zu 个与管道不可分辨"),
    PAIR(", at %s %s (%s, %s%s)", "，%s 时为 %s（%s，%s%s）"),
    PAIR(", faster at %zu of %zu", "，%2$zu 个中有 %1$zu 个更快"),
    PAIR(", faster at %zu of %zu sizes", "，%2$zu 个大小中有 %1$zu 个更快"),
    PAIR(", no interval", "，无区间"),
    PAIR(", the %s", "，%s"),
    PAIR(", unresolved", "，不可分辨"),
    PAIR(".", "。"),
    PAIR(". ", "。"),
    PAIR(". With %s at %s %s", "。等待方式为 %s、大小为 %s 时，%s"),
    PAIR("1 copy", "1 次拷贝"),
    PAIR("1: as fast as the pipe", "1：与管道一样快"),
    PAIR("1: the pipe", "1：管道"),
    PAIR("4 copies", "4 次拷贝"),
    PAIR("4: by copies alone", "4：仅凭拷贝"),
    PAIR("4: what four copies against one would predict", "4：四次拷贝对一次拷贝所预言的倍数"),
    PAIR(": ", "："),
    PAIR(": %s", "：%s"),
    PAIR(": the payload is not written and read in full, so this is no whole transfer",
         "：载荷没有全部写入和读取，因此这不是一次完整的传输"),
    PAIR("; ", "；"),
    PAIR("; %.0f rounds", "；%.0f 轮"),
    PAIR("; %.0f rounds, medians, 95 %% intervals", "；%.0f 轮，中位数，95 %% 置信区间"),
    PAIR("; %.0f rounds, medians, too few for intervals", "；%.0f 轮，中位数，轮数太少而无区间"),
    PAIR("; %s", "；%s"),
    PAIR("; %s%s ns/KiB a copy", "；每次拷贝 %s%s ns/KiB"),
    PAIR("; %s, %s: %s (CPUs %d and %d)", "；%s，%s：%s（CPU %d 和 %d）"),
    PAIR("; %sx (%s) to %sx (%s)", "；%sx（%s）至 %sx（%s）"),
    PAIR("; %zu are too noisy for it", "；%zu 个干扰太大，达不到"),
    PAIR("; %zu interval is wider than half the median: how much is unresolved there",
         "；有 %zu 个区间宽于中位数的一半：那里差多少不可分辨"),
    PAIR("; %zu intervals are wider than half the median: how much is unresolved there",
         "；有 %zu 个区间宽于中位数的一半：那里差多少不可分辨"),
    PAIR("; %zu lack time (--budget)", "；%zu 个时间不够（--budget）"),
    PAIR("; %zu of %zu CONTRADICTED", "；%2$zu 条路径中有 %1$zu 条与见证矛盾"),
    PAIR("; %zu of %zu sizes", "；%2$zu 个大小中的 %1$zu 个"),
    PAIR("; between equal ends %s (file to file) and %s (file to use)",
         "；两端相同时为 %s（文件到文件）和 %s（文件到使用）"),
    PAIR("; copies < half at %zu of %zu sizes", "；%2$zu 个大小中有 %1$zu 个，拷贝占不到一半"),
    PAIR("; copies explain less than half of the gap at %zu of %zu sizes",
         "；在 %2$zu 个大小中有 %1$zu 个，拷贝所能解释的不到差距的一半"),
    PAIR("; faster at %zu of %zu sizes", "；%2$zu 个大小中有 %1$zu 个更快"),
    PAIR(
        "; faster in %zu of all %zu cells (test, wait, mode, placement, size).",
        "；在全部 %2$zu 个测量单元（测试、等待方式、模式、放置、大小的组合）中，有 %1$zu 个更快。"),
    PAIR("; no difference resolved at %s", "；差别不可分辨的大小：%s"),
    PAIR("; no witness contradicts any of the %zu paths.", "；全部 %zu 条路径都没有与见证相矛盾。"),
    PAIR("; not resolved", "；不可分辨"),
    PAIR("; over the orders %s to %s ns/KiB", "；各顺序上 %s 至 %s ns/KiB"),
    PAIR("; slower at %s", "；更慢的大小：%s"),
    PAIR("; the pipe with %s copies lies %s ns/KiB above that line%s",
         "；%s 次拷贝的管道位于这条直线之上 %s ns/KiB%s"),
    PAIR("; the pipe with %s copies lies %s ns/KiB below that line%s",
         "；%s 次拷贝的管道位于这条直线之下 %s ns/KiB%s"),
    PAIR("; touch %s.", "；触碰 %s。"),
    PAIR("; unresolved: an interval needs %d samples (`--rounds`).",
         "；不可分辨：一个区间需要 %d 个样本（`--rounds`）。"),
    PAIR("; witnesses CONTRADICT %zu of the %zu paths.", "；%2$zu 条路径中有 %1$zu 条与见证矛盾。"),
    PAIR("All sizes", "所有大小"),
    PAIR("At %s %s is %s as fast as the pipe (%s, %s%s)",
         "%s 时，%s 的速度与管道之比为 %s（%s，%s%s）"),
    PAIR("At %s %s moves %s the bytes/s of the pipe (%s, %s%s)",
         "%s 时，%s 每秒传送的字节数与管道之比为 %s（%s，%s%s）"),
    PAIR("At %s (%s, %s) ", "%s（%s，%s）时，"),
    PAIR("At %s (%s, %s) a KiB costs ", "%s（%s，%s）时，每 KiB 的开销："),
    PAIR("At %s copies explain %s%s of the gap between pipe and shared memory",
         "%s 时，拷贝解释了管道与共享内存之间差距的 %s%s"),
    PAIR("At %s no gap between pipe and shared memory is resolved",
         "%s 时，管道与共享内存之间的差距不可分辨"),
    PAIR("Bars: times as fast as the pipe. %s surely, %s median and interval.\n",
         "条形：速度是管道的多少倍。%s 为确定的部分，%s 为中位数和区间。\n"),
    PAIR("Bytes: K M G are powers of 1024. Times: n u m are ns us ms. [95 %% interval].\n~ the "
         "interval contains 1: no difference resolved.  ? wide, or no interval.",
         "字节：K M G 为 1024 的幂。时间：n u m 即 ns us ms。[95 %% 置信区间]。\n~ 区间包含 "
         "1：差别不可分辨。  ? 区间太宽，或没有区间。"),
    PAIR("CPU time of writer and reader together per KiB of payload; lower is cheaper. Spinning "
         "costs CPU also while it waits.",
         "写者与读者合计，每 KiB 载荷所用的 CPU 时间；越低越省。自旋在等待时也消耗 CPU。"),
    PAIR("CPU time per KiB of payload", "每 KiB 载荷的 CPU 时间"),
    PAIR("CPU time per KiB of payload, by payload size: a stream, writer and reader together",
         "每 KiB 载荷的 CPU 时间，按载荷大小：单向流，写者与读者合计"),
    PAIR("CPU time per KiB, writer and reader", "每 KiB 的 CPU 时间，写者与读者合计"),
    PAIR("Cause", "原因"),
    PAIR("Charts", "图表"),
    PAIR("Checks", "检查"),
    PAIR("Claims", "论断"),
    PAIR("Copies and time, by path", "各条路径的拷贝次数与时间"),
    PAIR("Copies, counted", "拷贝，逐一计数"),
    PAIR("Count", "次数"),
    PAIR("Disturbed: %s. Nothing else was left out because of it.",
         "受到干扰：%s。除此之外没有因此舍弃任何数据。"),
    PAIR("Disturbed: %s. Nothing was left out because of it.",
         "受到干扰：%s。没有因此舍弃任何数据。"),
    PAIR("Each point is one path: to the right how many times it copies every byte, upwards what a "
         "KiB costs. If copies were all that counts, all points would lie on the line, which was "
         "measured by adding copies to shared memory and nothing else; what lies above it costs "
         "something besides copies. The interval of a distance from the line runs from end to end "
         "of both intervals.",
         "每个点是一条路径：向右是每个字节被拷贝的次数，向上是每 KiB "
         "的耗时。如果只有拷贝起作用，所有点都应落在这条直线上；直线是在共享内存上只增加拷贝、别的"
         "什么都不变而测得的。位于直线之上的点，除拷贝外还有别的开销。到直线距离的区间，取两个区间"
         "首尾相接的范围。"),
    PAIR("Each sample is a fresh pair of processes that measures one cell once; a round passes "
         "over all cells in random order. Medians and their 95 %% intervals are over rounds, "
         "ratios are paired within rounds, and whatever is transferred is verified by a checksum. "
         "Throughput's clock stops when the reader has consumed the last byte; latency is half a "
         "round trip in a closed loop. What is measured, how, and what it can't tell: "
         "[docs/METHOD.md](../../docs/METHOD.md).",
         "每个样本是一对新启动的进程，对一个测量单元测一次；一轮以随机顺序走遍所有测量单元。中位数"
         "及其 95 %% "
         "置信区间取自各轮，比值在同一轮内配对，传输的全部内容都用校验和验证。吞吐量的计时在读者用"
         "完最后一个字节时停止；延迟是闭环中的半程往返时间。测量什么、怎样测、哪些问题回答不了：["
         "docs/METHOD.md](../../docs/METHOD.md)。"),
    PAIR("Each stage: how it copies by the ledger (kernel: a system call, user: a memcpy, remote: "
         "the kernel between two processes, queue: the kernel into or out of a message queue, which "
         "it does not count, fill and discard: bytes are counted but nothing is copied), and what "
         "the mutation probe saw. Each witness: copies per byte seen, of those it should see; - "
         "where it could not look.",
         "每个阶段：按账本它怎样拷贝（kernel：系统调用；user：memcpy；remote：内核在两个进程之间拷贝"
         "；queue：内核拷入或拷出消息队列，内核记账不计入；fill 和 "
         "discard：计入字节数，但不拷贝），以及变异探针所见。每个见证：所见的每字节拷贝次数 / "
         "应见的次数；- 表示它无法观察。"),
    PAIR("Failed samples", "失败的样本"),
    PAIR("Floor and ceilings", "下限与上限"),
    PAIR("From /dev/zero to /dev/null the kernel's accounting says %s for the pipe where %s are "
         "made: it counts bytes that pass a system call, copied or not. ",
         "从 /dev/zero 到 /dev/null，内核记账称管道拷贝 %s 次，实际为 %s "
         "次：它计的是经过系统调用的字节，不论是否拷贝。"),
    PAIR("Gate", "关卡"),
    PAIR("Half a round trip in a closed loop against payload size; lower is faster. The dashed "
         "black line is what one cache line takes from CPU to CPU.",
         "闭环中的半程往返时间随载荷大小的变化；越低越快。黑色虚线是一个缓存行从 CPU 到 CPU "
         "所需的时间。"),
    PAIR("Half a round trip of 64 B between two CPUs, as a map of all pairs that were measured; a "
         "pair was measured once and stands on both sides of the diagonal. Grey: not measured. The "
         "bounce of one cache line is the floor of each pair.",
         "两个 CPU 之间 64 B 消息的半程往返时间，画成所有测过的 CPU "
         "对的地图；每一对只测一次，在对角线两侧各出现一次。灰色：没有测。一个缓存行的往返是每一对"
         "的下限。"),
    PAIR("Half a round trip of 64 B, own, between the CPUs of each kind of pair: the fastest and "
         "the slowest median of those that were measured.",
         "各类 CPU 对之间 64 B 消息（own）的半程往返时间：所测各对中最快和最慢的中位数。"),
    PAIR("Here it holds no finding to put in a number.", "这里没有能用数字表达的结论。"),
    PAIR("Here: %s.", "本机：%s。"),
    PAIR("How many times as fast as the pipe is %s, on CPUs of placement %s? (1 means as fast; [95 "
         "%% interval])",
         "在放置为 %2$s 的 CPU 上，%1$s 的速度是管道的多少倍？（1 表示一样快；[95 %% 置信区间]）"),
    PAIR("How many times as fast as the pipe, paired within rounds, with the 95 % interval as a "
         "band; 1 means as fast, 4 is what four copies against one would predict if copies were "
         "all there is.",
         "速度是管道的多少倍，在同一轮内配对，色带为 95 % 置信区间；1 表示一样快，4 "
         "是假如只有拷贝起作用时，四次拷贝对一次拷贝所预言的倍数。"),
    PAIR("How many times faster than a pipe, by payload size", "速度是管道的多少倍，按载荷大小"),
    PAIR("How sure", "有多确定"),
    PAIR("In %zu of %zu the samples were still warming up: their last batch took another time per "
         "message than their first, by more than 10 %%. ",
         "%2$zu 个中有 %1$zu 个的样本仍在预热：最后一批每条消息的耗时与第一批相差 10 %% 以上。"),
    PAIR("Latency (half a round trip, closed loop)", "延迟（半程往返时间，闭环）"),
    PAIR("Latency between CPUs", "CPU 之间的延迟"),
    PAIR("Latency between two CPUs: 64 B, half a round trip, own, median",
         "两个 CPU 之间的延迟：64 B，半程往返时间，own，中位数"),
    PAIR("Latency by payload size: half a round trip, closed loop, median",
         "延迟，按载荷大小：半程往返时间，闭环，中位数"),
    PAIR("Machine", "机器"),
    PAIR("Many pairs at once", "多对进程同时进行"),
    PAIR("Medians over rounds. (~): the interval contains 1, no difference is resolved. (?): the "
         "interval is wider than half its median, or there is none. A latency is half a round trip "
         "in a closed loop. Placement %s, touch %s",
         "各轮的中位数。(~)：区间包含 "
         "1，差别不可分辨。(?)：区间宽于中位数的一半，或没有区间。延迟是闭环中的半程往返时间。放置 "
         "%s，触碰 %s"),
    PAIR("Method", "方法"),
    PAIR("No chart `%s`: this bundle has no data for it.", "没有图表 `%s`：本结果包没有它的数据。"),
    PAIR("No copies were counted in this bundle: it has no %s.",
         "本结果包没有对拷贝计数：其中没有 %s。"),
    PAIR("No copy was priced in this bundle: it has no %s.",
         "本结果包没有测量拷贝的代价：其中没有 %s。"),
    PAIR("Noise", "干扰"),
    PAIR("Not so", "例外"),
    PAIR("Nothing disturbed a round beyond the limits that [docs/METHOD.md](../../docs/METHOD.md) "
         "names.",
         "没有任何一轮受到超出 [docs/METHOD.md](../../docs/METHOD.md) 所列限度的干扰。"),
    PAIR("Nothing was measured beside the pipe in the same rounds: no ratios.",
         "同一轮中除管道外没有测量别的机制：没有比值。"),
    PAIR("Of %zu cells %zu drift over the rounds (Mann-Kendall, corrected for the number of "
         "cells). ",
         "%zu 个测量单元中，有 %zu 个随轮次漂移（Mann-Kendall 检验，已按单元数校正）。"),
    PAIR("Payload bytes per second against payload size; higher is faster. The dashed black line "
         "is what one process's memcpy reaches, the dotted grey one the harness alone.",
         "每秒传送的载荷字节数随载荷大小的变化；越高越快。黑色虚线是单个进程的 memcpy "
         "所能达到的，灰色点线是测量框架本身。"),
    PAIR("Pipe against shared memory", "管道对共享内存"),
    PAIR("Pipe against shared memory, copies per byte: ", "管道对共享内存，每字节的拷贝次数："),
    PAIR("Pipe, file to file, above the line: ", "管道，文件到文件，高出直线："),
    PAIR("Point at or tap a point to read its value; by keyboard: Tab, then arrows.",
         "指向或轻点一个点可读出它的值；用键盘：先按 Tab，再按方向键。"),
    PAIR("R^2", "R^2"),
    PAIR("Run and machine", "运行与机器"),
    PAIR("Sections", "章节"),
    PAIR("Shared memory used in place, with 0, 1, 2, ... extra copies of every message: a line "
         "through time against extra copies. Its slope is the price of one copy, what it has at 0 "
         "that of everything else; R^2 says how much of a line it is. Hot: through memory that "
         "stays in the caches, cold: through a region that does not fit into them. All in ns per "
         "KiB of payload, with [95 %% interval].",
         "就地使用的共享内存，每条消息额外拷贝 "
         "0、1、2……次：以耗时对额外拷贝次数作直线。斜率就是一次拷贝的代价，0 "
         "处的值是其余一切的代价；R^2 "
         "表示它有多接近直线。热（hot）：经过留在缓存中的内存；冷（cold）：经过缓存放不下的区域。单"
         "位都是每 KiB 载荷的 ns，附 [95 %% 置信区间]。"),
    PAIR("Shown: placement %s, touch %s; the report has them all.\n",
         "这里是：放置 %s，触碰 %s；报告中有全部。\n"),
    PAIR("Skip to the answer", "跳到答案"),
    PAIR("Speed", "速度"),
    PAIR("Speed, by mode", "速度，按模式"),
    PAIR("Steady", "稳定"),
    PAIR("Sure", "确定"),
    PAIR("Table %zu: ", "表 %zu："),
    PAIR("Tables", "表格"),
    PAIR("The answer", "答案"),
    PAIR("The article's claims were not tried in this bundle: it has no %s (build/bin/claims "
         "writes it).",
         "本结果包没有检验文章的论断：其中没有 %s（由 build/bin/claims 写出）。"),
    PAIR("The chart `%s` has too many points for this page; plots/ has it.",
         "图表 `%s` 的点太多，本页放不下；plots/ 中有这张图。"),
    PAIR("The claims", "论断"),
    PAIR("The difference between the article's pipe (4 copies, blocking) and its shared memory (1 "
         "copy, spinning), taken apart: left in shares of the whole, right step by step in ns per "
         "KiB. Each factor's part is its mean over the orders in which the steps can be taken, and "
         "the bars on the right show its range over them. A part below 0 makes the gap smaller.",
         "文章中的管道（4 次拷贝，阻塞）与共享内存（1 "
         "次拷贝，自旋）之间的差距，分解开来：左边是各部分占总差距的比例，右边逐步列出，单位为 "
         "ns/"
         "KiB。每个因素的份额是它在各种可能的步骤顺序上的平均值，右边的短线表示它在这些顺序上的范围"
         "。低于 0 的部分使差距变小。"),
    PAIR("The first %zu of %zu; all are in %s.", "共 %2$zu 条，这里列出前 %1$zu 条；全部见 %3$s。"),
    PAIR("The gap was not taken apart at any size", "没有在任何大小上分解差距"),
    PAIR("The gap was not taken apart in this bundle: it has no %s.",
         "本结果包没有分解差距：其中没有 %s。"),
    PAIR("The gap, taken apart", "差距，分解开来"),
    PAIR("The ledger agrees with every witness that can see it in %zu of %zu paths.",
         "%2$zu 条路径中，有 %1$zu 条的账本与每个能观察到它的见证一致。"),
    PAIR("The paths that the article compares were not counted. ", "文章所比较的路径没有计数。"),
    PAIR("The price of one copy", "一次拷贝的代价"),
    PAIR("The programs' own clock against hyperfine's from outside, per message of 64 KiB (own, "
         "block):",
         "程序自身的时钟对 hyperfine 从外部的计时，每条 64 KiB 的消息（own，block）："),
    PAIR("The worst (tau: -1 always falling, 1 always rising; last / first: time per message "
         "within a sample; outliers: rounds):",
         "最不稳定的几个（tau：-1 为一直下降，1 为一直上升；末批 / "
         "首批：同一样本内每条消息的耗时之比；离群值：轮次）："),
    PAIR("This bundle does not say how steady its cells were: it has no %s.",
         "本结果包没有说明测量单元有多稳定：其中没有 %s。"),
    PAIR("Throughput", "吞吐量"),
    PAIR("Throughput by payload size", "吞吐量，按载荷大小"),
    PAIR("Throughput of all pairs together, 64 KiB, own, each pair with a channel of its own; in "
         "brackets how many times that of one pair. With more than half as many pairs as CPUs, "
         "processes share CPUs.",
         "所有进程对的吞吐量之和，64 "
         "KiB，own，每一对有自己的通道；括号内是单独一对的多少倍。当对数超过 CPU "
         "数的一半时，进程要共用 CPU。"),
    PAIR("Throughput of many pairs of processes together: 64 KiB, own",
         "多对进程的吞吐量之和：64 KiB，own"),
    PAIR("Wall time in ns per KiB of payload. A factor's contribution is its mean over the orders "
         "in which the steps can be taken, with its range over them; mechanism, copies and waiting "
         "add up to the gap. A share is - where the gap is not told apart from none.",
         "每 KiB 载荷的墙钟时间，单位 "
         "ns。一个因素的贡献是它在各种可能的步骤顺序上的平均值，并给出在这些顺序上的范围；机制、拷"
         "贝与等待相加即为差距。差距与零不可分辨时，份额记作 -。"),
    PAIR("Warm-up, steady state and outliers", "预热、稳态与离群值"),
    PAIR("Warning: ", "警告："),
    PAIR("What many pairs of processes move together, each with a channel of its own and all under "
         "load, against their number; the thin line is what as many times one pair alone would "
         "move.",
         "多对进程同时满载、各有自己的通道时，总共传送的数据量随对数的变化；细线是单独一对的相应倍"
         "数。"),
    PAIR("What the article says, and what this machine says to it; %s. Unresolved means that the "
         "data does not carry an answer.",
         "文章的说法，以及这台机器给出的回答；%s。“未能判定”表示数据不足以给出答案。"),
    PAIR("What the harness alone costs (null), what one process copies at best (memcpy), and what "
         "a cache line takes from CPU to CPU (bounce).",
         "测量框架本身的开销（null）、单个进程拷贝的极限（memcpy），以及一个缓存行从 CPU 到 CPU "
         "所需的时间（bounce）。"),
    PAIR("What this says (%s, times as fast as the pipe)", "结论（%s，速度是管道的多少倍）"),
    PAIR("Whether samples were still warming up is not known: no cell has two batches told apart "
         "in enough rounds. ",
         "样本是否仍在预热，无从得知：没有一个测量单元在足够多的轮次中分出两批。"),
    PAIR("Which", "是哪些"),
    PAIR("Whole relay runs, file to file (own, block), per message of 64 KiB: hyperfine's clock "
         "from outside against the programs' own clock in the very same runs. What starting a "
         "program costs is subtracted: both are differences between long and short runs.",
         "完整的接力运行，文件到文件（own，block），每条 64 KiB 的消息：hyperfine "
         "从外部的计时，对同一次运行中程序自身的计时。启动程序的开销已经减去：二者都是长短两种运行"
         "之差。"),
    PAIR("a FIFO runs the pipe's own kernel code and, at each call, keeps the times of its file. "
         "From 16 KiB on, where a call costs little beside the payload, it must equal the pipe: "
         "%zu of %zu 95 %% intervals contain 1, %s.",
         "FIFO 运行的就是管道的内核代码，只是每次调用还要更新其文件的时间戳。从 16 KiB "
         "起，一次调用的开销与载荷相比很小，它应当等于管道：%2$zu 个 95 %% 置信区间中有 %1$zu "
         "个包含 1，%3$s。"),
    PAIR("a FIFO should equal the pipe, and does not, at this share of intervals",
         "FIFO 应当等于管道，但在这么多区间上并不相等"),
    PAIR("above %.3g %%", "高于 %.3g %%"),
    PAIR("above what the machine can do at best", "高于这台机器的极限"),
    PAIR("agrees", "一致"),
    PAIR("all pairs together", "所有进程对合计"),
    PAIR("all together: the gap", "合计：差距"),
    PAIR("another mechanism", "另一种机制"),
    PAIR("any", "任何"),
    PAIR("as many as chance lets", "在偶然所容许的数目之内"),
    PAIR("as many times one pair", "单独一对的相应倍数"),
    PAIR("as the article counts, which counts the pipe's output but not shared memory's",
         "按文章的数法（它计入管道的输出，却不计共享内存的输出）"),
    PAIR("bars: range over %d orders of the steps", "短线：在 %d 种步骤顺序上的范围"),
    PAIR("bars: range over %llu orders of the steps", "短线：在 %llu 种步骤顺序上的范围"),
    PAIR("believe ratios, paired within rounds, rather than absolute values",
         "应相信同一轮内配对的比值，而不是绝对数值"),
    PAIR("below the time of a cache line between the same CPUs",
         "低于一个缓存行在同样两个 CPU 之间所需的时间"),
    PAIR("between equal ends, file to file", "两端相同，文件到文件"),
    PAIR("by %.3g %%", "相差 %.3g %%"),
    PAIR("by a factor of %.3g", "相差 %.3g 倍"),
    PAIR("cache-line bounce", "缓存行往返"),
    PAIR("cache-line bounce floor", "缓存行往返下限"),
    PAIR("capacity", "容量"),
    PAIR("cell", "测量单元"),
    PAIR("claim", "论断"),
    PAIR("close them and measure again", "请关闭它们后重新测量"),
    PAIR("cold", "冷"),
    PAIR("copies", "拷贝"),
    PAIR("copies per payload byte", "每个载荷字节的拷贝次数"),
    PAIR("copies per payload byte, pipe against shared memory: %s as the article counts (file to "
         "file against file to use)",
         "每个载荷字节的拷贝次数，管道对共享内存：按文章的数法为 %s（文件到文件，对文件到使用）"),
    PAIR("disturbance", "干扰"),
    PAIR("disturbed: ", "受到干扰："),
    PAIR("does not hold", "不成立"),
    PAIR("dotted: cold memory", "点线：冷内存"),
    PAIR("drifts", "漂移"),
    PAIR("each mechanism at its best", "各机制的最佳用法"),
    PAIR("evidence", "证据"),
    PAIR("fact", "事实"),
    PAIR("fastest", "最快"),
    PAIR("file to file", "文件到文件"),
    PAIR("file to use", "文件到使用"),
    PAIR("filled: own", "实心：own"),
    PAIR("from pipe to shared memory at %s", "%s 时，从管道到共享内存"),
    PAIR("from: pipe, 4 copies, block", "起点：pipe，4 次拷贝，block"),
    PAIR("half a round trip", "半程往返时间"),
    PAIR("half a round trip, closed loop", "半程往返时间，闭环"),
    PAIR("half a round trip, median", "半程往返时间，中位数"),
    PAIR("hold the frequency (governor performance) and measure again",
         "请固定频率（governor performance）后重新测量"),
    PAIR("holds", "成立"),
    PAIR("holds in part", "部分成立"),
    PAIR("hollow: inplace", "空心：inplace"),
    PAIR("hot", "热"),
    PAIR("hyperfine", "hyperfine"),
    PAIR("hyperfine / own", "hyperfine / 自身"),
    PAIR("hyperfine's clock outside and the programs' own inside are at most 10 %% apart: %zu of "
         "%zu are not (%s).",
         "hyperfine 的外部时钟与程序内部的时钟应相差不超过 10 %%：%2$zu 个中有 %1$zu "
         "个超过（%3$s）。"),
    PAIR("id", "编号"),
    PAIR("inplace: each mechanism at its best", "inplace：各机制的最佳用法"),
    PAIR("inside the interval", "在区间之内"),
    PAIR("kernel accounting", "内核记账"),
    PAIR("kind of pair", "CPU 对的类型"),
    PAIR("last / first", "末批 / 首批"),
    PAIR("latency", "延迟"),
    PAIR("latency: pipe / mechanism", "延迟：管道 / 机制"),
    PAIR("ledger's memcpys", "账本的 memcpy"),
    PAIR("left: 95 % interval of copies; right: range over the orders in which steps can be taken",
         "左：拷贝的 95 % 置信区间；右：在各种可能的步骤顺序上的范围"),
    PAIR("let them cool and measure again", "请等它们冷却后重新测量"),
    PAIR("line through extra copies, hot", "额外拷贝的拟合直线，热"),
    PAIR("marked", "标记界限"),
    PAIR("measure when its host is calmer, or on a machine of your own",
         "请在宿主机较空闲时测量，或使用自己的机器"),
    PAIR("measured", "已测"),
    PAIR("mechanism", "机制"),
    PAIR("mechanism %s, waiting %s", "机制占 %s，等待占 %s"),
    PAIR("median", "中位数"),
    PAIR("memcpy ceiling", "memcpy 上限"),
    PAIR("memcpys counted", "计到的 memcpy"),
    PAIR("memory", "内存"),
    PAIR("memory to use", "内存到使用"),
    PAIR("message", "消息"),
    PAIR("more than 10 % of the figure is the harness producing and reading the payload",
         "数字中有超过 10 % 是测量框架产生和读取载荷的开销"),
    PAIR("mutation probe", "变异探针"),
    PAIR("no counted copies in this bundle", "本结果包没有拷贝计数"),
    PAIR("no difference resolved at ", "差别不可分辨的大小："),
    PAIR("no floor in this bundle for any of its cells", "本结果包没有任何测量单元的下限"),
    PAIR("no gap is resolved at %s", "%s 时差距不可分辨"),
    PAIR("no gap taken apart in this bundle", "本结果包没有分解差距"),
    PAIR("no interval", "无区间"),
    PAIR("no intervals of a FIFO's ratio to the pipe from 16 KiB on in this bundle",
         "本结果包没有从 16 KiB 起 FIFO 与管道之比的区间"),
    PAIR("no latency with an interval beside a bounce of the same placement",
         "没有带区间的延迟可与相同放置的 bounce 对照"),
    PAIR("no median latency lies below the time of a cache line between the same two CPUs: %zu of "
         "%zu do.",
         "延迟的中位数都不应低于一个缓存行在同样两个 CPU 之间所需的时间：%2$zu 个中有 %1$zu "
         "个低于它。"),
    PAIR("no note says where", "没有注明在何处"),
    PAIR("no throughput with an interval beside its ceiling in this bundle",
         "本结果包没有带区间的吞吐量可与其上限对照"),
    PAIR("not applicable", "不适用"),
    PAIR("not measured", "没有测"),
    PAIR("not resolved", "不可分辨"),
    PAIR("not tried in this bundle (no claims.tsv)", "本结果包没有检验论断（没有 claims.tsv）"),
    PAIR("nothing was measured beside the pipe in the same rounds.",
         "同一轮中除管道外没有测量别的机制。"),
    PAIR("nothing was measured beside the pipe: no ratios", "除管道外没有测量别的机制：没有比值"),
    PAIR("ns per KiB", "ns/KiB"),
    PAIR("null: harness alone", "null：仅测量框架"),
    PAIR("of %zu cells %zu drift over the rounds and the samples of %zu were still warming up "
         "(%s); none was left out for it",
         "%zu 个测量单元中，%zu 个随轮次漂移，%zu 个的样本仍在预热（%s）；没有因此舍弃任何一个"),
    PAIR("of %zu: ", "共 %zu 条："),
    PAIR("one copy", "一次拷贝"),
    PAIR("one copy costs %s ns/KiB%s", "一次拷贝耗时 %s ns/KiB%s"),
    PAIR("orders", "顺序数"),
    PAIR("other processes used %s%s of a CPU", "其他进程占用了一个 CPU %s%s 的时间"),
    PAIR("outliers", "离群值"),
    PAIR("over %zu sizes with a resolved gap copies explain %.3g %% (%s) to %.3g %% (%s)",
         "在差距可分辨的 %zu 个大小上，拷贝解释了 %.3g %%（%s）至 %.3g %%（%s）"),
    PAIR("over the orders", "各顺序上的范围"),
    PAIR("own clock", "自身时钟"),
    PAIR("own: private buffer to private buffer", "own：私有缓冲区到私有缓冲区"),
    PAIR("pairs", "对数"),
    PAIR("pairs of processes at once", "同时进行的进程对数"),
    PAIR("passed", "通过"),
    PAIR("path", "路径"),
    PAIR("payload", "载荷"),
    PAIR("payload bytes per second", "每秒载荷字节数"),
    PAIR("payload of all pairs together", "所有进程对的载荷合计"),
    PAIR("payload per second", "每秒载荷"),
    PAIR("payload size", "载荷大小"),
    PAIR("payload, latency", "载荷（延迟）"),
    PAIR("payload, throughput", "载荷（吞吐量）"),
    PAIR("pipe against shared memory: %s", "管道对共享内存：%s"),
    PAIR("pipe, 4 copies, block", "pipe，4 次拷贝，block"),
    PAIR("pipe/%s p50", "pipe/%s p50"),
    PAIR("placement", "放置"),
    PAIR("placement %s", "放置 %s"),
    PAIR("placement %s: CPUs %lld and %lld", "放置 %s：CPU %lld 和 %lld"),
    PAIR("points", "点数"),
    PAIR("predicted", "预计"),
    PAIR("private buffer to private buffer", "私有缓冲区到私有缓冲区"),
    PAIR("q", "q"),
    PAIR("round", "轮次"),
    PAIR("round %s", "第 %s 轮"),
    PAIR("rounds", "轮数"),
    PAIR("rounds %s", "第 %s 轮"),
    PAIR("samples", "样本数"),
    PAIR("samples.tsv has them; measure longer for narrower intervals",
         "它们在 samples.tsv 中；测得更久可使区间变窄"),
    PAIR("seen", "所见"),
    PAIR("share", "份额"),
    PAIR("share of the gap, in %", "占差距的份额，%"),
    PAIR("shares by payload size", "各载荷大小上的份额"),
    PAIR("shares by payload size; above: copies", "各载荷大小上的份额；上方数字：拷贝"),
    PAIR("shm inplace with 0, 1, 2, ... extra copies, and the line through them",
         "shm inplace 加 0、1、2……次额外拷贝，及其拟合直线"),
    PAIR("shm with extra copies", "shm 加额外拷贝"),
    PAIR("shm, 1 copy, spin", "shm，1 次拷贝，spin"),
    PAIR("sink", "去处"),
    PAIR("size", "大小"),
    PAIR("slower at ", "更慢的大小："),
    PAIR("slower in %zu of %zu cells, %zu not resolved",
         "%2$zu 个测量单元中 %1$zu 个更慢，%3$zu 个不可分辨"),
    PAIR("slowest", "最慢"),
    PAIR("source", "来源"),
    PAIR("state", "状态"),
    PAIR("steady", "稳定"),
    PAIR("stopped early: budget", "提前停止：时间预算用完"),
    PAIR("stopped early: interrupted", "提前停止：被中断"),
    PAIR("tau", "tau"),
    PAIR("the CPUs ran at %s instead of %s", "CPU 运行在 %s 而不是 %s"),
    PAIR("the CPUs were slowed down against heat", "CPU 因过热而降速"),
    PAIR("the article's paths were not counted", "文章的路径没有计数"),
    PAIR("the claims were not tried (claims.tsv)", "没有检验论断（claims.tsv）"),
    PAIR("the clock outside (hyperfine) and the programs' own are more than 10 % apart",
         "外部时钟（hyperfine）与程序自身的时钟相差超过 10 %"),
    PAIR("the floor (null: the same loops, nothing is moved) is more than 10 %% of the figure in "
         "%zu of %zu cells. There part of what is reported is producing and reading the payload, "
         "which every mechanism pays: the mechanisms themselves are further apart than their "
         "figures.",
         "在 %2$zu 个测量单元中，有 %1$zu 个的下限（null：同样的循环，什么都不传）超过其数字的 10 "
         "%%"
         "。那里所报告的一部分是产生和读取载荷的开销，每种机制都要付出：各机制本身的差别比它们的数"
         "字更大。"),
    PAIR("the gap was not taken apart at any size", "没有在任何大小上分解差距"),
    PAIR("the hypervisor took %s%s of the CPUs' time", "虚拟机管理程序占用了 CPU %s%s 的时间"),
    PAIR("the outer clock (hyperfine) was not run on these cells",
         "没有在这些测量单元上运行外部时钟（hyperfine）"),
    PAIR("the pipe with %s copies takes %s ns/KiB", "%s 次拷贝的管道耗时 %s ns/KiB"),
    PAIR("the same, cold memory", "同上，冷内存"),
    PAIR("the transfer alone, private buffer to private buffer", "仅传输，私有缓冲区到私有缓冲区"),
    PAIR("the transfer alone, used in place", "仅传输，就地使用"),
    PAIR("the two CPUs changed their distance around %" PRIu64 " samples (%s instead of %s)",
         "两个 CPU 之间的距离在 %" PRIu64 " 个样本前后发生了变化（%s 而不是 %s）"),
    PAIR("the two paths that the article compares were not counted",
         "文章所比较的两条路径没有计数"),
    PAIR("this bundle does not take the gap apart (gap.tsv)", "本结果包没有分解差距（gap.tsv）"),
    PAIR("this bundle has no counted copies (copies.tsv).", "本结果包没有拷贝计数（copies.tsv）。"),
    PAIR("throughput", "吞吐量"),
    PAIR("throughput: mechanism / pipe", "吞吐量：机制 / 管道"),
    PAIR("time", "时间"),
    PAIR("times as fast as the pipe", "管道速度的倍数"),
    PAIR("to: shm, 1 copy, spin", "终点：shm，1 次拷贝，spin"),
    PAIR("transfer in", "传入"),
    PAIR("transfer out", "传出"),
    PAIR("tripped", "触发"),
    PAIR("unknown", "未知"),
    PAIR("unresolved", "未能判定"),
    PAIR("unresolved: an interval needs %d samples (--rounds)",
         "不可分辨：一个区间需要 %d 个样本（--rounds）"),
    PAIR("up to ", "至多 "),
    PAIR("usual", "通常"),
    PAIR("value", "值"),
    PAIR("verdict", "判定"),
    PAIR("wait", "等待方式"),
    PAIR("wait: %s", "等待方式：%s"),
    PAIR("waiting", "等待"),
    PAIR("wall time, ns per KiB", "墙钟时间，ns/KiB"),
    PAIR("wall time, ns per KiB of payload", "墙钟时间，ns/KiB 载荷"),
    PAIR("warming", "预热中"),
    PAIR("warning:", "警告："),
    PAIR("what", "项目"),
    PAIR("where payload is copied (own), throughput above that of one process's memcpy of the same "
         "size is suspect, and in place above the floor in place: %zu of %zu. (Beyond the caches "
         "two processes that share the work can exceed memcpy.)",
         "有载荷拷贝时（own），吞吐量高于单个进程同样大小的 memcpy "
         "就可疑；就地时（inplace），高于就地的下限就可疑：%2$zu 个中有 %1$zu "
         "个。（超出缓存后，两个进程分担工作，可以超过 memcpy。）"),
    PAIR("without copies", "不含拷贝"),
    PAIR("without copies %s ns/KiB; R^2 %s", "不含拷贝时 %s ns/KiB；R^2 %s"),
    PAIR("yes", "是"),
};

const size_t text_chinese_count = sizeof text_chinese / sizeof *text_chinese;
