#!/usr/bin/env bash
# A cloud and a till to try by hand: two addresses are printed; Ctrl-C ends both.
#
#   BUILD=build [DATA=FOLDER] [LANGUAGE_OF_TILL=es] [SPEED=60] mock-host/demo/serve.sh
#
# The shop sells by itself, its clock SPEED times as fast (60: a minute a second, a day every 24 minutes). Without DATA
# everything lies in a folder that is gone afterwards; with it the next start goes on where this one ended. Both
# programs take free ports, so that any number of these run side by side.
set -euo pipefail

build=$(cd "${BUILD:-build}" && pwd)
data=${DATA:-}
speed=${SPEED:-60}
language=${LANGUAGE_OF_TILL:-en}
temporary=
if [ -z "$data" ]; then
    temporary=$(mktemp -d "${TMPDIR:-/tmp}/factorycloud-serve.XXXXXX")
    data=$temporary
fi
mkdir -p "$data"
cloud_pid=
till_pid=

finish() {
    trap - EXIT INT TERM
    for pid in $till_pid $cloud_pid; do
        kill -TERM "$pid" 2>/dev/null || true
    done
    for pid in $till_pid $cloud_pid; do
        wait "$pid" 2>/dev/null || true
    done
    [ -z "$temporary" ] || rm -rf "$temporary"
}
trap finish EXIT
trap 'exit 0' INT TERM

# await FILE PATTERN PID WHAT: the first group of the first line that fits.
await() {
    local found
    for _ in $(seq 200); do
        found=$(sed -n "s|.*$2.*|\1|p" "$1" 2>/dev/null | head -n 1)
        [ -z "$found" ] || { printf '%s' "$found"; return; }
        kill -0 "$3" 2>/dev/null || break
        sleep 0.05
    done
    echo "$4 did not start:" >&2
    cat "$1" >&2
    return 1
}

# The development mode has a mailbox page, so that nobody needs a mail program to read a code.
dev=
if "$build/mock-cloud" --help | grep -q -e '--dev'; then
    dev=--dev
fi

# Background programs of a script ignore Ctrl-C; they are ended by finish(), the till first: it has something to say.
# A restart takes the same port again, or the till would not find its cloud.
port=0
[ ! -s "$data/cloud.port" ] || port=$(cat "$data/cloud.port")
"$build/mock-cloud" --data "$data/cloud" --listen "127.0.0.1:$port" --log-level warning $dev \
    >"$data/cloud.log" 2>&1 &
cloud_pid=$!
cloud=$(await "$data/cloud.log" 'listening on \(https\{0,1\}://[^ ]*\)' "$cloud_pid" "The cloud")
printf '%s' "${cloud##*:}" | tr -d '/' >"$data/cloud.port"

"$build/mock-host" --data "$data/till" --cloud "${cloud%/}" --ca "$data/cloud/tls/ca.pem" --trade --speed "$speed" \
    --language "$language" --web 127.0.0.1:0 --log-file "$data/till.log" </dev/null >"$data/till.out" 2>&1 &
till_pid=$!
till=$(await "$data/till.out" "page is at \(http://[^ ]*\)" "$till_pid" "The till")

cat <<WORDS

  The till    $till
  The cloud   ${cloud%/}/

WORDS
if [ -n "$dev" ]; then
    echo "  The mails   ${cloud%/}/mail"
else
    echo "  The mails   $data/cloud/mail"
fi
cat <<WORDS

Begin at the till: create a user (the code is in the mails), then a company and a store. Close the day there, and
look at its figures in the cloud: log in with the same e-mail and password. Then upload the till's configuration data,
change a price on the cloud's page of them, and download it on the till. The shop trades meanwhile, $speed times as
fast as the clock on the wall. The cloud's certificate is its own: your browser asks once whether to trust it.
Ctrl-C ends both.
WORDS

wait -n "$till_pid" "$cloud_pid" || true
echo "One of the two ended by itself; its last words:" >&2
tail -n 5 "$data/cloud.log" "$data/till.out" >&2
exit 1
