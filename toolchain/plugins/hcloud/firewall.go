package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Firewall serves hcloud.Firewall: packet filter rules in front of servers.
type Firewall struct{}

type firewallInputs struct {
	Name     *string            `pulumi:"name,optional"`
	Labels   *map[string]string `pulumi:"labels,optional"`
	Rules    []firewallRule     `pulumi:"rules,optional"`
	ApplyTos []firewallTarget   `pulumi:"applyTos,optional"`
}

type firewallState struct{ firewallInputs }

// Annotate gives the official token.
func (r *Firewall) Annotate(a infer.Annotator) { a.SetToken("index/firewall", "Firewall") }

// Check names the firewall and judges its rules.
func (*Firewall) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[firewallInputs], error) {
	response, err := checkNamed[firewallInputs](ctx, req)
	if err == nil && len(response.Failures) == 0 {
		response.Failures = append(checkRules(req.NewInputs.Get("rules")), checkTargets(req.NewInputs.Get("applyTos"))...)
	}
	return response, err
}

// Create creates the firewall with its rules and targets.
func (*Firewall) Create(
	ctx context.Context, req infer.CreateRequest[firewallInputs],
) (infer.CreateResponse[firewallState], error) {
	response := infer.CreateResponse[firewallState]{Output: firewallState{req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	rules, err := toRules(req.Inputs.Rules)
	if err != nil {
		return response, err
	}
	result, _, err := c.Firewall.Create(ctx, hcloud.FirewallCreateOpts{
		Name: *req.Inputs.Name, Labels: valueOr(req.Inputs.Labels, nil), Rules: rules,
		ApplyTo: toTargets(req.Inputs.ApplyTos),
	})
	if err != nil {
		return response, fmt.Errorf("creating the firewall: %w", err)
	}
	response.ID = formatID(result.Firewall.ID)
	if err := c.Action.WaitFor(ctx, result.Actions...); err != nil {
		return response, incomplete(err)
	}
	observed, err := observeFirewall(ctx, c, result.Firewall.ID)
	if err == nil && observed != nil {
		response.Output = *observed
	}
	return response, incomplete(err)
}

// observeFirewall returns nil when the firewall is gone.
func observeFirewall(ctx context.Context, c *hcloud.Client, id int64) (*firewallState, error) {
	firewall, _, err := c.Firewall.GetByID(ctx, id)
	if err != nil || firewall == nil {
		return nil, err
	}
	return &firewallState{firewallInputs{
		Name: &firewall.Name, Labels: optionalLabels(firewall.Labels),
		Rules: fromRules(firewall.Rules), ApplyTos: fromTargets(firewall.AppliedTo),
	}}, nil
}

// Read reads the firewall back.
func (*Firewall) Read(
	ctx context.Context, req infer.ReadRequest[firewallInputs, firewallState],
) (infer.ReadResponse[firewallInputs, firewallState], error) {
	var response infer.ReadResponse[firewallInputs, firewallState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	observed, err := observeFirewall(ctx, c, id)
	if err != nil || observed == nil {
		return response, err
	}
	response.ID, response.Inputs, response.State = req.ID, req.Inputs, *observed
	if req.Inputs.Name == nil {
		response.Inputs = observed.firewallInputs
	}
	return response, nil
}

// Update changes what differs from the firewall as it is now.
func (*Firewall) Update(
	ctx context.Context, req infer.UpdateRequest[firewallInputs, firewallState],
) (infer.UpdateResponse[firewallState], error) {
	response := infer.UpdateResponse[firewallState]{Output: firewallState{req.Inputs}}
	if req.Inputs.ApplyTos == nil {
		response.Output.ApplyTos = req.State.ApplyTos
	}
	if req.DryRun {
		return response, nil
	}
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	if err := updateFirewall(ctx, c, &hcloud.Firewall{ID: id}, req.State, req.Inputs); err != nil {
		return response, err
	}
	observed, err := observeFirewall(ctx, c, id)
	if err == nil && observed == nil {
		err = fmt.Errorf("firewall %d is gone; run a refresh", id)
	}
	if err != nil {
		return response, err
	}
	response.Output = *observed
	return response, nil
}

func updateFirewall(
	ctx context.Context, c *hcloud.Client, firewall *hcloud.Firewall, old firewallState, in firewallInputs,
) error {
	_, _, err := c.Firewall.Update(ctx, firewall, hcloud.FirewallUpdateOpts{
		Name: *in.Name, Labels: valueOr(in.Labels, map[string]string{}),
	})
	if err != nil {
		return fmt.Errorf("updating the firewall: %w", err)
	}
	rules, err := toRules(in.Rules)
	if err != nil {
		return err
	}
	actions, _, err := c.Firewall.SetRules(ctx, firewall, hcloud.FirewallSetRulesOpts{Rules: rules})
	if err := settle(ctx, c, err, actions...); err != nil {
		return fmt.Errorf("setting the firewall's rules: %w", err)
	}
	if in.ApplyTos == nil {
		return nil
	}
	return moveTargets(ctx, c, firewall, toTargets(old.ApplyTos), toTargets(in.ApplyTos))
}

// Delete takes the firewall from its targets first: the API does not delete one in use.
func (*Firewall) Delete(ctx context.Context, req infer.DeleteRequest[firewallState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, id int64) error {
		firewall, _, err := c.Firewall.GetByID(ctx, id)
		if err != nil || firewall == nil {
			return err
		}
		if err := moveTargets(ctx, c, firewall, firewall.AppliedTo, nil); err != nil {
			return err
		}
		_, err = c.Firewall.Delete(ctx, firewall)
		return err
	})
}

// WireDependencies lets the targets follow the program's alone.
func (*Firewall) WireDependencies(f infer.FieldSelector, in *firewallInputs, out *firewallState) {
	f.OutputField(&out.ApplyTos).DependsOn(f.InputField(&in.ApplyTos).Computed())
}
