#!/bin/bash
# tests/run.sh TEST... - run test programs, a few at a time, each with a deadline, and say what they counted.
#
# A TEST is a program that ends with Check's summary ("100%: Checks: 12, Failures: 0, Errors: 0"), or a script that
# ends with "N passed, N failed". One that crashes, hangs, counts nothing, or fails without counting a failure adds
# one failure. What a test prints is shown only when it fails, or with VERBOSE=1. The last line printed is the sum.
#
#   TEST_JOBS         how many processors there are for them (all); half as many tests again run at a time, for some wait
#   TEST_DEADLINE_S   seconds a program may take (300)
#   TEST_UNDER        a command to run each program under, such as "setarch -R" (none)
set -u

jobs=${TEST_JOBS:-$(nproc)}
jobs=$((jobs + jobs / 2))
deadline_s=${TEST_DEADLINE_S:-300}
# Check's own limit of 4 s a test is for a machine that does nothing else.
export CK_DEFAULT_TIMEOUT=${CK_DEFAULT_TIMEOUT:-60}
logs=$(mktemp -d)
passed=0 failed=0
declare -A name_of=() start_ms_of=() # by process id

finish() {
    [ ${#name_of[@]} = 0 ] || kill "${!name_of[@]}" 2>/dev/null
    wait
    rm -rf "$logs"
}
trap finish EXIT
trap 'exit 130' INT TERM HUP

now_ms() { date +%s%3N; }

# Starts TEST beside the others. A shell's background process ignores SIGINT and SIGQUIT; a test must not.
start() {
    # shellcheck disable=SC2086 # a command with its arguments
    env --default-signal=INT,QUIT timeout --kill-after=5 "$deadline_s" ${TEST_UNDER:-} "$1" \
        </dev/null >"$logs/${1//\//:}" 2>&1 &
    name_of[$!]=$1 start_ms_of[$!]=$(now_ms)
}

# Prints "PASSED FAILED" as the log LOG counts them.
count() {
    awk '/^[0-9]+%: Checks: [0-9]+, Failures: [0-9]+, Errors: [0-9]+$/ {
             gsub(/[^0-9]+/, " "); split($0, n, " "); bad += n[3] + n[4]; good += n[2] - n[3] - n[4] }
         /^[0-9]+ passed, [0-9]+ failed$/ { good += $1; bad += $3 }
         END { print good + 0, bad + 0 }' "$1"
}

# Waits for whichever ends next, and says how it went.
await_one() {
    local pid status test took_ms log good bad why= verdict=ok
    wait -n -p pid "${!name_of[@]}"
    status=$?
    test=${name_of[$pid]} took_ms=$(($(now_ms) - start_ms_of[$pid])) log=$logs/${name_of[$pid]//\//:}
    unset "name_of[$pid]"
    read -r good bad < <(count "$log")

    if [ $status = 124 ] || [ $status = 137 ]; then
        why="no end after $deadline_s s"
    elif [ $status -gt 128 ]; then
        why="ended by signal $((status - 128))"
    elif [ $((good + bad)) = 0 ]; then
        why="counted no test (exit $status)"
    elif [ $status != 0 ] && [ "$bad" = 0 ]; then
        why="exit $status"
    fi
    [ -z "$why" ] || bad=$((bad + 1))
    passed=$((passed + good)) failed=$((failed + bad))

    [ "$bad" = 0 ] || verdict=FAIL
    printf '%-4s %-44s %5d passed %3d failed %5d.%d s  %s\n' "$verdict" "${test#"${BUILD:-}"/}" "$good" "$bad" \
        $((took_ms / 1000)) $((took_ms % 1000 / 100)) "$why"
    if [ $verdict = FAIL ] || [ "${VERBOSE:-0}" = 1 ]; then
        sed 's/^/     | /' "$log"
    fi
}

for test in "$@"; do
    [ ${#name_of[@]} -lt "$jobs" ] || await_one
    start "$test"
done
while [ ${#name_of[@]} -gt 0 ]; do await_one; done

[ $((passed + failed)) -gt 0 ] || { echo "No test ran." >&2; failed=1; }
echo "$passed passed, $failed failed"
[ $failed = 0 ]
