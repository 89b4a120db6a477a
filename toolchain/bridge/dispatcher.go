package main

import (
	"context"
	"regexp"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// dispatcher is the bridge's server, but says clearly what the upstream cannot do.
type dispatcher struct {
	pulumirpc.ResourceProviderServer
	resources map[string]bool
	functions map[string]bool
	// named are the resources whose names the provider makes up when the user does not choose them.
	named map[string]bool
	// lacking tells what to do instead of using what is not there.
	lacking string
}

func newDispatcher(server pulumirpc.ResourceProviderServer, info tfbridge.ProviderInfo, lacking string) *dispatcher {
	d := &dispatcher{
		ResourceProviderServer: server,
		resources:              map[string]bool{},
		functions:              map[string]bool{},
		named:                  map[string]bool{},
		lacking:                lacking,
	}
	for _, r := range info.Resources {
		d.resources[string(r.Tok)] = true
		if name := r.Fields["name"]; name != nil && name.Default != nil && name.Default.AutoNamed {
			d.named[string(r.Tok)] = true
		}
	}
	for _, f := range info.DataSources {
		d.functions[string(f.Tok)] = true
	}
	return d
}

// Check is the first call for each resource.
func (d *dispatcher) Check(ctx context.Context, req *pulumirpc.CheckRequest) (*pulumirpc.CheckResponse, error) {
	if token := string(resource.URN(req.GetUrn()).Type()); !d.resources[token] {
		return nil, d.unsupported("resource", token)
	}
	return d.ResourceProviderServer.Check(ctx, req)
}

// Read is the first call for a resource that is imported or looked up.
func (d *dispatcher) Read(ctx context.Context, req *pulumirpc.ReadRequest) (*pulumirpc.ReadResponse, error) {
	if token := string(resource.URN(req.GetUrn()).Type()); !d.resources[token] {
		return nil, d.unsupported("resource", token)
	}
	return d.ResourceProviderServer.Read(ctx, req)
}

// Diff has a resource with a name of the user's choice deleted before it is replaced: two cannot have one name. The
// official provider does so too; a generated name, which ends in seven hexadecimal digits, is replaced create-first.
func (d *dispatcher) Diff(ctx context.Context, req *pulumirpc.DiffRequest) (*pulumirpc.DiffResponse, error) {
	resp, err := d.ResourceProviderServer.Diff(ctx, req)
	if err != nil || len(resp.GetReplaces()) == 0 {
		return resp, err
	}
	urn := resource.URN(req.GetUrn())
	if name := req.GetNews().GetFields()["name"].GetStringValue(); name != "" && d.named[string(urn.Type())] {
		generated := regexp.MustCompile("^" + regexp.QuoteMeta(urn.Name()) + "-[0-9a-f]{7}$")
		resp.DeleteBeforeReplace = resp.DeleteBeforeReplace || !generated.MatchString(name)
	}
	return resp, nil
}

func (d *dispatcher) Invoke(ctx context.Context, req *pulumirpc.InvokeRequest) (*pulumirpc.InvokeResponse, error) {
	if token := req.GetTok(); !d.functions[token] {
		return nil, d.unsupported("function", token)
	}
	return d.ResourceProviderServer.Invoke(ctx, req)
}

func (d *dispatcher) unsupported(kind, token string) error {
	return status.Errorf(codes.Unimplemented,
		"the %s provider that was built from source has no %s %q: expected one that its Terraform provider has; %s, or "+
			"install the official Pulumi CLI and its %[1]s plugin", packageName, kind, token, d.lacking)
}
