package main

import (
	"net/url"
	"strings"
)

// addressOf is what to dial for host:port, a URL with a port, or unix:/path.
func addressOf(text string) (network, address string) {
	if path, isSocket := strings.CutPrefix(text, "unix:"); isSocket {
		return "unix", path
	}
	if location, err := url.Parse(text); err == nil && location.Host != "" {
		return "tcp", location.Host
	}
	return "tcp", text
}
