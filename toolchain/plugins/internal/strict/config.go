package strict

import (
	"context"
	"fmt"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
)

// engineKeys are the configuration keys that the engine itself may add to any provider.
var engineKeys = map[string]bool{"version": true, "pluginDownloadURL": true, "plugin_download_url": true}

func (w *wrapper) checkConfig(ctx context.Context, req p.CheckRequest) (p.CheckResponse, error) {
	spec, err := w.schema(ctx)
	if err != nil {
		return p.CheckResponse{}, fmt.Errorf("reading the schema of the %s provider: %w", w.name, err)
	}
	var failures []p.CheckFailure
	for key, value := range req.Inputs.AllStable {
		_, known := spec.Config.Variables[key]
		if known || engineKeys[key] || strings.HasPrefix(key, internalPrefix) || value.IsNull() {
			continue
		}
		failures = append(failures, notImplemented("provider "+w.name, key))
	}
	if len(failures) > 0 {
		return p.CheckResponse{Inputs: req.Inputs, Failures: failures}, nil
	}
	if w.inner.CheckConfig == nil {
		return p.CheckResponse{Inputs: req.Inputs}, nil
	}
	return w.inner.CheckConfig(ctx, req)
}

// diffConfig never replaces the provider, because replacing a provider replaces all its resources.
func (w *wrapper) diffConfig(ctx context.Context, req p.DiffRequest) (p.DiffResponse, error) {
	spec, err := w.schema(ctx)
	if err != nil {
		return p.DiffResponse{}, fmt.Errorf("reading the schema of the %s provider: %w", w.name, err)
	}
	return compare(spec.Config.Variables, Rules{}, req), nil
}
