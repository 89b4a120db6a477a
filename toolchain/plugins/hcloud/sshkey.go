package hcloud

import (
	"context"
	"fmt"
	"strings"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// SSHKey serves hcloud.SshKey: a public key that new servers let in.
type SSHKey struct{}

type sshKeyInputs struct {
	Name      *string            `pulumi:"name,optional"`
	PublicKey string             `pulumi:"publicKey"`
	Labels    *map[string]string `pulumi:"labels,optional"`
}

type sshKeyState struct {
	sshKeyInputs
	Fingerprint string `pulumi:"fingerprint"`
}

// Annotate gives the official token.
func (r *SSHKey) Annotate(a infer.Annotator) { a.SetToken("index/sshKey", "SshKey") }

// samePublicKey ignores white space around the key, which the API drops.
func samePublicKey(state, input property.Value) bool {
	return state.IsString() && input.IsString() &&
		strings.TrimSpace(state.AsString()) == strings.TrimSpace(input.AsString())
}

// Check names the key and judges its labels.
func (*SSHKey) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[sshKeyInputs], error) {
	return checkNamed[sshKeyInputs](ctx, req)
}

// Create uploads the key.
func (*SSHKey) Create(
	ctx context.Context, req infer.CreateRequest[sshKeyInputs],
) (infer.CreateResponse[sshKeyState], error) {
	response := infer.CreateResponse[sshKeyState]{Output: sshKeyState{sshKeyInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	key, _, err := c.SSHKey.Create(ctx, hcloud.SSHKeyCreateOpts{
		Name: *req.Inputs.Name, PublicKey: req.Inputs.PublicKey, Labels: valueOr(req.Inputs.Labels, nil),
	})
	if err != nil {
		return response, fmt.Errorf("creating the SSH key: %w", err)
	}
	response.ID, response.Output.Fingerprint = formatID(key.ID), key.Fingerprint
	return response, nil
}

// Read reads the key back.
func (*SSHKey) Read(
	ctx context.Context, req infer.ReadRequest[sshKeyInputs, sshKeyState],
) (infer.ReadResponse[sshKeyInputs, sshKeyState], error) {
	var response infer.ReadResponse[sshKeyInputs, sshKeyState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	key, _, err := c.SSHKey.GetByID(ctx, id)
	if err != nil || key == nil {
		return response, err
	}
	observed := sshKeyInputs{Name: &key.Name, PublicKey: key.PublicKey, Labels: optionalLabels(key.Labels)}
	response.ID, response.Inputs = req.ID, req.Inputs
	if req.Inputs.Name == nil {
		response.Inputs = observed
	}
	response.State = sshKeyState{sshKeyInputs: observed, Fingerprint: key.Fingerprint}
	return response, nil
}

// Update renames or relabels the key.
func (*SSHKey) Update(
	ctx context.Context, req infer.UpdateRequest[sshKeyInputs, sshKeyState],
) (infer.UpdateResponse[sshKeyState], error) {
	response := infer.UpdateResponse[sshKeyState]{
		Output: sshKeyState{sshKeyInputs: req.Inputs, Fingerprint: req.State.Fingerprint},
	}
	if req.DryRun {
		return response, nil
	}
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	_, _, err = c.SSHKey.Update(ctx, &hcloud.SSHKey{ID: id}, hcloud.SSHKeyUpdateOpts{
		Name: *req.Inputs.Name, Labels: valueOr(req.Inputs.Labels, map[string]string{}),
	})
	return response, err
}

// Delete removes the key; servers that were created with it keep it.
func (*SSHKey) Delete(ctx context.Context, req infer.DeleteRequest[sshKeyState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, id int64) error {
		_, err := c.SSHKey.Delete(ctx, &hcloud.SSHKey{ID: id})
		return err
	})
}

// WireDependencies lets the fingerprint follow the key alone.
func (*SSHKey) WireDependencies(f infer.FieldSelector, in *sshKeyInputs, out *sshKeyState) {
	f.OutputField(&out.Fingerprint).DependsOn(f.InputField(&in.PublicKey).Computed())
}
