// Command pulumi-resource-hcloud serves the resources of npm @pulumi/hcloud that this project uses.
package main

import (
	"vpai/toolchain/plugins/hcloud"
	"vpai/toolchain/plugins/internal/serve"
)

// version is the SDK's version, set at link time.
var version = "0.0.0-dev"

func main() { serve.Main("hcloud", version, hcloud.Provider()) }
