# Begins one process once the silo says so: nothing runs before its guardian knows of it.
# $1 KiB of address space or empty, $2 seconds of processor time or empty, then the command and its arguments.
# Started by setsid, so this is the first of a session and a group of its own, and so is what it becomes.
read -r go || exit 125
[ -z "$1" ] || ulimit -v "$1" || exit 125
# The soft limit is a signal that says why; the hard one is for who ignores it.
[ -z "$2" ] || { ulimit -S -t "$2" && ulimit -H -t "$(($2 + 5))"; } || exit 125
shift 2
exec "$@" </dev/null
