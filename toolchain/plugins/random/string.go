package random

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// String serves random.RandomString: a text that is no secret.
type String struct{}

type stringState struct {
	textInputs
	Result string `pulumi:"result"`
}

// Annotate gives the official token.
func (r *String) Annotate(a infer.Annotator) { a.SetToken("index/randomString", "RandomString") }

// Check applies defaults and refuses what cannot be fulfilled.
func (*String) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[textInputs], error) {
	return checkText(ctx, req)
}

// Create makes the text, which is also the resource's ID.
func (*String) Create(
	_ context.Context, req infer.CreateRequest[textInputs],
) (infer.CreateResponse[stringState], error) {
	response := infer.CreateResponse[stringState]{Output: stringState{textInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	result, err := req.Inputs.generate()
	response.ID, response.Output.Result = result, result
	return response, err
}
