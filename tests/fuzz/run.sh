#!/bin/bash
# tests/fuzz/run.sh SECONDS NAME... - run fuzzers of BUILD, JOBS (2) at a time, so many seconds each.
#
# Each begins with its corpus in the tree and what it found before (BUILD/found/NAME); what is new goes there. An input
# that breaks something is kept in BUILD/failing, with the command that repeats it. The last line counts the fuzzers.
set -u

seconds=$1
shift
jobs=${JOBS:-2}
passed=0 failed=0 running=0
logs=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$logs"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$BUILD/failing"

# Prints the number that libFuzzer's statistics name.
stat_of() { sed -n "s/^stat::$1: *//p" "$log"; }

fuzz() {
    local name=$1 log=$logs/$1 status before
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
        return 0
    fi
    grep -vE '^#[0-9]+\b' "$log" | tail -n 60
    find "$BUILD/failing" -name "$name-*" -printf "To repeat: $BUILD/fuzz_$name %p\n"
    return 1
}

await_one() {
    if wait -n; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
    running=$((running - 1))
}

for name in "$@"; do
    [ $running -lt "$jobs" ] || await_one
    fuzz "$name" &
    running=$((running + 1))
done
while [ $running -gt 0 ]; do await_one; done

echo "$passed passed, $failed failed"
[ $failed = 0 ]
