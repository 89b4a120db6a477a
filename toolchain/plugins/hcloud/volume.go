package hcloud

import (
	"context"
	"fmt"

	"github.com/hetznercloud/hcloud-go/v2/hcloud"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Volume serves hcloud.Volume: a disk that outlives its server. It can grow, never shrink.
type Volume struct{}

type volumeInputs struct {
	Name             *string            `pulumi:"name,optional"`
	Size             int                `pulumi:"size"`
	Location         *string            `pulumi:"location,optional"`
	ServerID         *int               `pulumi:"serverId,optional"`
	Format           *string            `pulumi:"format,optional"`
	Automount        *bool              `pulumi:"automount,optional"`
	Labels           *map[string]string `pulumi:"labels,optional"`
	DeleteProtection *bool              `pulumi:"deleteProtection,optional"`
}

type volumeState struct {
	volumeInputs
	LinuxDevice string `pulumi:"linuxDevice"`
}

// Annotate gives the official token.
func (r *Volume) Annotate(a infer.Annotator) { a.SetToken("index/volume", "Volume") }

// Annotate gives the defaults.
func (in *volumeInputs) Annotate(a infer.Annotator) { a.SetDefault(&in.DeleteProtection, false) }

// Check names the volume.
func (*Volume) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[volumeInputs], error) {
	return checkNamed[volumeInputs](ctx, req)
}

// Create creates the volume, on its server if there is one.
func (*Volume) Create(
	ctx context.Context, req infer.CreateRequest[volumeInputs],
) (infer.CreateResponse[volumeState], error) {
	response := infer.CreateResponse[volumeState]{Output: volumeState{volumeInputs: req.Inputs}}
	if req.DryRun {
		return response, nil
	}
	c, err := client(ctx)
	if err != nil {
		return response, err
	}
	in := req.Inputs
	options := hcloud.VolumeCreateOpts{
		Name: *in.Name, Size: in.Size, Labels: valueOr(in.Labels, nil), Format: in.Format,
	}
	if in.Location != nil {
		options.Location = &hcloud.Location{Name: *in.Location}
	}
	if in.ServerID != nil {
		options.Server = &hcloud.Server{ID: int64(*in.ServerID)}
		options.Automount = in.Automount
	}
	result, _, err := c.Volume.Create(ctx, options)
	if err != nil {
		return response, fmt.Errorf("creating the volume: %w", err)
	}
	response.ID = formatID(result.Volume.ID)
	response.Output = volumeFrom(result.Volume, in)
	if err := c.Action.WaitFor(ctx, append(result.NextActions, result.Action)...); err != nil {
		return response, incomplete(err)
	}
	if err := protectVolume(ctx, c, result.Volume, in); err != nil {
		return response, incomplete(err)
	}
	observed, _, err := c.Volume.GetByID(ctx, result.Volume.ID)
	if err == nil && observed != nil {
		response.Output = volumeFrom(observed, in)
	}
	return response, incomplete(err)
}

func volumeFrom(volume *hcloud.Volume, known volumeInputs) volumeState {
	state := volumeState{volumeInputs: known, LinuxDevice: volume.LinuxDevice}
	state.Name, state.Size, state.Labels = &volume.Name, volume.Size, optionalLabels(volume.Labels)
	state.DeleteProtection = &volume.Protection.Delete
	if volume.Location != nil {
		state.Location = &volume.Location.Name
	}
	state.ServerID = nil
	if volume.Server != nil {
		state.ServerID = hcloud.Ptr(int(volume.Server.ID))
	}
	return state
}

func protectVolume(ctx context.Context, c *hcloud.Client, volume *hcloud.Volume, in volumeInputs) error {
	wanted := valueOr(in.DeleteProtection, false)
	if volume.Protection.Delete == wanted {
		return nil
	}
	action, _, err := c.Volume.ChangeProtection(ctx, volume, hcloud.VolumeChangeProtectionOpts{Delete: &wanted})
	return settle(ctx, c, err, action)
}

// Read reads the volume back.
func (*Volume) Read(
	ctx context.Context, req infer.ReadRequest[volumeInputs, volumeState],
) (infer.ReadResponse[volumeInputs, volumeState], error) {
	var response infer.ReadResponse[volumeInputs, volumeState]
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	volume, _, err := c.Volume.GetByID(ctx, id)
	if err != nil || volume == nil {
		return response, err
	}
	response.ID, response.Inputs = req.ID, req.Inputs
	response.State = volumeFrom(volume, req.State.volumeInputs)
	if req.Inputs.Size == 0 {
		response.Inputs = response.State.volumeInputs
	}
	return response, nil
}

// Update renames, relabels, grows, moves and protects.
func (*Volume) Update(
	ctx context.Context, req infer.UpdateRequest[volumeInputs, volumeState],
) (infer.UpdateResponse[volumeState], error) {
	response := infer.UpdateResponse[volumeState]{Output: req.State}
	response.Output.volumeInputs = req.Inputs
	if req.Inputs.Size < req.State.Size {
		return response, fmt.Errorf("a volume cannot shrink: it has %d GB, wanted %d GB", req.State.Size, req.Inputs.Size)
	}
	if req.DryRun {
		return response, nil
	}
	c, id, err := connect(ctx, req.ID)
	if err != nil {
		return response, err
	}
	volume, _, err := c.Volume.Update(ctx, &hcloud.Volume{ID: id}, hcloud.VolumeUpdateOpts{
		Name: *req.Inputs.Name, Labels: valueOr(req.Inputs.Labels, map[string]string{}),
	})
	if err != nil {
		return response, fmt.Errorf("updating the volume: %w", err)
	}
	if err := changeVolume(ctx, c, volume, req.Inputs); err != nil {
		return response, err
	}
	if volume, _, err = c.Volume.GetByID(ctx, id); err == nil && volume != nil {
		response.Output = volumeFrom(volume, req.Inputs)
	}
	return response, err
}

func changeVolume(ctx context.Context, c *hcloud.Client, volume *hcloud.Volume, in volumeInputs) error {
	if in.Size > volume.Size {
		action, _, err := c.Volume.Resize(ctx, volume, in.Size)
		if err := settle(ctx, c, err, action); err != nil {
			return fmt.Errorf("growing the volume: %w", err)
		}
	}
	if in.ServerID != nil && (volume.Server == nil || volume.Server.ID != int64(*in.ServerID)) {
		if err := detach(ctx, c, volume); err != nil {
			return err
		}
		if err := attach(ctx, c, volume, int64(*in.ServerID), in.Automount); err != nil {
			return err
		}
	}
	return protectVolume(ctx, c, volume, in)
}

func detach(ctx context.Context, c *hcloud.Client, volume *hcloud.Volume) error {
	if volume.Server == nil {
		return nil
	}
	action, _, err := c.Volume.Detach(ctx, volume)
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("detaching the volume: %w", err)
	}
	return nil
}

func attach(ctx context.Context, c *hcloud.Client, volume *hcloud.Volume, server int64, automount *bool) error {
	action, _, err := c.Volume.AttachWithOpts(ctx, volume,
		hcloud.VolumeAttachOpts{Server: &hcloud.Server{ID: server}, Automount: automount})
	if err := settle(ctx, c, err, action); err != nil {
		return fmt.Errorf("attaching the volume to server %d: %w", server, err)
	}
	return nil
}

// Delete detaches the volume and deletes it with its data.
func (*Volume) Delete(ctx context.Context, req infer.DeleteRequest[volumeState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, remove(ctx, req.ID, func(c *hcloud.Client, id int64) error {
		volume, _, err := c.Volume.GetByID(ctx, id)
		if err != nil || volume == nil {
			return err
		}
		if err := detach(ctx, c, volume); err != nil {
			return err
		}
		_, err = c.Volume.Delete(ctx, volume)
		return err
	})
}

// WireDependencies: the device never changes.
func (*Volume) WireDependencies(f infer.FieldSelector, in *volumeInputs, out *volumeState) {
	f.OutputField(&out.LinuxDevice).DependsOn(f.InputField(&in.Format).Computed())
}
