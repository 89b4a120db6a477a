// Command caddy is the Caddy server with its standard modules and the OVH DNS provider,
// the same set that the production image carries.
package main

import (
	_ "github.com/caddy-dns/ovh"
	caddycmd "github.com/caddyserver/caddy/v2/cmd"
	_ "github.com/caddyserver/caddy/v2/modules/standard"
)

func main() {
	caddycmd.Main()
}
