#!/bin/sh
# Fails unless Alertmanager has been told of an alert, and of that one now.
# usage: watchdog.sh <container> <port of its API> <name of the alert>
set -eu
url="http://127.0.0.1:$2/api/v2/alerts?active=true&filter=alertname%3D%22$3%22"
told=$(docker exec "$1" wget -q -T 10 -O - "$url") || { echo "Alertmanager gives no answer" >&2; exit 1; }
case $told in *"\"alertname\":\"$3\""*) exit 0 ;; esac
echo "expected the alert $3, which always fires, found none: vmalert or its store is down" >&2
exit 1
