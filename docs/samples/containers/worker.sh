#!/bin/sh
# Counts the seconds that it worked, in a container that needs no more than a busybox (sh, wget, nc, sed, sleep).
# It is told who it is and where the fleet is by what is written to /.healing before it is started.

[ -e /.healing/env ] || { echo "nobody has ordered me to start" >&2; exit 78; }
. /.healing/env
agent=$HEALING_URL/api/v1/agents/$HEALING_AGENT
host=${HEALING_URL#*://}
trap 'exit 0' TERM

# POST, as wget can. 409 says that another incarnation goes on with the work.
beat() {
  said=$(wget -q -S -O - --header "Authorization: Bearer $HEALING_TOKEN" --header 'Content-Type: application/json' \
    --post-data "{\"incarnation\": $HEALING_INCARNATION, \"progress\": {\"done\": $done, \"from\": $from}}" "$agent/heartbeat" 2>&1) || refused
}

# PUT, which the wget of busybox cannot. The line is held open meanwhile: who hangs up is not answered.
save() {
  body="{\"incarnation\": $HEALING_INCARNATION, \"state\": $done}"
  said=$({
    printf 'PUT /api/v1/agents/%s/checkpoint HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n' "$HEALING_AGENT" "$host" "$HEALING_TOKEN"
    printf 'Content-Type: application/json\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s' "${#body}" "$body"
    sleep 0.2
  } | nc "${host%:*}" "${host##*:}")
  case $said in 'HTTP/1.1 200 '*) ;; *) refused ;; esac
}

refused() {
  echo "refused: $said" | head -n 3 >&2
  case $said in *'1.1 409 '*) exit 1 ;; esac
}

# 204, and so nothing, where there is no checkpoint yet. Anything else than an answer is no reason to begin at nothing.
from=$(wget -q -O - --header "Authorization: Bearer $HEALING_TOKEN" "$agent/checkpoint?incarnation=$HEALING_INCARNATION") || exit
from=${from:-0}
done=$from
beat
while sleep "${PACE:-1}"; do
  done=$((done + 1))
  save
  beat
done
