#!/bin/bash
# tests/coverage/report.sh - what the tests that have just run in BUILD reached, by folder, and the gate on two of them.
#
# plugin/core and plugin/protocol: every line, LEAST of each hundred branches, at most 1 % of the lines left out, each
# with its reason ("GCOVR_EXCL_LINE: reason"). Ends with 1 below that. The other folders are told with WHOLE=yes, when
# their tests have run too. HTML with every line: BUILD/html/index.html.
set -u
cd "$(dirname "$0")/../.." || exit 1
build=${BUILD:-build/coverage}
gated='plugin/core plugin/protocol'
least=95
html=$build/html
mkdir -p "$html"

found=("$build/obj/plugin/core" "$build/obj/plugin/protocol")
[ "${WHOLE:-}" = yes ] && found=("$build/obj")
gcovr --config tests/coverage/gcovr.cfg --root . --object-directory "$build" \
    --filter plugin/ --filter host-sdk/ --filter mock-host/ --html-details "$html/index.html" \
    --csv "$build/coverage.csv" --txt "$build/lines.txt" "${found[@]}" || exit 1

# What is left out, and whether each says why.
# shellcheck disable=SC2086 # two folders
marked=$(grep -rnE --include='*.[ch]' '(GCOVR?|LCOV)_EXCL' $gated)
left_out=$(grep -c . <<<"$marked")
silent=$(grep . <<<"$marked" | grep -vE 'GCOVR_EXCL_LINE: .{8,}')

awk -F, -v gated="$gated" -v least=$least -v left_out="$left_out" -v silent="$silent" '
    function percent(part, all) { return all ? 100 * part / all : 100 }
    NR > 1 { folder = $1; sub("/[^/]*$", "", folder); if (!(folder in lines)) names[++n] = folder
             lines[folder] += $2; hit[folder] += $3; branches[folder] += $5; taken[folder] += $6
             if (index(" " gated " ", " " folder " ") && $3 < $2) missing = missing "\n  " $1 ": " $2 - $3 " not reached" }
    END {
        printf "%-20s %17s %9s %17s %9s\n", "folder", "lines", "", "branches", ""
        for (i = 1; i <= n; i++) {
            f = names[i]
            printf "%-20s %8d of %5d %7.2f %% %8d of %5d %7.2f %%\n", f, hit[f], lines[f], percent(hit[f], lines[f]),
                   taken[f], branches[f], percent(taken[f], branches[f])
        }
        count = split(gated, wanted, " ")
        for (i = 1; i <= count; i++) {
            f = wanted[i]; all += lines[f]
            if (hit[f] < lines[f] || !lines[f]) why = why "\n" f ": not every line is reached"
            if (percent(taken[f], branches[f]) < least) why = why "\n" f ": less than " least " % of the branches"
        }
        printf "left out: %d of %d lines\n", left_out, all
        if (100 * left_out > all) why = why "\nmore than 1 % of the lines are left out"
        if (silent) why = why "\nleft out without a reason:\n" silent
        if (why) { print "NOT ENOUGH:" why missing; exit 1 }
        print "enough: every line and " least " % of the branches of " gated
    }' "$build/coverage.csv" || { echo "(lines: $build/lines.txt, $html/index.html)"; exit 1; }
