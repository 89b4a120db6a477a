// Package schematest keeps the checked-in schema of each provider in step with what the provider serves.
package schematest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	pschema "github.com/pulumi/pulumi/pkg/v3/codegen/schema"

	"vpai/toolchain/plugins/internal/plugintest"
)

// UpdateVariable names the environment variable that makes Current write the file instead of comparing it.
const UpdateVariable = "UPDATE_SCHEMA"

// Current fails the test when schema/<name>.json differs from the schema that the provider serves.
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
	served := map[string]any{"config": spec.Config.Variables, "resources": spec.Resources, "types": spec.Types}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(served); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("..", "schema", name+".json")
	if os.Getenv(UpdateVariable) != "" {
		if err := os.WriteFile(file, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	checkedIn, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(checkedIn, text.Bytes()) {
		t.Errorf("%s is not what the provider serves; run `%s=1 go test ./%s` and commit the file",
			file, UpdateVariable, name)
	}
}
