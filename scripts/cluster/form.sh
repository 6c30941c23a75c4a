#!/bin/sh
# Makes one cluster of the servers named in NODES, and gives every node two users by ACL:
#   the application user reads, writes and calls functions, on the keys of tables under the prefix alone, and loads no code;
#   the deploy user loads, lists and deletes functions, keeps the record of releases and sees the topology, and reads no other key.
# "shardfold doctor --acl" prints rules that are narrower, for a writer, a reader and a deployer.
# It may run again at any time: what is there stays, what is missing is added, passwords and rules are set anew.
#   NODES            "host:port host:port …", primaries first
#   REPLICAS         replicas of each primary (default 1)
#   ADMIN_PASSWORD   password of the user `default` (none by default)
#   APP_USER, APP_PASSWORD, DEPLOY_USER, DEPLOY_PASSWORD
#   PREFIX           prefix of the application's keys (default sf)
#   TIMEOUT          seconds to wait for the servers, and then for their agreement (default 60)
# Rules are words, and key patterns in them no file names.
set -euf
: "${NODES:?}" "${APP_PASSWORD:?}" "${DEPLOY_PASSWORD:?}"
replicas=${REPLICAS:-1}
timeout=${TIMEOUT:-60}
prefix=${PREFIX:-sf}
if [ -n "${ADMIN_PASSWORD:-}" ]; then export REDISCLI_AUTH="$ADMIN_PASSWORD"; fi

SEE_CLUSTER='+@connection -@dangerous +info +time +function|list
  +cluster|shards +cluster|slots +cluster|nodes +cluster|info +cluster|myid'
# FUNCTION LOAD and FLUSHALL count as writes: so the categories of scripting and of danger are taken away again, and what is
# needed of them is added by name. SCAN stays, for fsck looks for what no table holds; it shows the names of others' keys as well.
APP_RULES="~$prefix:{*}:* +@read +@write -@scripting -randomkey
  $SEE_CLUSTER +fcall +fcall_ro +eval_ro +evalsha_ro +wait"
DEPLOY_RULES="~shardfold:{functions} $SEE_CLUSTER +function|load +function|delete +function|stats +fcall +fcall_ro +wait
  +client|list +eval +hget +hmget +hkeys +hgetall +hset +hdel"

fail() { echo "form.sh: $*" >&2; exit 1; }

client=$(command -v valkey-cli || command -v redis-cli) || fail 'neither valkey-cli nor redis-cli is on PATH'

on() { # on HOST:PORT COMMAND…: the plain reply; an error reply is a failure
  node=$1
  shift
  "$client" -e --no-auth-warning -h "${node%:*}" -p "${node##*:}" "$@"
}

wait_until() { # wait_until WHAT COMMAND…
  what=$1 left=$((timeout * 5))
  shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "gave up after $timeout s: $what"
    sleep 0.2
  done
}

address() { # CLUSTER MEET takes no names
  case $1 in
    *[!0-9.]*) getent hosts "$1" | awk '{ print $1; exit }' ;;
    *) echo "$1" ;;
  esac
}

info_field() { on "$1" CLUSTER INFO | tr -d '\r' | sed -n "s/^$2://p"; }

# myself NODE: id, role, primary's id or -, and the number of slot ranges
myself() { on "$1" CLUSTER NODES | awk '$3 ~ /myself/ { print $1, ($3 ~ /slave/ ? "replica" : "primary"), $4, NF - 8 }'; }

knows_all() { [ "$(info_field "$1" cluster_known_nodes)" = "$count" ]; }

# The whole picture as one node has it: who is primary of what, who replicates whom, who has failed.
picture() {
  on "$1" CLUSTER NODES |
    awk '{ sub("myself,", "", $3); $2 = $5 = $6 = $7 = ""; print }' | sort
}

agree() {
  first_picture=$(picture "$first")
  case $first_picture in *fail* | *handshake* | *disconnected*) return 1 ;; esac
  for member in $NODES; do
    [ "$(info_field "$member" cluster_state)" = ok ] || return 1
    [ "$(picture "$member")" = "$first_picture" ] || return 1
    replication=$(on "$member" INFO replication | tr -d '\r')
    case $replication in *role:slave*) case $replication in *master_link_status:up*) ;; *) return 1 ;; esac ;; esac
  done
}

set_user() { # set_user NODE NAME PASSWORD RULES; the password goes by standard input, where no process list shows it
  # shellcheck disable=SC2086 # the rules are words
  printf '>%s' "$3" | on "$1" -x ACL SETUSER "$2" reset on $4 >/dev/null
}

# Stage: wait for the servers
count=0
first=''
for member in $NODES; do
  wait_until "$member does not answer" on "$member" PING
  first=${first:-$member}
  count=$((count + 1))
done
primaries=$((count / (replicas + 1)))
[ $((primaries * (replicas + 1))) -eq "$count" ] || fail "$count nodes are no multiple of $((replicas + 1))"

# Stage: introduce them; again, too, because addresses may have changed while all were down
for member in $NODES; do
  [ "$member" = "$first" ] || on "$first" CLUSTER MEET "$(address "${member%:*}")" "${member##*:}" >/dev/null
done
for member in $NODES; do wait_until "$member does not know all nodes" knows_all "$member"; done

# Stage: slots to the primaries, unless all slots have their owners
if [ "$(info_field "$first" cluster_slots_assigned)" != 16384 ]; then
  index=0
  for member in $NODES; do
    [ "$index" -lt "$primaries" ] || break
    from=$((index * 16384 / primaries))
    index=$((index + 1))
    # shellcheck disable=SC2046 # four words
    set -- $(myself "$member")
    [ "$2" = primary ] && [ "$4" -eq 0 ] || continue
    on "$member" CLUSTER ADDSLOTSRANGE "$from" $((index * 16384 / primaries - 1)) >/dev/null
  done
fi

# Stage: the other nodes become replicas, each of the primary that stands as many places from the start
index=0
for member in $NODES; do
  place=$((index % primaries))
  index=$((index + 1))
  # shellcheck disable=SC2046
  set -- $(myself "$member")
  [ "$index" -gt "$primaries" ] && [ "$2" = primary ] && [ "$4" -eq 0 ] || continue
  at=0
  for candidate in $NODES; do
    [ "$at" -lt "$place" ] || break
    at=$((at + 1))
  done
  # shellcheck disable=SC2046
  set -- $(myself "$candidate")
  if [ "$2" = replica ]; then wanted=$3; else wanted=$1; fi
  wait_until "$member cannot replicate $candidate" on "$member" CLUSTER REPLICATE "$wanted"
done

wait_until 'the nodes do not agree' agree

# Stage: users, on every node, for ACLs are not replicated
kept=yes
for member in $NODES; do
  set_user "$member" "${APP_USER:=shardfold_app}" "$APP_PASSWORD" "$APP_RULES"
  set_user "$member" "${DEPLOY_USER:=shardfold_deploy}" "$DEPLOY_PASSWORD" "$DEPLOY_RULES"
  if [ -n "$(on "$member" CONFIG GET aclfile | sed -n 2p)" ]; then on "$member" ACL SAVE >/dev/null; else kept=no; fi
done
[ "$kept" = yes ] || echo 'form.sh: some nodes have no aclfile: their users last until the next restart'

echo "Cluster of $primaries primaries and $((count - primaries)) replicas; users $APP_USER and $DEPLOY_USER."
