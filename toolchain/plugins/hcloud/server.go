package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Server serves hcloud.Server.
type Server struct{}

type serverInputs struct {
	Name                   *string            `pulumi:"name,optional"`
	ServerType             string             `pulumi:"serverType"`
	Image                  *string            `pulumi:"image,optional"`
	Location               *string            `pulumi:"location,optional"`
	SSHKeys                []string           `pulumi:"sshKeys,optional"`
	UserData               *string            `pulumi:"userData,optional"`
	Labels                 *map[string]string `pulumi:"labels,optional"`
	FirewallIDs            []int              `pulumi:"firewallIds,optional"`
	PublicNets             []publicNet        `pulumi:"publicNets,optional"`
	Networks               []serverNet        `pulumi:"networks,optional"`
	PlacementGroupID       *int               `pulumi:"placementGroupId,optional"`
	Backups                *bool              `pulumi:"backups,optional"`
	DeleteProtection       *bool              `pulumi:"deleteProtection,optional"`
	RebuildProtection      *bool              `pulumi:"rebuildProtection,optional"`
	KeepDisk               *bool              `pulumi:"keepDisk,optional"`
	ShutdownBeforeDeletion *bool              `pulumi:"shutdownBeforeDeletion,optional"`
}

type serverState struct {
	serverInputs
	BackupWindow    string `pulumi:"backupWindow"`
	IPv4Address     string `pulumi:"ipv4Address"`
	IPv6Address     string `pulumi:"ipv6Address"`
	IPv6Network     string `pulumi:"ipv6Network"`
	PrimaryDiskSize int    `pulumi:"primaryDiskSize"`
	Status          string `pulumi:"status"`
}

// Annotate gives the official token.
func (r *Server) Annotate(a infer.Annotator) { a.SetToken("index/server", "Server") }

// Annotate gives the defaults of the upstream provider.
func (in *serverInputs) Annotate(a infer.Annotator) {
	a.SetDefault(&in.Backups, false)
	a.SetDefault(&in.DeleteProtection, false)
	a.SetDefault(&in.RebuildProtection, false)
	a.SetDefault(&in.KeepDisk, false)
	a.SetDefault(&in.ShutdownBeforeDeletion, false)
}

// userDataLimit is the API's, in bytes.
const userDataLimit = 32 << 10

// Check names the server and refuses what the API would refuse after the fact.
func (*Server) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[serverInputs], error) {
	response, err := checkNamed[serverInputs](ctx, req)
	if err != nil || len(response.Failures) > 0 {
		return response, err
	}
	if req.NewInputs.Get("image").IsNull() {
		response.Failures = append(response.Failures, p.CheckFailure{Property: "image",
			Reason: "a server needs an image, by name or ID"})
	}
	if size := len(valueOr(response.Inputs.UserData, "")); size > userDataLimit {
		response.Failures = append(response.Failures, p.CheckFailure{Property: "userData",
			Reason: fmt.Sprintf("userData may have at most %d bytes, found %d", userDataLimit, size)})
	}
	response.Failures = append(response.Failures, checkNetworks(req.NewInputs.Get("networks"))...)
	return response, nil
}

// Create creates the server and waits until it runs. A server that exists but is not complete stays in the state.
func (*Server) Create(
	ctx context.Context, req infer.CreateRequest[serverInputs],
) (infer.CreateResponse[serverState], error) {
	response := infer.CreateResponse[serverState]{Output: serverState{serverInputs: req.Inputs}}
	response.Output.UserData = hashedUserData(req.Inputs.UserData)
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	options, err := createOptions(ctx, c, req.Inputs)
	if err != nil {
		return response, err
	}
	result, _, err := c.Server.Create(ctx, options)
	if err != nil {
		return response, fmt.Errorf("creating the server: %w", err)
	}
	response.ID = formatID(result.Server.ID)
	if err := complete(ctx, c, result, req.Inputs); err != nil {
		return response, incomplete(err)
	}
	observed, err := observeServer(ctx, c, result.Server.ID, response.Output.serverInputs)
	if err == nil && observed != nil {
		response.Output = *observed
	}
	return response, incomplete(err)
}

// complete does what the API cannot do in the call that creates a server.
func complete(ctx context.Context, c *hcloud.Client, result hcloud.ServerCreateResult, in serverInputs) error {
	if err := c.Action.WaitFor(ctx, append(result.NextActions, result.Action)...); err != nil {
		return fmt.Errorf("waiting for the server: %w", err)
	}
	if err := moveNetworks(ctx, c, result.Server, in.Networks); err != nil {
		return err
	}
	if !startsWithServer(in) {
		action, _, err := c.Server.Poweron(ctx, result.Server)
		if err := settle(ctx, c, err, action); err != nil {
			return fmt.Errorf("switching the server on: %w", err)
		}
	}
	if err := setBackups(ctx, c, result.Server, valueOr(in.Backups, false)); err != nil {
		return err
	}
	return setProtection(ctx, c, result.Server, in)
}

// Read reads the server back. What the API does not tell (user data, SSH keys) stays as it was.
func (*Server) Read(
	ctx context.Context, req infer.ReadRequest[serverInputs, serverState],
) (infer.ReadResponse[serverInputs, serverState], error) {
	var response infer.ReadResponse[serverInputs, serverState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	observed, err := observeServer(ctx, c, id, req.State.serverInputs)
	if err != nil || observed == nil {
		return response, err
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, *observed
	if req.Inputs.ServerType == "" {
		response.Inputs = observed.serverInputs
	}
	return response, nil
}

// Update changes what can be changed on an existing server.
func (*Server) Update(
	ctx context.Context, req infer.UpdateRequest[serverInputs, serverState],
) (infer.UpdateResponse[serverState], error) {
	response := infer.UpdateResponse[serverState]{Output: req.State}
	response.Output.serverInputs = inheritChosen(req.Inputs, req.State.serverInputs)
	response.Output.UserData = hashedUserData(req.Inputs.UserData)
	if req.DryRun {
		return response, nil
	}
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	if err := updateServer(ctx, c, id, req.State.serverInputs, req.Inputs); err != nil {
		return response, err
	}
	observed, err := observeServer(ctx, c, id, response.Output.serverInputs)
	if err == nil && observed == nil {
		err = fmt.Errorf("server %d is gone; run a refresh", id)
	}
	if err != nil {
		return response, err
	}
	response.Output = *observed
	return response, nil
}

// inheritChosen keeps what the API has chosen where the program leaves the choice.
func inheritChosen(in, old serverInputs) serverInputs {
	if in.Location == nil {
		in.Location = old.Location
	}
	if in.Image == nil {
		in.Image = old.Image
	}
	if in.FirewallIDs == nil {
		in.FirewallIDs = old.FirewallIDs
	}
	return in
}

// Delete deletes the server, after an orderly shutdown if that is asked for.
func (*Server) Delete(ctx context.Context, req infer.DeleteRequest[serverState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, id int64) error {
		server := &hcloud.Server{ID: id}
		if valueOr(req.State.ShutdownBeforeDeletion, false) {
			if err := shutdown(ctx, c, server); err != nil {
				return err
			}
		}
		result, _, err := c.Server.DeleteWithResult(ctx, server)
		if err != nil {
			return err
		}
		return c.Action.WaitFor(ctx, result.Action)
	})
}

// WireDependencies says which inputs can change which outputs of an existing server.
func (*Server) WireDependencies(f infer.FieldSelector, in *serverInputs, out *serverState) {
	network := f.InputField(&in.PublicNets).Computed()
	f.OutputField(&out.IPv4Address).DependsOn(network)
	f.OutputField(&out.IPv6Address).DependsOn(network)
	f.OutputField(&out.IPv6Network).DependsOn(network)
	f.OutputField(&out.BackupWindow).DependsOn(f.InputField(&in.Backups).Computed())
	f.OutputField(&out.PrimaryDiskSize).DependsOn(f.InputField(&in.ServerType).Computed())
}
