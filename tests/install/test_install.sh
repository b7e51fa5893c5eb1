#!/bin/bash
# tests/install/test_install.sh - what `make install` puts down is what a POS vendor can build and run with.
#
# Installs into a folder of its own, compiles adopt.c there by pkg-config alone (shared and static), runs it against
# the installed plugin, and takes everything away again. Each check counts.
set -u
cd "$(dirname "$0")/../.." || exit 1

build=${BUILD:-build} cc=${CC:-gcc}
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
passed=0 failed=0

check() {
    local name=$1
    shift
    if "$@" >"$top/log" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name"
        sed 's/^/    /' "$top/log"
    fi
}

same() { [ "$1" = "$2" ] || { printf 'got:  %s\nwant: %s\n' "$1" "$2"; return 1; }; }
# -o build: what is there is installed, whatever it was built with.
make_quietly() { env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory DEPS=no BUILD="$build" -o build "$@"; }
config() { PKG_CONFIG_LIBDIR="$top/root/usr/lib/pkgconfig:$system_pc" PKG_CONFIG_SYSROOT_DIR="$1" pkg-config "${@:2}"; }
system_pc=$(pkg-config --variable pc_path pkg-config)

adopts() {
    mkdir -p "$top/data-$1"
    LD_LIBRARY_PATH="$top/root/usr/lib" "$top/adopt-$1" "$top/root$plugins/factorycloud.so" "$top/data-$1" |
        grep -qx 'pending: 1'
}

check "install" make_quietly install DESTDIR="$top/root" PREFIX=/usr
plugins=$(config "" --variable=pluginsdir posplugin)
check "pluginsdir" same "$plugins" /usr/lib/pos-plugins
check "the plugin is there" test -f "$top/root$plugins/factorycloud.so"
check "the contracts are there" test -s "$top/root/usr/share/factorycloud/openapi.yaml" -a \
    -s "$top/root/usr/share/factorycloud/report.schema.json"
check "no file names the staging folder" sh -c "! grep -rl '$top' '$top/root'"

# shellcheck disable=SC2046 # flags are words
check "compile, shared" $cc -std=gnu11 -Wall -Wextra -Werror tests/install/adopt.c -o "$top/adopt-shared" \
    $(config "$top/root" --cflags --libs poshost)
# shellcheck disable=SC2046 # flags are words
check "compile, static" $cc -std=gnu11 -Wall -Wextra -Werror tests/install/adopt.c -o "$top/adopt-static" \
    $(config "$top/root" --cflags posplugin) "$top/root/usr/lib/libposhost.a" \
    $(pkg-config --libs sqlite3 libsodium libcjson zlib) -ldl -lpthread
check "run, shared" adopts shared
check "run, static" adopts static

# What the README shows is the code between the marks, without change.
shown() { awk '/README: end/ { on = 0 } on { print } /README: begin/ { on = 1 }' tests/install/adopt.c; }
in_readme() { awk '/^```$/ { on = 0 } on { print } /^```c$/ { on = 1 }' README.md; }
check "the README shows this code" diff <(shown) <(in_readme)

check "uninstall" make_quietly uninstall DESTDIR="$top/root" PREFIX=/usr
check "nothing is left" same "$(find "$top/root" ! -type d)" ""

echo "$passed passed, $failed failed"
[ $failed = 0 ]
