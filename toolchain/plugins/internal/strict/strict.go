// Package strict makes a partial provider honest: what it does not implement is refused by name, what another build
// of the provider has left in the state is tolerated, and differences are computed by declared rules.
package strict

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
	pschema "github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"vpai/toolchain/plugins/internal/redact"
)

type wrapper struct {
	inner  p.Provider
	name   string
	rules  map[tokens.Type]Rules
	schema func(context.Context) (pschema.PackageSpec, error)
}

// Wrap returns the provider with strict input checks.
//
// name is the provider's package name; rules say, by resource type, how a resource's differences are judged. A
// resource without rules replaces on every change.
func Wrap(inner p.Provider, name string, rules map[tokens.Type]Rules) p.Provider {
	w := &wrapper{inner: inner, name: name, rules: rules}
	var once sync.Once
	var spec pschema.PackageSpec
	var err error
	w.schema = func(ctx context.Context) (pschema.PackageSpec, error) {
		once.Do(func() { spec, err = readSchema(context.WithoutCancel(ctx), inner) })
		return spec, err
	}
	outer := inner
	outer.CheckConfig = w.checkConfig
	outer.DiffConfig = w.diffConfig
	outer.Check = w.check
	outer.Diff = w.diff
	outer.Create = w.create
	outer.Read = w.read
	outer.Update = w.update
	outer.Delete = w.delete
	outer.Invoke = w.invoke
	return outer
}

func readSchema(ctx context.Context, provider p.Provider) (pschema.PackageSpec, error) {
	var spec pschema.PackageSpec
	response, err := provider.GetSchema(ctx, p.GetSchemaRequest{})
	if err != nil {
		return spec, err
	}
	return spec, json.Unmarshal([]byte(response.Schema), &spec)
}

// served returns the schema of a resource type, or an error that lists what is served instead.
func (w *wrapper) served(ctx context.Context, urn resource.URN) (pschema.PackageSpec, pschema.ResourceSpec, error) {
	spec, err := w.schema(ctx)
	if err != nil {
		return spec, pschema.ResourceSpec{}, fmt.Errorf("reading the schema of the %s provider: %w", w.name, err)
	}
	if res, ok := spec.Resources[string(urn.Type())]; ok {
		return spec, res, nil
	}
	return spec, pschema.ResourceSpec{}, fmt.Errorf(
		"resource type %q is not implemented by this build of the %s provider, which serves %s; "+
			"use the official plugin or remove the resource", urn.Type(), w.name, strings.Join(typeNames(spec), ", "))
}

func typeNames(spec pschema.PackageSpec) []string {
	names := make([]string, 0, len(spec.Resources))
	for token := range spec.Resources {
		names = append(names, token)
	}
	slices.Sort(names)
	return names
}

func (w *wrapper) check(ctx context.Context, req p.CheckRequest) (p.CheckResponse, error) {
	spec, res, err := w.served(ctx, req.Urn)
	if err != nil {
		return p.CheckResponse{}, err
	}
	walk := walker{types: spec.Types}
	if failures := walk.unknown(string(req.Urn.Type()), res.InputProperties, req.Inputs); len(failures) > 0 {
		return p.CheckResponse{Inputs: req.Inputs, Failures: failures}, nil
	}
	req.Inputs = walk.prune(res.InputProperties, req.Inputs)
	req.State = walk.prune(res.InputProperties, req.State)
	return w.inner.Check(ctx, req)
}

func (w *wrapper) diff(ctx context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	_, res, err := w.served(ctx, req.Urn)
	if err != nil {
		return p.DiffResponse{}, err
	}
	return compare(res.InputProperties, w.rulesFor(req.Urn), req), nil
}

func (w *wrapper) rulesFor(urn resource.URN) Rules {
	if rules, ok := w.rules[urn.Type()]; ok {
		return rules
	}
	return Rules{ReplaceAlways: true}
}

func (w *wrapper) create(ctx context.Context, req p.CreateRequest) (p.CreateResponse, error) {
	return w.inner.Create(redact.Context(ctx, req.Properties), req)
}

func (w *wrapper) read(ctx context.Context, req p.ReadRequest) (p.ReadResponse, error) {
	spec, res, err := w.served(ctx, req.Urn)
	if err != nil {
		return p.ReadResponse{}, err
	}
	walk := walker{types: spec.Types}
	req.Properties = walk.prune(res.Properties, req.Properties)
	req.Inputs = walk.prune(res.InputProperties, req.Inputs)
	return w.inner.Read(redact.Context(ctx, req.Inputs, req.Properties), req)
}

func (w *wrapper) update(ctx context.Context, req p.UpdateRequest) (p.UpdateResponse, error) {
	spec, res, err := w.served(ctx, req.Urn)
	if err != nil {
		return p.UpdateResponse{}, err
	}
	req.State = walker{types: spec.Types}.prune(res.Properties, req.State)
	return w.inner.Update(redact.Context(ctx, req.Inputs, req.State), req)
}

func (w *wrapper) delete(ctx context.Context, req p.DeleteRequest) error {
	spec, res, err := w.served(ctx, req.Urn)
	if err != nil {
		return err
	}
	req.Properties = walker{types: spec.Types}.prune(res.Properties, req.Properties)
	return w.inner.Delete(redact.Context(ctx, req.Properties), req)
}

func (w *wrapper) invoke(_ context.Context, req p.InvokeRequest) (p.InvokeResponse, error) {
	return p.InvokeResponse{}, fmt.Errorf(
		"function %q is not implemented by this build of the %s provider; use the official plugin or remove the call",
		req.Token, w.name)
}
