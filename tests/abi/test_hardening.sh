#!/bin/bash
# tests/abi/test_hardening.sh - what is built resists being abused: the linker's tables are read-only once it is loaded
# (full RELRO), it can be loaded anywhere (PIC, PIE), no memory of it is writable and executable, stack frames and
# bounded copies are guarded (stack protector, FORTIFY), it looks for libraries where the system does, and the plugin
# shows one name. Each rule is also given an object that breaks it.
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build} cc=${CC:-gcc}
passed=0 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

check() {
    local what=$1
    shift
    if "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $what"
        sed 's/^/    /' "$work/log" | head -20
    fi
}
refused() { ! "$@"; }

# ---- the rules: each says no by its exit status
dynamic() { readelf -Wd "$1" | grep -E "$2"; }
segments() { readelf -Wl "$1" | grep -E "$2"; }
names() { nm -D "$1" | awk '{ sub(/@.*/, "", $NF); print $NF }'; }

full_relro() { segments "$1" '^ *GNU_RELRO' && dynamic "$1" 'BIND_NOW|FLAGS_1.*NOW'; }
anywhere() { readelf -Wh "$1" | grep -E 'Type: +DYN' && ! dynamic "$1" TEXTREL; }
pie() { dynamic "$1" 'FLAGS_1.*PIE'; }
no_code_in_data() { segments "$1" '^ *GNU_STACK.* RW +0x' && ! segments "$1" ' (RWE|R?WE) '; }
guarded_stack() { names "$1" | grep -x __stack_chk_fail; }
fortified() { names "$1" | grep -E '^__(v?snprintf|memcpy|strcpy)_chk$'; }
systems_libraries() { ! dynamic "$1" 'R(UN)?PATH'; }
only_shows() { diff <(nm -D --defined-only "$1" | awk '{ print $NF }' | grep -vE "$2") /dev/null; }
stays_loaded() { dynamic "$1" 'FLAGS_1.*NODELETE'; }
tells_no_path() { ! grep -qaF "$PWD/" "$1"; }
no_unsafe_calls() { ! names "$1" | grep -xE 'gets|(__)?v?sprintf(_chk)?|scanf|system|popen|tmpnam|tempnam|mktemp'; }
needs_only() {
    diff <(readelf -Wd "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*/\1/p' | grep -vxE "$2") /dev/null
}

# ---- what is built
for name in factorycloud.so libposhost.so mock-host mock-cloud; do
    file=$build/$name
    check "$name is there" test -s "$file"
    check "$name: full RELRO" full_relro "$file"
    check "$name: loads anywhere, without changing its code" anywhere "$file"
    check "$name: nothing both writable and executable" no_code_in_data "$file"
    check "$name: stack protector" guarded_stack "$file"
    check "$name: FORTIFY" fortified "$file"
    check "$name: no RPATH" systems_libraries "$file"
    check "$name: no path of the machine that built it" tells_no_path "$file"
    check "$name: no call that invites mistakes" no_unsafe_calls "$file"
done
check "mock-host: PIE" pie "$build/mock-host"
check "mock-cloud: PIE" pie "$build/mock-cloud"
check "factorycloud.so shows its entry alone" only_shows "$build/factorycloud.so" '^pos_plugin_entry_1$'
check "libposhost.so shows its own names alone" only_shows "$build/libposhost.so" '^poshost_'
check "factorycloud.so stays loaded" stays_loaded "$build/factorycloud.so"
check "factorycloud.so needs what the README says" needs_only "$build/factorycloud.so" \
    'lib(curl|cjson|sodium|zstd|z|c|pthread)|ld-linux.*'
check "libposhost.so needs what the README says" needs_only "$build/libposhost.so" \
    'lib(sqlite3|cjson|sodium|z|c|pthread|dl)|ld-linux.*'

# ---- the rules find what breaks them
cat >"$work/bad.c" <<'END'
#include <stdio.h>
#include <string.h>
char bad_copy[8];
int bad_entry(const char *text) { char room[64]; strcpy(room, text); sprintf(bad_copy, "%d", room[0]); return puts(room); }
int (*bad_pointer)(const char *) = bad_entry;
int main(void) { return bad_entry("x"); }
END
bad() {
    # shellcheck disable=SC2086 # a command with its arguments
    $cc -U_FORTIFY_SOURCE -O1 -fno-stack-protector "${@:2}" "$work/bad.c" -o "$work/$1" 2>"$work/log" ||
        { failed=$((failed + 1)); echo "FAILED: building the bad object $1"; cat "$work/log"; }
}
bad plain -shared -fPIC -Wl,-z,lazy,-z,norelro,-z,execstack,-rpath,/nowhere
bad lazy -shared -fPIC -Wl,-z,relro,-z,lazy
bad fixed -no-pie -fno-pic
check "no RELRO is found" refused full_relro "$work/plain"
check "lazy binding is found" refused full_relro "$work/lazy"
check "an executable stack is found" refused no_code_in_data "$work/plain"
check "an unguarded stack is found" refused guarded_stack "$work/plain"
check "a copy without FORTIFY is found" refused fortified "$work/plain"
check "an RPATH is found" refused systems_libraries "$work/plain"
check "names that show are found" refused only_shows "$work/plain" '^pos_plugin_entry_1$'
check "an object that unloads is found" refused stays_loaded "$work/plain"
check "a fixed address is found" refused anywhere "$work/fixed"
check "a program that is no PIE is found" refused pie "$work/fixed"
check "an unbounded print is found" refused no_unsafe_calls "$work/plain"
check "a library too many is found" refused needs_only "$work/plain" 'libnone'
printf '%s/plugin/plugin.c' "$PWD" >"$work/path"
check "a path is found" refused tells_no_path "$work/path"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
