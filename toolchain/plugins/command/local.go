package command

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Local serves local.Command: a command on the machine that runs the engine.
type Local struct{}

type localState struct {
	localInputs
	output
}

// Annotate gives the official token.
func (c *Local) Annotate(a infer.Annotator) { a.SetToken("local", "Command") }

// Check refuses an unknown kind of logging.
func (*Local) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[localInputs], error) {
	in, failures, err := infer.DefaultCheck[localInputs](ctx, req.NewInputs)
	return infer.CheckResponse[localInputs]{Inputs: in, Failures: append(failures, in.check()...)}, err
}

// Create runs `create`.
func (*Local) Create(
	ctx context.Context, req infer.CreateRequest[localInputs],
) (infer.CreateResponse[localState], error) {
	state := localState{localInputs: req.Inputs}
	id, err := resource.NewUniqueHex(req.Name, 8, 0)
	if err == nil && !req.DryRun {
		err = state.run(ctx, req.Inputs.Create)
	}
	return infer.CreateResponse[localState]{ID: id, Output: state}, err
}

// Update runs `update`, or `create` when there is none.
func (*Local) Update(
	ctx context.Context, req infer.UpdateRequest[localInputs, localState],
) (infer.UpdateResponse[localState], error) {
	state := localState{localInputs: req.Inputs, output: req.State.output}
	if req.DryRun {
		return infer.UpdateResponse[localState]{Output: state}, nil
	}
	err := state.run(ctx, req.Inputs.onUpdate())
	return infer.UpdateResponse[localState]{Output: state}, err
}

// Delete runs `delete`.
func (*Local) Delete(ctx context.Context, req infer.DeleteRequest[localState]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, req.State.run(ctx, req.State.Delete)
}

// WireDependencies makes both outputs secret as soon as any input is; an output that mirrors an input follows it alone.
func (*Local) WireDependencies(f infer.FieldSelector, in *localInputs, out *localState) {
	f.OutputField(&out.Stdout).DependsOn(f.InputField(in))
	f.OutputField(&out.Stderr).DependsOn(f.InputField(in))
	f.OutputField(&out.Triggers).DependsOn(f.InputField(&in.Triggers))
	f.OutputField(&out.Create).DependsOn(f.InputField(&in.Create))
	f.OutputField(&out.Update).DependsOn(f.InputField(&in.Update))
	f.OutputField(&out.Delete).DependsOn(f.InputField(&in.Delete))
	f.OutputField(&out.Stdin).DependsOn(f.InputField(&in.Stdin))
	f.OutputField(&out.Environment).DependsOn(f.InputField(&in.Environment))
	f.OutputField(&out.Logging).DependsOn(f.InputField(&in.Logging))
	f.OutputField(&out.AddPreviousOutputInEnv).DependsOn(f.InputField(&in.AddPreviousOutputInEnv))
	f.OutputField(&out.Dir).DependsOn(f.InputField(&in.Dir))
	f.OutputField(&out.Interpreter).DependsOn(f.InputField(&in.Interpreter))
}

// run runs the command, if there is one, and keeps what it writes.
func (s *localState) run(ctx context.Context, command *string) error {
	if command == nil {
		return nil
	}
	argv := []string{"/bin/sh", "-c"}
	if s.Interpreter != nil && len(*s.Interpreter) > 0 {
		argv = append([]string{}, *s.Interpreter...)
	}
	stdout, stderr := newStreams(ctx, s.localInputs)
	c := process{
		argv:        append(argv, *command),
		environment: environment(s.variables(), s.previousVariables(s.output)),
		stdout:      stdout,
		stderr:      stderr,
	}
	if s.Dir != nil {
		c.dir = *s.Dir
	}
	if s.Stdin != nil {
		c.stdin = *s.Stdin
	}
	if err := c.run(ctx); err != nil {
		return err
	}
	s.output = output{Stdout: stdout.value(), Stderr: stderr.value()}
	return nil
}
