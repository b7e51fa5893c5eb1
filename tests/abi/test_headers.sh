#!/bin/bash
# Each header of include/pos and host-sdk/poshost stands alone: it compiles by itself as C11 and as C++17, with gcc and
# clang, for 64 and for 32 bit, and a program that includes all of them twice links in both languages. What this machine
# has no compiler for is said aloud and not counted.
set -u
cd "$(dirname "$0")/../.." || exit 1

passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -Iinclude -Ihost-sdk"

# can COMPILER LANGUAGE STANDARD WORD: is there such a compiler, with headers for that word size?
can() {
    command -v "$1" >/dev/null || return 1
    printf '#include <stddef.h>\n#include <stdint.h>\n' >"$work/probe"
    "$1" -x "$2" "-std=$3" "-m$4" -fsyntax-only "$work/probe" 2>/dev/null
}

# check WHAT COMMAND...: counts one test.
check() {
    local what=$1
    shift
    if "$@" 2>"$work/log"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL: $what"
        sed 's/^/    /' "$work/log" | head -20
    fi
}

for word in 64 32; do
    for how in "gcc c c11" "clang c c11" "g++ c++ c++17" "clang++ c++ c++17"; do
        read -r compiler language standard <<<"$how"
        if ! can "$compiler" "$language" "$standard" "$word"; then
            echo "SKIPPED: $compiler for $word bit is not here: its view of the headers goes unchecked"
            continue
        fi
        for header in include/pos/*.h host-sdk/poshost/*.h; do
            printf '#include "%s"\n' "$PWD/$header" >"$work/alone"
            # shellcheck disable=SC2086 # a list of options
            check "$header alone, $compiler -std=$standard -m$word" \
                "$compiler" -x "$language" "-std=$standard" "-m$word" $warnings -fsyntax-only "$work/alone"
        done
        {
            printf '#include "%s"\n' "$PWD"/include/pos/*.h "$PWD"/host-sdk/poshost/*.h
            printf '#include "%s"\n' "$PWD"/host-sdk/poshost/*.h "$PWD"/include/pos/*.h
            echo 'int main(void) { return POS_OK; }'
        } >"$work/all"
        # shellcheck disable=SC2086
        check "all headers, twice, $compiler -std=$standard -m$word" \
            "$compiler" -x "$language" "-std=$standard" "-m$word" $warnings -fsyntax-only "$work/all"
    done
done

# A field put in the middle must not compile: the pins of the offsets work.
sed 's/^    uint32_t kind; *\/\* POS_REPORT_Z or POS_REPORT_X.*/    uint32_t smuggled_in;\n&/' include/pos/report.h \
    >"$work/report.h"
cp include/pos/abi.h "$work/"
if cmp -s "$work/report.h" include/pos/report.h; then
    failed=$((failed + 1))
    echo "FAIL: the field to put another before was not found in include/pos/report.h"
else
    check "a field in the middle is refused" bash -c "! ${CC:-gcc} -std=c11 -fsyntax-only -x c '$work/report.h'"
fi

# The names that C++ sees are those that C made.
if command -v g++ >/dev/null; then
    printf '#include <pos/plugin.h>\nint main() { return pos_plugin_entry_1(nullptr, nullptr); }\n' >"$work/entry.cc"
    check "the entry has no C++ name" bash -c \
        "g++ -std=c++17 -Iinclude -c '$work/entry.cc' -o '$work/entry.o' && nm '$work/entry.o' | grep -q ' U pos_plugin_entry_1$'"
fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
