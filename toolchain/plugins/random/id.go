package random

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/big"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// ID serves random.RandomId: random bytes in several notations, each with the same prefix.
type ID struct{}

type idInputs struct {
	Keepers    *map[string]string `pulumi:"keepers,optional"`
	ByteLength int                `pulumi:"byteLength"`
	Prefix     *string            `pulumi:"prefix,optional"`
}

type idState struct {
	idInputs
	B64Std string `pulumi:"b64Std"`
	B64Url string `pulumi:"b64Url"`
	Dec    string `pulumi:"dec"`
	Hex    string `pulumi:"hex"`
}

// Annotate gives the official token.
func (r *ID) Annotate(a infer.Annotator) { a.SetToken("index/randomId", "RandomId") }

// Check refuses a length that gives no randomness.
func (*ID) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[idInputs], error) {
	in, failures, err := infer.DefaultCheck[idInputs](ctx, req.NewInputs)
	failures = append(failures, atLeastOne("byteLength", in.ByteLength, req.NewInputs)...)
	return infer.CheckResponse[idInputs]{Inputs: in, Failures: failures}, err
}

// Create draws the bytes. The resource's ID is their URL-safe notation without the prefix.
func (*ID) Create(_ context.Context, req infer.CreateRequest[idInputs]) (infer.CreateResponse[idState], error) {
	response := infer.CreateResponse[idState]{Output: idState{idInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	drawn, err := randomBytes(req.Inputs.ByteLength)
	if err != nil {
		return response, err
	}
	prefix := ""
	if req.Inputs.Prefix != nil {
		prefix = *req.Inputs.Prefix
	}
	response.ID = base64.RawURLEncoding.EncodeToString(drawn)
	response.Output.B64Url = prefix + response.ID
	response.Output.B64Std = prefix + base64.StdEncoding.EncodeToString(drawn)
	response.Output.Hex = prefix + hex.EncodeToString(drawn)
	response.Output.Dec = prefix + new(big.Int).SetBytes(drawn).String()
	return response, nil
}

func randomBytes(count int) ([]byte, error) {
	drawn := make([]byte, count)
	if _, err := rand.Read(drawn); err != nil {
		return nil, fmt.Errorf("reading random numbers from the system: %w", err)
	}
	return drawn, nil
}
