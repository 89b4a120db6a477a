// Package random makes passwords once and keeps them in the stack's state.
package random

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"vpai/toolchain/plugins/internal/strict"
)

// Provider serves RandomPassword of npm @pulumi/random. Every change of an input replaces the resource, because a
// random value cannot be changed, only made anew.
func Provider() p.Provider {
	inner := infer.Provider(infer.Options{Resources: []infer.InferredResource{infer.Resource(&Password{})}})
	return strict.Wrap(inner, "random", nil)
}
