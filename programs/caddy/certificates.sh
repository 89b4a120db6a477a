#!/bin/sh
# Tells from when and until when the certificates of a gateway's sites are good, in Prometheus' text format.
# usage: certificates.sh <folder of the certificates> <file of hostnames> <folder of the metrics>
#
# A site may have had several authorities: the certificate that is good longest counts. A site without one fails the run, once
# the others are told.
set -eu
certificates=$1 hostnames=$2 metrics=$3

# Seconds since 1970 of "notBefore=Nov 29 12:00:00 2026 GMT".
seconds() { date --date "${1#*=}" +%s; }

new=$metrics/.certificates.new lacking=
trap 'rm -f "$new"' EXIT
echo '# TYPE certificate_not_before_timestamp_seconds gauge
# TYPE certificate_not_after_timestamp_seconds gauge' > "$new"
while read -r hostname; do
  best=0
  for file in "$certificates"/*/"$hostname/$hostname.crt"; do
    [ -e "$file" ] || continue
    after=$(seconds "$(openssl x509 -in "$file" -noout -enddate)")
    [ "$after" -gt "$best" ] || continue
    best=$after from=$(seconds "$(openssl x509 -in "$file" -noout -startdate)")
  done
  if [ "$best" -eq 0 ]; then lacking="$lacking $hostname"; continue; fi
  printf 'certificate_not_before_timestamp_seconds{hostname="%s"} %s\n' "$hostname" "$from" >> "$new"
  printf 'certificate_not_after_timestamp_seconds{hostname="%s"} %s\n' "$hostname" "$best" >> "$new"
done < "$hostnames"
chmod 0644 "$new"
mv -f "$new" "$metrics/certificates.prom"
[ -z "$lacking" ] || { echo "expected a certificate of each site, found none of$lacking; the gateway's log says why" >&2; exit 1; }
