package random

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// UUID serves random.RandomUuid: a random (version 4) UUID of RFC 9562.
type UUID struct{}

type uuidInputs struct {
	Keepers *map[string]string `pulumi:"keepers,optional"`
}

type uuidState struct {
	uuidInputs
	Result string `pulumi:"result"`
}

// Annotate gives the official token.
func (r *UUID) Annotate(a infer.Annotator) { a.SetToken("index/randomUuid", "RandomUuid") }

// Create makes the UUID, which is also the resource's ID.
func (*UUID) Create(_ context.Context, req infer.CreateRequest[uuidInputs]) (infer.CreateResponse[uuidState], error) {
	response := infer.CreateResponse[uuidState]{Output: uuidState{uuidInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	drawn, err := randomBytes(16)
	if err != nil {
		return response, err
	}
	const version4, variant10 = 0x40, 0x80
	drawn[6] = drawn[6]&0x0f | version4
	drawn[8] = drawn[8]&0x3f | variant10
	result := fmt.Sprintf("%x-%x-%x-%x-%x", drawn[:4], drawn[4:6], drawn[6:8], drawn[8:10], drawn[10:])
	response.ID, response.Output.Result = result, result
	return response, nil
}
