package random

import (
	"context"
	"fmt"
	"strconv"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Integer serves random.RandomInteger: a whole number between min and max, both included.
type Integer struct{}

type integerInputs struct {
	Keepers *map[string]string `pulumi:"keepers,optional"`
	Max     int                `pulumi:"max"`
	Min     int                `pulumi:"min"`
}

type integerState struct {
	integerInputs
	Result int `pulumi:"result"`
}

// Annotate gives the official token.
func (r *Integer) Annotate(a infer.Annotator) { a.SetToken("index/randomInteger", "RandomInteger") }

// Check refuses an empty range.
func (*Integer) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[integerInputs], error) {
	in, failures, err := infer.DefaultCheck[integerInputs](ctx, req.NewInputs)
	known := !req.NewInputs.Get("min").HasComputed() && !req.NewInputs.Get("max").HasComputed()
	if known && in.Max < in.Min {
		failures = append(failures, p.CheckFailure{Property: "max",
			Reason: fmt.Sprintf("max must be at least min (%d), found %d", in.Min, in.Max)})
	}
	return infer.CheckResponse[integerInputs]{Inputs: in, Failures: failures}, err
}

// Create draws the number, which is also the resource's ID.
func (*Integer) Create(
	_ context.Context, req infer.CreateRequest[integerInputs],
) (infer.CreateResponse[integerState], error) {
	response := infer.CreateResponse[integerState]{Output: integerState{integerInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	offset, err := below(req.Inputs.Max - req.Inputs.Min + 1)
	if err != nil {
		return response, err
	}
	response.Output.Result = req.Inputs.Min + offset
	response.ID = strconv.Itoa(response.Output.Result)
	return response, nil
}
