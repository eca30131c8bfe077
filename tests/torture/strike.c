#include "strike.h"

#include "transfer/mechanisms.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct {
    int number;
    unsigned share; /* in a hundred */
    const char *name;
} signals[] = {{SIGKILL, 46, "SIGKILL"},
               {SIGTERM, 17, "SIGTERM"},
               {SIGINT, 17, "SIGINT"},
               {SIGHUP, 12, "SIGHUP"},
               {SIGQUIT, 8, "SIGQUIT"}};

static const char *signal_name(int number)
{
    size_t index = 0;
    while (signals[index].number != number)
        index++;
    return signals[index].name;
}

static int draw_signal(struct random *random)
{
    uint64_t drawn = random_below(random, 100);
    size_t index = 0;
    while (drawn >= signals[index].share)
        drawn -= signals[index++].share;
    return signals[index].number;
}

static enum strike_aim draw_aim(struct random *random, const struct scenario *scenario)
{
    static const struct {
        enum strike_aim aim;
        unsigned share;
    } aims[] = {{STRIKE_ONE, 56}, {STRIKE_TWO, 9},           {STRIKE_GROUP, 8},
                {STRIKE_ALL, 9},  {STRIKE_STOP_FOR_EVER, 8}, {STRIKE_STOP, 10}};
    uint64_t drawn = random_below(random, 100);
    size_t index = 0;
    if (scenario->on_terminal && random_below(random, 100) < 60)
        return STRIKE_TERMINAL;
    while (drawn >= aims[index].share)
        drawn -= aims[index++].share;
    /* Only matched programs give up on a worker that does nothing: a sender may take any time. */
    bool gives_up = scenario->kind == SCENARIO_MEASURE || scenario->kind == SCENARIO_COPIES ||
                    scenario->kind == SCENARIO_FILTER;
    if (aims[index].aim == STRIKE_STOP_FOR_EVER && !gives_up)
        return STRIKE_STOP;
    return aims[index].aim;
}

void strike_draw(struct random *random, const struct scenario *scenario, struct strike *strike)
{
    *strike = (struct strike){.aim = draw_aim(random, scenario),
                              .signal_number = draw_signal(random),
                              .fraction = (double)random_below(random, 1150) / 1000.0,
                              .soon_seconds = -1.0,
                              .pause_seconds = (double)random_below(random, 300) / 1000.0,
                              .random = random_seeded(random_next(random))};
    /* What takes long has its delicate moments at the start. */
    uint64_t soon_ms = random_below(random, 300);
    if (random_below(random, 100) < 30)
        strike->soon_seconds = (double)soon_ms / 1000.0;
    if (!scenario->goes_on)
        strike->soon_seconds = -1.0;
}

const char *strike_name(const struct strike *strike, char name[STRIKE_NAME_BYTES])
{
    static const char *const others[] = {[STRIKE_NOTHING] = "nothing",
                                         [STRIKE_ALL] = "SIGKILL to all at once",
                                         [STRIKE_STOP] = "SIGSTOP, SIGCONT",
                                         [STRIKE_STOP_FOR_EVER] = "SIGSTOP for ever",
                                         [STRIKE_TERMINAL] = "terminal closed"};
    const char *target = strike->aim == STRIKE_TWO     ? " to two"
                         : strike->aim == STRIKE_GROUP ? " to a group"
                                                       : "";
    if (strike->aim == STRIKE_ONE || strike->aim == STRIKE_TWO || strike->aim == STRIKE_GROUP)
        snprintf(name, STRIKE_NAME_BYTES, "%s%s", signal_name(strike->signal_number), target);
    else
        snprintf(name, STRIKE_NAME_BYTES, "%s", others[strike->aim]);
    return name;
}

bool strike_is_harmless(const struct strike *strike)
{
    return strike->aim == STRIKE_NOTHING || strike->aim == STRIKE_STOP;
}

bool strike_kills(const struct strike *strike)
{
    bool by_signal =
        strike->aim == STRIKE_ONE || strike->aim == STRIKE_TWO || strike->aim == STRIKE_GROUP;
    return strike->aim == STRIKE_ALL || (by_signal && strike->signal_number == SIGKILL);
}

/* ---- roles ---- */

static const struct marked *find_pid(const struct marked *found, size_t count, pid_t pid)
{
    for (size_t index = 0; index < count; index++) {
        if (found[index].pid == pid)
            return &found[index];
    }
    return NULL;
}

static bool same_program(const struct marked *one, const struct marked *other)
{
    return one != NULL && other != NULL && strcmp(one->name, other->name) == 0;
}

/* Which child of its parent: the writer is forked before the reader. */
static size_t place_among_siblings(const struct marked *found, size_t count,
                                   const struct marked *process)
{
    size_t place = 0;
    for (size_t index = 0; index < count; index++)
        place += found[index].parent == process->parent && found[index].pid < process->pid;
    return place;
}

enum { TASK_NAME_LETTERS = 15 };

static bool is_matched_program(const char *name)
{
    for (size_t index = 0; index < mechanisms_count; index++) {
        /* The kernel keeps no more of a name. */
        if (strncmp(name, mechanisms[index]->name, TASK_NAME_LETTERS) == 0)
            return true;
    }
    return false;
}

static const char *role_of(const struct marked *found, size_t count, const struct marked *process,
                           const struct scenario *scenario, const pid_t *pids)
{
    for (size_t index = 0; index < scenario->count; index++) {
        if (pids[index] == process->pid)
            return scenario->commands[index].role;
    }
    const struct marked *parent = find_pid(found, count, process->parent);
    if (strcmp(process->name, "suite") == 0 && !same_program(parent, process))
        return "conductor";
    if (!is_matched_program(process->name))
        return "helper";
    bool below_supervisor = same_program(parent, process);
    if (scenario->crowd && below_supervisor)
        below_supervisor = same_program(find_pid(found, count, parent->parent), process);
    if (!below_supervisor)
        return "supervisor";
    return place_among_siblings(found, count, process) == 0 ? "writer" : "reader";
}

/* Who of the same program was not hit. */
static size_t count_kin(const struct marked *found, size_t count, const bool *hit, pid_t pid)
{
    const struct marked *process = find_pid(found, count, pid);
    size_t kin = 0;
    for (size_t index = 0; index < count; index++)
        kin += !hit[index] && same_program(&found[index], process);
    return kin;
}

/* ---- choosing and hitting ---- */

/* The roles first, so that a script with many helpers is hit as often as one of them. Returns
 * `count` when there is none to choose. */
static size_t choose(struct strike *strike, const char *const *roles, size_t count,
                     const bool *excluded, bool workers_only)
{
    size_t first_of_role[MARKED_MOST];
    size_t role_count = 0;
    for (size_t index = 0; index < count; index++) {
        bool worker = strcmp(roles[index], "writer") == 0 || strcmp(roles[index], "reader") == 0;
        bool listed = false;
        for (size_t role = 0; role < role_count; role++)
            listed |= strcmp(roles[first_of_role[role]], roles[index]) == 0;
        if (!listed && !excluded[index] && (worker || !workers_only))
            first_of_role[role_count++] = index;
    }
    if (role_count == 0)
        return count;
    const char *role = roles[first_of_role[random_below(&strike->random, role_count)]];
    size_t members[MARKED_MOST];
    size_t member_count = 0;
    for (size_t index = 0; index < count; index++) {
        if (!excluded[index] && strcmp(roles[index], role) == 0)
            members[member_count++] = index;
    }
    return members[random_below(&strike->random, member_count)];
}

void strike_deliver(struct strike *strike, const struct scenario *scenario, const pid_t *pids,
                    const char *mark, struct hit *hit)
{
    struct marked found[MARKED_MOST];
    const char *roles[MARKED_MOST];
    bool excluded[MARKED_MOST] = {false};
    *hit = (struct hit){.landed = false};
    if (strike->aim == STRIKE_ALL) {
        hit->landed = marked_kill_all(mark) > 0;
        return;
    }
    size_t count = marked_find(mark, found);
    for (size_t index = 0; index < count; index++)
        roles[index] = role_of(found, count, &found[index], scenario, pids);
    size_t wanted = strike->aim == STRIKE_TWO ? 2 : 1;
    if (strike->aim == STRIKE_STOP_FOR_EVER &&
        choose(strike, roles, count, excluded, true) == count)
        strike->aim = STRIKE_STOP;
    bool stop = strike->aim == STRIKE_STOP || strike->aim == STRIKE_STOP_FOR_EVER;
    int signal_number = stop ? SIGSTOP : strike->signal_number;
    while (hit->count < wanted) {
        size_t chosen = choose(strike, roles, count, excluded, strike->aim == STRIKE_STOP_FOR_EVER);
        if (chosen == count)
            break;
        excluded[chosen] = true;
        if (!marked_signal(mark, found[chosen].pid, signal_number))
            continue;
        hit->landed = true;
        hit->targets[hit->count].pid = found[chosen].pid;
        snprintf(hit->targets[hit->count].role, STRIKE_ROLE_BYTES, "%s", roles[chosen]);
        hit->count++;
    }
    for (size_t index = 0; index < hit->count; index++) {
        /* A script's subshells are no kin: they do not run its traps, and end without clearing up.
         */
        bool script = strcmp(hit->targets[index].role, "script") == 0;
        hit->targets[index].kin =
            script ? 0 : count_kin(found, count, excluded, hit->targets[index].pid);
    }
}

void strike_continue(const struct hit *hit, const char *mark)
{
    for (size_t index = 0; index < hit->count; index++)
        marked_signal(mark, hit->targets[index].pid, SIGCONT);
}
