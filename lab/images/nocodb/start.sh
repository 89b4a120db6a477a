#!/bin/sh
# Starts NocoDB under the contract of the official image: it runs in /usr/src/app and keeps files in NC_TOOL_DIR.
set -eu

cd /usr/src/app
exec node server.mjs
