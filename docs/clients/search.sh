#!/bin/bash
# Ask and tell with curl alone: finds the x between -1 and 1 whose square differs least from 0.09.
#   search.sh [URL] [STUDY] [TRIALS]        WORKBENCH_TOKEN holds the token, where the server wants one.
# Start it several times, on several machines, with the same STUDY: they share its trials.
set -euo pipefail
url=${1:-http://127.0.0.1:8000} study=${2:-roots} trials=${3:-20}

call() { # METHOD PATH [BODY] [HEADER…]
  local method=$1 path=$2 body=${3:-}
  shift $(($# < 3 ? $# : 3))
  curl --silent --show-error --fail-with-body --retry 10 --retry-connrefused -X "$method" "$url/api/studies$path" \
    -H 'Content-Type: application/json' ${WORKBENCH_TOKEN:+-H "Authorization: Bearer $WORKBENCH_TOKEN"} "$@" ${body:+-d "$body"}
}

field() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; } # a value of flat JSON

call GET "/$study" > /dev/null 2>&1 || call POST "" "{\"name\": \"$study\", \"pipeline\": \"external\", \"trials\": $trials,
  \"direction\": \"minimize\", \"searchSpace\": {\"x\": {\"type\": \"float\", \"low\": -1, \"high\": 1}}}" > /dev/null

while trial=$(call POST "/$study/ask" "{\"client\": \"$(hostname):$$\"}" -H "Idempotency-Key: $$-$RANDOM$RANDOM") && [ -n "$trial" ]; do
  number=$(field number <<< "$trial") token=$(field token <<< "$trial") x=$(field x <<< "$trial")
  value=$(awk -v x="$x" 'BEGIN { d = x * x - 0.09; printf "%.17g", d < 0 ? -d : d }')
  call POST "/$study/trials/$number/tell" "{\"token\": \"$token\", \"value\": $value}" > /dev/null
  echo "trial $number: x = $x, value = $value"
done
