#!/bin/sh
# Starts one node of a cluster, in the official image of Valkey or Redis or on the machine itself. Its users live in a file, so that
# what form.sh sets there by ACL outlives a restart.
#   PORT            the node's port; the cluster bus takes PORT + 10000
#   ADMIN_PASSWORD  password of the user `default`, which may do everything; no white space
#   DATA            folder for its data (default /data, the image's)
#   ANNOUNCE        the host name by which clients reach all nodes (default localhost: ports are published there)
set -eu
data=${DATA:-/data}
users=$data/users.acl
[ -s "$users" ] || printf 'user default on >%s ~* &* +@all\n' "$ADMIN_PASSWORD" >"$users"

server=valkey-server
command -v "$server" >/dev/null || server=redis-server
# The image's entry point gives the data folder to its own user and drops root.
set -- "$server" --port "$PORT" --dir "$data" --aclfile "$users" --masterauth "$ADMIN_PASSWORD" \
  --cluster-enabled yes --cluster-config-file nodes.conf --cluster-node-timeout 5000 \
  --cluster-announce-hostname "${ANNOUNCE:-localhost}" --cluster-preferred-endpoint-type hostname \
  --appendonly yes --save '' --repl-diskless-sync-delay 0
if command -v docker-entrypoint.sh >/dev/null; then exec docker-entrypoint.sh "$@"; fi
exec "$@"
