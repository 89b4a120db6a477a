// Package schematest keeps the checked-in description of each provider in step with what the provider serves.
package schematest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	pschema "github.com/pulumi/pulumi/pkg/v3/codegen/schema"

	"vpai/toolchain/plugins/internal/plugintest"
)

// UpdateVariable names the environment variable that makes Current write the file instead of comparing it.
const UpdateVariable = "UPDATE_SCHEMA"

// properties describes properties by name: "string", "integer[]", "map<string> required", "string secret".
type properties map[string]string

type resource struct {
	Inputs  properties `json:"inputs"`
	Outputs properties `json:"outputs"`
}

// served is what a checked-in file holds. It is all objects and texts, so that formatters leave it alone.
type served struct {
	Config    properties            `json:"config"`
	Resources map[string]resource   `json:"resources"`
	Types     map[string]properties `json:"types"`
}

// Current fails the test when schema/<name>.json differs from what the provider serves.
func Current(t *testing.T, name string, provider p.Provider) {
	t.Helper()
	response, err := plugintest.New(t, name, provider).GetSchema(p.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var spec pschema.PackageSpec
	if err := json.Unmarshal([]byte(response.Schema), &spec); err != nil {
		t.Fatal(err)
	}
	text := encode(t, describe(spec))
	file := filepath.Join("..", "schema", name+".json")
	if os.Getenv(UpdateVariable) != "" {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	checkedIn, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(checkedIn, text) {
		t.Errorf("%s is not what the provider serves; run `%s=1 go test ./%s` and commit the file",
			file, UpdateVariable, name)
	}
}

func encode(t *testing.T, description served) []byte {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(description); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

func describe(spec pschema.PackageSpec) served {
	description := served{
		Config:    describeProperties(spec.Config.Variables, spec.Config.Required),
		Resources: map[string]resource{}, Types: map[string]properties{},
	}
	for token, res := range spec.Resources {
		description.Resources[token] = resource{
			Inputs:  describeProperties(res.InputProperties, res.RequiredInputs),
			Outputs: describeProperties(res.Properties, res.Required),
		}
	}
	for token, object := range spec.Types {
		description.Types[token] = describeProperties(object.Properties, object.Required)
	}
	return description
}

func describeProperties(specs map[string]pschema.PropertySpec, required []string) properties {
	described := properties{}
	for name, spec := range specs {
		words := []string{describeType(spec.TypeSpec)}
		if slices.Contains(required, name) {
			words = append(words, "required")
		}
		if spec.Secret {
			words = append(words, "secret")
		}
		described[name] = strings.Join(words, " ")
	}
	return described
}

func describeType(spec pschema.TypeSpec) string {
	switch {
	case spec.Ref != "":
		return strings.TrimPrefix(spec.Ref, "#/types/")
	case spec.Items != nil:
		return describeType(*spec.Items) + "[]"
	case spec.AdditionalProperties != nil:
		return "map<" + describeType(*spec.AdditionalProperties) + ">"
	}
	return spec.Type
}
