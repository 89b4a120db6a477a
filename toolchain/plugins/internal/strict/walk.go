package strict

import (
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	pschema "github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// internalPrefix starts the names of properties by which engine and official providers talk to themselves
// (`__meta`, `__defaults`, `__internal`).
const internalPrefix = "__"

const localType = "#/types/"

// walker follows property values along the types of a schema.
type walker struct {
	types map[string]pschema.ComplexTypeSpec
}

// unknown reports every property in values, at any depth, that the schema lacks.
func (w walker) unknown(owner string, specs map[string]pschema.PropertySpec, values property.Map) []p.CheckFailure {
	var failures []p.CheckFailure
	w.visitUnknown("", specs, values, func(path string) {
		failures = append(failures, notImplemented(owner, path))
	})
	return failures
}

func notImplemented(owner, path string) p.CheckFailure {
	return p.CheckFailure{Property: path, Reason: fmt.Sprintf(
		"%s: property %q is not implemented by this build of the provider; use the official plugin or remove it",
		owner, path)}
}

func (w walker) visitUnknown(
	prefix string, specs map[string]pschema.PropertySpec, values property.Map, report func(path string),
) {
	for key, value := range values.AllStable {
		if strings.HasPrefix(key, internalPrefix) || value.IsNull() {
			continue
		}
		spec, known := specs[key]
		if !known {
			report(prefix + key)
			continue
		}
		w.visitUnknownIn(prefix+key, spec.TypeSpec, value, report)
	}
}

func (w walker) visitUnknownIn(path string, spec pschema.TypeSpec, value property.Value, report func(string)) {
	switch {
	case value.IsMap() && w.properties(spec) != nil:
		w.visitUnknown(path+".", w.properties(spec), value.AsMap(), report)
	case value.IsArray() && spec.Items != nil:
		for i, element := range value.AsArray().All {
			w.visitUnknownIn(fmt.Sprintf("%s[%d]", path, i), *spec.Items, element, report)
		}
	}
}

// prune returns the values without the properties that the schema lacks.
func (w walker) prune(specs map[string]pschema.PropertySpec, values property.Map) property.Map {
	kept := map[string]property.Value{}
	for key, value := range values.All {
		if spec, known := specs[key]; known && !value.IsNull() {
			kept[key] = w.pruneIn(spec.TypeSpec, value)
		}
	}
	return property.NewMap(kept)
}

func (w walker) pruneIn(spec pschema.TypeSpec, value property.Value) property.Value {
	switch {
	case value.IsMap() && w.properties(spec) != nil:
		return property.WithGoValue(value, w.prune(w.properties(spec), value.AsMap()))
	case value.IsArray() && spec.Items != nil:
		elements := make([]property.Value, 0, value.AsArray().Len())
		for _, element := range value.AsArray().All {
			elements = append(elements, w.pruneIn(*spec.Items, element))
		}
		return property.WithGoValue(value, property.NewArray(elements))
	}
	return value
}

// properties returns the properties of an object type of the provider, nil for every other type.
func (w walker) properties(spec pschema.TypeSpec) map[string]pschema.PropertySpec {
	name, local := strings.CutPrefix(spec.Ref, localType)
	if !local {
		return nil
	}
	return w.types[name].Properties
}
