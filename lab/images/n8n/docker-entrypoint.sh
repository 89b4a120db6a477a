#!/bin/sh
# Starts n8n under the contract of the official image: arguments are n8n's, and authorities from
# /opt/custom-certificates are trusted.
set -eu

if [ -d /opt/custom-certificates ]; then
  export NODE_OPTIONS="--use-openssl-ca ${NODE_OPTIONS:-}"
  export SSL_CERT_DIR=/opt/custom-certificates
fi
exec n8n "$@"
