// Package command runs commands on this machine as resources with a life cycle.
package command

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"vpai/toolchain/plugins/internal/strict"
)

// Provider serves local.Command of npm @pulumi/command. A changed trigger replaces a command, every other change runs its
// update.
func Provider() p.Provider {
	inner := infer.Provider(infer.Options{Resources: []infer.InferredResource{infer.Resource(&Local{})}})
	return strict.Wrap(inner, "command", map[tokens.Type]strict.Rules{
		"command:local:Command": {Replace: []string{"triggers"}},
	})
}
