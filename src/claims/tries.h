/* The tries behind the table of claims, see struct claim in claim.h for what each returns. */
#ifndef TRIES_H
#define TRIES_H

#include "claims/claim.h"

typedef int claim_attempt(const struct claim_input *input, union observation *observation,
                          struct failure *failure);

/* keys: try_keys.c */
claim_attempt try_same_key;
claim_attempt try_recreated_key;
claim_attempt try_unique_key;
claim_attempt try_any_path;
claim_attempt try_permissions;

/* making and finding segments: try_segments.c */
claim_attempt try_existing;
claim_attempt try_exclusive;
claim_attempt try_key_and_id;
claim_attempt try_recorded_key;
claim_attempt try_return_values;
claim_attempt try_size;
claim_attempt try_client;
claim_attempt try_control;

/* how long a segment lives: try_life.c */
claim_attempt try_outlives;
claim_attempt try_ipcs;
claim_attempt try_attach_count;
claim_attempt try_removed;

/* two processes that talk: try_talk.c */
claim_attempt try_reader_waits;
claim_attempt try_exclusion;
claim_attempt try_seen_at_once;

/* measurements of a bundle: try_bundle.c */
claim_attempt try_four_against_one;
claim_attempt try_speed;
claim_attempt try_fastest;
claim_attempt try_cause;

#endif
