# Ends a process with all that it started, when the silo says so or is gone.
# $1 the mark in the environment of all that belongs to it.
# Makes the heartbeat pipe first, and says where, so that nothing of it is left whenever the silo dies.
# Orders come on stdin, one a line. The end of stdin is the order to kill: the kernel closes the pipe however the silo dies.
trap '' HUP INT TERM
directory=$(mktemp -d "${TMPDIR:-/tmp}/healing-XXXXXX") || exit 1
mkfifo -m 600 "$directory/heartbeat" && exec 4<>"$directory/heartbeat" && echo "$directory" || { rm -rf -- "$directory"; exit 1; }
group=
while read -r order; do
  case $order in
    # One that is stopped would take the signal only when it is continued.
    TERM) kill -s TERM -- "-$group"; kill -s CONT -- "-$group" ;;
    *) group=$order ;;
  esac
done 2>/dev/null
[ -z "$group" ] || kill -s KILL -- "-$group" 2>/dev/null
# Who left the group has the mark still. Until nobody is found: whoever was just being started is found by the next look.
for look in 1 2 3 4 5 6 7 8 9 10; do
  # An environment is divided by zeros, which busybox takes for an end without -z.
  found=$(grep -lszxF -- "HEALING_RUN=$1" /proc/[0-9]*/environ)
  [ -n "$found" ] || break
  for file in $found; do
    pid=${file#/proc/}
    kill -s KILL "${pid%/environ}" 2>/dev/null
  done
done
rm -rf -- "$directory"
