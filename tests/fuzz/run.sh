#!/bin/bash
# tests/fuzz/run.sh SECONDS NAME... - run fuzzers of BUILD one after the other, so many seconds each.
#
# Each begins with its corpus in the tree and what it found before (BUILD/found/NAME); what is new goes there. An input
# that breaks something is kept in BUILD/failing, with the command that repeats it. The last line counts the fuzzers.
set -u

seconds=$1
shift
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT
mkdir -p "$BUILD/failing"

# Prints the number that libFuzzer's statistics name.
stat_of() { sed -n "s/^stat::$1: *//p" "$log"; }

for name in "$@"; do
    mkdir -p "$BUILD/found/$name"
    before=$(find "$BUILD/failing" -name "$name-*" | wc -l)
    # shellcheck disable=SC2086 # a command with its arguments
    ${UNDER:-} "$BUILD/fuzz_$name" -max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=2048 \
        -print_final_stats=1 -dict=tests/fuzz/json.dict -artifact_prefix="$BUILD/failing/$name-" \
        "$BUILD/found/$name" "tests/fuzz/corpus/$name" >"$log" 2>&1 </dev/null
    status=$?
    printf '%-10s %9s runs %7s a second %5s branches\n' "$name" "$(stat_of number_of_executed_units)" \
        "$(stat_of average_exec_per_sec)" "$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)"
    if [ $status = 0 ] && [ "$(find "$BUILD/failing" -name "$name-*" | wc -l)" = "$before" ]; then
        passed=$((passed + 1))
        continue
    fi
    failed=$((failed + 1))
    grep -vE '^#[0-9]+\b' "$log" | tail -n 60
    find "$BUILD/failing" -name "$name-*" -printf "To repeat: $BUILD/fuzz_$name %p\n"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
