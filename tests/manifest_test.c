/* The machine's facts: on made-up machines whose every file is known, and on this one. */
#include "machine/manifest.h"
#include "machine/manifest_fact.h"
#include "machine/manifest_privacy.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char root[] = "/tmp/manifest_test.XXXXXX";

static int make_root(void **state)
{
    (void)state;
    memcpy(root + strlen(root) - 6, "XXXXXX", 6);
    return mkdtemp(root) != NULL ? 0 : -1;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static int remove_root(void **state)
{
    (void)state;
    return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* A file of the made-up machine, with all folders above it. */
static void put_bytes(const char *path, const char *content, size_t bytes)
{
    char full[1024];
    snprintf(full, sizeof full, "%s%s", root, path);
    for (char *slash = full + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(full, 0700);
        *slash = '/';
    }
    FILE *file = fopen(full, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(content, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
}

static void put(const char *path, const char *content)
{
    put_bytes(path, content, strlen(content));
}

static json_t *collect_made_up(int cpu)
{
    const struct fact_scene scene = {.root = root, .cpu = cpu, .program_folder = root};
    json_t *machine = NULL;
    struct failure failure = {0};
    assert_int_equal(manifest_collect_scene(&machine, &scene, &failure), 0);
    assert_non_null(machine);
    return machine;
}

static void assert_text(const json_t *machine, const char *name, const char *expected)
{
    const char *text = json_string_value(json_object_get(machine, name));
    if (text == NULL || strcmp(text, expected) != 0)
        fail_msg("%s is '%s', not '%s'", name, text != NULL ? text : "(no text)", expected);
}

static void assert_number(const json_t *machine, const char *name, long long expected)
{
    const json_t *value = json_object_get(machine, name);
    if (!json_is_integer(value) || json_integer_value(value) != expected)
        fail_msg("%s is %lld, not %lld", name, (long long)json_integer_value(value), expected);
}

static void assert_unreadable(const json_t *machine, const char *name)
{
    const json_t *reasons = json_object_get(machine, "unreadable");
    if (!json_is_null(json_object_get(machine, name)))
        fail_msg("%s is not null", name);
    if (!json_is_string(json_object_get(reasons, name)))
        fail_msg("nothing says why %s is null", name);
}

/* On a machine of which nothing can be read, nothing is made up. */
static void test_empty_machine_is_null_with_reasons(void **state)
{
    (void)state;
    json_t *machine = collect_made_up(0);
    static const char *const names[] = {
        "cpu_model",
        "cpu_microcode",
        "packages",
        "cores",
        "smt_active",
        "l1d_cache_bytes",
        "l3_cache_bytes",
        "frequency_governor",
        "frequency_hz",
        "turbo",
        "vulnerabilities",
        "kernel_command_line",
        "clock_source",
        "idle_states",
        "halt_poll_host_ns",
        "hypervisor",
        "pipe_most_bytes",
        "memory_total_bytes",
        "transparent_huge_pages",
        "shm_rmid_forced",
        "program_sha256",
        "load_average_before",
        "steal_ns_before",
        "cgroup_version",
        "cgroup_cpu_limit_cpus",
    };
    for (size_t index = 0; index < sizeof names / sizeof *names; index++)
        assert_unreadable(machine, names[index]);
    json_decref(machine);
}

/* Every fact is a value, or null with a reason; and no reason stands without its null. */
static void assert_shape(const json_t *machine)
{
    const json_t *reasons = json_object_get(machine, "unreadable");
    size_t nulls = 0;
    const char *name;
    json_t *value;
    assert_true(json_is_object(reasons));
    json_object_foreach((json_t *)(uintptr_t)machine, name, value)
    {
        if (!json_is_null(value))
            continue;
        nulls++;
        if (!json_is_string(json_object_get(reasons, name)))
            fail_msg("nothing says why %s is null", name);
    }
    assert_int_equal(json_object_size(reasons), nulls);
}

static void put_x86_processor(void)
{
    put("/proc/cpuinfo", "processor\t: 0\n"
                         "vendor_id\t: GenuineIntel\n"
                         "model\t\t: 85\n"
                         "model name\t: Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz\n"
                         "microcode\t: 0x2006e05\n"
                         "cpu MHz\t\t: 2100.000\n"
                         "flags\t\t: fpu vme sse2\n\n"
                         "processor\t: 1\n");
}

static void test_processor_of_x86(void **state)
{
    (void)state;
    put_x86_processor();
    json_t *machine = collect_made_up(0);
    assert_text(machine, "cpu_model", "Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz");
    assert_text(machine, "cpu_microcode", "0x2006e05");
    assert_number(machine, "frequency_hz", 2100000000);
    assert_text(machine, "hypervisor", "none");
    assert_shape(machine);
    json_decref(machine);
}

static void test_processor_of_arm64(void **state)
{
    (void)state;
    put("/proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 108.00\n"
                         "CPU implementer\t: 0x41\nCPU architecture: 8\nCPU variant\t: 0x0\n"
                         "CPU part\t: 0xd05\nCPU revision\t: 0\n\n"
                         "processor\t: 1\nCPU implementer\t: 0x41\nCPU part\t: 0xd05\n\n"
                         "processor\t: 2\nCPU implementer\t: 0x41\nCPU part\t: 0xd0b\n\n"
                         "processor\t: 3\nCPU implementer\t: 0x99\nCPU part\t: 0x123\n");
    put_bytes("/sys/firmware/devicetree/base/model", "Some Board v1", sizeof "Some Board v1");
    json_t *machine = collect_made_up(0);
    assert_text(machine, "cpu_model",
                "ARM Cortex-A55 + ARM Cortex-A76 + arm implementer 0x99 part 0x123");
    assert_text(machine, "board_model", "Some Board v1");
    assert_unreadable(machine, "hypervisor");
    json_decref(machine);
}

static void test_processor_from_the_device_tree(void **state)
{
    (void)state;
    put("/proc/cpuinfo", "processor\t: 0\nhart\t: 1\nisa\t: rv64imafdc\n");
    put_bytes("/sys/firmware/devicetree/base/model", "Some Board v1", sizeof "Some Board v1");
    json_t *machine = collect_made_up(0);
    assert_text(machine, "cpu_model", "Some Board v1");
    json_decref(machine);
}

static void put_cache(int cpu, int index, const char *level, const char *type, const char *size,
                      const char *cpus)
{
    const char *const names[] = {"level", "type", "size", "shared_cpu_list"};
    const char *const contents[] = {level, type, size, cpus};
    for (size_t file = 0; file < 4; file++) {
        char path[128];
        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/cache/index%d/%s", cpu, index,
                 names[file]);
        put(path, contents[file]);
    }
}

/* The facts are those of the CPU that may be used, not of CPU 0. */
static void test_caches_are_those_of_the_asked_cpu(void **state)
{
    (void)state;
    put_cache(0, 0, "1\n", "Data\n", "48K\n", "0\n");
    put_cache(4, 0, "1\n", "Data\n", "32K\n", "4\n");
    put_cache(4, 1, "1\n", "Instruction\n", "64K\n", "4\n");
    put_cache(4, 2, "2\n", "Unified\n", "2048K\n", "4-7\n");
    json_t *machine = collect_made_up(4);
    assert_number(machine, "l1d_cache_bytes", 32 * 1024);
    assert_number(machine, "l2_cache_bytes", 2048 * 1024);
    assert_text(machine, "l2_cache_cpus", "4-7");
    assert_unreadable(machine, "l3_cache_bytes");
    json_decref(machine);
}

static void put_topology(int cpu, const char *package, const char *threads)
{
    char path[128];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/physical_package_id", cpu);
    put(path, package);
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu);
    put(path, threads);
}

static void test_topology_is_counted(void **state)
{
    (void)state;
    put_topology(0, "0\n", "0,3\n");
    put_topology(1, "0\n", "1\n");
    put_topology(2, "1\n", "2\n");
    put_topology(3, "0\n", "0,3\n");
    put("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    put("/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor", "powersave\n");
    put("/sys/devices/system/cpu/cpu2/cpufreq/scaling_governor", "performance\n");
    put("/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq", "3700000\n");
    put("/sys/devices/system/cpu/intel_pstate/no_turbo", "1\n");
    put("/sys/devices/system/cpu/smt/active", "1\n");
    json_t *machine = collect_made_up(0);
    assert_number(machine, "packages", 2);
    assert_number(machine, "cores", 3);
    assert_number(machine, "hardware_threads", 4);
    assert_text(machine, "cores_of_threads", "0,3, 1, 2");
    assert_text(machine, "frequency_governor", "performance, powersave");
    assert_number(machine, "frequency_most_hz", 3700000000);
    assert_true(json_is_false(json_object_get(machine, "turbo")));
    assert_true(json_is_true(json_object_get(machine, "smt_active")));
    json_decref(machine);
}

static void test_kernel_memory_and_limits(void **state)
{
    (void)state;
    put("/proc/meminfo", "MemTotal:       16384 kB\nMemAvailable:    8192 kB\n"
                         "HugePages_Total:      12\nHugepagesize:       2048 kB\n");
    put("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    put("/sys/devices/system/cpu/vulnerabilities/meltdown", "Not affected\n");
    put("/sys/devices/system/cpu/vulnerabilities/spectre_v2", "Mitigation: IBRS\n");
    put("/sys/kernel/debug/sched/preempt", "none voluntary (full) lazy\n");
    put("/sys/devices/system/cpu/cpu0/cpuidle/state0/name", "POLL\n");
    put("/sys/devices/system/cpu/cpu0/cpuidle/state0/latency", "0\n");
    put("/sys/devices/system/cpu/cpu0/cpuidle/state1/name", "C6\n");
    put("/sys/devices/system/cpu/cpu0/cpuidle/state1/latency", "133\n");
    put("/sys/devices/system/cpu/cpu0/cpuidle/state1/disable", "1\n");
    put("/proc/sys/kernel/shmmax", "18446744073692774399\n");
    put("/proc/sys/kernel/shmmni", "4096\n");
    put("/proc/sys/kernel/shm_rmid_forced", "1\n");
    put("/etc/os-release", "ID=some\nPRETTY_NAME=\"Some Linux 1\"\n");
    put("/proc/loadavg", "0.50 1.25 2.00 1/88 6863\n");
    put("/proc/stat", "cpu  1 2 3 4 5 6 7 200 0 0\ncpu0 1 2 3 4 5 6 7 100 0 0\n");
    json_t *machine = collect_made_up(0);
    assert_number(machine, "memory_total_bytes", 16384 * 1024);
    assert_number(machine, "memory_available_bytes_before", 8192 * 1024);
    assert_number(machine, "huge_pages_reserved", 12);
    assert_number(machine, "huge_page_bytes", 2048 * 1024);
    assert_text(machine, "transparent_huge_pages", "madvise");
    assert_text(json_object_get(machine, "vulnerabilities"), "meltdown", "Not affected");
    assert_text(json_object_get(machine, "vulnerabilities"), "spectre_v2", "Mitigation: IBRS");
    assert_text(machine, "kernel_preemption_active", "full");
    json_t *deepest = json_array_get(json_object_get(machine, "idle_states"), 1);
    assert_text(deepest, "name", "C6");
    assert_number(deepest, "exit_latency_us", 133);
    assert_true(json_is_true(json_object_get(deepest, "disabled")));
    assert_text(machine, "shm_segment_most_bytes", "18446744073692774399");
    assert_number(machine, "shm_most_segments", 4096);
    assert_true(json_is_true(json_object_get(machine, "shm_rmid_forced")));
    assert_text(machine, "distribution", "Some Linux 1");
    json_t *load = json_object_get(machine, "load_average_before");
    assert_true(json_real_value(json_array_get(load, 1)) == 1.25);
    assert_number(machine, "steal_ns_before", 200 * (1000000000LL / sysconf(_SC_CLK_TCK)));
    assert_shape(machine);
    json_decref(machine);
}

static void test_nonsense_is_unreadable(void **state)
{
    (void)state;
    put("/proc/sys/kernel/shmmni", "many\n");
    put("/proc/sys/kernel/shmall", "-\n");
    put("/proc/sys/fs/pipe-max-size", "99999999999999999999999\n");
    put("/proc/sys/kernel/shm_rmid_forced", "perhaps\n");
    put("/sys/kernel/mm/transparent_hugepage/enabled", "always\n");
    put_bytes("/sys/devices/system/cpu/isolated", "\xff\xfe", 2);
    put("/proc/stat", "cpu 1 2\n");
    json_t *machine = collect_made_up(0);
    assert_unreadable(machine, "shm_most_segments");
    assert_unreadable(machine, "shm_total_most_pages");
    assert_unreadable(machine, "pipe_most_bytes");
    assert_unreadable(machine, "shm_rmid_forced");
    assert_unreadable(machine, "transparent_huge_pages");
    assert_unreadable(machine, "cpus_isolated");
    assert_unreadable(machine, "steal_ns_before");
    assert_shape(machine);
    json_decref(machine);
}

/* The lowest limit on the way from the group up to the root rules; a group's name may hold "@". */
static void test_limits_of_cgroup_version_2(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "0::/user.slice/user@1000.service/app\n");
    put("/sys/fs/cgroup/user.slice/user@1000.service/app/cpu.max", "max 100000\n");
    put("/sys/fs/cgroup/user.slice/user@1000.service/app/memory.max", "max\n");
    put("/sys/fs/cgroup/user.slice/user@1000.service/cpu.max", "150000 100000\n");
    put("/sys/fs/cgroup/user.slice/user@1000.service/memory.max", "1048576\n");
    put("/sys/fs/cgroup/user.slice/cpu.max", "400000 100000\n");
    put("/sys/fs/cgroup/user.slice/memory.max", "2097152\n");
    json_t *machine = collect_made_up(0);
    assert_number(machine, "cgroup_version", 2);
    assert_true(json_real_value(json_object_get(machine, "cgroup_cpu_limit_cpus")) == 1.5);
    assert_number(machine, "cgroup_memory_limit_bytes", 1048576);
    char *text = json_dumps(machine, 0);
    assert_null(strstr(text, "user.slice"));
    free(text);
    json_decref(machine);
}

static void test_limits_of_cgroup_version_1(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "4:memory:/box\n3:cpu,cpuacct:/box\n1:name=systemd:/\n0::/\n");
    put("/sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_quota_us", "50000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/box/cpu.cfs_period_us", "100000\n");
    put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    put("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    json_t *machine = collect_made_up(0);
    assert_number(machine, "cgroup_version", 1);
    assert_true(json_real_value(json_object_get(machine, "cgroup_cpu_limit_cpus")) == 0.5);
    assert_text(machine, "cgroup_memory_limit_bytes", "unlimited");
    json_decref(machine);
}

/* A container of version 1 names the path of its host, but shows only its own part, as root. */
static void test_limits_seen_from_a_container(void **state)
{
    (void)state;
    put("/proc/self/cgroup", "4:memory:/docker/0123\n");
    put("/sys/fs/cgroup/memory/memory.limit_in_bytes", "4096000\n");
    json_t *machine = collect_made_up(0);
    assert_number(machine, "cgroup_memory_limit_bytes", 4096000);
    json_decref(machine);
}

static void test_programs_are_hashed(void **state)
{
    (void)state;
    char path[1024];
    put("/pipe", "abc");
    put("/notes.txt", "abc");
    snprintf(path, sizeof path, "%s/pipe", root);
    assert_int_equal(chmod(path, 0700), 0);
    json_t *machine = collect_made_up(0);
    json_t *hashes = json_object_get(machine, "program_sha256");
    assert_int_equal(json_object_size(hashes), 1);
    assert_text(hashes, "pipe", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    json_decref(machine);
}

static void test_slugs(void **state)
{
    (void)state;
    static const struct {
        const char *model;
        const char *slug;
    } examples[] = {
        {"AMD EPYC", "amd-epyc"},
        {"Intel(R) Core(TM) i7-8550U CPU @ 1.80GHz", "intel-core-i7-8550u"},
        {"Intel(R) Xeon(R) Gold 6130 CPU @ 2.10GHz", "intel-xeon-gold-6130"},
        {"12th Gen Intel(R) Core(TM) i9-12900K", "12th-gen-intel-core-i9-12900k"},
        {"AMD Ryzen 9 5950X 16-Core Processor", "amd-ryzen-9-5950x-16-core"},
        {"AMD Ryzen 7 PRO 4750U with Radeon Graphics", "amd-ryzen-7-pro-4750u"},
        {"ARM Neoverse-N1", "arm-neoverse-n1"},
        {"arm implementer 0x99 part 0x123", "arm-implementer-0x99-part-0x123"},
        /* Exactly 40 characters; 41 lose the last word; one long word is cut. */
        {"a2345678 b2345678 c2345678 d2345678 e234", "a2345678-b2345678-c2345678-d2345678-e234"},
        {"a2345678 b2345678 c2345678 d2345678 e2345", "a2345678-b2345678-c2345678-d2345678"},
        {"a234567890b234567890c234567890d234567890e23", "a234567890b234567890c234567890d234567890"},
        {"  ../../etc  ", "etc"},
        {"", "unknown-cpu"},
        {"(R) @ 3GHz", "unknown-cpu"},
        {"\xe7\x94\xb5", "unknown-cpu"},
    };
    for (size_t index = 0; index < sizeof examples / sizeof *examples; index++) {
        char slug[64];
        assert_int_equal(manifest_slug_of(examples[index].model, slug, sizeof slug), 0);
        assert_string_equal(slug, examples[index].slug);
    }
}

static void test_slug_heeds_its_room(void **state)
{
    (void)state;
    char slug[9] = "";
    assert_int_equal(manifest_slug_of("AMD EPYC", slug, sizeof slug), 0);
    assert_string_equal(slug, "amd-epyc");
    assert_int_equal(manifest_slug_of("AMD EPYC", slug, 8), 0);
    assert_string_equal(slug, "amd");
    assert_int_equal(manifest_slug_of("AMD EPYC", slug, 1), -EINVAL);
}

static void test_slug_of_this_machine(void **state)
{
    (void)state;
    char slug[64] = "";
    assert_int_equal(manifest_cpu_slug(slug, sizeof slug), 0);
    assert_in_range(strlen(slug), 1, 40);
    assert_int_equal(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(slug));
}

static void test_command_line_keeps_what_matters_and_no_more(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *redacted;
    } examples[] = {
        {"quiet mitigations=off isolcpus=managed_irq,domain,2-5 nohz_full=2-5 preempt=full",
         "quiet mitigations=off isolcpus=managed_irq,domain,2-5 nohz_full=2-5 preempt=full"},
        {"console=ttyS0,115200n8 intel_idle.max_cstate=1", "console=ttyS0,115200n8 "
                                                           "intel_idle.max_cstate=1"},
        {"BOOT_IMAGE=/boot/vmlinuz-6.1.0-18-amd64 root=UUID=12345678-1234-1234-1234-123456789abc "
         "ro",
         "BOOT_IMAGE=(redacted) root=(redacted) ro"},
        {"ip=10.0.0.5::10.0.0.1:255.255.255.0:myhost:eth0:off", "ip=(redacted)"},
        {"systemd.hostname=secret rd.luks.uuid=1 hostname=x", "systemd.hostname=(redacted) "
                                                              "rd.luks.uuid=(redacted) "
                                                              "hostname=(redacted)"},
        {"foo=192.168.1.7", "foo=(redacted)"},
        {"foo=fe80::1", "foo=(redacted)"},
        {"foo=52:54:00:12:34:56", "foo=(redacted)"},
        {"foo=http://example.org/x", "foo=(redacted)"},
        {"foo=/dev/disk/by-id/x", "foo=(redacted)"},
        {"foo=me@example", "foo=(redacted)"},
        {"foo=0123456789abcdef01234567", "foo=(redacted)"},
        {"12345678-1234-1234-1234-123456789abc nosmt", "(redacted) nosmt"},
        {"dyndbg=\"file a.c +p\" nosmt", "dyndbg=\"file a.c +p\" nosmt"},
        {"\"ip=1.2.3.4 x\" nosmt", "ip=(redacted) nosmt"},
        {"nosmt -- --secret word", "nosmt -- (redacted)"},
        {"  nosmt   quiet ", "nosmt quiet"},
        {"", ""},
    };
    for (size_t index = 0; index < sizeof examples / sizeof *examples; index++) {
        char *redacted = privacy_redact_command_line(examples[index].line);
        assert_non_null(redacted);
        assert_string_equal(redacted, examples[index].redacted);
        free(redacted);
    }
}

static void assert_scrubbed(const struct identity *identity, const char *text, const char *expected)
{
    char *scrubbed = privacy_scrub(text, identity);
    assert_non_null(scrubbed);
    assert_string_equal(scrubbed, expected);
    free(scrubbed);
}

static void test_names_are_taken_out(void **state)
{
    (void)state;
    const struct identity identity = {
        .host = "tower.example.org", .user = "alice", .other_user = "bob", .home = "/home/alice"};
    assert_scrubbed(&identity, "-I/home/alice/src -O3", "-I~/src -O3");
    assert_scrubbed(&identity, "/home/carol/src:/home/dave", "~/src:~");
    assert_scrubbed(&identity, "on tower and tower.example.org", "on (host) and (host)");
    assert_scrubbed(&identity, "/var/malice", "/var/m(user)");
    assert_scrubbed(&identity, "bob and bobsled", "(user) and bobsled");
    assert_scrubbed(&identity, "AMD EPYC", "AMD EPYC");
    assert_scrubbed(&identity, "", "");
}

static void test_root_and_missing_names_change_nothing(void **state)
{
    (void)state;
    const struct identity root_user = {.host = "localhost", .user = "root", .home = "/root"};
    const struct identity nobody = {.home = "/"};
    assert_scrubbed(&root_user, "root of localhost", "root of localhost");
    assert_scrubbed(&root_user, "/root/src", "~/src");
    assert_scrubbed(&nobody, "/a/b", "/a/b");
}

/* Names in any fact, at any depth, are taken out. */
static void test_names_in_facts_are_taken_out(void **state)
{
    (void)state;
    char host[256] = "";
    assert_int_equal(gethostname(host, sizeof host - 1), 0);
    if (*host == '\0' || strcmp(host, "localhost") == 0 || strcmp(host, "root") == 0)
        skip();
    char line[600];
    snprintf(line, sizeof line, "nosmt netdev_name.%s", host);
    put("/proc/cmdline", line);
    put("/sys/devices/system/cpu/vulnerabilities/meltdown", host);
    json_t *machine = collect_made_up(0);
    assert_text(machine, "kernel_command_line", "nosmt netdev_name.(host)");
    assert_text(json_object_get(machine, "vulnerabilities"), "meltdown", "(host)");
    json_decref(machine);
}

static void assert_lacks(const char *text, const char *name)
{
    if (name != NULL && strlen(name) > 3 && strcmp(name, "root") != 0 &&
        strcmp(name, "localhost") != 0 && strstr(text, name) != NULL)
        fail_msg("'%s' is in the manifest", name);
}

/* All values as one text: the names of facts are the same on every machine and tell nothing. */
// NOLINTNEXTLINE(misc-no-recursion): as deep as the facts are nested
static void print_values(json_t *value, FILE *stream)
{
    const char *name;
    size_t index;
    json_t *child;
    if (json_is_string(value))
        fprintf(stream, "%s\n", json_string_value(value));
    json_object_foreach(value, name, child)
    {
        print_values(child, stream);
    }
    json_array_foreach(value, index, child)
    {
        print_values(child, stream);
    }
}

static void test_this_machine(void **state)
{
    (void)state;
    json_t *machine = NULL;
    struct failure failure = {0};
    assert_int_equal(manifest_collect(&machine, "/nonexistent", &failure), 0);
    assert_shape(machine);
    assert_null(json_object_get(machine, "steal_ns_after"));
    assert_int_equal(manifest_finish(machine), 0);
    assert_shape(machine);
    static const char *const ending[] = {"load_average_after", "steal_ns_after",
                                         "memory_available_bytes_after"};
    for (size_t index = 0; index < sizeof ending / sizeof *ending; index++)
        assert_non_null(json_object_get(machine, ending[index]));
    assert_unreadable(machine, "program_sha256");
    assert_number(machine, "page_bytes", sysconf(_SC_PAGESIZE));
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_number(machine, "pipe_default_bytes", fcntl(ends[0], F_GETPIPE_SZ));
    close(ends[0]);
    close(ends[1]);
    json_decref(machine);
}

static void test_this_machine_is_not_named(void **state)
{
    (void)state;
    json_t *machine = NULL;
    struct failure failure = {0};
    assert_int_equal(manifest_collect(&machine, "/nonexistent", &failure), 0);
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    assert_non_null(stream);
    print_values(machine, stream);
    assert_int_equal(fclose(stream), 0);
    char host[256] = "";
    assert_int_equal(gethostname(host, sizeof host - 1), 0);
    const struct passwd *account = getpwuid(getuid());
    assert_lacks(text, host);
    assert_lacks(text, account != NULL ? account->pw_name : NULL);
    assert_lacks(text, getenv("HOME"));
    free(text);
    json_decref(machine);
}

#define ON_MADE_UP_MACHINE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_MADE_UP_MACHINE(test_empty_machine_is_null_with_reasons),
        ON_MADE_UP_MACHINE(test_processor_of_x86),
        ON_MADE_UP_MACHINE(test_processor_of_arm64),
        ON_MADE_UP_MACHINE(test_processor_from_the_device_tree),
        ON_MADE_UP_MACHINE(test_caches_are_those_of_the_asked_cpu),
        ON_MADE_UP_MACHINE(test_topology_is_counted),
        ON_MADE_UP_MACHINE(test_kernel_memory_and_limits),
        ON_MADE_UP_MACHINE(test_nonsense_is_unreadable),
        ON_MADE_UP_MACHINE(test_limits_of_cgroup_version_2),
        ON_MADE_UP_MACHINE(test_limits_of_cgroup_version_1),
        ON_MADE_UP_MACHINE(test_limits_seen_from_a_container),
        ON_MADE_UP_MACHINE(test_programs_are_hashed),
        ON_MADE_UP_MACHINE(test_names_in_facts_are_taken_out),
        cmocka_unit_test(test_slugs),
        cmocka_unit_test(test_slug_heeds_its_room),
        cmocka_unit_test(test_slug_of_this_machine),
        cmocka_unit_test(test_command_line_keeps_what_matters_and_no_more),
        cmocka_unit_test(test_names_are_taken_out),
        cmocka_unit_test(test_root_and_missing_names_change_nothing),
        cmocka_unit_test(test_this_machine),
        cmocka_unit_test(test_this_machine_is_not_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
