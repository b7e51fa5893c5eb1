#!/bin/bash
# tests/soak/run.sh ROUNDS SEED TILLS - kill rounds (soak.c), then the judgement: what the programs' logs say, and the
# databases by compare.sql, which shares no code with the programs. SEED '' draws one; it is printed first. The last
# line is "N passed, M failed". After a failure databases and logs are kept.
set -u

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${BUILD:-build}" && pwd)
rounds=$1 seed=${2:-$((RANDOM * 32768 + RANDOM))} tills=$3
work=$(mktemp -d "${TMPDIR:-/tmp}/soak.XXXXXX")
passed=0 failed=0
trap 'rm -rf "$work"' EXIT

# verdict NAME FOUND: nothing may have been found.
verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL %s:\n%s\n' "$1" "$(head -n 5 <<<"$2")"
    fi
}

compare() {
    local database=$1 log=$2 line
    sed -n 's/.*has taken X \([0-9]*\) of the period that will be Z \([0-9]*\)$/\2|\1/p' "$log" >"$work/taken"
    sqlite3 -cmd ".bail on" -cmd "ATTACH '$database' AS till" -cmd "ATTACH '$cloud' AS cloud" \
        -cmd "CREATE TEMP TABLE taken(z_number INTEGER, x_sequence INTEGER)" -cmd ".mode list" \
        -cmd ".import '$work/taken' taken" :memory: <"$here/compare.sql" >"$work/compared" 2>&1 ||
        echo "FAIL the comparison itself" >>"$work/compared"
    while IFS= read -r line; do
        case $line in
        "ok "*) passed=$((passed + 1)) ;;
        "till "*) echo "  $line" ;;
        *) failed=$((failed + 1)) && echo "  $line" ;;
        esac
    done <"$work/compared"
}

echo "soak: seed $seed, $rounds rounds, $tills tills on one cloud"
trouble=
TMPDIR=$work E2E_BUILD=$build "$build/tests/soak/soak" "$rounds" "$seed" "$tills" "$work/manifest" || trouble="see above"
verdict "everybody starts again after every kill, and at the end everything heals" "$trouble"
if [ -s "$work/manifest" ]; then
    read -r _ cloud log <"$work/manifest"
    verdict "the cloud finds nothing wrong" "$(grep -E 'Z (error|warning) ' "$log")"
    while read -r kind database log; do
        [ "$kind" = till ] || continue
        # What an outage is told by is "info"; a warning or worse is of damage, refusal or misuse.
        verdict "no till finds anything damaged" "$(grep -E '^[^ ]+ [^ ]+ (warning|error|misuse) ' "$log")"
        compare "$database" "$log"
    done <"$work/manifest"
fi
if [ "$failed" != 0 ]; then
    trap - EXIT
    echo "databases and logs are kept in $work"
fi
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
