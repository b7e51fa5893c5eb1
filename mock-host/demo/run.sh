#!/usr/bin/env bash
# The main job, end to end, as an owner lives it: the real plugin in the till, the real cloud over TLS, a real outage.
#
#   BUILD=build [REPLAY=FOLDER] mock-host/demo/run.sh
#
# Starts the cloud and the till, registers with the code from the mail, creates company and store, switches X reports
# on, trades some days, pulls the plug of the cloud in between, waits until the queue is empty, and lets compare.sql,
# which shares no code with either program, hold the cloud's database against the till's. REPLAY hands over existing
# reports (z.ndjson.gz, x.ndjson.gz) instead of trading. Exits non-zero on any difference.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
build=$(cd "${BUILD:-build}" && pwd)
replay=${REPLAY:-}
[ -z "$replay" ] || replay=$(cd "$replay" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/factorycloud-demo.XXXXXX")
cloud_pid=

finish() {
    status=$?
    [ -z "$cloud_pid" ] || kill -9 "$cloud_pid" 2>/dev/null || true
    if [ "$status" -eq 0 ]; then
        rm -rf "$work"
    else
        echo "The demo failed. Databases and logs are left in $work" >&2
        tail -n 5 "$work/cloud.log" "$work/till.log" 2>/dev/null >&2 || true
    fi
    exit "$status"
}
trap finish EXIT

headline() { printf '\n\033[1m=== %s\033[0m\n' "$*"; }

# The first start picks a free port; later starts take the same one again, so that the till finds its cloud.
start_cloud() {
    rm -f "$work/port"
    "$build/mock-cloud" --data "$work/cloud" --listen "127.0.0.1:${port:-0}" --port-file "$work/port" \
        --log-level warning >>"$work/cloud.log" 2>&1 &
    cloud_pid=$!
    disown "$cloud_pid" # no message of the shell's own when it is killed
    for _ in $(seq 200); do
        [ ! -s "$work/port" ] || { port=$(cat "$work/port"); return; }
        kill -0 "$cloud_pid" || break
        sleep 0.05
    done
    echo "the cloud did not start" >&2
    return 1
}

pull_the_plug() {
    kill -9 "$cloud_pid"
    cloud_pid=
    echo "(the cloud's process is killed)"
}

# The till takes commands one at a time; what it prints is shown until it has done them.
start_till() {
    coproc TILL {
        exec "$build/mock-host" --script - --data "$work/till" --cloud "https://127.0.0.1:$port" \
            --ca "$work/cloud/tls/ca.pem" --mail-dir "$work/cloud/mail" --device "Counter 1" --guard-abort \
            --log-file "$work/till.log" --register "$register" 2>&1
    }
    till_in=${TILL[1]}
    till_out=${TILL[0]}
    till_pid=$TILL_PID
}

tell() { { cat; echo 'print ..done..'; } >&"$till_in"; }

await() {
    local line
    while IFS= read -r line <&"$till_out"; do
        [ "$line" != "..done.." ] || return 0
        printf '%s\n' "$line"
    done
    echo "the till ended" >&2
    return 1
}

till() {
    tell
    await
}

headline "A cloud and a till start; nobody has an account yet"
register=T1
[ -z "$replay" ] || register=$(zcat -f "$replay"/z.ndjson* | sed -n '1s/.*"register_id":"\([^"]*\)".*/\1/p')
start_cloud
start_till
echo "cloud at https://127.0.0.1:$port, till with register $register"

headline "The owner opens the settings screen and creates a user"
till <<'COMMANDS'
open
show
press welcome.skip
press login
press login.register
fill name "Ada Byron"
fill email ada@example.com
fill password "correct horse battery"
fill password_again "correct horse battery"
fill country ES
toggle terms on
show
press register.submit
mail ada@example.com as code
print A mail came; it says: ${code}
fill code ${code}
press code.submit
expect "Ada Byron"
show
COMMANDS

headline "Company and store"
till <<'COMMANDS'
press assign
press company.new
fill name "Byron Bakeries"
fill country ES
fill currency EUR
press company.create
press store.new
fill name "Main Street"
fill time_zone Europe/Madrid
press store.create
expect "Assign this store?"
expect-not Asking
show
press assign.accept
expect Options
show
COMMANDS

headline "X reports on"
till <<'COMMANDS'
press configuration
toggle send_x on
show
leave
COMMANDS

if [ -n "$replay" ]; then
    headline "The reports of $(basename "$replay") are handed over; in between the cloud is gone for three seconds"
    tell <<COMMANDS
replay "$replay"
COMMANDS
    sleep 2
    pull_the_plug
    sleep 3
    start_cloud
    await
else
    headline "Two days of trade"
    till <<'COMMANDS'
trade 2
wait idle
expect-status "all sent"
days
COMMANDS
    headline "The network goes away; the shop trades on and closes two more days"
    pull_the_plug
    till <<'COMMANDS'
trade 2
open
press status
show
leave
expect-pending 2
COMMANDS
    headline "The network is back"
    start_cloud
    till <<'COMMANDS'
trade 1
COMMANDS
fi

headline "The queue empties by itself"
till <<'COMMANDS'
wait idle 60s
open
press status
expect "omplete through"
show
leave
counts
COMMANDS
echo quit >&"$till_in"
wait "$till_pid"

# compare SCRIPT DATABASE...: runs the script with the databases attached under their file names.
compare() {
    local script=$1 attach=()
    shift
    for database in "$@"; do
        attach+=(-cmd "ATTACH '$database' AS $(basename "$database" .db)")
    done
    sqlite3 -cmd ".bail on" "${attach[@]}" :memory: <"$here/$script" | tee "$work/compared"
    grep -qx 'differences: 0' "$work/compared" || { echo "The till and the cloud differ." >&2; exit 1; }
}

headline "What the till closed beside what the cloud counts: by SQL, from the two databases"
compare compare.sql "$work/till/till.db" "$work/cloud/cloud.db"
if [ -n "$replay" ]; then
    headline "The same from the replayed files themselves"
    find "$replay" -maxdepth 1 -name '[xz].ndjson*' -exec zcat -f {} + >"$work/lines"
    sqlite3 "$work/offered.db" "CREATE TABLE offered(document TEXT)" ".mode ascii" '.separator "\001" "\n"' \
        ".import '$work/lines' offered" "CREATE INDEX by_document ON offered(document)"
    compare compare_replay.sql "$work/offered.db" "$work/cloud/cloud.db"
fi
headline "Nothing lost, nothing doubled"
