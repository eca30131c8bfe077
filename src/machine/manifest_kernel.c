/* Facts of the kernel and of what it runs on: version, preemption, idling, clock, hypervisor. */
#include "machine/manifest_fact.h"
#include "machine/manifest_privacy.h"

#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>
#endif

#define CLOCK_SOURCE "/sys/devices/system/clocksource/clocksource0"
#define CPU_IDLE     "/sys/devices/system/cpu/cpuidle"

/* Not from /proc/version: that one names the account and host that built the kernel. */
static json_t *read_uname(const struct fact_scene *scene, const struct fact *fact,
                          struct fact_reason *reason)
{
    (void)scene;
    struct utsname name;
    if (uname(&name) != 0)
        return fact_unreadable(reason, "uname failed");
    return fact_text(strcmp(fact->key, "release") == 0   ? name.release
                     : strcmp(fact->key, "version") == 0 ? name.version
                                                         : name.machine,
                     reason);
}

static json_t *read_distribution(const struct fact_scene *scene, const struct fact *fact,
                                 struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    if (text == NULL)
        return NULL;
    const char *found =
        strncmp(text, "PRETTY_NAME=", 12) == 0 ? text : strstr(text, "\nPRETTY_NAME=");
    char name[128] = "";
    json_t *value = NULL;
    const char *text_of = found != NULL ? strchr(found, '=') + 1 : "";
    text_of += strspn(text_of, "\"'");
    if (sscanf(text_of, "%127[^\"'\n]", name) == 1)
        value = fact_text(name, reason);
    else
        fact_unreadable(reason, "%s has no PRETTY_NAME", fact->source);
    free(text);
    return value;
}

static json_t *read_command_line(const struct fact_scene *scene, const struct fact *fact,
                                 struct fact_reason *reason)
{
    char *line = fact_load(scene, fact->source, reason);
    if (line == NULL)
        return NULL;
    char *redacted = privacy_redact_command_line(line);
    json_t *value =
        redacted != NULL ? fact_text(redacted, reason) : fact_unreadable(reason, "out of memory");
    free(line);
    free(redacted);
    return value;
}

/* What the kernel was built with, as its version says: PREEMPT_RT, PREEMPT_DYNAMIC, PREEMPT, or
 * no such word for none and voluntary. */
static json_t *read_preemption(const struct fact_scene *scene, const struct fact *fact,
                               struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    struct utsname name;
    if (uname(&name) != 0)
        return fact_unreadable(reason, "uname failed");
    const char *word = strstr(name.version, "PREEMPT");
    if (word == NULL)
        return json_string("none or voluntary");
    char text[sizeof name.version];
    snprintf(text, sizeof text, "%.*s", (int)strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"), word);
    return fact_text(text, reason);
}

/* "none voluntary (full) lazy": the one in parentheses rules now. */
static json_t *read_active_preemption(const struct fact_scene *scene, const struct fact *fact,
                                      struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    if (text == NULL)
        return NULL;
    char word[32] = "";
    char *open = strchr(text, '(');
    json_t *value = open != NULL && sscanf(open, "(%31[a-z]", word) == 1
                        ? fact_text(word, reason)
                        : fact_unreadable(reason, "no word in '%.40s' is chosen", text);
    free(text);
    return value;
}

/* The coarse clocks advance with the scheduler's tick, so their resolution is 1/HZ. */
static json_t *read_tick(const struct fact_scene *scene, const struct fact *fact,
                         struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    struct timespec step;
    if (clock_getres(CLOCK_MONOTONIC_COARSE, &step) != 0 || step.tv_sec != 0 || step.tv_nsec <= 0)
        return fact_unreadable(reason, "CLOCK_MONOTONIC_COARSE has no resolution");
    return json_integer((1000000000 + step.tv_nsec / 2) / step.tv_nsec);
}

/* [{"name": "C1", "exit_latency_us": 2, "disabled": false}, ...] */
static json_t *read_idle_states(const struct fact_scene *scene, const struct fact *fact,
                                struct fact_reason *reason)
{
    enum { MOST_STATES = 16 };
    json_t *states = json_array();
    for (int state = 0; state < MOST_STATES; state++) {
        char sources[3][96];
        static const char *const files[] = {"name", "latency", "disable"};
        for (size_t file = 0; file < 3; file++)
            snprintf(sources[file], sizeof sources[file], "%s/state%d/%s", fact->source, state,
                     files[file]);
        struct fact_reason ignored = {""};
        json_t *name = fact_read_text(scene, &(struct fact){.source = sources[0]}, &ignored);
        if (name == NULL)
            break;
        json_t *latency = fact_read_number(scene, &(struct fact){.source = sources[1]}, &ignored);
        json_t *disabled = fact_read_flag(scene, &(struct fact){.source = sources[2]}, &ignored);
        json_array_append_new(states, json_pack("{so, so*, so*}", "name", name, "exit_latency_us",
                                                latency, "disabled", disabled));
    }
    if (json_array_size(states) > 0)
        return states;
    json_decref(states);
    return fact_unreadable(reason, "%s: no state is there", fact->source);
}

/* Written by the hypervisor into a register of ours: "KVMKVMKVM", "VMwareVMware", ... */
static bool ask_processor(char signature[13])
{
#if defined(__x86_64__) || defined(__i386__)
    unsigned most;
    unsigned parts[3];
    __cpuid(0x40000000, most, parts[0], parts[1], parts[2]);
    memcpy(signature, parts, sizeof parts);
    signature[12] = '\0';
    return most >= 0x40000000 && signature[0] > ' ' && signature[0] < 0x7f;
#else
    (void)signature;
    return false;
#endif
}

static const char *name_hypervisor(const char *signature)
{
    static const struct {
        const char *signature;
        const char *name;
    } known[] = {
        {"KVMKVMKVM", "KVM"},           {"VMwareVMware", "VMware"},    {"Microsoft Hv", "Hyper-V"},
        {"XenVMMXenVMM", "Xen"},        {"bhyve bhyve ", "bhyve"},     {"TCGTCGTCGTCG", "QEMU TCG"},
        {"VBoxVBoxVBox", "VirtualBox"}, {" lrpepyh  vr", "Parallels"}, {"ACRNACRNACRN", "ACRN"},
    };
    for (size_t index = 0; index < sizeof known / sizeof *known; index++) {
        if (strcmp(known[index].signature, signature) == 0)
            return known[index].name;
    }
    return signature;
}

/* The maker in the firmware's tables, where that is the maker of a virtual machine. Otherwise
 * nothing is said: the maker of a real machine is none of a bundle's business. */
static const char *find_virtual_maker(const struct fact_scene *scene)
{
    static const char *const makers[] = {
        "QEMU", "Amazon EC2", "Google", "VMware", "Microsoft", "Xen", "Apple Virtualization"};
    struct fact_reason ignored = {""};
    char *vendor = fact_load(scene, "/sys/class/dmi/id/sys_vendor", &ignored);
    const char *found = NULL;
    for (size_t index = 0; vendor != NULL && index < sizeof makers / sizeof *makers; index++) {
        if (strncmp(vendor, makers[index], strlen(makers[index])) == 0)
            found = makers[index];
    }
    free(vendor);
    return found;
}

static json_t *read_hypervisor(const struct fact_scene *scene, const struct fact *fact,
                               struct fact_reason *reason)
{
    (void)fact;
    char signature[13];
    char *type = fact_load(scene, "/sys/hypervisor/type", reason);
    if (type == NULL)
        type = fact_load(scene, "/sys/firmware/devicetree/base/hypervisor/compatible", reason);
    if (type != NULL) {
        json_t *value = fact_text(type, reason);
        free(type);
        return value;
    }
    char *cpuinfo = fact_load(scene, "/proc/cpuinfo", reason);
    char *flags = cpuinfo != NULL ? fact_find_field(cpuinfo, "flags") : NULL;
    free(cpuinfo);
    bool x86 = flags != NULL;
    bool guest = x86 && strstr(flags, " hypervisor") != NULL;
    free(flags);
    if (x86 && !guest)
        return json_string("none");
    if (guest && ask_processor(signature))
        return fact_text(name_hypervisor(signature), reason);
    const char *maker = find_virtual_maker(scene);
    if (maker != NULL)
        return json_string(maker);
    return fact_unreadable(reason, guest ? "there is one that does not give its name"
                                         : "this processor does not tell whether there is one");
}

/* A container shares the kernel but may hide or limit much of the machine. */
static json_t *read_container(const struct fact_scene *scene, const struct fact *fact,
                              struct fact_reason *reason)
{
    (void)fact;
    struct fact_reason ignored = {""};
    char *name = fact_load(scene, "/run/systemd/container", &ignored);
    char *podman = fact_load(scene, "/run/.containerenv", &ignored);
    char *docker = fact_load(scene, "/.dockerenv", &ignored);
    json_t *value = name != NULL     ? fact_text(name, reason)
                    : podman != NULL ? json_string("podman")
                    : docker != NULL ? json_string("docker")
                                     : json_string("none seen");
    free(name);
    free(podman);
    free(docker);
    return value;
}

const struct fact manifest_kernel_facts[] = {
    {.name = "architecture", .read = read_uname, .key = "machine"},
    {.name = "kernel_release", .read = read_uname, .key = "release"},
    {.name = "kernel_version", .read = read_uname, .key = "version"},
    {.name = "kernel_command_line", .read = read_command_line, .source = "/proc/cmdline"},
    {.name = "distribution", .read = read_distribution, .source = "/etc/os-release"},
    {.name = "kernel_preemption", .read = read_preemption},
    {.name = "kernel_preemption_active",
     .read = read_active_preemption,
     .source = "/sys/kernel/debug/sched/preempt"},
    {.name = "kernel_tick_hz", .read = read_tick},
    {.name = "idle_driver", .read = fact_read_text, .source = CPU_IDLE "/current_driver"},
    {.name = "idle_governor", .read = fact_read_text, .source = CPU_IDLE "/current_governor_ro"},
    {.name = "idle_states",
     .read = read_idle_states,
     .source = "/sys/devices/system/cpu/cpu@/cpuidle"},
    {.name = "halt_poll_guest_ns",
     .read = fact_read_number,
     .source = "/sys/module/haltpoll/parameters/guest_halt_poll_ns"},
    {.name = "halt_poll_host_ns",
     .read = fact_read_number,
     .source = "/sys/module/kvm/parameters/halt_poll_ns"},
    {.name = "hypervisor", .read = read_hypervisor},
    {.name = "container", .read = read_container},
    {.name = "clock_source", .read = fact_read_text, .source = CLOCK_SOURCE "/current_clocksource"},
    {.name = "clock_sources",
     .read = fact_read_text,
     .source = CLOCK_SOURCE "/available_clocksource"},
    {0},
};
