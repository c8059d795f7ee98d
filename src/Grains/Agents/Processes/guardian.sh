# Ends a process with all that it started, when the silo says so or is gone.
# $1 its process group, $2 the mark in the environment of all that belongs to it, $3 the directory of its heartbeat pipe.
# Orders come on stdin, one a line. The end of stdin is the order to kill: the kernel closes the pipe however the silo dies.
trap '' HUP INT TERM
mkfifo -m 600 "$3/heartbeat" && exec 4<>"$3/heartbeat" && echo ready || exit 1
while read -r order; do
  case $order in
    # One that is stopped would take the signal only when it is continued.
    TERM) kill -s TERM -- "-$1"; kill -s CONT -- "-$1" ;;
  esac
done 2>/dev/null
kill -s KILL -- "-$1" 2>/dev/null
# Who left the group has the mark still. A round more for whoever was just being started.
for round in 1 2 3; do
  found=$(grep -lsF -- "HEALING_RUN=$2" /proc/[0-9]*/environ)
  [ -n "$found" ] || break
  for file in $found; do
    pid=${file#/proc/}
    kill -s KILL "${pid%/environ}" 2>/dev/null
  done
done
rm -f -- "$3/heartbeat"
rmdir -- "$3" 2>/dev/null
