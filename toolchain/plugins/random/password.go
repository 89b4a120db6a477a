package random

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"
	"golang.org/x/crypto/bcrypt"
)

// bcryptLimit is how many bytes of a password bcrypt looks at.
const bcryptLimit = 72

// Password serves random.RandomPassword: a text whose result is secret.
type Password struct{}

type passwordState struct {
	passwordInputs
	BcryptHash string `pulumi:"bcryptHash" provider:"secret"`
	Result     string `pulumi:"result" provider:"secret"`
}

// Annotate gives the official token.
func (r *Password) Annotate(a infer.Annotator) { a.SetToken("index/randomPassword", "RandomPassword") }

// Create makes the password.
func (*Password) Create(
	_ context.Context, req infer.CreateRequest[passwordInputs],
) (infer.CreateResponse[passwordState], error) {
	response := infer.CreateResponse[passwordState]{ID: "none", Output: passwordState{passwordInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	result, err := req.Inputs.generate()
	if err != nil {
		return response, err
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(result)[:min(len(result), bcryptLimit)], bcrypt.DefaultCost)
	if err != nil {
		return response, fmt.Errorf("hashing the password: %w", err)
	}
	response.Output.Result, response.Output.BcryptHash = result, string(hash)
	return response, nil
}

// WireDependencies keeps both outputs secret and unknown until they are made.
func (*Password) WireDependencies(f infer.FieldSelector, in *passwordInputs, out *passwordState) {
	f.OutputField(&out.Result).AlwaysSecret()
	f.OutputField(&out.BcryptHash).AlwaysSecret()
}
