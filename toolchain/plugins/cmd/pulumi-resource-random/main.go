// Command pulumi-resource-random serves the resources of npm @pulumi/random that this project uses.
package main

import (
	"vpai/toolchain/plugins/internal/serve"
	"vpai/toolchain/plugins/random"
)

// version is the SDK's version, set at link time.
var version = "0.0.0-dev"

func main() { serve.Main("random", version, random.Provider()) }
