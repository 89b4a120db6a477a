// Package plugintest drives a provider as the engine does: check, then diff, create, read, update, delete.
package plugintest

import (
	"context"
	"testing"

	"github.com/blang/semver"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Plugin is a provider under test.
type Plugin struct {
	integration.Server
	t *testing.T
}

// Resource is a resource that the plugin has created.
type Resource struct {
	plugin *Plugin
	urn    resource.URN
	ID     string
	Inputs property.Map
	State  property.Map
}

// New serves the provider to the test.
func New(t *testing.T, name string, provider p.Provider) *Plugin {
	t.Helper()
	server, err := integration.NewServer(
		context.Background(), name, semver.MustParse("1.0.0"), integration.WithProvider(provider))
	if err != nil {
		t.Fatal(err)
	}
	return &Plugin{Server: server, t: t}
}

// URN is the name by which the engine would know the resource "subject" of the type.
func URN(token string) resource.URN {
	return resource.NewURN("test", "plugins", "", tokens.Type(token), "subject")
}

// Values makes a property map of plain Go values.
func Values(values map[string]any) property.Map {
	converted := map[string]property.Value{}
	for name, value := range values {
		converted[name] = convert(value)
	}
	return property.NewMap(converted)
}

func convert(value any) property.Value {
	switch value := value.(type) {
	case property.Value:
		return value
	case int:
		return property.New(float64(value))
	case []any:
		elements := make([]property.Value, 0, len(value))
		for _, element := range value {
			elements = append(elements, convert(element))
		}
		return property.New(elements)
	case map[string]any:
		return property.New(Values(value))
	}
	converted, err := property.Any(value)
	if err != nil {
		panic(err)
	}
	return converted
}

// Secret marks a text as secret.
func Secret(text string) property.Value { return property.New(text).WithSecret(true) }

// MustCheck returns the checked inputs of a resource that has none yet.
func (s *Plugin) MustCheck(token string, inputs map[string]any) property.Map {
	s.t.Helper()
	return s.check(token, property.Map{}, inputs)
}

func (s *Plugin) check(token string, old property.Map, inputs map[string]any) property.Map {
	s.t.Helper()
	response, err := s.Check(p.CheckRequest{Urn: URN(token), State: old, Inputs: Values(inputs)})
	if err != nil {
		s.t.Fatal(err)
	}
	if len(response.Failures) > 0 {
		s.t.Fatalf("unexpected check failures: %v", response.Failures)
	}
	return response.Inputs
}

// Failures returns what a check complains about, by property.
func (s *Plugin) Failures(token string, inputs map[string]any) map[string]string {
	s.t.Helper()
	response, err := s.Check(p.CheckRequest{Urn: URN(token), Inputs: Values(inputs)})
	if err != nil {
		s.t.Fatal(err)
	}
	failures := map[string]string{}
	for _, failure := range response.Failures {
		failures[failure.Property] = failure.Reason
	}
	return failures
}

// MustCreate checks and creates a resource.
func (s *Plugin) MustCreate(token string, inputs map[string]any) *Resource {
	s.t.Helper()
	created, err := s.TryCreate(token, inputs)
	if err != nil {
		s.t.Fatal(err)
	}
	return created
}

// TryCreate checks and creates a resource; only the creation may fail.
func (s *Plugin) TryCreate(token string, inputs map[string]any) (*Resource, error) {
	s.t.Helper()
	checked := s.check(token, property.Map{}, inputs)
	response, err := s.Create(p.CreateRequest{Urn: URN(token), Properties: checked})
	return &Resource{plugin: s, urn: URN(token), ID: response.ID, Inputs: checked, State: response.Properties}, err
}

// MustDiff returns the kind of change of every input that differs.
func (r *Resource) MustDiff(inputs map[string]any) map[string]p.DiffKind {
	r.plugin.t.Helper()
	checked := r.plugin.check(string(r.urn.Type()), r.Inputs, inputs)
	response, err := r.plugin.Diff(p.DiffRequest{ID: r.ID, Urn: r.urn, State: r.State, Inputs: checked})
	if err != nil {
		r.plugin.t.Fatal(err)
	}
	if response.HasChanges != (len(response.DetailedDiff) > 0) {
		r.plugin.t.Fatalf("HasChanges is %v, but the details are %v", response.HasChanges, response.DetailedDiff)
	}
	kinds := map[string]p.DiffKind{}
	for name, diff := range response.DetailedDiff {
		kinds[name] = diff.Kind
	}
	return kinds
}

// MustUpdate checks the new inputs and updates the resource.
func (r *Resource) MustUpdate(inputs map[string]any) {
	r.plugin.t.Helper()
	checked := r.plugin.check(string(r.urn.Type()), r.Inputs, inputs)
	response, err := r.plugin.Update(p.UpdateRequest{ID: r.ID, Urn: r.urn, State: r.State, Inputs: checked})
	if err != nil {
		r.plugin.t.Fatal(err)
	}
	r.Inputs, r.State = checked, response.Properties
}

// MustRead refreshes the resource; an empty ID afterwards means that it is gone.
func (r *Resource) MustRead() {
	r.plugin.t.Helper()
	response, err := r.plugin.Read(p.ReadRequest{ID: r.ID, Urn: r.urn, Properties: r.State, Inputs: r.Inputs})
	if err != nil {
		r.plugin.t.Fatal(err)
	}
	r.ID, r.State = response.ID, response.Properties
}

// MustDelete deletes the resource.
func (r *Resource) MustDelete() {
	r.plugin.t.Helper()
	if err := r.plugin.Delete(p.DeleteRequest{ID: r.ID, Urn: r.urn, Properties: r.State}); err != nil {
		r.plugin.t.Fatal(err)
	}
}

// Text is a text output of the resource.
func (r *Resource) Text(name string) string {
	r.plugin.t.Helper()
	value := r.State.Get(name)
	if !value.IsString() {
		r.plugin.t.Fatalf("output %s is no text: %#v", name, value)
	}
	return value.AsString()
}
