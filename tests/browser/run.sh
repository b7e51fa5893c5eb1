#!/bin/bash
# The till's page in Debian's Chromium. What npm brings is put into the build folder; the source tree stays as it is.
#
#   BUILD=build tests/browser/run.sh [FILTER]
#
# The last line counts. FILTER runs only the tests with these words in their names.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "${BUILD:-build}" && pwd)
export BUILD
mkdir -p "$BUILD/browser"
cp "$here"/*.js "$here"/package.json "$here"/package-lock.json "$here"/.npmrc "$BUILD/browser"
cd "$BUILD/browser"
if ! cmp -s package-lock.json node_modules/.of-lock; then
    npm ci --ignore-scripts --no-progress
    cp package-lock.json node_modules/.of-lock
fi
exec node test.js "$@"
