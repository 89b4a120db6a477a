package random

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Bytes serves random.RandomBytes: secret random bytes in two notations.
type Bytes struct{}

type bytesInputs struct {
	Keepers *map[string]string `pulumi:"keepers,optional"`
	Length  int                `pulumi:"length"`
}

type bytesState struct {
	bytesInputs
	Base64 string `pulumi:"base64" provider:"secret"`
	Hex    string `pulumi:"hex" provider:"secret"`
}

// Annotate gives the official token.
func (r *Bytes) Annotate(a infer.Annotator) { a.SetToken("index/randomBytes", "RandomBytes") }

// Check refuses a length that gives no randomness.
func (*Bytes) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[bytesInputs], error) {
	in, failures, err := infer.DefaultCheck[bytesInputs](ctx, req.NewInputs)
	failures = append(failures, atLeastOne("length", in.Length, req.NewInputs)...)
	return infer.CheckResponse[bytesInputs]{Inputs: in, Failures: failures}, err
}

// Create draws the bytes. The ID is a constant: an ID is never encrypted in the state, so it must not hold them.
func (*Bytes) Create(
	_ context.Context, req infer.CreateRequest[bytesInputs],
) (infer.CreateResponse[bytesState], error) {
	response := infer.CreateResponse[bytesState]{ID: "none", Output: bytesState{bytesInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	drawn, err := randomBytes(req.Inputs.Length)
	if err != nil {
		return response, err
	}
	response.Output.Base64 = base64.StdEncoding.EncodeToString(drawn)
	response.Output.Hex = hex.EncodeToString(drawn)
	return response, nil
}

// WireDependencies keeps both notations secret.
func (*Bytes) WireDependencies(f infer.FieldSelector, in *bytesInputs, out *bytesState) {
	f.OutputField(&out.Base64).AlwaysSecret()
	f.OutputField(&out.Hex).AlwaysSecret()
}

// atLeastOne refuses a number below one, unless a preview does not know it yet.
func atLeastOne(name string, value int, inputs property.Map) []p.CheckFailure {
	if value >= 1 || inputs.Get(name).HasComputed() || inputs.Get(name).IsNull() {
		return nil
	}
	return []p.CheckFailure{{Property: name, Reason: fmt.Sprintf("%s must be at least 1, found %d", name, value)}}
}
