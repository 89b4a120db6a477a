package random

import (
	"context"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

type passwordInputs struct {
	Keepers         *map[string]string `pulumi:"keepers,optional"`
	Length          int                `pulumi:"length"`
	Lower           *bool              `pulumi:"lower,optional"`
	Upper           *bool              `pulumi:"upper,optional"`
	Number          *bool              `pulumi:"number,optional"`
	Numeric         *bool              `pulumi:"numeric,optional"`
	Special         *bool              `pulumi:"special,optional"`
	MinLower        *int               `pulumi:"minLower,optional"`
	MinUpper        *int               `pulumi:"minUpper,optional"`
	MinNumeric      *int               `pulumi:"minNumeric,optional"`
	MinSpecial      *int               `pulumi:"minSpecial,optional"`
	OverrideSpecial *string            `pulumi:"overrideSpecial,optional"`
}

// Annotate gives the defaults of the official provider.
func (in *passwordInputs) Annotate(a infer.Annotator) {
	a.SetDefault(&in.Lower, true)
	a.SetDefault(&in.Upper, true)
	a.SetDefault(&in.Special, true)
	a.SetDefault(&in.MinLower, 0)
	a.SetDefault(&in.MinUpper, 0)
	a.SetDefault(&in.MinNumeric, 0)
	a.SetDefault(&in.MinSpecial, 0)
}

// Check applies defaults and refuses what cannot be fulfilled.
func (*Password) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[passwordInputs], error) {
	in, failures, err := infer.DefaultCheck[passwordInputs](ctx, req.NewInputs)
	if err != nil || len(failures) > 0 {
		return infer.CheckResponse[passwordInputs]{Inputs: in, Failures: failures}, err
	}
	failures = in.mergeNumeric()
	known := !req.NewInputs.Get("length").HasComputed()
	if least := *in.MinLower + *in.MinUpper + *in.MinNumeric + *in.MinSpecial; known && in.Length < max(1, least) {
		failures = append(failures, p.CheckFailure{Property: "length", Reason: fmt.Sprintf(
			"length must be at least 1 and at least the sum of minLower, minUpper, minNumeric and minSpecial (%d), "+
				"found %d", least, in.Length)})
	}
	if !*in.Lower && !*in.Upper && !*in.Numeric && !*in.Special {
		failures = append(failures, p.CheckFailure{Property: "special",
			Reason: "at least one of lower, upper, numeric and special must be true"})
	}
	return infer.CheckResponse[passwordInputs]{Inputs: in, Failures: failures}, nil
}

// mergeNumeric makes `numeric` and its older name `number` one: either may be given, both must agree.
func (in *passwordInputs) mergeNumeric() []p.CheckFailure {
	allowed := true
	switch {
	case in.Numeric != nil && in.Number != nil && *in.Numeric != *in.Number:
		in.Number = in.Numeric
		return []p.CheckFailure{{Property: "number",
			Reason: "number is the older name of numeric: give only one of them, or the same value for both"}}
	case in.Numeric != nil:
		allowed = *in.Numeric
	case in.Number != nil:
		allowed = *in.Number
	}
	in.Numeric, in.Number = &allowed, &allowed
	return nil
}
