/*
 * What was built, by what, from which commit. The build writes build_info.h; where it is missing
 * (a file compiled by hand, an archive without git) the values say that they are not known.
 *
 *   PROJECT_VERSION  version of the suite
 *   BUILD_COMPILER   name and version of the compiler, "" when not known
 *   BUILD_FLAGS      the flags it was called with, "" when not known
 *   BUILD_COMMIT     the git commit, "" when not known
 *   BUILD_DIRTY      1 when files differed from that commit, 0 when not, -1 when not known
 */
#ifndef VERSION_H
#define VERSION_H

#if __has_include("build_info.h")
#include "build_info.h"
#elif __has_include("generated/build_info.h")
#include "generated/build_info.h"
#endif

#ifndef PROJECT_VERSION
#define PROJECT_VERSION "unversioned"
#endif
#ifndef BUILD_COMPILER
#define BUILD_COMPILER ""
#endif
#ifndef BUILD_FLAGS
#define BUILD_FLAGS ""
#endif
#ifndef BUILD_COMMIT
#define BUILD_COMMIT ""
#endif
#ifndef BUILD_DIRTY
#define BUILD_DIRTY (-1)
#endif

/* What a program answers to --version: "seal (pipe-vs-shm) 1.2.3". */
#define VERSION_LINE(program) program " (pipe-vs-shm) " PROJECT_VERSION

#endif
