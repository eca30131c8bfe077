# Builds everything into build/. `make help` lists the targets.

BUILD    ?= build
CC       ?= cc
CFLAGS   ?= -O3 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wformat=2 -Werror
PACKAGES := hwloc jansson

# Expanded on use, so that `make help` and `make clean` work before anything is installed.
PKG_CFLAGS = $(shell pkg-config --cflags $(PACKAGES))
PKG_LIBS   = $(shell pkg-config --libs $(PACKAGES))

override CFLAGS += -std=c17 -D_GNU_SOURCE -Isrc -MMD -MP $(WARNINGS) $(SANITIZE)
LDLIBS    = $(PKG_LIBS) -lm
LDFLAGS  += -Wl,--as-needed $(SANITIZE)

LIBRARY_SOURCES := $(wildcard src/*/*.c)
PROGRAM_SOURCES := $(wildcard bench/*.c)
TEST_SOURCES    := $(wildcard tests/*_test.c)
LIBRARY  := $(BUILD)/libpipe-vs-shm.a
OBJECTS  := $(LIBRARY_SOURCES:%.c=$(BUILD)/%.o)
PROGRAMS := $(PROGRAM_SOURCES:bench/%.c=$(BUILD)/bin/%)
TESTS    := $(TEST_SOURCES:tests/%.c=$(BUILD)/tests/%)

.PHONY: all
all: $(PROGRAMS)  ## build all programs into build/bin (the default)

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(PKG_CFLAGS) -c -o $@ $<

$(LIBRARY): $(OBJECTS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/bin/%: $(BUILD)/bench/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LDLIBS)

$(BUILD)/tests/%: $(BUILD)/tests/%.o $(LIBRARY)
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $< $(LIBRARY) $(LDLIBS) $(shell pkg-config --libs cmocka)

.PHONY: clean
clean:  ## remove everything that was built
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d) $(PROGRAM_SOURCES:%.c=$(BUILD)/%.d) $(TEST_SOURCES:%.c=$(BUILD)/%.d)
.SECONDARY:
