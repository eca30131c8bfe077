# Builds everything into build/; `make help` lists the targets. Sources are found by place:
# src/*/*.c is the library, every bench/*.c a program, every tests/*_test.c a test program; all other
# tests/*.c are helpers that each test program may use. A tests/audit_*_test.c is built as audit
# programs are (below), so that it sees memcpy counted.

CC     ?= cc
PREFIX ?= /usr/local

# DEBUG=1 has a folder of its own: nobody shall measure with such programs by mistake.
ifdef DEBUG
BUILD  ?= build/debug
CFLAGS ?= -O0 -g3
else
BUILD  ?= build
CFLAGS ?= -O3 -g
endif

PACKAGES := hwloc jansson
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes \
            -Wmissing-prototypes -Wvla -Wformat=2
# A stranger's newer compiler knows new warnings and shall still build this: only CI and lint
# make them errors.
ifdef WERROR
WARNINGS += -Werror
endif

# Asked once, and only when something is compiled: `make help` works on a bare machine.
PKG_CFLAGS = $(eval PKG_CFLAGS := $$(shell pkg-config --cflags $(PACKAGES)))$(PKG_CFLAGS)
PKG_LIBS   = $(eval PKG_LIBS := $$(shell pkg-config --libs $(PACKAGES)))$(PKG_LIBS)
TEST_LIBS  = $(eval TEST_LIBS := $$(shell pkg-config --libs cmocka))$(TEST_LIBS)

GENERATED      := $(BUILD)/generated
GENERATED_HEADERS := $(GENERATED)/build_info.h $(GENERATED)/page_parts.h $(GENERATED)/gallery_page_parts.h
LANGUAGE_FLAGS := -std=c17 -D_GNU_SOURCE -Isrc -I$(GENERATED)
COMPILE_FLAGS   = $(LANGUAGE_FLAGS) $(WARNINGS) $(PKG_CFLAGS) $(CPPFLAGS) $(CFLAGS) $(SANITIZE)
LINK_FLAGS      = -Wl,--as-needed $(CFLAGS) $(LDFLAGS) $(SANITIZE)
LIBRARIES       = $(PKG_LIBS) $(LDLIBS) -lm

LIBRARY_SOURCES := $(sort $(wildcard src/*/*.c))
PROGRAM_SOURCES := $(sort $(wildcard bench/*.c))
TEST_SOURCES    := $(sort $(wildcard tests/*_test.c))
HELPER_SOURCES  := $(filter-out $(TEST_SOURCES),$(sort $(wildcard tests/*.c)))
# What several test programs share.
TEST_SUPPORT    := $(filter-out $(TEST_SOURCES),$(sort $(wildcard tests/*.c)))
TEST_SUPPORT_OBJECTS := $(TEST_SUPPORT:%.c=$(BUILD)/%.o)
LIBRARY  := $(BUILD)/libpipe-vs-shm.a
HELPERS  := $(HELPER_SOURCES:%.c=$(BUILD)/%.o)
OBJECTS  := $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o)
PROGRAMS := $(PROGRAM_SOURCES:bench/%.c=$(BUILD)/bin/%)

# The audit build: the matched programs once more, with every memcpy counted at link level, to
# witness the copies; and the tests that look at this witness, by their name. What is measured is
# never built like this.
AUDITED        := $(patsubst bench/%.c,%,$(shell grep -l 'measure/program\.h' $(PROGRAM_SOURCES)))
AUDIT_PROGRAMS := $(AUDITED:%=$(BUILD)/bin/audit/%)
AUDIT_FLAGS    := -fno-builtin-memcpy -fno-builtin-memmove -U_FORTIFY_SOURCE
AUDIT_WRAP     := -Wl,--wrap=memcpy -Wl,--wrap=memmove
AUDIT_LIBRARY  := $(BUILD)/audit/libpipe-vs-shm.a
AUDIT_SOURCES  := $(sort $(foreach room,base machine transfer measure,$(wildcard src/$(room)/*.c)))
AUDIT_OBJECTS  := $(AUDIT_SOURCES:%.c=$(BUILD)/audit/%.o)
AUDIT_WITNESS  := $(BUILD)/audit/bench/audit/memcpy_witness.o
AUDIT_TESTS    := $(filter tests/audit_%,$(TEST_SOURCES))

# The trust build: the matched programs, linked from the very same objects, with a slow-down on
# purpose that the environment asks for, to test whether comparisons find it.
TRUST_PROGRAMS := $(AUDITED:%=$(BUILD)/bin/trust/%)
TRUST_SLOWDOWN := $(BUILD)/bench/trust/slowdown.o

# The soak: neither measured with nor a test by itself; tests/soak.bats runs it for a moment.
SOAK_SOURCES := $(sort $(wildcard tests/soak/*.c))
SOAK_OBJECTS := $(SOAK_SOURCES:%.c=$(BUILD)/%.o)
SOAK_PROGRAM := $(BUILD)/tests/soak/soak

# How near we are to what the machine allows: a program beside those of build/bin, not installed.
PERF_SOURCES := $(sort $(wildcard bench/perf/*.c))
PERF_OBJECTS := $(PERF_SOURCES:%.c=$(BUILD)/%.o)
PERF_PROGRAM := $(BUILD)/perf/perf

# The kill storm (tests/torture/): a program of its own.
TORTURE_SOURCES := $(sort $(wildcard tests/torture/*.c))
TORTURE_OBJECTS := $(TORTURE_SOURCES:%.c=$(BUILD)/%.o)
TORTURE         := $(BUILD)/tests/torture-storm

TESTS    := $(TEST_SOURCES:tests/%.c=$(BUILD)/tests/%)
ALL_OBJECTS := $(OBJECTS) $(PROGRAM_SOURCES:%.c=$(BUILD)/%.o) \
               $(patsubst %.c,$(BUILD)/%.o,$(filter-out $(AUDIT_TESTS),$(TEST_SOURCES))) \
               $(TEST_SUPPORT_OBJECTS) $(AUDIT_OBJECTS) $(AUDIT_WITNESS) \
               $(AUDITED:%=$(BUILD)/audit/bench/%.o) $(AUDIT_TESTS:%.c=$(BUILD)/audit/%.o) \
               $(TRUST_SLOWDOWN) $(SOAK_OBJECTS) $(TORTURE_OBJECTS) $(PERF_OBJECTS)

.PHONY: all
all: $(PROGRAMS) $(AUDIT_PROGRAMS)  ## build all programs into build/bin (the default)

.PHONY: tests
tests: $(TESTS) $(PERF_PROGRAM) $(SOAK_PROGRAM) $(TORTURE) trust-programs  ## build the test programs, too

.PHONY: perf
perf: all $(PERF_PROGRAM)  ## how near each mechanism is to what this machine allows (PERF="--only 1,2")
	BUILD='$(BUILD)' scripts/perf.sh $(PERF)

.PHONY: perf-program
perf-program: $(PERF_PROGRAM)

.PHONY: trust-programs
trust-programs: $(TRUST_PROGRAMS) $(BUILD)/bin/trust/ceiling  ## the matched programs with a slow-down on purpose (METHOD)

.PHONY: trust
trust: all trust-programs  ## A/A and A/B: do comparisons tell the truth here? Takes half an hour
	BUILD='$(BUILD)' scripts/trust.sh $(TRUST)

.PHONY: test
test: all tests  ## build and run all tests (T="name..." some, JOBS=2 side by side, as root)
	tests/run-tests.sh --build "$(BUILD)" --jobs '$(or $(JOBS),1)' $(TEST_OPTIONS) $(T)

# All processes of many runs get signals at any moment: what do they leave?
RUNS ?= 1000
.PHONY: torture
torture: all $(TORTURE)  ## the kill storm: RUNS=1000 [SEED=n] [ONLY=n] [AFTER=s] [REPORT=file]
	$(TORTURE) --root . --build '$(BUILD)' --runs $(RUNS) $(SEED:%=--seed %) $(ONLY:%=--only %) \
	    $(AFTER:%=--after %) $(REPORT:%=--report '%')

# A build that is killed must leave nothing that the next one takes for whole.
.DELETE_ON_ERROR:

$(BUILD)/%.o: %.c $(GENERATED)/flags | $(GENERATED_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(COMPILE_FLAGS) -MMD -MP -c -o $@ $<

$(LIBRARY): $(OBJECTS)
	@rm -f $@ $@.partial
	$(AR) rcs $@.partial $^
	@mv -f $@.partial $@

$(BUILD)/audit/%.o: %.c $(GENERATED)/flags | $(GENERATED_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(COMPILE_FLAGS) $(AUDIT_FLAGS) -MMD -MP -c -o $@ $<

$(AUDIT_LIBRARY): $(AUDIT_OBJECTS)
	@rm -f $@ $@.partial
	$(AR) rcs $@.partial $^
	@mv -f $@.partial $@

$(BUILD)/bin/audit/%: $(BUILD)/audit/bench/%.o $(AUDIT_WITNESS) $(AUDIT_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) $(AUDIT_WRAP) -o $@ $^ $(LIBRARIES)

# The suite asks for it beside the programs that it runs.
$(BUILD)/bin/trust/ceiling: $(BUILD)/bin/ceiling
	@mkdir -p $(@D)
	ln -sf ../ceiling $@

$(BUILD)/bin/trust/%: $(BUILD)/bench/%.o $(TRUST_SLOWDOWN) $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $^ $(LIBRARIES)

$(BUILD)/bin/%: $(BUILD)/bench/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $< $(LIBRARY) $(LIBRARIES)

$(PERF_PROGRAM): $(PERF_OBJECTS) $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $^ $(LIBRARIES)

$(SOAK_PROGRAM): $(SOAK_OBJECTS) $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $^ $(LIBRARIES)

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(TEST_SUPPORT_OBJECTS) $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $< $(TEST_SUPPORT_OBJECTS) $(LIBRARY) $(LIBRARIES) $(TEST_LIBS)

$(TORTURE): $(TORTURE_OBJECTS) $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $^ $(LIBRARIES)

$(BUILD)/tests/audit_%: $(BUILD)/audit/tests/audit_%.o $(AUDIT_WITNESS) $(TEST_SUPPORT_OBJECTS) \
                        $(AUDIT_LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) $(AUDIT_WRAP) -o $@ $^ $(LIBRARIES) $(TEST_LIBS)

# What the programs were built from and how, for the manifest. Both files are looked at on every
# run of make and written only when they change, so that other flags build everything anew and a
# new commit only what says so.
$(GENERATED)/build_info.h: FORCE
	@scripts/build-info.sh header $@ '$(subst ','\'',$(CC))' '$(subst ','\'',$(CFLAGS) $(SANITIZE))'

# Style sheets and scripts of pages as C, page_style and page_script: a program is one file.
$(GENERATED)/page_parts.h: src/document/page/page.css src/document/page/page.js
$(GENERATED)/gallery_page_parts.h: src/gallery/page/gallery.css src/gallery/page/gallery.js
$(GENERATED)/page_parts.h $(GENERATED)/gallery_page_parts.h: scripts/page-parts.sh
	@mkdir -p $(@D)
	@scripts/page-parts.sh page_style $(filter %.css,$^) page_script $(filter %.js,$^) >$@.partial
	@mv -f $@.partial $@

$(GENERATED)/flags: FORCE
	@pkg-config --print-errors --exists $(PACKAGES) || { \
	    echo 'make: ./run_bench.sh installs what is missing, or names the command' >&2; exit 69; }
	@scripts/build-info.sh flags $@ '$(subst ','\'',$(CC))' '$(subst ','\'',$(COMPILE_FLAGS))'

.PHONY: FORCE
FORCE:

.PHONY: lint
lint: $(GENERATED_HEADERS)  ## formatter, clang-tidy, cppcheck and shellcheck over everything
	scripts/lint.sh '$(BUILD)'

C_FILES = $(sort $(wildcard src/*/*.[ch] bench/*.[ch] bench/*/*.[ch] tests/*.[ch] tests/*/*.[ch]))

.PHONY: format
format:  ## format all C files in place
	clang-format -i $(C_FILES)

.PHONY: format-check
format-check:  ## fail if a C file is not formatted
	clang-format --dry-run -Werror $(C_FILES)

SANITIZED = $(MAKE) --no-print-directory CFLAGS='-O1 -g -fno-omit-frame-pointer' WERROR=1

.PHONY: asan
asan:  ## tests of programs with AddressSanitizer and UndefinedBehaviorSanitizer
	$(SANITIZED) BUILD='$(BUILD)/asan' T='$(T)' TEST_OPTIONS='--sanitized --limit 600' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=all' test

# ThreadSanitizer sees threads, not processes: it runs the tests that start threads.
THREAD_TESTS = $(shell grep -l 'pthread_create\|thrd_create' $(TEST_SOURCES))

.PHONY: tsan
tsan:  ## the tests that use threads, with ThreadSanitizer
	$(SANITIZED) BUILD='$(BUILD)/tsan' SANITIZE='-fsanitize=thread' \
	    $(THREAD_TESTS:tests/%.c='$(BUILD)/tsan/tests/%')
	tests/run-tests.sh --build '$(BUILD)/tsan' --threads-only

SOAK_OPTIONS = $(if $(HOURS),--hours $(HOURS)) $(if $(BYTES),--bytes $(BYTES)) $(SOAK)

.PHONY: soak
soak: all $(SOAK_PROGRAM)  ## move and verify bytes through everything (HOURS=1 BYTES=64G SOAK="--help")
	$(SOAK_PROGRAM) $(SOAK_OPTIONS)

.PHONY: model
model:  ## all states of the hand-shake and the ring, and faults in them (needs spin)
	CC='$(CC)' scripts/model.sh $(MODEL)

# Fuzz targets: every tests/fuzz/*_fuzz.c, with the helpers beside it and the library, all watched
# by libFuzzer and both sanitizers. A build of its own, like those above.
FUZZ_SECONDS ?= 600
FUZZ_SOURCES := $(sort $(wildcard tests/fuzz/*_fuzz.c))
FUZZ_SUPPORT := $(filter-out $(FUZZ_SOURCES),$(sort $(wildcard tests/fuzz/*.c)))
FUZZ_TARGETS := $(FUZZ_SOURCES:tests/fuzz/%_fuzz.c=$(BUILD)/%)
FUZZ_CLANG   ?= clang
FUZZ_CHECKS  := address,undefined,float-cast-overflow
ALL_OBJECTS  += $(FUZZ_SOURCES:%.c=$(BUILD)/%.o) $(FUZZ_SUPPORT:%.c=$(BUILD)/%.o)

.PHONY: fuzz
fuzz:  ## fuzz every reader of untrusted input, FUZZ_SECONDS=600 each (F="name..." some of them)
	scripts/packages.sh --no-install fuzz
	$(MAKE) --no-print-directory -s BUILD='$(BUILD)/fuzz' CC='$(FUZZ_CLANG)' WERROR=1 \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=fuzzer-no-link,$(FUZZ_CHECKS) -fno-sanitize-recover=all' fuzz-targets
	scripts/fuzz.sh '$(BUILD)/fuzz' '$(FUZZ_SECONDS)' $(F)

.PHONY: fuzz-short
fuzz-short:  ## the same for some seconds each, as in CI
	$(MAKE) --no-print-directory fuzz FUZZ_SECONDS=8

.PHONY: fuzz-targets
fuzz-targets: $(FUZZ_TARGETS)

$(BUILD)/tests/fuzz/%.o: CPPFLAGS += -DFUZZ_FIXTURE='"$(CURDIR)/tests/fixtures/bundle"'

$(FUZZ_TARGETS): $(BUILD)/%: $(BUILD)/tests/fuzz/%_fuzz.o $(FUZZ_SUPPORT:%.c=$(BUILD)/%.o) $(LIBRARY)
	$(CC) $(LINK_FLAGS) -fsanitize=fuzzer -o $@ $^ $(LIBRARIES)

.PHONY: test-fresh
test-fresh:  ## both commands of the README in a minimal system, and FRESH_DEB=package (root, debootstrap)
	FRESH_DEB='$(FRESH_DEB)' scripts/test-fresh.sh

.PHONY: test-arm64
test-arm64:  ## build for arm64, run C tests under qemu (ALL=1 all of them, T="name..." some)
	BUILD='$(BUILD)' scripts/test-foreign.sh arm64 $(T)

.PHONY: test-riscv64
test-riscv64:  ## the same for riscv64
	BUILD='$(BUILD)' scripts/test-foreign.sh riscv64 $(T)

HOME_FOLDER = $(DESTDIR)$(PREFIX)/lib/pipe-vs-shm
MAN_FOLDER  = $(DESTDIR)$(PREFIX)/share/man/man1
MAN_PAGES  := $(sort $(wildcard docs/*.1))
COMPLETION  = $(DESTDIR)$(PREFIX)/share/bash-completion/completions

.PHONY: install
install: all  ## install below PREFIX (/usr/local); the command is then pipe-vs-shm
	mkdir -p '$(HOME_FOLDER)/build/bin/audit' '$(HOME_FOLDER)/scripts' '$(HOME_FOLDER)/plots' \
	    '$(DESTDIR)$(PREFIX)/bin'
	install -m 755 run_bench.sh '$(HOME_FOLDER)/run_bench.sh'
	install -m 755 $(PROGRAMS) '$(HOME_FOLDER)/build/bin'
	install -m 755 $(AUDIT_PROGRAMS) '$(HOME_FOLDER)/build/bin/audit'
	install -m 755 scripts/packages.sh scripts/outer-clock.sh scripts/plot.sh '$(HOME_FOLDER)/scripts'
	install -m 644 scripts/plain.sh scripts/tidy.sh scripts/about.sh '$(HOME_FOLDER)/scripts'
	install -m 644 $(wildcard plots/*.gp) '$(HOME_FOLDER)/plots'
	install -m 644 VERSION LICENSE '$(HOME_FOLDER)'
	ln -sf ../lib/pipe-vs-shm/run_bench.sh '$(DESTDIR)$(PREFIX)/bin/pipe-vs-shm'
	mkdir -p '$(MAN_FOLDER)'
	install -m 644 $(MAN_PAGES) '$(MAN_FOLDER)'
	mkdir -p '$(COMPLETION)'
	install -m 644 scripts/completion/pipe-vs-shm '$(COMPLETION)'

.PHONY: uninstall
uninstall:  ## remove what install put there
	rm -rf '$(HOME_FOLDER)'
	rm -f '$(DESTDIR)$(PREFIX)/bin/pipe-vs-shm' $(MAN_PAGES:docs/%='$(MAN_FOLDER)/%') \
	    '$(COMPLETION)/pipe-vs-shm'

DEB_ROOT := $(BUILD)/deb/root

.PHONY: deb
deb: all  ## a Debian package of this build, into BUILD/deb (needs dpkg-dev)
	rm -rf '$(DEB_ROOT)'
	@$(MAKE) --no-print-directory -s install DESTDIR='$(abspath $(DEB_ROOT))' PREFIX=/usr
	scripts/deb.sh '$(DEB_ROOT)' '$(BUILD)/deb'

.PHONY: clean
clean:  ## remove everything that was built
	rm -rf '$(BUILD)'

.PHONY: help
help:  ## show this list
	@echo 'make [TARGET] [CC=clang] [DEBUG=1] [WERROR=1] [BUILD=folder] [PREFIX=folder]'
	@sed -n 's/^\([a-z0-9-]*\):.*## *\(.*\)/  \1\t\2/p' Makefile | expand -t 20

-include $(ALL_OBJECTS:.o=.d)
.SECONDARY:
.DELETE_ON_ERROR:
