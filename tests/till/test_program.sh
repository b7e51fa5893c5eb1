#!/bin/bash
# tests/till/test_program.sh - the program mock-host as it is started: exit statuses, scripts from a file and from stdin,
# a replay, running alone until SIGTERM. Needs BUILD; no plugin but where one is named.
set -u

host=${BUILD:?BUILD is the build folder}/mock-host
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

# check NAME WANTED_STATUS COMMAND...: runs it, its output goes to $work/out
check() {
    local name=$1 wanted=$2
    shift 2
    "$@" >"$work/out" 2>&1
    local got=$?
    if [ "$got" = "$wanted" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $name: exit status $got, not $wanted"
        cat "$work/out"
    fi
}

# says WORDS: the last output has them
says() {
    if grep -qF -- "$1" "$work/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: the output has no \"$1\":"
        cat "$work/out"
    fi
}

alone() {
    "$host" --plugin none --data "$work/$1" "${@:2}"
}

check "--help" 0 "$host" --help
says "--storage-delay-ms"
check "--help-script" 0 "$host" --help-script
says "wipe-plugin-storage"
check "an unknown option" 2 "$host" --nonsense
says "--nonsense is not an option"
check "a plugin that is not there" 3 "$host" --plugin "$work/none.so" --data "$work/p" --script /dev/null
says "none.so"
check "a file that is no plugin" 3 "$host" --plugin "$0" --data "$work/p" --script /dev/null

printf 'sell 3\nclose\ncounts\n' >"$work/script"
check "a script" 0 alone a --script "$work/script"
says "receipts=3"
says "closed=1"
check "a script from stdin" 0 alone a --script - <<<"counts"
says "receipts=3"
check "a wrong command" 2 alone a --script - <<<$'sell\nsele'
says 'stdin:2: "sele" is no command'
check "an expectation that fails" 1 alone a --script - <<<'expect words 10ms'
says 'stdin:1: "words" is not on the screen'
check "another register in the same folder" 1 alone a --register T2 --script /dev/null
says 'belongs to register "T1"'
check "a time zone that does not exist" 1 alone b --time-zone Mars/Olympus --script /dev/null
says "Mars/Olympus"

report='{"report_type":"Z","register_id":"R1","business_date":"2011-03-01","currency":"GBP","z_number":1,"closed_at":"2011-03-01T17:00:00Z","grand_totals":{"net":5}}'
echo "$report" | gzip >"$work/z.gz"
check "a replay" 0 alone r --replay "$work/z.gz"
says "replay: Z read 1,"
{ echo "$report" && echo '{broken'; } >"$work/z"
check "a replay with a broken line" 1 alone r --replay "$work/z"
says "$work/z:2: not valid JSON"
says "known before 1"
check "a replay of nothing" 1 alone r --replay "$work/missing"

# Two days a second: what it has sold by itself is there after SIGTERM.
"$host" --plugin none --data "$work/t" --trade --speed 172800 --start 2026-02-02 --log-level info \
    --log-file "$work/log" </dev/null >"$work/out" 2>&1 &
till=$!
for _ in $(seq 100); do
    grep -q "closed Z 2" "$work/log" 2>/dev/null && break
    sleep 0.1
done
check "two days alone" 0 grep "closed Z 2 of 2026-02-03" "$work/log"
kill -TERM $till
wait $till
check "SIGTERM ends it in order" 0 [ $? = 0 ]
check "its days are there" 0 alone t --script - <<<"days"
says "2026-02-02"

echo "$passed passed, $failed failed"
[ $failed = 0 ]
