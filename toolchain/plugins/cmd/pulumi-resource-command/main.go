// Command pulumi-resource-command serves the resources of npm @pulumi/command that this project uses.
package main

import (
	"vpai/toolchain/plugins/command"
	"vpai/toolchain/plugins/internal/serve"
)

// version is the SDK's version, set at link time.
var version = "0.0.0-dev"

func main() { serve.Main("command", version, command.Provider(), command.KillAll) }
