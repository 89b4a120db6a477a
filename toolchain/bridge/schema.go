package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/spf13/afero"

	pfbridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfgen"
)

// metadata makes the provider answer a request for its schema.
func metadata(info tfbridge.ProviderInfo) pfbridge.ProviderMetadata {
	return pfbridge.ProviderMetadata{
		XGetSchema: func(context.Context, plugin.GetSchemaRequest) ([]byte, error) { return packageSchema(info) },
	}
}

// packageSchema describes every resource, function and property in Pulumi's format, as JSON.
func packageSchema(info tfbridge.ProviderInfo) ([]byte, error) {
	generator, err := tfgen.NewGenerator(tfgen.GeneratorOptions{
		Package:       info.Name,
		Version:       info.Version,
		Language:      tfgen.Schema,
		ProviderInfo:  info,
		Root:          afero.NewMemMapFs(),
		Sink:          diag.DefaultSink(os.Stderr, os.Stderr, diag.FormatOptions{Color: colors.Never}),
		XInMemoryDocs: true,
		SkipExamples:  true,
	})
	if err != nil {
		return nil, fmt.Errorf("cannot describe the provider: %w", err)
	}
	generated, err := generator.Generate()
	if err != nil {
		return nil, fmt.Errorf("cannot describe the provider: %w", err)
	}
	generated.PackageSpec.Version = info.Version
	return json.Marshal(generated.PackageSpec)
}

func printSchema(info tfbridge.ProviderInfo) error {
	text, err := packageSchema(info)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(append(text, '\n'))
	return err
}
