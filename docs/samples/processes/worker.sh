#!/bin/sh
# The same as worker.py in a few lines of shell and curl: counts to $1, one number a tenth of a second. It beats over HTTP.
agent="$HEALING_URL/api/v1/agents/$HEALING_AGENT"
key="Authorization: Bearer ${HEALING_TOKEN:-none}"

# 204, and so nothing, where there is no checkpoint yet.
done=$(curl -sSf -H "$key" "$agent/checkpoint?incarnation=$HEALING_INCARNATION") || exit
done=${done:-0}
while [ "$done" -lt "$1" ]; do
  sleep 0.1
  done=$((done + 1))
  # -f: a refusal ends it, and a 409 is one. Another incarnation goes on then.
  curl -sSf -o /dev/null -X PUT --json "{\"incarnation\":$HEALING_INCARNATION,\"state\":$done}" -H "$key" "$agent/checkpoint" || exit
  curl -sSf -o /dev/null --json "{\"incarnation\":$HEALING_INCARNATION,\"progress\":{\"done\":$done}}" -H "$key" "$agent/heartbeat" || exit
done
