package strict

import (
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	pschema "github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Rules say how the differences between a resource's state and its new inputs are judged.
type Rules struct {
	// ReplaceAlways makes every change replace the resource.
	ReplaceAlways bool
	// Replace names the inputs whose change replaces the resource; a change of any other updates it.
	Replace []string
}

// compare is pure: a preview asks nobody.
func compare(specs map[string]pschema.PropertySpec, rules Rules, req p.DiffRequest) p.DiffResponse {
	changes := map[string]p.PropertyDiff{}
	for name := range specs {
		if slices.Contains(req.IgnoreChanges, name) {
			continue
		}
		state, input := plain(req.State.Get(name)), plain(req.Inputs.Get(name))
		if same(state, input) {
			continue
		}
		changes[name] = p.PropertyDiff{Kind: rules.kind(name, state, input)}
	}
	return p.DiffResponse{HasChanges: len(changes) > 0, DetailedDiff: changes}
}

// same says whether two values are equal, order included; nothing, an empty string, an empty list and an empty map count as
// the same.
func same(state, input property.Value) bool {
	if empty(input) && empty(state) {
		return true
	}
	return !input.HasComputed() && state.Equals(input)
}

func (r Rules) kind(name string, state, input property.Value) p.DiffKind {
	kind, replace := p.Update, p.UpdateReplace
	switch {
	case empty(input):
		kind, replace = p.Delete, p.DeleteReplace
	case empty(state):
		kind, replace = p.Add, p.AddReplace
	}
	if r.ReplaceAlways || slices.Contains(r.Replace, name) {
		return replace
	}
	return kind
}

func empty(value property.Value) bool {
	return value.IsNull() ||
		value.IsString() && value.AsString() == "" ||
		value.IsArray() && value.AsArray().Len() == 0 ||
		value.IsMap() && value.AsMap().Len() == 0
}

// plain drops what is no part of the value: secret marks, dependencies, absent members of objects.
func plain(value property.Value) property.Value {
	switch {
	case value.IsArray():
		elements := make([]property.Value, 0, value.AsArray().Len())
		for _, element := range value.AsArray().All {
			elements = append(elements, plain(element))
		}
		return property.New(elements)
	case value.IsMap():
		members := map[string]property.Value{}
		for key, member := range value.AsMap().All {
			if !member.IsNull() {
				members[key] = plain(member)
			}
		}
		return property.New(members)
	}
	return value.WithSecret(false).WithDependencies(nil)
}
