# Every database of a CouchDB but the server's own: documents with their revisions, conflicts and attachments, and who may come in.
# usage: couchdb.sh dump|verify <port> <administrator> [database that must be there…]
. "$HERE/tools.sh"

dump() { node_beside couchdb-dump.mjs "$@" < "$SECRET"; }

verify() { node_in 0:0 none couchdb-verify.mjs; }

"$@"
