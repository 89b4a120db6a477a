package hcloud

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
)

// suffixLength is how many hexadecimal digits make a generated name unique.
const suffixLength = 7

// checkNamed decodes the inputs, gives the resource a name if the program gives none, and judges its labels.
func checkNamed[I any](ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[I], error) {
	inputs, err := withName(req)
	if err != nil {
		return infer.CheckResponse[I]{}, err
	}
	in, failures, err := infer.DefaultCheck[I](ctx, inputs)
	failures = append(failures, checkLabels(inputs.Get("labels"))...)
	return infer.CheckResponse[I]{Inputs: in, Failures: failures}, err
}

// withName keeps the name that an earlier check has generated, so that it changes only with a replacement.
func withName(req infer.CheckRequest) (property.Map, error) {
	if name := req.NewInputs.Get("name"); !name.IsNull() && !(name.IsString() && name.AsString() == "") {
		return req.NewInputs, nil
	}
	if old := req.OldInputs.Get("name"); old.IsString() {
		return req.NewInputs.Set("name", old), nil
	}
	random := make([]byte, (suffixLength+1)/2)
	if _, err := rand.Read(random); err != nil {
		return property.Map{}, fmt.Errorf("making a unique name: %w", err)
	}
	suffix := hex.EncodeToString(random)[:suffixLength]
	return req.NewInputs.Set("name", property.New(req.Name+"-"+suffix)), nil
}

func checkLabels(labels property.Value) []p.CheckFailure {
	if !labels.IsMap() || labels.HasComputed() {
		return nil
	}
	all := map[string]any{}
	for key, value := range labels.AsMap().All {
		if value.IsString() {
			all[key] = value.AsString()
		}
	}
	if _, err := hcloud.ValidateResourceLabels(all); err != nil {
		return []p.CheckFailure{{Property: "labels", Reason: err.Error()}}
	}
	return nil
}
