#!/bin/bash
# tests/run.sh TEST... - run test programs one after another, each with a deadline, and say what they counted.
#
# A TEST is a program that ends with Check's summary ("100%: Checks: 12, Failures: 0, Errors: 0"), or a script that
# ends with "N passed, N failed". One that crashes, hangs, counts nothing, or fails without counting a failure adds
# one failure. What a test prints is shown only when it fails, or with VERBOSE=1. The last line printed is the sum.
#
#   TEST_DEADLINE_S   seconds a program may take (300)
#   TEST_UNDER        a command to run each program under, such as "setarch -R" (none)
set -u

deadline_s=${TEST_DEADLINE_S:-300}
# Check's own limit of 4 s a test is for a machine that does nothing else.
export CK_DEFAULT_TIMEOUT=${CK_DEFAULT_TIMEOUT:-60}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
passed=0 failed=0

# Prints "PASSED FAILED" as the log counts them.
count() {
    awk '/^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+$/ {
             gsub(/[^0-9]+/, " "); split($0, n, " "); bad += n[3] + n[4]; good += n[2] - n[3] - n[4] }
         /^[0-9]+ passed, [0-9]+ failed$/ { good += $1; bad += $3 }
         END { print good + 0, bad + 0 }' "$log"
}

for test in "$@"; do
    start_ms=$(date +%s%3N)
    # shellcheck disable=SC2086 # a command with its arguments
    timeout --kill-after=5 "$deadline_s" ${TEST_UNDER:-} "$test" </dev/null >"$log" 2>&1
    status=$?
    took_ms=$(($(date +%s%3N) - start_ms))
    read -r good bad < <(count)

    if [ $status = 124 ] || [ $status = 137 ]; then
        why="no end after $deadline_s s"
    elif [ $status -gt 128 ]; then
        why="ended by signal $((status - 128))"
    elif [ $((good + bad)) = 0 ]; then
        why="counted no test (exit $status)"
    elif [ $status != 0 ] && [ "$bad" = 0 ]; then
        why="exit $status"
    else
        why=
    fi
    [ -z "$why" ] || bad=$((bad + 1))
    passed=$((passed + good)) failed=$((failed + bad))

    if [ "$bad" = 0 ]; then
        verdict=ok
    else
        verdict=FAIL
    fi
    printf '%-4s %-44s %5d passed %3d failed %5d.%d s  %s\n' "$verdict" "${test#"${BUILD:-}"/}" "$good" "$bad" \
        $((took_ms / 1000)) $((took_ms % 1000 / 100)) "$why"
    if [ $verdict = FAIL ] || [ "${VERBOSE:-0}" = 1 ]; then
        sed 's/^/     | /' "$log"
    fi
done

[ $((passed + failed)) -gt 0 ] || { echo "No test ran." >&2; failed=1; }
echo "$passed passed, $failed failed"
[ $failed = 0 ]
